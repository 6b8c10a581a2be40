/**
 * `npm run bench` measures, writes `snapshots/umbral.json` and the README's section made of it. `--smoke` runs every
 * operation once with each contender, on messages up to 1 MiB, and asserts that the results are right, not how long they
 * take. `--check` asserts that the README says what the snapshot does. `--readme` writes the section anew. `--only encrypt`
 * measures the operations with that in their names and writes nothing.
 */
import { decryptOriginalStream, encryptStream, SecretKey } from "@nkms/umbral";
import { type Backend, useBackend } from "../dist/backend.js";
import { loadNativeBackend } from "../dist/nativeBackend.js";
import { nobleBackend } from "../dist/nobleBackend.js";
import { ours, theirs } from "./library.js";
import { load, machine, packages, today } from "./machine.js";
import { type Contender, measure } from "./measure.js";
import { makeFixture, type Operation, operations } from "./operations.js";
import {
  contenderNames,
  factor,
  README,
  readSnapshot,
  render,
  type Row,
  type StreamRow,
  writeSnapshot,
} from "./snapshot.js";
import { hasSection, writeSection } from "./section.js";

const MIB = 2 ** 20;
const LENGTHS = [64, 1024, 65_536, MIB, 16 * MIB, 100 * MIB];
const STREAM_LENGTH = 100 * MIB;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** What the native backend is meant to reach, as factors over umbral-pre. */
function target(operation: string): number {
  if (/^encrypt (1|16|100) MiB$/.test(operation)) return 8;
  if (operation === "decryptReencrypted, t = 32") return 10;
  return /^encrypt|verify|^Capsule\.fromBytes/.test(operation) ? 3 : 1.8;
}

const native = loadNativeBackend();
const withBackend =
  (backend: Backend) =>
  (run: () => unknown): Contender => ({ prepare: () => useBackend(backend), run });
const [onNative, onNoble] = [withBackend(native), withBackend(nobleBackend)];

/** A hundred MiB from a generator, and where they go. */
async function* zeros(length: number): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(65_536);
  for (let sent = 0; sent < length; sent += piece.length) yield await Promise.resolve(piece);
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const piece of stream) length += piece.length;
  return length;
}

async function* repeat(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

/** Encrypting and decrypting a stream: whole runs, each of which gives the length that came out. */
async function streamRuns(length: number): Promise<(readonly [string, () => Promise<number>])[]> {
  const sk = SecretKey.random();
  const [capsule, ciphertext] = encryptStream(sk.publicKey(), zeros(length));
  const sealed: Uint8Array[] = [];
  for await (const piece of ciphertext) sealed.push(piece);
  return [
    [`encryptStream ${length / MIB} MiB`, () => drain(encryptStream(sk.publicKey(), zeros(length))[1])],
    [`decryptOriginalStream ${length / MIB} MiB`, () => drain(decryptOriginalStream(sk, capsule, repeat(sealed)))],
  ];
}

/** Measures the operations with `only` in their names; a snapshot and the README are written for all of them alone. */
async function bench(only?: string): Promise<void> {
  const before = load();
  const fixture = makeFixture(LENGTHS);
  // Some values keep what the backend made of them: each backend gets its own.
  useBackend(nobleBackend);
  const ownByNoble = operations(ours, theirs, fixture);
  useBackend(native);
  const [own, others] = [operations(ours, theirs, fixture), operations(theirs, ours, fixture)];
  const rows: Row[] = [];
  for (const [i, operation] of own.entries()) {
    const [byNoble, other] = [ownByNoble[i], others[i]];
    if (only !== undefined && !operation.name.includes(only)) continue;
    if (!byNoble || other?.name !== operation.name) throw new Error(`no ${operation.name} by umbral-pre`);
    const [umbralPre, onItsNative, onItsNoble] = await measure([
      { prepare: () => undefined, run: other.run },
      onNative(operation.run),
      onNoble(byNoble.run),
    ]);
    if (!umbralPre || !onItsNative || !onItsNoble) throw new Error("three timings");
    const times = { "umbral-pre": umbralPre, native: onItsNative, noble: onItsNoble };
    const row = { operation: operation.name, target: target(operation.name), times };
    rows.push(row);
    const factors = contenderNames.slice(1).map((name) => `${name} x${factor(row, name).toFixed(2)}`);
    say(
      `${row.operation}: ${Math.round(umbralPre.median)} / ${onItsNative.median.toFixed(1)} µs, ${factors.join(", ")}${row.target && factor(row, "native") < row.target ? ", below target" : ""}`,
    );
  }
  if (only !== undefined) return;
  const streams: StreamRow[] = [];
  for (const [operation, run] of await streamRuns(STREAM_LENGTH)) {
    const [onItsNative, onItsNoble] = await measure([onNative(run), onNoble(run)]);
    if (!onItsNative || !onItsNoble) throw new Error("two timings");
    streams.push({ operation, times: { native: onItsNative, noble: onItsNoble } });
  }
  const snapshot = {
    measuredOn: today(),
    machine: machine(),
    packages: packages(),
    load: [before, load()] as const,
    rows,
    streams,
  };
  writeSnapshot(snapshot);
  writeSection(README, render(snapshot));
}

async function smoke(): Promise<void> {
  const fixture = makeFixture(LENGTHS.filter((length) => length <= MIB));
  const expectRight = (contender: string, list: readonly Operation[]): void => {
    for (const { name, isRight } of list) if (!isRight()) throw new Error(`${name} by ${contender} is wrong`);
    say(`${contender}: ${list.length} operations are right`);
  };
  for (const backend of [native, nobleBackend]) {
    useBackend(backend);
    expectRight(backend.name, operations(ours, theirs, fixture));
    for (const [name, run] of await streamRuns(MIB)) {
      const length = await run();
      if (length !== MIB && length !== 44 + MIB + 16 * 20) throw new Error(`${name}: ${length} bytes came out`);
    }
  }
  useBackend(native);
  expectRight("umbral-pre", operations(theirs, ours, fixture));
}

function check(): void {
  if (hasSection(README, render(readSnapshot()))) return;
  throw new Error("the README doesn't say what the snapshot does: npm run bench -- --readme");
}

const modes: Readonly<Record<string, (argument?: string) => Promise<void> | void>> = {
  "": () => bench(),
  "--only": (name = "") => bench(name),
  "--smoke": smoke,
  "--check": check,
  "--readme": () => writeSection(README, render(readSnapshot())),
};
const mode = modes[process.argv[2] ?? ""];
if (!mode) throw new Error(`one of ${Object.keys(modes).join(" ")}`);
await mode(process.argv[3]);
