// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Standing
/// @notice How the reveals of a round stand, in one slot: the round's number, 32 bits; how many voted, 32 bits; the seats of
/// each of eight seeds, 24 bits each. A committee has some thousands of seats at the very most: no part can overflow.
library Standing {
    /// @dev What is kept, if it is the round's; else that of a round without votes.
    function current(uint256 kept, uint256 round) internal pure returns (uint256) {
        return uint32(kept) == round ? kept : round;
    }

    function votes(uint256 standing) internal pure returns (uint256) {
        return uint32(standing >> 32);
    }

    function seatsFor(uint256 standing, uint256 seed) internal pure returns (uint256) {
        unchecked {
            return uint24(standing >> (64 + 24 * seed));
        }
    }

    /// @dev With one more vote.
    function plus(uint256 standing, uint256 seed, uint256 seats) internal pure returns (uint256) {
        unchecked {
            return standing + (1 << 32) + (seats << (64 + 24 * seed));
        }
    }
}
