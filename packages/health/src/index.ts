/**
 * Votes in the health rounds of NKMS: who is in a committee, who is checked, what a ballot pays; how members make a seed
 * together; a client that votes.
 *
 * @module
 */
export { calldataOf, healthVoteInterface } from "./abi.js";
export { commitmentFor, makeBallot, newSalt, readBallot, seedHash, type Vote, type VotePlace } from "./ballot.js";
export {
  type Call,
  type ChainRules,
  type Fees,
  type Head,
  type HealthChain,
  type Holder,
  type Nonces,
  type PostedSeed,
  type Round,
  type Shown,
  type SignedCommitment,
  type Standing,
  State,
  type Step,
  type Turn,
} from "./chain.js";
export { Checks, type CheckRules, type Health, type Target } from "./checks.js";
export {
  committeeSize,
  type Drawing,
  isMember,
  isWinner,
  seatId,
  seatsFor,
  type Threshold,
  threshold,
  winningSeats,
} from "./committee.js";
export type { DutyStatus } from "./duty.js";
export { HealthError, type HealthErrorCode } from "./errors.js";
export {
  type ChainProvider,
  type ChainSigner,
  EthersChain,
  type LogFilter,
  type TransactionFields,
} from "./ethersChain.js";
export {
  Exchange,
  type ExchangeRound,
  type ExchangeSetup,
  type Heard,
  type Member,
  type Outgoing,
  type Posted,
  type Roster,
  type Self,
} from "./exchange.js";
export { type Fault, guiltyOf } from "./faults.js";
export {
  type Ballot,
  formatJournal,
  type Journal,
  journalPathOf,
  type JournalPlace,
  newJournal,
  parseJournal,
  readJournal,
  saveJournal,
} from "./journal.js";
export {
  type BallotCommitment,
  type Choice,
  type Commitment,
  formatMessage,
  type HealthDomain,
  healthDomain,
  joinedSeed,
  type Message,
  type MessageSigner,
  messageTypedData,
  type Opening,
  parseMessage,
  type Preimage,
  type Request,
  type SignedMessage,
  signerOfMessage,
  signMessage,
  type Transcript,
  type TranscriptEntry,
  type Unsigned,
  valueCommitment,
} from "./messages.js";
export {
  type Cast,
  type Pay,
  type PayTerms,
  quorum,
  type Score,
  SCORE_ONE,
  scoreOf,
  seatsToConvict,
  silenceCosts,
  tellPay,
} from "./pay.js";
export { Sender, type SenderOptions } from "./sender.js";
export type { VoterEvent, VoterOptions } from "./settings.js";
export {
  type Deal,
  invert,
  numberOf,
  permutationKey,
  permute,
  targetCount,
  targetNumbers,
  targetOfNumber,
  wasPaused,
} from "./targets.js";
export { type Phases, type Seated, type Timetable, timetableOf, turnOrder } from "./timetable.js";
export { type Delivery, InProcessNetwork, type Transport } from "./transport.js";
export { HealthVoter } from "./voter.js";
