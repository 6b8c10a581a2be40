/**
 * Checks what nodes answer, writes the evidence of wrong answers and leaked keys, and brings it to the chain.
 *
 * @module
 */
export { type Answer, type Assignment, type Liable, liableFor, policyOf } from "./answer.js";
export { formatAnswer, parseAnswer } from "./answerJson.js";
export { challengeManagerInterface, policyManagerInterface } from "./abi.js";
export type {
  Call,
  ChainRules,
  ChallengeChain,
  CommitmentHistory,
  Head,
  Nonces,
  OnChainCommitment,
  Standing,
  Step,
} from "./chain.js";
export { Challenger, type ChallengerOptions, describeStatus, type Status } from "./challenger.js";
export { checkAnswer } from "./checkAnswer.js";
export { type Hint } from "./curve.js";
export { VerifierError, type VerifierErrorCode } from "./errors.js";
export {
  type AnswerEvidence,
  assignmentOf,
  type Evidence,
  type LeakEvidence,
  makeEvidence,
  makeLeakEvidence,
} from "./evidence.js";
export { formatEvidence, parseEvidence } from "./evidenceJson.js";
export {
  type ChainProvider,
  type ChainSigner,
  challengeManagerOf,
  EthersChain,
  type LogFilter,
  type Request,
} from "./ethersChain.js";
export { writeNewSecretFile, writeSecretFile } from "./files.js";
export { type Hints, hintsOf, NO_HINT } from "./hints.js";
export {
  formatJournal,
  type Journal,
  journalPathOf,
  newJournal,
  parseJournal,
  type Place,
  readJournal,
  type Sent,
} from "./journal.js";
export {
  type OpenedAnswers,
  openAnswers,
  type ReaderKeys,
  type UnusedAnswer,
  type UnusedReason,
} from "./openAnswers.js";
export {
  checkPack,
  type Expected,
  makePack,
  MAX_PACK_CAPSULES,
  type Pack,
  packKfragHash,
  type PackResult,
  type PackSize,
  type PackVerdict,
} from "./pack.js";
export { formatPack, parsePack } from "./packJson.js";
export { describePlan, type Plan, planOf } from "./plan.js";
export { type Exchange, leakOfReuse, publicKfragOf, recoverReusedKey } from "./reusedKey.js";
export { type AnswerFault, describeVerdict, type RefusalReason, type Verdict } from "./verdict.js";
