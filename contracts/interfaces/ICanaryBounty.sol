// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Canary bounties: ether for whoever has a key that should be secret
/// @notice Somebody encrypts the private key of a fresh account, gives it into the network under a policy like any other,
/// and posts a bounty on that account's address. Whoever opens the key can take the bounty, and by that says in
/// public that the policy leaked. What nobody took goes back after its end.
/// @dev A claim is a signature that names its recipient: copied from the mempool, it pays the same recipient. The key never
/// becomes public, so a bounty on the same account can be posted again.
/// SOURCE   Whitepaper section VII, last paragraph.
interface ICanaryBounty {
    struct Bounty {
        address canary; // whose key is the secret
        uint96 amount; // wei; 0: claimed, gone back, or never posted
        address poster; // gets it back
        uint64 end; // Unix time in seconds: from then on it goes back
    }

    /// @notice `amount` wei wait until `end` for whoever has the key of `canary`.
    event Posted(uint256 indexed bounty, address indexed canary, address indexed poster, uint256 amount, uint256 end);

    /// @notice The key of `canary` is known to somebody: the bounty was paid to `recipient`.
    event Claimed(uint256 indexed bounty, address indexed canary, address indexed recipient, uint256 amount);

    /// @notice Nobody claimed the bounty: it went back.
    event WentBack(uint256 indexed bounty, address indexed poster, uint256 amount);

    /// @notice A bounty needs an account and an amount of 1 .. 2^96 - 1 wei.
    error CanaryBountyEmpty(address canary, uint256 amount);

    /// @notice A bounty ends after the block's time and before 2^64.
    error CanaryBountyBadEnd(uint256 end, uint256 timestamp);

    /// @notice There is no such bounty, or it was claimed, or it went back.
    error CanaryBountyGone(uint256 bounty);

    /// @notice `signer` signed the claim (zero: it is no signature), not `canary`.
    error CanaryBountyWrongSigner(address signer, address canary);

    /// @notice The bounty ends with second `end`: it can be claimed before, and goes back from then on.
    error CanaryBountyWrongTime(uint256 bounty, uint256 end, uint256 timestamp);

    /// @notice The account does not take the ether.
    error CanaryBountyRefused(address recipient);

    /// @notice Posts a bounty of the ether that is sent along.
    /// @dev Who: anyone. Emits {Posted}. Reverts {CanaryBountyEmpty}, {CanaryBountyBadEnd}.
    /// @param end Unix time in seconds.
    /// @return bounty Its number: 1, 2, ...
    function post(address canary, uint256 end) external payable returns (uint256 bounty);

    /// @notice Pays a bounty to `recipient`.
    /// @dev Who: anyone. When: before its end. Emits {Claimed}. Reverts {CanaryBountyGone}, {CanaryBountyWrongTime},
    /// {CanaryBountyWrongSigner}, {CanaryBountyRefused}.
    /// @param signature The canary's over `Claim(uint256 bounty,address recipient)`, 65 bytes; EIP-712 domain
    /// "NKMS CanaryBounty", version "1".
    function claim(uint256 bounty, address recipient, bytes calldata signature) external;

    /// @notice Sends a bounty back to whoever posted it.
    /// @dev Who: anyone. When: from its end on. Emits {WentBack}. Reverts {CanaryBountyGone}, {CanaryBountyWrongTime},
    /// {CanaryBountyRefused}.
    function takeBack(uint256 bounty) external;

    /// @notice A bounty by its number; zeros if there is none.
    function bountyOf(uint256 bounty) external view returns (Bounty memory);

    /// @notice How many were posted.
    function bounties() external view returns (uint256);
}
