import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { loadFixture, setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat, dataSlice, encodeBytes32String, MaxUint256, toBeHex, ZeroAddress } from "ethers";
import { artifacts, ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import type { IPolicyManager } from "../../typechain-types/contracts/PolicyManager";
import {
  ALL,
  bond,
  consentTypes,
  domainOf,
  MINER_STAKE,
  type PolicyMiner,
  policyParameters,
  takeover,
  takeoverTypes,
} from "../helpers/policies";
import { nextTransactionAt } from "../helpers/time";
import {
  actingAs,
  COLLATERAL,
  dealOf,
  GRAIN,
  handedOff,
  inThird,
  justCreated,
  justCreatedLittle,
  justCreatedStrict,
  MIN_COLLATERAL,
  mirrored,
  modelOf,
  noPolicy,
  type OtherDomain,
  PERIOD,
  PERIODS,
  RATE,
  reach,
  reached,
  type SceneWithPolicy,
  TAKEOVER_COLLATERAL,
  WINDOW,
  withPolicy,
} from "./fixtures";
import { eventsOf, expectAsModel, expectRefusal, moved } from "./observe";

type Takeover = IPolicyManager.TakeoverStruct;

/** Ann hands index 0 off, or somebody else another index. */
const handOff = ({ policies, ann, terms }: SceneWithPolicy, t: Takeover, index = 0n, by: PolicyMiner = ann) =>
  policies.connect(by.account).handOff(terms, index, t);

/** To dan, with his acceptance. */
const toDan = ({ policies, id, dan }: SceneWithPolicy, collateral = TAKEOVER_COLLATERAL, index = 0n) =>
  takeover(policies, id, index, dan, collateral);

/** {@link justCreatedStrict} in its third period. */
const strictInThird = async () => reached(await justCreatedStrict(), 3n);

/** Dan, who has index 3 since the period before, may hand off to eve. */
async function danServes(): Promise<SceneWithPolicy> {
  const scene = await handedOff();
  const model = modelOf(scene);
  await reach(scene, scene.now + 1n, model);
  return { ...scene, now: scene.now + 1n, model };
}

/** An acceptance of dan's operator's, or somebody else's, with other words. */
async function acceptanceWith(
  { policies, id, dan, end }: SceneWithPolicy,
  slip: Partial<{
    policy: string;
    index: bigint;
    miner: string;
    operator: string;
    collateral: bigint;
    end: bigint;
    deadline: bigint;
    signer: HardhatEthersSigner;
    domain: OtherDomain;
  }>,
): Promise<string> {
  const { signer, domain, ...changes } = slip;
  return (signer ?? dan.operator).signTypedData({ ...(await domainOf(policies)), ...domain }, takeoverTypes, {
    policy: id,
    index: 0n,
    miner: dan.account.address,
    operator: dan.operator.address,
    collateral: TAKEOVER_COLLATERAL,
    end,
    deadline: MaxUint256,
    ...changes,
  });
}

/** Somebody's consent that dan takes index 0 over. */
async function consentWith(
  { policies, owner, id, dan }: SceneWithPolicy,
  slip: Partial<{
    policy: string;
    index: bigint;
    miner: string;
    nonce: bigint;
    deadline: bigint;
    signer: HardhatEthersSigner;
    domain: OtherDomain;
  }>,
): Promise<string> {
  const { signer, domain, ...changes } = slip;
  return (signer ?? owner).signTypedData({ ...(await domainOf(policies)), ...domain }, consentTypes, {
    policy: id,
    index: 0n,
    miner: dan.account.address,
    nonce: await policies.nonces(owner),
    deadline: MaxUint256,
    ...changes,
  });
}

/** Makes the scene's policy look as if hand-offs had used its indices 3 .. count - 1: sets their bits in its slot. */
async function useIndices({ policies, id, start, end }: SceneWithPolicy, count: bigint): Promise<void> {
  const source = "contracts/PolicyManager.sol";
  const build = await artifacts.getBuildInfo(`${source}:PolicyManager`);
  const { storageLayout } = build?.output.contracts[source]?.["PolicyManager"] as unknown as {
    storageLayout: { storage: { label: string; slot: string }[] };
  };
  const slot = storageLayout.storage.find(({ label }) => label === "_policies")?.slot;
  if (slot === undefined) throw new Error("expected _policies in the storage layout");
  const place = ethers.solidityPackedKeccak256(["bytes32", "uint256"], [id, slot]);
  const records = (1n << count) - 8n;
  await setStorageAt(await policies.getAddress(), place, start | (end << 32n) | (records << 96n));
  expect(await policies.policyOf(id), "the policy's slot").to.deep.equal([start, end, 0n, records]);
}

describe("PolicyManager.handOff", () => {
  describe("when another miner takes over", () => {
    for (let t = 0n; t < PERIODS; t++) {
      it(`passes on the fee of the ${PERIODS - t} periods to come at t = ${t}, and moves no tokens`, async () => {
        const scene = await reached(await loadFixture(justCreated), t);
        const { policies, id, dan, now, end } = scene;
        const model = modelOf(scene);
        // By hand: ceil(15 (10 - t) / 10).
        const collateral = nkms("1.5") * (PERIODS - t);
        expect(model.leastCollateral(id, 0)).to.equal(collateral);
        const { newIndex, fee } = model.handOff(id, 0, dan.account.address, collateral);
        expect([newIndex, fee]).to.deep.equal([3, (PERIODS - t) * RATE]);
        const moves = await moved(scene, async () =>
          expect(await eventsOf(policies, handOff(scene, await toDan(scene, collateral)))).to.deep.equal([
            ["HandedOff", id, 0n, dan.account.address, 3n, dan.operator.address, collateral, now + 1n, fee],
          ]),
        );
        expect(moves).to.deep.equal({});
        for (const period of [now, now + 1n, end - 1n, end, end + WINDOW, end + WINDOW + 1n]) {
          await reach(scene, period, model);
          await expectAsModel(scene, model);
        }
        expect(await policies.claimableFees(scene.ann.account)).to.equal(t * RATE);
        expect(await policies.claimableFees(dan.account)).to.equal((PERIODS - t) * RATE);
      });
    }

    it("returns the new index", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann, terms } = scene;
      expect(await policies.connect(ann.account).handOff.staticCall(terms, 0n, await toDan(scene))).to.equal(3n);
    });

    it("shows both as they stand: the old one closed, the new one with the same kfrag", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, terms, ann, dan, id, start, end, now } = scene;
      const kfragHash = terms.arrangements[0]?.kfragHash;
      expect(await policies.standingOf(terms, 0n)).to.deep.equal([
        ...[ann.account.address, ann.operator.address, kfragHash, COLLATERAL, start, now + 1n, end],
        ...[false, true, false],
      ]);
      expect(await policies.standingOf(terms, 3n)).to.deep.equal([
        ...[dan.account.address, dan.operator.address, kfragHash, TAKEOVER_COLLATERAL, now + 1n, end, end],
        ...[true, false, false],
      ]);
      expect(await policies.policyOf(id)).to.deep.equal([start, end, 0n, 0b1001n]);
      expect(await policies.recordOf(id, 0n)).to.deep.equal([0n, now + 1n, end, true, false, 0n, 0n]);
      const collateral = TAKEOVER_COLLATERAL / GRAIN;
      expect(await policies.recordOf(id, 3n)).to.deep.equal([now + 1n, 0n, 0n, false, false, 0n, collateral]);
    });

    it("frees the fee that the old one will not earn, and keeps the rest through the policy's end + W", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, ann, dan, end } = scene;
      expect(await policies.reserved(ann.account)).to.equal(COLLATERAL + 3n * RATE);
      expect(await policies.reserved(dan.account)).to.equal(TAKEOVER_COLLATERAL + 7n * RATE);
      await reach(scene, end + WINDOW);
      expect(await policies.reservedNow(ann.account)).to.equal(COLLATERAL + 3n * RATE);
      await reach(scene, end + WINDOW + 1n);
      expect(await policies.reservedNow(ann.account)).to.equal(0n);
      expect(await policies.reservedNow(dan.account)).to.equal(0n);
    });

    it("passes it on again, and names the first holder's kfrag", async () => {
      const scene = await loadFixture(danServes);
      const { policies, id, dan, eve, terms, end } = scene;
      const model = modelOf(scene);
      // Dan's 11 NKMS for 7 periods, 6 of them to come: 9.428571428571428572, in whole grains one more.
      const exact = model.leastCollateral(id, 3);
      const least = ((exact + GRAIN - 1n) / GRAIN) * GRAIN;
      expect([exact, least]).to.deep.equal([9_428571428571428572n, 9_428571429000000000n]);
      const below = await takeover(policies, id, 3n, eve, least - GRAIN);
      await expectRefusal(scene, () => handOff(scene, below, 3n, dan), "PolicyManagerTermOutOfBounds", [
        encodeBytes32String("collateral"),
        least - GRAIN,
        least,
        policyParameters.maxSupply,
      ]);
      await handOff(scene, await takeover(policies, id, 3n, eve, least), 3n, dan);
      model.handOff(id, 3, eve.account.address, least);
      await expectAsModel(scene, model);
      const { miner, kfragHash, start } = await policies.standingOf(terms, 4n);
      expect([miner, kfragHash, start]).to.deep.equal([
        eve.account.address,
        terms.arrangements[0]?.kfragHash,
        scene.now + 1n,
      ]);
      await reach(scene, end + WINDOW + 1n, model);
      await expectAsModel(scene, model);
    });

    it("passes it on twice in one period: who never served earns nothing", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, id, dan, eve, end } = scene;
      const model = modelOf(scene);
      await handOff(scene, await takeover(policies, id, 3n, eve, TAKEOVER_COLLATERAL), 3n, dan);
      model.handOff(id, 3, eve.account.address, TAKEOVER_COLLATERAL);
      await expectAsModel(scene, model);
      await reach(scene, end, model);
      await expectAsModel(scene, model);
      expect(await policies.claimableFees(dan.account)).to.equal(0n);
    });

    it("passes on two arrangements of a policy, each with its own kfrag", async () => {
      const scene = await loadFixture(inThird);
      const { policies, id, terms, bob, dan, eve } = scene;
      await handOff(scene, await toDan(scene));
      await handOff(scene, await takeover(policies, id, 1n, eve, TAKEOVER_COLLATERAL), 1n, bob);
      for (const [index, miner, origin] of [
        [3n, dan, 0],
        [4n, eve, 1],
      ] as const) {
        const s = await policies.standingOf(terms, index);
        expect([s.miner, s.kfragHash]).to.deep.equal([miner.account.address, terms.arrangements[origin]?.kfragHash]);
      }
    });
  });

  describe("when the collateral is at its bounds", () => {
    it("reverts with PolicyManagerTermOutOfBounds(collateral, value, ceil(c T'/T), S_max) beside them", async () => {
      const scene = await loadFixture(inThird);
      const least = nkms("10.5");
      for (const value of [0n, 1n, least - GRAIN, least - 1n, policyParameters.maxSupply + GRAIN, MaxUint256]) {
        const t = await toDan(scene, value);
        await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerTermOutOfBounds", [
          encodeBytes32String("collateral"),
          value,
          least,
          policyParameters.maxSupply,
        ]);
      }
      await handOff(scene, await toDan(scene, least));
    });

    it("takes c_min where ceil(c T'/T) is less, and reverts with PolicyManagerTermOutOfBounds(collateral, value, c_min, S_max) below", async () => {
      const scene = await reached(await loadFixture(justCreatedLittle), 3n);
      const { policies, id, dan, now } = scene;
      const model = modelOf(scene);
      // By hand: ceil(1.2 * 7 / 10) = 0.84.
      const share = nkms("0.84");
      expect(model.leastCollateral(id, 0)).to.equal(MIN_COLLATERAL);
      for (const value of [0n, share, MIN_COLLATERAL - GRAIN, MIN_COLLATERAL - 1n]) {
        const t = await toDan(scene, value);
        await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerTermOutOfBounds", [
          encodeBytes32String("collateral"),
          value,
          MIN_COLLATERAL,
          policyParameters.maxSupply,
        ]);
      }
      const { newIndex, fee } = model.handOff(id, 0, dan.account.address, MIN_COLLATERAL);
      expect(await eventsOf(policies, handOff(scene, await toDan(scene, MIN_COLLATERAL)))).to.deep.equal([
        [
          "HandedOff",
          id,
          0n,
          dan.account.address,
          BigInt(newIndex),
          dan.operator.address,
          MIN_COLLATERAL,
          now + 1n,
          fee,
        ],
      ]);
      await expectAsModel(scene, model);
    });

    it("reverts with PolicyManagerTermNotWhole(collateral, value, 1e9)", async () => {
      const scene = await loadFixture(inThird);
      for (const value of [TAKEOVER_COLLATERAL + 1n, TAKEOVER_COLLATERAL - 1n]) {
        const t = await toDan(scene, value);
        await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerTermNotWhole", [
          encodeBytes32String("collateral"),
          value,
          GRAIN,
        ]);
      }
    });
  });

  describe("when the new miner refuses", () => {
    it("checks its largest c/f with the fee that is left: PolicyManagerAboveMaxCollateral(miner, c', f')", async () => {
      const scene = await loadFixture(inThird);
      const { dan } = scene;
      const t = await toDan(scene, 7n * RATE + GRAIN);
      await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerAboveMaxCollateral", [
        dan.account.address,
        7n * RATE + GRAIN,
        7n * RATE,
      ]);
      await handOff(scene, await toDan(scene, 7n * RATE));
    });

    it("checks its pledge to the unit: PolicyManagerAbovePledge(miner, needed, limit)", async () => {
      const scene = await loadFixture(inThird);
      const { registry, dan } = scene;
      const needed = TAKEOVER_COLLATERAL + 7n * RATE;
      await registry.connect(dan.account).setPledge(needed - 1n, 100n);
      const t = await toDan(scene);
      await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerAbovePledge", [
        dan.account.address,
        needed,
        needed - 1n,
      ]);
      await registry.connect(dan.account).setPledge(needed, 100n);
      await handOff(scene, t);
    });

    it("checks its stake through end + W to the unit: PolicyManagerNotEnoughStake(miner, needed, locked, end + W)", async () => {
      const scene = await loadFixture(inThird);
      const { escrow, policies, dan, end } = scene;
      const needed = TAKEOVER_COLLATERAL + 7n * RATE;
      const slasher = escrow.connect(await actingAs(policies));
      await slasher.slash(dan.account, MINER_STAKE - needed, dan.account, 0n);
      const t = await toDan(scene);
      expect(await policies.connect(scene.ann.account).handOff.staticCall(scene.terms, 0n, t)).to.equal(3n);
      await slasher.slash(dan.account, 1n, dan.account, 0n);
      await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerNotEnoughStake", [
        dan.account.address,
        needed,
        needed - 1n,
        end + WINDOW,
      ]);
    });

    it("reverts with PolicyManagerOtherOperator(miner, operator, bonded) for another key, one unbonded, or one too new", async () => {
      const scene = await loadFixture(inThird);
      const { policies, registry, id, dan, eve, stranger, now } = scene;
      const withKey = (operator: HardhatEthersSigner) =>
        takeover(policies, id, 0n, { account: dan.account, operator }, TAKEOVER_COLLATERAL);
      const foreign = await withKey(eve.operator);
      await expectRefusal(scene, () => handOff(scene, foreign), "PolicyManagerOtherOperator", [
        dan.account.address,
        eve.operator.address,
        dan.operator.address,
      ]);
      const t = await toDan(scene);
      await bond(registry, dan.account, stranger);
      const renewed = await withKey(stranger);
      for (const [given, operator] of [
        [t, dan.operator],
        [renewed, stranger],
      ] as const) {
        await expectRefusal(scene, () => handOff(scene, given), "PolicyManagerOtherOperator", [
          dan.account.address,
          operator.address,
          ZeroAddress,
        ]);
      }
      await reach(scene, now + 1n);
      await handOff(scene, renewed);
    });
  });

  describe("when the acceptance is not the operator's over this", () => {
    it("reverts with PolicyManagerWrongSigner(miner, signer, operator)", async () => {
      const scene = await loadFixture(inThird);
      const { dan, eve, stranger, escrow } = scene;
      const t = await toDan(scene);
      const { chainId } = await ethers.provider.getNetwork();
      for (const slip of [
        { signer: eve.operator },
        { signer: dan.account },
        { signer: stranger },
        { policy: ethers.id("other") },
        { index: 1n },
        { miner: eve.account.address },
        { operator: eve.operator.address },
        { collateral: TAKEOVER_COLLATERAL + GRAIN },
        { end: scene.end + 1n },
        { end: scene.end - 1n },
        { deadline: MaxUint256 - 1n },
        { domain: { chainId: chainId + 1n } },
        { domain: { verifyingContract: await escrow.getAddress() } },
        { domain: { name: "NKMS MinerRegistry" } },
        { domain: { version: "2" } },
      ]) {
        const acceptance = await acceptanceWith(scene, slip);
        const taken = ethers.recoverAddress(
          ethers.TypedDataEncoder.hash(await domainOf(scene.policies), takeoverTypes, {
            policy: scene.id,
            index: 0n,
            miner: t.miner,
            operator: t.operator,
            collateral: t.collateral,
            end: scene.end,
            deadline: t.deadline,
          }),
          acceptance,
        );
        await expectRefusal(scene, () => handOff(scene, { ...t, acceptance }), "PolicyManagerWrongSigner", [
          dan.account.address,
          taken,
          dan.operator.address,
        ]);
      }
    });

    it("reverts with PolicyManagerWrongSigner(miner, zero, operator) for what is no signature", async () => {
      const scene = await loadFixture(inThird);
      const t = await toDan(scene);
      const good = t.acceptance as string;
      for (const bad of [
        "0x",
        dataSlice(good, 0, 64),
        ethers.Signature.from(good).compactSerialized,
        `${good}00`,
        mirrored(good),
        concat([dataSlice(good, 0, 64), toBeHex(0, 1)]),
        toBeHex(0, 65),
      ]) {
        await expectRefusal(scene, () => handOff(scene, { ...t, acceptance: bad }), "PolicyManagerWrongSigner", [
          scene.dan.account.address,
          ZeroAddress,
          scene.dan.operator.address,
        ]);
      }
    });

    it("reverts so for garbage in the name of the zero address, where the miner has no operator", async () => {
      const scene = await loadFixture(inThird);
      const t = await toDan(scene);
      for (const miner of [scene.stranger.address, ZeroAddress]) {
        const nobody = { ...t, miner, operator: ZeroAddress, acceptance: toBeHex(0, 65) };
        await expectRefusal(scene, () => handOff(scene, nobody), "PolicyManagerWrongSigner", [
          miner,
          ZeroAddress,
          ZeroAddress,
        ]);
      }
    });
  });

  describe("when the deadline is near", () => {
    it("works in its second; a second later it is PolicyManagerExpired(deadline, timestamp)", async () => {
      for (const late of [0n, 1n]) {
        const scene = await loadFixture(inThird);
        const deadline = scene.now * PERIOD + 1_000n;
        const t = { ...(await toDan(scene)), deadline, acceptance: await acceptanceWith(scene, { deadline }) };
        await nextTransactionAt(deadline + late);
        if (late === 0n) expect((await eventsOf(scene.policies, handOff(scene, t))).length).to.equal(1);
        else await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerExpired", [deadline, deadline + 1n]);
      }
    });
  });

  describe("when the terms want the owner's consent", () => {
    it("works with it, and uses up the owner's nonce", async () => {
      const scene = await loadFixture(strictInThird);
      const { policies, owner, id, dan } = scene;
      await handOff(scene, await takeover(policies, id, 0n, dan, TAKEOVER_COLLATERAL, owner));
      expect(await policies.nonces(owner)).to.equal(1n);
      const model = modelOf(scene);
      model.handOff(id, 0, dan.account.address, TAKEOVER_COLLATERAL);
      await expectAsModel(scene, model);
    });

    it("reverts with PolicyManagerNotOwner(caller, owner) without, or with another's", async () => {
      const scene = await loadFixture(strictInThird);
      const { owner, payer, ann, dan, eve, registry } = scene;
      const t = await toDan(scene);
      const good = await consentWith(scene, {});
      for (const consent of [
        "0x",
        toBeHex(0, 65),
        mirrored(good),
        dataSlice(good, 0, 64),
        await consentWith(scene, { signer: payer }),
        await consentWith(scene, { signer: ann.account }),
        await consentWith(scene, { signer: dan.operator }),
        await consentWith(scene, { policy: ethers.id("other") }),
        await consentWith(scene, { index: 1n }),
        await consentWith(scene, { miner: eve.account.address }),
        await consentWith(scene, { nonce: 1n }),
        await consentWith(scene, { deadline: 1n }),
        await consentWith(scene, { domain: { chainId: 1n } }),
        await consentWith(scene, { domain: { verifyingContract: await registry.getAddress() } }),
      ]) {
        await expectRefusal(scene, () => handOff(scene, { ...t, consent }), "PolicyManagerNotOwner", [
          ann.account.address,
          owner.address,
        ]);
      }
      await handOff(scene, { ...t, consent: good });
    });

    it("does not take the same consent twice", async () => {
      const scene = await loadFixture(strictInThird);
      const { policies, owner, id, bob, eve } = scene;
      const used = await consentWith(scene, {});
      await handOff(scene, { ...(await toDan(scene)), consent: used });
      const t = await takeover(policies, id, 1n, eve, TAKEOVER_COLLATERAL);
      await expectRefusal(scene, () => handOff(scene, { ...t, consent: used }, 1n, bob), "PolicyManagerNotOwner", [
        bob.account.address,
        owner.address,
      ]);
    });

    it("takes no consent's nonce where the terms allow hand-off", async () => {
      const scene = await loadFixture(handedOff);
      expect(await scene.policies.nonces(scene.owner)).to.equal(0n);
    });
  });

  describe("when the miner is in the policy", () => {
    it("reverts with PolicyManagerInPolicy(id, miner, index) for oneself", async () => {
      const scene = await loadFixture(inThird);
      const { policies, id, ann } = scene;
      const t = await takeover(policies, id, 0n, ann, TAKEOVER_COLLATERAL);
      await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerInPolicy", [id, ann.account.address, 0n]);
    });

    it("reverts so for another miner of the terms, open or closed", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, terms, id, cid } = scene;
      const t = await takeover(policies, id, 0n, cid, TAKEOVER_COLLATERAL);
      await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerInPolicy", [id, cid.account.address, 2n]);
      await policies.connect(owner).revoke(terms, 2n);
      await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerInPolicy", [id, cid.account.address, 2n]);
    });

    it("reverts so for one that took over, also with the acceptance that it gave, and for one that handed off", async () => {
      const scene = await loadFixture(inThird);
      const { policies, id, ann, bob, dan, eve } = scene;
      const t = await toDan(scene);
      await handOff(scene, t);
      const again = await toDan(scene, TAKEOVER_COLLATERAL, 1n);
      await expectRefusal(scene, () => handOff(scene, again, 1n, bob), "PolicyManagerInPolicy", [
        id,
        dan.account.address,
        3n,
      ]);
      const back = await takeover(policies, id, 3n, ann, TAKEOVER_COLLATERAL);
      await expectRefusal(scene, () => handOff(scene, back, 3n, dan), "PolicyManagerInPolicy", [
        id,
        ann.account.address,
        0n,
      ]);
      await handOff(scene, await takeover(policies, id, 3n, eve, TAKEOVER_COLLATERAL), 3n, dan);
      const eveAgain = await takeover(policies, id, 1n, eve, TAKEOVER_COLLATERAL);
      await expectRefusal(scene, () => handOff(scene, eveAgain, 1n, bob), "PolicyManagerInPolicy", [
        id,
        eve.account.address,
        4n,
      ]);
    });

    it("lets a miner take over in another policy of the same owner", async () => {
      const scene = await loadFixture(noPolicy);
      const { ann, bob, dan } = scene;
      const first = await withPolicy(scene, dealOf(scene, {}, [ann]), [ann]);
      const second = await withPolicy(first, dealOf(scene, {}, [bob]), [bob]);
      await handOff(first, await toDan(first, COLLATERAL));
      await handOff(second, await toDan(second, COLLATERAL), 0n, bob);
      expect(await scene.policies.reserved(dan.account)).to.equal(2n * (COLLATERAL + PERIODS * RATE));
    });
  });

  describe("when all 160 indices are used", () => {
    it("reverts with PolicyManagerFull(id), and works if the last one is free", async () => {
      for (const used of [159n, 160n]) {
        const scene = await loadFixture(inThird);
        await useIndices(scene, used);
        const t = await toDan(scene);
        if (used === 160n) await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerFull", [scene.id]);
        else expect((await eventsOf(scene.policies, handOff(scene, t)))[0]?.[4]).to.equal(159n);
      }
    });
  });

  describe("when the arrangement is closed", () => {
    it("reverts with PolicyManagerClosed(id, index, stop) if it was handed off, revoked, resigned or convicted", async () => {
      for (const [fixture, act] of [
        [handedOff, () => Promise.resolve()],
        [inThird, (s: SceneWithPolicy) => s.policies.connect(s.owner).revoke(s.terms, 0n)],
        [inThird, (s: SceneWithPolicy) => s.policies.connect(s.ann.account).resign(s.terms, 0n)],
        [inThird, (s: SceneWithPolicy) => s.challenges.convict(s.policies, s.terms, 0n, false, s.challenger)],
      ] as const) {
        const scene = await loadFixture(fixture);
        await act(scene);
        const t = await takeover(scene.policies, scene.id, 0n, scene.eve, TAKEOVER_COLLATERAL);
        await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerClosed", [scene.id, 0n, scene.now + 1n]);
      }
    });

    it("reverts with PolicyManagerRevoked(id, stop) if the policy was revoked", async () => {
      const scene = await loadFixture(inThird);
      const t = await toDan(scene);
      await scene.policies.connect(scene.owner).revoke(scene.terms, ALL);
      await expectRefusal(scene, () => handOff(scene, t), "PolicyManagerRevoked", [scene.id, scene.now + 1n]);
    });
  });

  describe("when the policy's time runs out", () => {
    it("reverts with PolicyManagerEndsTooSoon(id, end, now + 2) in its last period and after it", async () => {
      for (const t of [PERIODS, PERIODS + 1n]) {
        const scene = await reached(await loadFixture(justCreated), t);
        const given = await toDan(scene, GRAIN);
        await expectRefusal(scene, () => handOff(scene, given), "PolicyManagerEndsTooSoon", [
          scene.id,
          scene.end,
          scene.now + 2n,
        ]);
      }
    });
  });

  describe("when somebody else than the miner calls", () => {
    it("reverts with PolicyManagerNotMiner(caller, miner)", async () => {
      const scene = await loadFixture(inThird);
      const { policies, terms, ann, bob, dan, owner, payer, stranger } = scene;
      const t = await toDan(scene);
      for (const caller of [ann.operator, bob.account, dan.account, owner, payer, stranger]) {
        await expectRefusal(scene, () => policies.connect(caller).handOff(terms, 0n, t), "PolicyManagerNotMiner", [
          caller.address,
          ann.account.address,
        ]);
      }
    });
  });

  describe("when it names nothing", () => {
    it("reverts with PolicyManagerNoArrangement(id, index) and PolicyManagerUnknown(id)", async () => {
      const scene = await loadFixture(inThird);
      const t = await toDan(scene);
      for (const index of [3n, 159n, 160n, ALL]) {
        await expectRefusal(scene, () => handOff(scene, t, index), "PolicyManagerNoArrangement", [scene.id, index]);
      }
      const terms = { ...scene.terms, handOff: false };
      await expectRefusal(scene, () => handOff({ ...scene, terms }, t), "PolicyManagerUnknown", [
        await scene.policies.policyId(terms),
      ]);
    });
  });
});
