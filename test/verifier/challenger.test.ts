import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { mine } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { encrypt } from "@nkms/umbral";
import {
  type ChallengeChain,
  Challenger,
  EthersChain,
  type Evidence,
  leakOfReuse,
  makeEvidence,
  type Step,
  VerifierError,
  type VerifierErrorCode,
} from "@nkms/verifier";
import { cheats, reuseRandomness } from "@nkms/verifier/cheats";
import { expect } from "chai";
import { ethers } from "hardhat";

import { expectPaid, load, nodeAt, verifierScene, type VerifierScene } from "./fixtures";

const MIN_AGE = 5n;
const MAX_AGE = 200n;

/** A power cut. */
class Crash extends Error {}

let folder: string;

/** Evidence of a wrong answer of node `index`. */
async function wrong(s: VerifierScene, index = 0): Promise<Evidence> {
  const cheat = cheats["brokenV"];
  if (!cheat) throw new Error("expected a cheat");
  return makeEvidence(await cheat.answer(nodeAt(s, index)));
}

/** Evidence of two right answers of node `index` with the same t. */
async function leak(s: VerifierScene, index = 0): Promise<Evidence> {
  const [other] = encrypt(s.grant.owner.publicKey(), Buffer.from("another secret"));
  const evidence = leakOfReuse(...(await reuseRandomness(nodeAt(s, index), other)));
  if (!evidence) throw new Error("expected a secret");
  return evidence;
}

const chainFor = async ({ challenges, challenger }: VerifierScene, by = challenger): Promise<EthersChain> =>
  EthersChain.connect(by, await challenges.getAddress());

interface Opening {
  by?: HardhatEthersSigner;
  journal?: string;
  chain?: ChallengeChain;
}

/** A challenger that mines a block whenever it waits. */
const open = async (
  s: VerifierScene,
  evidence: Evidence,
  { by = s.challenger, journal = "one.journal.json", chain }: Opening = {},
): Promise<Challenger> =>
  Challenger.open(chain ?? (await chainFor(s, by)), evidence, join(folder, journal), {
    pollInterval: 0,
    sleep: () => mine(1),
  });

/** A chain to which the computer fails before, or after, something is sent. */
async function crashing(s: VerifierScene, step: Step, when: "before" | "after"): Promise<ChallengeChain> {
  const chain = await chainFor(s);
  return new Proxy<ChallengeChain>(chain, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name, target);
      if (name !== "send" || typeof own !== "function") {
        return typeof own === "function" ? (own.bind(target) as unknown) : own;
      }
      return async (...args: Parameters<ChallengeChain["send"]>) => {
        if (args[0].step !== step) return target.send(...args);
        if (when === "after") await target.send(...args);
        throw new Crash(`${when} ${step}`);
      };
    },
  });
}

const bonds = ({ challenges }: VerifierScene): Promise<bigint> => ethers.provider.getBalance(challenges);

/** Takes all steps, each by a new object; returns the last status. */
async function play(s: VerifierScene, evidence: Evidence, opening: Opening = {}) {
  await (await open(s, evidence, opening)).commit();
  await (await open(s, evidence, opening)).untilRipe();
  await (await open(s, evidence, opening)).reveal();
  return (await open(s, evidence, opening)).takeBond();
}

/** What a promise rejects with. */
async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection");
}

async function expectCode(promise: Promise<unknown>, code: VerifierErrorCode): Promise<void> {
  const error = await thrownBy(promise);
  if (!(error instanceof VerifierError)) throw error;
  expect(error.code, error.message).to.equal(code);
}

