// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHealthVote} from "../interfaces/IHealthVote.sol";

/// @title HealthPay
/// @notice The part of the health votes that keeps what voters have earned: it vests like rewards of stake, V periods after
/// the one it was earned in, and until then can be taken back.
///
/// LEDGER   A miner's pay = vested + its buckets. A bucket holds the pay of one period; that of period p sits at p mod V + 1.
///          It is vested from p + 1 + V on, and moves to `vested` when its place is needed.
abstract contract HealthPay is IHealthVote {
    /// @notice V: periods from the end of a period until what was earned in it can be claimed.
    uint256 public immutable VESTING;

    /// @dev One slot.
    struct Bucket {
        uint96 amount;
        uint32 period;
    }

    mapping(address miner => mapping(uint256 place => Bucket)) internal _buckets;
    mapping(address miner => uint256) internal _vested;

    constructor(uint256 vesting) {
        VESTING = vesting;
    }

    function _credit(address miner, uint256 amount, uint256 period) internal {
        if (amount == 0) return;
        Bucket storage bucket = _buckets[miner][period % (VESTING + 1)];
        (uint256 before, uint256 earnedIn) = (bucket.amount, bucket.period);
        if (earnedIn != period && before != 0) (_vested[miner], before) = (_vested[miner] + before, 0);
        (bucket.amount, bucket.period) = (uint96(before + amount), uint32(period));
    }

    /// @dev Takes up to `most` of what is not vested, the newest first.
    function _takeBack(address miner, uint256 most, uint256 period) internal returns (uint256 taken) {
        for (uint256 age; age <= VESTING && taken < most; ++age) {
            Bucket storage bucket = _buckets[miner][(period - age) % (VESTING + 1)];
            if (bucket.period != period - age) continue;
            uint256 part = bucket.amount < most - taken ? bucket.amount : most - taken;
            bucket.amount -= uint96(part);
            taken += part;
        }
    }

    /// @dev Takes all that is vested.
    function _takeVested(address miner, uint256 period) internal returns (uint256 amount) {
        amount = _vested[miner];
        if (amount != 0) _vested[miner] = 0;
        for (uint256 place; place <= VESTING; ++place) {
            Bucket storage bucket = _buckets[miner][place];
            if (bucket.amount == 0 || bucket.period + VESTING >= period) continue;
            amount += bucket.amount;
            bucket.amount = 0;
        }
    }

    /// @inheritdoc IHealthVote
    function payOf(address miner) external view returns (uint256 vested, uint256 unvested) {
        vested = _vested[miner];
        for (uint256 place; place <= VESTING; ++place) {
            Bucket memory bucket = _buckets[miner][place];
            if (bucket.period + VESTING < _period()) vested += bucket.amount;
            else unvested += bucket.amount;
        }
    }

    function _period() internal view virtual returns (uint256);
}
