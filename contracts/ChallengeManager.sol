// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IChallengeManager} from "./interfaces/IChallengeManager.sol";
import {IPolicyManager} from "./interfaces/IPolicyManager.sol";
import {PolicyTerms, Terms} from "./libraries/PolicyTerms.sol";
import {Fault, UmbralProof} from "./libraries/UmbralProof.sol";

/// @title ChallengeManager
/// @notice See {IChallengeManager}. Here stand commitments, bonds and who signed what; what is proven is in {UmbralProof},
/// what a verdict does in {PolicyManager}.
///
/// LEDGER  Balance >= BOND * commitments that are neither taken nor burned. What is sent here otherwise stays for ever.
/// ORDER   A reveal first asks the policies for the verdict, which tells it who must have signed what, and checks the
///         evidence then: if that fails, the verdict is undone with everything else. The policies call nobody but the
///         escrow and the token.
/// TRUST   There is no owner. Whoever is named by the policies as their challenge manager can convict: this code.
contract ChallengeManager is IChallengeManager {
    /// @inheritdoc IChallengeManager
    IPolicyManager public immutable POLICIES;
    /// @inheritdoc IChallengeManager
    uint256 public immutable BOND;
    /// @inheritdoc IChallengeManager
    uint256 public immutable MIN_AGE;
    /// @inheritdoc IChallengeManager
    uint256 public immutable MAX_AGE;

    /// @dev The longest time between two blocks that two maximal ages must fit into the window with, in seconds.
    uint256 internal constant SLOW_BLOCK = 24;

    mapping(address challenger => mapping(bytes32 commitment => Commitment)) internal _commitments;

    constructor(IPolicyManager policies, Parameters memory p) {
        uint256 window = policies.WINDOW() * policies.PERIOD();
        _checkParameter("bond", p.bond, 1, type(uint96).max);
        _checkParameter("maxAge", p.maxAge, 3, window / (2 * SLOW_BLOCK));
        _checkParameter("minAge", p.minAge, 2, p.maxAge - 1);
        (POLICIES, BOND, MIN_AGE, MAX_AGE) = (policies, p.bond, p.minAge, p.maxAge);
    }

    function _checkParameter(bytes32 parameter, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) revert ChallengeManagerParameterOutOfBounds(parameter, value, least, most);
    }

    /* BONDS */

    /// @inheritdoc IChallengeManager
    function commit(bytes32 commitment) external payable {
        if (msg.value != BOND) revert ChallengeManagerWrongBond(msg.value, BOND);
        Commitment storage made = _commitments[msg.sender][commitment];
        if (made.madeAt != 0) revert ChallengeManagerCommitted(msg.sender, commitment);
        made.madeAt = uint64(block.number);
        emit Committed(msg.sender, commitment);
    }

    /// @inheritdoc IChallengeManager
    function takeBond(bytes32 commitment) external {
        Commitment memory made = _made(msg.sender, commitment);
        if (!made.founded) revert ChallengeManagerNotFounded(msg.sender, commitment);
        delete _commitments[msg.sender][commitment];
        emit BondTaken(msg.sender, commitment);
        _send(msg.sender);
    }

    /// @inheritdoc IChallengeManager
    function burnBond(address challenger, bytes32 commitment) external {
        Commitment memory made = _made(challenger, commitment);
        if (made.founded) revert ChallengeManagerNoCommitment(challenger, commitment);
        _checkAge(commitment, made.madeAt + MAX_AGE + 1, type(uint256).max);
        delete _commitments[challenger][commitment];
        emit BondBurned(challenger, commitment);
        _send(address(0));
    }

    function _made(address challenger, bytes32 commitment) internal view returns (Commitment memory made) {
        made = _commitments[challenger][commitment];
        if (made.madeAt == 0) revert ChallengeManagerNoCommitment(challenger, commitment);
    }

    function _checkAge(bytes32 commitment, uint256 from, uint256 to) internal view {
        if (block.number < from || block.number > to) {
            revert ChallengeManagerOutsideAge(commitment, block.number, from, to);
        }
    }

    function _send(address to) internal {
        (bool taken, ) = to.call{value: BOND}("");
        if (!taken) revert ChallengeManagerBondRefused(to);
    }

    /* REVEALS */

    /// @inheritdoc IChallengeManager
    function revealWrongAnswer(
        Terms calldata terms,
        uint256 index,
        Answer calldata answer,
        Fault fault,
        uint256 capsuleY,
        uint256[3] calldata hint,
        bytes32 salt
    ) external returns (uint256 reward) {
        bytes32 policy;
        IPolicyManager.Standing memory s;
        (policy, s, reward) = POLICIES.convict(terms, index, false, msg.sender);
        bytes32 evidence = _checkReceipt(policy, index, s.operator, answer);
        UmbralProof.checkCapsule(answer.capsule, capsuleY);
        UmbralProof.checkFault(answer.capsule, answer.cfrag, s.kfragHash, fault, hint);
        _found(policy, index, evidence, salt, fault, reward);
    }

    /// @inheritdoc IChallengeManager
    function revealLeakedKey(
        Terms calldata terms,
        uint256 index,
        LeakedKey calldata leak,
        bytes32 salt
    ) external returns (uint256 reward) {
        bytes32 policy;
        IPolicyManager.Standing memory s;
        (policy, s, reward) = POLICIES.convict(terms, index, true, msg.sender);
        bytes32 hash = keccak256(leak.kfrag);
        if (hash != s.kfragHash || leak.kfrag.length != 162) revert ChallengeManagerOtherKfrag(hash, s.kfragHash);
        UmbralProof.checkSecret(leak.secret, leak.kfrag, leak.commitmentY);
        _found(policy, index, evidenceOfKey(leak.secret), salt, Fault.Leak, reward);
    }

    /// @dev Marks the caller's commitment to this evidence as founded, if it is of the right age.
    function _found(
        bytes32 policy,
        uint256 index,
        bytes32 evidence,
        bytes32 salt,
        Fault fault,
        uint256 reward
    ) internal {
        bytes32 commitment = commitmentFor(msg.sender, policy, index, evidence, salt);
        Commitment memory made = _made(msg.sender, commitment);
        if (made.founded) revert ChallengeManagerNoCommitment(msg.sender, commitment);
        _checkAge(commitment, made.madeAt + MIN_AGE, made.madeAt + MAX_AGE);
        _commitments[msg.sender][commitment].founded = true;
        emit Proven(policy, index, msg.sender, commitment, fault, reward);
    }

    /// @return The evidence that this answer is.
    function _checkReceipt(
        bytes32 policy,
        uint256 index,
        address operator,
        Answer calldata answer
    ) internal view returns (bytes32) {
        bytes32 digest = receiptDigest(policy, index, keccak256(answer.capsule), keccak256(answer.cfrag));
        (address signer, , ) = ECDSA.tryRecover(digest, answer.receipt);
        if (signer != operator || signer == address(0)) revert ChallengeManagerNotSigned(signer, operator);
        return _evidence(digest, answer.receipt);
    }

    function _evidence(bytes32 digest, bytes calldata receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(digest, keccak256(receipt)));
    }

    /* VIEWS */

    /// @inheritdoc IChallengeManager
    function checkAnswer(
        bytes32 policy,
        uint256 index,
        address operator,
        bytes32 kfragHash,
        Answer calldata answer,
        uint256 capsuleY,
        uint256[3][3] calldata hints
    ) external view returns (Fault) {
        _checkReceipt(policy, index, operator, answer);
        UmbralProof.checkCapsule(answer.capsule, capsuleY);
        return UmbralProof.findFault(answer.capsule, answer.cfrag, kfragHash, hints);
    }

    /// @inheritdoc IChallengeManager
    function commitmentFor(
        address challenger,
        bytes32 policy,
        uint256 index,
        bytes32 evidence,
        bytes32 salt
    ) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), challenger, policy, index, evidence, salt));
    }

    /// @inheritdoc IChallengeManager
    function evidenceOfAnswer(bytes32 policy, uint256 index, Answer calldata answer) external view returns (bytes32) {
        bytes32 digest = receiptDigest(policy, index, keccak256(answer.capsule), keccak256(answer.cfrag));
        return _evidence(digest, answer.receipt);
    }

    /// @inheritdoc IChallengeManager
    function evidenceOfKey(uint256 secret) public pure returns (bytes32) {
        return keccak256(abi.encode(secret));
    }

    /// @inheritdoc IChallengeManager
    function receiptDigest(
        bytes32 policy,
        uint256 index,
        bytes32 capsuleHash,
        bytes32 cfragHash
    ) public view returns (bytes32) {
        bytes32 domain = PolicyTerms.domainSeparator(address(POLICIES));
        return MessageHashUtils.toTypedDataHash(domain, PolicyTerms.hashReceipt(policy, index, capsuleHash, cfragHash));
    }

    /// @inheritdoc IChallengeManager
    function commitmentOf(address challenger, bytes32 commitment) external view returns (Commitment memory) {
        return _commitments[challenger][commitment];
    }
}
