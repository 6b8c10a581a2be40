import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { concat, dataSlice, getBytes, hexlify, keccak256, MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import type { IChallengeManager } from "../../typechain-types/contracts/ChallengeManager";
import { answerOf, Fault, leakOf, SALT } from "../helpers/challenges";
import { accept, ALL, takeover } from "../helpers/policies";
import { hintFor, N, nextX, P, toBytes32 } from "../models/evidence";
import { type PlainTerms, RATE, reach, TAKEOVER_COLLATERAL, WINDOW } from "../policyManager/fixtures";
import {
  accused,
  BOND,
  commitmentTo,
  committed,
  evidenceOfSecret,
  expectRefusal,
  flipped,
  fragmentOf,
  inThird,
  MAX_AGE,
  MIN_AGE,
  refuses,
  reveal,
  revealKey,
  toAge,
  toldBy,
  type Trial,
  unchanged,
  wrongCfrag,
} from "./fixtures";

type Leak = IChallengeManager.LeakedKeyStruct & { secret: bigint };

/** 5 % of the fee of three periods. */
const SHARE = (3n * RATE) / 20n;

/** {@link inThird}, the challenger has committed to ann's secret. */
async function ready(): Promise<Trial & { leak: Leak; commitment: string }> {
  const trial = await inThird();
  const leak = leakOf(trial, 0);
  return { ...trial, leak, commitment: await committed(trial, evidenceOfSecret(leak.secret)) };
}

/** Another policy at ann with this as its fragment's public bytes; it is in its first period. */
async function withFragment(trial: Trial, fragment: Uint8Array): Promise<Trial> {
  const { policies, payer, ann, now, terms } = trial;
  const { account, operator } = ann;
  const arrangements = [{ miner: account.address, operator: operator.address, kfragHash: keccak256(fragment) }];
  const own: PlainTerms = { ...terms, arrangements };
  await policies.connect(payer).create(own, await accept(policies, own, [ann]));
  await reach(trial, now + 1n);
  return { ...trial, terms: own, policy: await policies.policyId(own) };
}

describe("ChallengeManager.revealLeakedKey", () => {
  describe("when the secret is the fragment's", () => {
    for (const index of [0, 1, 2]) {
      it(`convicts, marks the commitment as founded and emits Proven with every part, for index ${index}`, async () => {
        const trial = await loadFixture(inThird);
        const { challenges, challenger, policies, token, terms, policy, now } = trial;
        const leak = leakOf(trial, index);
        const commitment = await committed(trial, evidenceOfSecret(leak.secret), { index: BigInt(index) });
        const { madeAt } = await challenges.commitmentOf(challenger, commitment);
        const purse = await token.balanceOf(challenger);
        const call = challenges.connect(challenger).revealLeakedKey;
        expect(await call.staticCall(terms, index, leak, SALT, { blockTag: "pending" })).to.equal(SHARE);
        const sent = revealKey(trial, leak, { index: BigInt(index) });
        expect(await toldBy(challenges, sent)).to.deep.equal([
          ["Proven", policy, BigInt(index), challenger.address, commitment, BigInt(Fault.Leak), SHARE],
        ]);
        expect((await token.balanceOf(challenger)) - purse).to.equal(SHARE);
        expect(await challenges.commitmentOf(challenger, commitment)).to.deep.equal([madeAt, true]);
        expect(await ethers.provider.getBalance(challenges), "the bond waits").to.equal(BOND);
        const { open, convicted, stop } = await policies.standingOf(terms, index);
        expect([open, convicted, stop]).to.deep.equal([false, true, now + 1n]);
        await expect(challenges.connect(challenger).takeBond(commitment)).to.changeEtherBalance(challenger, BOND);
      });
    }
  });

  describe("when it is another", () => {
    it("reverts with UmbralProofOtherSecret(y): of another fragment, off by one, negative, 0, n, n + rk, 2^256 - 1", async () => {
      const trial = await loadFixture(inThird);
      const leak = leakOf(trial, 0);
      const { secret } = leak;
      const others = [
        ...[leakOf(trial, 1).secret, leakOf(trial, 2).secret],
        ...[secret + 1n, secret - 1n, N - secret, 0n, 1n, N - 1n, N, N + 1n, MaxUint256],
        ...(secret + N <= MaxUint256 ? [secret + N] : []),
      ];
      for (const other of others) await committed(trial, evidenceOfSecret(other), { age: 1n });
      await committed(trial, evidenceOfSecret(secret));
      await unchanged(trial, async () => {
        for (const other of others) {
          const call = revealKey(trial, { ...leak, secret: other });
          await refuses(call, "UmbralProofOtherSecret", [leak.commitmentY], trial.challenges);
        }
      });
    });

    it("reverts so for a y that is not U1's", async () => {
      const trial = await loadFixture(ready);
      const { leak } = trial;
      const y = BigInt(leak.commitmentY);
      await unchanged(trial, async () => {
        for (const other of [0n, 1n, y + 1n, y - 1n, y + 2n, P - y, P, MaxUint256]) {
          const call = revealKey(trial, { ...leak, commitmentY: other });
          await refuses(call, "UmbralProofOtherSecret", [other], trial.challenges);
        }
      });
    });
  });

  describe("when the bytes are not the fragment's", () => {
    it("reverts with ChallengeManagerOtherKfrag(kfragHash, needed) for any other bytes", async () => {
      const trial = await loadFixture(ready);
      const { leak } = trial;
      const fragment = getBytes(leak.kfrag);
      const needed = keccak256(fragment);
      const other = fragmentOf(trial, 1);
      const all: Uint8Array[] = [
        new Uint8Array(),
        fragment.slice(0, 161),
        getBytes(concat([fragment, "0x00"])),
        getBytes(concat([fragment, fragment])),
        other,
        ...[0, 31, 32, 64, 65, 97, 98, 161].map((byte) => flipped(fragment, byte)),
      ];
      await unchanged(trial, async () => {
        for (const kfrag of all) {
          const args = [keccak256(kfrag), needed];
          await refuses(revealKey(trial, { ...leak, kfrag }), "ChallengeManagerOtherKfrag", args, trial.challenges);
        }
      });
    });

    it("reverts so for bytes that are the ones accepted but are not 162", async () => {
      const trial = await loadFixture(inThird);
      const leak = leakOf(trial, 0);
      const fragment = getBytes(leak.kfrag);
      for (const odd of [fragment.slice(0, 161), getBytes(concat([fragment, "0x00"])), fragment.slice(0, 98)]) {
        const here = await withFragment(await loadFixture(inThird), odd);
        await committed(here, evidenceOfSecret(leak.secret));
        const args = [keccak256(odd), keccak256(odd)];
        const call = () => revealKey(here, { ...leak, kfrag: odd });
        await expectRefusal(here, call, "ChallengeManagerOtherKfrag", args);
      }
    });

    it("reverts with UmbralProofOtherSecret(y) where the owner's U1 is no point, or has x >= n: no secret is known to fit", async () => {
      const trial = await loadFixture(inThird);
      const leak = leakOf(trial, 0);
      const y = BigInt(leak.commitmentY);
      const rootOf = (x: bigint): bigint => powMod(x ** 3n + 7n, (P + 1n) / 4n);
      const beyond = nextX(N, true);
      for (const [prefix, x, ys] of [
        [2, nextX(1n, false), [0n, 2n, y]],
        [3, P + 1n, [rootOf(1n), P - rootOf(1n)]],
        [2, beyond, [rootOf(beyond), P - rootOf(beyond)]],
        [4, nextX(1n, true), [0n, 1n, y]],
      ] as const) {
        const fragment = getBytes(leak.kfrag).slice();
        fragment.set([prefix, ...toBytes32(x)], 65);
        const here = await withFragment(await loadFixture(inThird), fragment);
        await committed(here, evidenceOfSecret(leak.secret));
        await unchanged(here, async () => {
          for (const each of ys) {
            const call = revealKey(here, { ...leak, kfrag: fragment, commitmentY: each });
            await refuses(call, "UmbralProofOtherSecret", [each], here.challenges);
          }
        });
      }
    });

    it("convicts whatever the precursor and the receiver signature are, if these were accepted", async () => {
      const trial = await loadFixture(inThird);
      const leak = leakOf(trial, 0);
      const fragment = getBytes(leak.kfrag).slice();
      fragment.fill(0xff, 32, 65);
      fragment.fill(0, 98);
      const here = await withFragment(trial, fragment);
      await committed(here, evidenceOfSecret(leak.secret));
      const [proven] = await toldBy(here.challenges, revealKey(here, { ...leak, kfrag: fragment }));
      expect(proven?.slice(0, 3)).to.deep.equal(["Proven", here.policy, 0n]);
    });
  });

  describe("when the commitment is not to this", () => {
    it("reverts with ChallengeManagerNoCommitment(challenger, commitment) if anything in it is other", async () => {
      const trial = await loadFixture(inThird);
      const { challenges, challenger, stranger, policies } = trial;
      const leak = leakOf(trial, 0);
      const evidence = evidenceOfSecret(leak.secret);
      const needed = await commitmentTo(trial, evidence);
      for (const made of [
        await commitmentTo(trial, evidence, { chainId: 1n }),
        await commitmentTo(trial, evidence, { contract: await policies.getAddress() }),
        await commitmentTo(trial, evidence, { challenger: stranger.address }),
        await commitmentTo(trial, evidence, { policy: ethers.id("another policy") }),
        await commitmentTo(trial, evidence, { index: 1n }),
        await commitmentTo(trial, evidenceOfSecret(leak.secret + 1n)),
        await commitmentTo(trial, keccak256(leak.kfrag)),
        await commitmentTo(trial, evidence, { salt: ethers.ZeroHash }),
      ]) {
        await challenges.connect(challenger).commit(made, { value: BOND });
      }
      await challenges.connect(stranger).commit(needed, { value: BOND });
      await toAge(trial, stranger.address, needed, MIN_AGE);
      const args = [challenger.address, needed];
      await expectRefusal(trial, () => revealKey(trial, leak), "ChallengeManagerNoCommitment", args);
    });

    it("reverts so the second time, and for who copies it", async () => {
      const trial = await loadFixture(ready);
      const { challenges, challenger, stranger, leak, commitment } = trial;
      await challenges.connect(stranger).commit(commitment, { value: BOND });
      await toAge(trial, stranger.address, commitment, MIN_AGE);
      const needed = await commitmentTo(trial, evidenceOfSecret(leak.secret), { challenger: stranger.address });
      const copy = () => revealKey(trial, leak, { by: stranger });
      await expectRefusal(trial, copy, "ChallengeManagerNoCommitment", [stranger.address, needed]);
      await revealKey(trial, leak);
      const again = () => revealKey(trial, leak);
      await expectRefusal(trial, again, "ChallengeManagerNoCommitment", [challenger.address, commitment]);
    });

    for (const age of [1n, MIN_AGE - 1n, MIN_AGE, MAX_AGE, MAX_AGE + 1n]) {
      const counts = age >= MIN_AGE && age <= MAX_AGE;
      it(`${counts ? "counts" : "reverts with ChallengeManagerOutsideAge(commitment, current, from, to)"} at age ${age}`, async () => {
        const trial = await loadFixture(inThird);
        const { challenges, challenger } = trial;
        const leak = leakOf(trial, 0);
        const commitment = await committed(trial, evidenceOfSecret(leak.secret), { age });
        const { madeAt } = await challenges.commitmentOf(challenger, commitment);
        const args = [commitment, madeAt + age, madeAt + MIN_AGE, madeAt + MAX_AGE];
        if (counts) expect((await toldBy(challenges, revealKey(trial, leak))).length).to.equal(1);
        else await expectRefusal(trial, () => revealKey(trial, leak), "ChallengeManagerOutsideAge", args);
      });
    }
  });

  describe("when there was a verdict already", () => {
    it("is founded and pays 0, after a leak by another challenger and after a wrong answer", async () => {
      for (const first of ["leak", "wrong answer"]) {
        const trial = await loadFixture(inThird);
        const { challenges, policies, token, stranger, policy } = trial;
        const leak = leakOf(trial, 0);
        if (first === "leak") {
          await committed(trial, evidenceOfSecret(leak.secret), { age: 1n });
        } else {
          await accused(trial, await answerOf(trial, 0, wrongCfrag(trial)), { age: 1n });
        }
        const commitment = await committed(trial, evidenceOfSecret(leak.secret), { by: stranger });
        if (first === "leak") {
          await revealKey(trial, leak);
        } else {
          const cfrag = wrongCfrag(trial);
          const answer = await answerOf(trial, 0, cfrag);
          await reveal(trial, answer, Fault.EquationU, hintFor(trial.capsule, cfrag, "U"));
        }
        const standing = await policies.standingOf(trial.terms, 0n);
        const supply = await token.totalSupply();
        const sent = revealKey(trial, leak, { by: stranger });
        expect(await toldBy(challenges, sent)).to.deep.equal([
          ["Proven", policy, 0n, stranger.address, commitment, BigInt(Fault.Leak), 0n],
        ]);
        expect(await toldBy(policies, sent)).to.deep.equal([]);
        await expect(sent).to.changeTokenBalances(token, [stranger, policies, trial.escrow], [0, 0, 0]);
        expect(await token.totalSupply()).to.equal(supply);
        expect(await policies.standingOf(trial.terms, 0n)).to.deep.equal(standing);
        await expect(challenges.connect(stranger).takeBond(commitment)).to.changeEtherBalance(stranger, BOND);
      }
    });
  });

  describe("when the arrangement was handed off", () => {
    it("convicts the old holder until the policy's end + W, and the new one, of the same secret", async () => {
      for (const late of [0n, 1n]) {
        const trial = await loadFixture(inThird);
        const { policies, challenges, ann, dan, terms, policy, end } = trial;
        const signed = await takeover(policies, policy, 0n, dan, TAKEOVER_COLLATERAL);
        await policies.connect(ann.account).handOff(terms, 0n, signed);
        await reach(trial, end + WINDOW + late);
        const leak = leakOf(trial, 0);
        const evidence = evidenceOfSecret(leak.secret);
        await committed(trial, evidence, { age: 1n });
        await committed(trial, evidence, { index: 3n });
        if (late === 1n) {
          for (const index of [0n, 3n]) {
            const call = () => revealKey(trial, leak, { index });
            await expectRefusal(trial, call, "PolicyManagerTooLate", [policy, index, end + WINDOW], policies);
          }
          continue;
        }
        // Ann served 3 periods, dan 7: α of each.
        expect((await toldBy(challenges, revealKey(trial, leak)))[0]?.at(-1)).to.equal((3n * RATE) / 20n);
        const [ofDan] = await toldBy(challenges, revealKey(trial, leak, { index: 3n }));
        expect(ofDan?.slice(2, 3)).to.deep.equal([3n]);
        expect(ofDan?.at(-1)).to.equal((7n * RATE) / 20n);
      }
    });
  });

  describe("when the arrangement is not there, or not liable any more", () => {
    it("reverts with PolicyManagerUnknown(policy) and PolicyManagerNoArrangement(policy, index)", async () => {
      const trial = await loadFixture(ready);
      const { policies, policy, leak } = trial;
      const terms = { ...trial.terms, rate: trial.terms.rate + 1n };
      const unknown = [await policies.policyId(terms)];
      await expectRefusal(trial, () => revealKey(trial, leak, { terms }), "PolicyManagerUnknown", unknown, policies);
      for (const index of [3n, 160n, ALL]) {
        const call = () => revealKey(trial, leak, { index });
        await expectRefusal(trial, call, "PolicyManagerNoArrangement", [policy, index], policies);
      }
    });

    it("counts in the last period, end + W; in the next it is PolicyManagerTooLate(policy, index, end + W)", async () => {
      for (const late of [0n, 1n]) {
        const trial = await loadFixture(inThird);
        const { policies, challenges, policy, end } = trial;
        await reach(trial, end + WINDOW + late);
        const leak = leakOf(trial, 0);
        await committed(trial, evidenceOfSecret(leak.secret));
        const call = () => revealKey(trial, leak);
        if (late === 0n) expect((await toldBy(challenges, call())).length).to.equal(1);
        else await expectRefusal(trial, call, "PolicyManagerTooLate", [policy, 0n, end + WINDOW], policies);
      }
    });
  });

  it("can't be confused with the reveal of an answer: evidence of the one is not evidence of the other", async () => {
    const trial = await loadFixture(inThird);
    const cfrag = wrongCfrag(trial);
    const answer = await answerOf(trial, 0, cfrag);
    await committed(trial, evidenceOfSecret(leakOf(trial, 0).secret));
    const hint = hintFor(trial.capsule, cfrag, "U");
    const { challenges } = trial;
    await expect(reveal(trial, answer, Fault.EquationU, hint)).to.be.revertedWithCustomError(
      challenges,
      "ChallengeManagerNoCommitment",
    );
    expect(hexlify(fragmentOf(trial)).length, "the public part of the fragment").to.equal(2 + 2 * 162);
    expect(dataSlice(leakOf(trial, 0).kfrag, 0, 32)).to.equal(dataSlice(answer.cfrag, 66, 98));
  });
});

/** base ^ exponent mod p. */
function powMod(base: bigint, exponent: bigint): bigint {
  let [result, square, rest] = [1n, base % P, exponent];
  for (; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
