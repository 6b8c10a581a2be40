import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import {
  COLLATERAL,
  FEE,
  GRAIN,
  justCreated,
  modelOf,
  noPolicy,
  PERIODS,
  RATE,
  reached,
  type SceneWithPolicy,
  WINDOW,
} from "./fixtures";
import { eventsOf, expectAsModel, moved, unchanged } from "./observe";

const settle = ({ policies, stranger, ann }: SceneWithPolicy, maxPeriods: bigint) =>
  policies.connect(stranger).settle(ann.account, maxPeriods);

/** In grains: what ann earns per period, and what of hers is reserved. */
const [RATE_IN_GRAINS, RESERVED_IN_GRAINS] = [RATE / GRAIN, (COLLATERAL + FEE) / GRAIN];

const longAfter = async () => reached(await justCreated(), PERIODS + WINDOW + 30n);

describe("PolicyManager.settle", () => {
  describe("when periods wait", () => {
    it("counts them all: earns the fees, and frees what is not reserved any more", async () => {
      const scene = await loadFixture(longAfter);
      const { policies, ann, now } = scene;
      expect(await policies.reserved(ann.account), "stale").to.equal(COLLATERAL + FEE);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(policies, settle(scene, MaxUint256))).to.deep.equal([]),
      );
      expect(moves).to.deep.equal({});
      expect(await policies.accountOf(ann.account)).to.deep.equal([0n, FEE / GRAIN, now, 0n]);
      await expectAsModel(scene, modelOf(scene));
    });

    it("stops after maxPeriods and goes on from there, with the same outcome", async () => {
      const scene = await loadFixture(longAfter);
      const { policies, ann, now, start, end } = scene;
      for (const [maxPeriods, expected] of [
        [0n, [RATE_IN_GRAINS, 0n, start - 1n, RESERVED_IN_GRAINS]],
        [1n, [RATE_IN_GRAINS, RATE_IN_GRAINS, start, RESERVED_IN_GRAINS]],
        [PERIODS - 1n, [RATE_IN_GRAINS, PERIODS * RATE_IN_GRAINS, end - 1n, RESERVED_IN_GRAINS]],
        [1n, [0n, PERIODS * RATE_IN_GRAINS, end, RESERVED_IN_GRAINS]],
        [WINDOW, [0n, PERIODS * RATE_IN_GRAINS, end + WINDOW, RESERVED_IN_GRAINS]],
        [1n, [0n, PERIODS * RATE_IN_GRAINS, end + WINDOW + 1n, 0n]],
        [1_000n, [0n, PERIODS * RATE_IN_GRAINS, now, 0n]],
      ] as const) {
        await settle(scene, maxPeriods);
        expect(await policies.accountOf(ann.account), `after ${maxPeriods} more`).to.deep.equal(expected);
        expect(await policies.claimableFees(ann.account)).to.equal(FEE);
        expect(await policies.reservedNow(ann.account)).to.equal(0n);
      }
    });

    it("leaves what is earned to be claimed", async () => {
      const scene = await loadFixture(longAfter);
      await settle(scene, MaxUint256);
      expect(await moved(scene, () => scene.policies.connect(scene.ann.account).claimFees())).to.deep.equal({
        ann: FEE,
        policies: -FEE,
      });
    });

    it("leaves other miners' accounts alone", async () => {
      const scene = await loadFixture(longAfter);
      const before = await scene.policies.accountOf(scene.bob.account);
      await settle(scene, MaxUint256);
      expect(await scene.policies.accountOf(scene.bob.account)).to.deep.equal(before);
    });
  });

  describe("when nothing waits", () => {
    it("changes nothing, whatever maxPeriods is", async () => {
      const scene = await loadFixture(longAfter);
      await settle(scene, MaxUint256);
      for (const maxPeriods of [0n, 1n, 2n ** 32n, MaxUint256]) await unchanged(scene, () => settle(scene, maxPeriods));
    });

    it("changes nothing of somebody who never had a policy", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, stranger, dan } = scene;
      for (const account of [stranger, dan.account]) {
        await unchanged(scene, () => policies.settle(account, MaxUint256));
        expect(await policies.accountOf(account)).to.deep.equal([0n, 0n, 0n, 0n]);
        expect(await policies.claimableFees(account)).to.equal(0n);
        expect(await policies.reservedNow(account)).to.equal(0n);
      }
    });
  });
});
