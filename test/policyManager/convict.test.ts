import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { ALL, type PolicyMiner } from "../helpers/policies";
import type { Verdict } from "../models/policies";
import {
  actingAs,
  COLLATERAL,
  dealOf,
  FEE,
  handedOff,
  inThird,
  justCreated,
  modelOf,
  noPolicy,
  PERIODS,
  RATE,
  reach,
  reached,
  renewals,
  type SceneWithPolicy,
  sceneWith,
  TAKEOVER_COLLATERAL,
  WINDOW,
  withPolicy,
} from "./fixtures";
import { closedAsTold, eventsOf, expectAsModel, expectRefusal, moved, type Told, unchanged } from "./observe";

const [LEAK, WRONG] = [true, false];

const convict = (
  { challenges, policies, challenger, terms }: SceneWithPolicy,
  index: bigint,
  leaked: boolean,
  by: { address: string } = challenger,
) => challenges.convict(policies, terms, index, leaked, by.address);

/** A verdict as its event shows it. */
function verdictAsTold(scene: SceneWithPolicy, index: bigint, miner: PolicyMiner, leaked: boolean, v: Verdict): Told {
  const { id, challenger } = scene;
  const verdict = [leaked, challenger.address, v.collateral, v.earned, v.withheld, v.fromFees, v.toChallenger];
  return ["Convicted", id, index, miner.account.address, verdict];
}

/** Convicts, and checks everything against the scene's model, in which the verdict is taken, too. Returns it. */
async function verdictOf(
  scene: SceneWithPolicy,
  index: bigint,
  miner: PolicyMiner,
  leaked: boolean,
  model = modelOf(scene),
): Promise<Verdict> {
  const { policies, challenges, challenger, terms, id, escrow } = scene;
  const now = await escrow.currentPeriod();
  const lockedBefore = await escrow.lockedIn(miner.account, now);
  const verdict = model.convict(id, Number(index), leaked);
  const { collateral, earned, withheld, fromFees, fromStake, toChallenger, burned, closing } = verdict;
  expect(toChallenger + burned, "the parts").to.equal(collateral + earned + withheld);
  const before = await policies.standingOf(terms, index);
  const answer = await challenges.convict.staticCall(policies, terms, index, leaked, challenger);
  const { miner: who, operator, kfragHash, start, end, handedOff: passedOn } = before;
  expect(answer).to.deep.equal([
    id,
    [who, operator, kfragHash, collateral, start, closing?.stop ?? before.stop, end, false, passedOn, true],
    toChallenger,
  ]);
  const told: Told[] = closing ? [closedAsTold(id, index, miner.account.address, closing)] : [];
  if (closing) expect(closing.earned + closing.refunded + closing.held, "f").to.equal((await lengthOf()) * terms.rate);
  const moves = await moved(scene, async () =>
    expect(await eventsOf(policies, convict(scene, index, leaked))).to.deep.equal([
      ...told,
      verdictAsTold(scene, index, miner, leaked, verdict),
    ]),
  );
  const expected: Record<string, bigint> = { escrow: -fromStake, supply: -burned };
  if (toChallenger > 0n) expected["challenger"] = toChallenger;
  if (fromFees + withheld > 0n) expected["policies"] = -fromFees - withheld;
  expect(moves).to.deep.equal(expected);
  expect(lockedBefore - (await escrow.lockedIn(miner.account, now)), "stake").to.equal(fromStake);
  await expectAsModel(scene, model);
  const { open, convicted } = await policies.standingOf(terms, index);
  expect([open, convicted]).to.deep.equal([false, true]);
  return verdict;

  async function lengthOf(): Promise<bigint> {
    const { start, end } = await policies.standingOf(terms, index);
    return end - start;
  }
}

/** A challenger's share of 20 % by fees alone: the fee is large and the collateral the least there is. */
async function thinCollateral(): Promise<SceneWithPolicy> {
  const scene = await sceneWith({ leakPercent: 20n });
  const terms = dealOf(scene, { rate: nkms("100"), collateral: nkms("1") }, [scene.ann]);
  return withPolicy(scene, terms, [scene.ann]);
}

