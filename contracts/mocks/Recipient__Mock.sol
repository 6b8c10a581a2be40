// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Stands in for somebody who is a contract and gets ether: takes it, refuses it, or calls somebody first.
contract Recipient__Mock {
    bool public refuses;
    /// @notice How often it got ether.
    uint256 public received;
    /// @notice What a call from within said; empty: there was none.
    bytes public answer;

    address internal _target;
    bytes internal _data;

    error Recipient__MockRefuses();

    receive() external payable {
        _receive();
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    /// @notice What to call when the first ether comes.
    function callThen(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function call(address target, bytes calldata data) external payable {
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory reason) = target.call{value: msg.value}(data);
        if (done) return;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    function _receive() internal {
        if (refuses) revert Recipient__MockRefuses();
        ++received;
        // solhint-disable-next-line avoid-low-level-calls
        if (received == 1 && _target != address(0)) (, answer) = _target.call(_data);
    }
}
