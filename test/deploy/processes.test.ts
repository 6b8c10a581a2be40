import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import {
  JsonRpcProvider,
  Wallet,
  ZeroAddress,
  encryptKeystoreJsonSync,
  getCreateAddress,
  id,
  parseEther,
  toBeHex,
} from "ethers";

import { type AddressBook, CONTRACTS } from "../../deploy/addressBook";
import { Chain } from "../../deploy/provider";
import { TestExplorer } from "./explorer";
import { type NodeProcess, type Run, anvilPath, runTask, startAnvil, startHardhatNode } from "./processes";
import { Proxy } from "./proxy";

/** Seven contracts, three calls of `wire`. */
const STEPS = 10;

describe("the tasks, against a node in another process", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nkms-tasks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const bookOf = (chainId: number): AddressBook =>
    JSON.parse(readFileSync(join(folder, `${chainId}.json`), "utf8")) as AddressBook;

  const expectedAddresses = (from: string): string[] => CONTRACTS.map((_, nonce) => getCreateAddress({ from, nonce }));

  const expectGood = (run: Run): string[] => {
    expect(run.err).to.equal("");
    expect(run.code).to.equal(0);
    return run.out.trim().split("\n");
  };

  const chainAt = (url: string): Chain => {
    const provider = new JsonRpcProvider(url);
    return new Chain({
      request: ({ method, params }) => provider.send(method, params as unknown[]),
    });
  };

  describe("on a hardhat node, with its own account", () => {
    let node: NodeProcess;
    let environment: Record<string, string>;

    beforeEach(async () => {
      node = await startHardhatNode();
      environment = { NKMS_ADDRESSES: folder, NKMS_LOCALHOST_RPC_URL: node.url };
    });
    afterEach(() => node.stop());

    const network = (...task: string[]): Promise<Run> =>
      runTask(["network", ...task, "--no-compile", "--network", "localhost"], environment);

    it("deploys by one command, then has nothing to do; check and replay; then a new chain", async () => {
      const lines = expectGood(await network("deploy", "--yes"));
      const book = bookOf(31_337);
      expect(book.contracts).to.have.all.keys(...CONTRACTS);
      for (const name of CONTRACTS) {
        const { address } = book.contracts[name] ?? {};
        expect(lines).to.include(`  ${name.padEnd(16)} ${address}`);
        expect(
          lines.find((line) => line.includes(`│ ${name} `) && line.includes("gas") === false),
          name,
        ).to.include(address);
      }
      expect(lines).to.include("Transactions, in this order; 10 of 10 are left:");

      expect(expectGood(await network("deploy", "--yes"))).to.deep.equal([
        "Nothing to do: localhost has been deployed, and the code is there.",
      ]);
      expect(expectGood(await network("check"))[1]).to.equal("No account holds admin rights.");

      expect(expectGood(await network("replay")).at(-1)).to.equal("Events and chain agree.");

      const { address } = book.contracts["PolicyManager"] ?? {};
      const provider = new JsonRpcProvider(node.url);
      const slot = await slotWith(provider, address ?? "", book.contracts["ChallengeManager"]?.address ?? "");
      await provider.send("hardhat_setStorageAt", [address, slot, toBeHex(0, 32)]);
      provider.destroy();
      const bad = await network("check");
      expect(bad.code).to.equal(1);
      expect(bad.out).to.match(/^1 of \d+ values differ:$/m);
      expect(bad.out).to.include(
        `  PolicyManager.challengeManager: expected ${book.contracts["ChallengeManager"]?.address}, found ${ZeroAddress}\n`,
      );

      // The chain ends with its node; on the next one's the deployment is forgotten.
      await node.stop();
      node = await startHardhatNode();
      environment = { ...environment, NKMS_LOCALHOST_RPC_URL: node.url };
      const again = expectGood(await network("deploy", "--yes"));
      expect(again[0]).to.equal("Another chain runs here now: forgot what was deployed before.");
      expect(bookOf(31_337).contracts["NKMSToken"]?.address).to.equal(book.contracts["NKMSToken"]?.address);
    });
  });

  describe("on anvil as Sepolia, with a keystore", () => {
    const wallet = new Wallet(id("a deployer with a keystore"));
    let node: NodeProcess;
    let environment: Record<string, string>;

    before(function () {
      if (anvilPath() === undefined) this.skip(); // npm has none for this platform
    });

    beforeEach(async () => {
      node = await startAnvil(anvilPath() ?? "", "--chain-id", "11155111", "--block-time", "0.2", "--mixed-mining");
      const keystore = join(folder, "key.json");
      const password = join(folder, "password");
      writeFileSync(keystore, encryptKeystoreJsonSync(wallet, "open sesame", { scrypt: { N: 1_024 } }));
      writeFileSync(password, "open sesame\n");
      environment = {
        NKMS_ADDRESSES: folder,
        NKMS_SEPOLIA_RPC_URL: node.url,
        NKMS_KEYSTORE: keystore,
        NKMS_PASSWORD_FILE: password,
      };
      await setBalance("10");
    });
    afterEach(() => node.stop());

    const network = (...task: string[]): Promise<Run> =>
      runTask(["network", ...task, "--no-compile", "--network", "sepolia"], environment);

    async function setBalance(ether: string): Promise<void> {
      const provider = new JsonRpcProvider(node.url);
      await provider.send("anvil_setBalance", [wallet.address, toBeHex(parseEther(ether))]);
      provider.destroy();
    }

    it("sends nothing when there is nobody to confirm", async () => {
      const { code, err } = await network("deploy");
      expect([code, err]).to.deep.equal([1, "network: Deploy? [y/N]: expected a terminal, or --yes, got neither\n"]);
      expect(await chainAt(node.url).nonce(wallet.address, "pending")).to.equal(0);
    });

    it("goes on after it was killed twice, signs by itself, and is verified", async () => {
      const methods: string[] = [];
      const deployThrough = async (kill: (number: number, die: () => void) => boolean): Promise<Run> => {
        let die = (): void => undefined;
        const proxy = new Proxy(node.url, (number) => kill(number, die));
        const url = await proxy.open();
        const run = await runTask(
          ["network", "deploy", "--yes", "--no-compile", "--network", "sepolia"],
          { ...environment, NKMS_SEPOLIA_RPC_URL: url },
          (child) => (die = () => void child.kill("SIGKILL")),
        );
        await proxy.close();
        methods.push(...proxy.methods);
        return run;
      };

      // The fourth transaction never reaches the node, and we die.
      const first = await deployThrough((number, die) => {
        if (number === 4) die();
        return number === 4;
      });
      expect(first.signal, first.err).to.equal("SIGKILL");
      expect(await chainAt(node.url).nonce(wallet.address, "latest")).to.equal(3);

      // The sixth, this time the third, reaches it, and we die before we hear of it.
      const second = await deployThrough((number, die) => {
        if (number === 3) die();
        return false;
      });
      expect(second.signal, second.err).to.equal("SIGKILL");

      const lines = expectGood(await deployThrough(() => false));
      expect(lines).to.include("Transactions, in this order; 5 of 10 are left:");
      const book = bookOf(11_155_111);
      expect(CONTRACTS.map((name) => book.contracts[name]?.address)).to.deep.equal(expectedAddresses(wallet.address));
      expect(await chainAt(node.url).nonce(wallet.address, "latest")).to.equal(STEPS);
      expect(methods).not.to.include("eth_sendTransaction");
      expect(expectGood(await network("check"))[1]).to.equal("No account holds admin rights.");

      const explorer = new TestExplorer(chainAt(node.url), 11_155_111);
      await explorer.open();
      environment = {
        ...environment,
        NKMS_ETHERSCAN_KEY: "a key",
        NKMS_ETHERSCAN_URL: `${explorer.url}/v2/api`,
        NKMS_SOURCIFY_URL: explorer.url,
      };
      expect(expectGood(await network("verify", "--only", "CanaryBounty"))).to.deep.equal([
        "Explorers compile each contract, and are asked again while they don't answer: it can take minutes.",
        "CanaryBounty: etherscan says verified.",
        "CanaryBounty: sourcify says exact_match.",
      ]);
      await explorer.close();
      expect(bookOf(11_155_111).contracts["CanaryBounty"]?.verified).to.deep.equal({
        etherscan: "verified",
        sourcify: "exact_match",
      });
    });
  });

  it("checks and replays only networks that somebody names", async () => {
    for (const task of ["check", "replay"]) {
      const { code, err } = await runTask(["network", task, "--no-compile"], { NKMS_ADDRESSES: folder });
      const expected = "--network: expected a network where NKMS is deployed, such as localhost or sepolia, got none";
      expect([code, err.trim()], task).to.deep.equal([1, `network: ${expected}`]);
    }
  });

  it("rehearses without a node", async () => {
    const run = await runTask(["network", "deploy", "--dry-run", "--no-compile", "--network", "l2"], {
      NKMS_ADDRESSES: folder,
      NKMS_L2_RPC_URL: "",
    });
    const lines = expectGood(run);
    expect(lines[0]).to.match(/^NKMS on l2, chain 84532, by 0x/);
    expect(lines).to.include("Not in it: what the rollup takes for data on Ethereum.");
    expect(lines.some((line) => /│ challenges\.maxAge +│ 10,800 blocks, 6 hours at 2 s +│/.test(line))).to.equal(true);
    expect(lines.slice(-2)).to.deep.equal([
      "Rehearsed on an embedded chain, with an account of nobody's; nothing was sent.",
      "Set NKMS_L2_RPC_URL to plan with your own.",
    ]);
  });

  it("makes a keystore that only its owner may read", async () => {
    const [file, password] = [join(folder, "key.json"), join(folder, "password")];
    writeFileSync(password, "open sesame\n");
    const lines = expectGood(await runTask(["network", "keystore", file], { NKMS_PASSWORD_FILE: password }));
    const { address } = Wallet.fromEncryptedJsonSync(readFileSync(file, "utf8"), "open sesame");
    expect(lines).to.deep.equal([`The key of ${address} is in ${file}.`]);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).to.equal(0o600);
  });
});

/** The first storage slot of a contract that holds an address. */
async function slotWith(provider: JsonRpcProvider, contract: string, held: string): Promise<string> {
  for (let slot = 0; slot < 64; ++slot) {
    if ((await provider.getStorage(contract, slot)) === `0x${held.slice(2).toLowerCase().padStart(64, "0")}`) {
      return toBeHex(slot);
    }
  }
  throw new Error(`expected ${held} in the storage of ${contract}, found it nowhere`);
}
