import { seatId } from "./committee.js";
import { checkRange, MAX_UINT256 } from "./values.js";

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
  /** The last block of the seed phase. */
  readonly postUntil: bigint;
  /** Choices count until then. */
  readonly chooseUntil: bigint;
  /** For so many blocks the next member waits for one before it to post. */
  readonly turn: bigint;
}

/**
 * The timetable of a round's exchange: a third of the seed phase for commitments, a third for openings, the rest to post;
 * then an eighth of the commit phase to agree on one of the posted seeds.
 * @throws {HealthError} `BAD_ARGUMENT`
 */
export function timetableOf(openedBlock: bigint, { seedsEnd, commitsEnd }: Phases): Timetable {
  checkRange("openedBlock", openedBlock, 0n, MAX_UINT256);
  checkRange("seedsEnd", seedsEnd, 0n, MAX_UINT256);
  checkRange("commitsEnd", commitsEnd, seedsEnd, MAX_UINT256);
  const openUntil = openedBlock + (2n * seedsEnd) / 3n;
  const postUntil = openedBlock + seedsEnd;
  const [wait, turn] = [(commitsEnd - seedsEnd) / 8n, (postUntil - openUntil) / 4n];
  return {
    commitUntil: openedBlock + seedsEnd / 3n,
    openUntil,
    postUntil,
    chooseUntil: postUntil + (wait > 1n ? wait : 1n),
    turn: turn > 1n ? turn : 1n,
  };
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
