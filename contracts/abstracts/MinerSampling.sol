// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../interfaces/IStakeEscrow.sol";
import {Sampler, Seat, toSeat} from "../libraries/Sampler.sol";
import {LockBook} from "./LockBook.sol";

/// @title MinerSampling
/// @notice The part of the stake escrow that draws miners by stake, and numbers them.
///
/// LEDGER   A miner that is not paused and has s_min or more locked in the next period or later has a seat, nobody else
///          needs one. A seat's weight is at least what is locked in any period to come: whatever can raise that
///          writes the seat anew, what lowers it may be late.
abstract contract MinerSampling is LockBook {
    using Sampler for Sampler.Pool;

    /// @dev A miner's locked stake stays below this many s_min: the sampler's tiers reach that far.
    uint256 internal constant STAKE_LIMIT_IN_MIN_STAKES = 1 << Sampler.TIERS;

    /// @inheritdoc IStakeEscrow
    uint256 public immutable GENESIS;
    /// @inheritdoc IStakeEscrow
    uint256 public immutable MIN_STAKE;

    /// @dev One slot, 208 bits spare.
    struct Numbers {
        uint24 given; // 1 .. given have been given to somebody
        uint24 released; // how many of them are free again
    }

    Sampler.Pool internal _pool;
    Numbers internal _numbers;
    mapping(uint256 number => Holder) internal _holders;
    /// @dev A stack of `_numbers.released` numbers.
    mapping(uint256 index => uint256 number) internal _released;

    constructor(Parameters memory p) {
        uint256 unit = 16 * Sampler.GRAIN;
        _checkBounds("minStake", p.minStake, unit, Sampler.GRAIN << 47);
        if (p.minStake % unit != 0) revert StakeEscrowMinStakeNotWhole(p.minStake, unit);
        MIN_STAKE = p.minStake;
        GENESIS = block.timestamp / p.period;
    }

    /* SEATS */

    /// @inheritdoc IStakeEscrow
    function poke(address miner) external {
        _seatAnew(miner, currentPeriod());
    }

    /// @dev Writes what the sampler needs to know of a miner, or takes it out if it has less than s_min or is paused.
    function _seatAnew(address miner, uint256 period) internal {
        uint256 sum;
        uint256 firstEnd = type(uint256).max;
        uint256 notice = type(uint16).max;
        uint256 mask = _miners[miner].lockMask;
        for (uint256 i; mask >> i != 0; ++i) {
            if (!_has(mask, i)) continue;
            Lock memory held = _lockAt(miner, i);
            if (held.end <= period + 1) continue; // draws are for later periods
            sum += held.amount;
            if (held.notice == 0) firstEnd = Math.min(firstEnd, held.end);
            else notice = Math.min(notice, held.notice);
        }
        _checkLimit(sum);
        if (sum < MIN_STAKE || _miners[miner].paused) return _pool.remove(_miners, miner);
        firstEnd = Math.min(firstEnd - GENESIS, type(uint16).max);
        _pool.place(_miners, toSeat(miner, sum / Sampler.GRAIN, firstEnd, notice), MIN_STAKE / Sampler.GRAIN);
    }

    function _checkLimit(uint256 stake) internal view {
        uint256 limit = STAKE_LIMIT_IN_MIN_STAKES * MIN_STAKE;
        if (stake >= limit) revert StakeEscrowAboveLimit(stake, limit);
    }

    /* DRAWING */

    /// @inheritdoc IStakeEscrow
    function draw(
        uint256 seed,
        uint256 wanted,
        uint256 until,
        uint256 maxTrials
    ) external view returns (address[] memory drawn) {
        uint256 counts = _pool.counts;
        uint256 size = Sampler.members(counts);
        if (until <= currentPeriod()) revert StakeEscrowDrawTooEarly(until, currentPeriod() + 1);
        if (size < wanted) revert StakeEscrowTooFewMembers(size, wanted);

        drawn = new address[](wanted);
        uint256 found;
        uint256 seen; // bit i: somebody whose address ends in byte i was drawn
        uint256 unit = MIN_STAKE / Sampler.GRAIN;
        uint256 line = Sampler.lineLength(counts) * unit;
        for (uint256 trial; trial < maxTrials && found < wanted; ++trial) {
            uint256 point = uint256(Hashes.efficientKeccak256(bytes32(seed), bytes32(trial))) % line;
            (Seat seat, uint256 offset) = _pool.hit(counts, unit, point);
            if (offset >= _liveWeight(seat, until)) continue;
            address miner = seat.minerOf();
            uint256 bit = 1 << uint8(uint160(miner));
            if (seen & bit != 0 && _contains(drawn, found, miner)) continue;
            seen |= bit;
            drawn[found++] = miner;
        }
        if (found < wanted) revert StakeEscrowTrialsUsedUp(found, wanted, maxTrials);
    }

    /// @dev What is locked of a seat's weight in period `until`, in grains. While all its locks reach beyond `until`,
    /// the seat tells it; a saturated first end says so itself, for `until` is then nearer than it.
    function _liveWeight(Seat seat, uint256 until) internal view returns (uint256) {
        if (until < GENESIS + seat.firstEndOf() && until <= currentPeriod() + seat.noticeOf()) return seat.weightOf();
        uint256 locked = lockedIn(seat.minerOf(), until);
        return locked < MIN_STAKE ? 0 : locked / Sampler.GRAIN;
    }

    function _contains(address[] memory list, uint256 length, address item) internal pure returns (bool) {
        for (uint256 i; i < length; ++i) {
            if (list[i] == item) return true;
        }
        return false;
    }

    /// @inheritdoc IStakeEscrow
    function members() external view returns (uint256) {
        return Sampler.members(_pool.counts);
    }

    /// @inheritdoc IStakeEscrow
    function seatCounts() external view returns (uint256[16] memory counts) {
        for (uint256 tier; tier < Sampler.TIERS; ++tier) counts[tier] = Sampler.countOf(_pool.counts, tier);
    }

    /// @inheritdoc IStakeEscrow
    function seats(uint256 tier, uint256 from, uint256 count) external view returns (Seat[] memory page) {
        page = new Seat[](count);
        for (uint256 i; i < count; ++i) page[i] = _pool.seats[(tier << 16) | (from + i)];
    }

    /* NUMBERS */

    /// @inheritdoc IStakeEscrow
    function releaseNumber(address miner) external {
        uint256 number = _miners[miner].number;
        uint256 freeFrom = number == 0 ? type(uint256).max : _lastEnd(miner) + VESTING;
        if (currentPeriod() < freeFrom) revert StakeEscrowNumberInUse(miner, freeFrom);
        _miners[miner].number = 0;
        delete _holders[number];
        _released[_numbers.released++] = number;
        emit NumberReleased(miner, number);
    }

    function _giveNumber(address miner, uint256 period) internal {
        uint256 number = _numbers.released == 0 ? ++_numbers.given : _released[--_numbers.released];
        _miners[miner].number = uint24(number);
        if (_miners[miner].paidUntil == 0) _miners[miner].paidUntil = uint32(period + 1);
        _holders[number] = Holder(miner, uint32(period));
        emit NumberGiven(miner, number, period);
    }

    /// @dev The first period without stake: the end of the last lock; without locks, the miner's paidUntil.
    function _lastEnd(address miner) internal view returns (uint256 end) {
        end = _miners[miner].paidUntil;
        (, Lock[] memory locks) = locksOf(miner);
        for (uint256 i; i < locks.length; ++i) end = Math.max(end, locks[i].end);
    }

    /// @inheritdoc IStakeEscrow
    function numbers() external view returns (uint256) {
        return _numbers.given;
    }

    /// @inheritdoc IStakeEscrow
    function holderOf(uint256 number) external view returns (Holder memory) {
        return _holders[number];
    }
}
