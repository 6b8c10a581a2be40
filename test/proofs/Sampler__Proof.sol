// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Sampler} from "../../contracts/libraries/Sampler.sol";

/// @title SamplerProof
/// @notice Where a point of the line of stakes falls.
contract Sampler__Proof {
    using Sampler for Sampler.Pool;

    Sampler.Pool internal _pool;

    /// @notice A point's offset is within a segment, here of the first tier.
    /// @custom:rule 5
    /// @custom:loops 3
    /// @custom:instead test/forge/Sampler.fuzz.t.sol, against plain arrays
    function offsetIsWithinASegment(uint256 counts, uint256 unit, uint256 point) external view {
        require(unit > 0 && unit <= 1 << 47 && counts < 1 << 16 && point < 2 * unit * counts);
        (, uint256 offset) = _pool.hit(counts, unit, point);
        assert(offset < 2 * unit);
    }

    /// @notice Nothing overflows, falls below zero or is divided by zero where a point of the first tier is looked up.
    /// @custom:rule 5
    /// @custom:loops 2
    /// @custom:twin contracts/libraries/Sampler.sol hit
    /// @custom:instead test/forge/Sampler.fuzz.t.sol, against plain arrays
    function lookingUpDoesNotWrap(uint256 counts, uint256 unit, uint256 point) external view {
        require(unit > 0 && unit <= 1 << 47 && counts < 1 << 16 && point < 2 * unit * counts);
        _pool.hit(counts, unit, point);
    }

    /// @notice A tier has at most 65,535 members.
    /// @custom:rule 5
    /// @custom:instead test/forge/Sampler.fuzz.t.sol, against plain arrays
    function countsAreBounded(uint256 counts, uint256 tier) external pure {
        require(tier < Sampler.TIERS);
        assert(Sampler.countOf(counts, tier) <= type(uint16).max);
    }
}
