import { expect } from "chai";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const HARDHAT = createRequire(import.meta.url).resolve("hardhat/internal/cli/bootstrap");

/** Runs npm as this process was run, or as the shell finds it. */
function npm(folder: string, ...args: string[]): string {
  const cli = process.env["npm_execpath"];
  const [command, ...first] = cli ? [process.execPath, cli] : ["npm"];
  const run = spawnSync(command, [...first, ...args], { cwd: folder, encoding: "utf8", shell: !cli });
  if (run.status !== 0) throw new Error(`npm ${args.join(" ")}: ${run.stderr}`);
  return run.stdout;
}

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** Whose program it is: it knows the package, ethers and an RPC URL. It deploys NKMS for itself, and stakes. */
const PROGRAM = `
import { JsonRpcProvider, parseEther, Signature } from "ethers";
import {
  ChallengeManager__factory, DOMAIN_NAMES, HealthVote__factory, MinerRegistry__factory, NKMSToken__factory,
  PERMIT_TYPES, PolicyManager__factory, StakeEscrow__factory, stakeEscrowAbi,
} from "@nkms/contracts";
import escrowJson from "@nkms/contracts/abi/StakeEscrow.json" with { type: "json" };

const provider = new JsonRpcProvider(process.argv[2]);
const deployer = await provider.getSigner(0);
const miner = await provider.getSigner(1);
const token = await new NKMSToken__factory(deployer).deploy(deployer.address, parseEther("1000"), parseEther("4000"));
const escrow = await new StakeEscrow__factory(deployer).deploy(token, {
  period: 86_400n, firstIssue: parseEther("1"), healthPpm: 100_000n, minEarning: parseEther("16"),
  minStake: parseEther("16"), shortestLock: 30n, longestLock: 1_460n, vesting: 2n, maxCatchUp: 64n,
});
const registry = await new MinerRegistry__factory(deployer).deploy(escrow);
const policies = await new PolicyManager__factory(deployer).deploy(escrow, registry, {
  window: 7n, minCollateral: parseEther("1"), floorPercent: 50n, leakPercent: 5n, finderPercent: 20n,
});
const challenges = await new ChallengeManager__factory(deployer).deploy(policies, {
  bond: parseEther("0.05"), minAge: 5n, maxAge: 7_200n,
});
const votes = await new HealthVote__factory(deployer).deploy(escrow, registry, {
  minSeats: 64n, gap: 10n, seedBlocks: 50n, commitBlocks: 100n, revealBlocks: 50n, ring: 64n,
});
await (await token.wire(escrow)).wait();
await (await escrow.wire(registry, policies, votes)).wait();
await (await policies.wire(challenges)).wait();

await (await token.transfer(miner.address, parseEther("40"))).wait();
const deadline = 2n ** 40n;
const signature = Signature.from(await miner.signTypedData(
  { name: DOMAIN_NAMES.NKMSToken, version: "1", chainId: (await provider.getNetwork()).chainId, verifyingContract: await token.getAddress() },
  PERMIT_TYPES,
  { owner: miner.address, spender: await escrow.getAddress(), value: parseEther("40"), nonce: 0n, deadline },
));
const { v, r, s } = signature;
await (await escrow.connect(miner).lockWithPermit(parseEther("40"), 30n, deadline, v, r, s)).wait();
const now: bigint = await escrow.currentPeriod();
const inJson: string[] = escrowJson.filter((item) => item.type === "function").map((item) => item.name ?? "");
type FunctionName = Extract<(typeof stakeEscrowAbi)[number], { type: "function" }>["name"];
const typed: FunctionName = "lockWithPermit";
// @ts-expect-error There is no such function.
const misuse: FunctionName = "lockForever";
console.log(JSON.stringify({
  staked: String(await escrow.lockedIn(miner.address, now + 1n)),
  after: String(await escrow.lockedIn(miner.address, now + 31n)),
  json: inJson.includes(typed),
  misuse,
}));
provider.destroy();
`;

describe("the packed package", () => {
  let folder: string;
  let node: ChildProcess;
  let url: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "nkms-contracts-"));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    node = spawn(process.execPath, [HARDHAT, "node", "--hostname", "127.0.0.1", "--port", String(port)], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise<void>((resolve, reject) => {
      node.once("exit", (code) => reject(new Error(`hardhat node: ended with ${code}`)));
      node.stdout?.on("data", (text: Buffer) => {
        if (text.toString().includes("Started HTTP")) resolve();
      });
    });
  });

  after(() => {
    node.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it("lets a fresh project deploy NKMS and stake, with types, in one file", () => {
    const tarballs = ["protocol", "contracts"].map((name) => {
      const packed = npm(path.join(ROOT, "packages", name), "pack", "--json", "--pack-destination", folder);
      const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
      return path.join(folder, filename);
    });
    const home = path.join(folder, "consumer");
    mkdirSync(home);
    const write = (file: string, text: string) => writeFileSync(path.join(home, file), text);
    write("package.json", JSON.stringify({ name: "consumer", version: "1.0.0", private: true, type: "module" }));
    write("main.ts", PROGRAM);
    const compilerOptions = {
      strict: true,
      module: "nodenext",
      target: "es2023",
      lib: ["es2023", "dom"],
      types: [],
      resolveJsonModule: true,
      skipLibCheck: true,
    };
    const globals = "declare const process: { argv: string[] };\n";
    write("globals.d.ts", globals);
    write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["globals.d.ts", "main.ts"] }));
    npm(home, "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", ...tarballs);

    const compiled = spawnSync(process.execPath, [TSC, "-p", "."], { cwd: home, encoding: "utf8" });
    expect(compiled.stdout).to.equal("");
    const run = spawnSync(process.execPath, ["main.js", url], { cwd: home, encoding: "utf8" });
    expect(run.stderr).to.equal("");
    expect(JSON.parse(run.stdout)).to.deep.equal({
      staked: "40000000000000000000",
      after: "0",
      json: true,
      misuse: "lockForever",
    });
  });
});
