import type { Block } from "./twin";

/** What keeps an `unchecked` block from wrapping where it must not, besides or instead of a proof. */
export interface Reason extends Block {
  /** The proof about it, `Contract.proof`, if there is one. */
  proof?: string;
  why: string;
}

/** One for every `unchecked` block of contracts/, those of a file in their order. */
export const REASONS: readonly Reason[] = [
  {
    file: "contracts/abstracts/VerdictBook.sol",
    within: "_scoreOf",
    proof: "Votes__Proof.scoreDoesNotWrap",
    why: "At most 4,096 targets; for a voter that is a target itself: test/healthVote/finalize.test.ts.",
  },
  {
    file: "contracts/abstracts/VerdictBook.sol",
    within: "_settle",
    proof: "Votes__Proof.partDoesNotWrap",
    why: "60, 96 and 24 bits are 180.",
  },
  {
    file: "contracts/abstracts/FeeBook.sol",
    within: "_enlist",
    proof: "Fees__Proof.leavingUndoesJoining",
    why: "Wraps on purpose: `earned` is meant modulo 2^80 until the account is settled. test/forge/Policies.invariants.t.sol adds up all fees.",
  },
  {
    file: "contracts/abstracts/FeeBook.sol",
    within: "_delist",
    proof: "Fees__Proof.leavingUndoesJoining",
    why: "The same.",
  },
  {
    file: "contracts/abstracts/FeeBook.sol",
    within: "_settled",
    proof: "Fees__Proof.settlingPaysTheRateOnce",
    why: "The same.",
  },
  {
    file: "contracts/libraries/BallotTally.sol",
    within: "add",
    proof: "BallotTally__Proof.threeAreAdded",
    why: "Two counters that never pass 32 planes, counts being below 2^32: an index beyond would revert.",
  },
  {
    file: "contracts/libraries/Committee.sol",
    within: "threshold",
    why: "Its table is read in assembly, which the checker does not follow. test/healthVote/committee.test.ts compares with exact binomials.",
  },
  {
    file: "contracts/libraries/Committee.sol",
    within: "ones",
    proof: "Committee__Proof.bitsAreCounted",
    why: "Adds up lanes of bits, and drops what leaves the word on purpose. test/healthVote/committee.test.ts counts random and extreme words.",
  },
  {
    file: "contracts/libraries/Committee.sol",
    within: "_within",
    why: "d is 128 .. 255 in the first line and 54 .. 127 in the second, by the two conditions before. Every d is compared with exact binomials.",
  },
  {
    file: "contracts/libraries/KeyedPermutation.sol",
    within: "_halfBits",
    proof: "KeyedPermutation__Proof.mostArePermuted",
    why: "At most 32 rounds for sizes up to 2^64.",
  },
  {
    file: "contracts/libraries/Sampler.sol",
    within: "hit",
    proof: "Sampler__Proof.lookingUpDoesNotWrap",
    why: "Spans are below 2^16 * 2^64. The other tiers: test/forge/Sampler.fuzz.t.sol, against plain arrays.",
  },
  {
    file: "contracts/libraries/Standing.sol",
    within: "seatsFor",
    proof: "Committee__Proof.seatsGoToOneSeed",
    why: "A shift by 64 + 24 * 7 bits at the most; there are eight seeds.",
  },
  {
    file: "contracts/libraries/Standing.sol",
    within: "plus",
    proof: "Committee__Proof.seatsGoToOneSeed",
    why: "No part can overflow into the next: a committee has some thousands of seats. test/healthVote/finalize.test.ts.",
  },
];
