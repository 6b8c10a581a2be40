import { SATURATED } from "@nkms/protocol";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { lockOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import { passPeriods } from "../helpers/time";
import { emptyNetwork, LONG, type Peopled, populate, ROLLING, type Sampling } from "./networks";
import { CAPACITY, fillTiers, membersByTier, placeOf, pretendSeats, seatOf, TIERS, UNIT } from "./pool";

const GRAIN = 10n ** 9n;
const TOP_TIER = BigInt(TIERS - 1);

const names = ["ann", "ben", "cat", "dan", "eva"] as const;
type Scene = Omit<Peopled<(typeof names)[number]>, "stakers">;

/** Five people with tokens; nobody has locked anything. */
async function nobodySits(): Promise<Scene> {
  const network = await emptyNetwork();
  return { ...network, people: await populate(network, names), now: await network.escrow.currentPeriod() };
}

/** Ann, ben, cat and dan sit in tier 1 in this order, with 40 NKMS each; eva sits in tier 0 with 20. All locks are long. */
async function fourInTierOne(): Promise<Scene> {
  const scene = await nobodySits();
  const { ann, ben, cat, dan, eva } = scene.people;
  for (const person of [ann, ben, cat, dan]) await scene.escrow.connect(person).lock(nkms("40"), LONG);
  await scene.escrow.connect(eva).lock(nkms("20"), LONG);
  return scene;
}

/** Takes stake from a miner, as a verdict would, and burns it. */
const slash = ({ escrow, policyManager }: Sampling, miner: string, amount: bigint): Promise<unknown> =>
  policyManager.slash(escrow, miner, amount, ethers.ZeroAddress, 0n);

/** All that can change with a refused call, as far as the sampler goes. */
async function picture({ escrow, people }: Scene): Promise<unknown> {
  const miners = await Promise.all(Object.values(people).map((person) => escrow.minerOf(person)));
  const counts = await escrow.seatCounts();
  const seats = await Promise.all(counts.map((_, tier) => escrow.seats(tier, 0n, 5n)));
  return [miners, counts, seats, await escrow.members()];
}

describe("StakeEscrow seats", () => {
  describe("when a miner locks for the first time", () => {
    it("sits down behind the others of its tier, and counts as a member", async () => {
      const { escrow, people } = await loadFixture(nobodySits);
      expect(await escrow.members()).to.equal(0n);
      expect(await placeOf(escrow, people.ann.address)).to.equal(undefined);
      for (const [i, person] of [people.ann, people.ben, people.cat].entries()) {
        await escrow.connect(person).lock(nkms("40"), LONG);
        expect(await placeOf(escrow, person.address)).to.deep.equal({ tier: 1n, index: BigInt(i) });
        expect(await escrow.members()).to.equal(BigInt(i) + 1n);
      }
      expect(await membersByTier(escrow)).to.deep.equal({
        1: [people.ann.address, people.ben.address, people.cat.address],
      });
    });

    /** Where made-up miners with these stakes sit. */
    async function tiersOf(scene: Scene, stakes: readonly bigint[]): Promise<(bigint | undefined)[]> {
      const { escrow, token } = scene;
      const miners = stakes.map((_, i) => ethers.toBeHex(0x7e500 + i, 20));
      await token.transfer(
        escrow,
        stakes.reduce((sum, stake) => sum + stake, 0n),
      );
      await escrow.lockForMany(miners, [...stakes], LONG);
      const places = await Promise.all(miners.map((miner) => placeOf(escrow, miner)));
      return places.map((place) => place?.tier);
    }
    const tiers = Array.from({ length: TIERS }, (_, tier) => BigInt(tier));

    it("sits in tier c with 2^c s_min, for every c", async () => {
      const scene = await loadFixture(nobodySits);
      expect(
        await tiersOf(
          scene,
          tiers.map((tier) => MIN_STAKE << tier),
        ),
      ).to.deep.equal(tiers);
      expect(await scene.escrow.seatCounts()).to.deep.equal(Array(TIERS).fill(1n));
      expect(await scene.escrow.members()).to.equal(BigInt(TIERS));
    });

    it("sits in tier c - 1 with a grain, and with a base unit, less than 2^c s_min", async () => {
      const above = tiers.slice(1);
      for (const missing of [GRAIN, 1n]) {
        const stakes = above.map((tier) => (MIN_STAKE << tier) - missing);
        expect(await tiersOf(await loadFixture(nobodySits), stakes)).to.deep.equal(tiers.slice(0, -1));
      }
    });

    it("sits in tier 15 with a base unit less than 65,536 s_min, and can't have more", async () => {
      const scene = await loadFixture(nobodySits);
      const { escrow, people } = scene;
      const limit = MIN_STAKE << 16n;
      const before = await picture(scene);
      await expect(escrow.connect(people.ann).lock(limit, LONG))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
        .withArgs(limit, limit);
      expect(await picture(scene)).to.deep.equal(before);

      await escrow.connect(people.ann).lock(limit - 1n, LONG);
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: TOP_TIER, index: 0n });
      expect((await seatOf(escrow, people.ann.address)).weight).to.equal((UNIT << 16n) - 1n);
      await expect(escrow.connect(people.ann).lock(1n, LONG))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveLimit")
        .withArgs(limit, limit);
    });
  });

  describe("what a seat says", () => {
    it("the weight is the sum of all locks, in whole grains", async () => {
      const { escrow, people } = await loadFixture(nobodySits);
      const ann = escrow.connect(people.ann);
      await ann.lock(MIN_STAKE + GRAIN - 1n, LONG);
      expect((await seatOf(escrow, people.ann.address)).weight).to.equal(UNIT);
      await ann.lock(1n, 5n);
      expect((await seatOf(escrow, people.ann.address)).weight).to.equal(UNIT + 1n);
      await ann.lock(nkms("3"), 7n);
      expect((await seatOf(escrow, people.ann.address)).weight).to.equal(UNIT + 1n + nkms("3") / GRAIN);
    });

    it("the first end is the soonest of the fixed locks, counted from GENESIS; saturated when none is fixed", async () => {
      const { escrow, people, now } = await loadFixture(nobodySits);
      const ann = escrow.connect(people.ann);
      const genesis = await escrow.GENESIS();
      await ann.lock(MIN_STAKE, 20n);
      expect((await seatOf(escrow, people.ann.address)).firstEnd).to.equal(now + 21n - genesis);
      await ann.lock(MIN_STAKE, 7n);
      expect((await seatOf(escrow, people.ann.address)).firstEnd).to.equal(now + 8n - genesis);
      await ann.extend(1n, now + 8n, 4n);
      expect((await seatOf(escrow, people.ann.address)).firstEnd).to.equal(now + 12n - genesis);
      await ann.roll(1n, now + 12n, 11n);
      expect((await seatOf(escrow, people.ann.address)).firstEnd).to.equal(now + 21n - genesis);
      await ann.roll(0n, now + 21n, 20n);
      expect((await seatOf(escrow, people.ann.address)).firstEnd).to.equal(SATURATED);
    });

    it("the notice is the shortest of the rolling locks; saturated when none rolls", async () => {
      const { escrow, people, now } = await loadFixture(nobodySits);
      const ann = escrow.connect(people.ann);
      for (let i = 0; i < 2; ++i) await ann.lock(MIN_STAKE, 5n);
      expect((await seatOf(escrow, people.ann.address)).notice).to.equal(SATURATED);
      await ann.roll(0n, now + 6n, 30n);
      expect((await seatOf(escrow, people.ann.address)).notice).to.equal(30n);
      await ann.roll(1n, now + 6n, 12n);
      expect((await seatOf(escrow, people.ann.address)).notice).to.equal(12n);
      await ann.giveNotice(1n, ROLLING);
      expect((await seatOf(escrow, people.ann.address)).notice).to.equal(30n);
      await ann.giveNotice(0n, ROLLING);
      expect((await seatOf(escrow, people.ann.address)).notice).to.equal(SATURATED);
    });

    it("a lock that ends with the next period is no part of it", async () => {
      const { escrow, people, now } = await loadFixture(nobodySits);
      const ann = escrow.connect(people.ann);
      await ann.lock(nkms("50"), 3n); // counts through now + 3
      await ann.lock(nkms("20"), LONG);
      const genesis = await escrow.GENESIS();
      await passPeriods(escrow, 2n);
      await escrow.poke(people.ann);
      expect(await seatOf(escrow, people.ann.address)).to.include({
        weight: nkms("70") / GRAIN,
        firstEnd: now + 4n - genesis,
      });
      await passPeriods(escrow, 1n);
      await escrow.poke(people.ann);
      expect(await seatOf(escrow, people.ann.address)).to.include({
        weight: nkms("20") / GRAIN,
        firstEnd: now + 1n + LONG - genesis,
      });
    });
  });

  describe("when a weight changes within its tier", () => {
    it("the member keeps its seat, with the new weight", async () => {
      const scene = await loadFixture(fourInTierOne);
      const { escrow, people } = scene;
      const seated = await membersByTier(escrow);
      await escrow.connect(people.ben).lock(nkms("24") - GRAIN, LONG); // 64 NKMS less a grain: the most in tier 1
      expect((await seatOf(escrow, people.ben.address)).weight).to.equal((UNIT << 2n) - 1n);
      expect(await membersByTier(escrow)).to.deep.equal(seated);
      await slash(scene, people.ben.address, nkms("32") - GRAIN); // 32 NKMS: the least
      expect((await seatOf(escrow, people.ben.address)).weight).to.equal(UNIT << 1n);
      expect(await membersByTier(escrow)).to.deep.equal(seated);
    });
  });

  describe("when a weight leaves its tier", () => {
    it("upwards: it sits down at the end of the tier above, and the last of the old tier takes the gap", async () => {
      const { escrow, people } = await loadFixture(fourInTierOne);
      const { ann, ben, cat, dan, eva } = people;
      await escrow.connect(ben).lock(nkms("24"), LONG); // 64 NKMS
      expect(await membersByTier(escrow)).to.deep.equal({
        0: [eva.address],
        1: [ann.address, dan.address, cat.address],
        2: [ben.address],
      });
      await escrow.connect(ann).lock(nkms("24"), LONG);
      expect(await membersByTier(escrow)).to.deep.equal({
        0: [eva.address],
        1: [cat.address, dan.address],
        2: [ben.address, ann.address],
      });
      expect(await escrow.members()).to.equal(5n);
    });

    it("downwards, by a slash: the same in the tier below", async () => {
      const scene = await loadFixture(fourInTierOne);
      const { ann, ben, cat, dan, eva } = scene.people;
      await slash(scene, ann.address, nkms("8") + 1n); // a base unit less than 32 NKMS
      expect(await membersByTier(scene.escrow)).to.deep.equal({
        0: [eva.address, ann.address],
        1: [dan.address, ben.address, cat.address],
      });
      expect((await seatOf(scene.escrow, ann.address)).weight).to.equal((UNIT << 1n) - 1n);
    });

    it("below s_min: it has no seat", async () => {
      const scene = await loadFixture(fourInTierOne);
      const { escrow, people } = scene;
      await slash(scene, people.eva.address, nkms("4")); // s_min is left
      expect((await seatOf(escrow, people.eva.address)).weight).to.equal(UNIT);
      await slash(scene, people.eva.address, 1n);
      expect(await placeOf(escrow, people.eva.address)).to.equal(undefined);
      expect(await escrow.members()).to.equal(4n);
    });
  });

  describe("when a member leaves", () => {
    it("the last of the tier moves into the gap with its seat unchanged, and can leave from there", async () => {
      const { escrow, healthVote, people } = await loadFixture(fourInTierOne);
      const { ann, ben, cat, dan, eva } = people;
      const seat = await seatOf(escrow, dan.address);
      await healthVote.pause(escrow, ann);
      expect(await membersByTier(escrow)).to.deep.equal({
        0: [eva.address],
        1: [dan.address, ben.address, cat.address],
      });
      expect(await placeOf(escrow, dan.address)).to.deep.equal({ tier: 1n, index: 0n });
      expect(await seatOf(escrow, dan.address)).to.deep.equal(seat);
      expect(await placeOf(escrow, ann.address)).to.equal(undefined);
      await healthVote.pause(escrow, dan);
      expect(await membersByTier(escrow)).to.deep.equal({ 0: [eva.address], 1: [cat.address, ben.address] });
    });

    it("the last itself leaves without moving anybody", async () => {
      const { escrow, healthVote, people } = await loadFixture(fourInTierOne);
      const { ann, ben, cat, dan, eva } = people;
      await healthVote.pause(escrow, dan);
      expect(await membersByTier(escrow)).to.deep.equal({
        0: [eva.address],
        1: [ann.address, ben.address, cat.address],
      });
      expect(await placeOf(escrow, dan.address)).to.equal(undefined);
    });

    it("the only one leaves an empty tier, and other tiers stay as they are", async () => {
      const { escrow, healthVote, people } = await loadFixture(fourInTierOne);
      const { ann, ben, cat, dan, eva } = people;
      await healthVote.pause(escrow, eva);
      expect(await membersByTier(escrow)).to.deep.equal({
        1: [ann.address, ben.address, cat.address, dan.address],
      });
      expect(await escrow.members()).to.equal(4n);
    });

    it("takes the next free seat when it comes back", async () => {
      const { escrow, healthVote, people } = await loadFixture(fourInTierOne);
      const { ann, ben, cat, dan, eva } = people;
      await healthVote.pause(escrow, ann);
      await escrow.connect(ann).resume(ann);
      expect(await membersByTier(escrow)).to.deep.equal({
        0: [eva.address],
        1: [dan.address, ben.address, cat.address, ann.address],
      });
    });
  });

  describe("when a tier is full", () => {
    it("with 65,533 seats taken, the next member takes the last one", async () => {
      const { escrow, people } = await loadFixture(nobodySits);
      await pretendSeats(escrow, { 0: CAPACITY - 1n });
      await escrow.connect(people.ann).lock(nkms("20"), LONG);
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 0n, index: CAPACITY - 1n });
      expect((await escrow.seatCounts())[0]).to.equal(CAPACITY);
    });

    it("with 65,534, the next member sits in the next tier up with room", async () => {
      const { escrow, people } = await loadFixture(nobodySits);
      await fillTiers(escrow, 0, 0);
      await escrow.connect(people.ann).lock(nkms("20"), LONG);
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 1n, index: 0n });
      expect((await seatOf(escrow, people.ann.address)).weight).to.equal(nkms("20") / GRAIN);
      expect((await escrow.seatCounts())[0]).to.equal(CAPACITY);
      await fillTiers(escrow, 1, 14);
      await escrow.connect(people.ben).lock(nkms("20"), LONG);
      expect(await placeOf(escrow, people.ben.address)).to.deep.equal({ tier: TOP_TIER, index: 0n });
    });

    it("a member grows past it into the next tier with room", async () => {
      const { escrow, people } = await loadFixture(fourInTierOne);
      await fillTiers(escrow, 2, 4);
      await escrow.connect(people.ben).lock(nkms("24"), LONG); // 64 NKMS: tier 2
      expect(await placeOf(escrow, people.ben.address)).to.deep.equal({ tier: 5n, index: 0n });
      expect(await placeOf(escrow, people.dan.address)).to.deep.equal({ tier: 1n, index: 1n });
      await escrow.connect(people.ben).lock(nkms("448"), LONG); // 512 NKMS: tier 5, where it sits already
      expect(await placeOf(escrow, people.ben.address)).to.deep.equal({ tier: 5n, index: 0n });
      expect((await seatOf(escrow, people.ben.address)).weight).to.equal(UNIT << 5n);
    });

    it("a member that shrinks into it stays in its own tier, or in one between with room", async () => {
      const scene = await loadFixture(nobodySits);
      const { escrow, people } = scene;
      await escrow.connect(people.ann).lock(nkms("150"), LONG); // tier 3
      await escrow.connect(people.ben).lock(nkms("150"), LONG);
      await fillTiers(escrow, 0, 2);
      await slash(scene, people.ann.address, nkms("130"));
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 3n, index: 0n });
      expect((await seatOf(escrow, people.ann.address)).weight).to.equal(nkms("20") / GRAIN);

      await pretendSeats(escrow, { 2: 7n });
      await slash(scene, people.ben.address, nkms("130"));
      expect(await placeOf(escrow, people.ben.address)).to.deep.equal({ tier: 2n, index: 7n });
      expect((await seatOf(escrow, people.ben.address)).weight).to.equal(nkms("20") / GRAIN);
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 3n, index: 0n });
    });

    it("a member of it changes its weight in place", async () => {
      const scene = await loadFixture(fourInTierOne);
      const { escrow, people } = scene;
      await fillTiers(escrow, 0, TIERS - 1);
      await escrow.connect(people.cat).lock(nkms("10"), LONG);
      await slash(scene, people.dan.address, nkms("8"));
      expect(await placeOf(escrow, people.cat.address)).to.deep.equal({ tier: 1n, index: 2n });
      expect((await seatOf(escrow, people.cat.address)).weight).to.equal(nkms("50") / GRAIN);
      expect(await placeOf(escrow, people.dan.address)).to.deep.equal({ tier: 1n, index: 3n });
      expect((await seatOf(escrow, people.dan.address)).weight).to.equal(nkms("32") / GRAIN);
    });

    it("a member of it that leaves makes room for one", async () => {
      const { escrow, healthVote, people } = await loadFixture(fourInTierOne);
      const lastOfAll = await fillTiers(escrow, 1, 1);
      await healthVote.pause(escrow, people.ben);
      expect((await escrow.seatCounts())[1]).to.equal(CAPACITY - 1n);
      expect(await placeOf(escrow, lastOfAll)).to.deep.equal({ tier: 1n, index: 1n });
      await escrow.connect(people.eva).lock(nkms("20"), LONG); // 40 NKMS
      expect(await placeOf(escrow, people.eva.address)).to.deep.equal({ tier: 1n, index: CAPACITY - 1n });
    });

    it("a member that had to sit above it comes down with the first change after there is room", async () => {
      const scene = await loadFixture(fourInTierOne);
      const { escrow, people } = scene;
      await fillTiers(escrow, 0, 0);
      await slash(scene, people.ann.address, nkms("20"));
      await escrow.poke(people.ann);
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 1n, index: 0n });
      await pretendSeats(escrow, { 0: CAPACITY - 1n });
      await escrow.poke(people.ann);
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 0n, index: CAPACITY - 1n });
      expect(await placeOf(escrow, people.dan.address)).to.deep.equal({ tier: 1n, index: 0n });
    });
  });

  describe("when all tiers are full", () => {
    it("a newcomer reverts with SamplerFull(its tier), and nothing has changed", async () => {
      const scene = await loadFixture(nobodySits);
      const { escrow, token, people } = scene;
      await fillTiers(escrow, 0, TIERS - 1);
      const before = await picture(scene);
      await expect(escrow.connect(people.ann).lock(nkms("20"), LONG))
        .to.be.revertedWithCustomError(escrow, "SamplerFull")
        .withArgs(0n);
      expect(await picture(scene)).to.deep.equal(before);
      expect(await token.balanceOf(escrow)).to.equal(0n);
    });

    it("a member that grows out of its tier reverts with SamplerFull(its tier), and nothing has changed", async () => {
      const scene = await loadFixture(fourInTierOne);
      const { escrow, token, people } = scene;
      await fillTiers(escrow, 2, TIERS - 1);
      const [before, held] = [await picture(scene), await token.balanceOf(escrow)];
      await expect(escrow.connect(people.ann).lock(nkms("24"), LONG))
        .to.be.revertedWithCustomError(escrow, "SamplerFull")
        .withArgs(2n);
      expect(await picture(scene)).to.deep.equal(before);
      expect(await token.balanceOf(escrow)).to.equal(held);
      await escrow.connect(people.ann).lock(nkms("24") - GRAIN, LONG); // up to the tier's end there is no need to move
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 1n, index: 0n });
    });

    it("a paused miner's resume reverts with SamplerFull(its tier), until somebody leaves", async () => {
      const scene = await loadFixture(fourInTierOne);
      const { escrow, healthVote, people } = scene;
      await healthVote.pause(escrow, people.ann);
      await fillTiers(escrow, 1, TIERS - 1);
      const before = await picture(scene);
      await expect(escrow.connect(people.ann).resume(people.ann))
        .to.be.revertedWithCustomError(escrow, "SamplerFull")
        .withArgs(1n);
      expect(await picture(scene)).to.deep.equal(before);
      await healthVote.pause(escrow, people.ben);
      await escrow.connect(people.ann).resume(people.ann);
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 1n, index: CAPACITY - 1n });
    });

    it("an extension that brings an ending lock back reverts with SamplerFull(its tier), and nothing has changed", async () => {
      const scene = await loadFixture(nobodySits);
      const { escrow, people, now } = scene;
      const ann = escrow.connect(people.ann);
      await ann.lock(nkms("20"), 3n); // ends at now + 4
      await ann.lock(nkms("20"), LONG);
      await passPeriods(escrow, 3n);
      await escrow.poke(people.ann); // the lock that ends with the next period is no part of the seat any more
      await fillTiers(escrow, 0, TIERS - 1);
      const before = await picture(scene);
      await expect(ann.extend(0n, now + 4n, 2n))
        .to.be.revertedWithCustomError(escrow, "SamplerFull")
        .withArgs(1n);
      expect(await picture(scene)).to.deep.equal(before);
      expect((await lockOf(escrow, people.ann.address, 0)).end).to.equal(now + 4n);
    });

    it("everything that doesn't raise a weight goes on", async () => {
      const scene = await loadFixture(nobodySits);
      const { escrow, healthVote, people, now } = scene;
      const ann = escrow.connect(people.ann);
      const longEnd = now + 1n + LONG;
      await ann.lock(nkms("40"), 2n); // 0: ends at now + 3, withdrawable from now + 5
      await ann.lock(nkms("100"), LONG); // 1
      await ann.lock(nkms("20"), 9n); // 2
      await ann.roll(2n, now + 10n, 20n);
      await passPeriods(escrow, 5n);
      await fillTiers(escrow, 0, TIERS - 1);
      const tier = (await placeOf(escrow, people.ann.address))?.tier;

      await ann.split(1n, longEnd, nkms("30")); // 3
      await ann.merge(1n, 3n, longEnd);
      await ann.extend(1n, longEnd, 1n);
      await ann.giveNotice(2n, ROLLING);
      await ann.withdraw(nkms("40"));
      await slash(scene, people.ann.address, nkms("60"));
      await escrow.poke(people.ann);
      expect((await lockOf(escrow, people.ann.address, 1)).amount).to.equal(nkms("60"));
      expect(await seatOf(escrow, people.ann.address)).to.include({ weight: nkms("60") / GRAIN, notice: SATURATED });
      expect((await placeOf(escrow, people.ann.address))?.tier).to.equal(tier);
      await healthVote.pause(escrow, people.ann);
      expect(await placeOf(escrow, people.ann.address)).to.equal(undefined);
    });
  });

  describe("poke, by anybody", () => {
    it("brings a weight down to what is locked after the next period", async () => {
      const { escrow, people, stranger } = await loadFixture(nobodySits);
      await escrow.connect(people.ann).lock(nkms("100"), 4n);
      await escrow.connect(people.ann).lock(nkms("20"), LONG);
      await passPeriods(escrow, 10n);
      expect((await seatOf(escrow, people.ann.address)).weight).to.equal(nkms("120") / GRAIN);
      await escrow.connect(stranger).poke(people.ann);
      expect((await seatOf(escrow, people.ann.address)).weight).to.equal(nkms("20") / GRAIN);
      expect(await placeOf(escrow, people.ann.address)).to.deep.equal({ tier: 0n, index: 0n });
    });

    it("takes out a miner whose locks end with the next period, and not a period before", async () => {
      const { escrow, people, stranger } = await loadFixture(nobodySits);
      await escrow.connect(people.ann).lock(nkms("20"), 4n); // counts in now + 1 .. now + 4
      await passPeriods(escrow, 3n);
      await escrow.connect(stranger).poke(people.ann);
      expect(await escrow.members()).to.equal(1n);
      await passPeriods(escrow, 1n);
      await escrow.connect(stranger).poke(people.ann);
      expect(await escrow.members()).to.equal(0n);
      expect(await placeOf(escrow, people.ann.address)).to.equal(undefined);
    });

    it("changes nothing for a seat that is right, a paused miner or a stranger", async () => {
      const scene = await loadFixture(fourInTierOne);
      const { escrow, healthVote, people, stranger } = scene;
      await healthVote.pause(escrow, people.dan);
      const before = await picture(scene);
      for (const account of [people.ann, people.dan, stranger]) await escrow.connect(stranger).poke(account);
      expect(await picture(scene)).to.deep.equal(before);
    });
  });
});
