// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice An account with code that stands by the signatures of one key, until it changes its mind.
contract FickleWallet is IERC1271 {
    address internal immutable SIGNER;
    bool public denies;

    constructor(address signer) {
        SIGNER = signer;
    }

    function setDenies(bool denies_) external {
        denies = denies_;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (address signer, , ) = ECDSA.tryRecover(digest, signature);
        return signer == SIGNER && !denies ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
