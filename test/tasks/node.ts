import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { JsonRpcProvider } from "ethers";

import { type Answer, decode, encode } from "./wire";

const ROOT = join(__dirname, "../..");
const HARDHAT = join(ROOT, "node_modules/hardhat/internal/cli/bootstrap.js");

/** A chain in a process of its own, and a process that runs tasks over its JSON-RPC. */
export interface Node {
  readonly url: string;
  readonly provider: JsonRpcProvider;
  /** Runs a task. @throws what it complained about */
  task<Result>(scope: string, task: string, args: Record<string, unknown>): Promise<Result>;
  /** Runs a command line. @returns what it ended with and printed */
  command(program: "hardhat" | "nkms-verify", args: readonly string[]): Promise<{ code: number | null; out: string }>;
  stop(): Promise<void>;
}

/** Starts `hardhat node` on a free port of the loopback interface. @param folder for address books */
export async function startNode(folder: string): Promise<Node> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    NKMS_LOCALHOST_RPC_URL: url,
    NKMS_ADDRESSES: folder,
    HARDHAT_DISABLE_TELEMETRY_PROMPT: "true",
    TS_NODE_TRANSPILE_ONLY: "1",
  };
  const started: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    provider.destroy();
    for (const child of started) if (child.exitCode === null && child.kill()) await once(child, "exit");
  };
  const chain = spawn(process.execPath, [HARDHAT, "node", "--hostname", "127.0.0.1", "--port", String(port)], {
    cwd: ROOT,
    env: { ...env, HARDHAT_NETWORK: "hardhat" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  started.push(chain);
  const provider = new JsonRpcProvider(url, 31_337, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 });
  const worker = spawn(process.execPath, ["-r", "hardhat/register", join(__dirname, "worker.ts")], {
    cwd: ROOT,
    env: { ...env, HARDHAT_NETWORK: "localhost" },
  });
  started.push(worker);
  worker.stderr.pipe(process.stderr);
  const ask = conversation(worker);
  await answering(url, chain);
  return {
    url,
    provider,
    stop,
    task: async <Result>(scope: string, task: string, args: Record<string, unknown>): Promise<Result> => {
      const { result, error } = await ask(encode({ scope, task, args }));
      if (error !== undefined) throw new Error(`${scope} ${task}: ${error}`);
      return result as Result;
    },
    command: (program, args) => {
      const script = program === "hardhat" ? HARDHAT : join(ROOT, "packages/verifier/bin/nkms-verify.js");
      const network = program === "hardhat" ? ["--network", "localhost"] : [];
      return finished(spawn(process.execPath, [script, ...network, ...args], { cwd: ROOT, env }));
    },
  };
}

/** A line to a process, and the line that it answers. */
function conversation(worker: ChildProcessWithoutNullStreams): (line: string) => Promise<Answer> {
  const answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  return async (line) => {
    worker.stdin.write(`${line}\n`);
    const next = (await answers.next()) as { done: false; value: string } | { done: true };
    if (next.done) throw new Error("worker: expected an answer, got its end");
    return decode<Answer>(next.value);
  };
}

async function finished(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; out: string }> {
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (out += part.toString()));
  child.stdin.end();
  await once(child, "close");
  return { code: child.exitCode, out };
}

async function answering(url: string, chain: ChildProcess): Promise<void> {
  const question = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  while (chain.exitCode === null) {
    try {
      const headers = { "content-type": "application/json" };
      if ((await fetch(url, { method: "POST", headers, body: question })).ok) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100)); // it isn't listening yet
    }
  }
  throw new Error(`hardhat node: expected one that answers, got its end with ${chain.exitCode}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error(`port: expected a number, got ${address}`);
  return address.port;
}
