import { loadFixture, mine, setBalance, setPrevRandao, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type Result, toBeHex, ZeroAddress } from "ethers";

import { testParameters } from "../helpers/network";
import { passPeriods, toPeriod, toSettled } from "../helpers/time";
import { ceilSqrt, committeeSize, thresholdFor } from "../models/health";
import {
  actingAs,
  ALL_SEATS,
  decided,
  everySeat,
  mix,
  mixed,
  nextOpening,
  nine,
  open,
  opened,
  RANDOMNESS,
  revealed,
  type Scene,
  sceneOf,
  seatsInNkms,
  slash,
  sparse,
  toNextOpening,
  voterOf,
} from "./fixtures";
import { eventsOf, expectRefusal, expectSolvent } from "./observe";

const PERIOD = testParameters.escrow.period;
const one = (): Promise<Scene> => sceneOf([seatsInNkms(128n)]);
const two = (): Promise<Scene> => sceneOf([64n, 64n].map(seatsInNkms));
/** A ring of four places only. */
const smallRing = (): Promise<Scene> =>
  sceneOf([64n, 64n].map(seatsInNkms), {
    minSeats: 32n,
    gap: 8n,
    seedBlocks: 5n,
    commitBlocks: 5n,
    revealBlocks: 5n,
    ring: 4n,
  });

