import { commitmentFor } from "@nkms/protocol";
import { getAddress, hexlify, randomBytes } from "ethers";

import { formatJson } from "./answerJson.js";
import type { Step } from "./chain.js";
import { VerifierError } from "./errors.js";
import type { Evidence } from "./evidence.js";
import { assignmentOf } from "./evidence.js";
import { readFileIfAny, writeNewSecretFile, writeSecretFile } from "./files.js";
import { Fields, parseJson } from "./json.js";

/** A transaction that was sent, or was about to be. */
export interface Sent {
  readonly step: Step;
  readonly nonce: number;
  /** Missing if nobody knows whether it was sent. */
  readonly hash?: string;
}

/** What a challenger must not forget between committing and taking the bond back. */
export interface Journal {
  readonly chainId: bigint;
  /** The challenge manager's address. */
  readonly contract: string;
  readonly challenger: string;
  readonly policy: string;
  readonly index: bigint;
  /** What the commitment binds, 32 bytes. */
  readonly evidence: string;
  /** Without it the bond is lost. A secret until the reveal. */
  readonly salt: string;
  readonly commitment: string;
  /** The newest block when it was made: nothing of it is on chain before. */
  readonly since: bigint;
  /** In the order in which they were sent. */
  readonly sent: readonly Sent[];
  /** Commitments of the same evidence that came too late. */
  readonly lost: readonly string[];
}

/** Who commits where. */
export type Place = Pick<Journal, "chainId" | "contract" | "challenger" | "since">;

const STEPS = ["commit", "reveal", "takeBond", "burnBond"] as const;
const NAMES = [
  "note",
  "chainId",
  "contract",
  "challenger",
  "policy",
  "index",
  "evidence",
  "salt",
  "commitment",
  "since",
  "sent",
  "lost",
] as const;
const NOTE = "Keep this file: without the salt the evidence can't be revealed, and the bond is lost.";

/**
 * A new journal, with a salt from the system's source of randomness.
 * @param lost commitments to the same evidence that came too late
 */
export function newJournal(evidence: Evidence, place: Place, lost: readonly string[] = []): Journal {
  const { policy } = evidence;
  const { index } = assignmentOf(evidence);
  const salt = hexlify(randomBytes(32));
  const { chainId, since } = place;
  const [contract, challenger] = [getAddress(place.contract), getAddress(place.challenger)];
  const parts = { chainId, contract, challenger, policy, index, evidence: evidence.evidence, salt };
  return { ...parts, commitment: commitmentFor(parts), since, sent: [], lost };
}

/** Where the journal of a file of evidence is. */
export const journalPathOf = (evidencePath: string): string => `${evidencePath.replace(/\.json$/, "")}.journal.json`;

/**
 * Reads a journal.
 * @returns undefined if there is no such file
 * @throws {VerifierError} `FILE`, `BAD_JSON`, `BAD_FIELD`; `OTHER_JOURNAL` if its salt doesn't give its commitment
 */
export async function readJournal(path: string): Promise<Journal | undefined> {
  const text = await readFileIfAny(path);
  return text === undefined ? undefined : parseJournal(text);
}

/** Writes a journal. @param isNew refuses to replace one, with `FILE_EXISTS` */
export async function saveJournal(path: string, journal: Journal, isNew = false): Promise<void> {
  const write = isNew ? writeNewSecretFile : writeSecretFile;
  await write(path, formatJournal(journal));
}

/** A journal as JSON. */
export const formatJournal = (journal: Journal): string =>
  formatJson({
    note: NOTE,
    ...journal,
    chainId: String(journal.chainId),
    index: String(journal.index),
    since: String(journal.since),
  });

/** Reads what {@link formatJournal} wrote. @throws {VerifierError} as {@link readJournal} */
export function parseJournal(text: string): Journal {
  const fields = new Fields("journal", parseJson("journal", text), NAMES);
  const journal: Journal = {
    chainId: fields.uint("chainId"),
    contract: fields.address("contract"),
    challenger: fields.address("challenger"),
    policy: fields.hex("policy", 32),
    index: fields.uint("index"),
    evidence: fields.hex("evidence", 32),
    salt: fields.secretHex("salt", 32),
    commitment: fields.hex("commitment", 32),
    since: fields.uint("since"),
    sent: fields.array("sent", 10_000).map((value, i) => readSent(`journal.sent[${i}]`, value)),
    lost: fields.array("lost", 10_000).map((value, i) => {
      return new Fields("journal.lost", { [i]: value }, [String(i)]).hex(String(i), 32);
    }),
  };
  const commitment = commitmentFor(journal);
  if (commitment === journal.commitment) return journal;
  throw new VerifierError("OTHER_JOURNAL", "journal.commitment", commitment, journal.commitment);
}

/**
 * Checks that a journal is that of this evidence, challenger and contract.
 * @throws {VerifierError} `OTHER_JOURNAL`
 */
export function checkJournal(journal: Journal, evidence: Evidence, place: Omit<Place, "since">): void {
  const expected = {
    chainId: place.chainId,
    contract: getAddress(place.contract),
    challenger: getAddress(place.challenger),
    policy: evidence.policy,
    index: assignmentOf(evidence).index,
    evidence: evidence.evidence,
  };
  for (const [name, value] of Object.entries(expected)) {
    const got = journal[name as keyof typeof expected];
    if (got === value) continue;
    throw new VerifierError("OTHER_JOURNAL", `journal.${name}`, String(value), String(got));
  }
}

function readSent(path: string, value: unknown): Sent {
  const fields = new Fields(path, value, ["step", "nonce"], ["hash"]);
  const sent = { step: fields.word("step", STEPS), nonce: fields.count("nonce") };
  return fields.has("hash") ? { ...sent, hash: fields.hex("hash", 32) } : sent;
}
