// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeEscrow} from "../interfaces/IStakeEscrow.sol";

/// @notice Makes many draws in one call, so that tests can compare and count thousands of them.
contract SamplerTally__Harness {
    struct Draw {
        uint256 seed;
        uint256 wanted;
        uint256 until;
        uint256 maxTrials;
    }

    /// @dev One of the two is empty, unless nobody was wanted.
    struct Outcome {
        address[] drawn;
        bytes failure; // what the escrow reverted with
    }

    function drawAll(IStakeEscrow escrow, Draw[] calldata draws) external view returns (Outcome[] memory outcomes) {
        outcomes = new Outcome[](draws.length);
        for (uint256 i; i < draws.length; ++i) {
            Draw calldata d = draws[i];
            try escrow.draw(d.seed, d.wanted, d.until, d.maxTrials) returns (address[] memory drawn) {
                outcomes[i].drawn = drawn;
            } catch (bytes memory failure) {
                outcomes[i].failure = failure;
            }
        }
    }
}
