/**
 * The rules of the NKMS contracts in TypeScript: the sampler, which draws miners by stake, policies, and challenges.
 *
 * @module
 */
export { amountOf, withCommas } from "./amounts.js";
export {
  type CommitmentParts,
  commitmentFor,
  evidenceOfAnswer,
  evidenceOfKey,
  Fault,
  type FaultName,
  faultName,
  receiptFor,
} from "./challenges.js";
export {
  type Calendar,
  describeAcceptance,
  describeConsent,
  describeReceipt,
  describeRenewal,
  describeRevocation,
  describeTakeover,
  describeTerms,
  durationOf,
  periodsOf,
} from "./describe.js";
export { ProtocolError, type ProtocolErrorCode } from "./errors.js";
export {
  heldUntil,
  leastCollateral,
  policyFee,
  renewalFee,
  reservedFor,
  type Share,
  type Split,
  splitFee,
} from "./fees.js";
export { kfragHash, type KfragParts } from "./kfragHash.js";
export { guaranteedEnd, type Lock, lockedIn } from "./lock.js";
export { firstSecondOf, lastSecondOf, periodAt } from "./periods.js";
export {
  ALL_ARRANGEMENTS,
  type Consent,
  consentTypedData,
  digestOf,
  type PolicyDomain,
  policyDomain,
  policyId,
  policyTypedData,
  type Receipt,
  receiptTypedData,
  type Renewal,
  renewalTypedData,
  type Revocation,
  revocationTypedData,
  signerOf,
  type Takeover,
  takeoverTypedData,
  type TypedData,
  verifyAcceptance,
  verifyAcceptances,
} from "./policyTypes.js";
export { describeRevert, parseRevert, revertDataOf, type RevertDescription, type RevertInterface } from "./reverts.js";
export {
  DEFAULT_MAX_TRIALS,
  type DrawRequest,
  drawRandomly,
  drawWithSeed,
  drawWithWords,
  GRAIN,
  liveWeight,
  type RandomDrawRequest,
  type SamplerState,
  type SeededDrawRequest,
  TIERS,
  type WordSource,
} from "./sampler.js";
export {
  type BlockTag,
  type ChainReader,
  type ChainSamplerState,
  type ReadOptions,
  readSamplerState,
  type SamplerContract,
  samplerContract,
} from "./samplerState.js";
export { decodeSeat, encodeSeat, SATURATED, type Seat } from "./seat.js";
export {
  type Arrangement,
  checkTerms,
  MAX_ARRANGEMENTS,
  MAX_POLICY_PERIODS,
  sortArrangements,
  type TermLimits,
  type Terms,
} from "./terms.js";
