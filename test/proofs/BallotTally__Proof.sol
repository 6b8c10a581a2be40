// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BallotTally, PLANES} from "../../contracts/libraries/BallotTally.sol";

/// @title BallotTallyProof
/// @notice How ballots are counted: 256 counts side by side, a plane for each binary digit. Here counts are below 32.
contract BallotTally__Proof {
    uint256 internal constant DIGITS = 5;

    /// @dev Counts that may be anything below 2^DIGITS, and one of them.
    function _anyCount(
        uint256[PLANES] memory planes,
        uint256 place
    ) internal pure returns (uint256[PLANES] memory some, uint256 count) {
        require(place < 256);
        for (uint256 p; p < DIGITS; ++p) some[p] = planes[p];
        count = _count(some, place);
    }

    function _count(uint256[PLANES] memory planes, uint256 place) internal pure returns (uint256 count) {
        for (uint256 p; p <= DIGITS; ++p) count += ((planes[p] >> place) & 1) << p;
    }

    /// @notice A vote adds its weight to the counts of its bits, here 1, and to no other.
    /// @custom:rule 8, verdict
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/finalize.test.ts
    /// @custom:loops 8
    function oneIsAdded(uint256[PLANES] memory planes, uint256 ballot, uint256 place) external pure {
        (uint256[PLANES] memory some, uint256 before) = _anyCount(planes, place);
        BallotTally.add(some, ballot, 1);
        assert(_count(some, place) == before + ((ballot >> place) & 1));
    }

    /// @notice The same for a weight of 3.
    /// @custom:rule 8, verdict
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/finalize.test.ts
    /// @custom:loops 16
    function threeAreAdded(uint256[PLANES] memory planes, uint256 ballot, uint256 place) external pure {
        (uint256[PLANES] memory some, uint256 before) = _anyCount(planes, place);
        BallotTally.add(some, ballot, 3);
        assert(_count(some, place) == before + 3 * ((ballot >> place) & 1));
    }

    /// @notice What is above a limit is found, whatever limit below 32.
    /// @custom:rule 8, verdict
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/finalize.test.ts
    /// @custom:loops 33
    function aboveIsAbove(uint256[PLANES] memory planes, uint256 limit, uint256 place) external pure {
        require(limit < 1 << DIGITS);
        (uint256[PLANES] memory some, uint256 count) = _anyCount(planes, place);
        assert((BallotTally.above(some, limit) >> place) & 1 == (count > limit ? 1 : 0));
    }
}
