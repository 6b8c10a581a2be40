import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(__dirname, "../..");

/** What was counted in a slice of a campaign. */
export interface Counts {
  /** Stories, histories or answers. */
  runs: number;
  /** Calls that handlers were asked for, actions that were done, or attempts to prove something. */
  calls: number;
  /** Calls that forge saw reverting; actions that the rules refused, as they should. */
  refused: number;
  /** Calls for which there was nothing to be done. */
  discards: number;
  /** Stories in which something was wrong. */
  failures: number;
  seconds: number;
}

/** One sitting of one campaign: slices with seeds that count up, one after the other. */
export interface Sitting extends Counts {
  /** What was played. */
  what: string;
  /** When the sitting began, UTC. */
  date: string;
  commit: string;
  /** {codeDigest} of contracts/: what was played against other contracts says nothing about these. */
  contracts: string;
  /** The first seed and how many were played. */
  seed: number;
  seeds: number;
  /** Calls or actions per run; 1 if a run is one answer. */
  depth: number;
  machine: string;
}

export const CAMPAIGNS = ["forge", "histories", "honest"] as const;
export type Campaign = (typeof CAMPAIGNS)[number];

const pathOf = (campaign: Campaign): string => join(ROOT, "reports/campaigns", `${campaign}.json`);

/** Everything that is recorded of a campaign, oldest first. */
export function readSittings(campaign: Campaign): Sitting[] {
  const path = pathOf(campaign);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Sitting[]) : [];
}

const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();

const COMMENT_OR_STRING = /\/\/.*|\/\*[^]*?\*\/|"(?:\\.|[^"\\])*"/g;

/** A digest of committed contracts that no comment and no white space changes: they make no other program. */
export function codeDigest(tree = "HEAD:contracts"): string {
  const hash = createHash("sha256");
  for (const line of git("ls-tree", "-r", tree).split("\n")) {
    const [, , object, path] = line.split(/\s/) as [string, string, string, string];
    const source = git("cat-file", "blob", object);
    const code = source.replace(COMMENT_OR_STRING, (found) => (found.startsWith('"') ? found : " "));
    hash.update(`${path}\0${code.replace(/\s+/g, " ")}\0`);
  }
  return hash.digest("hex").slice(0, 12);
}

/** The seeds of first .. first + count - 1 that nothing is recorded of, for the contracts as they are, or a failure. */
export function seedsLeft(campaign: Campaign, what: string, first: number, count: number): number[] {
  const contracts = codeDigest();
  const known = readSittings(campaign).filter((sitting) => sitting.what === what && sitting.contracts === contracts);
  // A failure ends a sitting: it is in the last slice.
  const end = ({ seed, seeds, failures }: Sitting): number => seed + seeds - (failures > 0 ? 1 : 0);
  const isKnown = (seed: number): boolean => known.some((one) => one.seed <= seed && seed < end(one));
  return Array.from({ length: count }, (_, i) => first + i).filter((seed) => !isKnown(seed));
}

/** Writes down a slice, in this sitting's line if there is one that it continues. */
export class Recorder {
  readonly #campaign: Campaign;
  readonly #date = `${new Date().toISOString().slice(0, 16)}Z`;

  constructor(campaign: Campaign) {
    this.#campaign = campaign;
  }

  add(what: string, seed: number, depth: number, counts: Counts): void {
    const sittings = readSittings(this.#campaign);
    const mine = sittings.find((one) => one.what === what && one.date === this.#date && one.seed + one.seeds === seed);
    if (mine) {
      mine.seeds++;
      for (const name of Object.keys(counts) as (keyof Counts)[]) mine[name] += counts[name];
    } else {
      const [cpu] = cpus();
      const place = {
        commit: git("rev-parse", "--short=8", "HEAD"),
        contracts: codeDigest(),
        machine: `${cpus().length} cores, ${cpu?.model.trim() ?? "unknown"}`,
      };
      sittings.push({ what, date: this.#date, seed, seeds: 1, depth, ...counts, ...place });
    }
    mkdirSync(dirname(pathOf(this.#campaign)), { recursive: true });
    writeFileSync(pathOf(this.#campaign), `${JSON.stringify(sittings, null, 2)}\n`);
  }
}
