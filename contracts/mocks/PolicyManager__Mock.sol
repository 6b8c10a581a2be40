// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeEscrow} from "../interfaces/IStakeEscrow.sol";

/// @notice Stands in for the policy manager: reserves and slashes whatever a test says.
contract PolicyManager__Mock {
    mapping(address miner => uint256) public reserved;

    function setReserved(address miner, uint256 amount) external {
        reserved[miner] = amount;
    }

    function slash(
        IStakeEscrow escrow,
        address miner,
        uint256 amount,
        address recipient,
        uint256 reward
    ) external returns (uint256) {
        return escrow.slash(miner, amount, recipient, reward);
    }
}
