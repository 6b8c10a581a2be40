import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import { aliceHasOperator, expectRefusal, nobodyBonded } from "./fixtures";

const MOST_LIMIT = 2n ** 96n - 1n;
const MOST_PERCENT = 2n ** 32n - 1n;
/** Of a miner that never set one. */
const DEFAULT_PERCENT = 100n;

describe("MinerRegistry.setPledge", () => {
  describe("when it was never called", () => {
    it("the miner pledges nothing, and accepts collateral up to 100 % of a fee", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      expect(await registry.termsOf(alice)).to.deep.equal([0n, DEFAULT_PERCENT, 0n, 0n]);
    });
  });

  describe("when both numbers are within bounds", () => {
    it("takes limits of 0, 1, 2^96 - 2 and 2^96 - 1 base units", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      for (const limit of [1n, MOST_LIMIT - 1n, MOST_LIMIT, 0n]) {
        await registry.connect(alice).setPledge(limit, DEFAULT_PERCENT);
        expect(await registry.termsOf(alice)).to.deep.equal([limit, DEFAULT_PERCENT, 0n, 0n]);
      }
    });

    it("takes 1, 2, 2^32 - 2 and 2^32 - 1 per cent", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      for (const percent of [1n, 2n, MOST_PERCENT - 1n, MOST_PERCENT]) {
        await registry.connect(alice).setPledge(nkms("7"), percent);
        expect(await registry.termsOf(alice)).to.deep.equal([nkms("7"), percent, 0n, 0n]);
      }
    });

    it("emits PledgeSet(miner, limit, percent)", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      await expect(registry.connect(alice).setPledge(nkms("7"), 250n))
        .to.emit(registry, "PledgeSet")
        .withArgs(alice.address, nkms("7"), 250n);
    });

    it("replaces what was set before", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      await registry.connect(alice).setPledge(MOST_LIMIT, MOST_PERCENT);
      await registry.connect(alice).setPledge(1n, 2n);
      expect(await registry.termsOf(alice)).to.deep.equal([1n, 2n, 0n, 0n]);
    });

    it("leaves advice and other miners' terms as they are", async () => {
      const { registry, alice, bob } = await loadFixture(nobodyBonded);
      await registry.connect(alice).setAdvice(nkms("3"), 30n);
      await registry.connect(bob).setPledge(nkms("9"), 90n);
      await registry.connect(alice).setPledge(MOST_LIMIT, MOST_PERCENT);
      expect(await registry.termsOf(alice)).to.deep.equal([MOST_LIMIT, MOST_PERCENT, nkms("3"), 30n]);
      expect(await registry.termsOf(bob)).to.deep.equal([nkms("9"), 90n, 0n, 0n]);
    });
  });

  describe("when a number is out of bounds", () => {
    it("reverts with MinerRegistryTermOutOfBounds(limit, 0, 2^96 - 1) for 2^96 and 2^256 - 1", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      for (const limit of [MOST_LIMIT + 1n, MaxUint256]) {
        await expectRefusal(
          scene,
          () => registry.connect(alice).setPledge(limit, DEFAULT_PERCENT),
          "MinerRegistryTermOutOfBounds",
          [limit, 0n, MOST_LIMIT],
        );
      }
    });

    it("reverts with MinerRegistryTermOutOfBounds(percent, 1, 2^32 - 1) for 0, 2^32 and 2^256 - 1", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      for (const percent of [0n, MOST_PERCENT + 1n, MaxUint256]) {
        await expectRefusal(
          scene,
          () => registry.connect(alice).setPledge(1n, percent),
          "MinerRegistryTermOutOfBounds",
          [percent, 1n, MOST_PERCENT],
        );
      }
    });

    it("names the limit first", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      await expectRefusal(
        scene,
        () => registry.connect(alice).setPledge(MOST_LIMIT + 1n, 0n),
        "MinerRegistryTermOutOfBounds",
        [MOST_LIMIT + 1n, 0n, MOST_LIMIT],
      );
    });
  });

  describe("when an operator calls it", () => {
    it("sets its own terms, not its miner's", async () => {
      const { registry, alice, key } = await loadFixture(aliceHasOperator);
      await registry.connect(key).setPledge(MOST_LIMIT, MOST_PERCENT);
      expect(await registry.termsOf(alice)).to.deep.equal([0n, DEFAULT_PERCENT, 0n, 0n]);
      expect(await registry.termsOf(key)).to.deep.equal([MOST_LIMIT, MOST_PERCENT, 0n, 0n]);
    });
  });
});
