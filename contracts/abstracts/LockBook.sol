// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IStakeEscrow} from "../interfaces/IStakeEscrow.sol";
import {Issuance} from "./Issuance.sol";

/// @title LockBook
/// @notice The part of the stake escrow that keeps the miners' locks: what is locked until when, where it stands in the
/// totals, what it earned, and in which order it is taken away.
///
/// LOCKS    An unsorted list of at most 32 one-slot records per miner; a lock's number is its slot.
/// REWARDS  A lock earned amount * (acc[b] - acc[a]) / 2^64 in the periods [a, b), a = the later of its start and the
///          miner's paidUntil, b = its end or the present. Since acc never changes, nothing that happens to a lock needs
///          its reward to be settled first. Rounded down: less than one unit per lock and payment stays here for ever.
abstract contract LockBook is Issuance {
    uint256 internal constant MAX_LOCKS = 32;

    /// @inheritdoc IStakeEscrow
    uint256 public constant ROLLING = type(uint32).max;

    /// @inheritdoc IStakeEscrow
    uint256 public immutable VESTING;

    mapping(address miner => Miner) internal _miners;
    mapping(address miner => Lock[MAX_LOCKS]) internal _locks;

    constructor(Parameters memory p) {
        _checkBounds("vesting", p.vesting, 1, 30);
        VESTING = p.vesting;
    }

    /* ONE LOCK */

    /// @dev Puts a lock into the lowest free slot.
    function _open(
        address miner,
        uint256 amount,
        uint256 start,
        uint256 end,
        uint256 notice
    ) internal returns (uint256 number) {
        uint256 mask = _miners[miner].lockMask;
        while (_has(mask, number)) ++number;
        if (number == MAX_LOCKS) revert StakeEscrowTooManyLocks(MAX_LOCKS, MAX_LOCKS);
        _miners[miner].lockMask = uint32(mask | (1 << number));
        _locks[miner][number] = Lock(uint96(amount), uint32(start), uint32(end), uint32(notice));
        emit LockOpened(miner, number, amount, start, end, notice);
    }

    /// @dev The lock, if its end is the one that was named and not before `leastEnd`.
    function _named(
        address miner,
        uint256 lockNumber,
        uint256 lockEnd,
        uint256 leastEnd
    ) internal view returns (Lock storage target) {
        if (lockNumber >= MAX_LOCKS || !_has(_miners[miner].lockMask, lockNumber)) {
            revert StakeEscrowUnknownLock(miner, lockNumber);
        }
        target = _locks[miner][lockNumber];
        if (target.end != lockEnd) revert StakeEscrowOtherEnd(lockNumber, target.end, lockEnd);
        if (lockEnd < leastEnd) revert StakeEscrowEndsTooSoon(lockNumber, lockEnd, leastEnd);
    }

    function _drop(address miner, uint256 lockNumber) internal {
        delete _locks[miner][lockNumber];
        _miners[miner].lockMask &= ~uint32(1 << lockNumber);
    }

    function _lockAt(address miner, uint256 lockNumber) internal view returns (Lock memory) {
        return _locks[miner][lockNumber];
    }

    function _has(uint256 mask, uint256 lockNumber) internal pure returns (bool) {
        return (mask >> lockNumber) & 1 == 1;
    }

    /// @dev The end that the lock would have if notice were given now.
    function _guaranteedEnd(Lock memory target, uint256 period) internal pure returns (uint256) {
        return target.notice == 0 ? target.end : period + 1 + target.notice;
    }

    /* WHERE A LOCK STANDS IN THE TOTALS */

    /// @dev The first period whose reward is open to the miner: never, while it is paused.
    function _unpaidFrom(address miner) internal view returns (uint256) {
        return _miners[miner].paused ? type(uint256).max : _miners[miner].paidUntil;
    }

    /// @dev Changes, by `delta` base units of a lock, the totals that the lock stands in, if any: after a pause and in the
    /// period of a resume it stands where its reward will begin.
    function _changeTotals(uint256 unpaidFrom, Lock memory target, int256 delta, uint256 period) internal {
        uint256 joins = Math.max(target.start, unpaidFrom);
        if (target.end <= Math.max(joins, period)) return;
        if (joins > period) _totals.pending = uint96(_plus(_totals.pending, delta));
        else _totals.earning = uint96(_plus(_totals.earning, delta));
        if (target.notice == 0) _ending[target.end] = uint128(_plus(_ending[target.end], delta));
    }

    /// @dev Puts all locks of a miner into the totals, sign = 1, or takes them out, sign = -1.
    function _changeAllTotals(address miner, int256 sign, uint256 period) internal {
        uint256 unpaidFrom = _unpaidFrom(miner);
        uint256 mask = _miners[miner].lockMask;
        for (uint256 i; mask >> i != 0; ++i) {
            if (!_has(mask, i)) continue;
            Lock memory held = _lockAt(miner, i);
            _changeTotals(unpaidFrom, held, sign * int256(uint256(held.amount)), period);
        }
    }

    /// @dev Totals are sums of amounts below the token's cap, so neither the casts nor the sum can wrap.
    function _plus(uint256 total, int256 delta) internal pure returns (uint256) {
        return SafeCast.toUint256(int256(total) + delta);
    }

    /* WHAT LOCKS EARNED */

    /// @dev The periods [from, until) whose reward is asked for, and the accumulator at both ends, read once for all locks.
    struct Span {
        uint256 from;
        uint256 until;
        uint256 accFrom;
        uint256 accUntil;
    }

    /// @dev What is open to the miner in [from, until); empty if that is paid, or it is paused.
    function _unpaidSpan(address miner, uint256 from, uint256 until) internal view returns (Span memory span) {
        (span.from, span.until) = (Math.max(_unpaidFrom(miner), from), until);
        if (span.from < until) (span.accFrom, span.accUntil) = (accumulated(span.from), accumulated(until));
    }

    /// @dev What all locks of a miner earned in [from, until) and were not paid.
    function _rewardOfLocks(address miner, uint256 from, uint256 until) internal view returns (uint256 reward) {
        Span memory span = _unpaidSpan(miner, from, until);
        uint256 mask = _miners[miner].lockMask;
        for (uint256 i; mask >> i != 0; ++i) {
            if (_has(mask, i)) reward += _rewardOf(span, _lockAt(miner, i));
        }
    }

    /// @dev Rounded down: what is lost, less than one base unit, stays in the escrow.
    function _rewardOf(Span memory span, Lock memory held) internal view returns (uint256) {
        uint256 from = Math.max(held.start, span.from);
        uint256 until = Math.min(held.end, span.until);
        if (until <= from) return 0;
        uint256 accFrom = from == span.from ? span.accFrom : accumulated(from);
        uint256 accUntil = until == span.until ? span.accUntil : accumulated(until);
        return (held.amount * (accUntil - accFrom)) >> 64;
    }

    /* TAKING STAKE AWAY */

    /// @dev Takes up to `amount` out of the miner's locks in the order of their guaranteed ends, as far as these are at
    /// most `endedBy`. O(locks^2) in memory and registers, at most 32 locks.
    /// @return taken Base units.
    /// @return reward What the taken stake had earned and not been paid.
    function _lower(
        address miner,
        uint256 amount,
        uint256 endedBy,
        uint256 period
    ) internal returns (uint256 taken, uint256 reward) {
        Span memory unpaid = _unpaidSpan(miner, 0, period);
        (uint256[] memory lockNumbers, Lock[] memory locks) = locksOf(miner);
        while (taken < amount) {
            (uint256 i, uint256 end) = _soonest(locks, period);
            if (end > endedBy) break;
            uint96 part = uint96(Math.min(amount - taken, locks[i].amount));
            uint96 left = locks[i].amount - part;
            locks[i].amount = part;
            _changeTotals(unpaid.from, locks[i], -int256(uint256(part)), period);
            reward += _rewardOf(unpaid, locks[i]); // of the part alone: rounded down, or what is left would be owed too much
            locks[i].amount = left;
            taken += part;
            if (left == 0) _drop(miner, lockNumbers[i]);
            else _locks[miner][lockNumbers[i]].amount = left;
            emit LockLowered(miner, lockNumbers[i], part, left);
        }
    }

    /// @dev The lock with the soonest guaranteed end that holds something; without any, `end` is beyond ROLLING.
    function _soonest(Lock[] memory locks, uint256 period) internal pure returns (uint256 soonest, uint256 end) {
        end = type(uint256).max;
        for (uint256 i; i < locks.length; ++i) {
            uint256 guaranteed = _guaranteedEnd(locks[i], period);
            if (guaranteed < end && locks[i].amount > 0) (soonest, end) = (i, guaranteed);
        }
    }

    /* VIEWS */

    /// @inheritdoc IStakeEscrow
    function withdrawable(address miner) external view returns (uint256 amount) {
        (, Lock[] memory locks) = locksOf(miner);
        for (uint256 i; i < locks.length; ++i) {
            if (locks[i].end + VESTING <= currentPeriod()) amount += locks[i].amount;
        }
    }

    /// @inheritdoc IStakeEscrow
    function claimable(address miner) external view returns (uint256) {
        return _rewardOfLocks(miner, 0, currentPeriod() - VESTING);
    }

    /// @inheritdoc IStakeEscrow
    function vesting(address miner) external view returns (uint256) {
        return _rewardOfLocks(miner, currentPeriod() - VESTING, currentPeriod());
    }

    /// @inheritdoc IStakeEscrow
    function nextUnlock(address miner) external view returns (uint256 timestamp, uint256 amount) {
        (, Lock[] memory locks) = locksOf(miner);
        uint256 next = ROLLING;
        for (uint256 i; i < locks.length; ++i) {
            uint256 end = locks[i].end;
            if (end + VESTING <= currentPeriod() || end > next) continue;
            if (end < next) (next, amount) = (end, 0);
            amount += locks[i].amount;
        }
        if (next == ROLLING) return (0, 0);
        timestamp = (next + VESTING) * PERIOD;
    }

    /// @inheritdoc IStakeEscrow
    function lockedIn(address miner, uint256 period) public view returns (uint256 amount) {
        uint256 present = currentPeriod();
        uint256 mask = _miners[miner].lockMask;
        for (uint256 i; mask >> i != 0; ++i) {
            if (!_has(mask, i)) continue;
            Lock memory held = _lockAt(miner, i);
            if (held.start <= period && period < _guaranteedEnd(held, present)) amount += held.amount;
        }
    }

    /// @inheritdoc IStakeEscrow
    function earningOf(address miner, uint256 period) external view returns (uint256 amount) {
        if (period < _unpaidFrom(miner)) return 0;
        uint256 mask = _miners[miner].lockMask;
        for (uint256 i; mask >> i != 0; ++i) {
            if (!_has(mask, i)) continue;
            Lock memory held = _lockAt(miner, i);
            if (held.start <= period && period < held.end) amount += held.amount;
        }
    }

    /// @inheritdoc IStakeEscrow
    function locksOf(address miner) public view returns (uint256[] memory lockNumbers, Lock[] memory locks) {
        uint256 used = _usedLocks(miner);
        (lockNumbers, locks) = (new uint256[](used), new Lock[](used));
        uint256 mask = _miners[miner].lockMask;
        used = 0;
        for (uint256 i; mask >> i != 0; ++i) {
            if (_has(mask, i)) (lockNumbers[used], locks[used++]) = (i, _lockAt(miner, i));
        }
    }

    /// @inheritdoc IStakeEscrow
    function minerOf(address miner) external view returns (Miner memory) {
        return _miners[miner];
    }

    function _usedLocks(address miner) internal view returns (uint256 used) {
        for (uint256 mask = _miners[miner].lockMask; mask != 0; mask >>= 1) used += mask & 1;
    }
}
