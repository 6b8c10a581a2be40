import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id as hashOf, MaxUint256 } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { accept, ALL } from "../helpers/policies";
import { nextTransactionAt } from "../helpers/time";
import {
  dealInModel,
  dealOf,
  FEE,
  inThird,
  justCreated,
  modelOf,
  PERIOD,
  RATE,
  reach,
  type SceneWithPolicy,
  WINDOW,
  withPolicy,
} from "./fixtures";
import { eventsOf, expectAsModel, expectRefusal, moved } from "./observe";

const take = ({ policies, payer }: SceneWithPolicy) => policies.connect(payer).takeRefund();
const takeHeld = ({ policies, payer }: SceneWithPolicy, heldUntil: bigint) =>
  policies.connect(payer).takeHeldRefund(heldUntil);

/** {@link inThird}, and the owner has just revoked the whole policy: 30 NKMS are free, 12 held. */
async function revoked(): Promise<SceneWithPolicy & { heldUntil: bigint }> {
  const scene = await inThird();
  await scene.policies.connect(scene.owner).revoke(scene.terms, ALL);
  const model = modelOf(scene);
  model.revoke(scene.id);
  return { ...scene, model, heldUntil: scene.now + WINDOW + 2n };
}

/** The payer's and a stranger's policies, alike, both revoked. */
async function twoPayers(): Promise<SceneWithPolicy> {
  const scene = await justCreated();
  const { token, policies, owner, stranger, distributor, ann, terms } = scene;
  await token.connect(distributor).transfer(stranger, nkms("1,000"));
  await token.connect(stranger).approve(policies, MaxUint256);
  const others = dealOf(scene, { payer: stranger.address, rate: 2n * RATE }, [ann]);
  await policies.connect(stranger).create(others, await accept(policies, others, [ann]));
  await policies.connect(owner).revoke(terms, ALL);
  await policies.connect(owner).revoke(others, ALL);
  return scene;
}

