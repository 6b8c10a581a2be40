// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IMinerRegistry} from "./interfaces/IMinerRegistry.sol";
import {INKMSToken} from "./interfaces/INKMSToken.sol";
import {IPolicyManager} from "./interfaces/IPolicyManager.sol";
import {IStakeEscrow} from "./interfaces/IStakeEscrow.sol";
import {Issuance} from "./abstracts/Issuance.sol";
import {LockBook} from "./abstracts/LockBook.sol";
import {MinerSampling} from "./abstracts/MinerSampling.sol";
import {WiredOnce} from "./abstracts/WiredOnce.sol";

/// @title StakeEscrow
/// @notice See {IStakeEscrow}. Here stands who may do what; the books are in {Issuance} (periods, totals, what a unit
/// earns), {LockBook} (locks and rewards of a miner) and {MinerSampling} (seats, draws, numbers).
///
/// LEDGER   TOKEN.balanceOf(this) >= all locks + all unpaid rewards + the undrawn health budget. Donations don't count.
/// CHANGES  Sibling functions keep one beat: close the past, check, change the books, seat the miner anew, move tokens.
/// TRUST    The policy manager may seize stake, the health votes may pause a miner and take their budget; neither can
///          move more than that. There is no owner.
/// TOKENS   TOKEN is {NKMSToken}: it reverts on failure and calls nobody, so no guard against re-entry is needed.
contract StakeEscrow is MinerSampling, WiredOnce {
    uint256 internal constant MAX_LOCKS_BY_OTHERS = 24;

    /// @inheritdoc IStakeEscrow
    uint256 public immutable SHORTEST_LOCK;
    /// @inheritdoc IStakeEscrow
    uint256 public immutable LONGEST_LOCK;

    /// @inheritdoc IStakeEscrow
    IMinerRegistry public registry;
    /// @inheritdoc IStakeEscrow
    IPolicyManager public policyManager;
    /// @inheritdoc IStakeEscrow
    address public healthVote;

    mapping(address miner => address) internal _payouts;

    constructor(INKMSToken token, Parameters memory p) Issuance(token, p) LockBook(p) MinerSampling(p) {
        _checkBounds("longestLock", p.longestLock, 1, 3_650);
        _checkBounds("shortestLock", p.shortestLock, 1, p.longestLock);
        SHORTEST_LOCK = p.shortestLock;
        LONGEST_LOCK = p.longestLock;
    }

    /* NEIGHBOURS */

    /// @inheritdoc IStakeEscrow
    function wire(address registry_, address policyManager_, address healthVote_) external wiring {
        address minter = TOKEN.escrow();
        if (minter != address(this)) revert StakeEscrowNotMinter(minter);
        registry = IMinerRegistry(_deployed(registry_));
        policyManager = IPolicyManager(_deployed(policyManager_));
        healthVote = _deployed(healthVote_);
        _openFirstPeriod();
        emit Wired(registry_, policyManager_, healthVote_);
    }

    modifier only(address neighbour) {
        if (msg.sender != neighbour) revert StakeEscrowOnlyNeighbour(msg.sender, neighbour);
        _;
    }

    /* LOCKING */

    /// @inheritdoc IStakeEscrow
    function lock(uint256 amount, uint256 periods) public returns (uint256 number) {
        uint256 period = _present();
        _checkLength(periods);
        _checkAmount(amount, lockedIn(msg.sender, period + 1) < MIN_STAKE ? MIN_STAKE : 1);

        if (_miners[msg.sender].number == 0) _giveNumber(msg.sender, period);
        number = _open(msg.sender, amount, period + 1, period + 1 + periods, 0);
        _join(msg.sender, number, amount, period);

        _collect(amount);
    }

    /// @inheritdoc IStakeEscrow
    function lockWithPermit(
        uint256 amount,
        uint256 periods,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 number) {
        _permit(amount, deadline, v, r, s);
        return lock(amount, periods);
    }

    /// @inheritdoc IStakeEscrow
    function topUp(address miner, uint256 lockNumber, uint256 lockEnd, uint256 amount) public returns (uint256 number) {
        uint256 period = _present();
        if (msg.sender != miner) {
            uint256 used = _usedLocks(miner);
            if (used >= MAX_LOCKS_BY_OTHERS) revert StakeEscrowTooManyLocks(used, MAX_LOCKS_BY_OTHERS);
        }
        _checkAmount(amount, msg.sender == miner ? 1 : MIN_STAKE);
        number = _add(miner, lockNumber, lockEnd, amount, period);

        _collect(amount);
    }

    /// @inheritdoc IStakeEscrow
    function topUpWithPermit(
        address miner,
        uint256 lockNumber,
        uint256 lockEnd,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 number) {
        _permit(amount, deadline, v, r, s);
        return topUp(miner, lockNumber, lockEnd, amount);
    }

    /// @inheritdoc IStakeEscrow
    function compound(uint256 lockNumber, uint256 lockEnd) external returns (uint256 number) {
        uint256 period = _present();
        uint256 amount = _takeVested(msg.sender, period);
        _checkAmount(amount, 1);
        number = _add(msg.sender, lockNumber, lockEnd, amount, period);
        emit RewardCompounded(msg.sender, amount);
    }

    /// @dev Adds to a lock from the next period on.
    function _add(
        address miner,
        uint256 lockNumber,
        uint256 lockEnd,
        uint256 amount,
        uint256 period
    ) internal returns (uint256 number) {
        Lock storage target = _named(miner, lockNumber, lockEnd, period + 2);
        if (target.start == period + 1) {
            number = lockNumber;
            target.amount += uint96(amount);
            emit LockRaised(miner, number, amount);
        } else {
            number = _open(miner, amount, period + 1, target.end, target.notice);
        }
        _join(miner, number, amount, period);
    }

    /// @dev New stake, in the lock `number`, counts in the totals and the sampler.
    function _join(address miner, uint256 number, uint256 amount, uint256 period) internal {
        _changeTotals(_unpaidFrom(miner), _lockAt(miner, number), int256(amount), period);
        _seatAnew(miner, period);
    }

    /// @dev The limit is checked here already so that casts to uint96 are safe before tokens have moved.
    function _checkAmount(uint256 amount, uint256 least) internal view {
        if (amount < least) revert StakeEscrowTooSmall(amount, least);
        _checkLimit(amount);
    }

    function _checkLength(uint256 periods) internal view {
        if (periods < SHORTEST_LOCK || periods > LONGEST_LOCK) {
            revert StakeEscrowLockLength(periods, SHORTEST_LOCK, LONGEST_LOCK);
        }
    }

    /// @dev A permit that fails, because somebody sent it ahead, leaves it to the allowance.
    function _permit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) internal {
        try TOKEN.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
    }

    /* CHANGING LOCKS */

    /// @inheritdoc IStakeEscrow
    function extend(uint256 lockNumber, uint256 lockEnd, uint256 periods) external {
        uint256 period = _present();
        if (lockEnd == ROLLING) revert StakeEscrowLockIsRolling(lockNumber);
        Lock storage target = _named(msg.sender, lockNumber, lockEnd, period + 1);
        uint256 most = period + 1 + LONGEST_LOCK - lockEnd;
        if (periods == 0 || periods > most) revert StakeEscrowLockLength(periods, 1, most);

        _changeEnd(msg.sender, lockNumber, target, lockEnd + periods, 0, period);
    }

    /// @inheritdoc IStakeEscrow
    function roll(uint256 lockNumber, uint256 lockEnd, uint256 notice) external {
        uint256 period = _present();
        Lock storage target = _named(msg.sender, lockNumber, lockEnd, period + 1);
        _checkLength(notice);
        uint256 least = lockEnd == ROLLING ? target.notice + 1 : lockEnd - period - 1;
        if (notice < least) revert StakeEscrowNoticeTooShort(lockNumber, notice, least);

        _changeEnd(msg.sender, lockNumber, target, ROLLING, notice, period);
    }

    /// @inheritdoc IStakeEscrow
    function giveNotice(uint256 lockNumber, uint256 lockEnd) external {
        uint256 period = _present();
        Lock storage target = _named(msg.sender, lockNumber, lockEnd, 0);
        if (lockEnd != ROLLING) revert StakeEscrowLockIsFixed(lockNumber);

        _changeEnd(msg.sender, lockNumber, target, period + 1 + target.notice, 0, period);
    }

    /// @dev Takes the lock out of the totals and puts it back with its new end.
    function _changeEnd(
        address miner,
        uint256 lockNumber,
        Lock storage target,
        uint256 end,
        uint256 notice,
        uint256 period
    ) internal {
        Lock memory changed = target;
        int256 amount = int256(uint256(changed.amount));
        uint256 unpaidFrom = _unpaidFrom(miner);
        _changeTotals(unpaidFrom, changed, -amount, period);
        (changed.end, changed.notice) = (uint32(end), uint32(notice));
        (target.end, target.notice) = (changed.end, changed.notice);
        _changeTotals(unpaidFrom, changed, amount, period);
        emit LockChanged(miner, lockNumber, end, notice);
        _seatAnew(miner, period);
    }

    /// @inheritdoc IStakeEscrow
    function split(uint256 lockNumber, uint256 lockEnd, uint256 amount) external returns (uint256 part) {
        uint256 period = _present();
        Lock storage target = _named(msg.sender, lockNumber, lockEnd, period + 2);
        if (amount == 0 || amount >= target.amount) {
            revert StakeEscrowSplitOutOfBounds(lockNumber, amount, target.amount);
        }
        target.amount -= uint96(amount);
        part = _open(msg.sender, amount, target.start, target.end, target.notice);
        emit LockSplit(msg.sender, lockNumber, part, amount);
        // Neither the totals nor the seat change: the two parts are together what the lock was.
    }

    /// @inheritdoc IStakeEscrow
    function merge(uint256 oneLock, uint256 otherLock, uint256 lockEnd) external {
        uint256 period = _present();
        if (oneLock == otherLock) revert StakeEscrowSameLock(oneLock);
        (uint256 keptNumber, uint256 goneNumber) = (Math.min(oneLock, otherLock), Math.max(oneLock, otherLock));
        Lock storage kept = _named(msg.sender, keptNumber, lockEnd, 0);
        Lock memory gone = _named(msg.sender, goneNumber, lockEnd, 0);
        if (kept.notice != gone.notice) {
            revert StakeEscrowNoticesDiffer(keptNumber, kept.notice, goneNumber, gone.notice);
        }
        // After a resume paidUntil is ahead: what starts in the next period must not count as if it had started before.
        uint256 paidUntil = Math.min(_miners[msg.sender].paidUntil, period - VESTING);
        uint256 laterStart = Math.max(kept.start, gone.start);
        if (kept.start != gone.start && laterStart > paidUntil) revert StakeEscrowNotPaidYet(laterStart, paidUntil);

        kept.amount += gone.amount;
        if (gone.start < kept.start) kept.start = gone.start;
        _drop(msg.sender, goneNumber);
        emit LocksMerged(msg.sender, keptNumber, goneNumber, gone.amount);
        // Neither the totals nor the seat change: both locks stood in the same place.
    }

    /* PAYING OUT */

    /// @inheritdoc IStakeEscrow
    function claim() external returns (uint256 amount) {
        amount = _takeVested(msg.sender, _present());
        _payReward(msg.sender, amount);
    }

    /// @inheritdoc IStakeEscrow
    function withdraw(uint256 amount) external {
        uint256 period = _present();
        if (amount == 0) revert StakeEscrowTooSmall(0, 1);
        uint256 reward = _takeVested(msg.sender, period);
        (uint256 taken, ) = _lower(msg.sender, amount, period - VESTING, period);
        if (taken < amount) revert StakeEscrowAboveWithdrawable(amount, taken);
        _seatAnew(msg.sender, period);
        emit Withdrawn(msg.sender, amount);

        _send(msg.sender, amount);
        _payReward(msg.sender, reward);
    }

    /// @inheritdoc IStakeEscrow
    function setPayout(address payout) external {
        if (payout == address(this)) revert StakeEscrowPayoutIsEscrow();
        _payouts[msg.sender] = payout;
        emit PayoutSet(msg.sender, payout);
    }

    /// @inheritdoc IStakeEscrow
    function payoutOf(address miner) public view returns (address payout) {
        payout = _payouts[miner];
        if (payout == address(0)) payout = miner;
    }

    /// @dev Marks everything that has vested as paid and returns it.
    function _takeVested(address miner, uint256 period) internal returns (uint256 reward) {
        uint256 vested = period - VESTING;
        reward = _rewardOfLocks(miner, 0, vested);
        if (_miners[miner].paidUntil < vested) _miners[miner].paidUntil = uint32(vested);
    }

    function _payReward(address miner, uint256 amount) internal {
        if (amount == 0) return;
        address payout = payoutOf(miner);
        emit RewardPaid(miner, payout, amount);
        _send(payout, amount);
    }

    /* FOR THE POLICY MANAGER */

    /// @inheritdoc IStakeEscrow
    function slash(
        address miner,
        uint256 amount,
        address recipient,
        uint256 reward
    ) external only(address(policyManager)) returns (uint256 seized) {
        uint256 period = _present();
        uint256 rewardBurned;
        (seized, rewardBurned) = _lower(miner, amount, ROLLING, period);
        // With no lock left, paidUntil tells since when: the number is free V periods after it.
        if (_miners[miner].lockMask == 0) {
            _miners[miner].paidUntil = uint32(Math.max(_miners[miner].paidUntil, period));
        }
        _seatAnew(miner, period);
        uint256 paid = Math.min(reward, seized);
        emit Slashed(miner, recipient, seized, paid, rewardBurned);

        _burn(seized - paid + rewardBurned);
        _send(recipient, paid);
    }

    /// @inheritdoc IStakeEscrow
    function freeCollateral(address miner, uint256 until) external view returns (uint256) {
        uint256 reserved = policyManager.reserved(miner);
        return Math.saturatingSub(lockedIn(miner, until), reserved);
    }

    /* FOR THE HEALTH VOTES */

    /// @inheritdoc IStakeEscrow
    function pause(address miner) external only(healthVote) {
        uint256 period = _present();
        Miner storage header = _miners[miner];
        if (header.paused) return;
        uint256 reward = _takeVested(miner, period);
        uint256 forfeited = _rewardOfLocks(miner, 0, period);
        _changeAllTotals(miner, -1, period);
        header.paused = true;
        if (header.paidUntil < period) header.paidUntil = uint32(period);
        _seatAnew(miner, period);
        emit Paused(miner, forfeited);

        _burn(forfeited);
        _payReward(miner, reward);
    }

    /// @inheritdoc IStakeEscrow
    function resume(address miner) external {
        uint256 period = _present();
        Miner storage header = _miners[miner];
        if (!header.paused) revert StakeEscrowNotPaused(miner);
        if (msg.sender != miner) {
            address operator = registry.operatorOf(miner);
            if (msg.sender != operator) revert StakeEscrowNotMinerOrOperator(msg.sender, miner, operator);
        }
        header.paused = false;
        header.paidUntil = uint32(period + 1);
        header.resumedAt = uint48(block.timestamp);
        _changeAllTotals(miner, 1, period);
        _seatAnew(miner, period);
        emit Resumed(miner, period + 1);
    }

    /// @inheritdoc IStakeEscrow
    function drawHealthBudget(uint256 parts) external only(healthVote) returns (uint256 amount) {
        _present();
        amount = Math.min(_health.budget / parts, _health.undrawn);
        _health.undrawn -= uint96(amount);
        emit HealthBudgetDrawn(amount);

        _send(healthVote, amount);
    }

    /* TOKENS */

    function _collect(uint256 amount) internal {
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    function _send(address to, uint256 amount) internal {
        if (amount > 0) TOKEN.transfer(to, amount);
    }
}
