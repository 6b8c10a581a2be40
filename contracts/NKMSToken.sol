// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

import {INKMSToken} from "./interfaces/INKMSToken.sol";
import {WiredOnce} from "./abstracts/WiredOnce.sol";

/// @title NKMSToken
/// @notice See {INKMSToken}.
///
/// LEDGER  totalSupply == INITIAL_SUPPLY + minted - burned <= cap() < 2^96, so every amount fits in uint96.
/// TRUST   `escrow` may mint up to the cap, and its schedule is the only place that does. There is no owner.
contract NKMSToken is INKMSToken, ERC20Capped, ERC20Permit, WiredOnce {
    /// @inheritdoc INKMSToken
    uint256 public immutable INITIAL_SUPPLY;

    /// @inheritdoc INKMSToken
    address public escrow;

    /// @param distributor Receives the initial supply.
    /// @param initialSupply S(0), base units.
    /// @param maxSupply S_max, base units.
    constructor(
        address distributor,
        uint256 initialSupply,
        uint256 maxSupply
    ) ERC20("NKMS", "NKMS") ERC20Permit("NKMS") ERC20Capped(maxSupply) {
        if (initialSupply == 0 || initialSupply >= maxSupply || maxSupply > type(uint96).max) {
            revert NKMSTokenSupplyOutOfBounds(initialSupply, maxSupply);
        }
        INITIAL_SUPPLY = initialSupply;
        _mint(distributor, initialSupply);
    }

    /// @inheritdoc INKMSToken
    function wire(address escrow_) external wiring {
        escrow = _deployed(escrow_);
        emit Wired(escrow_);
    }

    /// @inheritdoc INKMSToken
    function mint(uint256 amount) external {
        if (msg.sender != escrow) revert NKMSTokenNotEscrow(msg.sender, escrow);
        _mint(msg.sender, amount);
    }

    /// @inheritdoc INKMSToken
    function burn(uint256 amount) external {
        _burn(msg.sender, amount);
    }

    /// @inheritdoc INKMSToken
    function cap() public view override(INKMSToken, ERC20Capped) returns (uint256) {
        return super.cap();
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(IERC20Permit, ERC20Permit) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Capped) {
        super._update(from, to, value);
    }
}
