import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { mine, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { encrypt } from "@nkms/umbral";
import { formatAnswer, formatEvidence, leakOfReuse, makeEvidence } from "@nkms/verifier";
import { cheats, reuseRandomness, sign } from "@nkms/verifier/cheats";
import { expect } from "chai";
import { encryptKeystoreJsonSync, Wallet } from "ethers";
import { ethers, network } from "hardhat";
// What `hardhat node` listens with, here before the suite's own chain.
import { JsonRpcServer } from "hardhat/internal/hardhat-network/jsonrpc/server";

import { ether } from "../../deploy/parameters/units";
import { passPeriods } from "../helpers/time";
import { load, nodeAt, verifierScene, type VerifierScene } from "./fixtures";

const COMMAND = join(__dirname, "../../packages/verifier/bin/nkms-verify.js");
const PASSWORD = "correct horse";
/** The finder's share of 15 NKMS. */
const SHARE = "3";

interface Outcome {
  code: number | null;
  /** Of stdout. */
  lines: string[];
  /** stderr. */
  told: string;
}

describe("nkms-verify before a node", function () {
  this.timeout(120_000);

  let folder: string;
  let server: JsonRpcServer;
  let rpc: string;
  let challenger: Wallet;
  let children: ChildProcess[];

  before(async () => {
    server = new JsonRpcServer({ hostname: "127.0.0.1", port: 0, provider: network.provider });
    const { port } = await server.listen();
    rpc = `http://127.0.0.1:${port}`;
  });

  after(() => server.close());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nkms-verify-"));
    children = [];
  });

  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  /** A policy in its fourth period, a challenger with ether, and the files that it has. */
  async function scene(): Promise<VerifierScene> {
    const s = await load(verifierScene, 4);
    challenger = new Wallet(ethers.id("challenger"));
    await setBalance(challenger.address, ether("10"));
    const scrypt = { N: 2, r: 8, p: 1 };
    write("key.json", encryptKeystoreJsonSync(challenger, PASSWORD, { scrypt }));
    write("password", `${PASSWORD}\n`);
    const cheat = cheats["brokenE"];
    if (!cheat) throw new Error("expected a cheat");
    const answer = await cheat.answer(nodeAt(s, 0));
    write("answer.json", formatAnswer(answer));
    write("wrong.json", formatEvidence(makeEvidence(answer)));
    return s;
  }

  function start(...args: string[]): { child: ChildProcess; end: Promise<Outcome> } {
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    let [out, told] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (told += chunk.toString()));
    const end = new Promise<Outcome>((resolve) => {
      child.on("close", (code) => resolve({ code, lines: out.split("\n").filter(Boolean), told }));
    });
    return { child, end };
  }

  const command = (...args: string[]): Promise<Outcome> => start(...args).end;
  const keys = (): string[] => ["--rpc", rpc, "--keystore", "key.json", "--password-file", "password"];
  const step = (task: string, ...more: string[]): Promise<Outcome> =>
    command(`--${task}`, "wrong.json", ...keys(), ...more);
  const status = async (): Promise<string | undefined> => {
    const { code, lines } = await command("--status", "wrong.json", "--rpc", rpc);
    expect(code).to.equal(0);
    return lines[0];
  };

  const sent = (): Promise<number> => ethers.provider.getTransactionCount(challenger.address);
  const bonds = ({ challenges }: VerifierScene): Promise<bigint> => ethers.provider.getBalance(challenges);

  it("checks, commits, goes on, reveals, and takes the bond back", async () => {
    const s = await scene();
    const checked = await command("answer.json", "--evidence", "made.json");
    expect([checked.code, read("made.json")]).to.deep.equal([1, read("wrong.json")]);
    expect(await status()).to.equal("Nothing is on chain.");

    const committed = await step("commit", "--yes");
    expect(committed.told).to.equal("Nothing is on chain.\n");
    expect(committed.code).to.equal(0);
    const miner = s.staff[0]?.account.address;
    expect(committed.lines).to.include(
      `Accused: miner ${miner}, arrangement 0 of policy ${s.policy}; fault EquationE.`,
    );
    expect(committed.lines.join("\n")).to.include(`If nobody is faster: ${SHARE} NKMS for you`);
    expect(committed.lines.at(-1)).to.match(/^Committed\. It can be revealed in blocks /);
    expect(await bonds(s)).to.equal(s.parameters.challenges.bond);
    expect(statSync(join(folder, "wrong.journal.json")).mode & 0o777).to.equal(0o600);
    expect(await status()).to.match(/^Committed\. It can be revealed in blocks /);

    const again = await step("commit", "--yes");
    expect([again.code, await sent()]).to.deep.equal([0, 1]);
    expect(again.lines.at(-1)).to.equal(committed.lines.at(-1));

    const revealing = start("--reveal", "wrong.json", ...keys(), "--yes");
    await new Promise<void>((resolve) => {
      revealing.child.stderr?.on(
        "data",
        (chunk: Buffer) => chunk.toString().includes("Waiting for block") && resolve(),
      );
    });
    expect(await sent(), "nothing is sent while it waits").to.equal(1);
    await mine(s.parameters.challenges.minAge);
    const revealed = await revealing.end;
    expect(revealed.code, revealed.told).to.equal(0);
    expect(revealed.lines.slice(-2)).to.deep.equal([
      `Proven, for ${SHARE} NKMS. The bond waits to be taken back.`,
      `Proven, for ${SHARE} NKMS. The bond is back.`,
    ]);
    expect(await s.token.balanceOf(challenger)).to.equal(ether(SHARE));
    expect(await bonds(s)).to.equal(0n);
    expect(await status()).to.equal(`Proven, for ${SHARE} NKMS. The bond is back.`);

    const over = await step("reveal", "--yes");
    expect([over.code, over.lines, await sent()]).to.deep.equal([0, revealed.lines.slice(-1), 3]);
    for (const secret of [PASSWORD, challenger.privateKey.slice(2), rpc]) {
      for (const { lines, told } of [committed, again, revealed, over]) {
        expect([...lines, told].join("\n")).to.not.include(secret);
      }
    }
  });

  it("goes on after it was killed while it waited, and speaks JSON", async () => {
    const s = await scene();
    const [other] = encrypt(s.grant.owner.publicKey(), Buffer.from("another secret"));
    const leak = leakOfReuse(...(await reuseRandomness(nodeAt(s, 1), other)));
    if (!leak) throw new Error("expected a secret");
    write("wrong.json", formatEvidence(leak));

    const committed = await step("commit", "--yes", "--json");
    expect(committed.code, committed.told).to.equal(0);
    const [planned, young] = committed.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(planned?.["plan"]).to.include({ policy: s.policy, index: "1", fault: "Leak", convicted: false });
    expect(young).to.include({ status: "young" });

    const killed = start("--reveal", "wrong.json", ...keys(), "--yes");
    await new Promise<void>((resolve) => {
      killed.child.stderr?.on("data", (chunk: Buffer) => chunk.toString().includes("Waiting for block") && resolve());
    });
    killed.child.kill("SIGKILL");
    expect((await killed.end).code).to.equal(null);

    await mine(s.parameters.challenges.minAge);
    const { reward } = planned?.["plan"] as { reward: string };
    const revealed = await step("reveal", "--yes", "--json");
    const statuses = revealed.lines.map((line) => JSON.parse(line) as Record<string, unknown>).slice(1);
    expect(statuses.map((line) => [line["status"], line["reward"]])).to.deep.equal([
      ["founded", reward],
      ["done", reward],
    ]);
    expect(await s.token.balanceOf(challenger)).to.equal(BigInt(reward));
    const { lines } = await command("--status", "wrong.json", "--rpc", rpc, "--json");
    expect(JSON.parse(lines[0] ?? "")).to.include({ status: "done", reward });
    expect([...revealed.lines, ...committed.lines].join("\n")).to.not.include(String(leak.secret));
  });

  it("burns the bond of a commitment that came too late, and commits once more", async () => {
    const s = await scene();
    expect((await step("commit", "--yes")).code).to.equal(0);
    const early = await step("burn", "--yes");
    expect(early.code).to.equal(3);
    expect(early.told).to.match(/burnBond: expected a commitment that came too late, got Committed\./);

    await mine(s.parameters.challenges.maxAge + 1n);
    expect(await status()).to.match(/^Committed, but it could be revealed through block /);
    expect((await step("reveal", "--yes")).code).to.equal(3);
    const burned = await step("burn", "--yes");
    expect([burned.code, burned.lines.length, await bonds(s)]).to.deep.equal([0, 1, 0n]);
    expect(burned.lines[0]).to.match(/^The bond was burned\./);
    const again = await step("commit", "--again", "--yes");
    expect([again.code, await bonds(s)]).to.deep.equal([0, s.parameters.challenges.bond]);
  });

  it("sends nothing that nobody agreed to, that is not its turn, or without the key", async () => {
    const s = await scene();
    const refused = async (code: number, told: RegExp, ...args: string[]): Promise<void> => {
      const outcome = await command(...args);
      expect(outcome.told).to.match(told);
      expect(outcome.code, outcome.told).to.equal(code);
      expect(outcome.told).to.not.include(rpc);
    };
    const commit = ["--commit", "wrong.json"];
    const key = ["--keystore", "key.json", "--password-file", "password", "--yes"];
    await refused(2, /--yes: expected to be there where nobody can be asked/, ...commit, ...keys());
    await refused(3, /reveal: expected a commitment of the right age/, "--reveal", "wrong.json", ...keys(), "--yes");
    await refused(3, /--rpc: expected an Ethereum node that answers/, ...commit, "--rpc", "http://127.0.0.1:1", ...key);
    const policies = await s.policies.getAddress();
    const { kfrag, operator, ...node } = nodeAt(s, 0);
    const salt = ethers.id("a policy that nobody created");
    for (const [name, changes] of [
      ["unknown.json", { terms: { ...node.terms, salt } }],
      ["elsewhere.json", { domain: { ...node.domain, verifyingContract: await s.token.getAddress() } }],
    ] as const) {
      const wrong = await sign({ ...node, kfrag, operator, ...changes }, new Uint8Array(358));
      write(name, formatEvidence(makeEvidence(wrong)));
    }
    await refused(3, /expected a contract that knows/, ...commit, ...keys(), "--yes", "--contract", policies);
    await refused(
      3,
      /expected an answer to standingOf, got PolicyManagerUnknown/,
      "--commit",
      "unknown.json",
      ...keys(),
    );
    await refused(3, /expected a policy manager with challenges/, "--commit", "elsewhere.json", ...keys());
    await refused(2, /expected a file, got none/, "--status", "missing.json", "--rpc", rpc);
    write("password", "wrong horse\n");
    await refused(2, /key\.json: expected a keystore, and its password, got another/, ...commit, ...keys(), "--yes");
    expect([await sent(), await bonds(s)]).to.deep.equal([0, 0n]);
  });

  it("ends with 3 when there is nothing to earn any more", async () => {
    const { escrow } = await scene();
    await passPeriods(escrow, 11n);
    const late = await step("commit", "--yes");
    expect(late.code).to.equal(3);
    expect(late.told).to.match(/evidence: expected period \d+ or before, got \d+/);
    expect(await sent()).to.equal(0);
  });
});
