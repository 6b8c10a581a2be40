// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice Stands in for an owner that is a contract: says by EIP-1271 that it signed what it was told to have signed.
contract Wallet__Mock is IERC1271 {
    /// @notice What counts as its signature, by what was signed: keccak256 of the bytes.
    mapping(bytes32 hash => bytes32 signatureHash) public signed;

    function sign(bytes32 hash, bytes calldata signature) external {
        signed[hash] = keccak256(signature);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return signed[hash] == keccak256(signature) ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
