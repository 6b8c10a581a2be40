import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { kfragHash } from "@nkms/protocol";
import { type Capsule, encrypt, generateKFrags, SecretKey, Signer, type VerifiedKeyFrag } from "@nkms/umbral";
import { type Answer, formatAnswer } from "@nkms/verifier";
import { cheats } from "@nkms/verifier/cheats";
import { Fields, readDomain, readTerms } from "@nkms/verifier/tools";
import { expect } from "chai";
import { encryptKeystoreJson, id, parseEther, toBeHex, Wallet } from "ethers";

import { entryOf, readAddressBook } from "../../deploy/addressBook";
import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import type { Outcome } from "../../tasks/lib/carryOut";
import type { PolicyManager } from "../../typechain-types";
import { NKMSToken__factory, PolicyManager__factory, StakeEscrow__factory } from "../../typechain-types";
import { Economy, ROLLING } from "../models/economy";
import { Policies } from "../models/policies";
import { type Books, expectAgreement } from "./agreement";
import { type Node, startNode } from "./node";

/** What each of accounts 1 to 9 starts with. */
const PURSE = nkms("2,000,000");
const MINERS = [1, 2, 3];
const OWNER = 8;
const PAYER = 9;
const OFFER = { periods: 90n, rate: nkms("10"), collateral: nkms("100") };

/** A year of people who use nothing but tasks, on a chain in another process, and what the models make of it. */
class Year {
  readonly economy: Economy;
  readonly policies: Policies;
  /** The policy, as it is in the files of its owner. */
  policy = "";
  /** Numbers of accounts, in the order of the arrangements. */
  holders: number[] = [];
  /** What accounts got beside stake and rewards: fees and refunds, less what they paid for policies. Base units. */
  private readonly got = new Map<number, bigint>();

  private constructor(
    readonly node: Node,
    readonly folder: string,
    readonly books: Books & { policies: PolicyManager },
    readonly addresses: readonly string[],
    private readonly firstDay: bigint,
  ) {
    this.economy = new Economy(local, firstDay);
    this.policies = new Policies(local.policies, firstDay);
  }

  /** Deploys with the task for that, and gives everybody tokens. */
  static async begin(node: Node, folder: string): Promise<Year> {
    const deployed = await node.command("hardhat", ["network", "deploy", "--yes"]);
    expect(deployed.code, deployed.out).to.equal(0);
    process.env["NKMS_ADDRESSES"] = folder;
    const book = readAddressBook(31_337);
    const at = (name: string): string => entryOf(book, name).address;
    const escrow = StakeEscrow__factory.connect(at("StakeEscrow"), node.provider);
    const token = NKMSToken__factory.connect(at("NKMSToken"), node.provider);
    const policies = PolicyManager__factory.connect(at("PolicyManager"), node.provider);
    const addresses = (await node.provider.listAccounts()).map(({ address }) => address);
    const addressOf = (number: number): string => addresses[number] ?? "";
    const year = new Year(node, folder, { escrow, token, policies, addressOf }, addresses, await escrow.openPeriod());
    for (const number of [...MINERS, PAYER]) {
      await year.task("stake", "send", 0, { to: addressOf(number), amount: PURSE });
    }
    return year;
  }

  pay(account: number, amount: bigint): void {
    this.got.set(account, (this.got.get(account) ?? 0n) + amount);
  }

  at = (name: string): string => join(this.folder, name);

  task<Result = Outcome>(scope: string, task: string, account: number, args: object = {}): Promise<Result> {
    return this.node.task<Result>(scope, task, { account: BigInt(account), ...args });
  }

  stake = (task: string, account: number, args: object = {}): Promise<Outcome> =>
    this.task("stake", task, account, args);

  /** Moves the chain into the first hour of a day, counted from the deployment, and closes what one call can't. */
  async toDay(day: bigint): Promise<void> {
    const period = this.firstDay + day;
    const latest = await this.node.provider.getBlock("latest");
    const seconds = period * 86_400n + 3_600n - BigInt(latest?.timestamp ?? 0);
    await this.node.provider.send("evm_increaseTime", [toBeHex(seconds)]);
    await this.mine(1);
    this.economy.toPeriod(period);
    this.policies.toPeriod(period);
    if (period - this.economy.open > local.escrow.maxCatchUp) {
      await this.stake("advance", 4);
      this.economy.advance(600n);
    }
  }

