// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title WiredOnce
/// @notice Contracts that know each other can't all know each other at construction. Each therefore has one `wire`
/// function that its deployer calls once; that call ends the deployer's right, and nobody ever has another.
abstract contract WiredOnce {
    /// @notice Who may still call `wire`. Zero once it has been called: from then on no account has any special right.
    address public deployer = msg.sender;

    /// @notice `wire` is the deployer's, once. `deployer` is zero when it has been called already.
    error WiredOnceNotDeployer(address caller, address deployer);

    /// @notice A neighbour must be a deployed contract.
    error WiredOnceNoCode(address neighbour);

    /// @dev For `wire` alone: checks the deployer's right and ends it.
    modifier wiring() {
        if (msg.sender != deployer) revert WiredOnceNotDeployer(msg.sender, deployer);
        delete deployer;
        _;
    }

    /// @dev The neighbour itself, if there is code at its address.
    function _deployed(address neighbour) internal view returns (address) {
        if (neighbour.code.length == 0) revert WiredOnceNoCode(neighbour);
        return neighbour;
    }
}
