// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeEscrow} from "../interfaces/IStakeEscrow.sol";

/// @notice Stands in for the health votes: pauses and draws budget whenever a test says so.
contract HealthVote__Mock {
    function pause(IStakeEscrow escrow, address miner) external {
        escrow.pause(miner);
    }

    function drawHealthBudget(IStakeEscrow escrow, uint256 parts) external returns (uint256) {
        return escrow.drawHealthBudget(parts);
    }
}
