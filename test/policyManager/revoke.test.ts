import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { ALL, accept } from "../helpers/policies";
import { nextTransactionAt } from "../helpers/time";
import { type Closing, shareOf } from "../models/policies";
import {
  actingAs,
  COLLATERAL,
  dealOf,
  FEE,
  GRAIN,
  justCreated,
  inThird,
  handedOff,
  modelOf,
  noPolicy,
  PERIODS,
  RATE,
  reach,
  reached,
  type SceneWithPolicy,
  sceneWith,
  WINDOW,
  withPolicy,
} from "./fixtures";
import { asTold, closedAsTold, eventsOf, expectAsModel, expectRefusal, moved } from "./observe";

const revoke = ({ policies, owner, terms }: SceneWithPolicy, index: bigint) =>
  policies.connect(owner).revoke(terms, index);

/** The parts of one closing sum up to the whole fee. */
const sumOf = ({ earned, refunded, held }: Closing): bigint => earned + refunded + held;

/** Ann, bob and cid in a policy of `periods` periods, where φ is `floorPercent`. */
async function lasting(periods: bigint, floorPercent = 50n): Promise<SceneWithPolicy> {
  const scene = await sceneWith({ floorPercent });
  return withPolicy(scene, dealOf(scene, { periods, collateral: nkms("2") }), [scene.ann, scene.bob, scene.cid]);
}
const lastingSeven = () => lasting(7n);
const lastingOne = () => lasting(1n);
const withoutFloor = () => lasting(4n, 0n);
const withFullFloor = () => lasting(4n, 100n);
const withOddFloor = async () => {
  const scene = await sceneWith({ floorPercent: 34n });
  return withPolicy(scene, dealOf(scene, { periods: 3n, rate: nkms("6") }), [scene.ann, scene.bob, scene.cid]);
};

const ODD_RATE = nkms("7") + GRAIN;
const thirteenOddPeriods = async () => {
  const scene = await noPolicy();
  return withPolicy(scene, dealOf(scene, { periods: 13n, rate: ODD_RATE }, [scene.ann]), [scene.ann]);
};

/** Revokes the whole policy when it has served `t` periods; checks all it tells against the model; returns one split. */
async function splitAt(created: SceneWithPolicy, t: bigint): Promise<Closing> {
  const scene = await reached(created, t);
  const { policies, owner, terms, id, ann, bob, cid, now, model } = scene;
  const [first, second, third] = [...model.revoke(id).values()];
  if (!first || !second || !third) throw new Error("expected 3 arrangements");
  expect([second, third]).to.deep.equal([first, first]);
  expect(await policies.connect(owner).revoke.staticCall(terms, ALL)).to.deep.equal([
    3n * first.refunded,
    3n * first.held,
  ]);
  expect(await eventsOf(policies, revoke(scene, ALL))).to.deep.equal([
    closedAsTold(id, 0n, ann.account.address, first),
    closedAsTold(id, 1n, bob.account.address, second),
    closedAsTold(id, 2n, cid.account.address, third),
    ["Revoked", id, now + 1n],
  ]);
  expect(await policies.policyOf(id)).to.deep.equal([created.start, created.end, now + 1n, 0n]);
  await expectAsModel(scene, model);
  return first;
}

/** Everybody takes what is due when it is due; then nothing of the policy is left in the contract. */
async function payEverybody(scene: SceneWithPolicy, { stop, earned, refunded, held }: Closing): Promise<void> {
  const { policies, payer, ann, bob, cid } = scene;
  if (refunded > 0n) {
    expect(await moved(scene, () => policies.connect(payer).takeRefund())).to.deep.equal({
      payer: 3n * refunded,
      policies: -3n * refunded,
    });
  }
  await reach(scene, stop + WINDOW + 1n);
  if (held > 0n) {
    expect(await moved(scene, () => policies.connect(payer).takeHeldRefund(stop + WINDOW + 1n))).to.deep.equal({
      payer: 3n * held,
      policies: -3n * held,
    });
  }
  if (earned > 0n) {
    const claims = async () => {
      for (const { account } of [ann, bob, cid]) await policies.connect(account).claimFees();
    };
    expect(await moved(scene, claims)).to.deep.equal({ ann: earned, bob: earned, cid: earned, policies: -3n * earned });
  }
  expect(await scene.token.balanceOf(policies)).to.equal(0n);
}

