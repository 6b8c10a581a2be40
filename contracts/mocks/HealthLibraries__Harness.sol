// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BallotTally, PLANES} from "../libraries/BallotTally.sol";
import {Committee} from "../libraries/Committee.sol";
import {KeyedPermutation} from "../libraries/KeyedPermutation.sol";

/// @notice Doors to the libraries of the health votes.
contract HealthLibraries__Harness {
    using BallotTally for uint256[PLANES];

    /* COMMITTEE */

    function threshold(uint256 wanted, uint256 seats) external pure returns (uint256 distance, uint256 rim) {
        return Committee.threshold(wanted, seats);
    }

    /// @notice For many committees at once.
    function thresholds(
        uint256[] calldata wanted,
        uint256[] calldata seats
    ) external pure returns (uint256[] memory distances, uint256[] memory rims) {
        (distances, rims) = (new uint256[](wanted.length), new uint256[](wanted.length));
        for (uint256 i; i < wanted.length; ++i) (distances[i], rims[i]) = Committee.threshold(wanted[i], seats[i]);
    }

    /// @notice Which of the seats [from, from + count) win, one byte each.
    function winners(
        bytes32 randomness,
        address miner,
        uint256 from,
        uint256 count,
        uint256 distance,
        uint256 rim
    ) external pure returns (bytes memory won) {
        won = new bytes(count);
        for (uint256 i; i < count; ++i) {
            if (Committee.wins(randomness, miner, from + i, distance, rim)) won[i] = 0x01;
        }
    }

    function ones(uint256 x) external pure returns (uint256) {
        return Committee.ones(x);
    }

    /* PERMUTATION */

    function permute(bytes32 key, uint256 size, uint256 index) external pure returns (uint256) {
        return KeyedPermutation.permute(key, size, index);
    }

    function invert(bytes32 key, uint256 size, uint256 value) external pure returns (uint256) {
        return KeyedPermutation.invert(key, size, value);
    }

    /// @notice The values of the indices [from, from + count), each checked to lead back.
    function permuteMany(
        bytes32 key,
        uint256 size,
        uint256 from,
        uint256 count
    ) external pure returns (uint256[] memory values) {
        values = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            values[i] = KeyedPermutation.permute(key, size, from + i);
            assert(KeyedPermutation.invert(key, size, values[i]) == from + i);
        }
    }

    /* TALLY */

    /// @notice Adds up weighted ballots; tells which counts are above each of `limits`.
    function tally(
        uint256[] calldata ballots,
        uint256[] calldata weights,
        uint256[] calldata limits
    ) external pure returns (uint256[] memory above) {
        uint256[PLANES] memory planes;
        for (uint256 i; i < ballots.length; ++i) planes.add(ballots[i], weights[i]);
        above = new uint256[](limits.length);
        for (uint256 i; i < limits.length; ++i) above[i] = planes.above(limits[i]);
    }
}
