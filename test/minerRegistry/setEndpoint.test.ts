import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { aliceHasOperator, expectRefusal, nobodyBonded } from "./fixtures";

const MOST = 256;
const urlOf = (bytes: number): string => "https://alice.example/".padEnd(bytes, "x").slice(0, bytes);

describe("MinerRegistry.setEndpoint", () => {
  describe("when it was never called", () => {
    it("the miner answers nowhere", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      expect(await registry.endpointOf(alice)).to.equal("");
    });
  });

  describe("when it has 256 bytes or less", () => {
    it("takes 0, 1, 31, 32, 255 and 256 bytes", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      for (const bytes of [1, 31, 32, MOST - 1, MOST, 0]) {
        await registry.connect(alice).setEndpoint(urlOf(bytes));
        expect(await registry.endpointOf(alice)).to.equal(urlOf(bytes));
      }
    });

    it("emits EndpointSet(miner, url)", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      await expect(registry.connect(alice).setEndpoint(urlOf(40)))
        .to.emit(registry, "EndpointSet")
        .withArgs(alice.address, urlOf(40));
      await expect(registry.connect(alice).setEndpoint(""))
        .to.emit(registry, "EndpointSet")
        .withArgs(alice.address, "");
    });

    it("replaces a long one by a short one, and by none", async () => {
      const { registry, alice } = await loadFixture(nobodyBonded);
      for (const bytes of [MOST, 33, 5, 0]) {
        await registry.connect(alice).setEndpoint(urlOf(bytes));
        expect(await registry.endpointOf(alice)).to.equal(urlOf(bytes));
      }
    });

    it("leaves other miners' endpoints as they are", async () => {
      const { registry, alice, bob } = await loadFixture(nobodyBonded);
      await registry.connect(bob).setEndpoint("https://bob.example");
      await registry.connect(alice).setEndpoint(urlOf(40));
      expect(await registry.endpointOf(bob)).to.equal("https://bob.example");
    });
  });

  describe("when it has 257 bytes", () => {
    it("reverts with MinerRegistryEndpointTooLong(257, 256)", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      await registry.connect(alice).setEndpoint("https://alice.example");
      await expectRefusal(
        scene,
        () => registry.connect(alice).setEndpoint(urlOf(MOST + 1)),
        "MinerRegistryEndpointTooLong",
        [MOST + 1, MOST],
      );
    });

    it("counts bytes, not characters", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      const umlauts = "ä".repeat(MOST / 2); // two bytes each
      await registry.connect(alice).setEndpoint(umlauts);
      expect(await registry.endpointOf(alice)).to.equal(umlauts);
      await expectRefusal(
        scene,
        () => registry.connect(alice).setEndpoint(`${umlauts}ä`),
        "MinerRegistryEndpointTooLong",
        [MOST + 2, MOST],
      );
    });
  });

  describe("when an operator calls it", () => {
    it("sets its own endpoint, not its miner's", async () => {
      const { registry, alice, key } = await loadFixture(aliceHasOperator);
      await registry.connect(key).setEndpoint("https://thief.example");
      expect(await registry.endpointOf(alice)).to.equal("");
      expect(await registry.endpointOf(key)).to.equal("https://thief.example");
    });
  });
});
