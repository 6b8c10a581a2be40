// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What Halmos does for a test.
interface ISymbols {
    function enableSymbolicStorage(address account) external;
    function createUint256(string memory name) external returns (uint256);
}

/// @notice What Halmos does as forge does it.
interface IChain {
    function warp(uint256 timestamp) external;
    function assume(bool condition) external;
}

ISymbols constant svm = ISymbols(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
IChain constant chain = IChain(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

/// @notice A number that may be anything from `least` to `most`.
function any(string memory name, uint256 least, uint256 most) returns (uint256 value) {
    value = svm.createUint256(name);
    chain.assume(value >= least && value <= most);
}

/// @title Neighbour
/// @notice What constructors ask a token or a stake escrow for. It also says what time it is when they ask.
contract Neighbour {
    uint256 public constant PERIOD = 1 days;
    uint256 public constant MIN_STAKE = 16_000e18;
    uint256 public constant INITIAL_SUPPLY = 1_000_000_000e18;
    uint256 public constant cap = 4_000_000_000e18; // solhint-disable-line const-name-snakecase
    uint256 public immutable VESTING;

    constructor(uint256 vesting) {
        chain.warp(1_800_000_000);
        VESTING = vesting;
    }

    function TOKEN() external view returns (address) {
        return address(this);
    }
}
