// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Bits of a count.
uint256 constant PLANES = 32;

/// @title BallotTally
/// @notice Adds up 256 votes at once. Count i is spread over the planes: bit i of plane b is bit b of count i. So adding a
/// ballot costs a few operations per plane, however many bits it has.
library BallotTally {
    /// @dev Adds `weight` to the count of each bit that is set in `ballot`. Counts stay below 2^PLANES.
    function add(uint256[PLANES] memory planes, uint256 ballot, uint256 weight) internal pure {
        // Neither b nor p passes PLANES: counts stay below 2^PLANES.
        unchecked {
            for (uint256 b; weight >> b != 0; ++b) {
                if ((weight >> b) & 1 == 0) continue;
                uint256 carry = ballot;
                for (uint256 p = b; carry != 0; ++p) (planes[p], carry) = (planes[p] ^ carry, planes[p] & carry);
            }
        }
    }

    /// @dev Bit i: count i is above `limit`.
    function above(uint256[PLANES] memory planes, uint256 limit) internal pure returns (uint256 greater) {
        uint256 equal = type(uint256).max;
        for (uint256 p = PLANES; p > 0;) {
            uint256 plane = planes[--p];
            if ((limit >> p) & 1 == 0) {
                greater |= equal & plane;
                equal &= ~plane;
            } else {
                equal &= plane;
            }
        }
    }
}
