/**
 * `npm run mutation:load`, after `npm run mutation -- --ignoreStatic`: tries the changes that Stryker left out because only
 * loading the source reaches them. Stryker switches changes on by a variable while the tests run, too late for those;
 * here each is written into a copy of the package, and the tests run in a process of their own.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const COPIED = ["package.json", "src", "test", "vectors", ".mocharc.mutation.json"];
/** The longest that the tests take, milliseconds; more is a change that doesn't end. */
const TIMEOUT = 300_000;

interface Place {
  line: number;
  column: number;
}

interface Mutant {
  status: string;
  mutatorName: string;
  replacement?: string;
  location: { start: Place; end: Place };
}

interface Report {
  files: Record<string, { source: string; mutants: Mutant[] }>;
}

/** Where a place is in a text; lines and columns count from 1. */
function offsetOf(source: string, { line, column }: Place): number {
  const before = source.split("\n").slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

function changed(source: string, { location, replacement = "" }: Mutant): string {
  return source.slice(0, offsetOf(source, location.start)) + replacement + source.slice(offsetOf(source, location.end));
}

/** A copy with what is installed; `@nkms` and the root's packages lie two folders up. */
function copyOf(home: string): string {
  const copy = path.join(home, "packages/umbral");
  for (const name of COPIED) cpSync(path.join(PACKAGE, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(PACKAGE, "../../node_modules"), path.join(home, "node_modules"), "junction");
  symlinkSync(path.join(PACKAGE, "node_modules"), path.join(copy, "node_modules"), "junction");
  return copy;
}

/** Whether some test fails, or the tests don't end. */
function isKilled(copy: string): boolean {
  const mocha = path.join(PACKAGE, "../../node_modules/mocha/bin/mocha.js");
  const options = [
    "--import",
    "tsx",
    mocha,
    "--config",
    ".mocharc.mutation.json",
    "--bail",
    "--timeout",
    String(TIMEOUT),
  ];
  return spawnSync(process.execPath, options, { cwd: copy, timeout: TIMEOUT }).status !== 0;
}

function main(): void {
  const { files } = JSON.parse(readFileSync(path.join(PACKAGE, "reports/mutation.json"), "utf8")) as Report;
  const home = mkdtempSync(path.join(tmpdir(), "umbral-mutation-"));
  let [killed, survived] = [0, 0];
  try {
    const copy = copyOf(home);
    if (isKilled(copy)) throw new Error("tests: expected to pass without a change, they fail");
    for (const [file, { source, mutants }] of Object.entries(files)) {
      for (const mutant of mutants.filter(({ status }) => status === "Ignored")) {
        writeFileSync(path.join(copy, file), changed(source, mutant));
        const dead = isKilled(copy);
        if (dead) killed++;
        else survived++;
        const { line } = mutant.location.start;
        process.stdout.write(
          `${dead ? "killed" : "SURVIVED"} ${file}:${line} ${mutant.mutatorName} ${mutant.replacement ?? ""}\n`,
        );
      }
      writeFileSync(path.join(copy, file), source);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  process.stdout.write(`${killed} killed, ${survived} survived\n`);
}

main();
