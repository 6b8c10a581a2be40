import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { days, nkms } from "../../deploy/parameters/units";
import { MIN_STAKE, testParameters } from "../helpers/network";
import { GRAIN } from "../models/sampling";
import { passPeriods } from "../helpers/time";
import {
  agedNetwork,
  emptyNetwork,
  LONG,
  type Peopled,
  populate,
  ROLLING,
  type Sampling,
  SATURATION,
} from "./networks";

const names = ["ann", "ben", "cat"] as const;
type Scene = Omit<Peopled<(typeof names)[number]>, "stakers">;

/** Three people with tokens; nobody has locked anything. */
async function nobodySits(): Promise<Scene> {
  const network = await emptyNetwork();
  return { ...network, people: await populate(network, names), now: await network.escrow.currentPeriod() };
}

/** Ann alone has stake: s_min in a long lock. */
async function annAlone(): Promise<Scene> {
  const scene = await nobodySits();
  await scene.escrow.connect(scene.people.ann).lock(MIN_STAKE, LONG);
  return scene;
}

/** Ann, ben and cat have a long lock of 20, 100 and 1,000 NKMS. */
async function threeMembers(): Promise<Scene> {
  const scene = await nobodySits();
  const stakes = { ann: nkms("20"), ben: nkms("100"), cat: nkms("1,000") };
  for (const name of names) await scene.escrow.connect(scene.people[name]).lock(stakes[name], LONG);
  return scene;
}

/** The least s_min that there can be, in grains: with it the line is so short that draws hit all of its points. */
const LEAST_UNIT = 16n;

/** The length of the line in {@link shortLine}, grains. */
const SHORT_LINE = 192n;

/**
 * {@link LEAST_UNIT} grains are s_min. Ann has 20 grains, ben 100 and cat s_min itself: so the line is ann's segment, 0
 * to 31, cat's, 32 to 63, and ben's, 64 to 191, by tiers, 0 and 2, and in these by age. Short locks leave ann 4 grains,
 * which is less than s_min, and ben 50.
 */
async function shortLine(): Promise<Scene & { shortEnd: bigint }> {
  const escrow = { ...testParameters.escrow, minStake: LEAST_UNIT * GRAIN };
  const network = await emptyNetwork({ ...testParameters, escrow });
  const people = await populate(network, names);
  const now = await network.escrow.currentPeriod();
  await network.escrow.connect(people.ann).lock(LEAST_UNIT * GRAIN, 4n);
  await network.escrow.connect(people.ann).lock(4n * GRAIN, LONG);
  await network.escrow.connect(people.ben).lock(50n * GRAIN, 4n);
  await network.escrow.connect(people.ben).lock(50n * GRAIN, LONG);
  await network.escrow.connect(people.cat).lock(LEAST_UNIT * GRAIN, LONG);
  return { ...network, people, now, shortEnd: now + 5n };
}

/** {@link annAlone} with periods of a day, as a public network has: fewer than 65,535 of them have passed since 1970. */
async function annAloneByDay(): Promise<Scene> {
  const escrow = { ...testParameters.escrow, period: days(1) };
  const network = await emptyNetwork({ ...testParameters, escrow });
  const people = await populate(network, names);
  await network.escrow.connect(people.ann).lock(MIN_STAKE, LONG);
  return { ...network, people, now: await network.escrow.currentPeriod() };
}

const SEED = 42n;
/** Candidates to try: enough for every draw here that can succeed. */
const TRIALS = 1_000n;
/** A miner that is alone, and has at least a quarter of its seat's length locked, is missed by all with a chance of 1e-24. */
const FEW_TRIALS = 200n;

/** Draws, as a plain array. */
async function drawn({ escrow }: Sampling, seed: bigint, wanted: bigint, until: bigint): Promise<string[]> {
  return [...(await escrow.draw(seed, wanted, until, TRIALS))];
}

