// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A condition of access
/// @notice A policy's terms may name a condition. Before each re-encryption a node asks it by `eth_call`, with a gas
/// limit of its own. A call that fails, runs out of gas or returns anything but one of two words, is a no. Nothing on
/// chain calls a condition with the power to change state, and no contract of a network calls one at all: whatever it does,
/// it can cost a miner no more than that `eth_call`.
///
/// TRUST  A node answers for what it signs, not for asking: nobody is punished for answering without it. Readers can't get
///        around the condition as long as fewer nodes do so than the threshold asks for.
interface ICondition {
    /// @notice Whether nodes shall re-encrypt for a reader.
    /// @dev Warning: `reader` is a claim. A node asks only after the reader has proved to it that it holds this address.
    /// @param policy The policy's id.
    /// @param reader The account that asks for it.
    /// @param data The bytes of the capsule that is to be re-encrypted.
    function isAllowed(bytes32 policy, address reader, bytes calldata data) external view returns (bool);
}
