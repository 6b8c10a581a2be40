import { join } from "node:path";

import { readFileIfAny, writeSecretFile } from "@nkms/protocol/files";
import { getAddress } from "ethers";

import { commitmentFor, type Vote } from "./ballot.js";
import { HealthError } from "./errors.js";
import type { Heard } from "./exchange.js";
import { Fields, formatJson, parseJson } from "./json.js";
import { MAX_ENTRIES, readMessage } from "./messages.js";
import { checkAddress, checkBytes32, checkRange, MAX_UINT256 } from "./values.js";

/** A ballot that was, or is about to be, committed to. */
export interface Ballot {
  /** Of the round when the ballot was made: with another one its targets are others. */
  readonly mix: string;
  readonly vote: Vote;
  readonly commitment: string;
}

/** What a voter must not forget of a round. Secrets until the reveals: value, messages, seed, votes. */
export interface Journal {
  readonly chainId: bigint;
  readonly contract: string;
  readonly voter: string;
  readonly round: bigint;
  /** The round's r: a reorganisation makes another round of the same number. */
  readonly randomness: string;
  /** What the voter brings to the seed. */
  readonly value: string;
  /** What the exchange goes on from. */
  readonly heard: readonly Heard[];
  /** The seed to vote with. */
  readonly seed?: string;
  /** One, but for reorganisations. */
  readonly ballots: readonly Ballot[];
}

/** Whose journal it is. */
export type JournalPlace = Pick<Journal, "chainId" | "contract" | "voter" | "round" | "randomness">;

const NAMES = ["note", "chainId", "contract", "voter", "round", "randomness", "value", "heard", "ballots"] as const;
const NOTE = "Keep this file, and to yourself: without it a ballot can't be shown, and who reads it can copy it.";

/** Where the journal of a round is. @throws {HealthError} `BAD_ARGUMENT` */
export function journalPathOf(folder: string, { round, randomness }: JournalPlace): string {
  checkRange("round", round, 0n, MAX_UINT256);
  return join(folder, `round-${round}-${checkBytes32("randomness", randomness).slice(2, 10)}.json`);
}

/** A new journal. @param value 32 random bytes, hex @throws {HealthError} `BAD_ARGUMENT` */
export const newJournal = (place: JournalPlace, value: string): Journal => ({
  chainId: place.chainId,
  contract: getAddress(checkAddress("contract", place.contract)),
  voter: getAddress(checkAddress("voter", place.voter)),
  round: place.round,
  randomness: place.randomness,
  value: checkBytes32("value", value, true),
  heard: [],
  ballots: [],
});

/** Writes a journal: readable by its owner alone, and on the disk when the call returns. @throws {HealthError} `FILE` */
export const saveJournal = (folder: string, journal: Journal): Promise<void> =>
  writeSecretFile(HealthError, journalPathOf(folder, journal), formatJournal(journal));

/**
 * Reads the journal of a round.
 * @returns undefined if there is none
 * @throws {HealthError} `FILE`, `BAD_JSON`, `BAD_FIELD`; `OTHER_JOURNAL` if it is of somebody or something else
 */
export async function readJournal(folder: string, place: JournalPlace): Promise<Journal | undefined> {
  const text = await readFileIfAny(HealthError, journalPathOf(folder, place));
  if (text === undefined) return undefined;
  const journal = parseJournal(text);
  for (const name of ["chainId", "contract", "voter", "round", "randomness"] as const) {
    const [got, expected] = [String(journal[name]), String(place[name])];
    if (got.toLowerCase() === expected.toLowerCase()) continue;
    throw new HealthError("OTHER_JOURNAL", `journal.${name}`, expected, got);
  }
  return journal;
}

/** A journal as JSON. */
export const formatJournal = (journal: Journal): string => `${formatJson({ note: NOTE, ...journal })}\n`;

/** Reads what {@link formatJournal} wrote. @throws {HealthError} as {@link readJournal} */
export function parseJournal(text: string): Journal {
  const fields = new Fields("journal", parseJson("journal", text), NAMES, ["seed"]);
  const journal: Journal = {
    chainId: fields.uint("chainId"),
    contract: fields.address("contract"),
    voter: fields.address("voter"),
    round: fields.uint("round"),
    randomness: fields.hex("randomness", 32),
    value: fields.secretHex("value", 32),
    heard: fields.array("heard", 4 * MAX_ENTRIES).map((value, i) => readHeard(`journal.heard[${i}]`, value)),
    ballots: fields.array("ballots", 1_000).map((value, i) => readBallotOf(`journal.ballots[${i}]`, value)),
    ...(fields.has("seed") && { seed: fields.secretHex("seed", 32) }),
  };
  for (const [i, { vote, commitment }] of journal.ballots.entries()) {
    const expected = commitmentFor(journal, vote);
    if (commitment === expected) continue;
    throw new HealthError("OTHER_JOURNAL", `journal.ballots[${i}].commitment`, expected, commitment);
  }
  return journal;
}

function readHeard(path: string, value: unknown): Heard {
  const fields = new Fields(path, value, ["block", "message"]);
  return { block: fields.uint("block"), message: readMessage(`${path}.message`, fields.raw("message")) };
}

function readBallotOf(path: string, value: unknown): Ballot {
  const fields = new Fields(path, value, ["mix", "vote", "commitment"]);
  const one = new Fields(`${path}.vote`, fields.raw("vote"), ["voter", "seed", "ballot", "salt", "seats"]);
  const vote: Vote = {
    voter: one.address("voter"),
    seed: one.secretHex("seed", 32),
    ballot: one.uints("ballot", MAX_ENTRIES),
    salt: one.secretHex("salt", 32),
    seats: one.uints("seats", MAX_ENTRIES),
  };
  return { mix: fields.hex("mix", 32), vote, commitment: fields.hex("commitment", 32) };
}
