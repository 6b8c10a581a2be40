import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { loadFixture, mine, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { ethers, network } from "hardhat";

import { ether, nkms } from "../../deploy/parameters/units";
import type { TermsStruct } from "../../typechain-types/contracts/ChallengeManager";
import {
  answerOf,
  capsuleY,
  challengeScene,
  type ChallengeScene,
  commitTo,
  deployChallenges,
  Fault,
  honestCfrag,
  leakOf,
  makeGrant,
  openChallengeScene,
  receiptTypes,
  SALT,
} from "../helpers/challenges";
import {
  ALL,
  bond,
  createPolicy,
  domainOf,
  MINER_STAKE,
  type PolicyMiner,
  takeover,
  termsFor,
} from "../helpers/policies";
import { passPeriods } from "../helpers/time";
import { type Hint, hintFor, N, NO_HINT, P, partOf, toBytes32, withParts, yOf } from "../models/evidence";
import { faultsOf } from "../models/faults";

const RATE = nkms("2");
const COLLATERAL = nkms("15");
const WINDOW = 3n;
const BOND = ether("1");
const MIN_AGE = 5;
const MAX_AGE = 200;
/** The finder's share of c, and what is burned of it. */
const SHARE = (COLLATERAL * 20n) / 100n;
const REST = COLLATERAL - SHARE;

type Answer = Awaited<ReturnType<typeof answerOf>>;

/** What shows that an answer is wrong. */
interface Evidence {
  index: number;
  answer: Answer;
  fault: number;
  hint: Hint;
  capsuleY: bigint;
}

/** A wrong answer of node `index`, signed by who accepted: E1 is another point. */
async function wrongAnswer(s: ChallengeScene, index = 0, operator?: HardhatEthersSigner): Promise<Evidence> {
  const cfrag = withParts(honestCfrag(s, index), { E1: secp256k1.Point.BASE.multiply(7n).toBytes() });
  const answer = await answerOf(s, index, cfrag, operator ? { operator } : {});
  const hint = hintFor(s.grant.capsule.toBytesSimple(), cfrag, "E");
  return { index, answer, fault: Fault.EquationE, hint, capsuleY: capsuleY(s) };
}

const evidenceHash = ({ challenges, policy }: ChallengeScene, { index, answer }: Evidence): Promise<string> =>
  challenges.evidenceOfAnswer(policy, index, answer);

/** Commits and waits for the first block in which a reveal counts. */
const commitEvidence = async (
  s: ChallengeScene,
  evidence: Evidence,
  options: { challenger?: HardhatEthersSigner; salt?: string; blocks?: number } = {},
): Promise<string> => commitTo(s, evidence.index, await evidenceHash(s, evidence), options);

function reveal(
  { challenges, terms, challenger }: ChallengeScene,
  { index, answer, fault, capsuleY, hint }: Evidence,
  { by = challenger, salt = SALT, gasPrice }: { by?: HardhatEthersSigner; salt?: string; gasPrice?: bigint } = {},
): Promise<ContractTransactionResponse> {
  const price = gasPrice === undefined ? {} : { gasPrice, gasLimit: 1_000_000n };
  return challenges.connect(by).revealWrongAnswer(terms, index, answer, fault, capsuleY, hint, salt, price);
}

const stakeOf = async ({ escrow }: ChallengeScene, { account }: PolicyMiner): Promise<bigint> => {
  const [, locks] = await escrow.locksOf(account);
  return locks.reduce((total, { amount }) => total + amount, 0n);
};

const staffAt = ({ staff }: ChallengeScene, index: number): PolicyMiner => {
  const miner = staff[index];
  if (!miner) throw new Error(`expected a miner ${index}`);
  return miner;
};

/** A miner of the network that is not in the policy. */
const spare = ({ miners }: ChallengeScene): PolicyMiner => {
  const miner = miners[3];
  if (!miner) throw new Error("expected a fourth miner");
  return miner;
};

/** The verdicts there were. */
const verdicts = async ({ policies }: ChallengeScene) =>
  (await policies.queryFilter(policies.filters.Convicted)).map(({ args }) => args);

/** What verdicts burned of collateral and fees; the unpaid rewards of what they seize are burned besides. */
const burnedByVerdicts = async (s: ChallengeScene): Promise<bigint> =>
  (await verdicts(s))
    .map(({ verdict: { collateral, earned, withheld, toChallenger } }) => collateral + earned + withheld - toChallenger)
    .reduce((total, burned) => total + burned, 0n);

/** Refunds of the payer, those that are held included. */
async function dueTo({ policies, payer }: ChallengeScene): Promise<bigint> {
  const closings = await policies.queryFilter(policies.filters.Closed);
  const keys = [...new Set(closings.map(({ args }) => args.heldUntil))];
  const held = await Promise.all(keys.map((heldUntil) => policies.heldFor(payer, heldUntil)));
  return held.reduce((total, amount) => total + amount, await policies.refundOf(payer));
}

/** Mines what `story` sends in one block, in the order in which it is sent. */
async function inOneBlock(story: (price: () => bigint) => Promise<void>): Promise<void> {
  let price = ethers.parseUnits("100", "gwei");
  await network.provider.send("evm_setAutomine", [false]);
  try {
    await story(() => (price -= ethers.parseUnits("1", "gwei")));
    await mine(1);
  } finally {
    await network.provider.send("evm_setAutomine", [true]);
  }
}

/** What `challenger` has committed to, to show this evidence. */
const commitmentOf = async (s: ChallengeScene, evidence: Evidence, challenger: HardhatEthersSigner): Promise<string> =>
  s.challenges.commitmentFor(challenger, s.policy, evidence.index, await evidenceHash(s, evidence), SALT);

/** Refused: the receipt is not that of node `index`, for what is shown. */
const expectNotSigned = async (s: ChallengeScene, attempt: Promise<unknown>, index = 0): Promise<void> => {
  const operator = staffAt(s, index).operator.address;
  await expect(attempt)
    .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerNotSigned")
    .withArgs((signer: string) => signer !== operator, operator);
};

/** Refused: `challenger` has no such commitment, or none any more. */
const expectNoCommitment = async (
  s: ChallengeScene,
  attempt: Promise<unknown>,
  challenger: HardhatEthersSigner,
  commitment: string,
): Promise<void> => {
  await expect(attempt)
    .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerNoCommitment")
    .withArgs(challenger.address, commitment);
};

/** What a founded reveal by the scene's challenger takes, with all arrangements untouched before. */
async function expectVerdict(s: ChallengeScene, evidence: Evidence, by = s.challenger): Promise<void> {
  const miner = staffAt(s, evidence.index);
  const [stake, purse] = [await stakeOf(s, miner), await s.token.balanceOf(by)];
  await expect(reveal(s, evidence, { by }), "a founded reveal").not.to.be.reverted;
  const [verdict] = (await verdicts(s)).slice(-1);
  if (!verdict) throw new Error("expected a verdict");
  const [, , , { collateral, earned, fromFees }] = verdict;
  expect(collateral, "c").to.equal(COLLATERAL);
  expect(stake - (await stakeOf(s, miner)), "seized stake").to.equal(COLLATERAL + earned - fromFees);
  expect((await s.token.balanceOf(by)) - purse, "the finder's share").to.equal(SHARE);
}

describe("Attacks on challenges", () => {
  describe("that frame an honest node", () => {
    it("can't ask about one capsule and accuse with another", async () => {
      const s = await loadFixture(challengeScene);
      const cfrag = honestCfrag(s, 0);
      const signed = await answerOf(s, 0, cfrag);
      const other = makeGrant().capsule.toBytesSimple();
      const hint = hintFor(other, cfrag, "E");
      const framed: Evidence = {
        index: 0,
        answer: { ...signed, capsule: ethers.hexlify(other) },
        fault: Fault.EquationE,
        hint,
        capsuleY: yOf(other.subarray(33, 66)),
      };
      const harness = await ethers.deployContract("UmbralProof__Harness");
      const { kfragHash } = await s.policies.standingOf(s.terms, 0n);
      await harness.checkFault(other, cfrag, kfragHash, Fault.EquationE, hint); // by the equations alone it would be guilty

      await commitEvidence(s, framed);
      await expectNotSigned(s, reveal(s, framed));
      expect(await verdicts(s)).to.have.length(0);
    });

    it("can't accuse with another re-encryption", async () => {
      const s = await loadFixture(challengeScene);
      const signed = await answerOf(s, 0, honestCfrag(s, 0));
      const wrong = await wrongAnswer(s);
      const framed = { ...wrong, answer: { ...wrong.answer, receipt: signed.receipt } };
      await commitEvidence(s, framed);
      await expectNotSigned(s, reveal(s, framed));
      // Nor with the same one twice, read another way.
      for (const fault of Object.values(Fault)) {
        const again = { ...wrong, answer: signed, fault, hint: wrong.hint };
        await commitEvidence(s, again, { salt: ethers.toBeHex(fault, 32) });
        const isEquation = fault >= Fault.EquationE && fault <= Fault.EquationU;
        const error = isEquation ? "UmbralProofBadHint" : "UmbralProofNoFault"; // the hint is that of another answer
        await expect(reveal(s, again, { salt: ethers.toBeHex(fault, 32) }))
          .to.be.revertedWithCustomError(s.challenges, error)
          .withArgs(fault);
      }
      expect(await verdicts(s)).to.have.length(0);
    });

    it("can't use its answer for another policy, nor for another arrangement", async () => {
      const s = await loadFixture(challengeScene);
      const other = await openChallengeScene(s, { salt: ethers.id("another policy of the same miners") });
      const signed = await answerOf(s, 0, honestCfrag(s, 0));
      // In the other policy another key fragment would be right: the answer would be wrong there.
      const framed: Evidence = {
        index: 0,
        answer: signed,
        fault: Fault.Kfrag,
        hint: NO_HINT,
        capsuleY: capsuleY(s),
      };
      const { kfragHash } = await other.policies.standingOf(other.terms, 0n);
      expect(faultsOf(s.grant.capsule.toBytesSimple(), honestCfrag(s, 0), kfragHash).has("Kfrag")).to.equal(true);
      await commitEvidence(other, framed);
      await expectNotSigned(other, reveal(other, framed));

      const elsewhere = { ...framed, index: 1 };
      await commitEvidence(s, elsewhere);
      await expectNotSigned(s, reveal(s, elsewhere), 1);
      // Not even if the node of that arrangement has signed as well, but for index 0.
      const answer = await answerOf(s, 0, honestCfrag(s, 0), { operator: staffAt(s, 1).operator });
      await commitEvidence(s, { ...elsewhere, answer }, { salt: ethers.id("2") });
      await expectNotSigned(s, reveal(s, { ...elsewhere, answer }, { salt: ethers.id("2") }), 1);
    });

    it("can't ask it something that is no capsule", async () => {
      const s = await loadFixture(challengeScene);
      const capsule = s.grant.capsule.toBytesSimple();
      const y = capsuleY(s);
      const changed = (at: number, bytes: Uint8Array): Uint8Array => {
        const copy = Uint8Array.from(capsule);
        copy.set(bytes, at);
        return copy;
      };
      const questions = [
        changed(66, toBytes32(1n)), // s does not fit
        changed(66, toBytes32(0n)),
        changed(1, toBytes32(N)), // x >= n
        changed(1, toBytes32(5n)), // off the curve
        changed(0, Uint8Array.of(4)),
        changed(0, capsule.subarray(33, 66)),
        capsule.subarray(0, 97),
        new Uint8Array(98),
        new Uint8Array(0),
      ];
      for (const [i, question] of questions.entries()) {
        // The node answers garbage to garbage and signs it.
        const answer = await answerOf(s, 0, new Uint8Array(10), { capsule: question });
        const framed = { index: 0, answer, fault: Fault.Length, hint: NO_HINT, capsuleY: y };
        await commitEvidence(s, framed, { salt: ethers.toBeHex(i, 32) });
        await expect(reveal(s, framed, { salt: ethers.toBeHex(i, 32) }), `question ${i}`)
          .to.be.revertedWithCustomError(s.challenges, "UmbralProofBadCapsule")
          .withArgs(y);
      }
    });

    it("can't show the secret of another fragment, nor another fragment with its secret", async () => {
      const s = await loadFixture(challengeScene);
      const [own, other] = [leakOf(s, 0), leakOf(s, 1)];
      const secret = { ...own, secret: other.secret };
      await commitTo(s, 0, await s.challenges.evidenceOfKey(other.secret));
      const hashes = [other.kfrag, own.kfrag].map((kfrag) => ethers.keccak256(kfrag));
      for (const [leak, error, args] of [
        [secret, "UmbralProofOtherSecret", [own.commitmentY]],
        [other, "ChallengeManagerOtherKfrag", hashes],
      ] as const) {
        await expect(s.challenges.connect(s.challenger).revealLeakedKey(s.terms, 0, leak, SALT))
          .to.be.revertedWithCustomError(s.challenges, error)
          .withArgs(...args);
      }
    });

    it("can't starve a proof of gas so that it fails the right way", async () => {
      const s = await loadFixture(challengeScene);
      const answer = await answerOf(s, 0, honestCfrag(s, 0));
      for (const fault of [Fault.PointE1, Fault.PointU2, Fault.EquationE]) {
        const hint = hintFor(s.grant.capsule.toBytesSimple(), honestCfrag(s, 0), "E");
        const framed: Evidence = { index: 0, answer, fault, hint, capsuleY: capsuleY(s) };
        await commitEvidence(s, framed, { salt: ethers.toBeHex(fault, 32) });
        const args = [s.terms, 0, answer, fault, framed.capsuleY, hint, ethers.toBeHex(fault, 32)] as const;
        for (let gasLimit = 45_000n; gasLimit <= 260_000n; gasLimit += 1_250n) {
          const call = s.challenges.connect(s.challenger).revealWrongAnswer.staticCall(...args, { gasLimit });
          const refused = await call.then(
            () => false,
            () => true,
          );
          expect(refused, `with ${gasLimit} gas`).to.equal(true);
        }
      }
    });
  });

  describe("of an offender that wants to get away", () => {
    /** What a node does when it has signed a wrong answer. Policies are in their third period. */
    const escapes: Record<string, (s: ChallengeScene) => Promise<void>> = {
      "by unbonding its operator": async (s) => {
        await s.registry.connect(staffAt(s, 0).account).unbondOperator();
      },
      "by bonding another operator": async (s) => {
        const { account } = staffAt(s, 0);
        await s.registry.connect(account).unbondOperator();
        await bond(s.registry, account, s.stranger);
        await passPeriods(s.escrow, 1n);
      },
      "by saying that its key was stolen, and rotating it": async (s) => {
        const [one, other] = [staffAt(s, 0), spare(s)];
        await s.registry.connect(one.account).unbondOperator();
        await s.registry.connect(other.account).unbondOperator();
        await bond(s.registry, other.account, one.operator); // the key works elsewhere now
        await bond(s.registry, one.account, other.operator);
        await passPeriods(s.escrow, 1n);
      },
      "by taking its pledge back": async (s) => {
        await s.registry.connect(staffAt(s, 0).account).setPledge(0n, 1n);
      },
      "by having the owner revoke": async (s) => {
        await s.policies.connect(s.owner).revoke(s.terms, ALL);
        await passPeriods(s.escrow, WINDOW);
      },
      "by resigning": async (s) => {
        await s.policies.connect(staffAt(s, 0).account).resign(s.terms, 0n);
        await passPeriods(s.escrow, WINDOW);
      },
      "by handing off to an accomplice": async (s) => {
        const signed = await takeover(s.policies, s.policy, 0n, spare(s), COLLATERAL);
        await s.policies.connect(staffAt(s, 0).account).handOff(s.terms, 0n, signed);
        await passPeriods(s.escrow, WINDOW);
      },
      "by claiming all fees": async (s) => {
        await s.policies.connect(staffAt(s, 0).account).claimFees();
      },
      "by splitting its lock and giving notice of it": async (s) => {
        const { account } = staffAt(s, 0);
        const [, [lock]] = await s.escrow.locksOf(account);
        if (!lock) throw new Error("expected a lock");
        await s.escrow.connect(account).split(0n, lock.end, MINER_STAKE - COLLATERAL);
        await s.escrow.connect(account).setPayout(s.stranger);
      },
      "by waiting until the last block of the window": async (s) => {
        const { end } = await s.policies.policyOf(s.policy);
        await passPeriods(s.escrow, end + WINDOW - (await s.escrow.currentPeriod()));
      },
    };
    for (const [how, escape] of Object.entries(escapes)) {
      it(`fails ${how}`, async () => {
        const s = await loadFixture(challengeScene);
        await passPeriods(s.escrow, 2n);
        const wrong = await wrongAnswer(s);
        await escape(s);
        await commitEvidence(s, wrong);
        await expectVerdict(s, wrong);
      });
    }

    it("fails by withdrawing: what is reserved is locked for as long as evidence counts", async () => {
      const network = await loadFixture(challengesOnly);
      const longest = 295n; // the lock of 300 periods, less one to the start, the window and this period
      const s = await openChallengeScene(network, { periods: longest });
      const { account } = staffAt(s, 0);
      const wrong = await wrongAnswer(s);
      const { end } = await s.policies.policyOf(s.policy);
      for (let open = await s.escrow.currentPeriod(); open < end + WINDOW; open = await s.escrow.currentPeriod()) {
        await passPeriods(s.escrow, open + 16n < end + WINDOW ? 16n : end + WINDOW - open);
        await s.escrow.advance(16n);
      }
      expect(await s.escrow.withdrawable(account)).to.equal(0n);
      expect(await s.escrow.lockedIn(account, end + WINDOW + 1n), "locked later").to.equal(0n);
      await commitEvidence(s, wrong);
      await expectVerdict(s, wrong);
    });

    it("succeeds when the window is over: the next period is too late, also for what was committed before", async () => {
      const s = await loadFixture(challengeScene);
      const wrong = await wrongAnswer(s);
      const { end } = await s.policies.policyOf(s.policy);
      await passPeriods(s.escrow, end + WINDOW - (await s.escrow.currentPeriod()));
      await commitEvidence(s, wrong);
      await passPeriods(s.escrow, 1n);
      await expect(reveal(s, wrong))
        .to.be.revertedWithCustomError(s.policies, "PolicyManagerTooLate")
        .withArgs(s.policy, 0n, end + WINDOW);
    });

    it("fails by handing off a leaked key: both holders stay liable for it", async () => {
      const s = await loadFixture(challengeScene);
      const signed = await takeover(s.policies, s.policy, 0n, spare(s), COLLATERAL);
      await s.policies.connect(staffAt(s, 0).account).handOff(s.terms, 0n, signed);
      const { end } = await s.policies.policyOf(s.policy);
      await passPeriods(s.escrow, end + WINDOW - (await s.escrow.currentPeriod()));
      const leak = leakOf(s, 0);
      const evidence = await s.challenges.evidenceOfKey(leak.secret);
      for (const index of [0, 3]) {
        await commitTo(s, index, evidence, { salt: SALT });
        await s.challenges.connect(s.challenger).revealLeakedKey(s.terms, index, leak, SALT);
      }
      for (const miner of [staffAt(s, 0), spare(s)]) {
        expect(MINER_STAKE - (await stakeOf(s, miner))).to.be.at.least(COLLATERAL);
      }
    });

    it("can't shift its guilt to who bonds its key later", async () => {
      const s = await loadFixture(challengeScene);
      await s.registry.connect(staffAt(s, 0).account).unbondOperator();
      await bond(s.registry, staffAt(s, 0).account, s.stranger);
      await passPeriods(s.escrow, 1n);
      // The operator of today did not accept: what it signs proves nothing against the arrangement.
      const wrong = await wrongAnswer(s, 0, s.stranger);
      await commitEvidence(s, wrong);
      await expect(reveal(s, wrong))
        .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerNotSigned")
        .withArgs(s.stranger.address, staffAt(s, 0).operator.address);
    });
  });

  describe("on somebody's evidence", () => {
    it("can't take over a reveal from the mempool", async () => {
      const s = await loadFixture(challengeScene);
      const thief = s.stranger;
      const wrong = await wrongAnswer(s);
      await commitEvidence(s, wrong);
      // Seen in the mempool: sent as it is there is no commitment.
      await expectNoCommitment(s, reveal(s, wrong, { by: thief }), thief, await commitmentOf(s, wrong, thief));
      // With a commitment of its own in front of it, in the same block, it is too young.
      const own = await s.challenges.commitmentFor(thief, s.policy, 0, await evidenceHash(s, wrong), SALT);
      await inOneBlock(async (price) => {
        const options = { value: BOND, gasPrice: price(), gasLimit: 100_000n };
        await s.challenges.connect(thief).commit(own, options);
        await reveal(s, wrong, { by: thief, gasPrice: price() });
        await reveal(s, wrong, { gasPrice: price() });
      });
      expect(await verdicts(s)).to.have.length(1);
      expect((await verdicts(s))[0]?.verdict.challenger).to.equal(s.challenger.address);
      expect(await s.token.balanceOf(s.challenger)).to.equal(SHARE);

      const hash = await s.challenges.commitmentFor(s.challenger, s.policy, 0, await evidenceHash(s, wrong), SALT);
      expect((await s.challenges.commitmentOf(s.challenger, hash)).founded).to.equal(true);

      // When it has come of age, it brings the bond back and nothing more.
      await mine(MIN_AGE);
      await expect(reveal(s, wrong, { by: thief }), "a founded reveal").not.to.be.reverted;
      expect(await s.token.balanceOf(thief)).to.equal(0n);
      await expect(s.challenges.connect(thief).takeBond(own)).to.changeEtherBalance(thief, BOND);
    });

    it("can neither use nor block a commitment that it copied", async () => {
      const s = await loadFixture(challengeScene);
      const thief = s.stranger;
      const wrong = await wrongAnswer(s);
      const hash = await s.challenges.commitmentFor(s.challenger, s.policy, 0, await evidenceHash(s, wrong), SALT);
      await inOneBlock(async (price) => {
        await s.challenges.connect(thief).commit(hash, { value: BOND, gasPrice: price(), gasLimit: 100_000n });
        await s.challenges.connect(s.challenger).commit(hash, { value: BOND, gasPrice: price(), gasLimit: 100_000n });
      });
      expect((await s.challenges.commitmentOf(s.challenger, hash)).madeAt).to.be.greaterThan(0n);
      await mine(MIN_AGE - 1);
      await expectNoCommitment(s, reveal(s, wrong, { by: thief }), thief, await commitmentOf(s, wrong, thief));
      await expectVerdict(s, wrong);
      await mine(MAX_AGE);
      await expect(s.challenges.burnBond(thief, hash)).to.changeEtherBalances(
        [s.challenges, ethers.ZeroAddress],
        [-BOND, BOND],
      );
    });

    it("gets no second verdict out of evidence that a reveal made public", async () => {
      const s = await loadFixture(challengeScene);
      const wrong = await wrongAnswer(s);
      await commitEvidence(s, wrong);
      await reveal(s, wrong);
      const [stake, supply] = [await stakeOf(s, staffAt(s, 0)), await s.token.totalSupply()];
      await commitEvidence(s, wrong, { challenger: s.stranger });
      await expect(reveal(s, wrong, { by: s.stranger })).to.changeTokenBalance(s.token, s.stranger, 0n);
      expect([await stakeOf(s, staffAt(s, 0)), await s.token.totalSupply()]).to.deep.equal([stake, supply]);
    });

    for (const second of ["another challenger", "the same one", "a leak", "a wrong answer after a leak"]) {
      it(`gets one verdict: ${second}, in the same block, gets its bond back alone`, async () => {
        const s = await loadFixture(challengeScene);
        await passPeriods(s.escrow, 2n);
        const wrong = await wrongAnswer(s);
        const leak = leakOf(s, 0);
        const leaks = second.includes("leak");
        const rival = second === "another challenger" ? s.stranger : s.challenger;
        const other = ethers.id("other");
        const first = await commitEvidence(s, wrong, { blocks: 0 });
        const evidence = leaks ? await s.challenges.evidenceOfKey(leak.secret) : await evidenceHash(s, wrong);
        const later = await commitTo(s, 0, evidence, { challenger: rival, salt: other, blocks: MIN_AGE });
        const sendLeak = (gasPrice: bigint): Promise<unknown> =>
          s.challenges.connect(rival).revealLeakedKey(s.terms, 0, leak, other, { gasPrice, gasLimit: 1_000_000n });
        await inOneBlock(async (price) => {
          if (second === "a wrong answer after a leak") await sendLeak(price());
          await reveal(s, wrong, { gasPrice: price() });
          if (second === "a leak") await sendLeak(price());
          if (!leaks) await reveal(s, wrong, { by: rival, salt: other, gasPrice: price() });
        });
        const said = await s.challenges.queryFilter(s.challenges.filters.Proven);
        const rewards = said.map(({ args }) => args.reward);
        const leakFirst = second === "a wrong answer after a leak";
        expect(rewards).to.deep.equal([leakFirst ? (RATE * 2n * 5n) / 100n : SHARE, 0n]);
        expect(await verdicts(s)).to.have.length(1);
        expect(MINER_STAKE - (await stakeOf(s, staffAt(s, 0)))).to.equal(COLLATERAL);
        await expect(s.challenges.connect(s.challenger).takeBond(first)).to.changeEtherBalance(s.challenger, BOND);
        await expect(s.challenges.connect(rival).takeBond(later)).to.changeEtherBalance(rival, BOND);
        for (const [who, hash] of [
          [s.challenger, first],
          [rival, later],
        ] as const) {
          await expectNoCommitment(s, s.challenges.connect(who).takeBond(hash), who, hash);
        }
        expect(await ethers.provider.getBalance(s.challenges)).to.equal(0n);
      });
    }
  });

  describe("by insurance: an offender that holds a commitment against itself", () => {
    it("pays a bond every MAX_AGE blocks for nothing while nobody finds out", async () => {
      const s = await loadFixture(challengeScene);
      const offender = staffAt(s, 0).account;
      const wrong = await wrongAnswer(s);
      const terms = 4;
      const before = await ethers.provider.getBalance(ethers.ZeroAddress);
      for (let i = 0; i < terms; i++) {
        const salt = ethers.toBeHex(i, 32);
        const hash = await commitEvidence(s, wrong, { challenger: offender, salt, blocks: MAX_AGE });
        await mine(1);
        const { madeAt } = await s.challenges.commitmentOf(offender, hash);
        const [from, to] = [madeAt + BigInt(MIN_AGE), madeAt + BigInt(MAX_AGE)];
        await expect(reveal(s, wrong, { by: offender, salt }))
          .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerOutsideAge")
          .withArgs(hash, to + 2n, from, to);
        await expect(s.challenges.connect(offender).takeBond(hash))
          .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerNotFounded")
          .withArgs(offender.address, hash);
        await s.challenges.connect(s.stranger).burnBond(offender, hash);
      }
      const burned = (await ethers.provider.getBalance(ethers.ZeroAddress)) - before;
      expect(burned, "one bond for each MAX_AGE").to.equal(BigInt(terms) * BOND);
    });

    it("saves it the finder's share when it front-runs, and no more; the hunter gets its bond back", async () => {
      const s = await loadFixture(challengeScene);
      await passPeriods(s.escrow, 4n); // t = 4
      const offender = staffAt(s, 0).account;
      const wrong = await wrongAnswer(s);
      const insurance = await commitEvidence(s, wrong, { challenger: offender, blocks: 0 });
      const hunters = await commitEvidence(s, wrong, { blocks: MIN_AGE });
      const wealth = async (): Promise<bigint> =>
        (await s.token.balanceOf(offender)) +
        (await stakeOf(s, staffAt(s, 0))) +
        (await s.policies.claimableFees(offender));
      const before = await wealth();

      await inOneBlock(async (price) => {
        await reveal(s, wrong, { by: offender, gasPrice: price() }); // it saw the hunter's, and paid more
        await reveal(s, wrong, { gasPrice: price() });
      });
      const loss = before - (await wealth());
      expect(loss, "80 % of c, and the fee of 4 periods").to.equal(nkms("12") + nkms("8"));
      expect(loss).to.equal(REST + 4n * RATE);
      expect(await burnedByVerdicts(s)).to.equal(loss);
      expect(await s.token.balanceOf(s.challenger), "the hunter's share").to.equal(0n);
      await expect(s.challenges.connect(s.challenger).takeBond(hunters)).to.changeEtherBalance(s.challenger, BOND);
      await expect(s.challenges.connect(offender).takeBond(insurance)).to.changeEtherBalance(offender, BOND);
    });
  });

  describe("on oneself", () => {
    it("cost a miner that reports its own wrong answer 80 % of c and the fee it earned", async () => {
      for (const served of [0n, 1n, 5n, 10n]) {
        const s = await loadFixture(challengeScene);
        await passPeriods(s.escrow, served);
        const miner = staffAt(s, 0);
        const wrong = await wrongAnswer(s);
        await commitEvidence(s, wrong, { challenger: miner.account });
        const wealth = async (): Promise<bigint> =>
          (await s.token.balanceOf(miner.account)) +
          (await stakeOf(s, miner)) +
          (await s.policies.claimableFees(miner.account));
        const before = await wealth();
        await reveal(s, wrong, { by: miner.account });
        expect(before - (await wealth()), `t = ${served}`).to.equal(nkms("12") + served * nkms("2"));
      }
    });

    it("cost who is miner, owner, payer and challenger at once what is burned, for a leak", async () => {
      // c + rate t* less α of rate t: 15 + 10 at t = 0, 15 + 10 - 0.5 at 5, 15 + 20 - 1 at 10.
      for (const [served, cost] of [
        [0n, "25"],
        [5n, "24.5"],
        [10n, "34"],
      ] as const) {
        const s = await loadFixture(challengeScene);
        await passPeriods(s.escrow, served);
        const leak = leakOf(s, 0);
        await commitTo(s, 0, await s.challenges.evidenceOfKey(leak.secret));
        const group = [staffAt(s, 0).account, s.payer, s.owner, s.challenger];
        const wealth = async (): Promise<bigint> => {
          const purses = await Promise.all(group.map((one) => s.token.balanceOf(one)));
          const due = [s.policies.refundOf(s.payer), s.policies.claimableFees(staffAt(s, 0).account)];
          return [...purses, ...(await Promise.all(due)), await stakeOf(s, staffAt(s, 0))].reduce((a, b) => a + b, 0n);
        };
        const before = (await wealth()) + (10n - served) * RATE; // what is not earned yet is still in the contract
        await s.challenges.connect(s.challenger).revealLeakedKey(s.terms, 0, leak, SALT);
        expect(before - (await wealth()), `t = ${served}`).to.equal(nkms(cost));
      }
    });

    it("right after creation burns c and the fee below the floor, and pays an owner nothing", async () => {
      const s = await loadFixture(challengeScene);
      const leak = leakOf(s, 0);
      await commitTo(s, 0, await s.challenges.evidenceOfKey(leak.secret), { challenger: s.owner });
      const supply = await s.token.totalSupply();
      await expect(s.challenges.connect(s.owner).revealLeakedKey(s.terms, 0, leak, SALT)).to.changeTokenBalance(
        s.token,
        s.owner,
        0n,
      );
      expect(supply - (await s.token.totalSupply()), "c + rate t*").to.equal(COLLATERAL + 5n * RATE);
      expect(await s.policies.refundOf(s.payer), "rate (T - t*)").to.equal(5n * RATE);
    });
  });

  describe("by replay", () => {
    it("can't carry a receipt or a commitment to another chain", async () => {
      const s = await loadFixture(challengeScene);
      const domain = await domainOf(s.policies);
      const { operator } = staffAt(s, 0);
      const cfrag = new Uint8Array(3);
      const capsule = s.grant.capsule.toBytesSimple();
      const message = {
        policy: s.policy,
        index: 0n,
        capsuleHash: ethers.keccak256(capsule),
        cfragHash: ethers.keccak256(cfrag),
      };
      // On another chain the same contracts stand at the same addresses, and the node has signed garbage there.
      const receipt = await operator.signTypedData({ ...domain, chainId: 1n }, receiptTypes, message);
      const answer = { capsule: ethers.hexlify(capsule), cfrag: ethers.hexlify(cfrag), receipt };
      const framed = { index: 0, answer, fault: Fault.Length, hint: NO_HINT, capsuleY: capsuleY(s) };
      await commitEvidence(s, framed);
      await expectNotSigned(s, reveal(s, framed));

      const good = { ...framed, answer: await answerOf(s, 0, cfrag) };
      const parts = [
        await s.challenges.getAddress(),
        s.challenger.address,
        s.policy,
        0,
        await evidenceHash(s, good),
        SALT,
      ];
      const types = ["uint256", "address", "address", "bytes32", "uint256", "bytes32", "bytes32"];
      const [there, here] = [1n, domain.chainId].map((chain) =>
        ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(types, [chain, ...parts])),
      );
      if (!there || !here) throw new Error("expected two commitments");
      await s.challenges.connect(s.challenger).commit(there, { value: BOND });
      await mine(MIN_AGE);
      await expect(reveal(s, good))
        .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerNoCommitment")
        .withArgs(s.challenger.address, here);
    });

    it("can't carry a receipt or a commitment to another network on the same chain", async () => {
      const one = await loadFixture(challengeScene);
      const network = await deployChallenges();
      const arrangements = one.terms.arrangements;
      const terms: TermsStruct = { ...termsFor(network, network.miners.slice(0, 3)), arrangements };
      const policy = await createPolicy(network, terms, network.miners.slice(0, 3));
      const two: ChallengeScene = { ...one, ...network, terms, policy };
      expect(two.staff[0]?.operator.address, "the same miners with the same keys").to.equal(
        network.miners[0]?.operator.address,
      );
      expect({ ...terms, salt: one.terms.salt }).to.deep.equal(one.terms);

      const wrong = await wrongAnswer(one);
      const hash = await commitEvidence(one, wrong);
      await two.challenges.connect(two.challenger).commit(hash, { value: BOND });
      await mine(MIN_AGE);
      await expectNotSigned(two, reveal(two, wrong));
      // Nor if the node signs garbage there too: the commitment is the other one's.
      const again = await wrongAnswer(two);
      await expectNoCommitment(two, reveal(two, again), two.challenger, await commitmentOf(two, again, two.challenger));
      await expectVerdict(one, wrong);
    });

    it("can't carry a policy's evidence to a policy with the same fragments, nodes and terms", async () => {
      const s = await loadFixture(challengeScene);
      const terms = { ...s.terms, salt: ethers.id("the same again") };
      const policy = await createPolicy(s, terms, s.staff);
      const twin: ChallengeScene = { ...s, terms, policy };
      const wrong = await wrongAnswer(s);
      await commitEvidence(twin, wrong);
      await expectNotSigned(twin, reveal(twin, wrong));
    });
  });

  describe("by who orders transactions", () => {
    const moves: Record<string, (s: ChallengeScene, gasPrice: bigint) => Promise<unknown>> = {
      "a claim": (s, gasPrice) => s.policies.connect(staffAt(s, 0).account).claimFees({ gasPrice, gasLimit: 500_000n }),
      "a revocation": (s, gasPrice) =>
        s.policies.connect(s.owner).revoke(s.terms, 0n, { gasPrice, gasLimit: 500_000n }),
      "a resignation": (s, gasPrice) =>
        s.policies.connect(staffAt(s, 0).account).resign(s.terms, 0n, { gasPrice, gasLimit: 900_000n }),
    };
    for (const [what, move] of Object.entries(moves)) {
      it(`gain nothing by putting ${what} before or behind a reveal`, async () => {
        const losses: bigint[] = [];
        for (const first of [true, false]) {
          const s = await loadFixture(challengeScene);
          await passPeriods(s.escrow, 3n);
          const { account } = staffAt(s, 0);
          const wrong = await wrongAnswer(s);
          await commitEvidence(s, wrong);
          const wealth = async (): Promise<bigint> =>
            (await s.token.balanceOf(account)) +
            (await stakeOf(s, staffAt(s, 0))) +
            (await s.policies.claimableFees(account));
          const before = await wealth();
          await inOneBlock(async (price) => {
            if (first) await move(s, price());
            await reveal(s, wrong, { gasPrice: price() });
            if (!first) await move(s, price());
          });
          losses.push(before - (await wealth()));
          const bonus = first && what === "a resignation" ? RATE : 0n;
          expect(await dueTo(s), "the payer").to.equal(7n * RATE + bonus);
          expect(await s.token.balanceOf(s.challenger), "the hunter").to.equal(SHARE);
        }
        const penalty = what === "a resignation" ? RATE : 0n; // who resigns first pays that besides
        expect(losses).to.deep.equal([COLLATERAL + 3n * RATE + penalty, COLLATERAL + 3n * RATE]);
      });
    }

    it("can shift a verdict over the edge of a period: one fee more is burned and not refunded", async () => {
      const outcomes: bigint[][] = [];
      for (const late of [0n, 1n]) {
        const s = await loadFixture(challengeScene);
        await passPeriods(s.escrow, 3n);
        const wrong = await wrongAnswer(s);
        await commitEvidence(s, wrong);
        await passPeriods(s.escrow, late);
        await reveal(s, wrong);
        outcomes.push([
          await burnedByVerdicts(s),
          await s.policies.refundOf(s.payer),
          await s.token.balanceOf(s.challenger),
        ]);
      }
      expect(outcomes).to.deep.equal([
        [REST + 3n * RATE, 7n * RATE, SHARE],
        [REST + 4n * RATE, 6n * RATE, SHARE],
      ]);
    });

    it("let payer and challenger gain nothing together from the moment they choose", async () => {
      // What is earned is burned, whoever finds the fault and whenever: together they get the refund of a revocation
      // in that moment and the finder's share.
      for (const served of [0n, 1n, 4n, 9n, 10n]) {
        const s = await loadFixture(challengeScene);
        await passPeriods(s.escrow, served);
        const wrong = await wrongAnswer(s);
        await commitEvidence(s, wrong, { challenger: s.payer });
        const before = (await s.token.balanceOf(s.payer)) + (await s.policies.refundOf(s.payer));
        await reveal(s, wrong, { by: s.payer });
        const after = (await s.token.balanceOf(s.payer)) + (await s.policies.refundOf(s.payer));
        expect(after - before, `t = ${served}`).to.equal((10n - served) * RATE + SHARE);
      }
    });
  });

  describe("on bonds", () => {
    it("can't burn a bond that can still be revealed, or that was", async () => {
      const s = await loadFixture(challengeScene);
      const wrong = await wrongAnswer(s);
      const hash = await commitEvidence(s, wrong, { blocks: 0 });
      const { madeAt } = await s.challenges.commitmentOf(s.challenger, hash);
      const burn = () => s.challenges.connect(s.stranger).burnBond(s.challenger, hash);
      await mine(MAX_AGE - 2);
      await expect(burn())
        .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerOutsideAge")
        .withArgs(hash, madeAt + BigInt(MAX_AGE) - 1n, madeAt + BigInt(MAX_AGE) + 1n, ethers.MaxUint256);
      // In the last block a griefer goes first, and fails; the reveal behind it counts.
      await inOneBlock(async (price) => {
        await s.challenges.connect(s.stranger).burnBond(s.challenger, hash, { gasPrice: price(), gasLimit: 100_000n });
        await reveal(s, wrong, { gasPrice: price() });
      });
      expect((await s.challenges.commitmentOf(s.challenger, hash)).founded).to.equal(true);
      await mine(MAX_AGE);
      await expectNoCommitment(s, burn(), s.challenger, hash);
      await expect(s.challenges.connect(s.challenger).takeBond(hash)).to.changeEtherBalance(s.challenger, BOND);
    });

    it("can't take another's bond, nor one without a founded reveal", async () => {
      const s = await loadFixture(challengeScene);
      const wrong = await wrongAnswer(s);
      const hash = await commitEvidence(s, wrong);
      const takenByStranger = () => s.challenges.connect(s.stranger).takeBond(hash);
      await expectNoCommitment(s, takenByStranger(), s.stranger, hash);
      await expect(s.challenges.connect(s.challenger).takeBond(hash))
        .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerNotFounded")
        .withArgs(s.challenger.address, hash);
      await reveal(s, wrong);
      await expectNoCommitment(s, reveal(s, wrong), s.challenger, hash);
      await expectNoCommitment(s, takenByStranger(), s.stranger, hash);
      await expect(s.challenges.connect(s.challenger).commit(hash, { value: BOND }))
        .to.be.revertedWithCustomError(s.challenges, "ChallengeManagerCommitted")
        .withArgs(s.challenger.address, hash);
    });

    it("can't lock up others' bonds by leaving ether that nobody counted, or by a commitment each block", async () => {
      const s = await loadFixture(challengeScene);
      await setBalance(await s.challenges.getAddress(), ether("3"));
      const wrong = await wrongAnswer(s);
      for (let i = 0; i < 20; i++) {
        await s.challenges.connect(s.stranger).commit(ethers.toBeHex(i, 32), { value: BOND });
      }
      const hash = await commitEvidence(s, wrong);
      await reveal(s, wrong);
      await s.challenges.connect(s.challenger).takeBond(hash);
      await mine(MAX_AGE + 1);
      for (let i = 0; i < 20; i++) await s.challenges.burnBond(s.stranger, ethers.toBeHex(i, 32));
      expect(await ethers.provider.getBalance(s.challenges)).to.equal(ether("3"));
    });
  });

  it("leave no bytes that a node could sign for a good capsule without being provably wrong", async () => {
    const s = await loadFixture(challengeScene);
    const capsule = s.grant.capsule.toBytesSimple();
    const harness = await ethers.deployContract("UmbralProof__Harness");
    const { kfragHash } = await s.policies.standingOf(s.terms, 0n);
    const honest = honestCfrag(s, 0);
    const other = withParts(honest, { E2: partOf(honest, "V2"), V2: partOf(honest, "E2") });
    const texts = [honestCfrag(s, 1), other, withParts(honest, { z: toBytes32(P) })];
    for (let length = 0; length <= 400; length++) {
      texts.push(Uint8Array.from({ length }, (_, i) => (i * 31 + length * 17) % 256));
    }
    for (const cfrag of texts) {
      const [[name, hint] = [undefined, NO_HINT]] = faultsOf(capsule, cfrag, kfragHash);
      if (!name) throw new Error(`expected a fault in ${ethers.hexlify(cfrag)}`);
      const proof = harness.checkFault(capsule, cfrag, kfragHash, Fault[name], hint);
      await expect(proof, `${name} of ${ethers.hexlify(cfrag)}`).not.to.be.reverted;
    }
    expect(faultsOf(capsule, honest, kfragHash).size, "faults of the honest one").to.equal(0);
  });
});

const challengesOnly = () => deployChallenges();
