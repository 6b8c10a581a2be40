import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { toBeHex, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { bondVoter, toBlockOf } from "../helpers/health";
import { passPeriods } from "../helpers/time";
import {
  actingAs,
  mix,
  mixed,
  nine,
  open,
  opened,
  type SceneWithRound,
  SALT,
  toNextOpening,
  voterOf,
} from "./fixtures";
import { eventsOf, expectRefusal, wrongPhase } from "./observe";

const commitAs = ({ votes, round, ...scene }: SceneWithRound, place: number, commitment = SALT) => {
  const { miner, operator } = voterOf({ votes, ...scene }, place);
  return votes.connect(operator).commit(round, miner, commitment);
};

describe("HealthVote.commit", () => {
  describe("when an operator commits in the phase", () => {
    it("tells who did, and nothing else", async () => {
      const scene = await loadFixture(mixed);
      const told = await eventsOf(scene.votes, commitAs(scene, 2));
      expect(told).to.deep.equal([["Committed", scene.round, voterOf(scene, 2).miner]]);
    });

    it("does not ask for seats: a stranger's commitment harms nobody", async () => {
      const scene = await loadFixture(nine);
      const miner = ethers.getAddress(toBeHex(0xdead, 20));
      const operator = new ethers.Wallet(toBeHex(0xabc, 32), ethers.provider);
      await bondVoter(scene.registry, { miner, operator });
      await passPeriods(scene.escrow, 1n);
      const { votes, round, ...rest } = await open(scene);
      await mix({ votes, round, ...rest });
      await votes.connect(operator).commit(round, miner, SALT);
      expect((await votes.roundOf(round)).votes).to.equal(0n);
    });

    it("works in the last block of the phase; later it reverts with HealthVoteWrongPhase(round, current, from, to)", async () => {
      const scene = await loadFixture(mixed);
      await toBlockOf(scene.votes, scene.round, 159n);
      await commitAs(scene, 0);
      await wrongPhase(scene, () => commitAs(scene, 1), 61n, 160n);
    });

    it("may be to anything, also to zero", async () => {
      const scene = await loadFixture(mixed);
      await commitAs(scene, 0, ethers.ZeroHash);
      await expectRefusal(scene, () => commitAs(scene, 0), "HealthVoteCommitted", [
        scene.round,
        voterOf(scene, 0).miner,
      ]);
    });
  });

  describe("when the phase has not begun", () => {
    it("reverts with HealthVoteWrongPhase(round, current, from, to) in the last block before", async () => {
      const scene = await loadFixture(opened);
      await toBlockOf(scene.votes, scene.round, 59n);
      await wrongPhase(scene, () => commitAs(scene, 0), 61n, 160n);
    });

    it("reverts with HealthVoteNotMixed(round) until somebody has opened it", async () => {
      const scene = await loadFixture(opened);
      await toBlockOf(scene.votes, scene.round, 60n);
      await expectRefusal(scene, () => commitAs(scene, 0), "HealthVoteNotMixed", [scene.round]);
      await mix(scene);
      await commitAs(scene, 0);
    });
  });

  describe("when the voter has committed", () => {
    it("reverts with HealthVoteCommitted(round, voter), whatever the commitment", async () => {
      const scene = await loadFixture(mixed);
      await commitAs(scene, 0);
      for (const commitment of [SALT, toBeHex(1, 32)]) {
        await expectRefusal(scene, () => commitAs(scene, 0, commitment), "HealthVoteCommitted", [
          scene.round,
          voterOf(scene, 0).miner,
        ]);
      }
    });

    it("lets it commit in another round", async () => {
      const scene = await loadFixture(mixed);
      await commitAs(scene, 0);
      await toNextOpening(scene);
      const next = await open(scene);
      await mix(next);
      await commitAs(next, 0);
    });
  });

  describe("when somebody else sends it", () => {
    it("reverts with HealthVoteNotOperator(caller, voter, operator)", async () => {
      const scene = await loadFixture(mixed);
      const { votes, round, stranger } = scene;
      const { miner, operator } = voterOf(scene, 0);
      for (const caller of [stranger, voterOf(scene, 1).operator, await actingAs(miner)]) {
        await expectRefusal(scene, () => votes.connect(caller).commit(round, miner, SALT), "HealthVoteNotOperator", [
          caller.address,
          miner,
          operator.address,
        ]);
      }
    });

    it("reverts so, with zero, for a miner that unbonded its operator", async () => {
      const scene = await loadFixture(mixed);
      const { registry } = scene;
      const { miner, operator } = voterOf(scene, 0);
      await registry.connect(await actingAs(miner)).unbondOperator();
      await expectRefusal(scene, () => commitAs(scene, 0), "HealthVoteNotOperator", [
        operator.address,
        miner,
        ZeroAddress,
      ]);
    });
  });

  describe("when it names no round", () => {
    it("reverts with HealthVoteUnknownRound(round)", async () => {
      const scene = await loadFixture(mixed);
      await expectRefusal(scene, () => commitAs({ ...scene, round: 2n }, 0), "HealthVoteUnknownRound", [2n]);
    });
  });
});
