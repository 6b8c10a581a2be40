// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @notice Stands in for a user that is a contract, such as a Safe: says by EIP-1271 that it signed what it was told to have
/// signed, and sends what it is told to send.
contract Wallet__Mock is IERC1271 {
    /// @notice What counts as its signature, by what was signed: keccak256 of the bytes.
    mapping(bytes32 hash => bytes32 signatureHash) public signed;

    /// @notice Sends calls, one after the other, all or none. Who may say so is not this mock's business.
    function execute(address[] calldata targets, uint256[] calldata values, bytes[] calldata data) external payable {
        for (uint256 i = 0; i < targets.length; ++i) Address.functionCallWithValue(targets[i], data[i], values[i]);
    }

    function sign(bytes32 hash, bytes calldata signature) external {
        signed[hash] = keccak256(signature);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return signed[hash] == keccak256(signature) ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
