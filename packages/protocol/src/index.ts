/**
 * The rules of the NKMS contracts in TypeScript. So far: the sampler, which draws miners by stake.
 *
 * @module
 */
export { ProtocolError, type ProtocolErrorCode } from "./errors.js";
export { guaranteedEnd, type Lock, lockedIn } from "./lock.js";
export { firstSecondOf, lastSecondOf, periodAt } from "./periods.js";
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
