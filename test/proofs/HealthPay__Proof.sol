// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HealthPay} from "../../contracts/abstracts/HealthPay.sol";

/// @title HealthPayProof
/// @notice What moves between the buckets of a miner's pay. With V = 1 there are two of them.
abstract contract HealthPay__Proof is HealthPay {
    function _sum(address miner) internal view returns (uint256) {
        return _in(miner, 0) + _in(miner, 1);
    }

    function _in(address miner, uint256 place) internal view returns (uint256) {
        Bucket memory bucket = _buckets[miner][place];
        return uint256(bucket.amount) + bucket.vested;
    }

    /// @notice A credit raises what its bucket holds by exactly that amount, also when the bucket is needed for a new period.
    /// @custom:rule 8, pay
    /// @custom:instead test/forge/HealthVotes.invariants.t.sol, test/healthVote
    function creditIsKept(address miner, uint256 amount, uint256 period) external {
        require(amount <= type(uint96).max && period <= type(uint32).max && VESTING > 0 && VESTING <= 30);
        uint256 place = period % (VESTING + 1);
        uint256 before = _in(miner, place);
        _credit(miner, amount, period);
        assert(_in(miner, place) == before + amount);
    }

    /// @notice A credit leaves every other bucket as it is.
    /// @custom:rule 8, pay
    /// @custom:instead test/forge/HealthVotes.invariants.t.sol, test/healthVote
    function creditTouchesOneBucket(address miner, uint256 amount, uint256 period, uint256 other) external {
        require(amount <= type(uint96).max && period <= type(uint32).max && VESTING > 0 && VESTING <= 30);
        require(other != period % (VESTING + 1));
        uint256 before = _in(miner, other);
        _credit(miner, amount, period);
        assert(_in(miner, other) == before);
    }

    /// @notice Taking back takes no more than is asked for, and what it takes is what the buckets lose, for V = 1.
    /// @custom:rule 8, pay
    /// @custom:loops 3
    /// @custom:instead test/forge/HealthVotes.invariants.t.sol, test/healthVote
    function takingBackKeepsTheSum(address miner, uint256 most, uint256 period) external {
        require(VESTING == 1 && period > 1 && period <= type(uint32).max);
        uint256 before = _sum(miner);
        uint256 taken = _takeBack(miner, most, period);
        assert(taken <= most && _sum(miner) + taken == before);
    }

    /// @notice What has vested can't be taken back, for V = 1.
    /// @custom:rule 8, pay
    /// @custom:loops 3
    /// @custom:instead test/forge/HealthVotes.invariants.t.sol, test/healthVote
    function vestedIsSafe(address miner, uint256 most, uint256 period) external {
        require(VESTING == 1 && period > 1 && period <= type(uint32).max);
        uint256 vested = uint256(_buckets[miner][0].vested) + _buckets[miner][1].vested;
        _takeBack(miner, most, period);
        assert(uint256(_buckets[miner][0].vested) + _buckets[miner][1].vested == vested);
    }

    /// @notice A claim takes what the buckets lose, and leaves nothing that has vested, for V = 1.
    /// @custom:rule 8, pay; 9.1
    /// @custom:loops 3
    /// @custom:instead test/forge/HealthVotes.invariants.t.sol, test/healthVote
    function claimKeepsTheSum(address miner, uint256 period) external {
        require(VESTING == 1 && period > 1 && period <= type(uint32).max);
        uint256 before = _sum(miner);
        uint256 amount = _takeVested(miner, period);
        assert(_sum(miner) + amount == before);
        assert(_buckets[miner][0].vested == 0 && _buckets[miner][1].vested == 0);
    }

    /// @notice A second claim in the same period takes nothing, for V = 1.
    /// @custom:rule 8, pay
    /// @custom:loops 3
    /// @custom:instead test/forge/HealthVotes.invariants.t.sol, test/healthVote
    function claimPaysOnce(address miner, uint256 period) external {
        require(VESTING == 1 && period > 1 && period <= type(uint32).max);
        _takeVested(miner, period);
        assert(_takeVested(miner, period) == 0);
    }
}
