// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IChallengeManager} from "../interfaces/IChallengeManager.sol";
import {Terms} from "../libraries/PolicyTerms.sol";
import {Fault, UmbralProof} from "../libraries/UmbralProof.sol";

/// @notice Makes many attempts to prove a fault in one call, of the library alone and of the challenges, and tells what
/// each was refused with: the first four bytes, or zero if it went through. For static calls: reveals change things.
contract UmbralProof__Harness {
    struct Attempt {
        Fault fault;
        uint256[3] hint;
    }

    /// @notice One byte of an answer to be changed: of its capsule, its cfrag or its receipt.
    struct Flip {
        uint256 part; // 0, 1, 2
        uint256 offset;
        bytes1 by;
    }

    function checkCapsule(bytes calldata capsule, uint256 y) external pure {
        UmbralProof.checkCapsule(capsule, y);
    }

    function checkFault(
        bytes calldata capsule,
        bytes calldata cfrag,
        bytes32 kfragHash,
        Fault fault,
        uint256[3] calldata hint
    ) external pure {
        UmbralProof.checkFault(capsule, cfrag, kfragHash, fault, hint);
    }

    function findFault(
        bytes calldata capsule,
        bytes calldata cfrag,
        bytes32 kfragHash,
        uint256[3][3] calldata hints
    ) external pure returns (Fault) {
        return UmbralProof.findFault(capsule, cfrag, kfragHash, hints);
    }

    function checkSecret(uint256 secret, bytes calldata kfrag, uint256 y) external pure {
        UmbralProof.checkSecret(secret, kfrag, y);
    }

    function tryFaults(
        bytes calldata capsule,
        bytes calldata cfrag,
        bytes32 kfragHash,
        Attempt[] calldata attempts
    ) external view returns (bytes4[] memory reasons) {
        reasons = new bytes4[](attempts.length);
        for (uint256 i; i < attempts.length; ++i) {
            Attempt calldata a = attempts[i];
            try this.checkFault(capsule, cfrag, kfragHash, a.fault, a.hint) {} catch (bytes memory reason) {
                reasons[i] = bytes4(reason);
            }
        }
    }

    function tryReveals(
        IChallengeManager challenges,
        Terms calldata terms,
        uint256 index,
        IChallengeManager.Answer calldata answer,
        uint256 capsuleY,
        Attempt[] calldata attempts
    ) external returns (bytes4[] memory reasons) {
        reasons = new bytes4[](attempts.length);
        for (uint256 i; i < attempts.length; ++i) {
            reasons[i] = _reveal(challenges, terms, index, answer, capsuleY, attempts[i]);
        }
    }

    function tryFlips(
        IChallengeManager challenges,
        Terms calldata terms,
        uint256 index,
        IChallengeManager.Answer calldata answer,
        uint256 capsuleY,
        Attempt calldata attempt,
        Flip[] calldata flips
    ) external returns (bytes4[] memory reasons) {
        reasons = new bytes4[](flips.length);
        for (uint256 i; i < flips.length; ++i) {
            IChallengeManager.Answer memory changed = answer;
            uint256 part = flips[i].part;
            bytes memory bytes_ = part == 0 ? changed.capsule : changed.cfrag;
            if (part == 2) bytes_ = changed.receipt;
            bytes_[flips[i].offset] ^= flips[i].by;
            reasons[i] = _reveal(challenges, terms, index, changed, capsuleY, attempt);
        }
    }

    function tryLeaks(
        IChallengeManager challenges,
        Terms calldata terms,
        uint256 index,
        IChallengeManager.LeakedKey[] calldata leaks
    ) external returns (bytes4[] memory reasons) {
        reasons = new bytes4[](leaks.length);
        for (uint256 i; i < leaks.length; ++i) {
            try challenges.revealLeakedKey(terms, index, leaks[i], 0) {} catch (bytes memory reason) {
                reasons[i] = bytes4(reason);
            }
        }
    }

    function _reveal(
        IChallengeManager challenges,
        Terms calldata terms,
        uint256 index,
        IChallengeManager.Answer memory answer,
        uint256 capsuleY,
        Attempt calldata a
    ) private returns (bytes4 refusal) {
        try challenges.revealWrongAnswer(terms, index, answer, a.fault, capsuleY, a.hint, 0) {} catch (
            bytes memory reason
        ) {
            refusal = bytes4(reason);
        }
    }
}
