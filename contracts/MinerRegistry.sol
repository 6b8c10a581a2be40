// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

import {IMinerRegistry} from "./interfaces/IMinerRegistry.sol";
import {IStakeEscrow} from "./interfaces/IStakeEscrow.sol";

/// @title MinerRegistry
/// @notice See {IMinerRegistry}.
///
/// LEDGER  minerOf[bondOf(miner).operator] == miner for every bonded miner, and nothing else is in minerOf.
/// TIME    The stake escrow's periods.
/// TRUST   Only the miner's own account changes its record. Holds no tokens. There is no owner.
contract MinerRegistry is IMinerRegistry, EIP712, Nonces {
    /// @notice The EIP-712 type of an operator's consent.
    bytes32 public constant OPERATOR_BOND_TYPEHASH = keccak256(
        "OperatorBond(address miner,address operator,uint256 nonce,uint256 deadline)"
    );

    /// @notice The longest endpoint, bytes.
    uint256 public constant MAX_ENDPOINT_BYTES = 256;

    /// @notice The largest collateral of a miner that never set one, in per cent of a fee.
    uint32 public constant DEFAULT_MAX_COLLATERAL_PERCENT = 100;

    /// @notice Seconds per period, the stake escrow's.
    uint256 public immutable PERIOD;

    mapping(address miner => Bond) internal _bonds;
    /// @inheritdoc IMinerRegistry
    mapping(address operator => address miner) public minerOf;
    mapping(address miner => Terms) internal _terms;
    /// @inheritdoc IMinerRegistry
    mapping(address miner => string) public endpointOf;

    constructor(IStakeEscrow escrow) EIP712("NKMS MinerRegistry", "1") {
        PERIOD = escrow.PERIOD();
    }

    /* OPERATOR */

    /// @inheritdoc IMinerRegistry
    function bondOperator(address operator, uint256 deadline, bytes calldata signature) external {
        if (operator == address(0)) revert MinerRegistryNoOperator();
        if (minerOf[operator] != address(0)) revert MinerRegistryOperatorTaken(operator, minerOf[operator]);
        if (block.timestamp > deadline) revert MinerRegistryConsentExpired(deadline, block.timestamp);
        _checkConsent(operator, deadline, signature);

        if (_bonds[msg.sender].operator != address(0)) _unbond();
        uint256 since = block.timestamp / PERIOD + 1;
        _bonds[msg.sender] = Bond(operator, uint32(since));
        minerOf[operator] = msg.sender;
        emit OperatorBonded(msg.sender, operator, since);
    }

    /// @inheritdoc IMinerRegistry
    function unbondOperator() external {
        if (_bonds[msg.sender].operator == address(0)) revert MinerRegistryNotBonded(msg.sender);
        _unbond();
    }

    /// @dev Uses up the operator's nonce.
    function _checkConsent(address operator, uint256 deadline, bytes calldata signature) internal {
        bytes32 structHash = keccak256(
            abi.encode(OPERATOR_BOND_TYPEHASH, msg.sender, operator, _useNonce(operator), deadline)
        );
        (address signer, , ) = ECDSA.tryRecover(_hashTypedDataV4(structHash), signature);
        if (signer != operator) revert MinerRegistryWrongSigner(signer, operator);
    }

    function _unbond() internal {
        address operator = _bonds[msg.sender].operator;
        delete _bonds[msg.sender];
        delete minerOf[operator];
        emit OperatorUnbonded(msg.sender, operator);
    }

    /* TERMS AND ENDPOINT */

    /// @inheritdoc IMinerRegistry
    function setPledge(uint256 limit, uint256 maxCollateralPercent) external {
        _checkBounds(limit, 0, type(uint96).max);
        _checkBounds(maxCollateralPercent, 1, type(uint32).max);

        _terms[msg.sender].pledgeLimit = uint96(limit);
        _terms[msg.sender].maxCollateralPercent = uint32(maxCollateralPercent);
        emit PledgeSet(msg.sender, limit, maxCollateralPercent);
    }

    /// @inheritdoc IMinerRegistry
    function setAdvice(uint256 minFeePerPeriod, uint256 maxPolicyPeriods) external {
        _checkBounds(minFeePerPeriod, 0, type(uint96).max);
        _checkBounds(maxPolicyPeriods, 0, type(uint32).max);

        _terms[msg.sender].minFeePerPeriod = uint96(minFeePerPeriod);
        _terms[msg.sender].maxPolicyPeriods = uint32(maxPolicyPeriods);
        emit AdviceSet(msg.sender, minFeePerPeriod, maxPolicyPeriods);
    }

    /// @inheritdoc IMinerRegistry
    function setEndpoint(string calldata url) external {
        uint256 length = bytes(url).length;
        if (length > MAX_ENDPOINT_BYTES) revert MinerRegistryEndpointTooLong(length, MAX_ENDPOINT_BYTES);

        endpointOf[msg.sender] = url;
        emit EndpointSet(msg.sender, url);
    }

    function _checkBounds(uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) revert MinerRegistryTermOutOfBounds(value, least, most);
    }

    /* VIEWS */

    /// @inheritdoc IMinerRegistry
    function operatorOf(address miner) public view returns (address) {
        Bond memory bond = _bonds[miner];
        return bond.since <= block.timestamp / PERIOD ? bond.operator : address(0);
    }

    /// @inheritdoc IMinerRegistry
    function bondOf(address miner) external view returns (Bond memory) {
        return _bonds[miner];
    }

    /// @inheritdoc IMinerRegistry
    function pledgeOf(address miner) external view returns (address, uint256, uint256) {
        Terms memory terms = termsOf(miner);
        return (operatorOf(miner), terms.pledgeLimit, terms.maxCollateralPercent);
    }

    /// @inheritdoc IMinerRegistry
    function termsOf(address miner) public view returns (Terms memory terms) {
        terms = _terms[miner];
        if (terms.maxCollateralPercent == 0) terms.maxCollateralPercent = DEFAULT_MAX_COLLATERAL_PERCENT;
    }
}
