import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(__dirname, "../..");

/** A process of a development node on loopback. */
export interface NodeProcess {
  url: string;
  stop(): Promise<void>;
}

/** What a task came to. */
export interface Run {
  code: number | null;
  /** Whether it was killed. */
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** Anvil from npm, if there is one for this platform. */
export function anvilPath(): string | undefined {
  const platform = { linux: "linux-amd64", darwin: "darwin-arm64", win32: "win32-amd64" }[process.platform as string];
  const binary = process.platform === "win32" ? "anvil.exe" : "anvil";
  try {
    const manifest = require.resolve(`@foundry-rs/anvil-${platform}/package.json`);
    const path = join(dirname(manifest), "bin", binary);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Starts anvil on a free port. */
export const startAnvil = (path: string, ...options: string[]): Promise<NodeProcess> =>
  started(spawn(path, ["--port", "0", ...options]), /Listening on (127\.0\.0\.1:\d+)/);

/** Starts `hardhat node` on a free port. */
export const startHardhatNode = (): Promise<NodeProcess> =>
  started(
    spawn(process.execPath, hardhat("node", "--hostname", "127.0.0.1", "--port", "0"), { cwd: ROOT }),
    /http:\/\/(127\.0\.0\.1:\d+)/,
  );

/** Runs a task of Hardhat in a process of its own, and hands it out so that it can be killed. */
export function runTask(
  task: readonly string[],
  environment: Record<string, string>,
  onStart: (child: ChildProcess) => void = () => undefined,
): Promise<Run> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, hardhat(...task), { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  onStart(child);
  return new Promise((resolve, reject) => {
    const run: Run = { code: null, signal: null, out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => (run.out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (run.err += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ ...run, code, signal }));
  });
}

const hardhat = (...args: string[]): string[] => [require.resolve("hardhat/internal/cli/bootstrap"), ...args];

function started(child: ChildProcess, listening: RegExp): Promise<NodeProcess> {
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const address = listening.exec(said)?.[1];
      if (address !== undefined) resolve({ url: `http://${address}`, stop });
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.on("error", reject);
    void ended.then(() => reject(new Error(`expected a node to listen, it ended: ${said}`)));
  });
}
