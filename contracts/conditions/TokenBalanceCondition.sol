// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ICondition} from "../interfaces/ICondition.sol";

/// @title TokenBalanceCondition
/// @notice Lets everybody read who holds enough of a token, ERC-20 or ERC-721. There is no owner.
///
/// LIMITS   It looks at the balance of the moment: a token that moves on serves its next holder too.
/// TOKENS   A token that reverts, or answers with less than a word, makes {isAllowed} revert, which is a no. One that lies
///          about balances decides alone.
contract TokenBalanceCondition is ICondition {
    /// @notice Whose `balanceOf` is asked.
    IERC20 public immutable TOKEN;
    /// @notice ERC-20: base units of TOKEN. ERC-721: how many.
    uint256 public immutable LEAST;

    /// @notice There is no contract at `token`.
    error TokenBalanceConditionNoCode(address token);

    /// @notice Everybody has at least nothing: such a condition would let everybody read.
    error TokenBalanceConditionNothingAsked();

    constructor(address token, uint256 least) {
        if (token.code.length == 0) revert TokenBalanceConditionNoCode(token);
        if (least == 0) revert TokenBalanceConditionNothingAsked();
        (TOKEN, LEAST) = (IERC20(token), least);
    }

    /// @inheritdoc ICondition
    function isAllowed(bytes32, address reader, bytes calldata) external view returns (bool) {
        return TOKEN.balanceOf(reader) >= LEAST;
    }
}
