import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id as hashOf, MaxUint256, TypedDataEncoder, ZeroAddress, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { ALL, createPolicy, domainOf, policyTypes } from "../helpers/policies";
import {
  COLLATERAL,
  dealInModel,
  dealOf,
  FEE,
  GRAIN,
  handedOff,
  inThird,
  justCreated,
  modelOf,
  noPolicy,
  PERIODS,
  RATE,
  reach,
  TAKEOVER_COLLATERAL,
  WINDOW,
} from "./fixtures";
import { expectAsModel } from "./observe";

describe("PolicyManager.views", () => {
  describe("policyId", () => {
    it("is the EIP-712 digest of the terms, with 0, 1 and 5 arrangements", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, miners } = scene;
      const domain = await domainOf(policies);
      for (const count of [0, 1, 5]) {
        for (const changes of [
          {},
          { handOff: false, condition: scene.stranger.address, salt: hashOf("salt"), deadline: 0n },
          { periods: MaxUint256, rate: MaxUint256, collateral: MaxUint256, owner: ZeroAddress },
        ]) {
          const terms = dealOf(scene, changes, miners.slice(0, count));
          expect(await policies.policyId(terms)).to.equal(TypedDataEncoder.hash(domain, policyTypes, terms));
        }
      }
    });

    it("differs for every change of the terms, and in every other deployment", async () => {
      const scene = await loadFixture(noPolicy);
      const { policies, escrow, registry, stranger, ann, bob, cid, parameters } = scene;
      const terms = dealOf(scene);
      const [first, ...rest] = terms.arrangements;
      if (!first) throw new Error("expected arrangements");
      const ids = new Set<string>();
      const others = [
        ...[{}, { owner: stranger.address }, { payer: stranger.address }, { periods: 11n }, { deadline: 1n }],
        ...[{ rate: RATE + 1n }, { collateral: RATE }, { condition: stranger.address }, { handOff: false }],
        ...[{ salt: hashOf("salt") }, { arrangements: rest }, { arrangements: [...rest, first] }],
        { arrangements: [{ ...first, miner: stranger.address }, ...rest] },
        { arrangements: [{ ...first, operator: stranger.address }, ...rest] },
        { arrangements: [{ ...first, kfragHash: ZeroHash }, ...rest] },
      ];
      for (const change of others) ids.add(await policies.policyId({ ...terms, ...change }));
      const twin = await ethers.deployContract("PolicyManager", [
        await escrow.getAddress(),
        await registry.getAddress(),
        parameters.policies,
      ]);
      ids.add(await twin.policyId(terms));
      expect(ids.size).to.equal(others.length + 1);
      expect([ann, bob, cid].map(({ account }) => account.address)).to.deep.equal(
        terms.arrangements.map(({ miner }) => miner),
      );
    });
  });

  describe("policyOf and recordOf", () => {
    it("are zeros for what does not exist", async () => {
      const { policies } = await loadFixture(noPolicy);
      expect(await policies.policyOf(ZeroHash)).to.deep.equal([0n, 0n, 0n, 0n]);
      expect(await policies.recordOf(ZeroHash, 0n)).to.deep.equal([0n, 0n, 0n, false, false, 0n, 0n]);
    });

    it("show a record only where an arrangement departs from its policy", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, terms, id, start, end, now } = scene;
      for (const index of [0n, 1n, 2n]) {
        expect(await policies.recordOf(id, index)).to.deep.equal([0n, 0n, 0n, false, false, 0n, 0n]);
      }
      await policies.connect(owner).revoke(terms, ALL);
      expect(await policies.policyOf(id)).to.deep.equal([start, end, now + 1n, 0n]);
      expect(await policies.recordOf(id, 0n)).to.deep.equal([0n, 0n, 0n, false, false, 0n, 0n]);
    });
  });

  describe("standingOf", () => {
    it("shows an arrangement as its policy, while it has no record", async () => {
      const { policies, terms, bob, start, end } = await loadFixture(inThird);
      expect(await policies.standingOf(terms, 1n)).to.deep.equal([
        ...[bob.account.address, bob.operator.address, terms.arrangements[1]?.kfragHash, COLLATERAL],
        ...[start, end, end, true, false, false],
      ]);
    });

    it("shows it closed when the policy is revoked, and one that took over, too", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, owner, terms, bob, dan, start, end, now } = scene;
      await reach(scene, now + 2n);
      await policies.connect(owner).revoke(terms, ALL);
      expect(await policies.standingOf(terms, 1n)).to.deep.equal([
        ...[bob.account.address, bob.operator.address, terms.arrangements[1]?.kfragHash, COLLATERAL],
        ...[start, now + 3n, end, false, false, false],
      ]);
      expect(await policies.standingOf(terms, 3n)).to.deep.equal([
        ...[dan.account.address, dan.operator.address, terms.arrangements[0]?.kfragHash, TAKEOVER_COLLATERAL],
        ...[now + 1n, now + 3n, end, false, false, false],
      ]);
    });

    it("keeps the operator that accepted, whatever is bonded later", async () => {
      const scene = await loadFixture(inThird);
      const { policies, registry, terms, ann } = scene;
      await registry.connect(ann.account).unbondOperator();
      expect((await policies.standingOf(terms, 0n)).operator).to.equal(ann.operator.address);
    });

    it("reverts with PolicyManagerUnknown(id) and PolicyManagerNoArrangement(id, index)", async () => {
      const scene = await loadFixture(handedOff);
      const { policies, terms, id } = scene;
      for (const index of [4n, 159n, 160n, 161n, 256n, MaxUint256]) {
        await expect(policies.standingOf(terms, index))
          .to.be.revertedWithCustomError(policies, "PolicyManagerNoArrangement")
          .withArgs(id, index);
      }
      const other = { ...terms, salt: hashOf("other") };
      await expect(policies.standingOf(other, 0n))
        .to.be.revertedWithCustomError(policies, "PolicyManagerUnknown")
        .withArgs(await policies.policyId(other));
    });
  });

  describe("accountOf and endingsOf", () => {
    it("show the miner's rate, and what ends when", async () => {
      const scene = await loadFixture(justCreated);
      const { policies, ann, now, end } = scene;
      expect(await policies.accountOf(ann.account)).to.deep.equal([RATE / GRAIN, 0n, now, (COLLATERAL + FEE) / GRAIN]);
      expect(await policies.endingsOf(ann.account, end - 1n, 3n)).to.deep.equal([
        [0n, RATE, 0n],
        [0n, COLLATERAL + FEE, 0n],
      ]);
      expect(await policies.endingsOf(ann.account, end, 0n)).to.deep.equal([[], []]);
    });

    it("show both ends after a closing: the rate's is now, the release moves", async () => {
      const scene = await loadFixture(inThird);
      const { policies, owner, terms, ann, now, end } = scene;
      await policies.connect(owner).revoke(terms, 0n);
      const [rates, releases] = await policies.endingsOf(ann.account, now, end - now + 1n);
      expect(rates.every((rate) => rate === 0n)).to.equal(true);
      expect(releases.map((release, i) => [i, release]).filter(([, release]) => release !== 0n)).to.deep.equal([
        [1, COLLATERAL + 3n * RATE],
      ]);
    });

    it("page: any cut shows the same", async () => {
      const scene = await loadFixture(justCreated);
      const { policies, ann, now } = scene;
      for (const [i, periods] of [3n, 8n, 21n].entries()) {
        const terms = dealOf(scene, { periods, collateral: 3n * RATE, salt: hashOf(`${i}`) }, [ann]);
        await createPolicy(scene, terms, [ann]);
      }
      const [rates, releases] = await policies.endingsOf(ann.account, now, 30n);
      expect(rates.reduce((a, b) => a + b, 0n)).to.equal(4n * RATE);
      for (const size of [1n, 7n, 29n]) {
        const [pagedRates, pagedReleases]: [bigint[], bigint[]] = [[], []];
        for (let from = now; from < now + 30n; from += size) {
          const count = from + size > now + 30n ? now + 30n - from : size;
          const page = await policies.endingsOf(ann.account, from, count);
          pagedRates.push(...page[0]);
          pagedReleases.push(...page[1]);
        }
        expect([pagedRates, pagedReleases]).to.deep.equal([rates, releases]);
      }
    });
  });

  describe("claimableFees, reserved and reservedNow", () => {
    it("agree with the sum over all policies, at every period, settled or not", async () => {
      const scene = await loadFixture(justCreated);
      const { policies, ann, bob, cid, now } = scene;
      const model = modelOf(scene);
      const other = dealOf(scene, { periods: 4n, rate: 5n * RATE, salt: hashOf("other") }, [ann, cid]);
      await createPolicy(scene, other, [ann, cid]);
      model.create("other", dealInModel(other));
      for (let period = now; period < now + PERIODS + WINDOW + 3n; period++) {
        await reach(scene, period, model);
        await expectAsModel(scene, model);
        if (period % 2n === 0n) await policies.settle(bob.account, 1n);
        expect(await policies.reserved(ann.account), "stale: too large, never too small").to.be.at.least(
          model.reservedIn(ann.account.address),
        );
      }
    });

    it("preview what claimFees pays", async () => {
      const scene = await loadFixture(inThird);
      const { policies, ann } = scene;
      expect(await policies.connect(ann.account).claimFees.staticCall()).to.equal(
        await policies.claimableFees(ann.account),
      );
    });
  });
});
