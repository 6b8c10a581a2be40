// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INKMSToken} from "../../contracts/interfaces/INKMSToken.sol";
import {StakeEscrow} from "../../contracts/StakeEscrow.sol";

/// @notice The stake escrow with a door to the arithmetic of one period's close.
contract EscrowHarness is StakeEscrow {
    constructor(INKMSToken token, Parameters memory p) StakeEscrow(token, p) {}

    /// @notice Closes a period in which `earning` earns, when so much was issued, left over and accumulated before.
    function closePeriod(
        uint96 earning,
        Books memory books,
        uint256 acc
    ) external view returns (uint256 nextAcc, uint256 stakerReward, uint256 budget, Books memory nextBooks) {
        Totals memory totals = Totals(1, earning, 0);
        (nextAcc, stakerReward, budget) = _close(totals, books, acc);
        nextBooks = books;
    }
}
