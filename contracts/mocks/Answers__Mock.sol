// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A condition or a token that answers every question as a test says: with some bytes, or not at all.
contract Answers__Mock {
    enum Manner {
        Return,
        Revert,
        Loop
    }

    Manner internal _manner;
    bytes internal _answer;

    constructor(Manner manner, bytes memory answer) {
        (_manner, _answer) = (manner, answer);
    }

    fallback(bytes calldata) external returns (bytes memory) {
        return _reply();
    }

    function _reply() internal view returns (bytes memory) {
        assert(_manner != Manner.Revert);
        while (_manner == Manner.Loop) {}
        return _answer;
    }
}