/** No challenger gets anything, nothing is held back. */
async function noShares(): Promise<SceneWithPolicy> {
  const scene = await sceneWith({ leakPercent: 0n, finderPercent: 0n, floorPercent: 0n });
  return withPolicy(scene, dealOf(scene), [scene.ann, scene.bob, scene.cid]);
}

/** Ann has two policies of 10 periods: this one, and one at twice the rate; both are in their third period. */
async function twoOfAnns(): Promise<SceneWithPolicy> {
  const scene = await noPolicy();
  const other = await withPolicy(scene, dealOf(scene, { rate: 2n * RATE }, [scene.ann]), [scene.ann]);
  return reached(await withPolicy(other, dealOf(scene), [scene.ann, scene.bob, scene.cid]), 3n);
}

describe("PolicyManager.convict", () => {
  describe("when the miner signed a wrong answer", () => {
    for (const t of [0n, 1n, 4n, 5n, PERIODS]) {
      it(`takes c and rate t, and pays the finder's share and the payer (1 - t/T) f at once, at t = ${t}`, async () => {
        const scene = await reached(await loadFixture(justCreated), t);
        const { policies, payer, ann, id, start } = scene;
        const verdict = await verdictOf(scene, 0n, ann, WRONG);
        expect(verdict).to.deep.equal({
          collateral: COLLATERAL,
          earned: t * RATE,
          withheld: 0n,
          fromFees: t * RATE,
          fromStake: COLLATERAL,
          toChallenger: nkms("3"),
          burned: nkms("12") + t * RATE,
          closing: { stop: start + t, earned: t * RATE, refunded: FEE - t * RATE, held: 0n, heldUntil: 0n },
        });
        expect(await policies.refundOf(payer)).to.equal((PERIODS - t) * RATE);
        expect(await policies.recordOf(id, 0n)).to.deep.equal([0n, start + t, scene.end, false, true, 0n, 0n]);
      });
    }
  });

  describe("when the miner's key fragment was shown", () => {
    for (const t of [0n, 1n, 4n, 5n, 6n, PERIODS]) {
      it(`takes c, rate t and the fee up to φT, and pays α of the earned fee, at t = ${t}`, async () => {
        const scene = await reached(await loadFixture(justCreated), t);
        const { policies, payer, ann } = scene;
        const { closing, ...verdict } = await verdictOf(scene, 0n, ann, LEAK);
        const floor = t > 5n ? t : 5n; // t*
        expect(verdict).to.deep.equal({
          collateral: COLLATERAL,
          earned: t * RATE,
          withheld: (floor - t) * RATE,
          fromFees: t * RATE,
          fromStake: COLLATERAL,
          toChallenger: (t * RATE) / 20n,
          burned: COLLATERAL + floor * RATE - (t * RATE) / 20n,
        });
        expect(closing).to.include({ refunded: FEE - floor * RATE, held: (floor - t) * RATE });
        expect(await policies.refundOf(payer)).to.equal(FEE - floor * RATE);
      });
    }

    it("leaves the payer nothing of the held part, ever", async () => {
      const scene = await loadFixture(inThird);
      const { policies, payer, now } = scene;
      const told = await eventsOf(policies, convict(scene, 0n, LEAK));
      const heldUntil = told[0]?.[8];
      expect(heldUntil).to.equal(now + WINDOW + 2n);
      await reach(scene, now + WINDOW + 2n);
      await expectRefusal(
        scene,
        () => policies.connect(payer).takeHeldRefund(now + WINDOW + 2n),
        "PolicyManagerNothingToPay",
        [payer.address, now + WINDOW + 2n],
      );
    });
  });

  describe("when the miner has claimed its fees", () => {
    it("takes the earned fee from stake", async () => {
      for (const leaked of [LEAK, WRONG]) {
        const scene = await loadFixture(inThird);
        const { policies, ann } = scene;
        await policies.connect(ann.account).claimFees();
        const model = modelOf(scene);
        model.claim(ann.account.address);
        const { fromFees, fromStake } = await verdictOf(scene, 0n, ann, leaked, model);
        expect([fromFees, fromStake]).to.deep.equal([0n, COLLATERAL + 3n * RATE]);
      }
    });

    it("takes what came in since from fees, the rest from stake", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann, now } = scene;
      const model = modelOf(scene);
      await policies.connect(ann.account).claimFees();
      model.claim(ann.account.address);
      await reach(scene, now + 1n, model);
      const { earned, fromFees, fromStake } = await verdictOf(scene, 0n, ann, LEAK, model);
      expect([earned, fromFees, fromStake]).to.deep.equal([4n * RATE, RATE, COLLATERAL + 3n * RATE]);
    });
  });

  describe("when the miner has fees of other policies", () => {
    it("takes the earned fee from them, too, and no more than it", async () => {
      const scene = await loadFixture(twoOfAnns);
      const { policies, ann } = scene;
      expect(await policies.claimableFees(ann.account)).to.equal(9n * RATE);
      const { fromFees } = await verdictOf(scene, 0n, ann, LEAK);
      expect(fromFees).to.equal(3n * RATE);
      expect(await policies.claimableFees(ann.account)).to.equal(6n * RATE);
    });

    it("leaves them earning", async () => {
      const scene = await loadFixture(twoOfAnns);
      const { ann, now, end } = scene;
      const model = modelOf(scene);
      await verdictOf(scene, 0n, ann, WRONG, model);
      for (const period of [now + 1n, end - 1n, end + 3n]) {
        await reach(scene, period, model);
        await expectAsModel(scene, model);
      }
      expect(await scene.policies.claimableFees(ann.account)).to.equal(2n * FEE);
    });
  });

  describe("when the challenger's share is more than the stake that is taken", () => {
    it("pays the rest of it from fees", async () => {
      // 20 % of 1,000 NKMS of fees, of 1 NKMS of stake.
      const scene = await reached(await loadFixture(thinCollateral), PERIODS);
      const verdict = await verdictOf(scene, 0n, scene.ann, LEAK);
      expect(verdict).to.include({ toChallenger: nkms("200"), fromStake: nkms("1"), burned: nkms("801") });
    });
  });

  describe("when shares are zero", () => {
    it("pays nobody and burns everything", async () => {
      for (const leaked of [LEAK, WRONG]) {
        const scene = await reached(await loadFixture(noShares), 2n);
        const verdict = await verdictOf(scene, 0n, scene.ann, leaked);
        expect(verdict).to.include({ toChallenger: 0n, withheld: 0n, burned: COLLATERAL + 2n * RATE });
      }
    });

    it("burns no fees where none were earned", async () => {
      const scene = await loadFixture(noShares);
      const verdict = await verdictOf(scene, 0n, scene.ann, LEAK);
      expect(verdict).to.include({ fromFees: 0n, fromStake: COLLATERAL, burned: COLLATERAL });
    });
  });

  describe("when the arrangement was closed before", () => {
    it("burns the part that was held back for a leak, and leaves that of the others", async () => {
      for (const later of [0n, WINDOW + 1n]) {
        const scene = await reached(await loadFixture(justCreated), 3n);
        const { policies, owner, payer, ann, terms, id, now } = scene;
        const model = modelOf(scene);
        await policies.connect(owner).revoke(terms, ALL);
        model.revoke(id);
        await reach(scene, now + later, model);
        const verdict = await verdictOf(scene, 0n, ann, LEAK, model);
        expect(verdict).to.deep.equal({
          collateral: COLLATERAL,
          earned: 3n * RATE,
          withheld: 2n * RATE,
          fromFees: 3n * RATE,
          fromStake: COLLATERAL,
          toChallenger: (3n * RATE) / 20n,
          burned: COLLATERAL + 5n * RATE - (3n * RATE) / 20n,
        });
        expect(await policies.heldFor(payer, now + WINDOW + 2n)).to.equal(4n * RATE);
        expect(await policies.refundOf(payer)).to.equal(15n * RATE);
      }
    });

    it("leaves the payer the held part for a wrong answer", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, payer, ann, terms, id, now } = scene;
      const model = modelOf(scene);
      await policies.connect(owner).revoke(terms, 0n);
      model.close(id, 0);
      expect((await verdictOf(scene, 0n, ann, WRONG, model)).withheld).to.equal(0n);
      expect(await policies.heldFor(payer, now + WINDOW + 2n)).to.equal(2n * RATE);
    });

    it("frees what it reserved at once, and nothing more when that would have been free", async () => {
      for (const leaked of [LEAK, WRONG]) {
        const scene = await loadFixture(inThird);
        const { policies, owner, ann, terms, id, now } = scene;
        const model = modelOf(scene);
        await policies.connect(owner).revoke(terms, 0n);
        model.close(id, 0);
        await verdictOf(scene, 0n, ann, leaked, model);
        expect(await policies.reservedNow(ann.account)).to.equal(0n);
        await reach(scene, now + 1n + WINDOW + 1n, model);
        await expectAsModel(scene, model);
        expect(await policies.reservedNow(ann.account)).to.equal(0n);
      }
    });

    it("counts t at closing, not now", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, ann, terms, id, now } = scene;
      const model = modelOf(scene);
      await policies.connect(owner).revoke(terms, 0n);
      model.close(id, 0);
      await reach(scene, now + 2n, model);
      expect((await verdictOf(scene, 0n, ann, LEAK, model)).earned).to.equal(3n * RATE);
    });

    it("convicts a miner that has resigned", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann, terms, id } = scene;
      const model = modelOf(scene);
      await policies.connect(ann.account).resign(terms, 0n);
      model.resign(id, 0);
      // One of the three periods' fees went as the penalty.
      const { fromFees, withheld } = await verdictOf(scene, 0n, ann, LEAK, model);
      expect([fromFees, withheld]).to.deep.equal([2n * RATE, 2n * RATE]);
    });

    it("counts evidence through stop + W; a period later it is PolicyManagerTooLate(id, index, stop + W)", async () => {
      for (const leaked of [LEAK, WRONG]) {
        for (const index of [ALL, 0n]) {
          const scene = await loadFixture(inThird);
          const { policies, owner, ann, terms, id, now } = scene;
          const model = modelOf(scene);
          await policies.connect(owner).revoke(terms, index);
          if (index === ALL) model.revoke(id);
          else model.close(id, 0);
          const until = now + 1n + WINDOW;
          await reach(scene, until, model);
          await verdictOf(scene, 0n, ann, leaked, model);
          if (index === 0n) continue;
          await reach(scene, until + 1n, model);
          await expectRefusal(scene, () => convict(scene, 1n, leaked), "PolicyManagerTooLate", [id, 1n, until]);
        }
      }
    });
  });

  describe("when the policy has run out", () => {
    it("takes c and the whole fee through end + W, and closes nothing", async () => {
      for (const leaked of [LEAK, WRONG]) {
        for (const later of [0n, WINDOW]) {
          const scene = await reached(await loadFixture(justCreated), PERIODS + 1n + later);
          expect(scene.now).to.equal(scene.end + later);
          const verdict = await verdictOf(scene, 0n, scene.ann, leaked);
          expect(verdict).to.include({ earned: FEE, withheld: 0n });
          expect(verdict.closing).to.equal(undefined);
          expect((await scene.policies.standingOf(scene.terms, 0n)).stop).to.equal(scene.end);
        }
      }
    });

    it("reverts with PolicyManagerTooLate(id, index, end + W) after that", async () => {
      for (const leaked of [LEAK, WRONG]) {
        const scene = await reached(await loadFixture(justCreated), PERIODS + 2n + WINDOW);
        await expectRefusal(scene, () => convict(scene, 2n, leaked), "PolicyManagerTooLate", [
          scene.id,
          2n,
          scene.end + WINDOW,
        ]);
      }
    });
  });

  describe("when the arrangement was handed off", () => {
    it("convicts both holders of a leak, each by its own t; nothing is withheld from the payer by the first", async () => {
      const scene = await loadFixture(handedOff);
      const { ann, dan, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 1n, model);
      // Ann served 3 periods of 10; dan 1 of 7 and φ7 = 3.5.
      expect(await verdictOf(scene, 0n, ann, LEAK, model)).to.include({ earned: 3n * RATE, withheld: 0n });
      expect(await verdictOf(scene, 3n, dan, LEAK, model)).to.include({
        collateral: TAKEOVER_COLLATERAL,
        earned: RATE,
        withheld: 3n * RATE,
      });
    });

    it("counts a wrong answer of the first through hand-off + W only, a leak through the policy's end + W", async () => {
      const stopAt = (await loadFixture(handedOff)).now + 1n;
      const inTime = await loadFixture(handedOff);
      const model = modelOf(inTime);
      await reach(inTime, stopAt + WINDOW, model);
      await verdictOf(inTime, 0n, inTime.ann, WRONG, model);

      const late = await loadFixture(handedOff);
      await reach(late, stopAt + WINDOW + 1n);
      await expectRefusal(late, () => convict(late, 0n, WRONG), "PolicyManagerTooLate", [late.id, 0n, stopAt + WINDOW]);
      const lateModel = modelOf(late);
      await reach(late, late.end + WINDOW, lateModel);
      await verdictOf(late, 0n, late.ann, LEAK, lateModel);

      const tooLate = await loadFixture(handedOff);
      await reach(tooLate, tooLate.end + WINDOW + 1n);
      await expectRefusal(tooLate, () => convict(tooLate, 0n, LEAK), "PolicyManagerTooLate", [
        tooLate.id,
        0n,
        tooLate.end + WINDOW,
      ]);
    });

    it("keeps the first's collateral until then, whatever the policy does after it", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, payer, terms, id, ann, bob, cid, dan, end, now } = scene;
      const model = modelOf(scene);
      const signers = [bob.operator, cid.operator, dan.operator];
      await policies.connect(payer).renew(terms, 5n, await renewals(scene, id, end, end + 5n, signers));
      model.renew(id, 5n);
      await reach(scene, now + 1n, model);
      await policies.connect(scene.owner).revoke(terms, ALL);
      model.revoke(id);
      await reach(scene, end + WINDOW, model);
      await expectAsModel(scene, model);
      expect(await policies.reservedNow(ann.account)).to.equal(COLLATERAL + 3n * RATE);
      await verdictOf(scene, 0n, ann, LEAK, model);
    });
  });

  describe("when there was a verdict already", () => {
    it("does nothing, says nothing and returns how the arrangement stands, and 0, for the same and the other fault", async () => {
      for (const first of [LEAK, WRONG]) {
        const scene = await loadFixture(inThird);
        const { policies, challenges, challenger, stranger, ann, terms, id, start, end, now } = scene;
        const [arrangement] = terms.arrangements;
        await convict(scene, 0n, first);
        for (const second of [LEAK, WRONG]) {
          for (const by of [challenger, stranger]) {
            const answer = await challenges.convict.staticCall(policies, terms, 0n, second, by);
            expect(answer).to.deep.equal([
              id,
              [
                ...[ann.account.address, ann.operator.address, arrangement?.kfragHash, COLLATERAL],
                ...[start, now + 1n, end, false, false, true],
              ],
              0n,
            ]);
            await unchanged(scene, async () =>
              expect(await eventsOf(policies, convict(scene, 0n, second, by))).to.deep.equal([]),
            );
          }
        }
      }
    });

    it("takes nothing a second time of one that handed off, and nothing of its successor by that", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, ann, dan, now } = scene;
      const model = modelOf(scene);
      await verdictOf(scene, 0n, ann, WRONG, model);
      await unchanged(scene, async () => expect(await eventsOf(policies, convict(scene, 0n, LEAK))).to.deep.equal([]));
      await reach(scene, now + 2n, model);
      await verdictOf(scene, 3n, dan, LEAK, model);
    });

    it("reverts with PolicyManagerTooLate(id, index, until) like the first, when evidence doesn't count any more", async () => {
      for (const [late, until] of [
        [WRONG, WINDOW],
        [LEAK, PERIODS - 3n + WINDOW],
      ] as const) {
        const scene = await loadFixture(handedOff);
        const { policies, id, now } = scene;
        await convict(scene, 0n, WRONG);
        await reach(scene, now + 1n + until);
        await unchanged(scene, async () =>
          expect(await eventsOf(policies, convict(scene, 0n, late))).to.deep.equal([]),
        );
        await reach(scene, now + 2n + until);
        await expectRefusal(scene, () => convict(scene, 0n, late), "PolicyManagerTooLate", [id, 0n, now + 1n + until]);
      }
    });

    it("frees what the arrangement reserved once, and nothing of the miner's others", async () => {
      const scene = await loadFixture(twoOfAnns);
      const { policies, ann } = scene;
      const model = modelOf(scene);
      await verdictOf(scene, 0n, ann, LEAK, model);
      await convict(scene, 0n, LEAK);
      await convict(scene, 0n, WRONG);
      await expectAsModel(scene, model);
      expect(await policies.reservedNow(ann.account)).to.equal(COLLATERAL + 2n * FEE);
    });

    it("convicts the others of the policy, and closes no other", async () => {
      const scene = await loadFixture(inThird);
      const { policies, terms, ann, bob } = scene;
      const model = modelOf(scene);
      await verdictOf(scene, 0n, ann, LEAK, model);
      expect((await policies.standingOf(terms, 1n)).open).to.equal(true);
      await verdictOf(scene, 1n, bob, WRONG, model);
    });

    it("leaves nothing that revoking could close: PolicyManagerClosed(id, index, stop)", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, terms, id, now } = scene;
      await convict(scene, 0n, LEAK);
      await expectRefusal(scene, () => policies.connect(owner).revoke(terms, 0n), "PolicyManagerClosed", [
        id,
        0n,
        now + 1n,
      ]);
    });
  });

  describe("when the miner has withdrawn all that is free", () => {
    it("finds all that it may take, in the last period that counts, of the last stake there is", async () => {
      // Ann's 10,000 end with period + 300; her policy with its window ends exactly there.
      const created = await loadFixture(untilTheLock);
      const { escrow, ann, end } = created;
      const scene = { ...created, model: modelOf(created) };
      await reach(scene, end + WINDOW, scene.model);
      await escrow.advance(500n);
      expect(await escrow.lockedIn(ann.account, end + WINDOW)).to.equal(nkms("10,000"));
      await verdictOf(scene, 0n, ann, LEAK, scene.model);
    });
  });

  describe("when somebody else than the challenge manager calls", () => {
    it("reverts with PolicyManagerNotChallengeManager(caller, challenge manager)", async () => {
      const scene = await loadFixture(inThird);
      const { policies, challenges, owner, payer, ann, challenger, distributor, escrow, terms } = scene;
      for (const caller of [owner, payer, ann.account, challenger, distributor, await actingAs(escrow)]) {
        await expectRefusal(
          scene,
          () => policies.connect(caller).convict(terms, 0n, LEAK, challenger),
          "PolicyManagerNotChallengeManager",
          [caller.address, await challenges.getAddress()],
        );
      }
    });
  });

  describe("when it names nothing", () => {
    it("reverts with PolicyManagerNoArrangement(id, index)", async () => {
      const scene = await loadFixture(handedOff);
      for (const index of [4n, 159n, 160n, 2n ** 64n, ALL]) {
        await expectRefusal(scene, () => convict(scene, index, LEAK), "PolicyManagerNoArrangement", [scene.id, index]);
      }
    });

    it("reverts with PolicyManagerUnknown(id)", async () => {
      const scene = await loadFixture(inThird);
      const terms = { ...scene.terms, collateral: 2n * COLLATERAL };
      await expectRefusal(scene, () => convict({ ...scene, terms }, 0n, LEAK), "PolicyManagerUnknown", [
        await scene.policies.policyId(terms),
      ]);
    });
  });
});

/** Ann's policy and its window end in the last period in which her stake is locked. */
async function untilTheLock(): Promise<SceneWithPolicy> {
  const scene = await noPolicy();
  // Her lock was made in the period before `now` for 300: it counts in now .. now + 299.
  const periods = 299n - WINDOW - 1n;
  return withPolicy(scene, dealOf(scene, { periods }, [scene.ann]), [scene.ann]);
}
