// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {Sampler, Seat, toSeat} from "../../contracts/libraries/Sampler.sol";

/// @notice Opens the sampler library: a pool, and the miners' headers that it writes seats into.
contract SamplerHarness {
    using Sampler for Sampler.Pool;

    uint256 public immutable UNIT;
    Sampler.Pool internal _pool;
    mapping(address miner => IStakeEscrow.Miner) internal _miners;

    /// @param unit s_min, grains.
    constructor(uint256 unit) {
        UNIT = unit;
    }

    function place(address miner, uint256 weight, uint256 firstEnd, uint256 notice) external {
        _pool.place(_miners, toSeat(miner, weight, firstEnd, notice), UNIT);
    }

    function remove(address miner) external {
        _pool.remove(_miners, miner);
    }

    /// @notice Pretends that a tier has `count` members.
    function setCount(uint256 tier, uint256 count) external {
        _pool.counts = (_pool.counts & ~(uint256(0xffff) << (tier << 4))) | (count << (tier << 4));
    }

    function hit(uint256 point) external view returns (address miner, uint256 weight, uint256 offset) {
        Seat seat;
        (seat, offset) = _pool.hit(_pool.counts, UNIT, point);
        (miner, weight) = (seat.minerOf(), seat.weightOf());
    }

    function seatAt(uint256 tier, uint256 i) external view returns (Seat) {
        return _pool.seats[(tier << 16) | i];
    }

    /// @notice 1 + place; 0: no member.
    function placeOf(address miner) external view returns (uint256) {
        return _miners[miner].seat;
    }

    function countOf(uint256 tier) external view returns (uint256) {
        return Sampler.countOf(_pool.counts, tier);
    }

    function members() external view returns (uint256) {
        return Sampler.members(_pool.counts);
    }

    function lineLength() external view returns (uint256) {
        return Sampler.lineLength(_pool.counts) * UNIT;
    }
}
