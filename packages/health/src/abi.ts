import { Interface, Signature } from "ethers";

import type { Call, SignedCommitment } from "./chain.js";

const ROUND =
  "tuple(uint32 number, uint48 openedBlock, uint48 openedAt, uint32 period, uint24 numbers, uint16 votes, uint8 seeds, uint8 state, uint32 decidedIn, uint64 seatsTotal, uint32 wanted, uint16 distance, uint64 rim, uint16 targets, uint8 winner, uint32 cursor, uint96 budget, uint96 pot, uint32 revealed, uint16 unhealthy, uint96 paid, bytes32 randomness, bytes32 mix)";

/** What is called of the health votes, and what they emit and revert with. */
export const healthVoteInterface = new Interface([
  "function openRound() returns (uint256 round)",
  "function postSeed(uint256 round, address voter, uint256 seat, bytes32 hash)",
  "function openCommits(uint256 round)",
  "function commit(uint256 round, address voter, bytes32 commitment)",
  "function commitFor(uint256 round, tuple(address voter, bytes32 commitment, bytes32 r, bytes32 vs)[] commitments)",
  "function reveal(uint256 round, tuple(address voter, bytes32 seed, uint256[] ballot, bytes32 salt, uint256[] seats)[] reveals)",
  "function finalize(uint256 round, uint256 maxSteps)",
  "function enforce(uint256 round, uint256 target, bytes32 seed)",
  "function reportSilence(uint256 round, address voter, uint256[] seats)",
  "function ESCROW() view returns (address)",
  "function REGISTRY() view returns (address)",
  "function PERIOD() view returns (uint256)",
  "function SEEDS_END() view returns (uint256)",
  "function COMMITS_END() view returns (uint256)",
  "function REVEALS_END() view returns (uint256)",
  "function GAP() view returns (uint256)",
  "function RING() view returns (uint256)",
  "function SEAT() view returns (uint256)",
  "function rounds() view returns (uint256)",
  `function roundOf(uint256 round) view returns (${ROUND})`,
  "function seedsOf(uint256 round) view returns (tuple(bytes32 hash, address voter, uint32 seat, uint32 seats)[])",
  "function seatsOf(uint256 round, address voter) view returns (uint256)",
  "function verdictsOf(uint256 round) view returns (uint256[])",
  "function payOf(address miner) view returns (uint256 vested, uint256 unvested)",
  "event Committed(uint256 indexed round, address indexed voter)",
  "event Revealed(uint256 indexed round, address indexed voter, bytes32 seed, uint256 seats, uint256[] ballot)",
  "error HealthVoteNobody()",
  "error HealthVoteTooSoon(uint256 fromBlock, uint256 fromTime)",
  "error HealthVoteUnknownRound(uint256 round)",
  "error HealthVoteWrongPhase(uint256 round, uint256 current, uint256 from, uint256 to)",
  "error HealthVoteWrongState(uint256 round, uint8 state)",
  "error HealthVoteNotOperator(address caller, address voter, address operator)",
  "error HealthVoteNotASeat(uint256 round, address voter, uint256 seat)",
  "error HealthVoteSeatsOutOfOrder(uint256 position)",
  "error HealthVoteSeedTwice(uint256 round, bytes32 hash)",
  "error HealthVoteTooManySeeds(uint256 round, uint256 most)",
  "error HealthVoteUnknownSeed(uint256 round, bytes32 hash)",
  "error HealthVoteMixed(uint256 round)",
  "error HealthVoteNotMixed(uint256 round)",
  "error HealthVoteCommitted(uint256 round, address voter)",
  "error HealthVoteNothingCounts(uint256 round)",
  "error HealthVoteNotCommitted(uint256 round, address voter)",
  "error HealthVoteOtherBallot(uint256 round, address voter)",
  "error HealthVoteBallotTooLong(uint256 given, uint256 words)",
  "error HealthVoteTooLate(uint256 round, uint256 until)",
  "error HealthVoteNotUnhealthy(uint256 round, uint256 target)",
  "error StakeEscrowBehind(uint256 open, uint256 period)",
]);

/** What is asked of the stake escrow. */
export const escrowInterface = new Interface([
  "function earningOf(address miner, uint256 period) view returns (uint256)",
  "function numbers() view returns (uint256)",
  "function holderOf(uint256 number) view returns (tuple(address miner, uint32 since))",
  "function minerOf(address miner) view returns (tuple(uint32 lockMask, uint32 paidUntil, uint24 seat, uint24 number, bool paused, uint48 resumedAt))",
  "event Paused(address indexed miner, uint256 forfeited)",
  "event Resumed(address indexed miner, uint256 period)",
]);

/** What is asked of the miner registry. */
export const registryInterface = new Interface(["function operatorOf(address miner) view returns (address)"]);

/** The data of a step's transaction, hex. */
export function calldataOf(call: Call): string {
  return healthVoteInterface.encodeFunctionData(call.step, argumentsOf(call));
}

function argumentsOf(call: Call): unknown[] {
  switch (call.step) {
    case "openRound":
      return [];
    case "postSeed":
      return [call.round, call.voter, call.seat, call.hash];
    case "openCommits":
      return [call.round];
    case "commit":
      return [call.round, call.voter, call.commitment];
    case "commitFor":
      return [call.round, call.commitments.map(compactOf)];
    case "reveal":
      return [call.round, call.votes];
    case "finalize":
      return [call.round, call.maxSteps];
    case "enforce":
      return [call.round, call.target, call.seed];
    case "reportSilence":
      return [call.round, call.voter, call.seats];
  }
}

/** With the signature in two words, as the contract takes it. */
function compactOf({ voter, commitment, signature }: SignedCommitment): object {
  const { r, yParityAndS: vs } = Signature.from(signature);
  return { voter, commitment, r, vs };
}
