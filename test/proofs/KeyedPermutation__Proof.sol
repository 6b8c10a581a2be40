// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeyedPermutation} from "../../contracts/libraries/KeyedPermutation.sol";

/// @title KeyedPermutationProof
/// @notice That numbers are permuted, whatever the hash does. Of other sizes than powers of four some values are permuted again.
contract KeyedPermutation__Proof {
    function _isUndone(bytes32 key, uint256 size, uint256 index) internal pure {
        require(index < size);
        uint256 value = KeyedPermutation.permute(key, size, index);
        assert(value < size);
        assert(KeyedPermutation.invert(key, size, value) == index);
    }

    /// @notice Of 16 numbers each goes to one of them, and back.
    /// @custom:rule 8, targets
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/committee.test.ts
    function sixteenArePermuted(bytes32 key, uint256 index) external pure {
        _isUndone(key, 16, index);
    }

    /// @notice Of 65,536 too.
    /// @custom:rule 8, targets
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/committee.test.ts
    function thousandsArePermuted(bytes32 key, uint256 index) external pure {
        _isUndone(key, 1 << 16, index);
    }

    /// @notice Of 2^24, as many as there can be miners, too.
    /// @custom:rule 8, targets
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/committee.test.ts
    function allMinersArePermuted(bytes32 key, uint256 index) external pure {
        _isUndone(key, 1 << 24, index);
    }

    /// @notice Of 2^64, as many as the library takes, too.
    /// @custom:rule 8, targets
    /// @custom:engine halmos
    /// @custom:instead test/healthVote/committee.test.ts
    function mostArePermuted(bytes32 key, uint256 index) external pure {
        _isUndone(key, 1 << 64, index);
    }
}
