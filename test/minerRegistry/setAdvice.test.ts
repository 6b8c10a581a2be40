import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { aliceHasOperator, expectRefusal, nobodyBonded } from "./fixtures";

const MOST_FEE = 2n ** 96n - 1n;
const MOST_PERIODS = 2n ** 32n - 1n;
/** The largest collateral of a miner that never set one, per cent. */
const DEFAULT_PERCENT = 100n;

describe("MinerRegistry.setAdvice", () => {
  describe("when both numbers are within bounds", () => {
    it("takes fees of 0, 1, 2^96 - 2 and 2^96 - 1 base units per period", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      for (const fee of [1n, MOST_FEE - 1n, MOST_FEE, 0n]) {
        await registry.connect(alice).setAdvice(fee, 30n);
        expect(await registry.termsOf(alice)).to.deep.equal([0n, DEFAULT_PERCENT, fee, 30n]);
      }
    });

    it("takes lengths of 0, 1, 2^32 - 2 and 2^32 - 1 periods", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      for (const periods of [1n, MOST_PERIODS - 1n, MOST_PERIODS, 0n]) {
        await registry.connect(alice).setAdvice(nkms("2"), periods);
        expect(await registry.termsOf(alice)).to.deep.equal([0n, DEFAULT_PERCENT, nkms("2"), periods]);
      }
    });

    it("emits AdviceSet(miner, minFeePerPeriod, maxPolicyPeriods)", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      await expect(registry.connect(alice).setAdvice(nkms("2"), 365n))
        .to.emit(registry, "AdviceSet")
        .withArgs(alice.address, nkms("2"), 365n);
    });

    it("replaces what was set before", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      await registry.connect(alice).setAdvice(MOST_FEE, MOST_PERIODS);
      await registry.connect(alice).setAdvice(1n, 2n);
      expect(await registry.termsOf(alice)).to.deep.equal([0n, DEFAULT_PERCENT, 1n, 2n]);
    });

    it("leaves the pledge and other miners' terms as they are", async () => {
      const { registry, alice, bob } = await loadFixture(nobodyBonded);
      await registry.connect(alice).setPledge(nkms("5"), 50n);
      await registry.connect(bob).setAdvice(nkms("9"), 90n);
      await registry.connect(alice).setAdvice(MOST_FEE, MOST_PERIODS);
      expect(await registry.termsOf(alice)).to.deep.equal([nkms("5"), 50n, MOST_FEE, MOST_PERIODS]);
      expect(await registry.termsOf(bob)).to.deep.equal([0n, DEFAULT_PERCENT, nkms("9"), 90n]);
    });
  });

  describe("when a number is out of bounds", () => {
    it("reverts with MinerRegistryTermOutOfBounds(fee, 0, 2^96 - 1) for 2^96 and 2^256 - 1", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      for (const fee of [MOST_FEE + 1n, MaxUint256]) {
        await expectRefusal(scene, () => registry.connect(alice).setAdvice(fee, 30n), "MinerRegistryTermOutOfBounds", [
          fee,
          0n,
          MOST_FEE,
        ]);
      }
    });

    it("reverts with MinerRegistryTermOutOfBounds(periods, 0, 2^32 - 1) for 2^32 and 2^256 - 1", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      for (const periods of [MOST_PERIODS + 1n, MaxUint256]) {
        await expectRefusal(
          scene,
          () => registry.connect(alice).setAdvice(1n, periods),
          "MinerRegistryTermOutOfBounds",
          [periods, 0n, MOST_PERIODS],
        );
      }
    });

    it("names the fee first", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      await expectRefusal(
        scene,
        () => registry.connect(alice).setAdvice(MOST_FEE + 1n, MOST_PERIODS + 1n),
        "MinerRegistryTermOutOfBounds",
        [MOST_FEE + 1n, 0n, MOST_FEE],
      );
    });
  });

  describe("when an operator calls it", () => {
    it("sets its own advice, not its miner's", async () => {
      const { registry, alice, key } = await loadFixture(aliceHasOperator);
      await registry.connect(key).setAdvice(MOST_FEE, MOST_PERIODS);
      expect(await registry.termsOf(alice)).to.deep.equal([0n, DEFAULT_PERCENT, 0n, 0n]);
      expect(await registry.termsOf(key)).to.deep.equal([0n, DEFAULT_PERCENT, MOST_FEE, MOST_PERIODS]);
    });
  });
});
