import { loadFixture, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat, dataSlice, encodeBytes32String, id as hashOf, MaxUint256, toBeHex, Wallet, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import {
  accept,
  bond,
  createPolicy,
  MINER_STAKE,
  type PolicyMiner,
  policyParameters,
  takeover,
} from "../helpers/policies";
import { nextTransactionAt } from "../helpers/time";
import {
  acceptAs,
  actingAs,
  COLLATERAL,
  dealInModel,
  dealOf,
  FEE,
  GRAIN,
  inThird,
  justCreated,
  MIN_COLLATERAL,
  mirrored,
  modelOf,
  noPolicy,
  PERIOD,
  PERIODS,
  type PlainTerms,
  RATE,
  reach,
  type Scene,
  WINDOW,
  withPolicy,
} from "./fixtures";
import { asTold, eventsOf, expectAsModel, expectRefusal, moved } from "./observe";

const CAP = policyParameters.maxSupply;
const term = encodeBytes32String;

/** Creates with the terms' own operators' signatures, as long as there are such operators. */
async function create(scene: Scene, terms: PlainTerms, acceptances?: string[]) {
  const { policies, payer, miners } = scene;
  const signers = terms.arrangements.map(({ operator }) => miners.find((miner) => miner.operator.address === operator));
  const signed =
    acceptances ??
    (await accept(
      policies,
      terms,
      signers.map((miner) => miner ?? scene.ann),
    ));
  return policies.connect(payer).create(terms, signed);
}

/** Asserts that terms with one value changed are refused, naming the term. */
async function refusedTerm(
  scene: Scene,
  name: keyof PlainTerms,
  values: readonly bigint[],
  least: bigint,
  most: bigint,
): Promise<void> {
  for (const value of values) {
    await expectRefusal(scene, () => create(scene, dealOf(scene, { [name]: value })), "PolicyManagerTermOutOfBounds", [
      term(name),
      value,
      least,
      most,
    ]);
  }
}

/** Asserts that `signature` in place of ann's acceptance is refused. */
async function refusedSignature(scene: Scene, terms: PlainTerms, signature: string, signer: string): Promise<void> {
  const { policies, ann, bob, cid } = scene;
  const [, ...others] = await accept(policies, terms, [ann, bob, cid]);
  await expectRefusal(scene, () => create(scene, terms, [signature, ...others]), "PolicyManagerWrongSigner", [
    ann.account.address,
    signer,
    ann.operator.address,
  ]);
}

/** Terms of ann alone that need exactly all her stake: c + f = 10,000. */
const allOfAnns = (scene: Scene): PlainTerms =>
  dealOf(scene, { periods: 20n, rate: nkms("300"), collateral: nkms("4,000") }, [scene.ann]);

/** As many miners as a policy can have, and one more, by rising address; each is its own operator. */
async function aCrowd() {
  const scene = await noPolicy();
  const { token, escrow, registry, distributor } = scene;
  const crowd = Array.from({ length: 162 }, (_, i) => new Wallet(hashOf(`miner ${i}`), ethers.provider)).sort((a, b) =>
    BigInt(a.address) < BigInt(b.address) ? -1 : 1,
  );
  await token.connect(distributor).transfer(escrow, 162n * nkms("100"));
  for (let i = 0; i < 162; i += 54) {
    const some = crowd.slice(i, i + 54);
    await escrow.lockForMany(
      some.map(({ address }) => address),
      some.map(() => nkms("100")),
      300n,
    );
  }
  for (const miner of crowd) {
    await setBalance(miner.address, ethers.parseEther("1"));
    await bond(registry, miner as never, miner as never);
    await registry.connect(miner).setPledge(nkms("100"), 100n);
  }
  await reach(scene, scene.now + 1n);
  const miners = crowd.map((miner) => ({ account: miner, operator: miner }) as unknown as PolicyMiner);
  return { ...scene, now: scene.now + 1n, crowd: miners };
}

/** {@link aCrowd}, and terms of all but two of them, which they have accepted. */
async function termsOf160() {
  const scene = await aCrowd();
  const miners = scene.crowd.slice(0, 160);
  const terms = dealOf(scene, {}, miners);
  const acceptances = await accept(scene.policies, terms, miners);
  return { ...scene, terms, acceptances };
}

/** Somebody with a stake and an operator, who never set a pledge. */
async function aNewcomer() {
  const scene = await noPolicy();
  const { token, escrow, registry, distributor } = scene;
  const [account, operator] = (await ethers.getSigners()).slice(15);
  if (!account || !operator) throw new Error("expected 17 accounts on the test chain");
  await token.connect(distributor).transfer(account, MINER_STAKE);
  await token.connect(account).approve(escrow, MINER_STAKE);
  await escrow.connect(account).lock(MINER_STAKE, 300n);
  await bond(registry, account, operator);
  await reach(scene, scene.now + 1n);
  return { ...scene, now: scene.now + 1n, newcomer: { account, operator } };
}

describe("PolicyManager.create", () => {
  describe("when payer and miners agree", () => {
    it("takes the whole fee of all arrangements from the payer", async () => {
      const scene = await loadFixture(noPolicy);
      expect(await moved(scene, () => create(scene, dealOf(scene)))).to.deep.equal({
        payer: -3n * FEE,
        policies: 3n * FEE,
      });
    });

    it("tells Created with the whole terms, and returns the id", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, payer, owner, ann, bob, cid, now } = scene;
      const terms = dealOf(scene, { condition: scene.stranger.address, salt: hashOf("salt"), deadline: 2n ** 40n });
      const id = await policies.policyId(terms);
      const acceptances = await accept(policies, terms, [ann, bob, cid]);
      expect(await policies.connect(payer).create.staticCall(terms, acceptances)).to.equal(id);
      expect(await eventsOf(policies, create(scene, terms))).to.deep.equal([
        ["Created", id, owner.address, payer.address, now + 1n, now + 1n + PERIODS, 3n * FEE, asTold(terms)],
      ]);
    });

    it("starts in the next period, earns with its first second and ends after T", async () => {
      const scene = await loadFixture(justCreated);
      const { policies, ann, now, start, end, id } = scene;
      expect(await policies.policyOf(id)).to.deep.equal([now + 1n, now + 11n, 0n, 0n]);
      const model = modelOf(scene);
      await expectAsModel(scene, model);
      for (const [period, earned] of [
        [start, RATE],
        [start + 1n, 2n * RATE],
        [end - 1n, FEE],
        [end, FEE],
        [end + 50n, FEE],
      ] as const) {
        await reach(scene, period, model);
        expect(await policies.claimableFees(ann.account), `in ${period}`).to.equal(earned);
        await expectAsModel(scene, model);
      }
    });

    it("earns nothing in the last second before its start", async () => {
      const { policies, token, payer, ann, start } = await loadFixture(justCreated);
      const feesAt = async (timestamp: bigint): Promise<bigint> => {
        await nextTransactionAt(timestamp);
        await token.connect(payer).transfer(payer, 0n); // to have a block of that second
        return policies.claimableFees(ann.account);
      };
      expect(await feesAt(start * PERIOD - 1n)).to.equal(0n);
      expect(await feesAt(start * PERIOD)).to.equal(RATE);
    });

    it("reserves c + f of each miner through end + W", async () => {
      const scene = await loadFixture(justCreated);
      const { policies, ann, dan, end } = scene;
      expect(await policies.reserved(ann.account)).to.equal(COLLATERAL + FEE);
      expect(await policies.reserved(dan.account)).to.equal(0n);
      await reach(scene, end + WINDOW);
      expect(await policies.reservedNow(ann.account)).to.equal(COLLATERAL + FEE);
      await reach(scene, end + WINDOW + 1n);
      expect(await policies.reservedNow(ann.account)).to.equal(0n);
    });

    it("creates many at once, of the same miners, and adds them up", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, payer, ann, bob, cid, now } = scene;
      const model = modelOf(scene);
      const calls: string[] = [];
      for (const [i, periods] of [10n, 3n, 40n].entries()) {
        const terms = dealOf(scene, { periods, collateral: nkms("6"), salt: hashOf(`salt ${i}`) });
        const acceptances = await accept(policies, terms, [ann, bob, cid]);
        calls.push(policies.interface.encodeFunctionData("create", [terms, acceptances]));
        model.create(await policies.policyId(terms), dealInModel(terms));
      }
      await policies.connect(payer).multicall(calls);
      for (const period of [now, now + 1n, now + 4n, now + 7n, now + 8n, now + 60n]) {
        await reach(scene, period, model);
        await expectAsModel(scene, model);
      }
    });

    it("adds a policy to an account that was not settled for long, and back-dates nothing", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann, now } = scene;
      const model = modelOf(scene);
      await reach(scene, now + 4n, model);
      const terms = dealOf(scene, { rate: 7n * RATE }, [ann]);
      await createPolicy(scene, terms, [ann]);
      model.create("another", dealInModel(terms));
      await expectAsModel(scene, model);
      expect(await policies.claimableFees(ann.account)).to.equal(7n * RATE);
      await reach(scene, now + 5n, model);
      await expectAsModel(scene, model);
      await reach(scene, now + 30n, model);
      await expectAsModel(scene, model);
    });

    it("makes a policy of one grain per period, c_min and one period", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, ann } = scene;
      await registry.connect(ann.account).setPledge(MINER_STAKE, 2n ** 32n - 1n);
      const terms = dealOf(scene, { periods: 24n, rate: GRAIN, collateral: MIN_COLLATERAL }, [ann]);
      await expectRefusal(scene, () => create(scene, { ...terms, periods: 23n }), "PolicyManagerAboveMaxCollateral", [
        ann.account.address,
        MIN_COLLATERAL,
        (23n * GRAIN * (2n ** 32n - 1n)) / 100n,
      ]);
      expect(await moved(scene, () => create(scene, terms))).to.deep.equal({
        payer: -24n * GRAIN,
        policies: 24n * GRAIN,
      });
    });

    it("creates the same terms once more with another salt", async () => {
      const scene = await loadFixture(justCreated);
      const other = { ...scene.terms, salt: hashOf("other") };
      await create(scene, other);
      expect((await scene.policies.policyOf(await scene.policies.policyId(other))).end).to.equal(scene.end);
    });
  });

  describe("when somebody else than the payer calls", () => {
    it("reverts with PolicyManagerNotPayer(caller, payer)", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, payer, owner, stranger, ann, bob, cid } = scene;
      const terms = dealOf(scene);
      const acceptances = await accept(policies, terms, [ann, bob, cid]);
      for (const caller of [owner, stranger, ann.account]) {
        await expectRefusal(scene, () => policies.connect(caller).create(terms, acceptances), "PolicyManagerNotPayer", [
          caller.address,
          payer.address,
        ]);
      }
    });
  });

  describe("when there is no owner", () => {
    it("reverts with PolicyManagerNoOwner()", async () => {
      const scene = await loadFixture(noPolicy);
      await expectRefusal(
        scene,
        () => create(scene, dealOf(scene, { owner: ZeroAddress })),
        "PolicyManagerNoOwner",
        [],
      );
    });
  });

  describe("when the deadline of acceptance is near", () => {
    it("creates in its second; a second later it is PolicyManagerExpired(deadline, timestamp)", async () => {
      const scene = await loadFixture(noPolicy);
      const deadline = scene.now * PERIOD + 1_000n;
      const terms = dealOf(scene, { deadline });
      const acceptances = await accept(scene.policies, terms, [scene.ann, scene.bob, scene.cid]);
      const late = await loadFixture(noPolicy);
      await nextTransactionAt(deadline + 1n);
      await expectRefusal(late, () => create(late, terms, acceptances), "PolicyManagerExpired", [
        deadline,
        deadline + 1n,
      ]);
      const inTime = await loadFixture(noPolicy);
      await nextTransactionAt(deadline);
      await create(inTime, terms, acceptances);
    });

    it("reverts with PolicyManagerExpired(deadline, timestamp) for 0", async () => {
      const scene = await loadFixture(noPolicy);
      const timestamp = scene.now * PERIOD + 1_000n;
      const acceptances = ["0x", "0x", "0x"];
      await nextTransactionAt(timestamp);
      await expectRefusal(
        scene,
        () => create(scene, dealOf(scene, { deadline: 0n }), acceptances),
        "PolicyManagerExpired",
        [0n, timestamp],
      );
    });
  });

  describe("when the length is absurd", () => {
    it("reverts with PolicyManagerTermOutOfBounds(periods, value, 1, 3650), also for what wraps narrower types", async () => {
      const scene = await loadFixture(noPolicy);
      const wrapping = [16n, 32n, 64n, 128n].flatMap((bits) => [2n ** bits, 2n ** bits + 10n]);
      const values = [0n, 3_651n, 2n ** 16n - 1n, 2n ** 32n - 1n, ...wrapping, 2n ** 32n - scene.now, MaxUint256];
      await refusedTerm(scene, "periods", values, 1n, 3_650n);
    });

    it("never makes an expiry that wraps: the longest policy ends 3,650 periods after its start", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, ann } = scene;
      await registry.connect(ann.account).setPledge(2n ** 96n - 1n, 2n ** 32n - 1n);
      const terms = dealOf(scene, { periods: 3_650n, rate: GRAIN, collateral: MIN_COLLATERAL }, [ann]);
      // Only her stake, which is not locked for so long, is in the way.
      await expectRefusal(scene, () => create(scene, terms), "PolicyManagerNotEnoughStake", [
        ann.account.address,
        MIN_COLLATERAL + 3_650n * GRAIN,
        0n,
        scene.now + 1n + 3_650n + WINDOW,
      ]);
    });
  });

  describe("when the number of arrangements is absurd", () => {
    it("reverts with PolicyManagerTermOutOfBounds(arrangements, value, 1, 160) for 0 and 161", async () => {
      const scene = await loadFixture(noPolicy);
      for (const count of [0, 161]) {
        const arrangements = Array.from({ length: count }, (_, i) => ({
          miner: toBeHex(i + 1, 20),
          operator: scene.stranger.address,
          kfragHash: hashOf(`kfrag ${i}`),
        }));
        const acceptances = arrangements.map(() => toBeHex(1, 65));
        await expectRefusal(
          scene,
          () => create(scene, dealOf(scene, { arrangements }), acceptances),
          "PolicyManagerTermOutOfBounds",
          [term("arrangements"), BigInt(count), 1n, 160n],
        );
      }
    });

    it("creates one with 160 within 16,777,216 gas, and revokes it within that @uninstrumented", async () => {
      const scene = await loadFixture(termsOf160);
      const { policies, payer, owner, terms, acceptances } = scene;
      const created = await (await policies.connect(payer).create(terms, acceptances)).wait();
      expect(created?.gasUsed).to.be.lessThan(16_777_216n);
      expect(await policies.reserved(terms.arrangements[159]?.miner ?? "")).to.equal(COLLATERAL + FEE);
      await reach(scene, scene.now + 3n);
      const revoked = await (await policies.connect(owner).revoke(terms, MaxUint256)).wait();
      expect(revoked?.gasUsed).to.be.lessThan(16_777_216n);
      expect(await policies.refundOf(payer)).to.equal(160n * 5n * RATE);
    });

    it("has no index left for a hand-off then: PolicyManagerFull(id) @uninstrumented", async () => {
      const scene = await loadFixture(termsOf160);
      const { policies, payer, crowd, terms, acceptances } = scene;
      await policies.connect(payer).create(terms, acceptances);
      const id = await policies.policyId(terms);
      const [miner, stranger] = [crowd[7]?.account, crowd[160]];
      if (!miner || !stranger) throw new Error("expected a crowd");
      const t = await takeover(policies, id, 7n, stranger, COLLATERAL);
      await expectRefusal(scene, () => policies.connect(miner).handOff(terms, 7n, t), "PolicyManagerFull", [id]);
    });
  });

  describe("when rate or collateral is out of bounds", () => {
    it("reverts with PolicyManagerTermOutOfBounds(rate, value, 1e9, S_max)", async () => {
      const scene = await loadFixture(noPolicy);
      const values = [0n, 1n, GRAIN - 1n, CAP + 1n, 2n ** 96n, 2n ** 96n + GRAIN, 2n ** 128n, MaxUint256];
      await refusedTerm(scene, "rate", values, GRAIN, CAP);
    });

    it("reverts with PolicyManagerTermOutOfBounds(collateral, value, c_min, S_max), zero included", async () => {
      const scene = await loadFixture(noPolicy);
      const values = [0n, 1n, GRAIN, MIN_COLLATERAL - GRAIN, MIN_COLLATERAL - 1n, CAP + GRAIN, 2n ** 96n, MaxUint256];
      await refusedTerm(scene, "collateral", values, MIN_COLLATERAL, CAP);
    });

    it("reverts with PolicyManagerTermNotWhole(term, value, 1e9) a unit beside a multiple", async () => {
      const scene = await loadFixture(noPolicy);
      for (const [name, value] of [
        ["rate", RATE],
        ["collateral", COLLATERAL],
      ] as const) {
        for (const wrong of [value - 1n, value + 1n, value + GRAIN - 1n]) {
          const terms = dealOf(scene, { [name]: wrong });
          await expectRefusal(scene, () => create(scene, terms), "PolicyManagerTermNotWhole", [
            term(name),
            wrong,
            GRAIN,
          ]);
        }
      }
    });

    it("takes c_min, and one grain more or less of anything", async () => {
      for (const changes of [
        { collateral: MIN_COLLATERAL },
        { collateral: MIN_COLLATERAL + GRAIN },
        { rate: RATE - GRAIN },
        { rate: RATE + GRAIN },
      ]) {
        const scene = await loadFixture(noPolicy);
        await create(scene, dealOf(scene, changes));
        expect(await scene.token.balanceOf(scene.policies)).to.equal(30n * (changes.rate ?? RATE));
      }
    });

    it("refuses the largest rate that there is for lack of stake, not by an overflow", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, ann } = scene;
      await registry.connect(ann.account).setPledge(2n ** 96n - 1n, 2n ** 32n - 1n);
      for (const periods of [1n, 3_650n]) {
        const terms = dealOf(scene, { periods, rate: CAP, collateral: CAP }, [ann]);
        const needed = CAP + periods * CAP;
        const above = needed > 2n ** 96n - 1n;
        await expectRefusal(
          scene,
          () => create(scene, terms),
          above ? "PolicyManagerAbovePledge" : "PolicyManagerNotEnoughStake",
          above
            ? [ann.account.address, needed, 2n ** 96n - 1n]
            : [ann.account.address, needed, MINER_STAKE, scene.now + 1n + periods + WINDOW],
        );
      }
    });
  });

  describe("when the number of acceptances differs", () => {
    it("reverts with PolicyManagerAcceptances(given, needed)", async () => {
      const scene = await loadFixture(noPolicy);
      const terms = dealOf(scene);
      const good = await accept(scene.policies, terms, [scene.ann, scene.bob, scene.cid]);
      for (const given of [[], good.slice(1), [...good, good[0] ?? ""]]) {
        await expectRefusal(scene, () => create(scene, terms, given), "PolicyManagerAcceptances", [
          BigInt(given.length),
          3n,
        ]);
      }
    });
  });

  describe("when the order of miners is wrong", () => {
    it("reverts with PolicyManagerOutOfOrder(index, miner) for a miner twice or two that are exchanged", async () => {
      const scene = await loadFixture(noPolicy);
      const { ann, bob, cid } = scene;
      for (const [miners, index] of [
        [[ann, ann, bob], 1n],
        [[ann, bob, bob], 2n],
        [[bob, ann, cid], 1n],
        [[ann, cid, bob], 2n],
        [[ann, bob, ann], 2n],
      ] as const) {
        await expectRefusal(scene, () => create(scene, dealOf(scene, {}, miners)), "PolicyManagerOutOfOrder", [
          index,
          miners[Number(index)]?.account.address,
        ]);
      }
    });
  });

  describe("when the miner does not work by this operator now", () => {
    it("reverts with PolicyManagerOtherOperator(miner, operator, zero) if it is unbonded", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, bob } = scene;
      await registry.connect(bob.account).unbondOperator();
      await expectRefusal(scene, () => create(scene, dealOf(scene)), "PolicyManagerOtherOperator", [
        bob.account.address,
        bob.operator.address,
        ZeroAddress,
      ]);
    });

    it("reverts so for an operator that was bonded in this period; it counts from the next on", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, bob, stranger, now } = scene;
      await bond(registry, bob.account, stranger);
      const renewed = { account: bob.account, operator: stranger };
      const terms = dealOf(scene, {}, [renewed]);
      const acceptances = await accept(scene.policies, terms, [renewed]);
      await expectRefusal(scene, () => create(scene, terms, acceptances), "PolicyManagerOtherOperator", [
        bob.account.address,
        stranger.address,
        ZeroAddress,
      ]);
      await reach(scene, now + 1n);
      await create(scene, terms, acceptances);
    });

    it("reverts with PolicyManagerOtherOperator(miner, operator, bonded) if it has re-bonded", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, bob, stranger, now } = scene;
      await bond(registry, bob.account, stranger);
      await reach(scene, now + 1n);
      await expectRefusal(scene, () => create(scene, dealOf(scene)), "PolicyManagerOtherOperator", [
        bob.account.address,
        bob.operator.address,
        stranger.address,
      ]);
    });

    it("reverts so for another miner's operator, and for the miner's own account", async () => {
      const scene = await loadFixture(noPolicy);
      const { ann, bob } = scene;
      for (const operator of [bob.operator, ann.account]) {
        const terms = dealOf(scene, {}, [{ account: ann.account, operator }]);
        const acceptances = [await acceptAs(scene, terms, operator)];
        await expectRefusal(scene, () => create(scene, terms, acceptances), "PolicyManagerOtherOperator", [
          ann.account.address,
          operator.address,
          ann.operator.address,
        ]);
      }
    });
  });

  describe("when the acceptance is not the operator's over these terms", () => {
    it("reverts with PolicyManagerWrongSigner(miner, signer, operator) for another key", async () => {
      const scene = await loadFixture(noPolicy);
      const { ann, bob, owner } = scene;
      const terms = dealOf(scene);
      for (const signer of [bob.operator, ann.account, owner]) {
        await refusedSignature(scene, terms, await acceptAs(scene, terms, signer), signer.address);
      }
    });

    it("reverts so for another chain, contract, name or version", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, ann, escrow } = scene;
      const terms = dealOf(scene);
      const { chainId } = await ethers.provider.getNetwork();
      for (const other of [
        { chainId: chainId + 1n },
        { chainId: 1n },
        { verifyingContract: await escrow.getAddress() },
        { name: "NKMS MinerRegistry" },
        { version: "2" },
      ]) {
        const signature = await acceptAs(scene, terms, ann.operator, other);
        const taken = ethers.recoverAddress(await policies.policyId(terms), signature);
        expect(taken).to.not.equal(ann.operator.address);
        await refusedSignature(scene, terms, signature, taken);
      }
    });

    it("reverts so for other terms, whichever of them differs", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, ann, stranger } = scene;
      const terms = dealOf(scene);
      const [first, ...rest] = terms.arrangements;
      if (!first) throw new Error("expected arrangements");
      for (const change of [
        { owner: stranger.address },
        { payer: stranger.address },
        { periods: PERIODS - 1n },
        { deadline: terms.deadline - 1n },
        { rate: RATE + GRAIN },
        { collateral: COLLATERAL - GRAIN },
        { condition: stranger.address },
        { handOff: false },
        { salt: hashOf("other") },
        { arrangements: rest },
        { arrangements: [{ ...first, kfragHash: hashOf("other kfrag") }, ...rest] },
      ]) {
        const signature = await acceptAs(scene, { ...terms, ...change }, ann.operator);
        await refusedSignature(
          scene,
          terms,
          signature,
          ethers.recoverAddress(await policies.policyId(terms), signature),
        );
      }
    });

    it("reverts with PolicyManagerWrongSigner(miner, zero, operator) for a wrong length, v, r or s", async () => {
      const scene = await loadFixture(noPolicy);
      const terms = dealOf(scene);
      const good = await acceptAs(scene, terms, scene.ann.operator);
      const [r, s, v] = [dataSlice(good, 0, 32), dataSlice(good, 32, 64), dataSlice(good, 64)];
      const zero = toBeHex(0, 32);
      for (const bad of [
        "0x",
        dataSlice(good, 0, 64),
        ethers.Signature.from(good).compactSerialized,
        `${good}00`,
        concat([good, good]),
        ...[0, 1, 26, 29, 255].map((wrong) => concat([r, s, toBeHex(wrong, 1)])),
        mirrored(good),
        concat([zero, s, v]),
        concat([r, zero, v]),
      ]) {
        await refusedSignature(scene, terms, bad, ZeroAddress);
      }
    });

    it("reverts so for garbage where the operator is the zero address and the miner unbonded", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, ann, stranger } = scene;
      await registry.connect(ann.account).unbondOperator();
      expect(await registry.operatorOf(ann.account)).to.equal(ZeroAddress);
      for (const miner of [ZeroAddress, ann.account.address, stranger.address]) {
        const arrangements = [{ miner, operator: ZeroAddress, kfragHash: hashOf("kfrag") }];
        for (const garbage of ["0x", concat([toBeHex(1, 32), toBeHex(1, 32), "0x1d"]), toBeHex(0, 65)]) {
          await expectRefusal(
            scene,
            () => create(scene, dealOf(scene, { arrangements }), [garbage]),
            "PolicyManagerWrongSigner",
            [miner, ZeroAddress, ZeroAddress],
          );
        }
      }
    });

    it("reverts so for acceptances in another order", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, ann, bob, cid } = scene;
      const terms = dealOf(scene);
      const [a = "", b = "", c = ""] = await accept(policies, terms, [ann, bob, cid]);
      await expectRefusal(scene, () => create(scene, terms, [b, a, c]), "PolicyManagerWrongSigner", [
        ann.account.address,
        bob.operator.address,
        ann.operator.address,
      ]);
    });
  });

  describe("when the terms were used already", () => {
    it("reverts with PolicyManagerUsed(id) for the same acceptances, in the same period, later and after the end", async () => {
      const scene = await loadFixture(justCreated);
      for (const period of [scene.now, scene.now + 1n, scene.end + 20n]) {
        await reach(scene, period);
        await expectRefusal(scene, () => create(scene, scene.terms), "PolicyManagerUsed", [scene.id]);
      }
    });

    it("reverts so if they come twice in one transaction", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, payer, ann, bob, cid } = scene;
      const terms = dealOf(scene);
      const acceptances = await accept(policies, terms, [ann, bob, cid]);
      const call = policies.interface.encodeFunctionData("create", [terms, acceptances]);
      await expectRefusal(scene, () => policies.connect(payer).multicall([call, call]), "PolicyManagerUsed", [
        await policies.policyId(terms),
      ]);
    });
  });

  describe("when a miner allows less", () => {
    it("takes its largest c/f; a grain more is PolicyManagerAboveMaxCollateral(miner, c, most)", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, bob } = scene;
      await registry.connect(bob.account).setPledge(MINER_STAKE, 73n);
      const most = nkms("14.6");
      await expectRefusal(
        scene,
        () => create(scene, dealOf(scene, { collateral: most + GRAIN })),
        "PolicyManagerAboveMaxCollateral",
        [bob.account.address, most + GRAIN, most],
      );
      await create(scene, dealOf(scene, { collateral: most }));
    });

    it("takes c = f of a miner that never said anything about it, and no more; but its pledge is 0", async () => {
      const scene = await loadFixture(aNewcomer);
      const { newcomer } = scene;
      const terms = (collateral: bigint) => dealOf(scene, { collateral }, [newcomer]);
      const acceptances = (t: PlainTerms) => accept(scene.policies, t, [newcomer]);
      const [above, equal] = [terms(FEE + GRAIN), terms(FEE)];
      await expectRefusal(
        scene,
        async () => create(scene, above, await acceptances(above)),
        "PolicyManagerAboveMaxCollateral",
        [newcomer.account.address, FEE + GRAIN, FEE],
      );
      await expectRefusal(
        scene,
        async () => create(scene, equal, await acceptances(equal)),
        "PolicyManagerAbovePledge",
        [newcomer.account.address, 2n * FEE, 0n],
      );
    });

    it("takes its pledge to the unit; PolicyManagerAbovePledge(miner, needed, limit) a unit below", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, bob } = scene;
      const needed = COLLATERAL + FEE;
      await registry.connect(bob.account).setPledge(needed - 1n, 100n);
      await expectRefusal(scene, () => create(scene, dealOf(scene)), "PolicyManagerAbovePledge", [
        bob.account.address,
        needed,
        needed - 1n,
      ]);
      await registry.connect(bob.account).setPledge(needed, 100n);
      await create(scene, dealOf(scene));
    });

    it("counts what is reserved for other policies against the pledge", async () => {
      const scene = await loadFixture(justCreated);
      const { registry, ann, terms } = scene;
      const needed = 2n * (COLLATERAL + FEE);
      const other = { ...terms, salt: hashOf("other") };
      await registry.connect(ann.account).setPledge(needed - 1n, 100n);
      await expectRefusal(scene, () => create(scene, other), "PolicyManagerAbovePledge", [
        ann.account.address,
        needed,
        needed - 1n,
      ]);
      await registry.connect(ann.account).setPledge(needed, 100n);
      await create(scene, other);
    });
  });

  describe("when a miner's stake is scarce", () => {
    it("takes all of it; a grain more is PolicyManagerNotEnoughStake(miner, needed, locked, end + W)", async () => {
      const scene = await loadFixture(noPolicy);
      const { registry, ann, now } = scene;
      await registry.connect(ann.account).setPledge(2n * MINER_STAKE, 100n);
      const terms = allOfAnns(scene);
      await expectRefusal(
        scene,
        () => create(scene, { ...terms, collateral: nkms("4,000") + GRAIN }),
        "PolicyManagerNotEnoughStake",
        [ann.account.address, MINER_STAKE + GRAIN, MINER_STAKE, now + 21n + WINDOW],
      );
      await create(scene, terms);
      expect(await scene.policies.reserved(ann.account)).to.equal(MINER_STAKE);
      // Nothing is left for another.
      await expectRefusal(scene, () => create(scene, dealOf(scene, {}, [ann])), "PolicyManagerNotEnoughStake", [
        ann.account.address,
        MINER_STAKE + COLLATERAL + FEE,
        MINER_STAKE,
        now + 11n + WINDOW,
      ]);
    });

    it("refuses all of it once a unit of stake is gone", async () => {
      const scene = await loadFixture(noPolicy);
      const { escrow, policies, ann, now } = scene;
      // As a verdict would: a unit of her stake is burned.
      await escrow.connect(await actingAs(policies)).slash(ann.account, 1n, ZeroAddress, 0n);
      await expectRefusal(scene, () => create(scene, allOfAnns(scene)), "PolicyManagerNotEnoughStake", [
        ann.account.address,
        MINER_STAKE,
        MINER_STAKE - 1n,
        now + 21n + WINDOW,
      ]);
    });

    it("wants it locked in period end + W, and not in the next", async () => {
      const scene = await loadFixture(noPolicy);
      const { escrow, ann, now } = scene;
      // Her lock counts in now .. now + 299.
      expect(await escrow.lockedIn(ann.account, now + 299n)).to.equal(MINER_STAKE);
      expect(await escrow.lockedIn(ann.account, now + 300n)).to.equal(0n);
      const periods = 298n - WINDOW;
      await expectRefusal(
        scene,
        () => create(scene, dealOf(scene, { periods: periods + 1n }, [ann])),
        "PolicyManagerNotEnoughStake",
        [ann.account.address, COLLATERAL + (periods + 1n) * RATE, 0n, now + 300n],
      );
      await withPolicy(scene, dealOf(scene, { periods }, [ann]), [ann]);
    });

    it("counts what is reserved through a shorter time, too, and stale reservations until somebody settles", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, registry, ann, now } = scene;
      await registry.connect(ann.account).setPledge(2n * MINER_STAKE, 100n);
      await create(scene, allOfAnns(scene));
      const later = now + 21n + WINDOW;
      const next = dealOf(scene, { salt: hashOf("next") }, [ann]);
      await reach(scene, later + 1n);
      await expectRefusal(scene, () => create(scene, next), "PolicyManagerNotEnoughStake", [
        ann.account.address,
        MINER_STAKE + COLLATERAL + FEE,
        MINER_STAKE,
        later + 12n + WINDOW,
      ]);
      await policies.settle(ann.account, 100n);
      await create(scene, next);
    });
  });

  describe("when the fee is not there", () => {
    it("reverts with ERC20InsufficientAllowance for an allowance that is short by one unit, and takes the exact one", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, token, payer } = scene;
      await token.connect(payer).approve(policies, 3n * FEE - 1n);
      await expect(create(scene, dealOf(scene)))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await policies.getAddress(), 3n * FEE - 1n, 3n * FEE);
      expect(await policies.policyOf(await policies.policyId(dealOf(scene)))).to.deep.equal([0n, 0n, 0n, 0n]);
      expect(await policies.reserved(scene.ann.account)).to.equal(0n);
      await token.connect(payer).approve(policies, 3n * FEE);
      await create(scene, dealOf(scene));
      expect(await token.allowance(payer, policies)).to.equal(0n);
    });

    it("reverts with ERC20InsufficientBalance for a balance that is short by one unit", async () => {
      const scene = await loadFixture(noPolicy);
      const { token, payer, stranger } = scene;
      await token.connect(payer).transfer(stranger, (await token.balanceOf(payer)) - 3n * FEE + 1n);
      await expect(create(scene, dealOf(scene)))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
        .withArgs(payer.address, 3n * FEE - 1n, 3n * FEE);
      await token.connect(stranger).transfer(payer, 1n);
      await create(scene, dealOf(scene));
      expect(await token.balanceOf(payer)).to.equal(0n);
    });
  });
});