describe("A challenger on the chain", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nkms-challenger-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [words, make, leaked] of [
    ["a wrong answer", wrong, false],
    ["a leaked key", leak, true],
  ] as const) {
    for (const periods of [0, 1, 4, 10, 14]) {
      it(`is paid for ${words} what the plan promised, ${periods} periods after the policy's creation`, async () => {
        const s = await load(verifierScene, periods);
        const evidence = await make(s);
        const challenger = await open(s, evidence);
        const plan = await challenger.plan();
        const [purse, wallet] = [await s.token.balanceOf(s.challenger), await ethers.provider.getBalance(s.challenger)];

        expect(await challenger.commit()).to.include({ kind: "young" });
        expect(await bonds(s)).to.equal(plan.bond);
        const { toChallenger } = await expectPaid(s, 0n, leaked, async () => {
          expect(await challenger.untilRipe()).to.include({ kind: "ripe" });
          expect(await challenger.reveal()).to.deep.equal({ kind: "founded", reward: plan.reward });
        });
        expect(plan.reward).to.equal(toChallenger);
        expect((await s.token.balanceOf(s.challenger)) - purse).to.equal(plan.reward);
        expect(await challenger.takeBond()).to.deep.equal({ kind: "done", reward: plan.reward });
        expect(await bonds(s)).to.equal(0n);
        const spent = wallet - (await ethers.provider.getBalance(s.challenger));
        expect(spent < plan.bond / 100n, "gas, and no bond").to.equal(true);
      });
    }

    it(`plans no less gas for ${words} than it takes, and not much more, where all periods are counted @uninstrumented`, async () => {
      const s = await load(verifierScene, 4);
      await s.escrow.advance(16n);
      const challenger = await open(s, await make(s));
      const { gas } = await challenger.plan();
      await challenger.commit();
      await challenger.untilRipe();
      await challenger.reveal();
      await challenger.takeBond();
      const sent = Object.fromEntries((challenger.journal?.sent ?? []).map(({ step, hash }) => [step, hash ?? ""]));
      for (const step of ["commit", "reveal", "takeBond"] as const) {
        const used = (await ethers.provider.getTransactionReceipt(sent[step] ?? ""))?.gasUsed ?? 0n;
        expect(gas[step] >= used, `${step}: planned ${gas[step]}, took ${used}`).to.equal(true);
        expect(gas[step] <= (used * 11n) / 10n, `${step}: planned ${gas[step]}, took ${used}`).to.equal(true);
      }
    });
  }

  for (const step of ["commit", "reveal", "takeBond"] as const) {
    for (const when of ["before", "after"] as const) {
      it(`goes on from its journal after a crash just ${when} ${step} was sent`, async () => {
        const s = await load(verifierScene, 4);
        const evidence = await wrong(s);
        const purse = await s.token.balanceOf(s.challenger);
        const crash = await thrownBy(play(s, evidence, { chain: await crashing(s, step, when) }));
        expect(crash).to.be.instanceOf(Crash);
        const journal = readFileSync(join(folder, "one.journal.json"), "utf8");

        const again = await open(s, evidence);
        expect(again.journal?.salt, "the salt of before").to.equal((JSON.parse(journal) as { salt: string }).salt);
        const { toChallenger } = s.model.convict(s.policy, 0, false);
        expect(await play(s, evidence)).to.deep.equal({ kind: "done", reward: toChallenger });
        expect((await s.token.balanceOf(s.challenger)) - purse, "paid once").to.equal(toChallenger);
        expect(await s.challenges.queryFilter(s.challenges.filters.Committed)).to.have.length(1);
        expect(await bonds(s)).to.equal(0n);
      });
    }
  }

  it("does nothing twice, by whichever object", async () => {
    const s = await load(verifierScene, 4);
    const evidence = await wrong(s);
    const done = await play(s, evidence);
    const sent = await ethers.provider.getTransactionCount(s.challenger);
    expect(await play(s, evidence)).to.deep.equal(done);
    expect(await ethers.provider.getTransactionCount(s.challenger)).to.equal(sent);
  });

  it("gets its bond back and nothing more if another was faster", async () => {
    const s = await load(verifierScene, 4);
    const evidence = await wrong(s);
    const slow = await open(s, evidence);
    await slow.commit();
    const fast = { by: s.stranger, journal: "two.journal.json" };
    const won = await play(s, evidence, fast);
    if (won.kind !== "done") throw new Error(`expected the bond back, got ${won.kind}`);
    expect(won.reward > 0n).to.equal(true);

    expect(await slow.plan()).to.include({ convicted: true, reward: 0n, atStake: 0n });
    const purse = await s.token.balanceOf(s.challenger);
    await slow.untilRipe();
    expect(await slow.reveal()).to.deep.equal({ kind: "founded", reward: 0n });
    expect(await slow.takeBond()).to.deep.equal({ kind: "done", reward: 0n });
    expect(await s.token.balanceOf(s.challenger)).to.equal(purse);
    expect(await bonds(s)).to.equal(0n);
  });

  it("commits to nothing after a verdict", async () => {
    const s = await load(verifierScene, 4);
    await play(s, await wrong(s), { by: s.stranger, journal: "two.journal.json" });
    await expectCode((await open(s, await leak(s))).commit(), "NOTHING_TO_EARN");
    expect(await bonds(s)).to.equal(0n);
  });

  it("loses the bond if it comes too late, and may commit once more", async () => {
    const s = await load(verifierScene, 4);
    const evidence = await wrong(s);
    const late = await open(s, evidence);
    await late.commit();
    await mine(MAX_AGE - 1n);
    expect(await late.status()).to.include({ kind: "ripe" });
    await mine(1);
    expect(await late.status()).to.include({ kind: "expired" });
    await expectCode(late.reveal(), "OUT_OF_TURN");
    await expectCode(late.commit(), "OUT_OF_TURN");

    expect(await (await open(s, evidence)).burnBond()).to.deep.equal({ kind: "lost" });
    expect(await bonds(s)).to.equal(0n);
    expect(await (await open(s, evidence)).recommit()).to.include({ kind: "young" });
    expect((await open(s, evidence)).journal?.lost).to.have.length(1);
    const after = await open(s, evidence);
    await after.untilRipe();
    await after.reveal();
    expect(await after.takeBond()).to.include({ kind: "done" });
    expect(await s.challenges.queryFilter(s.challenges.filters.BondBurned)).to.have.length(1);
  });

  it("reveals no earlier than it may", async () => {
    const s = await load(verifierScene, 4);
    const challenger = await open(s, await wrong(s));
    const status = await challenger.commit();
    if (status.kind !== "young") throw new Error(`expected a commitment, got ${status.kind}`);
    expect([status.from, status.to]).to.deep.equal([status.block + MIN_AGE, status.block + MAX_AGE]);
    await mine(MIN_AGE - 1n);
    await expectCode(challenger.reveal(), "OUT_OF_TURN");
    await mine(1);
    expect(await challenger.reveal()).to.include({ kind: "founded" });
  });

  it("plans nothing when the evidence counts no longer", async () => {
    const s = await load(verifierScene, 4);
    const challenger = await open(s, await wrong(s));
    const { lastPeriod } = await challenger.plan();
    const last = await load(verifierScene, 14);
    expect(await last.escrow.currentPeriod(), "the last period").to.equal(lastPeriod);
    await (await open(last, await wrong(last))).plan();
    const over = await load(verifierScene, 15);
    await expectCode((await open(over, await wrong(over))).plan(), "NOTHING_TO_EARN");
  });
});
