// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The cheat codes of forge that the tests here use.
interface Vm {
    /// @notice What the last call cost; fields in gas.
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    /// @notice Sets block.timestamp.
    function warp(uint256 timestamp) external;

    /// @notice Sets block.number.
    function roll(uint256 height) external;

    /// @notice Sets block.chainid.
    function chainId(uint256 id) external;

    /// @notice Sets block.prevrandao.
    function prevrandao(bytes32 value) external;

    /// @notice Sets an account's ether.
    function deal(address account, uint256 balance) external;

    /// @notice The next call comes from `sender`.
    function prank(address sender) external;

    /// @notice Throws the present call away, uncounted, unless `condition` holds.
    function assume(bool condition) external pure;

    /// @notice The address of a private key.
    function addr(uint256 privateKey) external pure returns (address);

    /// @notice Signs `digest` with a private key.
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    /// @notice Makes every slot of `target` cold again, as it is at the start of a transaction.
    function cool(address target) external;

    /// @notice What the last call of the test cost.
    function lastCallGas() external view returns (Gas memory);

    /// @notice Writes a storage slot.
    function store(address target, bytes32 slot, bytes32 value) external;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice What forge prints under "Logs" with -vv.
event log_named_uint(string name, uint256 value);
