import { hexlify, randomBytes } from "ethers";

import { HealthError } from "./errors.js";
import { checkAddress, checkBytes32, checkCount, checkRange, checkWords, encodedHash, MAX_UINT256 } from "./values.js";

const WORD = 256;
/** The contract counts them in 16 bits. */
const MAX_TARGETS = 2 ** 16 - 1;

/** A vote, as it is committed to and shown: the contract's `Reveal`. */
export interface Vote {
  /** The miner that votes. */
  readonly voter: string;
  /** One of those posted, itself, not its hash. A secret until the reveal. */
  readonly seed: string;
  /** Bit i of word w: target 256 w + i is unhealthy. */
  readonly ballot: readonly bigint[];
  /** 32 random bytes. A secret until the reveal. */
  readonly salt: string;
  /** The voter's winning seats, rising, at least one. */
  readonly seats: readonly bigint[];
}

/** Where a vote counts. */
export interface VotePlace {
  readonly chainId: bigint;
  /** The address of the health votes. */
  readonly contract: string;
  /** The round's number. */
  readonly round: bigint;
}

/**
 * The ballot against these targets.
 * @param targets k, how many the round has
 * @returns ceil(k / 256) words
 * @throws {HealthError} `BAD_ARGUMENT` for a target that isn't in 0 .. k - 1, and more targets than a round can have
 * @example makeBallot([0, 300], 317); // [1n, 1n << 44n]
 */
export function makeBallot(unhealthy: Iterable<number>, targets: number): bigint[] {
  const words = new Array<bigint>(wordsFor(targets)).fill(0n);
  for (const target of unhealthy) {
    checkCount("target", target, 0, targets - 1);
    const word = Math.floor(target / WORD);
    words[word] = (words[word] ?? 0n) | (1n << BigInt(target % WORD));
  }
  return words;
}

/**
 * The targets that a ballot, or a bitmap of verdicts, names.
 * @throws {HealthError} `BALLOT_LENGTH` for too few or too many words, and for bits behind the last target
 */
export function readBallot(ballot: readonly bigint[], targets: number): Set<number> {
  const words = wordsFor(targets);
  if (checkWords("ballot", ballot).length !== words) {
    throw new HealthError("BALLOT_LENGTH", "ballot", `${words} words`, String(ballot.length));
  }
  const named = new Set<number>();
  for (const [w, word] of ballot.entries()) {
    for (let left = word, i = 0; left !== 0n; left >>= 1n, ++i) if (left & 1n) named.add(w * WORD + i);
  }
  for (const target of named) {
    if (target >= targets)
      throw new HealthError("BALLOT_LENGTH", "ballot", `no bits from ${targets} on`, `bit ${target}`);
  }
  return named;
}

const wordsFor = (targets: number): number => Math.ceil(checkCount("targets", targets, 0, MAX_TARGETS) / WORD);

/** A salt from the system's source of randomness: who could guess one could copy a ballot. */
export const newSalt = (): string => hexlify(randomBytes(32));

/** What is posted of a seed: keccak256(abi.encode(seed)). */
export const seedHash = (seed: string): string => encodedHash(["bytes32"], [checkBytes32("seed", seed, true)]);

/**
 * What a voter commits to: keccak256(abi.encode(chain id, contract, round, voter, seed, ballot, salt, seats)).
 * @returns 32 bytes, hex
 * @throws {HealthError} `BAD_ARGUMENT`; the message never shows seed or salt
 * @example const salt = newSalt(); // written down before the commitment is sent
 */
export function commitmentFor({ chainId, contract, round }: VotePlace, vote: Vote): string {
  const { voter, seed, ballot, salt, seats } = vote;
  for (const [i, seat] of checkWords("seats", seats).entries()) {
    checkRange(`seats[${i}]`, seat, i === 0 ? 0n : (seats[i - 1] ?? 0n) + 1n, MAX_UINT256);
  }
  if (seats.length === 0) throw new HealthError("BAD_ARGUMENT", "seats", "at least one", "none");
  return encodedHash(
    ["uint256", "address", "uint256", "address", "bytes32", "uint256[]", "bytes32", "uint256[]"],
    [
      checkRange("chainId", chainId, 0n, MAX_UINT256),
      checkAddress("contract", contract),
      checkRange("round", round, 0n, MAX_UINT256),
      checkAddress("voter", voter),
      checkBytes32("seed", seed, true),
      checkWords("ballot", ballot),
      checkBytes32("salt", salt, true),
      seats,
    ],
  );
}
