import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, TypedDataEncoder, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { bondVoter, commitmentTo, type Signed, signCommitment, toBlockOf, type Voter } from "../helpers/health";
import { passPeriods } from "../helpers/time";
import {
  actingAs,
  commit,
  mix,
  mixed,
  nine,
  open,
  opened,
  post,
  reveal,
  revealOf,
  SALT,
  type SceneWithRound,
  SEATS,
  sign,
  toNextOpening,
  toReveals,
  voterOf,
} from "./fixtures";
import { eventsOf, expectRefusal, wrongPhase } from "./observe";

const ALL = [...SEATS.keys()];
/** The order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const PARITY = 1n << 255n;

const signAll = (scene: SceneWithRound, places: readonly number[]): Promise<Signed[]> =>
  Promise.all(places.map((place) => sign(scene, place, [0])));

const sendAs = ({ votes, round, stranger }: SceneWithRound, commitments: readonly Signed[]) =>
  votes.connect(stranger).commitFor(round, [...commitments]);

/** What a transaction tells in which these voters commit. */
const committed = (scene: SceneWithRound, places: readonly number[]) =>
  places.map((place) => ["Committed", scene.round, voterOf(scene, place).miner]);

/** Asserts that a commitment is left out: alone it is refused, beside a good one only that counts. */
async function leftOut(scene: SceneWithRound, signed: Signed): Promise<void> {
  await expectRefusal(scene, () => sendAs(scene, [signed]), "HealthVoteNothingCounts", [scene.round]);
  const copy: unknown = await ethers.provider.send("evm_snapshot", []);
  const good = await sign(scene, 8, [0]);
  expect(await eventsOf(scene.votes, sendAs(scene, [signed, good, signed]))).to.deep.equal(committed(scene, [8]));
  await ethers.provider.send("evm_revert", [copy]);
}

