// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeyedPermutation} from "../../contracts/libraries/KeyedPermutation.sol";

/// @title PermutationProof
/// @notice Which miners are a round's targets. The hash may be any function.
contract Permutation__Proof {
    /// @notice What a value's index is found to be leads to the value, of four.
    /// @custom:rule 8, phases
    /// @custom:loops 5
    /// @custom:instead test/healthVote, which tries all values of many sizes
    function inverseOverFour(bytes32 key, uint256 a) external pure {
        require(a < 4);
        assert(KeyedPermutation.invert(key, 4, KeyedPermutation.permute(key, 4, a)) == a);
    }

    /// @notice Halves have the fewest bits that reach, for up to 2^10 numbers.
    /// @custom:rule 8, phases
    /// @custom:loops 6
    /// @custom:instead test/healthVote, which tries all values of many sizes
    function halvesReach(uint256 size) external pure {
        require(size > 1 && size <= 1 << 10);
        uint256 bits = KeyedPermutation._halfBits(size);
        assert(4 ** bits >= size);
        assert(4 ** (bits - 1) < size);
    }

    /// @notice Nothing overflows where the bits of a half are counted, for up to 2^10 numbers.
    /// @custom:rule 8, phases
    /// @custom:loops 6
    /// @custom:twin contracts/libraries/KeyedPermutation.sol _halfBits
    /// @custom:instead test/healthVote, which tries all values of many sizes
    function countingBitsDoesNotWrap(uint256 size) external pure {
        require(size > 1 && size <= 1 << 10);
        KeyedPermutation._halfBits(size);
    }
}
