// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Committee} from "../../contracts/libraries/Committee.sol";
import {Standing} from "../../contracts/libraries/Standing.sol";

/// @title CommitteeProof
/// @notice Which seats vote, and how their reveals are counted.
contract Committee__Proof {
    /// @notice If all seats are wanted, or more, all win.
    /// @custom:rule 8, committee
    function allWinIfAllAreWanted(uint256 wanted, uint256 seats) external pure {
        require(seats > 0 && seats <= wanted && wanted <= type(uint64).max);
        (uint256 distance, uint256 rim) = Committee.threshold(wanted, seats);
        assert(distance == 257);
        assert(rim == 0);
    }

    /// @notice A seat that wins still wins if the distance is one more.
    /// @custom:rule 8, committee
    /// @custom:instead test/healthVote, test/models/health.ts
    function largerDistanceKeepsWinners(
        bytes32 randomness,
        address miner,
        uint256 seat,
        uint256 distance,
        uint256 rim
    ) external pure {
        require(distance < 257 && Committee.wins(randomness, miner, seat, distance, rim));
        assert(Committee.wins(randomness, miner, seat, distance + 1, 0));
    }

    /// @notice A word without bits has none.
    /// @custom:rule 8, verdict
    /// @custom:instead test/healthVote/committee.test.ts
    function noBits() external pure {
        assert(Committee.ones(0) == 0);
    }

    /// @notice A word of nothing but bits has 256.
    /// @custom:rule 8, verdict
    /// @custom:instead test/healthVote/committee.test.ts
    function allBits() external pure {
        assert(Committee.ones(type(uint256).max) == 256);
    }

    /// @notice One more vote is counted as one vote, here with seats for the first seed.
    /// @custom:rule 8, verdict
    /// @custom:instead test/healthVote
    function voteIsCounted(uint256 standing, uint256 seats) external pure {
        require(Standing.votes(standing) < type(uint32).max && seats < 1 << 16);
        require(Standing.seatsFor(standing, 0) + seats < 1 << 24);
        assert(Standing.votes(Standing.plus(standing, 0, seats)) == Standing.votes(standing) + 1);
    }

    /// @notice A standing of another round counts as none.
    /// @custom:rule 8, verdict
    /// @custom:instead test/healthVote/committee.test.ts
    function otherRoundIsForgotten(uint256 kept, uint256 round) external pure {
        require(round <= type(uint32).max && uint32(kept) != round);
        uint256 current = Standing.current(kept, round);
        assert(uint32(current) == round);
        assert(Standing.votes(current) == 0);
    }

    /// @notice The bits of a word are counted as by looking at one after the other, here 16 of them, wherever they are.
    /// @custom:rule 8, verdict
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/committee.test.ts
    /// @custom:loops 17
    function bitsAreCounted(uint16 bits, uint8 place) external pure {
        uint256 count;
        for (uint256 i; i < 16; ++i) count += (bits >> i) & 1;
        assert(Committee.ones(uint256(bits) << (place & 0xf0)) == count);
    }

    /// @notice A vote adds its seats to the seed it names, and changes no other seed's and not the round.
    /// @custom:rule 8, verdict
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/committee.test.ts
    function seatsGoToOneSeed(uint256 standing, uint256 seed, uint256 other, uint256 seats) external pure {
        require(seed < 8 && other < 8 && Standing.votes(standing) < type(uint32).max && seats < 1 << 16);
        require(Standing.seatsFor(standing, seed) + seats < 1 << 24);
        uint256 next = Standing.plus(standing, seed, seats);
        uint256 more = seed == other ? seats : 0;
        assert(Standing.seatsFor(next, other) == Standing.seatsFor(standing, other) + more);
        assert(uint32(next) == uint32(standing));
    }
}
