// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Sampler, Seat, toSeat} from "../../contracts/libraries/Sampler.sol";
import {SamplerHarness} from "./SamplerHarness.sol";

/// @title SamplerFuzz
/// @notice The sampler against a naive model: sixteen plain arrays of members, searched from their beginning.
contract SamplerFuzz {
    /// @notice Makes forge look for tests here.
    bool public constant IS_TEST = true;

    uint256 internal constant TIERS = 16;
    uint256 internal constant CAPACITY = 65_534;
    uint256 internal constant LARGEST_UNIT = 1 << 47; // grains
    uint256 internal constant MEMBERS = 8;
    uint256 internal constant STEPS = 24;

    struct Member {
        address miner;
        uint256 weight;
        uint256 firstEnd;
        uint256 notice;
    }

    SamplerHarness internal sampler;
    Member[][TIERS] internal tiers;
    uint256 private _entropy;

    function _random(uint256 least, uint256 most) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return least + (_entropy % (most - least + 1));
    }

    function _begin(uint256 seed, uint256 unit) internal {
        (_entropy, sampler) = (seed, new SamplerHarness(unit));
    }

    /* THE MODEL */

    function _find(address miner) internal view returns (bool found, uint256 tier, uint256 i) {
        for (tier = 0; tier < TIERS; ++tier) {
            for (i = 0; i < tiers[tier].length; ++i) if (tiers[tier][i].miner == miner) return (true, tier, i);
        }
        return (false, 0, 0);
    }

    function _modelRemove(address miner) internal {
        (bool found, uint256 tier, uint256 i) = _find(miner);
        if (!found) return;
        tiers[tier][i] = tiers[tier][tiers[tier].length - 1];
        tiers[tier].pop();
    }

    function _modelPlace(Member memory member, uint256 unit) internal {
        uint256 tier;
        while (member.weight >= unit << (tier + 1)) ++tier;
        (bool found, uint256 oldTier, uint256 i) = _find(member.miner);
        if (found && oldTier == tier) {
            tiers[tier][i] = member;
            return;
        }
        _modelRemove(member.miner);
        tiers[tier].push(member);
    }

    /// @dev Some member, new or old, with a weight of any magnitude up to 2^topTier units.
    function _anyMember(uint256 unit, uint256 topTier) internal returns (Member memory) {
        uint256 least = unit << _random(0, topTier);
        uint256 weight = _random(0, 3) == 0 ? least : _random(least, 2 * least - 1);
        address miner = address(uint160(_random(1, MEMBERS)));
        return Member(miner, weight, _random(0, type(uint16).max), _random(0, type(uint16).max));
    }

    function _requireSame() internal view {
        uint256 members;
        for (uint256 tier; tier < TIERS; ++tier) {
            require(sampler.countOf(tier) == tiers[tier].length, "a tier counts another number of members");
            members += tiers[tier].length;
            for (uint256 i; i < tiers[tier].length; ++i) {
                Member memory member = tiers[tier][i];
                Seat expected = toSeat(member.miner, member.weight, member.firstEnd, member.notice);
                require(Seat.unwrap(sampler.seatAt(tier, i)) == Seat.unwrap(expected), "a seat is not the member's");
                require(sampler.placeOf(member.miner) == ((tier << 16) | i) + 1, "a member points to another place");
            }
        }
        require(sampler.members() == members, "the sampler counts another number of members");
        for (uint256 m = 1; m <= MEMBERS; ++m) {
            (bool found, , ) = _find(address(uint160(m)));
            require(found == (sampler.placeOf(address(uint160(m))) > 0), "somebody who left still has a place");
        }
    }

    /* PLACING AND REMOVING */

    /// @notice Whoever comes, goes, grows and shrinks in any order: seats, counts and back-pointers are the model's.
    function testFuzz_placeAndRemoveAgreeWithPlainArrays(uint256 seed) public {
        _begin(seed, 1);
        uint256 unit = _random(0, 1) == 0 ? 1 : _random(1, LARGEST_UNIT);
        sampler = new SamplerHarness(unit);
        uint256 topTier = _random(0, TIERS - 1);
        for (uint256 step; step < STEPS; ++step) {
            Member memory member = _anyMember(unit, topTier);
            if (_random(0, 2) == 0) {
                sampler.remove(member.miner);
                _modelRemove(member.miner);
            } else {
                sampler.place(member.miner, member.weight, member.firstEnd, member.notice);
                _modelPlace(member, unit);
            }
            if (step % 4 == 3) _requireSame();
        }
    }

    /// @notice A member takes the lowest tier from its weight's own upwards that has room, its present one included; it
    /// is refused only if there is none.
    function testFuzz_fullTiersSendMembersUpwards(uint256 seed, uint16 full) public {
        _begin(seed, 1);
        uint256 from = _random(0, TIERS - 1);
        sampler.place(address(1), 1 << from, 0, 0);
        for (uint256 tier; tier < TIERS; ++tier) if ((full >> tier) & 1 == 1) sampler.setCount(tier, CAPACITY);

        uint256 to = _random(0, TIERS - 1);
        uint256 expected = to;
        while (expected < TIERS && expected != from && (full >> expected) & 1 == 1) ++expected;
        bytes memory place = abi.encodeCall(sampler.place, (address(1), (1 << to) + (1 << to) / 2, 7, 9));
        (bool done, bytes memory answer) = address(sampler).call(place);
        if (expected == TIERS) {
            require(!done && bytes4(answer) == Sampler.SamplerFull.selector, "a full sampler let somebody in");
            require(to > from, "a member could not become smaller");
        } else {
            require(done, "somebody was refused although a tier has room");
            uint256 position = sampler.placeOf(address(1)) - 1;
            require(position >> 16 == expected, "a member went to another tier");
            Seat seat = sampler.seatAt(expected, position & 0xffff);
            require(seat.minerOf() == address(1) && seat.firstEndOf() == 7 && seat.noticeOf() == 9, "another seat");
        }
    }

    /* HITTING */

    /// @notice Point by point on short lines: members lie end to end in the order of tiers, each on 2^(tier + 1) units,
    /// and exactly as many points as a member weighs count for it.
    function testFuzz_everyPointHitsItsSegment(uint256 seed) public {
        _begin(seed, 1);
        uint256 unit = _random(1, 3);
        sampler = new SamplerHarness(unit);
        for (uint256 step; step < MEMBERS; ++step) {
            Member memory member = _anyMember(unit, 3);
            sampler.place(member.miner, member.weight, 0, 0);
            _modelPlace(member, unit);
        }

        uint256 point;
        for (uint256 tier; tier < TIERS; ++tier) {
            for (uint256 i; i < tiers[tier].length; ++i) {
                uint256 accepted;
                for (uint256 k; k < unit << (tier + 1); ++k) {
                    (address miner, uint256 weight, uint256 offset) = sampler.hit(point++);
                    require(miner == tiers[tier][i].miner, "a point hit another member");
                    require(offset == k, "a point lies elsewhere in its segment");
                    if (offset < weight) ++accepted;
                }
                require(accepted == tiers[tier][i].weight, "a member's chance is not its weight");
            }
        }
        require(point == sampler.lineLength(), "the line has another length");
    }

    /// @notice On lines of every length: the ends of all segments and points between.
    function testFuzz_endsOfLongSegmentsHit(uint256 seed) public {
        _begin(seed, 1);
        uint256 unit = _random(1, LARGEST_UNIT);
        sampler = new SamplerHarness(unit);
        for (uint256 step; step < MEMBERS; ++step) {
            Member memory member = _anyMember(unit, TIERS - 1);
            sampler.place(member.miner, member.weight, 0, 0);
            _modelPlace(member, unit);
        }

        uint256 start;
        for (uint256 tier; tier < TIERS; ++tier) {
            uint256 segment = unit << (tier + 1);
            for (uint256 i; i < tiers[tier].length; ++i) {
                uint256[3] memory offsets = [0, _random(0, segment - 1), segment - 1];
                for (uint256 k; k < 3; ++k) {
                    (address miner, uint256 weight, uint256 offset) = sampler.hit(start + offsets[k]);
                    require(miner == tiers[tier][i].miner && offset == offsets[k], "a point hit another segment");
                    require(weight == tiers[tier][i].weight && weight <= segment, "a weight is beyond its segment");
                }
                start += segment;
            }
        }
        require(start == sampler.lineLength(), "the line has another length");
    }

    /* PACKING */

    function testFuzz_seatPacks(address miner, uint64 weight, uint16 firstEnd, uint16 notice) public pure {
        Seat seat = toSeat(miner, weight, firstEnd, notice);
        require(seat.minerOf() == miner, "the miner changed");
        require(seat.weightOf() == weight, "the weight changed");
        require(seat.firstEndOf() == firstEnd, "the first end changed");
        require(seat.noticeOf() == notice, "the notice changed");
    }
}
