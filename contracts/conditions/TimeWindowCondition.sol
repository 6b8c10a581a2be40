// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICondition} from "../interfaces/ICondition.sol";

/// @title TimeWindowCondition
/// @notice Lets everybody read in [FROM, UNTIL). There is no owner.
contract TimeWindowCondition is ICondition {
    /// @notice Unix time in seconds, included.
    uint256 public immutable FROM;
    /// @notice Unix time in seconds, not included. 2^256 - 1: for ever.
    uint256 public immutable UNTIL;

    /// @notice `from` must be before `until`.
    error TimeWindowConditionEmpty(uint256 from, uint256 until);

    constructor(uint256 from, uint256 until) {
        if (from >= until) revert TimeWindowConditionEmpty(from, until);
        (FROM, UNTIL) = (from, until);
    }

    /// @inheritdoc ICondition
    function isAllowed(bytes32, address, bytes calldata) external view returns (bool) {
        return FROM <= block.timestamp && block.timestamp < UNTIL;
    }
}