  async mine(blocks: number): Promise<void> {
    await this.node.provider.send("hardhat_mine", [toBeHex(blocks)]);
  }

  /** The end of an account's lock. */
  endOf = (account: number, lock: number): bigint =>
    this.economy.locksOf(String(account)).find(({ number }) => number === lock)?.end ?? 0n;

  /** Stake and rewards of everybody, fees and refunds, and what each has, are as the models say. */
  async agrees(): Promise<void> {
    const { policies, token, escrow } = this.books;
    const addressOf = (account: number): string => this.books.addressOf(account);
    const extra = (account: number): bigint => this.got.get(account) ?? 0n;
    await expectAgreement({ ...this.books, purse: PURSE, extra }, this.economy, MINERS);
    for (const miner of MINERS) {
      expect(await policies.claimableFees(addressOf(miner))).to.equal(this.policies.claimable(String(miner)));
      expect(await policies.reservedNow(addressOf(miner))).to.equal(this.policies.reservedIn(String(miner)));
    }
    expect(await token.balanceOf(addressOf(PAYER)), "balance of the payer").to.equal(PURSE + extra(PAYER));
    expect(await policies.refundOf(addressOf(PAYER))).to.equal(this.policies.refundOf("payer"));
    expect(await token.balanceOf(policies)).to.equal(this.policies.holds);
    expect(await token.balanceOf(escrow)).to.equal(this.economy.escrowBalance);
  }
}