describe("PolicyManager.refunds", () => {
  describe("takeRefund", () => {
    describe("when something was paid back", () => {
      it("pays all of it to the payer, and tells RefundTaken", async () => {
        const scene = await loadFixture(revoked);
        const { policies, payer } = scene;
        expect(await policies.connect(payer).takeRefund.staticCall()).to.equal(15n * RATE);
        const moves = await moved(scene, async () =>
          expect(await eventsOf(policies, take(scene))).to.deep.equal([["RefundTaken", payer.address, 15n * RATE]]),
        );
        expect(moves).to.deep.equal({ payer: 15n * RATE, policies: -15n * RATE });
        const model = modelOf(scene);
        model.takeRefund(payer.address);
        await expectAsModel(scene, model);
      });

      it("adds up what comes from several closings, penalties and verdicts", async () => {
        const scene = await loadFixture(inThird);
        const { policies, challenges, owner, challenger, payer, ann, terms, id, now } = scene;
        const model = modelOf(scene);
        await policies.connect(ann.account).resign(terms, 0n);
        model.resign(id, 0);
        await reach(scene, now + 1n, model);
        await policies.connect(owner).revoke(terms, 1n);
        model.close(id, 1);
        await challenges.convict(policies, terms, 2n, false, challenger);
        model.convict(id, 2, false);
        // 5 periods and the penalty; 5 periods; 6 periods, at once.
        expect(model.refundOf(payer.address)).to.equal(17n * RATE);
        expect(await moved(scene, () => take(scene))).to.deep.equal({ payer: 17n * RATE, policies: -17n * RATE });
        model.takeRefund(payer.address);
        await expectAsModel(scene, model);
      });

      it("waits for the payer as long as it likes", async () => {
        const scene = await loadFixture(revoked);
        await reach(scene, scene.now + 400n);
        expect(await moved(scene, () => take(scene))).to.deep.equal({ payer: 15n * RATE, policies: -15n * RATE });
      });

      it("pays each payer its own", async () => {
        const scene = await loadFixture(twoPayers);
        const { policies, stranger } = scene;
        expect(await moved(scene, () => policies.connect(stranger).takeRefund())).to.deep.equal({
          stranger: FEE,
          policies: -FEE,
        });
        expect(await moved(scene, () => take(scene))).to.deep.equal({
          payer: (3n * FEE) / 2n,
          policies: (-3n * FEE) / 2n,
        });
      });
    });

    describe("when nothing was paid back", () => {
      it("reverts with PolicyManagerNothingToPay(caller, 0), the second time and for everybody else", async () => {
        const scene = await loadFixture(revoked);
        const { policies, owner, stranger, ann } = scene;
        await take(scene);
        for (const caller of [scene.payer, owner, stranger, ann.account]) {
          await expectRefusal(scene, () => policies.connect(caller).takeRefund(), "PolicyManagerNothingToPay", [
            caller.address,
            0n,
          ]);
        }
      });
    });
  });

  describe("takeHeldRefund", () => {
    describe("when the window is over", () => {
      it("pays what was held back, from the first second of heldUntil on, and tells RefundTaken", async () => {
        const scene = await loadFixture(revoked);
        const { policies, payer, heldUntil } = scene;
        await nextTransactionAt(heldUntil * PERIOD);
        const moves = await moved(scene, async () =>
          expect(await eventsOf(policies, takeHeld(scene, heldUntil))).to.deep.equal([
            ["RefundTaken", payer.address, 6n * RATE],
          ]),
        );
        expect(moves).to.deep.equal({ payer: 6n * RATE, policies: -6n * RATE });
        expect(await policies.heldFor(payer, heldUntil)).to.equal(0n);
      });

      it("pays it any time later, and returns how much", async () => {
        const scene = await loadFixture(revoked);
        const { policies, payer, heldUntil } = scene;
        await reach(scene, heldUntil + 300n);
        expect(await policies.connect(payer).takeHeldRefund.staticCall(heldUntil)).to.equal(6n * RATE);
        expect(await moved(scene, () => takeHeld(scene, heldUntil))).to.deep.equal({
          payer: 6n * RATE,
          policies: -6n * RATE,
        });
      });

      it("keeps what is held until different periods apart, and adds up what is until the same", async () => {
        const scene = await loadFixture(inThird);
        const { policies, owner, payer, terms, id, now } = scene;
        const model = modelOf(scene);
        for (const index of [0, 1]) {
          await policies.connect(owner).revoke(terms, index);
          model.close(id, index);
        }
        await reach(scene, now + 1n, model);
        await policies.connect(owner).revoke(terms, 2);
        model.close(id, 2);
        await expectAsModel(scene, model);
        const first = now + WINDOW + 2n;
        await reach(scene, first, model);
        expect(await moved(scene, () => takeHeld(scene, first))).to.deep.equal({
          payer: 4n * RATE,
          policies: -4n * RATE,
        });
        await expectRefusal(scene, () => takeHeld(scene, first + 1n), "PolicyManagerNothingToPay", [
          payer.address,
          first + 1n,
        ]);
        await reach(scene, first + 1n, model);
        expect(await moved(scene, () => takeHeld(scene, first + 1n))).to.deep.equal({ payer: RATE, policies: -RATE });
      });

      it("holds back the part of one policy apart from a verdict about another of the same payer and time", async () => {
        const scene = await loadFixture(inThird);
        const { policies, challenges, challenger, owner, payer, dan, terms, now } = scene;
        const other = dealOf(scene, { salt: hashOf("other") }, [dan]);
        const second = await withPolicy(scene, other, [dan]);
        const model = modelOf(second);
        expect(dealInModel(other).miners).to.deep.equal([dan.account.address]);
        await policies.connect(owner).revoke(terms, 0n);
        model.close(scene.id, 0);
        await policies.connect(owner).revoke(other, ALL);
        model.revoke(second.id);
        const heldUntil = now + WINDOW + 2n;
        expect(await policies.heldFor(payer, heldUntil)).to.equal(2n * RATE + 5n * RATE);
        await challenges.convict(policies, terms, 0n, true, challenger);
        model.convict(scene.id, 0, true);
        await expectAsModel(scene, model);
        expect(await policies.heldFor(payer, heldUntil)).to.equal(5n * RATE);
      });
    });

    describe("when the window is not over", () => {
      it("reverts with PolicyManagerNothingToPay(caller, heldUntil) through its last second", async () => {
        const scene = await loadFixture(revoked);
        const { heldUntil, payer } = scene;
        const args = [payer.address, heldUntil];
        await expectRefusal(scene, () => takeHeld(scene, heldUntil), "PolicyManagerNothingToPay", args);
        await reach(scene, heldUntil - 1n);
        await nextTransactionAt(heldUntil * PERIOD - 1n);
        await expectRefusal(scene, () => takeHeld(scene, heldUntil), "PolicyManagerNothingToPay", args);
        await nextTransactionAt(heldUntil * PERIOD);
        await takeHeld(scene, heldUntil);
      });
    });

    describe("when nothing was held back until then", () => {
      it("reverts with PolicyManagerNothingToPay(caller, heldUntil), the second time and for everybody else", async () => {
        const scene = await loadFixture(revoked);
        const { policies, payer, owner, stranger, ann, heldUntil } = scene;
        await reach(scene, heldUntil + 1n);
        await takeHeld(scene, heldUntil);
        for (const caller of [payer, owner, stranger, ann.account]) {
          for (const from of [0n, heldUntil - 1n, heldUntil, heldUntil + 1n, MaxUint256]) {
            await expectRefusal(
              scene,
              () => policies.connect(caller).takeHeldRefund(from),
              "PolicyManagerNothingToPay",
              [caller.address, from],
            );
          }
        }
      });

      it("reverts so where closings held nothing back, since φT was served", async () => {
        const scene = await loadFixture(inThird);
        const { policies, owner, payer, terms, now } = scene;
        await reach(scene, now + 2n);
        await policies.connect(owner).revoke(terms, ALL);
        await reach(scene, now + 20n);
        for (let from = now; from < now + 12n; from++) expect(await policies.heldFor(payer, from)).to.equal(0n);
        await expectRefusal(scene, () => takeHeld(scene, now + WINDOW + 4n), "PolicyManagerNothingToPay", [
          payer.address,
          now + WINDOW + 4n,
        ]);
      });
    });
  });
});
