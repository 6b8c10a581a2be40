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
}
