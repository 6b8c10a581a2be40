import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { parseAnswer } from "../answerJson.js";
import { checkAnswer } from "../checkAnswer.js";
import { VerifierError } from "../errors.js";
import { type Evidence, makeEvidence } from "../evidence.js";
import { codeOf, readTextFile } from "../files.js";
import { MAX_JSON_LENGTH } from "../json.js";
import { randomnessOf } from "../reusedKey.js";
import { describeVerdict } from "../verdict.js";
import { type Checked, findReuse, tellLeak, verdictLine, writeEvidence } from "./check.js";
import { type Io, jsonLine } from "./io.js";

/** Files that this package itself writes into the folder. */
const OWN = [".evidence.json", ".journal.json", ".leak.json"];

/** Of so many answers it is remembered which randomness they used. */
const REMEMBERED = 100_000;

/** How a file was found when it was looked at. */
interface Seen {
  readonly version: string;
  /** It was no answer: it may be half-written, and is looked at once more before that is said. */
  readonly broken: boolean;
}

/** Checks every answer that appears in a folder. */
export class Watcher {
  readonly #seen = new Map<string, Seen>();
  /** By U1 and U2: two answers with both the same give a secret away. */
  readonly #byRandomness = new Map<string, Checked>();

  constructor(
    readonly folder: string,
    readonly json: boolean,
    readonly io: Io,
  ) {}

  /**
   * Looks at the folder once.
   * @throws {VerifierError} `FILE` if the folder can't be read
   */
  async poll(): Promise<void> {
    const all = await readdir(this.folder).catch((cause: unknown) => {
      throw new VerifierError("FILE", this.folder, "a folder that can be read", codeOf(cause) ?? "none", { cause });
    });
    const names = all.filter((name) => name.endsWith(".json") && !name.startsWith("."));
    for (const name of names.sort()) if (!OWN.some((end) => name.endsWith(end))) await this.#look(name);
    const here = new Set(names);
    for (const name of this.#seen.keys()) if (!here.has(name)) this.#seen.delete(name);
  }

  /** Looks at the folder until the command is to end. @param interval milliseconds between two looks */
  async run(interval: number): Promise<void> {
    let stopped = false;
    const stop = this.io.stopped().then(() => {
      stopped = true;
    });
    while (!stopped) {
      await this.poll();
      await Promise.race([stop, new Promise((resolve) => setTimeout(resolve, interval))]);
    }
  }

  async #look(name: string): Promise<void> {
    const path = join(this.folder, name);
    try {
      const found = await stat(path);
      const { size, mtimeMs, ino } = found;
      const version = `${size} ${mtimeMs} ${ino}`;
      const seen = this.#seen.get(name);
      if (seen?.version === version && !seen.broken) return;
      const again = seen?.version === version;
      this.#seen.set(name, { version, broken: !again });
      if (!found.isFile()) throw new VerifierError("FILE", "answer", "a file", "something else");
      if (size > MAX_JSON_LENGTH)
        throw new VerifierError("BAD_JSON", "answer", `${MAX_JSON_LENGTH} bytes or fewer`, `${size}`);
      await this.#check(name, await readTextFile(path));
      this.#seen.set(name, { version, broken: false });
    } catch (error) {
      this.#tell(name, error);
    }
  }

  async #check(name: string, text: string): Promise<void> {
    const answer = parseAnswer(text);
    const checked = { file: name, answer, verdict: checkAnswer(answer) };
    this.io.out(this.json ? verdictLine(checked) : `${name}: ${describeVerdict(checked.verdict)}`);
    if (checked.verdict.kind === "fault") await this.#write(name, ".evidence.json", makeEvidence(answer));

    const key = randomnessOf(answer.cfrag);
    const other = key === undefined ? undefined : this.#byRandomness.get(key);
    const reuse = other && findReuse([other, checked]);
    if (reuse) {
      tellLeak(reuse, this.json, this.io);
      await this.#write(name, ".leak.json", reuse.evidence);
    }
    if (key !== undefined && this.#byRandomness.size < REMEMBERED) this.#byRandomness.set(key, checked);
  }

  /** Evidence that is there already is the same, or somebody's: it is left alone. */
  async #write(name: string, end: string, evidence: Evidence): Promise<void> {
    const path = join(this.folder, `${name.slice(0, -".json".length)}${end}`);
    try {
      await writeEvidence(path, evidence, this.io);
    } catch (error) {
      if (!(error instanceof VerifierError) || error.code !== "FILE_EXISTS") throw error;
    }
  }

  /** The first time something is wrong with a file, it may not be finished: silence. */
  #tell(name: string, error: unknown): void {
    if (this.#seen.get(name)?.broken || codeOf(error) === "ENOENT") return;
    const words = error instanceof Error ? error.message : String(error);
    this.io.out(this.json ? jsonLine({ file: name, verdict: "bad", words }) : `${name}: ${words}`);
  }
}
