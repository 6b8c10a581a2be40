import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id as hashOf } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { ALL, createPolicy, takeover } from "../helpers/policies";
import { nextTransactionAt } from "../helpers/time";
import {
  COLLATERAL,
  dealInModel,
  dealOf,
  FEE,
  inThird,
  justCreated,
  modelOf,
  noPolicy,
  PERIOD,
  PERIODS,
  RATE,
  reach,
  reached,
  type Scene,
  WINDOW,
} from "./fixtures";
import { eventsOf, expectAsModel, expectRefusal, moved } from "./observe";

const claim = ({ policies, ann }: Scene) => policies.connect(ann.account).claimFees();

/** Ann has `count` more policies of one arrangement each, alike but for their salts. */
async function withMany(count: number): Promise<Scene> {
  const scene = await noPolicy();
  const model = modelOf(scene);
  for (let i = 0; i < count; i++) {
    const terms = dealOf(scene, { salt: hashOf(`salt ${i}`), collateral: nkms("5") }, [scene.ann]);
    await createPolicy(scene, terms, [scene.ann]);
    model.create(`policy ${i}`, dealInModel(terms));
  }
  return { ...scene, model };
}
const withOne = () => withMany(1);
const withFifty = () => withMany(50);

describe("PolicyManager.claimFees", () => {
  describe("when fees were earned", () => {
    it("pays the fees of all periods through the current one, and tells FeesClaimed", async () => {
      for (const t of [1n, 2n, 5n, PERIODS]) {
        const scene = await reached(await loadFixture(justCreated), t);
        const { policies, ann } = scene;
        expect(await policies.connect(ann.account).claimFees.staticCall()).to.equal(t * RATE);
        const moves = await moved(scene, async () =>
          expect(await eventsOf(policies, claim(scene))).to.deep.equal([
            ["FeesClaimed", ann.account.address, t * RATE],
          ]),
        );
        expect(moves).to.deep.equal({ ann: t * RATE, policies: -t * RATE });
      }
    });

    it("pays the whole fee and no more, long after the end", async () => {
      for (const later of [0n, WINDOW, 200n]) {
        const scene = await reached(await loadFixture(justCreated), PERIODS + 1n + later);
        expect(await moved(scene, () => claim(scene))).to.deep.equal({ ann: FEE, policies: -FEE });
      }
    });

    it("pays every period once, however often it is called", async () => {
      const scene = await loadFixture(justCreated);
      const { start, end } = scene;
      const model = modelOf(scene);
      let sum = 0n;
      for (let period = start; period < end; period++) {
        await reach(scene, period, model);
        expect(await moved(scene, () => claim(scene))).to.deep.equal({ ann: RATE, policies: -RATE });
        sum += model.claim(scene.ann.account.address);
        await expectRefusal(scene, () => claim(scene), "PolicyManagerNothingToPay", [scene.ann.account.address, 0n]);
      }
      expect(sum).to.equal(FEE);
      await expectAsModel(scene, model);
    });

    it("counts a period from its first second", async () => {
      for (const [offset, expected] of [
        [-1n, 3n * RATE],
        [0n, 4n * RATE],
      ] as const) {
        const scene = await loadFixture(inThird);
        const { token, policies, ann, now } = scene;
        const before = await token.balanceOf(ann.account);
        await nextTransactionAt((now + 1n) * PERIOD + offset);
        await claim(scene);
        expect((await token.balanceOf(ann.account)) - before).to.equal(expected);
        expect(await token.balanceOf(policies)).to.equal(3n * FEE - expected);
      }
    });

    it("settles what is reserved by the way", async () => {
      const scene = await reached(await loadFixture(justCreated), PERIODS + WINDOW + 2n);
      const { policies, ann } = scene;
      expect(await policies.reserved(ann.account)).to.equal(COLLATERAL + FEE);
      await claim(scene);
      expect(await policies.accountOf(ann.account)).to.deep.equal([0n, 0n, scene.now, 0n]);
    });
  });

  describe("when there are several policies", () => {
    it("pays all that any of them earned, with starts, ends, closings and hand-offs in between", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, bob, dan, terms, id, now } = scene;
      const model = modelOf(scene);
      // Another, longer one of ann and bob; ann claims in the middle; the first is revoked for ann; bob hands off.
      await reach(scene, now + 1n, model);
      const other = dealOf(scene, { periods: 20n, rate: 3n * RATE }, [scene.ann, bob]);
      const otherId = await createPolicy(scene, other, [scene.ann, bob]);
      model.create(otherId, dealInModel(other));
      await reach(scene, now + 3n, model);
      const paid = model.claim(scene.ann.account.address);
      expect(paid).to.equal(6n * RATE + 2n * 3n * RATE);
      expect(await moved(scene, () => claim(scene))).to.deep.equal({ ann: paid, policies: -paid });
      await reach(scene, now + 5n, model);
      await policies.connect(owner).revoke(terms, 0n);
      model.close(id, 0);
      const collateral = nkms("20");
      await policies.connect(bob.account).handOff(other, 1n, await takeover(policies, otherId, 1n, dan, collateral));
      model.handOff(otherId, 1, dan.account.address, collateral);
      for (const period of [now + 6n, now + 8n, now + 13n, now + 25n, now + 40n]) {
        await reach(scene, period, model);
        await expectAsModel(scene, model);
      }
      for (const { account } of [scene.ann, bob, dan]) {
        await policies.connect(account).claimFees();
        model.claim(account.address);
      }
      await expectAsModel(scene, model);
    });

    it("costs as much gas for 50 policies as for one", async () => {
      const costs: bigint[] = [];
      for (const [fixture, count] of [
        [withOne, 1n],
        [withFifty, 50n],
      ] as const) {
        const scene = await loadFixture(fixture);
        const model = modelOf(scene);
        await reach(scene, scene.now + 5n, model);
        await expectAsModel(scene, model);
        expect(await scene.policies.claimableFees(scene.ann.account)).to.equal(5n * count * RATE);
        costs.push((await (await claim(scene)).wait())?.gasUsed ?? 0n);
      }
      const [one = 0n, fifty = 0n] = costs;
      expect(one).to.be.greaterThan(0n);
      expect(fifty - one).to.be.within(-100n, 100n);
    });
  });

  describe("when the policy was closed", () => {
    it("pays through the period of the closing, in that period or any later one", async () => {
      for (const later of [0n, 1n, 100n]) {
        const scene = await loadFixture(inThird);
        await scene.policies.connect(scene.owner).revoke(scene.terms, ALL);
        await reach(scene, scene.now + later);
        expect(await moved(scene, () => claim(scene))).to.deep.equal({ ann: 3n * RATE, policies: -3n * RATE });
      }
    });
  });

  describe("when nothing was earned", () => {
    it("reverts with PolicyManagerNothingToPay(caller, 0) before the start", async () => {
      const scene = await loadFixture(justCreated);
      await expectRefusal(scene, () => claim(scene), "PolicyManagerNothingToPay", [scene.ann.account.address, 0n]);
    });

    it("reverts so for a stranger, an operator, the owner and the payer: nobody claims for another", async () => {
      const scene = await loadFixture(inThird);
      const { policies, stranger, owner, payer, ann, dan } = scene;
      for (const caller of [stranger, owner, payer, ann.operator, dan.account]) {
        await expectRefusal(scene, () => policies.connect(caller).claimFees(), "PolicyManagerNothingToPay", [
          caller.address,
          0n,
        ]);
      }
    });

    it("reverts so if verdicts took everything", async () => {
      const scene = await loadFixture(inThird);
      const { policies, challenges, terms, challenger } = scene;
      await challenges.convict(policies, terms, 0n, true, challenger);
      await expectRefusal(scene, () => claim(scene), "PolicyManagerNothingToPay", [scene.ann.account.address, 0n]);
    });
  });
});
