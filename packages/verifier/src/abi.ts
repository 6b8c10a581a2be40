import { Fault } from "@nkms/protocol";
import { hexlify, Interface } from "ethers";

import type { Call } from "./chain.js";

const ARRANGEMENT = "tuple(address miner, address operator, bytes32 kfragHash)";
const TERMS = `tuple(address owner, address payer, uint256 periods, uint256 deadline, uint256 rate, uint256 collateral, address condition, bool handOff, bytes32 salt, ${ARRANGEMENT}[] arrangements)`;
const ANSWER = "tuple(bytes capsule, bytes cfrag, bytes receipt)";
const LEAK = "tuple(uint256 secret, uint256 commitmentY, bytes kfrag)";
const STANDING =
  "tuple(address miner, address operator, bytes32 kfragHash, uint256 collateral, uint256 start, uint256 stop, uint256 end, bool open, bool handedOff, bool convicted)";

/** What is called of the challenge manager, and what it emits and reverts with. */
export const challengeManagerInterface = new Interface([
  "function commit(bytes32 commitment) payable",
  `function revealWrongAnswer(${TERMS} terms, uint256 index, ${ANSWER} answer, uint8 fault, uint256 capsuleY, uint256[3] hint, bytes32 salt) returns (uint256 reward)`,
  `function revealLeakedKey(${TERMS} terms, uint256 index, ${LEAK} leak, bytes32 salt) returns (uint256 reward)`,
  "function takeBond(bytes32 commitment)",
  "function burnBond(address challenger, bytes32 commitment)",
  `function checkAnswer(bytes32 policy, uint256 index, address operator, bytes32 kfragHash, ${ANSWER} answer, uint256 capsuleY, uint256[3][3] hints) view returns (uint8)`,
  "function commitmentOf(address challenger, bytes32 commitment) view returns (tuple(uint64 madeAt, bool founded))",
  "function POLICIES() view returns (address)",
  "function BOND() view returns (uint256)",
  "function MIN_AGE() view returns (uint256)",
  "function MAX_AGE() view returns (uint256)",
  "event Committed(address indexed challenger, bytes32 indexed commitment)",
  "event Proven(bytes32 indexed policy, uint256 indexed index, address indexed challenger, bytes32 commitment, uint8 fault, uint256 reward)",
  "event BondTaken(address indexed challenger, bytes32 indexed commitment)",
  "event BondBurned(address indexed challenger, bytes32 indexed commitment)",
  "error ChallengeManagerWrongBond(uint256 value, uint256 bond)",
  "error ChallengeManagerCommitted(address challenger, bytes32 commitment)",
  "error ChallengeManagerNoCommitment(address challenger, bytes32 commitment)",
  "error ChallengeManagerOutsideAge(bytes32 commitment, uint256 current, uint256 from, uint256 to)",
  "error ChallengeManagerNotFounded(address challenger, bytes32 commitment)",
  "error ChallengeManagerBondRefused(address challenger)",
  "error ChallengeManagerNotSigned(address signer, address operator)",
  "error ChallengeManagerOtherKfrag(bytes32 kfragHash, bytes32 needed)",
  "error UmbralProofBadCapsule(uint256 y)",
  "error UmbralProofBadHint(uint8 fault)",
  "error UmbralProofNoFault(uint8 fault)",
  "error UmbralProofOtherSecret(uint256 y)",
  "error PolicyManagerUnknown(bytes32 policy)",
  "error PolicyManagerNoArrangement(bytes32 policy, uint256 index)",
  "error PolicyManagerTooLate(bytes32 policy, uint256 index, uint256 until)",
]);

/** What is asked of the policy manager. */
export const policyManagerInterface = new Interface([
  `function standingOf(${TERMS} terms, uint256 index) view returns (${STANDING})`,
  "function challengeManager() view returns (address)",
  "function FINDER_PERCENT() view returns (uint256)",
  "function LEAK_PERCENT() view returns (uint256)",
  "function WINDOW() view returns (uint256)",
  "function PERIOD() view returns (uint256)",
  "error PolicyManagerUnknown(bytes32 policy)",
  "error PolicyManagerNoArrangement(bytes32 policy, uint256 index)",
]);

/**
 * The data of a step's transaction.
 * @param challenger its address
 * @returns hex
 */
export function calldataOf(call: Call, challenger: string): string {
  switch (call.step) {
    case "commit":
    case "takeBond":
      return challengeManagerInterface.encodeFunctionData(call.step, [call.commitment]);
    case "burnBond":
      return challengeManagerInterface.encodeFunctionData("burnBond", [challenger, call.commitment]);
    case "reveal":
      return revealData(call);
  }
}

function revealData({ evidence, salt }: Extract<Call, { step: "reveal" }>): string {
  if (evidence.kind === "leakedKey") {
    const { assignment, secret, commitmentY, kfrag } = evidence;
    const leak = { secret, commitmentY, kfrag: hexlify(kfrag) };
    const values = [assignment.terms, assignment.index, leak, salt];
    return challengeManagerInterface.encodeFunctionData("revealLeakedKey", values);
  }
  const { answer, fault, capsuleY, hint } = evidence;
  const { terms, index, capsule, cfrag, receipt } = answer;
  const bytes = { capsule: hexlify(capsule), cfrag: hexlify(cfrag), receipt: hexlify(receipt) };
  const values = [terms, index, bytes, Fault[fault], capsuleY, [...hint], salt];
  return challengeManagerInterface.encodeFunctionData("revealWrongAnswer", values);
}
