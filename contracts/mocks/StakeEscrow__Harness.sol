// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {StakeEscrow} from "../StakeEscrow.sol";

/// @notice The stake escrow with a door for filling large networks quickly.
contract StakeEscrow__Harness is StakeEscrow {
    constructor(INKMSToken token, Parameters memory p) StakeEscrow(token, p) {}

    /// @notice Locks amounts[i] for miners[i], out of tokens that were sent here before.
    function lockForMany(address[] calldata miners, uint256[] calldata amounts, uint256 periods) external {
        uint256 period = _present();
        for (uint256 i; i < miners.length; ++i) {
            if (_miners[miners[i]].number == 0) _giveNumber(miners[i], period);
            uint256 number = _open(miners[i], amounts[i], period + 1, period + 1 + periods, 0);
            _join(miners[i], number, amounts[i], period);
        }
    }

    /// @notice Behaves as if so many numbers had been given: a large network without its miners.
    function pretendNumbers(uint256 given) external {
        _numbers.given = uint24(given);
    }
}