describe("PolicyManager.revoke", () => {
  describe("when the owner ends the whole policy", () => {
    for (let t = 0n; t <= PERIODS; t++) {
      it(`pays the miners f t/T and the payer (1 - t/T) f at t = ${t} of ${PERIODS}`, async () => {
        const created = await loadFixture(justCreated);
        const split = await splitAt(created, t);
        // By hand: f = 20, T = 10, φT = 5.
        const held = t < 5n ? (5n - t) * RATE : 0n;
        expect(split).to.deep.equal({
          stop: created.start + t,
          earned: t * RATE,
          refunded: (PERIODS - t) * RATE - held,
          held,
          heldUntil: held === 0n ? 0n : created.start + t + WINDOW + 1n,
        });
        expect(sumOf(split)).to.equal(FEE);
        await payEverybody(created, split);
      });
    }

    it("holds back up to ceil(φT) where φT is not whole", async () => {
      // T = 7, φT = 3.5: held are 4 - t periods.
      for (const [t, held] of [
        [0n, 4n],
        [2n, 2n],
        [3n, 1n],
        [4n, 0n],
        [6n, 0n],
        [7n, 0n],
      ] as const) {
        const split = await splitAt(await loadFixture(lastingSeven), t);
        expect([split.earned, split.held], `t = ${t}`).to.deep.equal([t * RATE, held * RATE]);
        expect(sumOf(split)).to.equal(7n * RATE);
      }
      // T = 3, φT = 1.02.
      expect(shareOf(3n, 34n)).to.equal(2n);
      const split = await splitAt(await loadFixture(withOddFloor), 1n);
      expect([split.earned, split.held, split.refunded]).to.deep.equal([nkms("6"), nkms("6"), nkms("6")]);
    });

    it("holds back the whole fee of a policy of one period before its start, and nothing in it", async () => {
      expect(await splitAt(await loadFixture(lastingOne), 0n)).to.include({ earned: 0n, refunded: 0n, held: RATE });
      expect(await splitAt(await loadFixture(lastingOne), 1n)).to.include({ earned: RATE, refunded: 0n, held: 0n });
    });

    it("holds nothing back if φ is 0, everything if it is 100 %", async () => {
      for (let t = 0n; t <= 4n; t++) {
        expect((await splitAt(await loadFixture(withoutFloor), t)).refunded).to.equal((4n - t) * RATE);
        expect((await splitAt(await loadFixture(withFullFloor), t)).held).to.equal((4n - t) * RATE);
      }
    });

    it("moves no tokens by itself", async () => {
      const scene = await loadFixture(inThird);
      expect(await moved(scene, () => revoke(scene, ALL))).to.deep.equal({});
    });

    it("counts the current period to its last second, the next from its first", async () => {
      for (const [offset, t] of [
        [-1n, 3n],
        [0n, 4n],
      ] as const) {
        const scene = await loadFixture(inThird);
        const { policies, terms, owner, escrow, now } = scene;
        await nextTransactionAt((now + 1n) * (await escrow.PERIOD()) + offset);
        await policies.connect(owner).revoke(terms, ALL);
        const { stop, start } = await policies.standingOf(terms, 0n);
        expect(stop - start).to.equal(t);
      }
    });

    it("keeps c and the earned fee reserved through stop + W, and nothing after that", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann, now } = scene;
      expect(await policies.reservedNow(ann.account)).to.equal(COLLATERAL + FEE);
      await revoke(scene, ALL);
      const stop = now + 1n;
      expect(await policies.reserved(ann.account), "what is not earned is free at once").to.equal(
        COLLATERAL + 3n * RATE,
      );
      await reach(scene, stop + WINDOW);
      expect(await policies.reservedNow(ann.account)).to.equal(COLLATERAL + 3n * RATE);
      await reach(scene, stop + WINDOW + 1n);
      expect(await policies.reservedNow(ann.account)).to.equal(0n);
    });

    it("closes only what is open: neither what was closed alone nor what was handed off", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, id, bob, cid, dan, now } = scene;
      const model = modelOf(scene);
      await revoke(scene, 1n);
      model.close(id, 1);
      await reach(scene, now + 1n, model);
      const closings = model.revoke(id);
      expect([...closings.keys()]).to.deep.equal([2, 3]);
      expect(await eventsOf(policies, revoke(scene, ALL))).to.deep.equal([
        closedAsTold(id, 2n, cid.account.address, closings.get(2) as Closing),
        closedAsTold(id, 3n, dan.account.address, closings.get(3) as Closing),
        ["Revoked", id, now + 2n],
      ]);
      // Dan took over in t = 3: of his T' = 7 periods he has served 1, and φT' = 3.5.
      expect(closings.get(3)).to.include({ earned: RATE, held: 3n * RATE, refunded: 3n * RATE });
      await expectAsModel(scene, model);
      expect((await policies.standingOf(scene.terms, 1n)).stop, bob.account.address).to.equal(now + 1n);
    });

    it("ends a policy whose arrangements are all closed", async () => {
      const scene = await loadFixture(inThird);
      for (const index of [0n, 1n, 2n]) await revoke(scene, index);
      expect(await eventsOf(scene.policies, revoke(scene, ALL))).to.deep.equal([["Revoked", scene.id, scene.now + 1n]]);
    });
  });

  describe("when the owner ends one arrangement", () => {
    it("closes that one and leaves the others as they are", async () => {
      const scene = await loadFixture(inThird);
      const { policies, id, terms, bob, now, start, end } = scene;
      const model = modelOf(scene);
      const closing = model.close(id, 1);
      expect(closing).to.include({ earned: 3n * RATE, held: 2n * RATE, refunded: 5n * RATE });
      expect(await policies.connect(scene.owner).revoke.staticCall(terms, 1n)).to.deep.equal([5n * RATE, 2n * RATE]);
      expect(await eventsOf(policies, revoke(scene, 1n))).to.deep.equal([
        closedAsTold(id, 1n, bob.account.address, closing),
      ]);
      await expectAsModel(scene, model);
      expect(await policies.policyOf(id)).to.deep.equal([start, end, 0n, 0b010n]);
      expect(await policies.recordOf(id, 1n)).to.deep.equal([0n, now + 1n, end, false, false, 0n, 0n]);
      for (const index of [0n, 2n]) expect((await policies.standingOf(terms, index)).open).to.equal(true);

      await reach(scene, end + WINDOW + 1n, model);
      await expectAsModel(scene, model);
    });

    it("closes one that took over, by its own T", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, id, dan } = scene;
      const model = modelOf(scene);
      // Before dan's first period: of 7, 4 are held back.
      const closing = model.close(id, 3);
      expect(closing).to.include({ earned: 0n, held: 4n * RATE, refunded: 3n * RATE });
      expect(await eventsOf(policies, revoke(scene, 3n))).to.deep.equal([
        closedAsTold(id, 3n, dan.account.address, closing),
      ]);
      await expectAsModel(scene, model);
    });

    it("refunds any part of a fee, not just whole multiples of something", async () => {
      const scene = await reached(await loadFixture(thirteenOddPeriods), 7n);
      const { policies, payer } = scene;
      await revoke(scene, 0n);
      const refunded = 6n * ODD_RATE;
      expect(await moved(scene, () => policies.connect(payer).takeRefund())).to.deep.equal({
        payer: refunded,
        policies: -refunded,
      });
    });
  });

  describe("when the payer can't do anything", () => {
    it("ends the policy all the same, and the refund waits", async () => {
      const scene = await loadFixture(noPolicy);
      const { token, policies, challenges, distributor, owner, ann } = scene;
      // A contract without any function for tokens, or refunds, or receiving.
      const contract = await actingAs(challenges);
      await token.connect(distributor).transfer(contract, FEE);
      await token.connect(contract).approve(policies, FEE);
      const terms = dealOf(scene, { payer: contract.address }, [ann]);
      await policies.connect(contract).create(terms, await accept(policies, terms, [ann]));
      await policies.connect(owner).revoke(terms, ALL);
      expect(await policies.refundOf(contract)).to.equal(FEE / 2n);
      expect(await policies.heldFor(contract, scene.now + WINDOW + 2n)).to.equal(FEE / 2n);
    });
  });

  describe("when the miner can't be reached", () => {
    it("ends the arrangement of a miner that has unbonded and lowered its pledge", async () => {
      const scene = await loadFixture(inThird);
      const { policies, registry, ann, terms } = scene;
      await registry.connect(ann.account).unbondOperator();
      await registry.connect(ann.account).setPledge(0n, 1n);
      await revoke(scene, 0n);
      expect((await policies.standingOf(terms, 0n)).open).to.equal(false);
    });
  });

  describe("when the policy's time is over", () => {
    it("works in its last period", async () => {
      const scene = await reached(await loadFixture(justCreated), PERIODS);
      expect(scene.now).to.equal(scene.end - 1n);
      expect(await eventsOf(scene.policies, revoke(scene, 2n))).to.deep.equal([
        closedAsTold(scene.id, 2n, scene.cid.account.address, {
          stop: scene.end,
          earned: FEE,
          refunded: 0n,
          held: 0n,
          heldUntil: 0n,
        }),
      ]);
    });

    it("reverts with PolicyManagerEndsTooSoon(id, end, now + 1) from its end on", async () => {
      for (const later of [0n, 1n, 100n]) {
        const scene = await reached(await loadFixture(justCreated), PERIODS + 1n + later);
        for (const index of [ALL, 1n]) {
          await expectRefusal(scene, () => revoke(scene, index), "PolicyManagerEndsTooSoon", [
            scene.id,
            scene.end,
            scene.end + later + 1n,
          ]);
        }
      }
    });
  });

  describe("when it was revoked already", () => {
    it("reverts with PolicyManagerRevoked(id, stop), in the same period and later", async () => {
      const scene = await loadFixture(inThird);
      await revoke(scene, ALL);
      const stop = scene.now + 1n;
      for (const later of [0n, 1n, 20n]) {
        await reach(scene, scene.now + later);
        for (const index of [ALL, 0n, 9n]) {
          await expectRefusal(scene, () => revoke(scene, index), "PolicyManagerRevoked", [scene.id, stop]);
        }
      }
    });

    it("reverts with PolicyManagerClosed(id, index, stop) for an arrangement that was closed alone", async () => {
      const scene = await loadFixture(inThird);
      await revoke(scene, 1n);
      const stop = scene.now + 1n;
      for (const later of [0n, 2n]) {
        await reach(scene, scene.now + later);
        await expectRefusal(scene, () => revoke(scene, 1n), "PolicyManagerClosed", [scene.id, 1n, stop]);
      }
    });

    it("reverts with PolicyManagerClosed(id, index, stop) for one that was handed off", async () => {
      const scene = await loadFixture(handedOff);
      await expectRefusal(scene, () => revoke(scene, 0n), "PolicyManagerClosed", [scene.id, 0n, scene.now + 1n]);
    });

    it("never gives the id to another policy: reverts with PolicyManagerUsed(id)", async () => {
      const scene = await loadFixture(inThird);
      const { policies, payer, terms, id, ann, bob, cid } = scene;
      const acceptances = await accept(policies, terms, [ann, bob, cid]);
      const again = () => policies.connect(payer).create(terms, acceptances);
      await revoke(scene, ALL);
      for (const later of [0n, 30n]) {
        await reach(scene, scene.now + later);
        await expectRefusal(scene, again, "PolicyManagerUsed", [id]);
      }
    });
  });

  describe("when the index names nothing", () => {
    it("reverts with PolicyManagerNoArrangement(id, index)", async () => {
      const scene = await loadFixture(inThird);
      for (const index of [3n, 159n, 160n, 2n ** 32n, 2n ** 160n, ALL - 1n]) {
        await expectRefusal(scene, () => revoke(scene, index), "PolicyManagerNoArrangement", [scene.id, index]);
      }
    });
  });

  describe("when the terms are not those of a policy", () => {
    it("reverts with PolicyManagerUnknown(id) if any of them differs", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, terms, stranger } = scene;
      const [first, ...rest] = terms.arrangements;
      if (!first) throw new Error("expected arrangements");
      for (const other of [
        { ...terms, payer: stranger.address },
        { ...terms, periods: 11n },
        { ...terms, deadline: terms.deadline - 1n },
        { ...terms, rate: terms.rate + 1n },
        { ...terms, collateral: terms.collateral + 1n },
        { ...terms, condition: stranger.address },
        { ...terms, handOff: false },
        { ...terms, salt: "0x".padEnd(65, "0") + "1" },
        { ...terms, arrangements: rest },
        { ...terms, arrangements: [{ ...first, operator: stranger.address }, ...rest] },
        { ...terms, arrangements: [{ ...first, kfragHash: "0x".padEnd(66, "1") }, ...rest] },
        { ...terms, arrangements: [...rest, first] },
        { ...terms, arrangements: [] },
      ]) {
        expect(asTold(other)).to.not.deep.equal(asTold(terms));
        await expectRefusal(scene, () => policies.connect(owner).revoke(other, ALL), "PolicyManagerUnknown", [
          await policies.policyId(other),
        ]);
      }
    });
  });

  describe("when somebody else than the owner calls", () => {
    it("reverts with PolicyManagerNotOwner(caller, owner) for the payer, a miner, its operator and a stranger", async () => {
      const scene = await loadFixture(inThird);
      const { policies, terms, owner, payer, ann, stranger } = scene;
      for (const caller of [payer, ann.account, ann.operator, stranger]) {
        for (const index of [ALL, 0n]) {
          await expectRefusal(scene, () => policies.connect(caller).revoke(terms, index), "PolicyManagerNotOwner", [
            caller.address,
            owner.address,
          ]);
        }
      }
    });

    it("reverts with PolicyManagerUnknown(id) if a stranger puts itself in as the owner", async () => {
      const scene = await loadFixture(inThird);
      const { policies, stranger } = scene;
      const terms = { ...scene.terms, owner: stranger.address };
      await expectRefusal(scene, () => policies.connect(stranger).revoke(terms, ALL), "PolicyManagerUnknown", [
        await policies.policyId(terms),
      ]);
    });
  });
});
