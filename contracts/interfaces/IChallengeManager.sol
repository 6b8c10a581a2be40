// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../libraries/PolicyTerms.sol";
import {Fault} from "../libraries/UmbralProof.sol";
import {IPolicyManager} from "./IPolicyManager.sol";

/// @title The challenges: who proves that a miner cheated takes part of what the miner loses
/// @notice Evidence is committed to first, under a bond, and revealed some blocks later: whoever copies a reveal from the
/// mempool has no commitment that is old enough, and a commitment tells nothing. A founded reveal is a verdict: it takes
/// the arrangement's collateral and earned fee, see {IPolicyManager-convict}. There is one verdict per arrangement; a
/// founded reveal that comes later gets its bond back and nothing more. An unfounded reveal reverts and changes nothing.
///
/// GUILT    follows from bytes that the operator signed, or from the secret of a key fragment, and from nothing else.
/// BYTES    Umbral's, as rust-umbral has them: a capsule is E, V, s in 98 bytes; a re-encryption (cfrag) is E1, V1, kfragId,
///          precursor, E2, V2, U1, U2, z, receiver signature in 359; points are compressed.
/// SOURCE   Whitepaper sections III-C, VI and VII; protocol in docs/protocol.md, mathematics in {UmbralProof}.
interface IChallengeManager {
    /* STRUCTS */

    /// @notice What is fixed at deployment.
    struct Parameters {
        uint256 bond; // wei, 1 .. 2^96 - 1
        uint256 minAge; // blocks from a commitment to the first in which it can be revealed, >= 2
        uint256 maxAge; // and to the last, > minAge; two of them, at 24 s a block, fit into the policies' window
    }

    /// @notice One re-encryption that a node served, with its receipt.
    struct Answer {
        bytes capsule; // what it was asked: 98 bytes
        bytes cfrag; // what it sent: 359 bytes, or else that is a fault
        bytes receipt; // 65 bytes: the operator's signature over Receipt(policy, index, keccak(capsule), keccak(cfrag))
    }

    /// @notice A key fragment whose secret got out.
    struct LeakedKey {
        uint256 secret; // rk
        uint256 commitmentY; // the y coordinate of U1
        bytes kfrag; // kfragId, precursor, U1, receiver signature, 162 bytes: what the terms' kfragHash names
    }

    /// @notice One slot for a bond.
    struct Commitment {
        uint64 madeAt; // block number; 0: there is none
        bool founded; // it was revealed: its bond waits for the challenger
    }

    /* EVENTS */

    /// @notice `challenger` deposited a bond.
    event Committed(address indexed challenger, bytes32 indexed commitment);

    /// @notice `challenger` proved a fault. `reward` is its share of the verdict in base units; 0 if another came first.
    event Proven(
        bytes32 indexed policy,
        uint256 indexed index,
        address indexed challenger,
        bytes32 commitment,
        Fault fault,
        uint256 reward
    );

    /// @notice A bond went back to its challenger after a founded reveal.
    event BondTaken(address indexed challenger, bytes32 indexed commitment);

    /// @notice A bond whose commitment was not revealed in time went to the zero address.
    event BondBurned(address indexed challenger, bytes32 indexed commitment);

    /* ERRORS */