describe("HealthVote.commitFor", () => {
  describe("when operators have signed", () => {
    it("commits for each, whoever sends it, as if each had sent its own", async () => {
      const scene = await loadFixture(mixed);
      const { votes } = scene;
      const told = await eventsOf(votes, sendAs(scene, await signAll(scene, [3, 0, 7])));
      expect(told).to.deep.equal(committed(scene, [3, 0, 7]));
      for (const place of [3, 0, 7]) {
        const again = () => commit(scene, place, [0]);
        await expectRefusal(scene, again, "HealthVoteCommitted", [scene.round, voterOf(scene, place).miner]);
      }
      await commit(scene, 1, [0]);
    });

    it("opens like any other commitment", async () => {
      const scene = await loadFixture(mixed);
      await sendAs(scene, await signAll(scene, ALL));
      await toReveals(scene);
      const other = () => reveal(scene, 0, [1]);
      await expectRefusal(scene, other, "HealthVoteOtherBallot", [scene.round, voterOf(scene, 0).miner]);
      const shown = await Promise.all(ALL.map((place) => revealOf(scene, place, [0])));
      await scene.votes.connect(scene.stranger).reveal(scene.round, shown);
      expect((await scene.votes.roundOf(scene.round)).revealed).to.equal(256n);
    });

    it("works in the first block after the opening of the phase and in the last", async () => {
      for (const before of [0n, 159n]) {
        const scene = await loadFixture(mixed);
        const signed = await signAll(scene, [0]);
        await toBlockOf(scene.votes, scene.round, before);
        await sendAs(scene, signed);
      }
    });

    it("asks for nothing but the signature: not for seats, nor for stake", async () => {
      const base = await loadFixture(nine);
      const poor: Voter = {
        miner: ethers.getAddress(toBeHex(0xdead, 20)),
        operator: new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider),
      };
      await bondVoter(base.registry, poor);
      await passPeriods(base.escrow, 1n);
      const scene = { ...(await open(base)), voters: [...base.voters, poor] };
      await mix(scene);
      const signed = await signCommitment(scene.votes, scene.round, poor, SALT);
      expect(await eventsOf(scene.votes, sendAs(scene, [signed]))).to.deep.equal(committed(scene, [9]));
    });
  });

  describe("when one is not to be taken", () => {
    it("leaves out who has committed before: one's own commit ahead of a joint one harms nobody", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round } = scene;
      const signed = await signAll(scene, [0, 1, 2]);
      await commit(scene, 1, [1], { salt: id("another") });
      expect(await eventsOf(votes, sendAs(scene, signed))).to.deep.equal(committed(scene, [0, 2]));
      await toReveals(scene);
      await expectRefusal(scene, () => reveal(scene, 1, [0]), "HealthVoteOtherBallot", [
        round,
        voterOf(scene, 1).miner,
      ]);
      await reveal(scene, 1, [1], { salt: id("another") });
    });

    it("takes the first of several of one voter", async () => {
      const scene = await loadFixture(mixed);
      const [first, second] = [await sign(scene, 0, [0]), await sign(scene, 0, [1])];
      const told = await eventsOf(scene.votes, sendAs(scene, [first, second, first]));
      expect(told).to.deep.equal(committed(scene, [0]));
      await toReveals(scene);
      await reveal(scene, 0, [0]);
    });

    it("leaves out another signer's: a stranger's, another operator's, the miner's own", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round } = scene;
      const { miner } = voterOf(scene, 0);
      // A miner whose key is known, and its operator is another.
      const own = new ethers.Wallet(toBeHex(0xfeed, 32), ethers.provider);
      const bonded = { miner: own.address, operator: new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider) };
      await bondVoter(scene.registry, bonded);
      await passPeriods(scene.escrow, 1n);
      for (const voter of [
        { miner, operator: new ethers.Wallet(toBeHex(0xbad, 32)) },
        { miner, operator: voterOf(scene, 1).operator },
        { miner: own.address, operator: own },
      ]) {
        await leftOut(scene, await signCommitment(votes, round, voter, SALT));
      }
      await sendAs(scene, [await signCommitment(votes, round, bonded, SALT)]);
    });

    it("leaves out what was signed for another round, voter or commitment, and for another contract, chain or domain", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, escrow, registry, health } = scene;
      const voter = voterOf(scene, 0);
      const elsewhere = await ethers.deployContract("HealthVote", [escrow, registry, health]);
      const commitment = await commitmentTo(votes, round, await revealOf(scene, 0, [0]));
      for (const round_ of [0n, round - 1n, round + 1n, round + BigInt(health.ring)]) {
        await leftOut(scene, await signCommitment(votes, round_, voter, commitment));
      }
      await leftOut(scene, { ...(await sign(scene, 1, [0])), voter: voter.miner });
      await leftOut(scene, { ...(await sign(scene, 0, [0])), commitment: ZeroHash });
      await leftOut(scene, await signCommitment(elsewhere, round, voter, commitment));
      for (const domain of [{ chainId: 1n }, { name: "NKMS MinerRegistry" }, { name: "" }, { version: "2" }]) {
        await leftOut(scene, await signCommitment(votes, round, voter, commitment, domain));
      }
      await sendAs(scene, await signAll(scene, [0]));
    });

    it("leaves out what is no signature: zeros, another r or s, another parity", async () => {
      const scene = await loadFixture(mixed);
      const signed = await sign(scene, 0, [0]);
      const flipped = toBeHex(BigInt(signed.vs) ^ PARITY, 32);
      for (const [r, vs] of [
        [ZeroHash, ZeroHash],
        [ZeroHash, signed.vs],
        [signed.r, ZeroHash],
        [signed.r, toBeHex(PARITY, 32)],
        [toBeHex(BigInt(signed.r) ^ 1n, 32), signed.vs],
        [signed.r, toBeHex(BigInt(signed.vs) ^ 1n, 32)],
        [signed.r, flipped],
        [toBeHex(ORDER, 32), signed.vs],
        [ethers.MaxUint256, ethers.MaxUint256].map((word) => toBeHex(word, 32)),
      ] as [string, string][]) {
        await leftOut(scene, { ...signed, r, vs });
      }
    });

    it("leaves out what an operator signed that was unbonded since, or does not count yet", async () => {
      const scene = await loadFixture(mixed);
      const { registry, votes, round, escrow } = scene;
      const { miner } = voterOf(scene, 0);
      const before = await sign(scene, 0, [0]);
      await registry.connect(await actingAs(miner)).unbondOperator();
      await leftOut(scene, before);
      const next = { miner, operator: new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider) };
      await bondVoter(registry, next);
      const after = await signCommitment(votes, round, next, SALT);
      await leftOut(scene, before);
      await leftOut(scene, after);
      await passPeriods(escrow, 1n); // time is faster than blocks
      await leftOut(scene, before);
      expect(await eventsOf(votes, sendAs(scene, [after]))).to.deep.equal(committed(scene, [0]));
    });

    it("leaves out who never had an operator, though nobody's signature recovers to zero too", async () => {
      const scene = await loadFixture(mixed);
      for (const voter of [scene.stranger.address, ZeroAddress, await scene.votes.getAddress()]) {
        await leftOut(scene, { voter, commitment: SALT, r: ZeroHash, vs: ZeroHash });
      }
    });
  });

  describe("when a signature has a second form", () => {
    it("has none that EIP-2098 can write: the other s is above 2^255", async () => {
      const scene = await loadFixture(mixed);
      const signed = await sign(scene, 0, [0]);
      const [s, parity] = [BigInt(signed.vs) & (PARITY - 1n), BigInt(signed.vs) & PARITY];
      const other = ORDER - s;
      expect(other >= PARITY, "s' takes the bit of the parity").to.equal(true);
      await leftOut(scene, { ...signed, vs: toBeHex(other, 32) });
      await leftOut(scene, { ...signed, vs: toBeHex((parity ^ PARITY) | (other - PARITY), 32) });
    });
  });

  describe("when none counts", () => {
    it("reverts with HealthVoteNothingCounts(round)", async () => {
      const scene = await loadFixture(mixed);
      const signed = await signAll(scene, [0, 1]);
      await expectRefusal(scene, () => sendAs(scene, []), "HealthVoteNothingCounts", [scene.round]);
      await commit(scene, 0, [0]);
      await commit(scene, 1, [0]);
      await expectRefusal(scene, () => sendAs(scene, signed), "HealthVoteNothingCounts", [scene.round]);
    });
  });

  describe("when it is sent again", () => {
    it("is worth nothing, in this round and in the next", async () => {
      const scene = await loadFixture(mixed);
      const signed = await signAll(scene, [0, 1]);
      await sendAs(scene, signed);
      await expectRefusal(scene, () => sendAs(scene, signed), "HealthVoteNothingCounts", [scene.round]);
      await toNextOpening(scene);
      const next = await open(scene);
      await post(next);
      await mix(next);
      await expectRefusal(next, () => sendAs(next, signed), "HealthVoteNothingCounts", [next.round]);
      await commit(next, 0, [0]);
    });
  });

  describe("when it is another phase", () => {
    it("reverts with HealthVoteWrongPhase(round, current, from, to)", async () => {
      const early = await loadFixture(opened);
      const before = await signAll(early, [0]);
      await toBlockOf(early.votes, early.round, 59n);
      await wrongPhase(early, () => sendAs(early, before), 61n, 160n);
      const late = await loadFixture(mixed);
      const signed = await signAll(late, [0]);
      await toBlockOf(late.votes, late.round, 160n);
      await wrongPhase(late, () => sendAs(late, signed), 61n, 160n);
    });

    it("reverts with HealthVoteNotMixed(round) until somebody has opened it", async () => {
      const scene = await loadFixture(opened);
      const signed = await signAll(scene, [0]);
      await toBlockOf(scene.votes, scene.round, 60n);
      await expectRefusal(scene, () => sendAs(scene, signed), "HealthVoteNotMixed", [scene.round]);
      await mix(scene);
      await sendAs(scene, signed);
    });
  });

  describe("when it names no round", () => {
    it("reverts with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(mixed);
      const signed = await signAll(scene, [0]);
      for (const round of [0n, 2n, ethers.MaxUint256]) {
        await expectRefusal(scene, () => sendAs({ ...scene, round }, signed), "HealthVoteUnknownRound", [round]);
      }
    });
  });

  describe("what is signed", () => {
    it("is typed data of the domain that the contract shows", async () => {
      const { votes } = await loadFixture(mixed);
      const { chainId } = await ethers.provider.getNetwork();
      const verifyingContract = await votes.getAddress();
      expect(await votes.DOMAIN_SEPARATOR()).to.equal(
        TypedDataEncoder.hashDomain({ name: "NKMS HealthVote", version: "1", chainId, verifyingContract }),
      );
      expect(await votes.COMMITMENT_TYPEHASH()).to.equal(
        id("BallotCommitment(uint256 round,address voter,bytes32 commitment)"),
      );
    });
  });
});
