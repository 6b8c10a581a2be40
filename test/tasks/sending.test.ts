import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { encryptKeystoreJson, id, Wallet } from "ethers";
import hre, { ethers } from "hardhat";

import { writeAddressBook } from "../../deploy/addressBook";
import { nkms } from "../../deploy/parameters/units";
import type { Outcome } from "../../tasks/lib/carryOut";
import { type SafeBatch, withChecksum } from "../../tasks/lib/safe";
import { Economy } from "../models/economy";
import { expectAgreement } from "./agreement";
import { expectComplaint, expectRefusal } from "./refusals";
import { listener, run } from "./run";
import { load, PURSE, taskFolder, taskNetwork } from "./scene";

const LOCK = { amount: nkms("1000"), periods: 30n };

/** A keystore that is cheap to open: tests don't need its password to be hard to guess. */
const keystoreOf = ({ address, privateKey }: Wallet): Promise<string> =>
  encryptKeystoreJson({ address, privateKey }, "sesame", { scrypt: { N: 2, p: 1, r: 1 } });

describe("Tasks that send", () => {
  const folder = taskFolder();
  const at = (name: string): string => join(folder, name);

  const lock = (args: Record<string, unknown>, io = listener()): Promise<Outcome> =>
    run("stake", "lock", { ...LOCK, ...args }, io);

  /** How much of its stake account 1 has locked, and how many blocks there are. */
  async function scene() {
    const network = await load(taskNetwork);
    const { escrow, accounts } = network;
    const [miner, other] = [accounts[1], accounts[2]];
    if (!miner || !other) throw new Error("accounts 1 and 2: expected them, got none");
    const untouched = async (): Promise<void> => {
      const next = (await escrow.currentPeriod()) + 1n;
      expect(await escrow.lockedIn(miner, next)).to.equal(0n);
      expect(await network.token.balanceOf(miner)).to.equal(PURSE);
    };
    return { ...network, miner, other, untouched };
  }

  describe("ask", () => {
    it("and send when the answer is yes", async () => {
      const { escrow, miner } = await scene();
      const io = listener({ confirm: true });
      expect((await lock({ account: 1n, yes: false }, io)).did).to.equal("sent");
      expect(io.questions).to.deep.equal(["Send it?"]);
      expect(await escrow.lockedIn(miner, (await escrow.currentPeriod()) + 1n)).to.equal(LOCK.amount);
    });

    it("and send nothing when it is no", async () => {
      const { untouched } = await scene();
      const io = listener({ confirm: false });
      const outcome = await lock({ account: 1n, yes: false }, io);
      expect([outcome.did, outcome.transactions, io.lines.at(-1)]).to.deep.equal(["nothing", [], "Nothing was sent."]);
      await untouched();
    });

    it("and send nothing where nobody answers", async () => {
      const { untouched } = await scene();
      await expectComplaint(lock({ account: 1n, yes: false }), "NOBODY_TO_ASK", "--yes");
      await untouched();
    });
  });

  it("say what would happen, with --dry-run, and send nothing", async () => {
    const { untouched } = await scene();
    const io = listener();
    const outcome = await lock({ account: 1n, dryRun: true, yes: false }, io);
    expect([outcome.did, outcome.answers]).to.deep.equal(["simulated", ["number 0"]]);
    expect(io.lines.at(-1)).to.equal("Nothing was sent. The chain would do it now, and answer: number 0.");
    await expectRefusal(lock({ account: 1n, dryRun: true, periods: 1n }), "StakeEscrowLockLength", {
      periods: 1n,
      shortest: 2n,
      longest: 365n,
    });
    await untouched();
  });

  it("simulate for an account whose key isn't here what comes after an approval", async () => {
    const { miner, untouched } = await scene();
    const { did, answers, calls } = await lock({ from: miner.address, dryRun: true });
    expect([did, answers, calls.length]).to.deep.equal(["simulated", ["number 0"], 2]);
    await expectRefusal(lock({ from: miner.address, dryRun: true, amount: nkms("15") }), "StakeEscrowTooSmall", {
      amount: nkms("15"),
      least: nkms("16"),
    });
    await untouched();
  });

  it("print JSON and nothing else, with --json", async () => {
    await scene();
    const io = listener();
    await lock({ account: 1n, json: true }, io);
    const printed = JSON.parse(io.lines.join("\n")) as { did: string; events: { event: string; values: unknown }[] };
    expect(printed.did).to.equal("sent");
    expect(printed.events.find(({ event }) => event === "LockOpened")?.values).to.include({ amount: `${LOCK.amount}` });
  });

  describe("know who sends", () => {
    it("and refuse none, two, an account that isn't there, and an address without a key", async () => {
      const { miner, untouched } = await scene();
      await expectComplaint(lock({}), "NO_SENDER", "sender", "got none");
      await expectComplaint(lock({ account: 1n, from: miner.address }), "NO_SENDER", "sender", "--account and --from");
      await expectComplaint(lock({ account: 99n }), "NO_SENDER", "account", "0 .. 19, got 99");
      const io = listener({ confirm: true });
      const keyless = lock({ from: miner.address, yes: false }, io);
      await expectComplaint(keyless, "NO_SENDER", "from", "--unsigned or --dry-run");
      expect([io.questions, io.lines], "asked for nothing").to.deep.equal([[], []]);
      await untouched();
    });

    it("and send with a keystore, whose password is typed, in the environment, or in a file", async () => {
      const { token, escrow, accounts } = await scene();
      const wallet = new Wallet(id("a sender's key"));
      writeFileSync(at("key.json"), await keystoreOf(wallet));
      writeFileSync(at("password.txt"), "sesame\n");
      await setBalance(wallet.address, ethers.parseEther("1"));
      await token.connect(accounts[0]).transfer(wallet, nkms("5000"));

      const io = listener({ password: "sesame" });
      const { account } = await lock({ keystore: at("key.json") }, io);
      expect([account, io.questions]).to.deep.equal([wallet.address, [`Password of ${at("key.json")}: `]]);
      await lock({ keystore: at("key.json"), passwordFile: at("password.txt") });
      process.env["NKMS_PASSWORD"] = "sesame";
      try {
        await lock({ keystore: at("key.json") });
      } finally {
        delete process.env["NKMS_PASSWORD"];
      }
      expect(await escrow.lockedIn(wallet, (await escrow.currentPeriod()) + 1n)).to.equal(3n * LOCK.amount);
    });

    it("and ask for no password before there is something to sign", async () => {
      await scene();
      const wallet = new Wallet(id("a sender's key"));
      writeFileSync(at("quiet.json"), await keystoreOf(wallet));
      const io = listener();
      await run("stake", "claim", { keystore: at("quiet.json"), dryRun: true }, io);
      expect(io.questions).to.deep.equal([]);
    });

    it("and refuse a wrong password, a file that isn't there, and one that isn't a keystore", async () => {
      const { untouched } = await scene();
      writeFileSync(at("locked.json"), await keystoreOf(new Wallet(id("another key"))));
      writeFileSync(at("raw.json"), JSON.stringify({ key: "none" }));
      const wrong = lock({ keystore: at("locked.json") }, listener({ password: "guess" }));
      await expectComplaint(wrong, "KEYSTORE", at("locked.json"), "got another one");
      await expectComplaint(lock({ keystore: at("none.json") }), "KEYSTORE", "keystore", at("none.json"));
      await expectComplaint(lock({ keystore: at("raw.json") }), "KEYSTORE", at("raw.json"));
      await untouched();
    });

    it("and refuse an account that can't pay for the transaction", async () => {
      const { miner, untouched } = await scene();
      await setBalance(miner.address, 1_000n);
      await expectComplaint(run("stake", "claim", { account: 1n }), "TOO_POOR", `ether of ${miner.address}`);
      await untouched();
    });
  });

  describe("write transactions for another wallet, with --unsigned", () => {
    it("as calldata and as a batch for a Safe with its checksum, and send nothing", async () => {
      const { miner, token, escrow, untouched } = await scene();
      const outcome = await lock({ from: miner.address, unsigned: at("lock.json") });
      expect([outcome.did, outcome.files]).to.deep.equal(["written", [at("lock.json"), at("lock.safe.json")]]);
      const calls = [
        {
          to: await token.getAddress(),
          value: "0",
          data: token.interface.encodeFunctionData("approve", [await escrow.getAddress(), LOCK.amount]),
        },
        {
          to: await escrow.getAddress(),
          value: "0",
          data: escrow.interface.encodeFunctionData("lock", [LOCK.amount, LOCK.periods]),
        },
      ];
      expect(JSON.parse(readFileSync(at("lock.json"), "utf8"))).to.deep.equal(calls);
      const own = await lock({ account: 1n, unsigned: at("own.json") });
      expect(own.calls.map(({ data }) => data)).to.deep.equal(calls.map(({ data }) => data));
      const batch = JSON.parse(readFileSync(at("lock.safe.json"), "utf8")) as SafeBatch;
      expect(batch.transactions.map(({ to, value, data }) => ({ to, value, data }))).to.deep.equal(calls);
      expect(batch.meta).to.include({ name: "NKMS: approve, lock", createdFromSafeAddress: miner.address });
      expect([batch.version, batch.chainId]).to.deep.equal(["1.0", "31337"]);
      expect(withChecksum(batch)).to.deep.equal(batch);
      await untouched();
    });

    it("that a wallet that is a contract executes with the same result as an account that sends", async () => {
      const network = await scene();
      const { escrow, token, miner, parameters, wiredIn } = network;
      const wallet = await ethers.deployContract("Wallet__Mock");
      const address = await wallet.getAddress();
      await token.transfer(address, PURSE);
      const economy = new Economy(parameters, wiredIn);
      economy.toPeriod(await escrow.currentPeriod());

      const execute = async (): Promise<void> => {
        const calls = JSON.parse(readFileSync(at("wallet.json"), "utf8")) as {
          to: string;
          value: string;
          data: string;
        }[];
        await wallet.execute(
          calls.map(({ to }) => to),
          calls.map(({ value }) => BigInt(value)),
          calls.map(({ data }) => data),
        );
      };
      const both = async (task: string, args: Record<string, unknown>): Promise<void> => {
        await run("stake", task, { from: address, unsigned: at("wallet.json"), ...args });
        await execute();
        await run("stake", task, { account: 1n, ...args });
      };
      await both("lock", LOCK);
      await both("top-up", { lock: 0n, amount: nkms("10") });
      await both("split", { lock: 0n, amount: nkms("400") });
      await both("roll", { lock: 1n, notice: 40n });
      await both("notice", { lock: 1n });
      for (const name of ["1", "2"]) {
        const [start, lockNumber] = [economy.now + 31n, economy.lock(name, LOCK.amount, LOCK.periods)];
        economy.topUp(name, name, lockNumber, start, nkms("10"));
        const part = economy.split(name, lockNumber, start, nkms("400"));
        economy.roll(name, part, start, 40n);
        economy.giveNotice(name, part, 2n ** 32n - 1n);
      }
      const addressOf = (number: number): string => (number === 1 ? miner.address : address);
      await expectAgreement({ escrow, token, addressOf }, economy, [1, 2]);
    });

    it("and refuse what a contract would refuse, without writing anything", async () => {
      const { miner } = await scene();
      const work = lock({ from: miner.address, unsigned: at("refused.json"), periods: 1n });
      await expectRefusal(work, "StakeEscrowLockLength", { periods: 1n, shortest: 2n, longest: 365n });
      expect(existsSync(at("refused.json"))).to.equal(false);
    });
  });

  it("complain about a file that can't be written", async () => {
    const { miner } = await scene();
    const work = lock({ from: miner.address, unsigned: at("no/folder.json") });
    await expectComplaint(work, "BAD_FILE", at("no/folder.json"), "got no such file or folder");
  });

  describe("complain", () => {
    /** Another network's name, as if `--network` named it, with the same chain behind it. */
    async function on<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
      hre.network.name = name;
      try {
        return await work();
      } finally {
        hre.network.name = "hardhat";
      }
    }

    async function having<Result>(variables: Record<string, string>, work: () => Promise<Result>): Promise<Result> {
      const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
      Object.assign(process.env, variables);
      try {
        return await work();
      } finally {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name];
          else process.env[name] = value;
        }
      }
    }

    it("about an address book of a chain that was started anew", async () => {
      const { book, other } = await scene();
      const entry = book.contracts["StakeEscrow"];
      if (!entry) throw new Error("StakeEscrow: expected it in the address book, got none");
      writeAddressBook({
        ...book,
        contracts: { ...book.contracts, StakeEscrow: { ...entry, address: other.address } },
      });
      const work = on("localhost", () => lock({ account: 1n }));
      await expectComplaint(work, "NOT_ON_CHAIN", `${other.address} on localhost`, "`network deploy`");
      await expectComplaint(lock({ account: 1n }), "OTHER_CHAIN", "network", "--network localhost");
      writeAddressBook(book);
    });

    it("about a chain without NKMS", async () => {
      await scene();
      await having({ NKMS_ADDRESSES: at("nowhere") }, async () => {
        const work = on("localhost", () => lock({ account: 1n }));
        await expectComplaint(work, "NO_BOOK", "chain 31337", "`network deploy`");
        await expectComplaint(lock({ account: 1n }), "OTHER_CHAIN", "network", "--network localhost");
      });
    });

    it("about a network whose node nobody named, and about one with another chain's node", async () => {
      const { miner } = await scene();
      const work = () => on("hoodi", () => lock({ from: miner.address, dryRun: true }));
      await having({ NKMS_HOODI_RPC_URL: "" }, () =>
        expectComplaint(work(), "NO_NETWORK", "NKMS_HOODI_RPC_URL", "expected the URL of a node, got nothing"),
      );
      await having({ NKMS_HOODI_RPC_URL: "http://127.0.0.1:1" }, () =>
        expectComplaint(work(), "OTHER_CHAIN", "node of hoodi", "expected chain 560048, got chain 31337"),
      );
    });
  });
});
