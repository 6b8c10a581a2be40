import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { ALL } from "../helpers/policies";
import {
  actingAs,
  COLLATERAL,
  FEE,
  handedOff,
  inThird,
  justCreated,
  modelOf,
  PERIODS,
  RATE,
  reach,
  reached,
  type SceneWithPolicy,
  TAKEOVER_COLLATERAL,
  WINDOW,
} from "./fixtures";
import { closedAsTold, eventsOf, expectAsModel, expectRefusal, moved } from "./observe";

const resign = ({ policies, ann, terms }: SceneWithPolicy, index = 0n) =>
  policies.connect(ann.account).resign(terms, index);

describe("PolicyManager.resign", () => {
  describe("when a miner leaves its arrangement", () => {
    for (let t = 0n; t < PERIODS; t++) {
      it(`refunds (1 - t/T) f and takes one period's fee from the miner at t = ${t}`, async () => {
        const scene = await reached(await loadFixture(justCreated), t);
        const { policies, escrow, payer, ann, id, now, start, end } = scene;
        const model = modelOf(scene);
        const { closing, penalty, fromFees, fromStake } = model.resign(id, 0);
        expect(closing.earned + closing.refunded + closing.held).to.equal(FEE);
        expect([penalty, fromFees]).to.deep.equal([RATE, t === 0n ? 0n : RATE]);
        const moves = await moved(scene, async () =>
          expect(await eventsOf(policies, resign(scene))).to.deep.equal([
            closedAsTold(id, 0n, ann.account.address, closing),
            ["Resigned", id, 0n, ann.account.address, RATE, fromFees],
          ]),
        );
        expect(moves).to.deep.equal(fromStake > 0n ? { escrow: -fromStake, supply: -fromStake } : {});
        expect(await policies.refundOf(payer)).to.equal(closing.refunded + fromFees);
        expect(await policies.recordOf(id, 0n)).to.deep.equal([0n, start + t, end, false, false, 0n, 0n]);
        await expectAsModel(scene, model);
        await reach(scene, now + WINDOW + 2n, model);
        await expectAsModel(scene, model);
        expect(await policies.reservedNow(ann.account)).to.equal(0n);
        expect(await escrow.lockedIn(ann.account, scene.end)).to.equal(
          (await escrow.lockedIn(scene.bob.account, scene.end)) - fromStake,
        );
      });
    }

    it("keeps c and the earned fee reserved through stop + W", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann, now } = scene;
      await resign(scene);
      await reach(scene, now + 1n + WINDOW);
      expect(await policies.reservedNow(ann.account)).to.equal(COLLATERAL + 3n * RATE);
      await reach(scene, now + 2n + WINDOW);
      expect(await policies.reservedNow(ann.account)).to.equal(0n);
    });

    it("leaves the other arrangements as they are", async () => {
      const scene = await loadFixture(inThird);
      await resign(scene);
      for (const index of [1n, 2n]) {
        expect((await scene.policies.standingOf(scene.terms, index)).open).to.equal(true);
      }
      expect((await scene.policies.policyOf(scene.id)).closed).to.equal(0n);
    });

    it("lets one that took over leave", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, dan, terms, id, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 2n, model);
      const { closing, fromFees } = model.resign(id, 3);
      expect(closing).to.include({ earned: 2n * RATE, held: 2n * RATE, refunded: 3n * RATE });
      expect(await eventsOf(policies, policies.connect(dan.account).resign(terms, 3n))).to.deep.equal([
        closedAsTold(id, 3n, dan.account.address, closing),
        ["Resigned", id, 3n, dan.account.address, RATE, fromFees],
      ]);
      await expectAsModel(scene, model);
      expect(await policies.reserved(dan.account)).to.equal(TAKEOVER_COLLATERAL + 2n * RATE);
    });
  });

  describe("when the miner has claimed its fees", () => {
    it("burns the penalty of its stake: the payer gets none", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann, id } = scene;
      const model = modelOf(scene);
      await policies.connect(ann.account).claimFees();
      model.claim(ann.account.address);
      expect(model.resign(id, 0)).to.include({ fromFees: 0n, fromStake: RATE });
      const moves = await moved(scene, async () =>
        expect((await eventsOf(policies, resign(scene)))[1]).to.deep.equal([
          "Resigned",
          id,
          0n,
          ann.account.address,
          RATE,
          0n,
        ]),
      );
      expect(moves).to.deep.equal({ escrow: -RATE, supply: -RATE });
      await expectAsModel(scene, model);
    });

    it("finds it though all of the miner's stake is reserved", async () => {
      const scene = await loadFixture(inThird);
      const { policies, escrow, ann, id, now, end } = scene;
      const model = modelOf(scene);
      await policies.connect(ann.account).claimFees();
      model.claim(ann.account.address);
      // Verdicts about others leave exactly what this arrangement has reserved.
      const reserved = await policies.reserved(ann.account);
      const locked = await escrow.lockedIn(ann.account, now);
      await escrow.connect(await actingAs(policies)).slash(ann.account, locked - reserved, ann.account, 0n);
      await resign(scene);
      model.resign(id, 0);
      await expectAsModel(scene, model);
      expect(await escrow.lockedIn(ann.account, end)).to.equal(reserved - RATE);
      expect(await policies.reserved(ann.account)).to.be.at.most(reserved - RATE);
    });
  });

  describe("when the policy's time runs out", () => {
    it("works if the policy has a period to come; else reverts with PolicyManagerEndsTooSoon(id, end, now + 2)", async () => {
      const inTime = await reached(await loadFixture(justCreated), PERIODS - 1n);
      expect(inTime.now + 2n).to.equal(inTime.end);
      await resign(inTime);
      expect(await inTime.policies.refundOf(inTime.payer)).to.equal(2n * RATE);

      for (const t of [PERIODS, PERIODS + 1n]) {
        const late = await reached(await loadFixture(justCreated), t);
        await expectRefusal(late, () => resign(late), "PolicyManagerEndsTooSoon", [late.id, late.end, late.now + 2n]);
      }
    });
  });

  describe("when the arrangement is closed", () => {
    it("reverts with PolicyManagerClosed(id, index, stop) if the miner has resigned", async () => {
      const scene = await loadFixture(inThird);
      await resign(scene);
      for (const later of [0n, 1n]) {
        await reach(scene, scene.now + later);
        await expectRefusal(scene, () => resign(scene), "PolicyManagerClosed", [scene.id, 0n, scene.now + 1n]);
      }
    });

    it("reverts so if it was revoked alone or handed off, or there was a verdict", async () => {
      for (const [fixture, act] of [
        [inThird, (s: SceneWithPolicy) => s.policies.connect(s.owner).revoke(s.terms, 0n)],
        [handedOff, () => Promise.resolve()],
        [inThird, (s: SceneWithPolicy) => s.challenges.convict(s.policies, s.terms, 0n, true, s.challenger)],
      ] as const) {
        const scene = await loadFixture(fixture);
        await act(scene);
        await expectRefusal(scene, () => resign(scene), "PolicyManagerClosed", [scene.id, 0n, scene.now + 1n]);
      }
    });

    it("reverts with PolicyManagerRevoked(id, stop) if the policy was revoked", async () => {
      const scene = await loadFixture(inThird);
      await scene.policies.connect(scene.owner).revoke(scene.terms, ALL);
      await expectRefusal(scene, () => resign(scene), "PolicyManagerRevoked", [scene.id, scene.now + 1n]);
    });
  });

  describe("when somebody else than the miner calls", () => {
    it("reverts with PolicyManagerNotMiner(caller, miner), also for its operator", async () => {
      const scene = await loadFixture(inThird);
      const { policies, terms, ann, bob, owner, payer, stranger } = scene;
      for (const caller of [ann.operator, bob.account, owner, payer, stranger]) {
        await expectRefusal(scene, () => policies.connect(caller).resign(terms, 0n), "PolicyManagerNotMiner", [
          caller.address,
          ann.account.address,
        ]);
      }
    });
  });

  describe("when it names nothing", () => {
    it("reverts with PolicyManagerNoArrangement(id, index)", async () => {
      const scene = await loadFixture(inThird);
      for (const index of [3n, 160n, ALL]) {
        await expectRefusal(scene, () => resign(scene, index), "PolicyManagerNoArrangement", [scene.id, index]);
      }
    });

    it("reverts with PolicyManagerUnknown(id)", async () => {
      const scene = await loadFixture(inThird);
      const terms = { ...scene.terms, rate: scene.terms.rate / 2n };
      await expectRefusal(scene, () => resign({ ...scene, terms }), "PolicyManagerUnknown", [
        await scene.policies.policyId(terms),
      ]);
    });
  });
});
