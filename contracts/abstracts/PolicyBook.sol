// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IPolicyManager} from "../interfaces/IPolicyManager.sol";
import {Arrangement, PolicyTerms, Terms} from "../libraries/PolicyTerms.sol";
import {FeeBook} from "./FeeBook.sol";

/// @title PolicyBook
/// @notice The part of the policy manager that knows policies and how their arrangements stand.
///
/// LEDGER   An arrangement stands as its policy does, until it gets a record: when it is closed alone, handed off, taken
///          over or convicted. Bit i of `records` says whether arrangement i has one.
abstract contract PolicyBook is FeeBook, EIP712 {
    using PolicyTerms for Terms;

    uint256 internal constant MAX_ARRANGEMENTS = 160;

    mapping(bytes32 policy => Policy) internal _policies;
    mapping(bytes32 policy => mapping(uint256 index => Record)) internal _records;
    /// @dev Who took over, by the new index.
    mapping(bytes32 policy => mapping(uint256 index => address)) internal _successors;
    mapping(bytes32 policy => mapping(uint256 index => address)) internal _successorOperators;

    constructor() EIP712(PolicyTerms.NAME, PolicyTerms.VERSION) {}

    function _known(Terms calldata terms) internal view returns (bytes32 id, Policy memory policy) {
        id = policyId(terms);
        policy = _policies[id];
        if (policy.start == 0) revert PolicyManagerUnknown(id);
    }

    /// @dev A policy that was not revoked and ends `ahead` or more periods after the current one.
    function _living(Terms calldata terms, uint256 ahead) internal view returns (bytes32 id, Policy memory policy) {
        (id, policy) = _known(terms);
        if (policy.closed != 0) revert PolicyManagerRevoked(id, policy.closed);
        uint256 least = _period() + ahead;
        if (policy.end < least) revert PolicyManagerEndsTooSoon(id, policy.end, least);
    }

    /// @dev Whether the policy has this index: one of its own, or one that took over.
    function _has(Policy memory policy, Terms calldata terms, uint256 index) internal pure returns (bool) {
        return index < terms.arrangements.length || (index < MAX_ARRANGEMENTS && _hasRecord(policy, index));
    }

    function _hasRecord(Policy memory policy, uint256 index) internal pure returns (bool) {
        return (policy.records >> index) & 1 != 0;
    }

    function _standing(
        bytes32 id,
        Policy memory policy,
        Terms calldata terms,
        uint256 index
    ) internal view returns (Standing memory s) {
        Record memory record;
        if (_hasRecord(policy, index)) record = _records[id][index];
        if (index < terms.arrangements.length) {
            Arrangement calldata a = terms.arrangements[index];
            (s.miner, s.operator, s.kfragHash, s.collateral) = (a.miner, a.operator, a.kfragHash, terms.collateral);
        } else {
            (s.miner, s.operator) = (_successors[id][index], _successorOperators[id][index]);
            s.kfragHash = terms.arrangements[record.origin].kfragHash;
            s.collateral = record.collateral * GRAIN;
        }
        s.start = record.start == 0 ? policy.start : record.start;
        if (record.closed != 0) (s.stop, s.end) = (record.closed, record.end);
        else (s.stop, s.end) = (policy.closed == 0 ? policy.end : policy.closed, policy.end);
        s.open = record.closed == 0 && policy.closed == 0;
        (s.handedOff, s.convicted) = (record.handedOff, record.convicted);
    }

    function _open(
        bytes32 id,
        Policy memory policy,
        Terms calldata terms,
        uint256 index
    ) internal view returns (Standing memory s) {
        if (!_has(policy, terms, index)) revert PolicyManagerNoArrangement(id, index);
        s = _standing(id, policy, terms, index);
        if (!s.open) revert PolicyManagerClosed(id, index, s.stop);
    }

    function _ownOpen(
        bytes32 id,
        Policy memory policy,
        Terms calldata terms,
        uint256 index
    ) internal view returns (Standing memory s) {
        s = _open(id, policy, terms, index);
        if (msg.sender != s.miner) revert PolicyManagerNotMiner(msg.sender, s.miner);
    }

    /// @dev Writes down that an arrangement stops at s.stop, or stopped there.
    function _record(bytes32 id, uint256 index, Standing memory s, bool handedOff, bool convicted) internal {
        _policies[id].records |= uint160(1 << index);
        Record storage record = _records[id][index];
        (record.closed, record.end) = (uint32(s.stop), uint32(s.end));
        (record.handedOff, record.convicted) = (handedOff, convicted);
    }

    /// @dev The next index behind all others; the miner must have none of them.
    function _freeIndex(
        bytes32 id,
        Policy memory policy,
        Terms calldata terms,
        address miner
    ) internal view returns (uint256 index) {
        for (; _has(policy, terms, index); ++index) {
            address other =
                index < terms.arrangements.length ? terms.arrangements[index].miner : _successors[id][index];
            if (miner == other) revert PolicyManagerInPolicy(id, miner, index);
        }
        if (index == MAX_ARRANGEMENTS) revert PolicyManagerFull(id);
    }

    function _recordSuccessor(
        bytes32 id,
        uint256 index,
        uint256 newIndex,
        uint256 own,
        Takeover calldata t,
        uint256 start
    ) internal {
        Record memory record;
        record.start = uint32(start);
        record.origin = index < own ? uint8(index) : _records[id][index].origin;
        record.collateral = uint64(t.collateral / GRAIN);
        _records[id][newIndex] = record;
        (_successors[id][newIndex], _successorOperators[id][newIndex]) = (t.miner, t.operator);
        _policies[id].records |= uint160(1 << newIndex);
    }

    /* VIEWS */

    /// @inheritdoc IPolicyManager
    function policyId(Terms calldata terms) public view returns (bytes32) {
        return _hashTypedDataV4(terms.hash());
    }

    /// @inheritdoc IPolicyManager
    function policyOf(bytes32 policy) external view returns (Policy memory) {
        return _policies[policy];
    }

    /// @inheritdoc IPolicyManager
    function recordOf(bytes32 policy, uint256 index) external view returns (Record memory) {
        return _records[policy][index];
    }

    /// @inheritdoc IPolicyManager
    function standingOf(Terms calldata terms, uint256 index) external view returns (Standing memory) {
        (bytes32 id, Policy memory policy) = _known(terms);
        if (!_has(policy, terms, index)) revert PolicyManagerNoArrangement(id, index);
        return _standing(id, policy, terms, index);
    }
}
