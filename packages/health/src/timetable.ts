import type { ChainRules, Head, Round } from "./chain.js";
import { seatId } from "./committee.js";
import { ceilSqrt, checkRange, encodedHash, MAX_UINT256, most } from "./values.js";

/** The last block of each phase, counted from a round's opening: constants of the contract. */
export interface Phases {
  readonly seedsEnd: bigint;
  readonly commitsEnd: bigint;
  readonly revealsEnd: bigint;
}

/** When an exchange does what: block numbers. A thing done "until b" is done while the newest block is b or older. */
export interface Timetable {
  /** Commitments that came until then are in a seed. */
  readonly commitUntil: bigint;
  /** Openings are awaited until then. */
  readonly openUntil: bigint;
  /** The last block in which the contract takes a seed. */
  readonly postUntil: bigint;
  /** Choices count until then. */
  readonly chooseUntil: bigint;
  /** For so many blocks the next member waits for one before it to post. */
  readonly turn: bigint;
}

/**
 * The timetable of a round's exchange. Of the blocks in which seeds can be posted, four fifths of the seed phase, a third is
 * for commitments, a third for openings, the rest to post. Of the last fifth, but for a block, a half is to agree on one of the posted
 * seeds: while the phase's last block is being made its proposer knows `mix`, and could choose by it. Phases of less than ten
 * blocks leave no room for that.
 * @throws {HealthError} `BAD_ARGUMENT`
 */
export function timetableOf(openedBlock: bigint, { seedsEnd, commitsEnd }: Phases): Timetable {
  checkRange("openedBlock", openedBlock, 0n, MAX_UINT256);
  checkRange("seedsEnd", seedsEnd, 0n, MAX_UINT256);
  checkRange("commitsEnd", commitsEnd, seedsEnd, MAX_UINT256);
  const posts = seedsEnd - seedsEnd / 5n;
  const openUntil = openedBlock + (2n * posts) / 3n;
  const postUntil = openedBlock + posts;
  return {
    commitUntil: openedBlock + posts / 3n,
    openUntil,
    postUntil,
    chooseUntil: postUntil + (seedsEnd - posts - 1n) / 2n,
    turn: most((postUntil - openUntil) / 4n, 1n),
  };
}

/** The contract opens no round in the first 64th of a period. */
const SETTLING = 64n;

/**
 * The earliest block, and second, in which the contract opens the next round, as it looks at `now`: as it refuses with
 * `HealthVoteTooSoon` in a block of that time.
 * @param last the last round; undefined: there was none
 * @param numbers N now, at least 1
 * @param now Unix time, seconds
 */
export function nextOpening(
  last: Pick<Round, "openedBlock" | "openedAt"> | undefined,
  numbers: bigint,
  { gap, secondsPerPeriod }: Pick<ChainRules, "gap" | "secondsPerPeriod">,
  now: bigint,
): Head {
  const slot = most(secondsPerPeriod / ceilSqrt(numbers), 1n);
  const nextSlot = ((last?.openedAt ?? 0n) / slot + 1n) * slot;
  const earliest = most(nextSlot, now);
  const settled = earliest - (earliest % secondsPerPeriod) + secondsPerPeriod / SETTLING;
  return { number: last ? last.openedBlock + gap : 0n, timestamp: most(nextSlot, settled) };
}

/** For so many blocks a voter leaves it to others to open a round: if all N miners vote, about one tries in each block. */
export function openingTurn(round: bigint, voter: string, numbers: bigint): bigint {
  return BigInt(encodedHash(["uint256", "address"], [round, voter])) % most(numbers, 1n);
}

/** A miner with its winning seats. */
export interface Seated {
  readonly voter: string;
  readonly seats: readonly bigint[];
}

/**
 * The order in which members take turns in a round, the same for all who know the same members: by the smallest id of
 * their winning seats. So one is first as often as it has seats.
 */
export function turnOrder(randomness: string, members: readonly Seated[]): string[] {
  const firsts = members.map(({ voter, seats }) => {
    const ids = seats.map((seat) => seatId(randomness, voter, seat)).sort();
    return { voter, first: ids[0] ?? "~" }; // nobody comes after one without a seat
  });
  return firsts.sort((a, b) => (a.first < b.first ? -1 : 1)).map(({ voter }) => voter);
}
