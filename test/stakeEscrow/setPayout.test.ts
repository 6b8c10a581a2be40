import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { STAKE, type SceneWithLock, VESTING, aliceEarns, modelOf, pauseNow, reach } from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** {@link aliceEarns}, one period of rewards has vested, and alice's rewards go to her treasury. */
async function treasuryNamed(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  const now = scene.now + 1n + VESTING;
  await reach(scene, now, scene.economy);
  await scene.escrow.connect(scene.alice).setPayout(scene.treasury);
  scene.economy.setPayout("alice", "treasury");
  return { ...scene, now };
}

describe("StakeEscrow.setPayout", () => {
  describe("when a miner names an account", () => {
    it("tells PayoutSet and moves nothing", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, alice, treasury } = scene;
      expect(await escrow.payoutOf(alice)).to.equal(alice.address);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).setPayout(treasury))).to.deep.equal([
          ["PayoutSet", alice.address, treasury.address],
        ]),
      );
      expect(moves).to.deep.equal({});
      expect(await escrow.payoutOf(alice)).to.equal(treasury.address);
    });

    it("sends what is claimed there", async () => {
      const scene = await loadFixture(treasuryNamed);
      const { escrow, alice, treasury } = scene;
      const reward = modelOf(scene).claimable("alice");
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, escrow.connect(alice).claim())).to.deep.equal([
          ["RewardPaid", alice.address, treasury.address, reward],
        ]),
      );
      expect(reward).to.be.greaterThan(0n);
      expect(moves).to.deep.equal({ treasury: reward, escrow: -reward });
    });

    it("sends the reward of a withdrawal there and the stake to the miner", async () => {
      const scene = await loadFixture(treasuryNamed);
      const { escrow, alice, held } = scene;
      const model = modelOf(scene);
      await reach(scene, held.end + VESTING, model);
      const reward = model.withdraw("alice", STAKE);
      const moves = await moved(scene, () => escrow.connect(alice).withdraw(STAKE));
      expect(moves).to.deep.equal({ alice: STAKE, treasury: reward, escrow: -STAKE - reward });
    });

    it("sends the reward that a pause pays there", async () => {
      const scene = await loadFixture(treasuryNamed);
      const { paid, forfeited } = modelOf(scene).pause("alice");
      const moves = await moved(scene, () => pauseNow(scene, scene.alice));
      expect(moves).to.deep.equal({ treasury: paid, escrow: -paid - forfeited, supply: -forfeited });
    });

    it("compounds into the miner's own stake all the same", async () => {
      const scene = await loadFixture(treasuryNamed);
      const { escrow, alice, held, now } = scene;
      const reward = modelOf(scene).claimable("alice");
      const moves = await moved(scene, () => escrow.connect(alice).compound(held.number, held.end));
      expect(moves).to.deep.equal({});
      expect(await escrow.lockedIn(alice, now + 1n)).to.equal(STAKE + reward);
    });

    it("concerns nobody else", async () => {
      const { escrow, bob, treasury } = await loadFixture(treasuryNamed);
      expect(await escrow.payoutOf(bob)).to.equal(bob.address);
      expect(await escrow.payoutOf(treasury)).to.equal(treasury.address);
    });
  });

  describe("when a miner names the zero address", () => {
    it("sends rewards to the miner again", async () => {
      const scene = await loadFixture(treasuryNamed);
      const { escrow, alice } = scene;
      expect(await eventsOf(escrow, escrow.connect(alice).setPayout(ZeroAddress))).to.deep.equal([
        ["PayoutSet", alice.address, ZeroAddress],
      ]);
      expect(await escrow.payoutOf(alice)).to.equal(alice.address);
      const reward = modelOf(scene).claimable("alice");
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ alice: reward, escrow: -reward });
    });
  });

  describe("when a miner names another account again", () => {
    it("sends what vested before to the new one", async () => {
      const scene = await loadFixture(treasuryNamed);
      const { escrow, alice, bob } = scene;
      await escrow.connect(alice).setPayout(bob);
      const reward = modelOf(scene).claimable("alice");
      const moves = await moved(scene, () => escrow.connect(alice).claim());
      expect(moves).to.deep.equal({ bob: reward, escrow: -reward });
    });
  });

  describe("when a miner names the escrow", () => {
    it("reverts with StakeEscrowPayoutIsEscrow()", async () => {
      const scene = await loadFixture(treasuryNamed);
      const { escrow, alice } = scene;
      await unchanged(scene, () =>
        expect(escrow.connect(alice).setPayout(escrow))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowPayoutIsEscrow")
          .withArgs(),
      );
    });
  });
});
