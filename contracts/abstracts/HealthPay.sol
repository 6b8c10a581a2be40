// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHealthVote} from "../interfaces/IHealthVote.sol";

/// @title HealthPay
/// @notice The part of the health votes that keeps what voters have earned: it vests like rewards of stake, V periods after
/// the one it was earned in, and until then can be taken back.
///
/// LEDGER   A miner's pay = the sum of its buckets. A bucket holds the pay of one period; that of period p sits at p mod V + 1.
///          It is vested from p + 1 + V on; when its place is needed, it joins what is vested there.
abstract contract HealthPay is IHealthVote {
    /// @notice V: periods from the end of a period until what was earned in it can be claimed.
    uint256 public immutable VESTING;

    /// @dev One slot.
    struct Bucket {
        uint96 amount; // earned in `period`
        uint32 period;
        uint96 vested; // earned before
    }

    mapping(address miner => mapping(uint256 place => Bucket)) internal _buckets;

    constructor(uint256 vesting) {
        VESTING = vesting;
    }

    function _credit(address miner, uint256 amount, uint256 period) internal {
        if (amount == 0) return;
        Bucket memory bucket = _buckets[miner][period % (VESTING + 1)];
        if (bucket.period != period) {
            bucket.vested += bucket.amount;
            (bucket.amount, bucket.period) = (0, uint32(period));
        }
        bucket.amount += uint96(amount);
        _buckets[miner][period % (VESTING + 1)] = bucket;
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
        for (uint256 place; place <= VESTING; ++place) {
            Bucket memory bucket = _buckets[miner][place];
            uint256 ended = bucket.period + VESTING < period ? bucket.amount : 0;
            if (ended + bucket.vested == 0) continue;
            amount += ended + bucket.vested;
            _buckets[miner][place] = Bucket(bucket.amount - uint96(ended), bucket.period, 0);
        }
    }

    /// @inheritdoc IHealthVote
    function payOf(address miner) external view returns (uint256 vested, uint256 unvested) {
        for (uint256 place; place <= VESTING; ++place) {
            Bucket memory bucket = _buckets[miner][place];
            vested += bucket.vested;
            if (bucket.period + VESTING < _period()) vested += bucket.amount;
            else unvested += bucket.amount;
        }
    }

    function _period() internal view virtual returns (uint256);
}