    /// @notice A constructor argument; `parameter` is its name.
    error ChallengeManagerParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);

    /// @notice A commitment costs exactly `bond` wei.
    error ChallengeManagerWrongBond(uint256 value, uint256 bond);

    /// @notice The challenger has made this commitment before: choose another salt.
    error ChallengeManagerCommitted(address challenger, bytes32 commitment);

    /// @notice The challenger has no such commitment, or has revealed it, or its bond is gone.
    error ChallengeManagerNoCommitment(address challenger, bytes32 commitment);

    /// @notice The commitment can be revealed in blocks `from` to `to`; this is `current`.
    error ChallengeManagerOutsideAge(bytes32 commitment, uint256 current, uint256 from, uint256 to);

    /// @notice The commitment was not revealed: there is no bond to give back.
    error ChallengeManagerNotFounded(address challenger, bytes32 commitment);

    /// @notice The challenger's account does not take its bond.
    error ChallengeManagerBondRefused(address challenger);

    /// @notice The receipt is not the operator's for this policy, arrangement, capsule and cfrag: `signer` signed it (zero:
    /// it is no signature).
    error ChallengeManagerNotSigned(address signer, address operator);

    /// @notice These are not the public bytes of the arrangement's key fragment.
    error ChallengeManagerOtherKfrag(bytes32 kfragHash, bytes32 needed);

    /* FOR CHALLENGERS */

    /// @notice Deposits a bond for evidence that will be revealed.
    /// @dev Who: anyone, with exactly {BOND} wei. Emits {Committed}. Reverts {ChallengeManagerWrongBond},
    /// {ChallengeManagerCommitted}.
    /// @param commitment See {commitmentFor}.
    function commit(bytes32 commitment) external payable;

    /// @notice Shows an answer that its operator signed and that is wrong. Verdict: the finder's share of the collateral to
    /// the caller; the rest of it and the earned fee are burned.
    /// @dev Who: who made the commitment. When: {MIN_AGE} to {MAX_AGE} blocks after it, in a period up to the
    /// arrangement's end + W. Emits {Proven}, and the policies' events if this is the first verdict.
    /// @dev Reverts {ChallengeManagerNoCommitment}, {ChallengeManagerOutsideAge}, {ChallengeManagerNotSigned}; the errors
    /// of {UmbralProof} for a capsule that is not valid, a hint that is wrong, and a fault that is not there;
    /// {PolicyManagerUnknown}, {PolicyManagerNoArrangement}, {PolicyManagerTooLate}, {StakeEscrowBehind}.
    /// @param fault The one that is proven; {Fault.None} and {Fault.Leak} are none.
    /// @param capsuleY The y coordinate of the capsule's V.
    /// @param hint For the equations: W = h X1, as x and y, and the slope of the line through W and X2. Else ignored.
    /// @param salt The commitment's.
    /// @return reward The caller's share, base units of NKMS.
    function revealWrongAnswer(
        Terms calldata terms,
        uint256 index,
        Answer calldata answer,
        Fault fault,
        uint256 capsuleY,
        uint256[3] calldata hint,
        bytes32 salt
    ) external returns (uint256 reward);

    /// @notice Shows the secret of a key fragment. Verdict: a part α of the earned fee to the caller, the fee of the
    /// periods from max(t, ceil(φT)) on to the payer, everything else burned.
    /// @dev Who, when, emits: as {revealWrongAnswer}; an arrangement that was handed off is liable until the policy's end.
    /// @dev Reverts {ChallengeManagerNoCommitment}, {ChallengeManagerOutsideAge}, {ChallengeManagerOtherKfrag}; the errors
    /// of {UmbralProof} for a secret that is not the fragment's; {PolicyManagerUnknown}, {PolicyManagerNoArrangement},
    /// {PolicyManagerTooLate}, {StakeEscrowBehind}.
    /// @param salt The commitment's.
    /// @return reward The caller's share, base units of NKMS.
    function revealLeakedKey(
        Terms calldata terms,
        uint256 index,
        LeakedKey calldata leak,
        bytes32 salt
    ) external returns (uint256 reward);

    /// @notice Gives the caller the bond of a commitment that it revealed.
    /// @dev Who: the challenger. Emits {BondTaken}. Reverts {ChallengeManagerNoCommitment}, {ChallengeManagerNotFounded},
    /// {ChallengeManagerBondRefused}.
    function takeBond(bytes32 commitment) external;

    /// @notice Sends the bond of a commitment that can no longer be revealed to the zero address.
    /// @dev Who: anyone. When: more than {MAX_AGE} blocks after the commitment. Emits {BondBurned}. Reverts
    /// {ChallengeManagerNoCommitment}, {ChallengeManagerOutsideAge}.
    function burnBond(address challenger, bytes32 commitment) external;

    /* VIEWS */

    /// @notice Checks an answer in full: the receipt, the capsule, the form of the cfrag, its key fragment, and all three
    /// equations. Knows no policy: what it is told is compared with each other.
    /// @dev Reverts {ChallengeManagerNotSigned}, and the errors of {UmbralProof} for a capsule that is not valid and a hint
    /// that is wrong.
    /// @param operator Who must have signed.
    /// @param kfragHash Of the key fragment that must have been used.
    /// @param capsuleY As for {revealWrongAnswer}.
    /// @param hints The hint of each equation: E, V, U. Not looked at if a fault is found before. For an equation with a
    /// point that is off the curve anything does.
    /// @return A fault, if there is one; {Fault.None} for a right answer.
    function checkAnswer(
        bytes32 policy,
        uint256 index,
        address operator,
        bytes32 kfragHash,
        Answer calldata answer,
        uint256 capsuleY,
        uint256[3][3] calldata hints
    ) external view returns (Fault);

    /// @notice What to commit to: keccak256(abi.encode(chain id, this contract, challenger, policy, index, evidence, salt)).
    /// @param evidence {evidenceOfAnswer} or {evidenceOfKey}.
    /// @param salt 256 random bits, kept secret until the reveal.
    function commitmentFor(
        address challenger,
        bytes32 policy,
        uint256 index,
        bytes32 evidence,
        bytes32 salt
    ) external view returns (bytes32);

    /// @notice The evidence that an answer is: keccak256(abi.encode(digest of the receipt, keccak256(receipt))).
    function evidenceOfAnswer(bytes32 policy, uint256 index, Answer calldata answer) external view returns (bytes32);

    /// @notice The evidence that a secret is: keccak256(abi.encode(secret)).
    function evidenceOfKey(uint256 secret) external pure returns (bytes32);

    /// @notice What an operator signs: the EIP-712 digest of
    /// `Receipt(bytes32 policy,uint256 index,bytes32 capsuleHash,bytes32 cfragHash)` in the domain of {POLICIES}.
    /// @param capsuleHash keccak256 of the 98 bytes.
    /// @param cfragHash keccak256 of what was sent.
    function receiptDigest(
        bytes32 policy,
        uint256 index,
        bytes32 capsuleHash,
        bytes32 cfragHash
    ) external view returns (bytes32);

    /// @notice The state of a commitment; zeros if there is none.
    function commitmentOf(address challenger, bytes32 commitment) external view returns (Commitment memory);

    /// @notice The policies that verdicts are executed by.
    function POLICIES() external view returns (IPolicyManager);

    /// @notice What a commitment costs, wei.
    function BOND() external view returns (uint256);

    /// @notice Blocks from a commitment to the first in which it can be revealed.
    function MIN_AGE() external view returns (uint256);

    /// @notice Blocks from a commitment to the last in which it can be revealed.
    function MAX_AGE() external view returns (uint256);
}
