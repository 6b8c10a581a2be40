// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICondition} from "../interfaces/ICondition.sol";

/// @title CombinedCondition
/// @notice Lets read whom all of its children let read, or any, or whom its one child doesn't. There is no owner.
///
/// FAILURE  A child fails that reverts, uses up its share of the gas, or answers with anything but true or false. Its
///          failure is never taken for a no that could be turned into a yes: if the answer depends on it, {isAllowed}
///          reverts, which is a no for nodes and a failure for a parent. So all(failing, false) is false and
///          any(failing, true) is true, all(failing, true), any(failing, false) and not(failing) fail; and so does
///          not(any(failing, false)).
/// GAS      Each child may use an equal share of the gas that is left: one that runs for ever can't starve the others.
/// LOOPS    Children exist before their parent: there are no circles, unless a child can change what it asks.
contract CombinedCondition is ICondition {
    enum Mode {
        All,
        Any,
        Not
    }

    enum Answer {
        No,
        Yes,
        Failure
    }

    uint256 internal constant MAX_CHILDREN = 16;

    /// @notice How the children's answers are put together.
    Mode public immutable MODE;

    address[] internal _children;

    /// @notice All and any take 1 .. 16 children, not takes one.
    error CombinedConditionChildren(uint256 given, uint256 least, uint256 most);

    /// @notice There is no contract at the address of child `index`.
    error CombinedConditionNoCode(uint256 index, address child);

    /// @notice Child `index` failed, and the answer depends on it. If several did, this is the last.
    error CombinedConditionUndecided(uint256 index, address child);

    constructor(Mode mode, address[] memory children_) {
        uint256 most = mode == Mode.Not ? 1 : MAX_CHILDREN;
        if (children_.length == 0 || children_.length > most) {
            revert CombinedConditionChildren(children_.length, 1, most);
        }
        for (uint256 i; i < children_.length; ++i) {
            if (children_[i].code.length == 0) revert CombinedConditionNoCode(i, children_[i]);
        }
        (MODE, _children) = (mode, children_);
    }

    /// @notice The conditions that this one asks, in order.
    function children() external view returns (address[] memory) {
        return _children;
    }

    /// @inheritdoc ICondition
    function isAllowed(bytes32 policy, address reader, bytes calldata data) external view returns (bool) {
        bytes memory question = abi.encodeCall(ICondition.isAllowed, (policy, reader, data));
        // For "all" and "not" a no settles it, for "any" a yes does.
        Answer settling = MODE == Mode.Any ? Answer.Yes : Answer.No;
        uint256 count = _children.length;
        uint256 failed = count;
        for (uint256 i; i < count; ++i) {
            Answer answer = _ask(_children[i], question, gasleft() / (count - i));
            if (answer == settling) return MODE != Mode.All;
            if (answer == Answer.Failure) failed = i;
        }
        if (failed != count) revert CombinedConditionUndecided(failed, _children[failed]);
        return MODE == Mode.All;
    }

    /// @dev Reads one word, however much a child returns. The chain keeps 1/64 of the gas back, whatever the share.
    function _ask(address child, bytes memory question, uint256 share) internal view returns (Answer) {
        bool answered;
        uint256 word;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            answered := staticcall(share, child, add(question, 32), mload(question), 0, 32)
            answered := and(answered, gt(returndatasize(), 31))
            word := mload(0)
        }
        if (!answered || word > 1) return Answer.Failure;
        return word == 1 ? Answer.Yes : Answer.No;
    }
}
