import type { Change } from "./change";

/** Proofs about one thing, and a mistake that they must see. */
export interface Group {
  title: string;
  contract: string;
  mistake: Mistake;
  /** Whether test/symbolic has the contract, for Halmos: not where proofs look at what is private. */
  symbolic: boolean;
}

/** A mistake in a contract, in memory, and the proof that has to fail on it, with a counterexample. */
export interface Mistake extends Change {
  proof: string;
  does: string;
}

/** Seconds that Halmos has for a question to its solver, and for a whole proof, which asks many. */
export const SYMBOLIC = { question: 30, proof: 150 };

export const GROUPS: readonly Group[] = [
  {
    title: "Fees that are not earned, and verdicts",
    contract: "FeeSplits__Proof",
    symbolic: true,
    mistake: {
      proof: "partsOfAFeeSum",
      does: "counts what was served twice in what is held back",
      file: "contracts/PolicyManager.sol",
      find: "rate * (floor - served));",
      replace: "rate * (floor + served));",
    },
  },
  {
    title: "Miners' accounts",
    contract: "Fees__Proof",
    symbolic: true,
    mistake: {
      proof: "movingKeepsTheSum",
      does: "moves one grain more than there was",
      file: "contracts/abstracts/FeeBook.sol",
      find: "_endings[miner][to].release += uint96(amount);",
      replace: "_endings[miner][to].release += uint96(amount + 1);",
    },
  },
  {
    title: "Issuance",
    contract: "Issuance__Proof",
    symbolic: true,
    mistake: {
      proof: "nothingIsIssuedBelowTheLeast",
      does: "issues a base unit too early",
      file: "contracts/abstracts/Issuance.sol",
      find: "if (totals.earning >= MIN_EARNING) {",
      replace: "if (totals.earning + 1 >= MIN_EARNING) {",
    },
  },
  {
    title: "Locks",
    contract: "Locks__Proof",
    symbolic: true,
    mistake: {
      proof: "lockStandsOnce",
      does: "leaves out a lock that ends with the next period",
      file: "contracts/abstracts/LockBook.sol",
      find: "if (target.end <= Math.max(joins, period)) return;",
      replace: "if (target.end <= Math.max(joins, period) + 1) return;",
    },
  },
  {
    title: "Health pay",
    contract: "HealthPay__Proof",
    symbolic: true,
    mistake: {
      proof: "creditIsKept",
      does: "forgets what a bucket held when it takes a new period",
      file: "contracts/abstracts/HealthPay.sol",
      find: "bucket.vested += bucket.amount;",
      replace: "bucket.vested = bucket.amount;",
    },
  },
  {
    title: "Votes: scores",
    contract: "Votes__Proof",
    symbolic: true,
    mistake: {
      proof: "scoreIsBounded",
      does: "adds what a ballot names wrongly",
      file: "contracts/abstracts/VerdictBook.sol",
      find: "int256(found * well) - int256(wrong * sick)",
      replace: "int256(found * well) + int256(wrong * sick)",
    },
  },
  {
    title: "Votes: committee and standing",
    contract: "Committee__Proof",
    symbolic: true,
    mistake: {
      proof: "noBits",
      does: "counts one bit more",
      file: "contracts/libraries/Committee.sol",
      find: "return (x * (max / 65_535)) >> 240;",
      replace: "return ((x * (max / 65_535)) >> 240) + 1;",
    },
  },
  {
    title: "Votes: counting ballots",
    contract: "BallotTally__Proof",
    symbolic: true,
    mistake: {
      proof: "oneIsAdded",
      does: "keeps a digit that it carries",
      file: "contracts/libraries/BallotTally.sol",
      find: "(planes[p] ^ carry, planes[p] & carry)",
      replace: "(planes[p] | carry, planes[p] & carry)",
    },
  },
  {
    title: "Votes: whom a round is about",
    contract: "KeyedPermutation__Proof",
    symbolic: true,
    mistake: {
      proof: "thousandsArePermuted",
      does: "goes back in the order in which it came",
      file: "contracts/libraries/KeyedPermutation.sol",
      find: "_mix(key, --i, left)",
      replace: "_mix(key, ROUNDS - i--, left)",
    },
  },
  {
    title: "Sampler",
    contract: "Sampler__Proof",
    symbolic: true,
    mistake: {
      proof: "offsetIsWithinASegment",
      does: "takes the point itself for the offset",
      file: "contracts/libraries/Sampler.sol",
      find: "offset = point % segment;",
      replace: "offset = point;",
    },
  },
  {
    title: "Sampler: seats",
    contract: "Seats__Proof",
    symbolic: true,
    mistake: {
      proof: "seatKeepsItsParts",
      does: "reads the first end one bit too high",
      file: "contracts/libraries/Sampler.sol",
      find: "return uint16(Seat.unwrap(seat) >> 16);",
      replace: "return uint16(Seat.unwrap(seat) >> 17);",
    },
  },
  {
    title: "Evidence",
    contract: "Umbral__Proof",
    symbolic: false,
    mistake: {
      proof: "scalarsAreInRange",
      does: "takes n for a scalar",
      file: "contracts/libraries/UmbralProof.sol",
      find: "return value != 0 && value < N;",
      replace: "return value != 0 && value <= N;",
    },
  },
];