/** Where a trial falls, before it is brought onto the line. */
const wordOf = (seed: bigint, trial: bigint): bigint =>
  BigInt(ethers.solidityPackedKeccak256(["uint256", "uint256"], [seed, trial]));

/** Who has which points of the line, grain by grain. */
function pointsOf(stakes: readonly [miner: string, start: bigint, grains: bigint][]): Map<bigint, string> {
  const points = new Map<bigint, string>();
  for (const [miner, start, grains] of stakes) {
    for (let point = start; point < start + grains; ++point) points.set(point, miner);
  }
  return points;
}

/** Whether anybody at all can be drawn for `until`. */
async function someoneIn({ escrow }: Sampling, until: bigint): Promise<boolean> {
  const draw = escrow.draw(SEED, 1n, until, FEW_TRIALS);
  if ((await draw.catch(() => [])).length > 0) return true;
  await expect(draw).to.be.revertedWithCustomError(escrow, "StakeEscrowTrialsUsedUp").withArgs(0n, 1n, FEW_TRIALS);
  return false;
}

describe("StakeEscrow.draw", () => {
  describe("when `until` is not after the current period", () => {
    it("reverts with StakeEscrowDrawTooEarly(until, least), whatever else is wrong", async () => {
      const { escrow, now } = await loadFixture(nobodySits);
      for (const until of [0n, now - 1n, now]) {
        await expect(escrow.draw(SEED, 1n, until, 0n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowDrawTooEarly")
          .withArgs(until, now + 1n);
      }
    });

    it("counts the current period to the second", async () => {
      const { escrow, people, parameters, now } = await loadFixture(annAlone);
      const nextPeriod = (now + 1n) * parameters.escrow.period;
      await time.increaseTo(nextPeriod - 1n);
      expect(await escrow.draw(SEED, 1n, now + 1n, TRIALS)).to.deep.equal([people.ann.address]);
      await time.increaseTo(nextPeriod);
      await expect(escrow.draw(SEED, 1n, now + 1n, TRIALS))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowDrawTooEarly")
        .withArgs(now + 1n, now + 2n);
    });
  });

  describe("when there are fewer members than wanted", () => {
    it("reverts with StakeEscrowTooFewMembers(members, wanted), before any trial", async () => {
      const { escrow, now } = await loadFixture(threeMembers);
      for (const wanted of [4n, ethers.MaxUint256]) {
        await expect(escrow.draw(SEED, wanted, now + 1n, 0n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooFewMembers")
          .withArgs(3n, wanted);
      }
    });

    it("does so for one miner of an empty network", async () => {
      const { escrow, now } = await loadFixture(nobodySits);
      await expect(escrow.draw(SEED, 1n, now + 1n, TRIALS))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooFewMembers")
        .withArgs(0n, 1n);
    });

    it("counts a member whose locks are over until somebody pokes it", async () => {
      const { escrow, people, now } = await loadFixture(annAlone);
      await passPeriods(escrow, LONG + 1n);
      const until = now + LONG + 2n;
      await expect(escrow.draw(SEED, 1n, until, FEW_TRIALS))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTrialsUsedUp")
        .withArgs(0n, 1n, FEW_TRIALS);
      await escrow.poke(people.ann);
      await expect(escrow.draw(SEED, 1n, until, TRIALS))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooFewMembers")
        .withArgs(0n, 1n);
    });
  });

  describe("when maxTrials are used up", () => {
    it("reverts with StakeEscrowTrialsUsedUp(drawn, wanted, trials)", async () => {
      const { escrow, now } = await loadFixture(threeMembers);
      await expect(escrow.draw(SEED, 3n, now + 1n, 0n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTrialsUsedUp")
        .withArgs(0n, 3n, 0n);
      await expect(escrow.draw(SEED, 3n, now + 1n, 2n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTrialsUsedUp")
        .withArgs(1n, 3n, 2n);
    });

    it("has drawn the first of those that more trials would give", async () => {
      const { escrow, now } = await loadFixture(threeMembers);
      const all = await escrow.draw(SEED, 3n, now + 1n, TRIALS);
      for (const wanted of [1, 2]) {
        expect(await escrow.draw(SEED, wanted, now + 1n, TRIALS)).to.deep.equal(all.slice(0, wanted));
      }
    });
  });

  describe("when nobody is wanted", () => {
    it("gives nobody, of an empty network and without trials too", async () => {
      const { escrow, now } = await loadFixture(nobodySits);
      expect(await escrow.draw(SEED, 0n, now + 1n, 0n)).to.deep.equal([]);
    });
  });

  describe("whom it draws", () => {
    it("distinct miners, all of them if all are wanted", async () => {
      const scene = await loadFixture(threeMembers);
      const everybody = Object.values(scene.people).map(({ address }) => address);
      for (let seed = 0n; seed < 20n; ++seed) {
        expect(await drawn(scene, seed, 3n, scene.now + 1n)).to.have.members(everybody);
      }
    });

    it("the same miners for the same seed, others for other seeds", async () => {
      const scene = await loadFixture(agedNetwork);
      const five = (seed: bigint): Promise<string[]> => drawn(scene, seed, 5n, scene.now + 1n);
      expect(await five(SEED)).to.deep.equal(await five(SEED));
      const different = new Set<string>();
      for (let seed = 0n; seed < 10n; ++seed) different.add((await five(seed)).join());
      expect(different.size).to.equal(10);
    });

    it("miners whose addresses end in the same byte, the least or the greatest, each once", async () => {
      const scene = await loadFixture(nobodySits);
      const { escrow, token, now } = scene;
      const four = [0x10100, 0x10200, 0x101ff, 0x102ff].map((address) =>
        ethers.getAddress(ethers.toBeHex(address, 20)),
      );
      await token.transfer(escrow, 4n * MIN_STAKE);
      await escrow.lockForMany(
        four,
        four.map(() => MIN_STAKE),
        LONG,
      );
      for (let seed = 0n; seed < 10n; ++seed) {
        expect(await drawn(scene, seed, 4n, now + 1n)).to.have.members(four);
      }
    });

    it("whoever has s_min locked, not who has a base unit less", async () => {
      const scene = await loadFixture(annAlone);
      const { escrow, policyManager, people, now } = scene;
      await escrow.connect(people.ann).lock(1n, 3n);
      expect(await someoneIn(scene, now + LONG)).to.equal(true);
      await policyManager.slash(escrow, people.ann, 2n, ethers.ZeroAddress, 0n);
      await expect(escrow.draw(SEED, 1n, now + 1n, TRIALS))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooFewMembers")
        .withArgs(0n, 1n);
    });

    it("whoever has s_min left in `until`, not who falls a base unit short", async () => {
      const scene = await loadFixture(nobodySits);
      const { escrow, people, now } = scene;
      const ann = escrow.connect(people.ann);
      await ann.lock(MIN_STAKE, 5n);
      await ann.lock(MIN_STAKE - 1n, LONG);
      expect(await someoneIn(scene, now + 5n)).to.equal(true);
      expect(await someoneIn(scene, now + 6n)).to.equal(false);
      await ann.topUp(people.ann, 1n, now + 1n + LONG, 1n);
      expect(await someoneIn(scene, now + 6n)).to.equal(true);
    });

    it("a fixed lock's miner through its last period", async () => {
      const scene = await loadFixture(annAlone);
      expect(await someoneIn(scene, scene.now + LONG)).to.equal(true);
      expect(await someoneIn(scene, scene.now + LONG + 1n)).to.equal(false);
    });

    it("a rolling lock's miner through now + notice, further with every period", async () => {
      const scene = await loadFixture(annAlone);
      const { escrow, people, now } = scene;
      const notice = LONG + 10n;
      await escrow.connect(people.ann).roll(0n, now + 1n + LONG, notice);
      expect(await someoneIn(scene, now + notice)).to.equal(true);
      expect(await someoneIn(scene, now + notice + 1n)).to.equal(false);
      await passPeriods(escrow, 3n);
      expect(await someoneIn(scene, now + 3n + notice)).to.equal(true);
      expect(await someoneIn(scene, now + 3n + notice + 1n)).to.equal(false);
      await escrow.connect(people.ann).giveNotice(0n, ROLLING);
      await passPeriods(escrow, 3n);
      expect(await someoneIn(scene, now + 3n + notice)).to.equal(true);
      expect(await someoneIn(scene, now + 3n + notice + 1n)).to.equal(false);
    });

    it("so, too, where fewer periods have passed since 1970 than a notice can have", async () => {
      const scene = await loadFixture(annAloneByDay);
      const { escrow, people, now } = scene;
      expect(now < SATURATION).to.equal(true);
      expect(await someoneIn(scene, now + 1n)).to.equal(true);
      expect(await someoneIn(scene, now + LONG)).to.equal(true);
      expect(await someoneIn(scene, now + LONG + 1n)).to.equal(false);
      await escrow.connect(people.ann).roll(0n, now + 1n + LONG, LONG + 10n);
      expect(await someoneIn(scene, now + LONG + 10n)).to.equal(true);
      expect(await someoneIn(scene, now + LONG + 11n)).to.equal(false);
    });

    it("nobody who is paused, and again who resumed", async () => {
      const scene = await loadFixture(threeMembers);
      const { escrow, healthVote, people, now } = scene;
      await healthVote.pause(escrow, people.ben);
      await expect(escrow.draw(SEED, 3n, now + 1n, TRIALS))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowTooFewMembers")
        .withArgs(2n, 3n);
      expect(await drawn(scene, SEED, 2n, now + 1n)).to.have.members([people.ann.address, people.cat.address]);
      await escrow.connect(people.ben).resume(people.ben);
      expect(await drawn(scene, SEED, 3n, now + 1n)).to.include(people.ben.address);
    });

    it("whoever's stake the hashes of the seed with 0, 1, 2, ... fall on, and nobody for the rest of its segment", async () => {
      const { escrow, people, now, shortEnd } = await loadFixture(shortLine);
      for (const [until, anns, bens] of [
        [now + 1n, 20n, 100n],
        [shortEnd, 0n, 50n],
      ] as const) {
        const hits = pointsOf([
          [people.ann.address, 0n, anns],
          [people.cat.address, 32n, 16n],
          [people.ben.address, 64n, bens],
        ]);
        const seen = new Set<bigint>();
        for (let seed = 0n; seed < 400n; ++seed) {
          const points = [0n, 1n, 2n].map((trial) => wordOf(seed, trial) % SHORT_LINE);
          for (const point of points) seen.add(point);
          const expected = points.map((point) => hits.get(point)).find((miner) => miner !== undefined);
          const draw = escrow.draw(seed, 1n, until, 3n);
          if (expected !== undefined) expect(await draw, `seed ${seed}`).to.deep.equal([expected]);
          else {
            await expect(draw).to.be.revertedWithCustomError(escrow, "StakeEscrowTrialsUsedUp").withArgs(0n, 1n, 3n);
          }
        }
        expect(BigInt(seen.size), "points of the line that were hit").to.equal(SHORT_LINE);
      }
    });

    it("a miner with the most stake there can be beside one with the least", async () => {
      const scene = await loadFixture(annAlone);
      const { escrow, people, now } = scene;
      await escrow.connect(people.ben).lock((MIN_STAKE << 16n) - 1n, LONG);
      const counts = { [people.ann.address]: 0, [people.ben.address]: 0 };
      for (let seed = 0n; seed < 50n; ++seed) {
        const [first = ""] = await drawn(scene, seed, 1n, now + 1n);
        counts[first] = (counts[first] ?? 0) + 1;
      }
      // Ann comes first once in 65,536 draws.
      expect(counts).to.deep.equal({ [people.ann.address]: 0, [people.ben.address]: 50 });
    });
  });
});
