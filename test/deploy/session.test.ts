import fs, { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { setBalance, setCode, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { Wallet, encryptKeystoreJsonSync, keccak256, parseEther } from "ethers";
import hre from "hardhat";

import { addressesFolder, bookFile, CONTRACTS, entryOf, readAddressBook } from "../../deploy/addressBook";
import { DeployError } from "../../deploy/errors";
import { makeKeystore } from "../../deploy/keystore";
import { type NetworkDefinition, networkNamed } from "../../deploy/networks";
import { type DeployWishes, runDeployment, runVerification } from "../../deploy/session";
import { runReplay } from "../../scripts/replay/report";
import { NKMSToken__factory } from "../../typechain-types";
import { chain, cleanSlate, network, node, wallet } from "./fixtures";

const WISHES: DeployWishes = { dryRun: false, yes: true, keystore: undefined };

describe("deploying, as people see it", () => {
  cleanSlate();
  let before: string | undefined;
  beforeEach(() => (before = process.env["NKMS_PASSWORD_FILE"]));
  afterEach(() => {
    if (before === undefined) delete process.env["NKMS_PASSWORD_FILE"];
    else process.env["NKMS_PASSWORD_FILE"] = before;
  });

  async function deploy(wishes: Partial<DeployWishes> = {}, on: NetworkDefinition = network): Promise<string[]> {
    const lines: string[] = [];
    await runDeployment(hre, on, node, { ...WISHES, ...wishes }, (text) => lines.push(...text.split("\n")));
    return lines;
  }

  /** Expects a refusal that leaves no trace on chain. */
  async function refusal(action: () => Promise<unknown>): Promise<DeployError> {
    const block = await chain.blockNumber();
    const error = await action().catch((cause: unknown) => cause);
    expect(await chain.blockNumber()).to.equal(block);
    if (error instanceof DeployError) return error;
    throw new Error(`expected a DeployError, got ${String(error)}`);
  }

  /** A file in the folder that each test has for itself. */
  function file(name: string, content: string): string {
    const path = join(addressesFolder(), name);
    writeFileSync(path, content);
    return path;
  }

  const keystore = (password: string): string =>
    file("key.json", encryptKeystoreJsonSync(wallet, password, { scrypt: { N: 1_024 } }));

  it("prints the plan, deploys, and says where the address book is", async () => {
    const lines = await deploy();
    expect(lines[0]).to.match(/^NKMS on localhost, chain 31337, by 0x\w{40}, which has \d+\.\d+ ether\.$/);
    expect(lines).to.include("After the last one no account has special rights, the deployer neither.");
    expect(lines).to.include(`Deployed and wired. The address book is ${bookFile(31_337)}:`);
    expect(lines.find((line) => line.includes("escrow.minStake"))).to.match(/│ 16,000 NKMS +│/);
    expect(lines.find((line) => line.includes("health.seedBlocks"))).to.match(/│ 50 blocks, 10 minutes at 12 s +│/);
    expect(readAddressBook(31_337).network).to.equal("localhost");
    expect(lines.at(-1)).to.equal("Next: npx hardhat network check --network localhost.");
  });

  it("doesn't show explorers a chain that only this machine knows", async () => {
    await deploy();
    const error = await refusal(() => runVerification(hre.artifacts, network, undefined, () => undefined));
    expect([error.code, error.message]).to.deep.equal([
      "OTHER_CHAIN",
      "--network: expected a chain that explorers know, or NKMS_SOURCIFY_URL, got localhost",
    ]);
  });

  it("doesn't replay a chain that is gone", async () => {
    const clean = await takeSnapshot();
    await deploy();
    const { address } = entryOf(readAddressBook(31_337), "NKMSToken");
    await clean.restore();
    const error = await refusal(() => runReplay(hre, network, () => undefined));
    expect(error.code).to.equal("NOT_ON_CHAIN");
    expect(error.message).to.equal(
      `NKMSToken at ${address}: expected a contract; \`network deploy\` deploys one, got none`,
    );
  });

  it("has nothing to do once more, and wants no key for that", async () => {
    await deploy();
    const block = await chain.blockNumber();
    const lines = await deploy({ keystore: "no such file" });
    expect(lines).to.deep.equal(["Nothing to do: localhost has been deployed, and the code is there."]);
    expect(await chain.blockNumber()).to.equal(block);
  });

  it("sends and writes nothing in a dry run", async () => {
    const block = await chain.blockNumber();
    const lines = await deploy({ dryRun: true, yes: false });
    expect(lines.at(-1)).to.equal("Rehearsed on an embedded chain with these parameters; nothing was sent.");
    expect(await chain.blockNumber()).to.equal(block);
    expect(existsSync(bookFile(31_337))).to.equal(false);
  });

  it("forgets a deployment whose chain is gone, but not in a dry run", async () => {
    const clean = await takeSnapshot();
    await deploy();
    const text = readFileSync(bookFile(31_337), "utf8");
    await clean.restore();
    expect((await deploy({ dryRun: true })).at(-1)).to.match(/nothing was sent\.$/);
    expect(readFileSync(bookFile(31_337), "utf8")).to.equal(text);
    expect((await deploy())[0]).to.equal("Another chain runs here now: forgot what was deployed before.");
  });

  it("doesn't deploy over other code", async () => {
    await deploy();
    const { address, codeHash } = entryOf(readAddressBook(31_337), "HealthVote");
    await setCode(address, "0x00");
    const error = await refusal(() => deploy());
    expect(error.code).to.equal("NOT_ON_CHAIN");
    expect(error.message).to.equal(
      `HealthVote at ${address}: expected code with hash ${codeHash}, got ${keccak256("0x00")}`,
    );
  });

  it("doesn't begin what the account can't pay to the end", async () => {
    const [account = ""] = await chain.accounts();
    await setBalance(account, parseEther("0.001"));
    const error = await refusal(() => deploy());
    expect(error.code).to.equal("TOO_POOR");
    expect(error.message).to.match(/: expected 0\.\d+ ether for what is left, if fees double, got 0\.001 ether$/);
  });

  it("doesn't deploy to another chain", async () => {
    const error = await refusal(() => deploy({}, { ...networkNamed("hoodi"), defaultUrl: "this one" }));
    expect([error.code, error.message]).to.deep.equal([
      "OTHER_CHAIN",
      "node of hoodi: expected chain 560048, got chain 31337",
    ]);
  });

  it("says which variable the node's URL is missing in", async () => {
    const on = { ...networkNamed("hoodi"), urlVariable: "NKMS_A_VARIABLE_THAT_NOBODY_SETS" };
    const error = await refusal(() => deploy({}, on));
    expect([error.code, error.message]).to.deep.equal([
      "NO_NETWORK",
      "NKMS_A_VARIABLE_THAT_NOBODY_SETS: expected the URL of a node, got nothing",
    ]);
    for (const name of ["mainnet", "constructor"]) {
      expect(() => networkNamed(name))
        .to.throw(DeployError, `--network: expected one of localhost, hardhat, sepolia, hoodi, l2, got ${name}`)
        .with.property("code", "NO_NETWORK");
    }
  });

  it("doesn't show the keys in the URL of a node that doesn't answer", async () => {
    const offline: typeof node = { request: () => Promise.reject(new Error("offline")) };
    for (const [url, got] of [
      ["https://user:secret@node.example:8545/v3/secret?key=secret", "nothing from node.example:8545"],
      ["node.example/secret", "something that isn't one"],
    ] as const) {
      const on = { ...networkNamed("hoodi"), urlVariable: "NKMS_A_VARIABLE_THAT_NOBODY_SETS", defaultUrl: url };
      const error = await refusal(() => runDeployment(hre, on, offline, WISHES, () => {}));
      expect([error.code, error.message]).to.deep.equal([
        "NO_NETWORK",
        `NKMS_A_VARIABLE_THAT_NOBODY_SETS: expected the URL of a node that answers, got ${got}`,
      ]);
    }
  });

  it("refuses in the rehearsal what a constructor refuses", async () => {
    const { parameters } = network;
    const bad = { ...parameters, challenges: { ...parameters.challenges, maxAge: 12_601n } };
    const error = await refusal(() => deploy({}, { ...network, parameters: bad }));
    expect(error.code).to.equal("BAD_PARAMETER");
    expect(error.message).to.match(/^parameters of localhost: .*ChallengeManagerParameterOutOfBounds.*12601/);
  });

  it("gives the initial supply to the distributor", async () => {
    const [, distributor = ""] = await chain.accounts();
    const { parameters } = network;
    await deploy({}, { ...network, parameters: { ...parameters, distributor } });
    const token = NKMSToken__factory.connect(
      entryOf(readAddressBook(31_337), "NKMSToken").address,
      hre.ethers.provider,
    );
    expect(await token.balanceOf(distributor)).to.equal(parameters.initialSupply);
  });

  describe("with a keystore", () => {
    it("deploys with its key", async () => {
      process.env["NKMS_PASSWORD_FILE"] = file("password", "open sesame\n");
      const [lines, synced] = await syncedWhile(() => deploy({ keystore: keystore("open sesame") }));
      expect(synced, "what was signed, before it is sent, and the address book").to.equal(CONTRACTS.length + 3 + 1);
      expect(lines[0]).to.include(`by ${wallet.address}, which has 100.0 ether`);
      const { transaction } = entryOf(readAddressBook(31_337), "CanaryBounty");
      expect((await chain.transaction(transaction))?.from.toLowerCase()).to.equal(wallet.address.toLowerCase());
    });

    it("refuses another password, and what is no keystore", async () => {
      process.env["NKMS_PASSWORD_FILE"] = file("password", "open barley");
      const wrong = await refusal(() => deploy({ keystore: keystore("open sesame") }));
      expect(wrong.code).to.equal("KEYSTORE");
      expect(wrong.message).to.match(/key\.json: expected the password that it was encrypted with, got another one$/);
      const missing = await refusal(() => deploy({ keystore: "no such file" }));
      expect(missing.message).to.equal("keystore: expected a file that can be read, got no such file");
      const none = await refusal(() => deploy({ keystore: file("other.json", "{}") }));
      expect(none.message).to.match(/other\.json: expected an encrypted JSON keystore, got something else$/);
      for (const address of ['"zz"', "5", "{}", `"${"00".repeat(19)}"`]) {
        const path = file("other.json", `{"version": 3, "address": ${address}}`);
        const other = await refusal(() => deploy({ keystore: path }));
        expect(other.message).to.match(/other\.json: expected an encrypted JSON keystore, got something else$/);
      }
    });

    it("is not made without a password, nor where no file can be", async () => {
      const nowhere = join(addressesFolder(), "no/new.json");
      process.env["NKMS_PASSWORD_FILE"] = file("password", "\n");
      const empty = await refusal(() => makeKeystore(join(addressesFolder(), "new.json")));
      expect(empty.message).to.equal("password: expected one character or more, got none");
      process.env["NKMS_PASSWORD_FILE"] = file("password", "open sesame\n");
      const error = await refusal(() => makeKeystore(nowhere));
      expect(error.message).to.equal(`file: expected a name in a folder that can be written to, got ${nowhere}`);
    });

    it("is never written over", async () => {
      process.env["NKMS_PASSWORD_FILE"] = file("password", "open sesame\n");
      const path = join(addressesFolder(), "new.json");
      const [address, synced] = await syncedWhile(() => makeKeystore(path));
      expect(synced, "on the disk before anybody sends anything to it").to.equal(1);
      const text = readFileSync(path, "utf8");
      expect(Wallet.fromEncryptedJsonSync(text, "open sesame").address).to.equal(address);
      const error = await refusal(() => makeKeystore(path));
      expect(error.message).to.equal(`file: expected a name that no file has yet, got ${path}`);
      delete process.env["NKMS_PASSWORD_FILE"];
      expect((await refusal(() => makeKeystore(path))).message, "before a password is asked for").to.equal(
        error.message,
      );
      expect(readFileSync(path, "utf8")).to.equal(text);
    });
  });
});

/** What an action comes to, and how many files were written through to the disk meanwhile. */
async function syncedWhile<T>(action: () => Promise<T>): Promise<[result: T, synced: number]> {
  const { fsyncSync } = fs;
  let synced = 0;
  fs.fsyncSync = (descriptor) => {
    synced += 1;
    fsyncSync(descriptor);
  };
  try {
    const result = await action();
    return [result, synced];
  } finally {
    fs.fsyncSync = fsyncSync;
  }
}
