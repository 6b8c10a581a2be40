// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeeBook} from "../../contracts/abstracts/FeeBook.sol";

/// @title Fees
/// @notice What moves between a miner's account and its endings.
abstract contract Fees__Proof is FeeBook {
    uint256 internal constant MOST = 1 << 62; // grains: of a rate and of a collateral, by the policy manager's bounds
    uint256 internal constant MOST_RESERVED = MOST * 3_651;

    function _assumeBounds(uint256 rate, uint256 reserve, uint256 end, uint256 period) internal pure {
        require(rate <= MOST && reserve <= MOST_RESERVED);
        require(period > 0 && period < end && end <= type(uint32).max);
    }

    /// @notice An arrangement that joins raises the account's rate and the rate that ends later by the same, here for a
    /// settled account.
    /// @custom:rule 6, fees
    /// @custom:instead test/forge/Policies.invariants.t.sol, test/policyManager
    /// @custom:forgets rate * (period - account.settled)
    function joiningRaisesBothSides(
        address miner,
        uint256 rate,
        uint256 reserve,
        uint256 end,
        uint256 period
    ) external {
        _assumeBounds(rate, reserve, end, period);
        require(_accounts[miner].settled == period);
        uint256 before = _accounts[miner].rate;
        uint256 endingBefore = _endings[miner][end].rate;
        _enlist(miner, rate, reserve, end, period);
        assert(_accounts[miner].rate == before + rate);
        assert(_endings[miner][end].rate == endingBefore + rate);
    }

    /// @notice Settling a period pays the rate of that period and drops what ended with it.
    /// @custom:rule 6, fees
    /// @custom:loops 2
    /// @custom:instead test/forge/Policies.invariants.t.sol, test/policyManager
    function settlingPaysTheRateOnce(address miner, uint256 period) external view {
        Account memory account = _accounts[miner];
        require(account.settled > 0 && account.settled + 1 == period && period > WINDOW + 1);
        // An account's rate and reserve are sums of what its arrangements have, what ends among it.
        require(_endings[miner][period].rate <= account.rate);
        require(_endings[miner][period - WINDOW - 1].release <= account.reserved);
        Account memory next = _settled(miner, period);
        assert(next.rate + _endings[miner][period].rate == account.rate);
        assert(next.reserved + _endings[miner][period - WINDOW - 1].release == account.reserved);
        unchecked {
            assert(next.earned == account.earned + next.rate); // modulo 2^80
        }
        assert(next.settled == period);
    }

    /// @notice Moving a release to another period keeps the sum of what is released.
    /// @custom:rule 6, reserved
    function movingKeepsTheSum(address miner, uint256 amount, uint256 from, uint256 to) external {
        require(amount <= type(uint96).max && from != to);
        uint256 sum = uint256(_endings[miner][from].release) + _endings[miner][to].release;
        _moveRelease(miner, amount, from, to);
        assert(uint256(_endings[miner][from].release) + _endings[miner][to].release == sum);
    }

    /// @notice What a verdict frees leaves the account and its ending alike.
    /// @custom:rule 6, reserved
    /// @custom:instead test/forge/Policies.invariants.t.sol, test/policyManager
    function releasingLowersBothSides(address miner, uint256 amount, uint256 end) external {
        require(amount <= MOST_RESERVED);
        (uint256 had, uint256 due) = (_accounts[miner].reserved, _endings[miner][end].release);
        _release(miner, amount, end);
        assert(_accounts[miner].reserved + amount == had && _endings[miner][end].release + amount == due);
    }

    /// @notice Leaving undoes joining, but for the periods in between: what they earned stays.
    /// @custom:rule 6, fees
    /// @custom:engine halmos
    /// @custom:instead test/forge/Policies.invariants.t.sol
    function leavingUndoesJoining(address miner, uint256 rate, uint256 reserve, uint256 end, uint256 period) external {
        _assumeBounds(rate, reserve, end, period);
        Account memory before = _accounts[miner];
        Ending memory ending = _endings[miner][end];
        require(before.settled > 0 && before.settled <= period);
        _enlist(miner, rate, reserve, end, period);
        _delist(miner, rate, reserve, end, period);
        assert(keccak256(abi.encode(_accounts[miner])) == keccak256(abi.encode(before)));
        assert(keccak256(abi.encode(_endings[miner][end])) == keccak256(abi.encode(ending)));
    }

    /// @notice Taking fees takes what is asked for, or all that there is, and leaves the rest; here for a settled account.
    /// @custom:rule 6, fees; 9.5
    /// @custom:engine halmos
    /// @custom:instead test/forge/Policies.invariants.t.sol
    function takingFeesLeavesTheRest(address miner, uint256 most, uint256 period) external {
        Account memory before = _accounts[miner];
        require(before.settled > 0 && before.settled == period);
        uint256 taken = _takeFees(miner, most, period);
        assert(taken == (most < before.earned ? most : before.earned));
        assert(_accounts[miner].earned + taken == before.earned);
        assert(_accounts[miner].rate == before.rate && _accounts[miner].reserved == before.reserved);
    }

    /// @notice Renewing moves an ending, keeps the rate, and reserves what is more.
    /// @custom:rule 6, renewing
    /// @custom:engine halmos
    /// @custom:instead test/forge/Policies.invariants.t.sol
    function prolongingMovesTheEnding(
        address miner,
        uint256 rate,
        uint256 reserve,
        uint256 more,
        uint256 end,
        uint256 newEnd
    ) external {
        require(rate <= MOST && reserve <= MOST_RESERVED && more <= MOST_RESERVED && end < newEnd);
        uint256 reserved = _accounts[miner].reserved;
        (Ending memory old, Ending memory next) = (_endings[miner][end], _endings[miner][newEnd]);
        _prolong(miner, rate, reserve, more, end, newEnd);
        assert(_accounts[miner].reserved == reserved + more);
        assert(_endings[miner][end].rate + rate == old.rate && _endings[miner][end].release + reserve == old.release);
        assert(_endings[miner][newEnd].rate == next.rate + rate);
        assert(_endings[miner][newEnd].release == next.release + reserve + more);
    }
}
