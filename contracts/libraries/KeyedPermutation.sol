// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title KeyedPermutation
/// @notice A permutation of 0 .. size - 1 that nobody knows before its key, each value computable alone, both ways.
/// A Feistel network of four rounds over the next power of four, walked on while it leaves the range: fewer than four
/// steps on average.
library KeyedPermutation {
    uint256 private constant ROUNDS = 4;

    /// @param size 1 .. 2^64.
    /// @param index Below `size`.
    function permute(bytes32 key, uint256 size, uint256 index) internal pure returns (uint256 value) {
        uint256 bits = _halfBits(size);
        uint256 mask = (1 << bits) - 1;
        value = index;
        do {
            (uint256 left, uint256 right) = (value >> bits, value & mask);
            for (uint256 i; i < ROUNDS; ++i) (left, right) = (right, left ^ (_mix(key, i, right) & mask));
            value = (left << bits) | right;
        } while (value >= size);
    }

    /// @dev The index that {permute} takes to `value`.
    function invert(bytes32 key, uint256 size, uint256 value) internal pure returns (uint256 index) {
        uint256 bits = _halfBits(size);
        uint256 mask = (1 << bits) - 1;
        index = value;
        do {
            (uint256 left, uint256 right) = (index >> bits, index & mask);
            for (uint256 i = ROUNDS; i > 0;) (left, right) = (right ^ (_mix(key, --i, left) & mask), left);
            index = (left << bits) | right;
        } while (index >= size);
    }

    function _mix(bytes32 key, uint256 round, uint256 half) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(key, round, half)));
    }

    /// @dev The least b with 4^b >= size.
    function _halfBits(uint256 size) private pure returns (uint256 bits) {
        // At most 32 for sizes up to 2^64.
        unchecked {
            while (1 << (2 * bits) < size) ++bits;
        }
    }
}
