import { existsSync } from "node:fs";
import { join } from "node:path";

import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { type ContractTransactionResponse, FunctionFragment, id, Interface, toBeHex } from "ethers";
import { artifacts, ethers } from "hardhat";

import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import { payOfRound, type Setting, settingOf, withDead } from "../../scripts/economics/votes";
import { binomial } from "../../scripts/health/chances";
import { plain, tableIn } from "../../scripts/health/votesPage";
import { readDoc } from "../../scripts/reports/files";
import {
  castAll,
  commit,
  mix,
  nine,
  open,
  reveal,
  type Scene as HealthScene,
  type SceneWithRound,
  toEnd,
  toNextOpening,
  toReveals,
} from "../healthVote/fixtures";
import { hashOf } from "../helpers/health";
import { expectBelow, gasOf } from "../helpers/gasBounds";
import { MIN_STAKE, network, type Network, testParameters } from "../helpers/network";
import {
  accept,
  ALL,
  createPolicy,
  deployPolicies,
  domainOf,
  MINER_STAKE,
  type PolicyMiner,
  type PolicyNetwork,
  policyParameters,
  revocationTypes,
  takeover,
  termsFor,
} from "../helpers/policies";
import { passPeriods } from "../helpers/time";
import { targetNumbers } from "../models/health";

/**
 * What somebody who wants nothing but to harm can make others pay: docs/griefing.md has a row for each test here, and the
 * bounds on gas that are asserted.
 */
const bounded = (what: string, gas: bigint): void => expectBelow("griefing.md", what, gas);

const { shortestLock, vesting, maxCatchUp } = testParameters.escrow;
const { window } = policyParameters.policies;

const CONTRACTS = [
  "StakeEscrow",
  "MinerRegistry",
  "PolicyManager",
  "ChallengeManager",
  "HealthVote",
  "CanaryBounty",
  "NKMSToken",
];

