// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The miners' public record
/// @notice Who works for a miner (its operator), where its node answers, and what it agrees to pledge. Everything here
/// is set by the miner's own account, the one that stakes; an operator can change nothing.
///
/// WHEN A CHANGE COUNTS
///   operator   unbonding at once; a new one from the next period on
///   pledge     at once, for what is accepted from then on; what is already reserved stays as it is
///   advice     at once; it binds nobody
///   endpoint   at once
interface IMinerRegistry {
    /// @notice One slot. `since` is the first period in which `operator` counts.
    struct Bond {
        address operator;
        uint32 since;
    }

    /// @notice One slot. What a miner allows and what it asks.
    struct Terms {
        uint96 pledgeLimit; // base units: the most that may be reserved of its stake in total. 0 (default): nothing
        uint32 maxCollateralPercent; // the largest collateral it accepts, in per cent of the arrangement's whole fee
        uint96 minFeePerPeriod; // base units per period. Advice
        uint32 maxPolicyPeriods; // periods. Advice; 0: it names no longest policy
    }

    /// @notice `operator` works for `miner` from period `since` on.
    event OperatorBonded(address indexed miner, address indexed operator, uint256 since);

    /// @notice `operator` no longer works for `miner`.
    event OperatorUnbonded(address indexed miner, address indexed operator);

    /// @notice `miner` lets at most `pledgeLimit` of its stake be reserved, and accepts no collateral above
    /// `maxCollateralPercent` per cent of a fee.
    event PledgeSet(address indexed miner, uint256 pledgeLimit, uint256 maxCollateralPercent);

    /// @notice What `miner` asks for: at least `minFeePerPeriod`, for policies of at most `maxPolicyPeriods`.
    event AdviceSet(address indexed miner, uint256 minFeePerPeriod, uint256 maxPolicyPeriods);

    /// @notice The node of `miner` answers at `url`; empty: nowhere.
    event EndpointSet(address indexed miner, string url);

    /// @notice `operator` already works for `miner`; one operator serves one miner.
    error MinerRegistryOperatorTaken(address operator, address miner);

    /// @notice The zero address can't be an operator.
    error MinerRegistryNoOperator();

    /// @notice The operator's consent was good until `deadline`, a Unix time in seconds.
    error MinerRegistryConsentExpired(uint256 deadline, uint256 timestamp);

    /// @notice The consent must be signed by `operator` for this miner, chain, contract and nonce; it was signed by
    /// `signer` (zero: the bytes are no signature at all).
    error MinerRegistryWrongSigner(address signer, address operator);

    /// @notice `miner` has no operator to unbond.
    error MinerRegistryNotBonded(address miner);

    /// @notice A percentage must be in 1 .. 2^32 - 1, an amount below 2^96, a length below 2^32. `value` is not.
    error MinerRegistryTermOutOfBounds(uint256 value, uint256 least, uint256 most);

    /// @notice An endpoint has at most `most` bytes.
    error MinerRegistryEndpointTooLong(uint256 length, uint256 most);

    /// @notice Bonds `operator` to the caller; an operator bonded before is unbonded.
    /// @dev Who: the miner's own account. The new operator counts from the next period on, the old one stops at once.
    /// @dev Emits {OperatorUnbonded} if there was one, and {OperatorBonded}.
    /// @dev Reverts {MinerRegistryNoOperator}, {MinerRegistryOperatorTaken}, {MinerRegistryConsentExpired},
    /// {MinerRegistryWrongSigner}.
    /// @param operator A plain key, not a contract. It signs for the miner and never holds stake.
    /// @param deadline Unix time in seconds, included.
    /// @param signature The operator's EIP-712 signature over
    /// `OperatorBond(address miner,address operator,uint256 nonce,uint256 deadline)`, 65 bytes, nonce = `nonces(operator)`.
    function bondOperator(address operator, uint256 deadline, bytes calldata signature) external;

    /// @notice Ends the work of the caller's operator, at once.
    /// @dev Who: the miner's own account. The key can be bonded again, by anyone, with its new consent.
    /// @dev Emits {OperatorUnbonded}. Reverts {MinerRegistryNotBonded}.
    function unbondOperator() external;

    /// @notice Sets how much of the caller's stake may be reserved in total, and the largest collateral it accepts.
    /// @dev Who: the miner's own account. A stolen operator key can't pledge more than this. Emits {PledgeSet}.
    /// @dev Warning: a limit below what is reserved already frees nothing; it only stops more.
    /// @dev Reverts {MinerRegistryTermOutOfBounds}.
    /// @param limit Base units, below 2^96. 0: accept nothing.
    /// @param maxCollateralPercent Collateral in per cent of the arrangement's whole fee, 1 .. 2^32 - 1. A miner that
    /// never called this has 100.
    function setPledge(uint256 limit, uint256 maxCollateralPercent) external;

    /// @notice Publishes what the caller asks for. Nothing on chain enforces it.
    /// @dev Who: the miner's own account. Emits {AdviceSet}. Reverts {MinerRegistryTermOutOfBounds}.
    /// @param minFeePerPeriod Base units per period, below 2^96.
    /// @param maxPolicyPeriods Periods, below 2^32. 0: no longest policy.
    function setAdvice(uint256 minFeePerPeriod, uint256 maxPolicyPeriods) external;

    /// @notice Publishes where the caller's node answers.
    /// @dev Who: the miner's own account. Emits {EndpointSet}. Reverts {MinerRegistryEndpointTooLong}.
    /// @param url At most 256 bytes. Empty: nowhere.
    function setEndpoint(string calldata url) external;

    /// @notice The operator that counts in the current period; zero if there is none or it counts only from the next.
    function operatorOf(address miner) external view returns (address);

    /// @notice The bond as it stands, also one that doesn't count yet.
    function bondOf(address miner) external view returns (Bond memory);

    /// @notice The miner that `operator` is bonded to, also before the bond counts; zero: none.
    function minerOf(address operator) external view returns (address);

    /// @notice What stands in the way of a policy, in one call: who may accept for the miner, and how much.
    /// @return operator {operatorOf}.
    /// @return limit Base units.
    /// @return maxCollateralPercent Per cent of a fee.
    function pledgeOf(
        address miner
    ) external view returns (address operator, uint256 limit, uint256 maxCollateralPercent);

    /// @notice What the miner allows and asks.
    function termsOf(address miner) external view returns (Terms memory);

    /// @notice Where the miner's node answers; empty: nowhere.
    function endpointOf(address miner) external view returns (string memory);
}
