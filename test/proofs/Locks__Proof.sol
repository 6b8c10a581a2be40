// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LockBook} from "../../contracts/abstracts/LockBook.sol";

/// @title LocksProof
/// @notice Where a lock stands in the totals, and what it earned.
abstract contract Locks__Proof is LockBook {
    /// @notice A lock that has not ended stands in exactly one of the totals, with its whole amount.
    /// @custom:rule 9.2
    /// @custom:instead test/forge/StakeEscrow.invariants.t.sol, test/stakeEscrow
    function lockStandsOnce(uint256 unpaidFrom, Lock memory held, uint256 period) external {
        require(period < held.end);
        uint256 joins = held.start < unpaidFrom ? unpaidFrom : held.start;
        require(joins < held.end);
        uint256 sum = uint256(_totals.earning) + _totals.pending;
        require(sum + held.amount <= type(uint96).max);
        _changeTotals(unpaidFrom, held, int256(uint256(held.amount)), period);
        assert(uint256(_totals.earning) + _totals.pending == sum + held.amount);
    }

    /// @notice Taking a lock out of the totals undoes putting it in, whatever lock, period and pause.
    /// @custom:rule 9.2
    /// @custom:instead test/forge/StakeEscrow.invariants.t.sol, test/stakeEscrow
    function takingOutUndoesPuttingIn(uint256 unpaidFrom, Lock memory held, uint256 period) external {
        (uint256 earning, uint256 pending, uint256 ending) = (_totals.earning, _totals.pending, _ending[held.end]);
        require(earning + held.amount <= type(uint96).max && pending + held.amount <= type(uint96).max);
        require(ending + held.amount <= type(uint128).max);
        _changeTotals(unpaidFrom, held, int256(uint256(held.amount)), period);
        _changeTotals(unpaidFrom, held, -int256(uint256(held.amount)), period);
        assert(_totals.earning == earning && _totals.pending == pending && _ending[held.end] == ending);
    }

    /// @notice Two parts of a lock never earn more than the whole.
    /// @custom:rule 3, split; 9.2
    /// @custom:instead test/forge/StakeEscrow.invariants.t.sol, test/stakeEscrow
    function splittingEarnsNoMore(
        Span memory span,
        Lock memory whole,
        Lock memory part,
        Lock memory rest
    ) external view {
        require(
            part.start == whole.start && rest.start == whole.start && part.end == whole.end && rest.end == whole.end
        );
        require(uint256(part.amount) + rest.amount == whole.amount);
        require(span.from <= span.until && span.accFrom <= span.accUntil && span.accUntil <= type(uint128).max);
        require(whole.start <= span.from && span.until <= whole.end);
        assert(_rewardOf(span, part) + _rewardOf(span, rest) <= _rewardOf(span, whole));
    }

    /// @notice A lock's reward is its amount times the growth of the accumulator, rounded down: less than one unit is lost.
    /// @custom:rule 3, rewards
    /// @custom:instead test/forge/StakeEscrow.invariants.t.sol, test/stakeEscrow
    function rewardIsRoundedDown(Span memory span, Lock memory held) external view {
        require(span.from < span.until && span.accFrom <= span.accUntil && span.accUntil <= type(uint128).max);
        require(held.start <= span.from && span.until <= held.end);
        uint256 exact = held.amount * (span.accUntil - span.accFrom);
        uint256 reward = _rewardOf(span, held);
        assert(reward * 2 ** 64 <= exact && exact < (reward + 1) * 2 ** 64);
    }

    /// @notice Nothing is earned before the start, after the end, or in an empty span.
    /// @custom:rule 3, rewards
    /// @custom:instead test/forge/StakeEscrow.invariants.t.sol, test/stakeEscrow
    function nothingIsEarnedOutside(Span memory span, Lock memory held) external view {
        require(held.end <= span.from || span.until <= held.start || span.until <= span.from);
        assert(_rewardOf(span, held) == 0);
    }
}
