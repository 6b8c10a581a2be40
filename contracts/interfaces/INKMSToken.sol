// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title The NKMS token
/// @notice ERC-20 with EIP-2612 permit, 18 decimals. Stake, fees, issuance and collateral are counted in it.
/// @dev Supply: {INITIAL_SUPPLY} goes to the distributor at deployment; after that only the stake escrow mints, by the
/// schedule of whitepaper eq. 32. What is seized or forfeited is burned and never minted again.
interface INKMSToken is IERC20, IERC20Permit {
    /// @notice `escrow` is now, and for ever, the only account that mints.
    event Wired(address escrow);

    /// @notice A constructor argument is outside `0 < initialSupply < maxSupply < 2^96`.
    error NKMSTokenSupplyOutOfBounds(uint256 initialSupply, uint256 maxSupply);

    /// @notice Only the stake escrow mints. `escrow` is zero until the token is wired.
    error NKMSTokenNotEscrow(address caller, address escrow);

    /// @notice S(0): what the distributor got at deployment. Base units.
    function INITIAL_SUPPLY() external view returns (uint256);

    /// @notice S_max: totalSupply never exceeds it. Base units, below 2^96.
    function cap() external view returns (uint256);

    /// @notice The only account that can mint; zero until wired.
    function escrow() external view returns (address);

    /// @notice Names the stake escrow, once and for all.
    /// @dev Who: the deployer. When: once; the call ends the deployer's right. Emits {Wired}.
    /// @dev Reverts {WiredOnceNotDeployer}, {WiredOnceNoCode}.
    function wire(address escrow_) external;

    /// @notice Mints `amount` to the escrow itself.
    /// @dev Who: the escrow. Reverts {NKMSTokenNotEscrow}, and OpenZeppelin's ERC20ExceededCap above {cap}.
    /// @param amount Base units.
    function mint(uint256 amount) external;

    /// @notice Burns `amount` of the caller's own balance.
    /// @dev Who: anyone, of what they hold. Reverts OpenZeppelin's ERC20InsufficientBalance.
    /// @param amount Base units.
    function burn(uint256 amount) external;
}
