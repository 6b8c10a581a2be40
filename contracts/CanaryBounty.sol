// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ICanaryBounty} from "./interfaces/ICanaryBounty.sol";

/// @title CanaryBounty
/// @notice See {ICanaryBounty}.
///
/// LEDGER  Balance >= sum of all amounts.
/// TRUST   Nobody: no owner, no parameter, and no other contract of the network knows this one.
contract CanaryBounty is ICanaryBounty, EIP712 {
    bytes32 internal constant CLAIM_TYPEHASH = keccak256("Claim(uint256 bounty,address recipient)");

    /// @inheritdoc ICanaryBounty
    uint256 public bounties;
    mapping(uint256 bounty => Bounty) internal _bounties;

    constructor() EIP712("NKMS CanaryBounty", "1") {}

    /// @inheritdoc ICanaryBounty
    function post(address canary, uint256 end) external payable returns (uint256 bounty) {
        if (canary == address(0) || msg.value == 0 || msg.value > type(uint96).max) {
            revert CanaryBountyEmpty(canary, msg.value);
        }
        if (end <= block.timestamp || end > type(uint64).max) revert CanaryBountyBadEnd(end, block.timestamp);
        bounty = ++bounties;
        _bounties[bounty] = Bounty(canary, uint96(msg.value), msg.sender, uint64(end));
        emit Posted(bounty, canary, msg.sender, msg.value, end);
    }

    /// @inheritdoc ICanaryBounty
    function claim(uint256 bounty, address recipient, bytes calldata signature) external {
        Bounty memory posted = _remove(bounty);
        if (block.timestamp >= posted.end) revert CanaryBountyWrongTime(bounty, posted.end, block.timestamp);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CLAIM_TYPEHASH, bounty, recipient)));
        (address signer, , ) = ECDSA.tryRecover(digest, signature);
        if (signer != posted.canary) revert CanaryBountyWrongSigner(signer, posted.canary);
        emit Claimed(bounty, posted.canary, recipient, posted.amount);
        _send(recipient, posted.amount);
    }

    /// @inheritdoc ICanaryBounty
    function takeBack(uint256 bounty) external {
        Bounty memory posted = _remove(bounty);
        if (block.timestamp < posted.end) revert CanaryBountyWrongTime(bounty, posted.end, block.timestamp);
        emit WentBack(bounty, posted.poster, posted.amount);
        _send(posted.poster, posted.amount);
    }

    /// @dev Before anything is paid: whoever is paid may call again.
    function _remove(uint256 bounty) internal returns (Bounty memory posted) {
        posted = _bounties[bounty];
        if (posted.amount == 0) revert CanaryBountyGone(bounty);
        delete _bounties[bounty];
    }

    function _send(address recipient, uint256 amount) internal {
        (bool taken, ) = recipient.call{value: amount}("");
        if (!taken) revert CanaryBountyRefused(recipient);
    }

    /// @inheritdoc ICanaryBounty
    function bountyOf(uint256 bounty) external view returns (Bounty memory) {
        return _bounties[bounty];
    }
}
