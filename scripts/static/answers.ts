/** What is said to a finding of Slither's. */
export interface Answer {
  /** Slither's name of the check. */
  check: string;
  /** The contracts or functions it is about, as Slither writes them: `ChallengeManager._send`. */
  where: RegExp;
  /** Why it is right as it is. */
  why: string;
}

/** Every finding must have an answer, every answer a finding. */
export const ANSWERS: readonly Answer[] = [
  {
    check: "arbitrary-send-eth",
    where: /^ChallengeManager\._send/,
    why: "It sends one bond: to the challenger that put it up and revealed, or to the zero address. The commitment is deleted before.",
  },
  {
    check: "weak-prng",
    where: /^HealthPay\./,
    why: "No randomness: a period modulo V + 1 is the place of its bucket.",
  },
  {
    check: "unchecked-transfer",
    where: /^(PolicyManager|StakeEscrow|HealthVote)\./,
    why: "The token is NKMSToken, which reverts when it can't move an amount and never returns false.",
  },
  {
    check: "divide-before-multiply",
    where: /^Committee\.ones/,
    why: "Bit masks: 2^256 - 1 divided by 3, 5, 17, 257 and 65,535 is exact.",
  },
  {
    check: "divide-before-multiply",
    where: /^MinerSampling\.draw/,
    why: "A random word is split in two by division and remainder; nothing is rounded away.",
  },
  {
    check: "divide-before-multiply",
    where: /^Issuance\._close/,
    why: "The issue is rounded down to units first (protocol, section 2); what the division by the stake leaves is carried.",
  },
  {
    check: "incorrect-equality",
    where: /^\w+\./,
    why: "Compared are numbers of periods and blocks, counts, bits, and amounts in own books; never a balance that a stranger could change by a unit.",
  },
  {
    check: "reentrancy-no-eth",
    where: /^Reentrancy in (StakeEscrow|HealthVote|VerdictBook)\./,
    why: "The calls go to the token, which calls nobody, and between contracts of one deployment, which call back into no function that changes what is written after. Closing periods mints before the books of the call are read.",
  },
  {
    check: "reentrancy-benign",
    where: /^Reentrancy in /,
    why: "As with reentrancy-no-eth; conditions and contracts that are not ours are only asked by STATICCALL (EIP-1271).",
  },
  {
    check: "reentrancy-events",
    where: /^Reentrancy in /,
    why: "Events behind calls to the token or a neighbour: their order is that of the steps, and nobody can come in between.",
  },
  {
    check: "uninitialized-local",
    where: /^\w+\./,
    why: "Zero is meant: sums, counters, and structs filled field by field.",
  },
  {
    check: "unused-return",
    where: /ECDSA\.tryRecover/,
    why: "Only the signer counts; the zero address, which means an error, is refused.",
  },
  {
    check: "unused-return",
    where: /ESCROW\.slash/,
    why: "The escrow says what it could seize; what is reserved is always there (invariant 3).",
  },
  {
    check: "shadowing-local",
    where: /^IStakeEscrow\./,
    why: "Names of arguments and results in the interface; no code there.",
  },
  {
    check: "missing-zero-check",
    where: /\.wire\(/,
    why: "`wire` demands that a neighbour has code, which the zero address has not.",
  },
  {
    check: "calls-loop",
    where: /^(PolicyManager|RoundBook|BallotBook)\./,
    why: "One call for each arrangement or vote that the caller itself passes in; a neighbour can't be made to revert by a third party, and the gas is measured (docs/measurements.md).",
  },
  {
    check: "low-level-calls",
    where: /\._send\(/,
    why: "Ether goes out by a call that is checked and reverts with a custom error.",
  },
  {
    check: "timestamp",
    where: /^\w+\./,
    why: "Periods are an hour or longer: a builder can shift a transaction over the edge of one by seconds, no more (docs/trust.md).",
  },
  {
    check: "assembly",
    where: /^\w+\./,
    why: "Reading words of calldata and tables, and shortening an array in memory; each is marked memory-safe and tested.",
  },
  {
    check: "naming-convention",
    where: /./,
    why: "Constants fixed at deployment are written in capitals, as constants are.",
  },
  {
    check: "too-many-digits",
    where: /^Committee\./,
    why: "The binomial table, made by scripts/tables/hamming.ts and compared with it by a test.",
  },
];
