// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Seat, toSeat} from "../../contracts/libraries/Sampler.sol";

/// @title SeatsProof
/// @notice What the one word of a seat holds.
contract Seats__Proof {
    /// @notice A seat keeps its parts apart.
    /// @custom:rule 5
    /// @custom:engine halmos
    /// @custom:instead test/sampling/seats.test.ts
    function seatKeepsItsParts(address miner, uint256 weight, uint256 firstEnd, uint256 notice) external pure {
        require(weight < 1 << 64 && firstEnd < 1 << 16 && notice < 1 << 16);
        Seat seat = toSeat(miner, weight, firstEnd, notice);
        assert(seat.minerOf() == miner && seat.weightOf() == weight);
        assert(seat.firstEndOf() == firstEnd && seat.noticeOf() == notice);
    }
}