describe("A year with nothing but tasks, over JSON-RPC", function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "nkms-year-"));
  const folderBefore = process.env["NKMS_ADDRESSES"];
  let node: Node;
  let year: Year;
  let kfrags: VerifiedKeyFrag[];
  const owner = SecretKey.random();
  const capsule = encrypt(owner.publicKey(), new Uint8Array(32))[0];
  const challenger = new Wallet(id("the challenger's key"));

  before(async () => {
    node = await startNode(folder);
    year = await Year.begin(node, folder);
  });

  after(async () => {
    await node.stop();
    rmSync(folder, { recursive: true });
    if (folderBefore === undefined) delete process.env["NKMS_ADDRESSES"];
    else process.env["NKMS_ADDRESSES"] = folderBefore;
  });

  it("day 0: three miners lock, bond their operators and pledge", async () => {
    const stakes = [
      { amount: nkms("600,000"), periods: 60n },
      { amount: nkms("500,000"), periods: 300n },
      { amount: nkms("300,000"), periods: 365n },
    ];
    for (const [i, stake] of stakes.entries()) {
      const miner = i + 1;
      await year.stake("lock", miner, stake);
      year.economy.lock(String(miner), stake.amount, stake.periods);
      const out = year.at(`operator-${miner}.json`);
      await year.task("miner", "consent", 10 + miner, { miner: year.addresses[miner], goodFor: 7n, out });
      await year.task("miner", "bond-operator", miner, { consent: out });
      await year.task("miner", "set-pledge", miner, { limit: nkms("10,000") });
    }
    await year.agrees();
  });

  it("day 1: an owner draws two of the miners; they accept, and the payer pays for 90 days", async () => {
    await year.toDay(1n);
    const drawn = year.at("draw.json");
    const draw = { miners: 2n, spares: 1n, ...OFFER, seed: 1n, out: drawn };
    const { drawn: able } = await year.node.task<{ drawn: unknown[] }>("policy", "draw", draw);
    expect(able, "account 1 is locked too short to be drawn").to.have.lengthOf(2);

    const signer = new Signer(SecretKey.random());
    kfrags = generateKFrags(owner, SecretKey.random().publicKey(), signer, 2, 2, true, true);
    writeFileSync(year.at("kfrags.json"), JSON.stringify(kfrags.map(hashOf)));
    const { policy, terms } = await year.node.task<{ policy: string; terms: { arrangements: { miner: string }[] } }>(
      "policy",
      "draft",
      {
        draw: drawn,
        kfrags: year.at("kfrags.json"),
        owner: year.addresses[OWNER],
        payer: year.addresses[PAYER],
        goodFor: 7n,
        out: year.at("terms.json"),
      },
    );
    year.policy = policy;
    year.holders = terms.arrangements.map(({ miner }) => year.addresses.indexOf(miner));
    expect([...year.holders].sort()).to.deep.equal([2, 3]);
    const acceptances: string[] = [];
    for (const miner of year.holders) {
      const out = year.at(`acceptance-${miner}.json`);
      await year.task("policy", "accept", 10 + miner, { policy: year.at("terms.json"), out });
      acceptances.push(out);
    }
    await year.task("policy", "create", PAYER, { policy: year.at("terms.json"), acceptances });
    const miners = year.holders.map(String);
    year.pay(PAYER, -year.policies.create("p", { payer: "payer", ...OFFER, miners }));
    await year.agrees();
  });

  it("day 20: a lock is split, the part rolls, another lock gets more and later ends", async () => {
    await year.toDay(20n);
    const { economy } = year;
    await year.stake("split", 1, { lock: 0n, amount: nkms("200,000") });
    const part = economy.split("1", 0, year.endOf(1, 0), nkms("200,000"));
    await year.stake("roll", 1, { lock: BigInt(part), notice: 60n });
    economy.roll("1", part, year.endOf(1, part), 60n);
    await year.stake("top-up", 2, { lock: 0n, amount: nkms("12,345.678") });
    economy.topUp("2", "2", 0, year.endOf(2, 0), nkms("12,345.678"));
    await year.stake("extend", 3, { lock: 0n, periods: 100n });
    economy.extend("3", 0, year.endOf(3, 0), 100n);
    await year.agrees();
  });

  it("day 30: rewards are claimed and compounded, fees claimed", async () => {
    await year.toDay(30n);
    await year.stake("claim", 1);
    year.economy.claim("1");
    await year.stake("compound", 2, { lock: 0n });
    year.economy.compound("2", 0, year.endOf(2, 0));
    const [holder = 0] = year.holders;
    await year.task("miner", "claim-fees", holder);
    const fees = year.policies.claim(String(holder));
    expect(fees).to.equal(29n * OFFER.rate);
    year.pay(holder, fees);
    await year.agrees();
  });

  it("day 40: a node answers wrongly, and nkms-verify brings that to the chain", async () => {
    await year.toDay(40n);
    const holder = year.holders[1] ?? 0;
    const answer = year.at("answer.json");
    writeFileSync(answer, formatAnswer(await wrongAnswer(year, kfrags, capsule)));
    const { address, privateKey } = challenger;
    writeFileSync(
      year.at("challenger.json"),
      await encryptKeystoreJson({ address, privateKey }, "sesame", { scrypt: { N: 2, p: 1, r: 1 } }),
    );
    writeFileSync(year.at("password.txt"), "sesame");
    const [rich] = await node.provider.listAccounts();
    await (await rich?.sendTransaction({ to: challenger.address, value: parseEther("1") }))?.wait();

    const evidence = year.at("wrong.json");
    const found = await node.command("nkms-verify", [answer, "--evidence", evidence]);
    expect([found.code, found.out.includes("Wrong (ScalarZ)")], found.out).to.deep.equal([1, true]);
    const key = ["--keystore", year.at("challenger.json"), "--password-file", year.at("password.txt")];
    const step = (what: string) => node.command("nkms-verify", [what, evidence, "--rpc", node.url, "--yes", ...key]);
    const committed = await step("--commit");
    expect(committed.code, committed.out).to.equal(0);
    await year.mine(Number(local.challenges.minAge));
    const revealed = await step("--reveal");
    expect(revealed.code, revealed.out).to.equal(0);

    const verdict = year.policies.convict("p", 1, false);
    const byStake = verdict.toChallenger < verdict.fromStake ? verdict.toChallenger : verdict.fromStake;
    year.economy.slash(String(holder), verdict.fromStake, "challenger", byStake);
    expect(await year.books.token.balanceOf(challenger)).to.equal(verdict.toChallenger);
    expect(verdict.toChallenger).to.equal(nkms("20"));
    await year.agrees();
  });

  it("day 41: the owner revokes, and the payer fetches what isn't served, at once and after the window", async () => {
    await year.toDay(41n);
    await year.task("policy", "revoke", OWNER, { policy: year.policy });
    const closings = [...year.policies.revoke("p").values()];
    const heldUntil = closings[0]?.heldUntil ?? 0n;
    await year.task("policy", "refund", PAYER);
    year.pay(PAYER, year.policies.takeRefund("payer"));
    await year.agrees();

    await year.toDay(50n);
    expect(year.policies.now).to.equal(heldUntil);
    await year.task("policy", "refund", PAYER);
    year.pay(PAYER, year.policies.takeHeldRefund("payer", heldUntil));
    const [holder = 0] = year.holders;
    await year.task("miner", "claim-fees", holder);
    year.pay(holder, year.policies.claim(String(holder)));
    await year.agrees();
    expect(year.policies.holds).to.equal(0n);
  });

  it("day 63: the first lock can be withdrawn, not a day before; notice is given of the rolling one", async () => {
    await year.toDay(62n);
    await year.stake("withdraw", 1).then(
      () => expect.fail("nothing can be withdrawn on day 62"),
      (error: unknown) => expect(String(error)).to.include("400,000 NKMS can be withdrawn from"),
    );
    await year.toDay(63n);
    await year.stake("withdraw", 1);
    year.economy.withdraw("1", nkms("400,000"));
    await year.stake("notice", 1, { lock: 1n });
    year.economy.giveNotice("1", 1, ROLLING);
    await year.agrees();
  });

  it("day 200: after 137 days without a call, periods are closed and rewards are all there", async () => {
    await year.toDay(200n);
    await year.stake("withdraw", 1);
    year.economy.withdraw("1", nkms("200,000"));
    await year.stake("claim", 3);
    year.economy.claim("3");
    await year.agrees();
    const status = await node.task<{ stake: { total: bigint }; rewards: { vesting: bigint } }>("stake", "status", {
      account: "1",
    });
    expect([status.stake.total, status.rewards.vesting]).to.deep.equal([0n, 0n]);
  });

  it("day 365: what has ended is withdrawn, and everybody has what the models say", async () => {
    await year.toDay(365n);
    await year.stake("withdraw", 2);
    year.economy.withdraw("2", year.economy.withdrawable("2"));
    await year.stake("claim", 3);
    year.economy.claim("3");
    await year.agrees();
    expect(year.economy.stakeOf("2")).to.equal(0n);
  });

  it("day 365: the history of an account is in a CSV file", async () => {
    const csv = year.at("history.csv");
    await node.task("network", "history", { of: "3", out: csv });
    const lines = readFileSync(csv, "utf8").trimEnd().split("\r\n");
    const counted = (event: string): number => lines.filter((line) => line.includes(`,${event},`)).length;
    expect(lines[0]).to.equal("block,time,transaction,contract,event,words,values");
    expect(["LockOpened", "LockChanged", "RewardPaid", "Created"].map(counted)).to.deep.equal([1, 1, 2, 1]);
  });

  it("day 365: the command line says the same, and ends with 1 when a contract refuses", async () => {
    const lock = ["lock", "--amount", "1", "--periods", "30", "--account", "5", "--yes"];
    const [status, refused] = await Promise.all([
      node.command("hardhat", ["stake", "status", "3"]),
      node.command("hardhat", ["stake", ...lock]),
    ]);
    expect(status.code, status.out).to.equal(0);
    expect(status.out)
      .to.include(`${year.addresses[3]} on localhost`)
      .and.match(/health +healthy, miner number 3/);
    expect(refused.code, refused.out).to.equal(1);
    expect(refused.out).to.include("StakeEscrowTooSmall, amount = 1 NKMS, least = 16,000 NKMS");
    expect(refused.out).to.include("What to do: send at least `least`");
  });
});

/** The hash under which the terms name a key fragment. */
function hashOf(kfrag: VerifiedKeyFrag): string {
  const { id, precursor, proof } = kfrag.unverify();
  const [commitment, receiverSignature] = [proof.commitment.toBytes(), proof.signatureForReceiver.toBEBytes()];
  return kfragHash({ id, precursor: precursor.toBytes(), commitment, receiverSignature });
}

/** An answer that is wrong in z, signed by the operator of arrangement 1. */
async function wrongAnswer(year: Year, kfrags: readonly VerifiedKeyFrag[], capsule: Capsule): Promise<Answer> {
  const fields = new Fields("terms", JSON.parse(readFileSync(year.at("terms.json"), "utf8")), ["terms", "domain"]);
  const terms = readTerms(fields);
  const kfrag = kfrags.find((one) => hashOf(one) === terms.arrangements[1]?.kfragHash);
  const zeroZ = cheats["zeroZ"];
  if (!kfrag || !zeroZ) throw new Error("arrangement 1: expected a fragment and a way to cheat, got none");
  const operator = await year.node.provider.getSigner(10 + (year.holders[1] ?? 0));
  return zeroZ.answer({ terms, index: 1n, domain: readDomain(fields), kfrag, capsule, operator });
}
