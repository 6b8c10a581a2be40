// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../interfaces/IStakeEscrow.sol";

/// @notice A member's seat in the sampler, one word so that a candidate costs one read:
/// miner 160 | weight 64 | first end 16 | notice 16, miner in the high bits.
///   weight     grains of 1e9 base units; below 65,536 s_min <= 2^16 * 2^47 grains
///   first end  the first period in which one of its locks no longer counts, after GENESIS; 65,535: then or later
///   notice     the shortest notice of its rolling locks, periods; 65,535: none rolls
type Seat is uint256;

using {minerOf, weightOf, firstEndOf, noticeOf} for Seat global;

/// @dev The arguments fit their fields.
function toSeat(address miner, uint256 weight, uint256 firstEnd, uint256 notice) pure returns (Seat) {
    return Seat.wrap((uint256(uint160(miner)) << 96) | (weight << 32) | (firstEnd << 16) | notice);
}

function minerOf(Seat seat) pure returns (address) {
    return address(uint160(Seat.unwrap(seat) >> 96));
}

function weightOf(Seat seat) pure returns (uint256) {
    return uint64(Seat.unwrap(seat) >> 32);
}

function firstEndOf(Seat seat) pure returns (uint256) {
    return uint16(Seat.unwrap(seat) >> 16);
}

function noticeOf(Seat seat) pure returns (uint256) {
    return uint16(Seat.unwrap(seat));
}

/// @title Sampler
/// @notice Weighted drawing at a cost that does not grow with the number of members (whitepaper eqs. 25-29).
///
/// The whitepaper puts all stakes end to end on a line and takes the stake that a random point hits. Here every member
/// has a segment of the line that is a power of two long, at least as long as its weight: a point that hits a segment
/// counts if it lies within the live weight from the segment's start, else it is thrown away. So segments never have to
/// be measured anew, a weight that is stored too large costs trials but no fairness, and finding the segment of a point
/// takes sixteen steps at any number of members.
///
/// TIER     Segments of tier c are 2^(c+1) units long; a unit is s_min in grains of 1e9 base units. A member sits in
///          the tier of its weight, [2^c, 2^(c+1)) units, or in the next one above that has room.
/// LEDGER   Stored weight >= live weight for every period to come. `miners[m].seat - 1` is the place of m's seat.
library Sampler {
    /// @notice All 65,534 seats of this weight's tier, and of every tier above, are taken.
    error SamplerFull(uint256 tier);

    /// @dev `counts`: sixteen 16-bit counters in a slot. `seats`: tier << 16 | index.
    struct Pool {
        uint256 counts;
        Seat[1 << 20] seats;
    }

    uint256 internal constant GRAIN = 1e9; // base units
    uint256 internal constant TIERS = 16;
    uint256 internal constant TIER_CAPACITY = 65_534;

    /* CHANGING SEATS */

    /// @dev Writes the seat of a member, old or new. Reverts {SamplerFull} only if the weight has grown: its present
    /// tier always has room for it, so nobody can block a slash by filling a tier.
    /// @param unit s_min, grains. Its weight is at least this.
    function place(
        Pool storage pool,
        mapping(address => IStakeEscrow.Miner) storage miners,
        Seat seat,
        uint256 unit
    ) internal {
        uint256 held = miners[seat.minerOf()].seat;
        uint256 natural = Math.log2(seat.weightOf() / unit);
        uint256 tier = natural;
        while ((held == 0 || tier != (held - 1) >> 16) && countOf(pool.counts, tier) == TIER_CAPACITY) {
            if (++tier == TIERS) revert SamplerFull(natural);
        }
        if (held == 0 || tier != (held - 1) >> 16) {
            remove(pool, miners, seat.minerOf());
            held = ((tier << 16) | countOf(pool.counts, tier)) + 1;
            pool.counts += 1 << (tier << 4);
            miners[seat.minerOf()].seat = uint24(held);
        }
        pool.seats[held - 1] = seat;
    }

    /// @dev Takes a member out; the last seat of its tier moves into the gap. Not a member: does nothing. What is beyond
    /// the count is never read and left as it is: the next member to sit there pays 17,100 gas less.
    function remove(Pool storage pool, mapping(address => IStakeEscrow.Miner) storage miners, address miner) internal {
        uint256 held = miners[miner].seat;
        if (held == 0) return;
        uint256 position = held - 1;
        uint256 tier = position >> 16;
        uint256 last = (tier << 16) | (countOf(pool.counts, tier) - 1);
        if (position != last) {
            Seat moved = pool.seats[last];
            pool.seats[position] = moved;
            miners[moved.minerOf()].seat = uint24(held);
        }
        pool.counts -= 1 << (tier << 4);
        miners[miner].seat = 0;
    }

    /* DRAWING */

    /// @dev The seat that a point of the line hits, and how far into its segment the point is.
    /// @param counts pool.counts, read once per draw.
    /// @param point Grains from the start of the line; below {lineLength} * unit.
    function hit(
        Pool storage pool,
        uint256 counts,
        uint256 unit,
        uint256 point
    ) internal view returns (Seat seat, uint256 offset) {
        uint256 tier;
        uint256 segment = unit << 1;
        unchecked {
            // Ends at the last tier with seats at the latest, for point is below the sum of all spans. Spans are below 2^81.
            for (uint256 span = uint16(counts) * segment; point >= span; span = uint16(counts) * segment) {
                point -= span;
                segment <<= 1;
                counts >>= 16;
                ++tier;
            }
            seat = pool.seats[(tier << 16) | (point / segment)];
            offset = point % segment;
        }
    }

    /// @dev The length of all segments together, in units, below 2^34.
    function lineLength(uint256 counts) internal pure returns (uint256 length) {
        for (uint256 tier; tier < TIERS; ++tier) length += countOf(counts, tier) << (tier + 1);
    }

    /// @dev How many members there are.
    function members(uint256 counts) internal pure returns (uint256 sum) {
        for (uint256 tier; tier < TIERS; ++tier) sum += countOf(counts, tier);
    }

    /// @dev How many members sit in a tier.
    function countOf(uint256 counts, uint256 tier) internal pure returns (uint256) {
        return uint16(counts >> (tier << 4));
    }
}
