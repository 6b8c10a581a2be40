import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat, dataSlice, MaxUint256, Signature, toBeHex, ZeroAddress } from "ethers";

import { nextTransactionAt, toPeriod } from "../helpers/time";
import {
  aliceHasOperator,
  aliceJustBonded,
  bond,
  type Consent,
  consentTo,
  expectRefusal,
  mirrored,
  nobodyBonded,
  PERIOD,
  type Scene,
  sign,
  signerOf,
} from "./fixtures";

/** Alice presents a consent of `scene.key` with a signature that isn't good for it. */
async function expectWrongSigner(scene: Scene, consent: Consent, signature: string, signer: string): Promise<void> {
  const { registry, alice, key } = scene;
  expect(signer).to.not.equal(key.address);
  await expectRefusal(
    scene,
    () => registry.connect(alice).bondOperator(key, consent.deadline, signature),
    "MinerRegistryWrongSigner",
    [signer, key.address],
  );
}

describe("MinerRegistry.bondOperator", () => {
  describe("when the key agrees and works for nobody", () => {
    it("bonds it from the next period on, in both directions, and uses up its nonce", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice, key, now } = scene;
      expect(await registry.nonces(key)).to.equal(0n);
      await bond(scene, alice, key);
      expect(await registry.bondOf(alice)).to.deep.equal([key.address, now + 1n]);
      expect(await registry.minerOf(key)).to.equal(alice.address);
      expect(await registry.nonces(key)).to.equal(1n);
      expect(await registry.nonces(alice)).to.equal(0n);
    });

    it("emits OperatorBonded(miner, operator, since)", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice, key, now } = scene;
      const consent = await consentTo(scene, alice, key);
      const signature = await sign(scene, key, consent);
      const call = registry.connect(alice).bondOperator(key, consent.deadline, signature);
      await expect(call)
        .to.emit(registry, "OperatorBonded")
        .withArgs(alice.address, key.address, now + 1n);
      await expect(call).to.not.emit(registry, "OperatorUnbonded");
    });

    it("makes it count with the first second of the next period, not a second before", async () => {
      const { registry, alice, key, now } = await loadFixture(aliceJustBonded);
      const operatorAt = async (timestamp: bigint): Promise<string> => {
        await nextTransactionAt(timestamp);
        await registry.connect(alice).setEndpoint(""); // any transaction, to have a block of that second
        return registry.operatorOf(alice);
      };
      expect(await registry.operatorOf(alice)).to.equal(ZeroAddress);
      expect(await operatorAt((now + 1n) * PERIOD - 1n)).to.equal(ZeroAddress);
      expect(await operatorAt((now + 1n) * PERIOD)).to.equal(key.address);
    });

    it("counts from the same period when bonded in the last second of a period", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, escrow, alice, key, now } = scene;
      const consent = await consentTo(scene, alice, key);
      const signature = await sign(scene, key, consent);
      await nextTransactionAt((now + 1n) * PERIOD - 1n);
      await registry.connect(alice).bondOperator(key, consent.deadline, signature);
      expect(await registry.bondOf(alice)).to.deep.equal([key.address, now + 1n]);
      expect(await registry.operatorOf(alice)).to.equal(ZeroAddress);
      await toPeriod(escrow, now + 1n);
      expect(await registry.operatorOf(alice)).to.equal(key.address);
    });

    it("lets a miner be its own operator", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice, now } = scene;
      await bond(scene, alice, alice);
      expect(await registry.bondOf(alice)).to.deep.equal([alice.address, now + 1n]);
      expect(await registry.minerOf(alice)).to.equal(alice.address);
    });
  });

  describe("when the miner has an operator already", () => {
    it("replaces it: the old one stops at once, the new one counts from the next period on", async () => {
      const scene = await loadFixture(aliceHasOperator);
      const { registry, escrow, alice, key, otherKey, now } = scene;
      expect(await registry.operatorOf(alice)).to.equal(key.address);
      await bond(scene, alice, otherKey);
      expect(await registry.operatorOf(alice)).to.equal(ZeroAddress);
      expect(await registry.minerOf(key)).to.equal(ZeroAddress);
      expect(await registry.minerOf(otherKey)).to.equal(alice.address);
      expect(await registry.bondOf(alice)).to.deep.equal([otherKey.address, now + 1n]);
      await toPeriod(escrow, now + 1n);
      expect(await registry.operatorOf(alice)).to.equal(otherKey.address);
    });

    it("emits OperatorUnbonded(miner, old) and then OperatorBonded(miner, new, since)", async () => {
      const scene = await loadFixture(aliceHasOperator);
      const { registry, alice, key, otherKey, now } = scene;
      const consent = await consentTo(scene, alice, otherKey);
      const signature = await sign(scene, otherKey, consent);
      const call = registry.connect(alice).bondOperator(otherKey, consent.deadline, signature);
      await expect(call).to.emit(registry, "OperatorUnbonded").withArgs(alice.address, key.address);
      await expect(call)
        .to.emit(registry, "OperatorBonded")
        .withArgs(alice.address, otherKey.address, now + 1n);
      const logs = (await (await call).wait())?.logs ?? [];
      expect(logs.map((log) => registry.interface.parseLog(log)?.name)).to.deep.equal([
        "OperatorUnbonded",
        "OperatorBonded",
      ]);
    });

    it("frees the old one for another miner", async () => {
      const scene = await loadFixture(aliceHasOperator);
      const { registry, alice, bob, key, otherKey, now } = scene;
      await bond(scene, alice, otherKey);
      await bond(scene, bob, key);
      expect(await registry.minerOf(key)).to.equal(bob.address);
      expect(await registry.bondOf(bob)).to.deep.equal([key.address, now + 1n]);
      expect(await registry.bondOf(alice)).to.deep.equal([otherKey.address, now + 1n]);
    });
  });

  describe("when the consent is not this key's for this miner, reverts with MinerRegistryWrongSigner(signer, operator)", () => {
    it("given it was signed by another key", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { alice, key, otherKey } = scene;
      const consent = await consentTo(scene, alice, key);
      await expectWrongSigner(scene, consent, await sign(scene, otherKey, consent), otherKey.address);
      await expectWrongSigner(scene, consent, await sign(scene, alice, consent), alice.address);
    });

    const variants: [what: string, vary: (scene: Scene, consent: Consent) => Consent][] = [
      ["it was signed for another miner, who sees it in the mempool", ({ bob }, c) => ({ ...c, miner: bob.address })],
      ["it was signed for another operator", ({ otherKey }, c) => ({ ...c, operator: otherKey.address })],
      ["another deadline was signed", (_, c) => ({ ...c, deadline: c.deadline + 1n })],
      ["a later nonce was signed", (_, c) => ({ ...c, nonce: c.nonce + 1n })],
    ];
    for (const [what, vary] of variants) {
      it(`given ${what}`, async () => {
        const scene = await loadFixture(nobodyBonded);
        const consent = await consentTo(scene, scene.alice, scene.key);
        const signature = await sign(scene, scene.key, vary(scene, consent));
        await expectWrongSigner(scene, consent, signature, await signerOf(scene, consent, signature));
      });
    }

    const domains = {
      "another chain": [{ chainId: 1n }],
      "another contract": [{ verifyingContract: ZeroAddress }],
      "another name or version of the contract": [{ name: "NKMS" }, { version: "2" }],
    };
    for (const [what, others] of Object.entries(domains)) {
      it(`given it was signed for ${what}`, async () => {
        const scene = await loadFixture(nobodyBonded);
        const consent = await consentTo(scene, scene.alice, scene.key);
        for (const other of others) {
          const signature = await sign(scene, scene.key, consent, other);
          await expectWrongSigner(scene, consent, signature, await signerOf(scene, consent, signature));
        }
      });
    }

    it("given it was used before and the bond has ended: a replay", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice, key } = scene;
      const consent = await consentTo(scene, alice, key);
      const signature = await sign(scene, key, consent);
      await registry.connect(alice).bondOperator(key, consent.deadline, signature);
      await registry.connect(alice).unbondOperator();
      const nowNeeded = { ...consent, nonce: 1n };
      await expectWrongSigner(scene, consent, signature, await signerOf(scene, nowNeeded, signature));

      await registry.connect(alice).bondOperator(key, consent.deadline, await sign(scene, key, nowNeeded));
      expect(await registry.minerOf(key)).to.equal(alice.address);
      expect(await registry.nonces(key)).to.equal(2n);
    });

    it("given the operator is a contract, which can't sign", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, escrow, alice, key } = scene;
      const contract = { address: await escrow.getAddress() };
      const consent = await consentTo(scene, alice, contract);
      await expectRefusal(
        scene,
        async () =>
          registry.connect(alice).bondOperator(contract.address, consent.deadline, await sign(scene, key, consent)),
        "MinerRegistryWrongSigner",
        [key.address, contract.address],
      );
    });
  });

  describe("when the bytes are no signature, reverts with MinerRegistryWrongSigner(zero, operator)", () => {
    const expectNoSignature = async (forge: (good: string) => readonly string[]): Promise<void> => {
      const scene = await loadFixture(nobodyBonded);
      const consent = await consentTo(scene, scene.alice, scene.key);
      for (const forged of forge(await sign(scene, scene.key, consent))) {
        await expectWrongSigner(scene, consent, forged, ZeroAddress);
      }
    };
    const [r, s, v] = [
      (good: string): string => dataSlice(good, 0, 32),
      (good: string): string => dataSlice(good, 32, 64),
      (good: string): string => dataSlice(good, 64),
    ];

    it("given another length than 65 bytes: 0, 64 (compact form), 66", async () => {
      await expectNoSignature((good) => ["0x", Signature.from(good).compactSerialized, `${good}00`]);
    });

    it("given v is 0, 1, 26 or 29", async () => {
      await expectNoSignature((good) => [0, 1, 26, 29].map((wrong) => concat([r(good), s(good), toBeHex(wrong, 1)])));
    });

    it("given s is in the upper half", async () => {
      await expectNoSignature((good) => [mirrored(good)]);
    });

    it("given r or s is 0", async () => {
      const zero = toBeHex(0, 32);
      await expectNoSignature((good) => [concat([zero, s(good), v(good)]), concat([r(good), zero, v(good)])]);
    });
  });

  describe("when v is flipped", () => {
    it("reverts with MinerRegistryWrongSigner(another signer, operator)", async () => {
      const scene = await loadFixture(nobodyBonded);
      const consent = await consentTo(scene, scene.alice, scene.key);
      const good = await sign(scene, scene.key, consent);
      const flipped = concat([dataSlice(good, 0, 64), dataSlice(good, 64) === "0x1b" ? "0x1c" : "0x1b"]);
      const signer = await signerOf(scene, consent, flipped);
      expect(signer).to.not.equal(ZeroAddress);
      await expectWrongSigner(scene, consent, flipped, signer);
    });
  });

  describe("when the deadline is near", () => {
    it("bonds in the second of the deadline", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice, key } = scene;
      const consent = await consentTo(scene, alice, key);
      const signature = await sign(scene, key, consent);
      await nextTransactionAt(consent.deadline);
      await registry.connect(alice).bondOperator(key, consent.deadline, signature);
      expect(await registry.minerOf(key)).to.equal(alice.address);
    });

    it("reverts with MinerRegistryConsentExpired(deadline, timestamp) a second later", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice, key } = scene;
      const consent = await consentTo(scene, alice, key);
      const signature = await sign(scene, key, consent);
      await nextTransactionAt(consent.deadline + 1n);
      await expectRefusal(
        scene,
        () => registry.connect(alice).bondOperator(key, consent.deadline, signature),
        "MinerRegistryConsentExpired",
        [consent.deadline, consent.deadline + 1n],
      );
    });

    it("bonds with a consent that never expires", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice, key } = scene;
      const consent = { ...(await consentTo(scene, alice, key)), deadline: MaxUint256 };
      await registry.connect(alice).bondOperator(key, consent.deadline, await sign(scene, key, consent));
      expect(await registry.minerOf(key)).to.equal(alice.address);
    });
  });

  describe("when the operator works for somebody", () => {
    it("reverts with MinerRegistryOperatorTaken(operator, miner) for another miner", async () => {
      const scene = await loadFixture(aliceJustBonded);
      const { registry, alice, bob, key } = scene;
      const consent = await consentTo(scene, bob, key);
      const signature = await sign(scene, key, consent);
      await expectRefusal(
        scene,
        () => registry.connect(bob).bondOperator(key, consent.deadline, signature),
        "MinerRegistryOperatorTaken",
        [key.address, alice.address],
      );
    });

    it("reverts with MinerRegistryOperatorTaken(operator, miner) for its own miner", async () => {
      const scene = await loadFixture(aliceHasOperator);
      const { registry, alice, key } = scene;
      const consent = await consentTo(scene, alice, key);
      const signature = await sign(scene, key, consent);
      await expectRefusal(
        scene,
        () => registry.connect(alice).bondOperator(key, consent.deadline, signature),
        "MinerRegistryOperatorTaken",
        [key.address, alice.address],
      );
    });
  });

  describe("when the operator is the zero address", () => {
    it("reverts with MinerRegistryNoOperator(), also for bytes that recover to zero", async () => {
      const scene = await loadFixture(nobodyBonded);
      const { registry, alice } = scene;
      await expectRefusal(
        scene,
        () => registry.connect(alice).bondOperator(ZeroAddress, MaxUint256, "0x"),
        "MinerRegistryNoOperator",
        [],
      );
    });
  });

  describe("when several things are wrong", () => {
    it("names the taken key first, then the deadline, then the signer", async () => {
      const scene = await loadFixture(aliceJustBonded);
      const { registry, alice, bob, key, otherKey } = scene;
      await expectRefusal(
        scene,
        () => registry.connect(bob).bondOperator(key, 0n, "0x"),
        "MinerRegistryOperatorTaken",
        [key.address, alice.address],
      );
      const timestamp = scene.now * PERIOD + PERIOD / 2n;
      await nextTransactionAt(timestamp);
      await expectRefusal(
        scene,
        () => registry.connect(bob).bondOperator(otherKey, 0n, "0x"),
        "MinerRegistryConsentExpired",
        [0n, timestamp],
      );
      await expectRefusal(
        scene,
        () => registry.connect(bob).bondOperator(otherKey, MaxUint256, "0x"),
        "MinerRegistryWrongSigner",
        [ZeroAddress, otherKey.address],
      );
    });
  });
});