describe("HealthVote.openRound", () => {
  describe("when the first round opens", () => {
    it("stores what the round is about, and tells it", async () => {
      const scene = await loadFixture(nine);
      const { votes, stranger, escrow, now } = scene;
      const [budget] = await (await escrow.advance(9n), escrow.healthBudget());
      expect(budget).to.be.greaterThan(0n);
      await setPrevRandao(RANDOMNESS);
      const told = await eventsOf(votes, votes.connect(stranger).openRound());
      const randomness = toBeHex(RANDOMNESS, 32);
      expect(told).to.deep.equal([["RoundOpened", 1n, now, 9n, ALL_SEATS, ALL_SEATS, budget / 3n, randomness]]);
      const block = BigInt(await time.latestBlock());
      const round: unknown = ((await votes.roundOf(1n)) as unknown as Result).toObject();
      expect(round).to.include({
        number: 1n,
        openedBlock: block,
        openedAt: BigInt(await time.latest()),
        period: now,
        numbers: 9n,
        votes: 0n,
        seeds: 0n,
        state: 1n,
        seatsTotal: ALL_SEATS,
        wanted: ALL_SEATS,
        distance: 257n,
        rim: 0n,
        targets: 3n,
        budget: budget / 3n,
        randomness,
        mix: toBeHex(0, 32),
        revealed: 0n,
        unhealthy: 0n,
        paid: 0n,
        pot: 0n,
        winner: 0n,
        cursor: 0n,
        decidedIn: 0n,
      });
      expect(await votes.rounds()).to.equal(1n);
      await expectSolvent(scene, budget / 3n);
    });

    it("waits for nothing: there is no round before it, however long the gap", async () => {
      const scene = await sceneOf([seatsInNkms(128n)], { ...everySeat, gap: 100_000n });
      expect(await time.latestBlock()).to.be.lessThan(100_000);
      await scene.votes.openRound();
      expect(await scene.votes.rounds()).to.equal(1n);
    });

    it("draws about n of W seats, and tells both", async () => {
      const { votes } = await loadFixture(sparse);
      const [[, , , , total, some] = []] = await eventsOf(votes, votes.openRound());
      const { wanted, seatsTotal, distance, rim } = await votes.roundOf(1n);
      expect([total, some]).to.deep.equal([ALL_SEATS, committeeSize(9n, ALL_SEATS, 32n)]);
      expect([seatsTotal, wanted]).to.deep.equal([total, some]);
      const exact = thresholdFor(wanted, seatsTotal);
      expect(distance).to.equal(exact.distance);
      const off = (exact.part << 64n) / exact.whole - rim;
      expect(off < 0n ? -off : off, "rim").to.be.lessThan(1n << 20n);
    });

    it("takes one part in ceil(sqrt N) of the budget of the last closed period", async () => {
      for (const [fixture, parts] of [
        [one, 1n],
        [two, 2n],
        [nine, 3n],
      ] as const) {
        const scene = await loadFixture(fixture);
        await scene.escrow.advance(9n);
        const [budget, undrawn] = await scene.escrow.healthBudget();
        expect(undrawn).to.equal(budget);
        const { budget: drawn, targets } = await open(scene);
        expect([drawn, BigInt(targets)]).to.deep.equal([budget / parts, parts]);
        expect((await scene.escrow.healthBudget()).undrawn).to.equal(budget - drawn);
        expect(await scene.token.balanceOf(scene.votes)).to.equal(drawn);
      }
    });

    it("opens one also when nothing was issued, with no budget", async () => {
      const scene = await sceneOf([seatsInNkms(16n)]); // below L_min
      const { budget, votes, round } = await open(scene);
      expect(budget).to.equal(0n);
      expect((await votes.roundOf(round)).seatsTotal).to.equal(16n);
    });
  });

  describe("when there is a single seat, or less", () => {
    it("opens one for a single seat, and reverts with HealthVoteNobody() for a base unit less", async () => {
      const scene = await sceneOf([seatsInNkms(16n)]);
      await scene.token.transfer(scene.escrow, seatsInNkms(16n)); // what the miner locked: nothing is issued here
      await slash(scene, 0, seatsInNkms(15n));
      const { votes, round } = await open(scene);
      const { seatsTotal, wanted } = await votes.roundOf(round);
      expect([seatsTotal, wanted]).to.deep.equal([1n, 1n]);
      await slash(scene, 0, 1n);
      await toNextOpening(scene);
      await expectRefusal(scene, () => votes.openRound(), "HealthVoteNobody", []);
    });
  });

  describe("when there is nobody", () => {
    it("reverts with HealthVoteNobody() if no number was ever given", async () => {
      const scene = await sceneOf([]);
      await expectRefusal(scene, () => scene.votes.openRound(), "HealthVoteNobody", []);
    });

    it("reverts with HealthVoteNobody() if nobody earns: before the first stake counts, or all are paused", async () => {
      const early = await sceneOf([]);
      await early.escrow.lockForMany([early.stranger.address], [seatsInNkms(128n)], 10n);
      await expectRefusal(early, () => early.votes.openRound(), "HealthVoteNobody", []);
      await passPeriods(early.escrow, 1n);
      await toSettled(early.escrow);
      await early.votes.openRound();

      const scene = await loadFixture(two);
      const votes = await actingAs(await scene.votes.getAddress());
      await setBalance(votes.address, 10n ** 18n);
      for (const { miner } of scene.voters) await scene.escrow.connect(votes).pause(miner);
      await expectRefusal(scene, () => scene.votes.openRound(), "HealthVoteNobody", []);
    });
  });

  describe("when it is too soon", () => {
    it("needs both GAP blocks and the next of ceil(sqrt N) parts of a period: else HealthVoteTooSoon(block, time)", async () => {
      const scene = await loadFixture(opened);
      const { votes } = scene;
      const [block, timestamp] = await nextOpening(scene);
      expect(timestamp % (PERIOD / 3n)).to.equal(0n);
      const args = [block, timestamp];
      const refused = () => expectRefusal(scene, () => votes.openRound(), "HealthVoteTooSoon", args);
      await refused();
      await mine(20n); // blocks are enough, time is not
      await refused();
      await time.increaseTo(timestamp - 1n);
      await time.setNextBlockTimestamp(timestamp);
      await votes.openRound();
      expect((await votes.roundOf(2n)).openedAt).to.equal(timestamp);
    });

    it("waits for the last second of its part", async () => {
      const scene = await loadFixture(opened);
      const [block, timestamp] = await nextOpening(scene);
      await mine(20n);
      await time.setNextBlockTimestamp(timestamp - 1n);
      await expect(scene.votes.openRound({ gasLimit: 500_000n }))
        .to.be.revertedWithCustomError(scene.votes, "HealthVoteTooSoon")
        .withArgs(block, timestamp);
    });

    it("waits until a 64th of the period has passed, for the first round too: who locked at its edge knew no randomness", async () => {
      const scene = await loadFixture(nine);
      const { votes, escrow, now } = scene;
      await toPeriod(escrow, now + 1n);
      const settled = (now + 1n) * PERIOD + PERIOD / 64n;
      await expectRefusal(scene, () => votes.openRound(), "HealthVoteTooSoon", [0n, settled]);
      await time.setNextBlockTimestamp(settled - 1n);
      await expect(votes.openRound({ gasLimit: 500_000n }))
        .to.be.revertedWithCustomError(votes, "HealthVoteTooSoon")
        .withArgs(0n, settled);
      await time.setNextBlockTimestamp(settled);
      await votes.openRound();
      expect((await votes.roundOf(1n)).openedAt).to.equal(settled);
    });

    it("tells so ahead, where the next part begins with a period", async () => {
      const scene = await loadFixture(nine);
      const { votes, now } = scene;
      await time.increaseTo((now + 1n) * PERIOD - 2n * 60n);
      const { openedBlock } = await (await open(scene)).votes.roundOf(1n);
      const args = [openedBlock + BigInt(scene.health.gap), (now + 1n) * PERIOD + PERIOD / 64n];
      await expectRefusal(scene, () => votes.openRound(), "HealthVoteTooSoon", args);
    });

    it("waits for GAP blocks though the time has come", async () => {
      const scene = await loadFixture(opened);
      const { votes } = scene;
      const [block, timestamp] = await nextOpening(scene);
      await time.increaseTo(timestamp);
      await mine(block - 2n - BigInt(await time.latestBlock()));
      await expectRefusal(scene, () => votes.openRound(), "HealthVoteTooSoon", [block, timestamp]); // a block
      await votes.openRound();
      expect((await votes.roundOf(2n)).openedBlock).to.equal(block);
    });

    it("asks for another second where a period has fewer seconds than targets", async () => {
      const scene = await loadFixture(nine);
      await scene.escrow.pretendNumbers((1n << 24n) - 1n);
      const latest = await time.latest();
      await time.setNextBlockTimestamp(latest + 2 - (latest % 2)); // an even second
      const round = await open(scene);
      expect(round.targets).to.equal(4_096);
      const { openedAt, openedBlock } = await scene.votes.roundOf(1n);
      expect([openedAt % 2n, BigInt(round.targets) > PERIOD]).to.deep.equal([0n, true]);
      const args = [openedBlock + BigInt(scene.health.gap), openedAt + 1n];
      await expectRefusal(scene, () => scene.votes.openRound(), "HealthVoteTooSoon", args);
    });

    it("opens as many rounds in a period as it has targets, and they take the whole budget", async () => {
      const scene = await loadFixture(opened);
      const { votes, escrow, now } = scene;
      for (const round of [2n, 3n, 4n]) {
        await toNextOpening(scene);
        await votes.openRound();
        expect((await votes.roundOf(round)).period).to.equal(round === 4n ? now + 1n : now);
        const [budget, undrawn] = await escrow.healthBudget();
        if (round === 3n) expect(undrawn).to.equal(budget % 3n);
      }
    });

    it("leaves rounds that nobody opened unopened: their budget is burned with the period", async () => {
      const scene = await loadFixture(opened);
      const { votes, escrow, token, now } = scene;
      await mine(20n);
      await toPeriod(escrow, now + 1n);
      await toSettled(escrow);
      const [, undrawn] = await escrow.healthBudget();
      expect(undrawn).to.be.greaterThan(0n);
      await expect(votes.openRound())
        .to.emit(token, "Transfer")
        .withArgs(await escrow.getAddress(), ZeroAddress, undrawn);
    });
  });

  describe("when the escrow is behind", () => {
    it("closes what it can, and reverts with StakeEscrowBehind(open, period) beyond that", async () => {
      const scene = await loadFixture(nine);
      const { votes, escrow } = scene;
      const openPeriod = await escrow.openPeriod();
      const far = openPeriod + testParameters.escrow.maxCatchUp + 1n;
      await toPeriod(escrow, far);
      await toSettled(escrow);
      await expect(votes.openRound())
        .to.be.revertedWithCustomError(escrow, "StakeEscrowBehind")
        .withArgs(openPeriod, far);
      expect(await votes.rounds()).to.equal(0n);
      await escrow.advance(1n);
      await votes.openRound();
      expect((await votes.roundOf(1n)).period).to.equal(far);
    });
  });

  describe("when the place in the ring is taken", () => {
    it("makes a round void that was not finalized, and burns its budget; then the old number is unknown", async () => {
      const scene = await loadFixture(smallRing);
      const { votes, token } = scene;
      const budgets = [];
      for (let round = 1n; round <= 4n; round++) {
        budgets.push((await open(scene, RANDOMNESS + round)).budget);
        await toNextOpening(scene);
      }
      const supply = await token.totalSupply();
      const told = await eventsOf(votes, votes.openRound());
      expect(told.map(([name]) => name)).to.deep.equal(["Voided", "RoundOpened"]);
      expect(told[0]).to.deep.equal(["Voided", 1n, budgets[0]]);
      expect(await token.totalSupply()).to.be.at.most(supply + (await scene.escrow.issued()));
      await expectRefusal(scene, () => votes.roundOf(1n), "HealthVoteUnknownRound", [1n]);
      expect((await votes.roundOf(2n)).state).to.equal(1n);
      expect((await votes.roundOf(5n)).budget).to.be.greaterThan(0n);
      const { budget } = await votes.roundOf(5n);
      await expectSolvent(scene, (budgets[1] ?? 0n) + (budgets[2] ?? 0n) + (budgets[3] ?? 0n) + budget);
    });

    it("leaves one alone that was decided or void", async () => {
      const scene = await loadFixture(smallRing);
      const { votes } = scene;
      for (let round = 1n; round <= 4n; round++) {
        await open(scene, RANDOMNESS + round);
        await mine(20n);
        await votes.finalize(round, 1n);
        expect((await votes.roundOf(round)).state).to.equal(5n);
        await toNextOpening(scene);
      }
      expect((await eventsOf(votes, votes.openRound())).map(([name]) => name)).to.deep.equal(["RoundOpened"]);
      await expectSolvent(scene, (await votes.roundOf(5n)).budget);
    });

    it("starts afresh: nothing of the round before is left", async () => {
      const scene = await loadFixture(smallRing);
      const { votes, voters } = scene;
      const first = await open(scene);
      const { operator, miner } = voterOf(scene, 0);
      const [seat] = await votes.winningSeats(1n, miner, 0n, 64n);
      await votes.connect(operator).postSeed(1n, miner, seat ?? 0n, toBeHex(5, 32));
      await mix(first);
      expect((await votes.roundOf(1n)).mix).to.not.equal(toBeHex(0, 32));
      for (let round = 2n; round <= 5n; round++) {
        await toNextOpening(scene);
        await votes.openRound();
      }
      expect(voters.length).to.equal(2);
      expect(first.round).to.equal(1n);
      expect(await votes.seedsOf(5n)).to.deep.equal([]);
      expect((await votes.roundOf(5n)).mix).to.equal(toBeHex(0, 32));
    });
  });

  describe("when rounds overlap", () => {
    it("keeps rounds apart that are in different phases", async () => {
      for (const fixture of [mixed, revealed, decided]) {
        const scene = await loadFixture(fixture);
        const before = await scene.votes.roundOf(scene.round);
        await toNextOpening(scene);
        await scene.votes.openRound();
        expect(await scene.votes.roundOf(scene.round)).to.deep.equal(before);
        expect((await scene.votes.roundOf(2n)).state).to.equal(1n);
      }
    });

    it("counts the stake of its own period", async () => {
      const scene = await loadFixture(opened);
      const { escrow, votes, now } = scene;
      const [{ miner }] = [voterOf(scene, 4)];
      await escrow.lockForMany([miner], [seatsInNkms(100n)], 10n);
      await toNextOpening(scene);
      await votes.openRound();
      expect((await votes.roundOf(2n)).seatsTotal).to.equal(ALL_SEATS);
      await toPeriod(escrow, now + 1n);
      await toNextOpening(scene);
      await votes.openRound();
      expect((await votes.roundOf(3n)).seatsTotal).to.equal(ALL_SEATS + 100n);
      expect(await votes.seatsOf(1n, miner)).to.equal(16n);
      expect(await votes.seatsOf(3n, miner)).to.equal(116n);
      expect(ceilSqrt(9n)).to.equal(3n);
    });
  });
});
