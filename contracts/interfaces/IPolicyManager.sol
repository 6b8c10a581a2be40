// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the stake escrow reads of the policy manager
interface IPolicyManager {
    /// @notice How much of the miner's stake is reserved for its arrangements; may be stale, then it is too large.
    /// @return Base units.
    function reserved(address miner) external view returns (uint256);
}