describe("Griefing", () => {
  it("is told of every function that changes something, with tests that are there", async () => {
    const page = readDoc("griefing.md");
    const rows = page.slice(page.indexOf("## All of them"), page.indexOf("## Gas"));
    const told = new Set(rows.match(/\w+/g));
    for (const contract of CONTRACTS) {
      const { abi } = await artifacts.readArtifact(contract);
      for (const { name, stateMutability } of new Interface(abi).fragments.filter(
        (one) => one instanceof FunctionFragment,
      )) {
        if (stateMutability === "view" || stateMutability === "pure") continue;
        expect(told.has(name), `${contract}.${name}`).to.equal(true);
      }
    }
    for (const [, file = ""] of rows.matchAll(/\]\(\.\.\/(test\/[\w/.-]+)\)/g)) {
      expect(existsSync(join(__dirname, "../..", file)), file).to.equal(true);
    }
  });

  describe("of a miner's stake", () => {
    /** A miner with one lock and rewards, and one that strangers have filled up to 24 locks. */
    async function gifted(): Promise<Network & { plain: HardhatEthersSigner; victim: HardhatEthersSigner }> {
      const scene = await network();
      const { escrow, token, miners, stranger } = scene;
      const [plain, victim] = miners;
      await token.connect(stranger).approve(escrow, ethers.MaxUint256);
      for (const miner of [plain, victim]) await escrow.connect(miner).lock(100n * MIN_STAKE, 100n);
      const [, [lock]] = await escrow.locksOf(victim);
      await passPeriods(escrow, 1n);
      for (let i = 0; i < 23; i++) await escrow.connect(stranger).topUp(victim, 0n, lock?.end ?? 0n, MIN_STAKE);
      await passPeriods(escrow, vesting + 2n);
      await escrow.advance(ethers.MaxUint256);
      return { ...scene, plain, victim };
    }

    it("by gifts costs the giver s_min each, for good, and ends at 24 locks; claims get dearer until the miner merges", async () => {
      const { escrow, victim, plain, stranger } = await loadFixture(gifted);
      const [, locks] = await escrow.locksOf(victim);
      const end = locks[0]?.end ?? 0n;
      await expect(escrow.connect(stranger).topUp(victim, 0n, end, MIN_STAKE))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooManyLocks")
        .withArgs(24n, 24n);
      await expect(escrow.connect(stranger).topUp(plain, 0n, end, MIN_STAKE - 1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
        .withArgs(MIN_STAKE - 1n, MIN_STAKE);
      const [one, many] = [await gasOf(escrow.connect(plain).claim()), await gasOf(escrow.connect(victim).claim())];
      bounded("a claim with 24 locks instead of one, more by", many - one);
      bounded("to merge one gift", await gasOf(escrow.connect(victim).merge(0n, 1n, end)));
      await escrow.connect(victim).lock(1n, 2n); // it has numbers left for itself
    });

    it("by gifts never takes a lock from it that it names: its calls go through as if there were none", async () => {
      const { escrow, victim } = await loadFixture(gifted);
      const [, locks] = await escrow.locksOf(victim);
      const end = locks[0]?.end ?? 0n;
      await escrow.connect(victim).split(0n, end, 1n);
      await escrow.connect(victim).extend(0n, end, 1n);
      await escrow.connect(victim).roll(1n, end, 200n);
    });

    it("by silence: who comes first closes at most M periods by the way, and anybody can close more before", async () => {
      const { escrow, miners, stranger } = await loadFixture(network);
      const [miner] = miners;
      await escrow.connect(miner).lock(100n * MIN_STAKE, 300n);
      await passPeriods(escrow, vesting + 2n);
      await escrow.connect(miner).claim();
      await passPeriods(escrow, 1n);
      const usual = await gasOf(escrow.connect(miner).claim());
      await passPeriods(escrow, maxCatchUp);
      const late = await gasOf(escrow.connect(miner).claim());
      bounded("a call after silence, more for each period beyond the first", (late - usual) / (maxCatchUp - 1n));

      await passPeriods(escrow, maxCatchUp + 1n);
      await expect(escrow.connect(miner).claim()).to.be.revertedWithCustomError(escrow, "StakeEscrowBehind");
      await escrow.connect(stranger).advance(1n);
      await escrow.connect(miner).claim();
    });

    it("by stale seats costs who leaves them a stake that is locked; anybody takes them out", async () => {
      const { escrow, miners, stranger } = await loadFixture(network);
      const [stays, ...leave] = miners;
      await escrow.connect(stays).lock(100n * MIN_STAKE, 100n);
      for (const miner of leave) {
        for (let i = 0n; i < 32n; i++) await escrow.connect(miner).lock(i === 0n ? MIN_STAKE : 1n, shortestLock);
      }
      const now = await passPeriods(escrow, shortestLock + 1n);
      expect(await escrow.members()).to.equal(4n);
      expect(await escrow.draw(1n, 1n, now + 1n, 10_000n)).to.deep.equal([stays.address]);
      const gas = await Promise.all(leave.map((miner) => gasOf(escrow.connect(stranger).poke(miner))));
      expect(await escrow.members()).to.equal(1n);
      for (const each of gas) bounded("to poke a stale seat of 32 locks", each);
    });
  });

  describe("of the health votes", () => {
    /** A sybil that left its number with one base unit, in a lock that rolls. */
    interface Haunted extends HealthScene {
      ghost: HardhatEthersSigner;
    }

    async function haunted(): Promise<Haunted> {
      const scene = await nine();
      const { escrow, token } = scene;
      const ghost = (await ethers.getSigners())[5] as HardhatEthersSigner;
      await token.transfer(ghost, MIN_STAKE + 1n);
      await token.connect(ghost).approve(escrow, ethers.MaxUint256);
      await escrow.connect(ghost).lock(MIN_STAKE, shortestLock);
      await escrow.connect(ghost).lock(1n, shortestLock);
      const end = (await escrow.currentPeriod()) + 1n + shortestLock;
      await escrow.connect(ghost).roll(1n, end, shortestLock);
      await passPeriods(escrow, shortestLock + 1n + vesting);
      await escrow.connect(ghost).withdraw(MIN_STAKE);
      return { ...scene, ghost, now: await escrow.currentPeriod() };
    }

    /** A round whose targets, by the seed that is posted, have the ghost among them. */
    async function roundWithGhost(scene: Haunted): Promise<SceneWithRound & { target: number; seed: string }> {
      const { escrow, ghost } = scene;
      const round = await open(scene);
      const mixOf = BigInt(id("the mix of a round with a ghost")) | 1n;
      const number = (await escrow.minerOf(ghost)).number;
      const { numbers } = await scene.votes.roundOf(round.round);
      let seed = id("seed 0");
      const at = (): number => targetNumbers(seed, toBeHex(mixOf, 32), numbers).indexOf(number);
      for (let i = 1; at() < 0; i++) seed = id(`seed ${i}`);
      const { miner, operator } = round.voters[0] ?? { miner: "", operator: undefined };
      await scene.votes.connect(operator).postSeed(round.round, miner, 0n, hashOf(seed));
      await mix(round, mixOf);
      return { ...round, target: at(), seed };
    }

    it("by dust: one base unit keeps a number for ever, which nobody can release, once s_min was locked for the shortest time", async () => {
      const { escrow, votes, ghost, stranger } = await loadFixture(haunted);
      const rolling = await escrow.ROLLING();
      expect(await escrow.lockedIn(ghost, (await escrow.currentPeriod()) + 1n)).to.equal(1n);
      await expect(escrow.connect(stranger).releaseNumber(ghost))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowNumberInUse")
        .withArgs(ghost.address, rolling + vesting);
      expect(await escrow.numbers()).to.equal(10n);
      expect((await escrow.minerOf(ghost)).seat, "it is never drawn").to.equal(0n);
      const round = await open(await loadFixture(haunted));
      expect(await votes.seatsOf(round.round, ghost), "it has no vote").to.equal(0n);
      expect(round.targets, "it counts for the pace: ceil(sqrt 10) targets, and as many rounds").to.equal(4);
    });

    it("by dust: to enforce a verdict on it costs more than it pays to come back, at most once a check; it has nothing to lose", async () => {
      const scene = await loadFixture(haunted);
      const { escrow, votes, ghost, stranger } = scene;
      const round = await roundWithGhost(scene);
      const { target, seed } = round;
      const says = { against: [target], seed };
      await castAll(round, { 0: says, 1: says, 2: says });
      await votes.finalize(round.round, 100n);
      const enforced = await gasOf(votes.connect(stranger).enforce(round.round, target, seed));
      const back = await gasOf(escrow.connect(ghost).resume(ghost));
      bounded("to pause a miner of dust", enforced);
      bounded("its way back, paid by itself", back);
      // Nobody has to enforce it, and the same round does nothing to it again.
      await votes.connect(stranger).enforce(round.round, target, seed);
      expect((await escrow.minerOf(ghost)).paused).to.equal(false);
    });

    it("by dust: once it is paused, voters call it healthy, and who repeats what the chain shows gets nothing", async () => {
      const scene = await loadFixture(haunted);
      const first = await roundWithGhost(scene);
      const found = { against: [first.target], seed: first.seed };
      await castAll(first, { 0: found, 1: found, 2: found });
      await scene.votes.finalize(first.round, 100n);
      await scene.votes.connect(scene.stranger).enforce(first.round, first.target, first.seed);
      const { paused, number } = await scene.escrow.minerOf(scene.ghost);
      expect([paused, number]).to.deep.equal([true, 10n]);

      await toNextOpening(scene);
      const { votes, ...round } = await roundWithGhost(scene);
      // Voters 0 to 2 have checked: all others are healthy. Voter 3, with as many seats as voter 2, has only looked.
      const [checks, looks] = [round.voters[2]?.miner ?? "", round.voters[3]?.miner ?? ""];
      const before = await Promise.all([checks, looks].map((miner) => votes.payOf(miner)));
      const [nobody, ghost] = [
        { against: [], seed: round.seed },
        { against: [round.target], seed: round.seed },
      ];
      await castAll({ ...round, votes }, { 0: nobody, 1: nobody, 2: nobody, 3: ghost });
      await votes.finalize(round.round, 100n);
      const after = await Promise.all([checks, looks].map((miner) => votes.payOf(miner)));
      const [checked, looked] = after.map(({ unvested }, i) => unvested - (before[i]?.unvested ?? 0n));
      expect(checked).to.be.above(0n);
      expect(looked).to.equal(0n);
    });

    it("by dust: in numbers, as docs/griefing.md says", () => {
      const noise = { falseAlarm: 0.005, missed: 0.02 };
      const networks = [20, 1_000].map((meanLife) => settingOf(100, meanLife, 2, 0.97, noise));
      const part = (behaviour: "chain" | "healthy", setting: Setting): string =>
        `${Math.round((100 * payOfRound(behaviour, setting)) / payOfRound("honest", setting))} %`;
      const rows = [0, 10, 50, 100].map((dead) => {
        const settings = networks.map((setting) => withDead(setting, dead));
        const cells = settings.flatMap((setting) => [part("chain", setting), part("healthy", setting)]);
        return `| ${dead} | ${cells.join(" | ")} |`;
      });
      expect(plain(tableIn(readDoc("griefing.md"), "dead")).split("\n")).to.include.members(rows);
    });

    it("by dust: numbers that were released are given again, but N never falls", async () => {
      const { escrow, token, miners, stranger } = await loadFixture(network);
      const [stays, ...leave] = miners;
      await escrow.connect(stays).lock(MIN_STAKE, 100n);
      for (const miner of leave) await escrow.connect(miner).lock(MIN_STAKE, shortestLock);
      await passPeriods(escrow, shortestLock + 1n + vesting);
      for (const miner of leave) {
        await escrow.connect(miner).withdraw(MIN_STAKE);
        bounded("to release a number", await gasOf(escrow.connect(stranger).releaseNumber(miner)));
      }
      expect(await escrow.numbers()).to.equal(4n);
      await token.connect(stranger).approve(escrow, MIN_STAKE);
      await escrow.connect(stranger).lock(MIN_STAKE, shortestLock);
      expect([await escrow.numbers(), (await escrow.minerOf(stranger)).number]).to.deep.equal([4n, 4n]);
    });

    it("by seeds: who has eight winning seats voids a round, as often as docs/griefing.md says", () => {
      const chances = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3].map((share) => {
        const fewer = binomial(10_000 * share, Number(local.health.minSeats) / 10_000).slice(0, 8);
        const chance = 1 - fewer.reduce((sum, one) => sum + one, 0);
        return `${Number((100 * chance).toPrecision(2))} %`;
      });
      expect(plain(tableIn(readDoc("griefing.md"), "seeds"))).to.include(`| chance | ${chances.join(" | ")} |`);
    });

    it("by silence: a round in which nobody does anything burns its part of the budget, and no more", async () => {
      const scene = await loadFixture(nine);
      await scene.votes.connect(scene.stranger).openRound();
      const round = await scene.votes.rounds();
      const { budget } = await scene.votes.roundOf(round);
      await toEnd({ ...scene, round, budget, targets: 3 });
      const supply = await scene.token.totalSupply();
      await scene.votes.connect(scene.stranger).finalize(round, 1n);
      expect(supply - (await scene.token.totalSupply())).to.equal(budget);
      await expect(scene.votes.openRound(), "the next one waits for its time").to.be.revertedWithCustomError(
        scene.votes,
        "HealthVoteTooSoon",
      );
    });

    it("by ballots of a stranger: without a winning seat none is counted, and finalizing costs the same", async () => {
      const gas: bigint[] = [];
      for (const junk of [false, true]) {
        const scene = await loadFixture(haunted);
        const round = await roundWithGhost(scene);
        const says = { against: [round.target], seed: round.seed };
        for (const place of [0, 1, 2]) await commit(round, place, says.against, says);
        if (junk) await commit(round, 8, says.against, { ...says, seats: [] });
        await toReveals(round);
        for (const place of [0, 1, 2]) await reveal(round, place, says.against, says);
        if (junk) {
          await expect(reveal(round, 8, says.against, { ...says, seats: [] })).to.be.revertedWithCustomError(
            scene.votes,
            "HealthVoteNotCommitted",
          );
        }
        await toEnd(round);
        gas.push(await gasOf(scene.votes.finalize(round.round, 100n)));
      }
      expect(gas[0]).to.equal(gas[1]);
    });
  });

  describe("of policies", () => {
    interface Scene extends PolicyNetwork {
      ann: PolicyMiner;
      all: readonly PolicyMiner[];
    }

    async function scene(): Promise<Scene> {
      const deployed = await deployPolicies(policyParameters, 5);
      const [ann] = deployed.miners;
      if (!ann) throw new Error("expected a miner");
      return { ...deployed, ann, all: deployed.miners };
    }

    it("by a miner that takes its word back while its policy is on its way: the payer loses the gas, no token", async () => {
      const s = await loadFixture(scene);
      const { policies, registry, payer, all, token } = s;
      const terms = termsFor(s, all);
      const acceptances = await accept(policies, terms, all);
      const last = all.at(-1) as PolicyMiner;
      bounded("a miner's way to refuse late", await gasOf(registry.connect(last.account).setPledge(0n, 100n)));
      const before = await token.balanceOf(payer);
      await expect(policies.connect(payer).create(terms, acceptances))
        .to.be.revertedWithCustomError(policies, "PolicyManagerAbovePledge")
        .withArgs(last.account.address, 35n * 10n ** 18n, 0n);
      expect(await token.balanceOf(payer)).to.equal(before);
      // What it costs to be refused by the last of them: little less than the policy.
      const failed = policies.connect(payer).create(terms, acceptances, { gasLimit: 2_000_000n });
      bounded("a policy of 5 miners that the last one refuses", await gasOfFailed(failed));
    });

    it("by policies that are revoked at once: a miner's pledge is taken through the window for no fee, while half of the fee is held", async () => {
      const s = await loadFixture(scene);
      const { policies, escrow, payer, ann, token, registry } = s;
      await registry.connect(ann.account).setPledge(MINER_STAKE, 100n);
      // c = f, the largest collateral that ann takes: the attacker needs as much as it blocks.
      const terms = termsFor(s, [ann], { collateral: 20n * 10n ** 18n, owner: payer.address });
      const [c, f] = [20n * 10n ** 18n, 20n * 10n ** 18n];
      const create = policies.interface.encodeFunctionData("create", [terms, await accept(policies, terms, [ann])]);
      const revoke = policies.interface.encodeFunctionData("revoke", [terms, ALL]);
      const before = await token.balanceOf(payer);
      const now = await escrow.currentPeriod();
      bounded(
        "to create and revoke in one transaction",
        await gasOf(policies.connect(payer).multicall([create, revoke])),
      );
      await policies.connect(payer).takeRefund();
      expect(before - (await token.balanceOf(payer)), "held").to.equal(f / 2n);

      expect(await policies.reservedNow(ann.account)).to.equal(c);
      await passPeriods(escrow, window + 1n);
      expect(await policies.reservedNow(ann.account), "the last period of the window").to.equal(c);
      await passPeriods(escrow, 1n);
      expect(await policies.reservedNow(ann.account)).to.equal(0n);
      await policies.connect(payer).takeHeldRefund(now + window + 2n);
      expect(await token.balanceOf(payer), "all comes back").to.equal(before);
      expect(await policies.claimableFees(ann.account), "and the miner has nothing").to.equal(0n);

      // Each of them needs the operator's own signature, and none can be used twice.
      await expect(policies.connect(payer).create(terms, await accept(policies, terms, [ann])))
        .to.be.revertedWithCustomError(policies, "PolicyManagerUsed")
        .withArgs(await policies.policyId(terms));
    });

    it("by a miner that accepts and resigns at once: it loses a period's fee, and the payer's money is back after the window", async () => {
      const s = await loadFixture(scene);
      const { policies, escrow, payer, ann, token } = s;
      const terms = termsFor(s, [ann]);
      const before = await token.balanceOf(payer);
      const supply = await token.totalSupply();
      await createPolicy(s, terms, [ann]);
      const now = await escrow.currentPeriod();
      bounded("to resign", await gasOf(policies.connect(ann.account).resign(terms, 0n)));
      await policies.connect(payer).takeRefund();
      await passPeriods(escrow, window + 2n);
      await policies.connect(payer).takeHeldRefund(now + window + 2n);
      expect((await token.balanceOf(payer)) - before).to.equal(0n);
      expect(supply - (await token.totalSupply())).to.equal(terms.rate);
    });

    it("by handing off back and forth: each new index makes revoking dearer for the owner, up to 160, and costs a collateral", async () => {
      const s = await loadFixture(scene);
      const { policies, owner, all, ann } = s;
      const terms = termsFor(s, [ann]);
      const policy = await createPolicy(s, terms, [ann]);
      const whole = async (): Promise<bigint> => policies.connect(owner).revoke.estimateGas(terms, ALL);
      const before = await whole();
      for (const [i, to] of all.slice(1).entries()) {
        const from = all[i] as PolicyMiner;
        const t = await takeover(policies, policy, BigInt(i), to, 15n * 10n ** 18n);
        bounded("to hand off", await gasOf(policies.connect(from.account).handOff(terms, BigInt(i), t)));
      }
      bounded("revoking, more for each index", ((await whole()) - before) / 4n);
      // Nobody comes back: so an attacker needs a miner of its own, with stake, for each.
      const t = await takeover(policies, policy, 4n, ann, 15n * 10n ** 18n);
      await expect(policies.connect(all[4]?.account).handOff(terms, 4n, t))
        .to.be.revertedWithCustomError(policies, "PolicyManagerInPolicy")
        .withArgs(policy, ann.account.address, 0n);
    });

    it("by a miner that shows its own key: the part of the fee that the floor holds burns too, whatever c is", async () => {
      const s = await loadFixture(scene);
      const { policies, payer, ann, token, challenges, stranger } = s;
      const terms = termsFor(s, [ann], { collateral: nkms("1") });
      const [before, supply] = [await token.balanceOf(payer), await token.totalSupply()];
      await createPolicy(s, terms, [ann]);
      await challenges.convict(policies, terms, 0n, true, stranger);
      await policies.connect(payer).takeRefund();
      const lost = before - (await token.balanceOf(payer));
      expect(lost, "half of f = 20").to.equal(nkms("10"));
      expect(supply - (await token.totalSupply()), "and the miner's c").to.equal(lost + nkms("1"));
    });

    it("by a miner that hands off to its own second one before its wrong answer is shown: the fee runs on, and φ counts again", async () => {
      const s = await loadFixture(scene);
      const { policies, escrow, owner, payer, ann, all, challenges, challenger } = s;
      const [, second] = all as [PolicyMiner, PolicyMiner];
      const terms = termsFor(s, [ann]);
      const policy = await createPolicy(s, terms, [ann]);
      await passPeriods(escrow, 3n);
      const t = await takeover(policies, policy, 0n, second, nkms("10.5"));
      await policies.connect(ann.account).handOff(terms, 0n, t);
      await expect(challenges.convict(policies, terms, 0n, false, challenger), "it is no less guilty").to.emit(
        policies,
        "Convicted",
      );
      expect(await policies.refundOf(payer), "a verdict without a hand-off refunds 14").to.equal(0n);
      // What an owner does then: 7 periods of 2 NKMS are left, of which 4 are held back.
      await policies.connect(owner).revoke(terms, 1n);
      expect(await policies.refundOf(payer)).to.equal(nkms("6"));
    });

    it("by never claiming: a verdict on an offender counts its periods first; settling can be done apart, by anybody", async () => {
      const s = await loadFixture(scene);
      const { policies, escrow, challenges, challenger, stranger, ann } = s;
      const [one, two] = [
        termsFor(s, [ann], { periods: 200n }),
        termsFor(s, [ann], { periods: 200n, salt: id("two") }),
      ];
      for (const terms of [one, two]) await createPolicy(s, terms, [ann]);
      await passPeriods(escrow, 101n);
      for (let i = 0; i < 7; i++) await escrow.advance(16n);
      const late = await gasOf(challenges.convict(policies, one, 0n, false, challenger));
      const fresh = await gasOf(challenges.convict(policies, two, 0n, false, challenger));
      bounded("a verdict, more for each period not claimed", (late - fresh) / 100n);
      await passPeriods(escrow, 10n);
      await policies.connect(stranger).settle(ann.account, 5n);
    });

    it("by many locks: a verdict that takes all of 32 is dearer than one that takes one", async () => {
      const s = await loadFixture(scene);
      const { escrow, policies, challenges, challenger, all, registry } = s;
      const [plain, spread] = all as [PolicyMiner, PolicyMiner];
      const [, [lock]] = await escrow.locksOf(spread.account);
      for (let i = 1n; i < 32n; i++) {
        await escrow.connect(spread.account).split(0n, lock?.end ?? 0n, MINER_STAKE / 32n);
      }
      const gas: bigint[] = [];
      for (const [i, miner] of [plain, spread].entries()) {
        await registry.connect(miner.account).setPledge(MINER_STAKE, 1_000_000n);
        const terms = termsFor(s, [miner], { collateral: MINER_STAKE - 20n * 10n ** 18n, salt: toBeHex(i, 32) });
        await createPolicy(s, terms, [miner]);
        gas.push(await gasOf(challenges.convict(policies, terms, 0n, false, challenger)));
      }
      bounded("a verdict that takes 32 locks, more by", (gas[1] ?? 0n) - (gas[0] ?? 0n));
    });

    it("by gifts: a policy gets dearer for each lock that its miner has", async () => {
      const s = await loadFixture(scene);
      const { escrow, token, distributor, policies, payer, all } = s;
      const [plain, victim] = all as [PolicyMiner, PolicyMiner];
      await token.connect(distributor).approve(escrow, ethers.MaxUint256);
      const [, [lock]] = await escrow.locksOf(victim.account);
      for (let i = 0; i < 23; i++) {
        await escrow.connect(distributor).topUp(victim.account, 0n, lock?.end ?? 0n, MIN_STAKE);
        await passPeriods(escrow, i === 0 ? 1n : 0n);
      }
      await passPeriods(escrow, 1n);
      const gas: bigint[] = [];
      for (const [i, miner] of [plain, plain, victim, victim].entries()) {
        const terms = termsFor(s, [miner], { salt: toBeHex(i, 32) });
        gas.push(await gasOf(policies.connect(payer).create(terms, await accept(policies, terms, [miner]))));
      }
      bounded("an arrangement with a miner of 24 locks, more by", (gas[3] ?? 0n) - (gas[1] ?? 0n));
    });

    it("by a consent that is used first: another signature with the same nonce is void, and the owner can always revoke itself", async () => {
      const s = await loadFixture(scene);
      const { policies, owner, stranger, all } = s;
      const [ann, bob] = all as [PolicyMiner, PolicyMiner];
      const terms = termsFor(s, [ann], { handOff: false });
      const policy = await createPolicy(s, terms, [ann]);
      const domain = await domainOf(policies);
      const [nonce, deadline] = [await policies.nonces(owner), ethers.MaxUint256];
      const revocation = { policy, index: 0n, nonce, deadline };
      const signature = await owner.signTypedData(domain, revocationTypes, revocation);

      const t = await takeover(policies, policy, 0n, bob, 15n * 10n ** 18n, owner);
      await policies.connect(ann.account).handOff(terms, 0n, t);
      await expect(policies.connect(stranger).revokeBySignature(terms, 1n, deadline, signature))
        .to.be.revertedWithCustomError(policies, "PolicyManagerNotOwner")
        .withArgs(stranger.address, owner.address);
      await policies.connect(owner).revoke(terms, ALL);
    });
  });
});

/** What a transaction that is refused on chain has cost. */
async function gasOfFailed(sent: Promise<ContractTransactionResponse>): Promise<bigint> {
  const hash = await sent.then(
    ({ hash }) => hash,
    (cause: { transactionHash?: string }) => cause.transactionHash ?? "",
  );
  const receipt = await ethers.provider.getTransactionReceipt(hash);
  expect(receipt?.status).to.equal(0);
  return receipt?.gasUsed ?? 0n;
}
