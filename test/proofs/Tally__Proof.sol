// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BallotTally, PLANES} from "../../contracts/libraries/BallotTally.sol";

/// @title TallyProof
/// @notice How ballots add up.
contract Tally__Proof {
    using BallotTally for uint256[PLANES];

    /// @notice A ballot of weight 1 that is added to nothing stands in the lowest plane.
    /// @custom:rule 8, verdict
    /// @custom:loops 3
    /// @custom:instead test/healthVote, against test/models/health.ts
    function firstBallotStands(uint256 ballot) external pure {
        uint256[PLANES] memory planes;
        planes.add(ballot, 1);
        assert(planes[0] == ballot);
    }

    /// @notice Nothing overflows where a ballot of weight 1 is added to nothing.
    /// @custom:rule 8, verdict
    /// @custom:loops 3
    /// @custom:twin contracts/libraries/BallotTally.sol add
    /// @custom:instead test/healthVote, against test/models/health.ts
    function addingDoesNotWrap(uint256 ballot) external pure {
        uint256[PLANES] memory planes;
        planes.add(ballot, 1);
    }
}
