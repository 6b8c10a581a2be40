import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { passPeriods } from "../helpers/time";
import { Economy, ROLLING } from "../models/economy";
import { expectAgreement } from "./agreement";
import { expectComplaint, expectRefusal } from "./refusals";
import { listener, run } from "./run";
import { load, PURSE, taskFolder, taskNetwork, type TaskNetwork } from "./scene";

/** A network, the model of it, and tasks of account 1. */
async function scene() {
  const network = await load(taskNetwork);
  const economy = new Economy(network.parameters, network.wiredIn);
  economy.toPeriod(await network.escrow.currentPeriod());
  const pass = async (periods: bigint): Promise<void> => economy.toPeriod(await passPeriods(network.escrow, periods));
  const stake = (task: string, args: Record<string, unknown> = {}, io = listener()) =>
    run("stake", task, { account: 1n, ...args }, io);
  const agrees = (...accounts: number[]) =>
    expectAgreement({ ...network, addressOf: (i) => addressOf(network, i) }, economy, accounts);
  return { ...network, economy, pass, stake, agrees };
}

const addressOf = ({ accounts }: TaskNetwork, number: number): string => {
  const account = accounts[number];
  if (!account) throw new Error(`account: expected one with number ${number}, got none`);
  return account.address;
};

describe("stake tasks", () => {
  taskFolder();

  it("lock what they say, by one transaction with a permit", async () => {
    const { economy, stake, agrees, token, escrow } = await scene();
    const io = listener();
    const outcome = await stake("lock", { amount: nkms("1000"), periods: 30n }, io);
    economy.lock("1", nkms("1000"), 30n);

    await agrees(1);
    expect(outcome.did).to.equal("sent");
    expect(outcome.transactions).to.have.lengthOf(1);
    expect(outcome.events.map(({ event }) => event)).to.include("LockOpened");
    expect(await token.allowance(outcome.account, escrow)).to.equal(0n);
    expect(io.lines.join("\n")).to.include("Lock 1,000 NKMS for 30 periods of 1 hour.");
    expect(io.lines.join("\n")).to.match(/It costs about 0\.000\d+ ETH: \d+ gas at /);
  });

  it("name the last day of a lock and the first one of its withdrawal as the contract has them", async () => {
    const { stake, escrow, economy, pass, agrees } = await scene();
    const { words } = await stake("lock", { amount: nkms("1000"), periods: 2n });
    economy.lock("1", nkms("1000"), 2n);
    const named = [...words.join(" ").matchAll(/period (\d+)/g)].map(([, period]) => BigInt(period ?? ""));
    const now = await escrow.currentPeriod();
    expect(named).to.deep.equal([now + 1n, now + 2n, now + 5n]);

    await pass(4n);
    await expectComplaint(stake("withdraw"), "NOT_FOUND", "withdrawable stake", "1,000 NKMS can be withdrawn from");
    await pass(1n);
    expect(await escrow.currentPeriod()).to.equal(named[2]);
    await stake("withdraw");
    economy.withdraw("1", nkms("1000"));
    await agrees(1);
  });

  it("use an allowance that is there already", async () => {
    const { token, escrow, accounts, stake, economy, agrees } = await scene();
    const miner = accounts[1];
    if (!miner) throw new Error("account 1: expected one, got none");
    await token.connect(miner).approve(escrow, nkms("1000"));
    const { calls } = await stake("lock", { amount: nkms("1000"), periods: 30n });
    expect(calls[0]?.data).to.equal(escrow.interface.encodeFunctionData("lock", [nkms("1000"), 30n]));
    economy.lock("1", nkms("1000"), 30n);
    await agrees(1);
  });

  it("top up, extend, split, roll, give notice and merge as the model does", async () => {
    const { economy, stake, agrees, pass } = await scene();
    await stake("lock", { amount: nkms("1000"), periods: 30n });
    const lock = economy.lock("1", nkms("1000"), 30n);
    const end = (): bigint => economy.locksOf("1").find(({ number }) => number === lock)?.end ?? 0n;

    const early = await stake("top-up", { lock: 0n, amount: nkms("50.5") });
    expect(early.words[0]).to.equal("Add 50.5 NKMS to lock 0 of yours.");
    economy.topUp("1", "1", lock, end(), nkms("50.5"));
    await pass(1n);
    const late = await stake("top-up", { lock: 0n, amount: nkms("9") });
    expect(late.words[0]).to.equal("Add 9 NKMS in a lock of its own, which ends with lock 0 of yours.");
    expect(late.events.map(({ event }) => event)).to.include("LockOpened");
    economy.topUp("1", "1", lock, end(), nkms("9"));
    await agrees(1);

    await stake("extend", { lock: 0n, periods: 10n });
    economy.extend("1", lock, end(), 10n);
    await stake("split", { lock: 0n, amount: nkms("400") });
    const part = economy.split("1", lock, end(), nkms("400"));
    await agrees(1);

    await stake("roll", { lock: 0n, notice: 50n });
    economy.roll("1", lock, end(), 50n);
    await agrees(1);
    await pass(3n);
    await stake("notice", { lock: 0n });
    economy.giveNotice("1", lock, ROLLING);
    await agrees(1);

    await stake("split", { lock: BigInt(part), amount: nkms("100") });
    const other = economy.split(
      "1",
      part,
      economy.locksOf("1").find(({ number }) => number === part)?.end ?? 0n,
      nkms("100"),
    );
    await stake("merge", { lock: BigInt(other), other: BigInt(part) });
    economy.merge("1", other, part, economy.locksOf("1").find(({ number }) => number === part)?.end ?? 0n);
    await agrees(1);
  });

  it("top up the lock of another miner", async () => {
    const { economy, stake, agrees, accounts } = await scene();
    await stake("lock", { account: 2n, amount: nkms("1000"), periods: 30n });
    const lock = economy.lock("2", nkms("1000"), 30n);
    const miner = accounts[2]?.address;
    const { words } = await stake("top-up", { lock: 0n, amount: nkms("100"), miner });
    economy.topUp("1", "2", lock, economy.now + 31n, nkms("100"));
    await agrees(1, 2);
    expect(words.join(" ")).to.include(`They are a gift: the stake and its rewards are ${miner}'s.`);
  });

  it("claim, compound, withdraw and advance as the model does", async () => {
    const { economy, stake, agrees, pass, escrow } = await scene();
    await stake("lock", { amount: nkms("1000"), periods: 4n });
    await stake("lock", { account: 2n, amount: nkms("3000"), periods: 50n });
    economy.lock("1", nkms("1000"), 4n);
    economy.lock("2", nkms("3000"), 50n);

    await pass(4n);
    const claimed = await stake("claim");
    const reward = economy.claim("1");
    expect(claimed.events.find(({ event }) => event === "RewardPaid")?.values["amount"]).to.equal(reward);
    expect(reward > 0n).to.equal(true);
    const { words } = await stake("compound", { account: 2n, lock: 0n });
    expect(words[0]).to.match(
      /^Add your vested reward, [\d,.]+ NKMS now, in a lock of its own, which ends with lock 0\.$/,
    );
    economy.compound("2", 0, economy.locksOf("2")[0]?.end ?? 0n);
    await agrees(1, 2);

    await pass(4n);
    await stake("withdraw", { amount: nkms("300") });
    economy.withdraw("1", nkms("300"));
    await stake("withdraw");
    economy.withdraw("1", nkms("700"));
    await agrees(1, 2);

    await pass(20n);
    await expectRefusal(stake("claim", { account: 2n }), "StakeEscrowBehind", {
      open: economy.open,
      period: economy.now,
    });
    await stake("advance", { periods: 3n });
    economy.advance(3n);
    expect(await escrow.openPeriod()).to.equal(economy.open);
    await stake("advance");
    economy.advance(500n);
    await stake("claim", { account: 2n });
    economy.claim("2");
    await agrees(1, 2);
    expect(await escrow.openPeriod()).to.equal(economy.open);
  });

  it("show an account as the model has it", async () => {
    const { economy, stake, pass, accounts } = await scene();
    await stake("lock", { amount: nkms("1000"), periods: 4n });
    await stake("lock", { amount: nkms("60"), periods: 9n });
    economy.lock("1", nkms("1000"), 4n);
    economy.lock("1", nkms("60"), 9n);
    await stake("roll", { lock: 1n, notice: 20n });
    economy.roll("1", 1, economy.now + 10n, 20n);
    await pass(7n);

    const io = listener();
    const found = await run<Record<string, Record<string, unknown>>>("stake", "status", { account: "1" }, io);
    expect(found["account"]).to.equal(accounts[1]?.address);
    const locks = found["locks"] as unknown as Record<string, unknown>[];
    expect(locks.map((lock) => ({ ...lock, number: Number(lock["number"]) }))).to.deep.equal(economy.locksOf("1"));
    expect(found["stake"]).to.deep.equal({
      total: nkms("1060"),
      lockedNextPeriod: economy.lockedIn("1", economy.now + 1n),
      earningNow: economy.earningOf("1", economy.now),
      withdrawable: economy.withdrawable("1"),
      nextUnlock: economy.nextUnlock("1"),
    });
    expect(found["stake"]).to.include({ withdrawable: nkms("1000"), earningNow: nkms("60") });
    const { claimable, vesting } = found["rewards"] ?? {};
    expect([claimable, vesting]).to.deep.equal([economy.claimable("1"), economy.vesting("1")]);
    expect(found["balance"]).to.equal(PURSE + economy.walletChange("1"));

    const words = io.lines.join("\n");
    expect(words)
      .to.match(/withdrawable now +1,000 NKMS/)
      .and.match(/health +healthy, miner number 1/);
    expect(words).to.include("until 20 periods of 1 hour after notice is given").and.include("It is in no policy.");
  });

  it("show an account by its address, as JSON and nothing else", async () => {
    const { accounts } = await scene();
    const io = listener();
    await run("stake", "status", { account: accounts[7]?.address, json: true }, io);
    const found = JSON.parse(io.lines.join("\n")) as Record<string, unknown>;
    expect(found["account"]).to.equal(accounts[7]?.address);
    expect(found["balance"]).to.equal(String(PURSE));
    expect(found["locks"]).to.deep.equal([]);
  });

  it("show the words of docs/errors.md when a contract refuses, and send nothing", async () => {
    const { stake, agrees, accounts } = await scene();
    const small = await expectRefusal(stake("lock", { amount: nkms("15"), periods: 30n }), "StakeEscrowTooSmall", {
      amount: nkms("15"),
      least: nkms("16"),
    });
    expect(small.message.split("\n")).to.deep.equal([
      "The contract refuses this: StakeEscrowTooSmall, amount = 15 NKMS, least = 16 NKMS.",
      "Why: `least` is s_min for a miner with less than s_min locked and for a stranger's top-up, else 1.",
      "What to do: send at least `least`; to compound, wait until something has vested.",
    ]);
    const length = { periods: 1n, shortest: 2n, longest: 365n };
    await expectRefusal(stake("lock", { amount: nkms("16"), periods: 1n }), "StakeEscrowLockLength", length);
    await expectRefusal(stake("lock", { amount: PURSE + 1n, periods: 30n }), "ERC20InsufficientBalance", {
      sender: accounts[1]?.address,
      balance: PURSE,
      needed: PURSE + 1n,
    });
    await agrees(1);
  });

  it("refuse locks that aren't there, before anything is asked of the chain", async () => {
    const { stake } = await scene();
    for (const task of ["extend", "split", "roll", "notice", "compound", "top-up", "merge"]) {
      const rest = { periods: 1n, amount: 1n, notice: 2n, other: 1n };
      await expectComplaint(stake(task, { lock: 0n, ...rest }), "NOT_FOUND", "lock", "a lock of 0x");
    }
    await stake("lock", { amount: nkms("16"), periods: 30n });
    await expectComplaint(stake("notice", { lock: 3n }), "NOT_FOUND", "lock", "one of 0, got 3");
    await expectRefusal(stake("notice", { lock: 0n }), "StakeEscrowLockIsFixed", { lock: 0n });
    await expectRefusal(stake("split", { lock: 0n, amount: nkms("16") }), "StakeEscrowSplitOutOfBounds", {
      lock: 0n,
      amount: nkms("16"),
      lockAmount: nkms("16"),
    });
    await expectRefusal(stake("merge", { lock: 0n, other: 0n }), "StakeEscrowSameLock", { lock: 0n });
    await stake("lock", { amount: nkms("16"), periods: 31n });
    const unlike = stake("merge", { lock: 0n, other: 1n });
    await expectComplaint(unlike, "BAD_ARGUMENT", "other", "expected a lock that ends with lock 0, through ");
    await stake("roll", { lock: 1n, notice: 40n });
    await expectComplaint(stake("merge", { lock: 1n, other: 0n }), "BAD_ARGUMENT", "other", "with lock 1, which rolls");
  });
});
