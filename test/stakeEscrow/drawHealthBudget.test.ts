import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { testParameters } from "../helpers/network";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import { healthShare, nextIssue, suppliedAfter } from "../models/issuance";
import { CATCH_UP, type SceneWithLock, TERM, aliceEarns, aliceJustLocked, reach, startOf } from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

const { firstIssue, healthPpm } = testParameters.escrow;
const SCHEDULE = { ...testParameters, firstIssue };

/** The health votes' share of the issue number `i`, counted from 0. */
const budgetOf = (i: bigint): bigint => healthShare(nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, i)), healthPpm);

/** The first period that issued has just closed: its budget is there. */
async function firstBudgetThere(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  const now = scene.now + 1n;
  await reach(scene, now);
  return { ...scene, now };
}

describe("StakeEscrow.drawHealthBudget", () => {
  describe("when the health votes call", () => {
    it("sends the amount to them and tells HealthBudgetDrawn", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote } = scene;
      const amount = 123_456n;
      expect(await escrow.healthBudget()).to.deep.equal([budgetOf(0n), budgetOf(0n)]);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, healthVote.drawHealthBudget(escrow, amount))).to.deep.equal([
          ["HealthBudgetDrawn", amount],
        ]),
      );
      expect(moves).to.deep.equal({ healthVote: amount, escrow: -amount });
      expect(await escrow.healthBudget()).to.deep.equal([budgetOf(0n), budgetOf(0n) - amount]);
    });

    it("takes 0, 1, all but one unit, and all", async () => {
      for (const amount of [0n, 1n, budgetOf(0n) - 1n, budgetOf(0n)]) {
        const scene = await loadFixture(firstBudgetThere);
        const { escrow, healthVote } = scene;
        const moves = await moved(scene, () => healthVote.drawHealthBudget(escrow, amount));
        expect(moves).to.deep.equal(amount === 0n ? {} : { healthVote: amount, escrow: -amount });
        expect(await escrow.healthBudget()).to.deep.equal([budgetOf(0n), budgetOf(0n) - amount]);
      }
    });

    it("takes it in several parts", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote } = scene;
      const all = budgetOf(0n);
      const moves = await moved(scene, async () => {
        for (const part of [1n, all / 2n, all - all / 2n - 1n]) await healthVote.drawHealthBudget(escrow, part);
      });
      expect(moves).to.deep.equal({ healthVote: all, escrow: -all });
      expect(await escrow.healthBudget()).to.deep.equal([all, 0n]);
    });

    it("reverts with StakeEscrowAboveHealthBudget(amount, available) for one unit more", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote } = scene;
      await unchanged(scene, () =>
        expect(healthVote.drawHealthBudget(escrow, budgetOf(0n) + 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveHealthBudget")
          .withArgs(budgetOf(0n) + 1n, budgetOf(0n)),
      );
    });

    it("reverts with StakeEscrowAboveHealthBudget(amount, available) for one unit more than is left", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote } = scene;
      await healthVote.drawHealthBudget(escrow, budgetOf(0n) - 5n);
      await unchanged(scene, () =>
        expect(healthVote.drawHealthBudget(escrow, 6n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveHealthBudget")
          .withArgs(6n, 5n),
      );
      await healthVote.drawHealthBudget(escrow, 5n);
      await expect(healthVote.drawHealthBudget(escrow, 1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveHealthBudget")
        .withArgs(1n, 0n);
    });
  });

  describe("when the clock turns", () => {
    it("pays from the last period's budget until the last second of this one", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote, now } = scene;
      const moves = await moved(scene, async () => {
        await nextTransactionAt(startOf(now + 1n) - 1n);
        await healthVote.drawHealthBudget(escrow, budgetOf(0n));
      });
      expect(moves).to.deep.equal({ healthVote: budgetOf(0n), escrow: -budgetOf(0n) });
    });

    it("pays from this period's budget from the first second of the next", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote, now } = scene;
      expect(budgetOf(1n), "the schedule falls").to.be.lessThan(budgetOf(0n));
      await nextTransactionAt(startOf(now + 1n));
      await expect(healthVote.drawHealthBudget(escrow, budgetOf(0n)))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveHealthBudget")
        .withArgs(budgetOf(0n), budgetOf(1n));
      const issue = nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, 1n));
      const moves = await moved(scene, () => healthVote.drawHealthBudget(escrow, budgetOf(1n)));
      // The same transaction closes the period: it mints its issue and burns the budget that nobody drew.
      const kept = issue - budgetOf(0n);
      expect(moves).to.deep.equal({ healthVote: budgetOf(1n), escrow: kept - budgetOf(1n), supply: kept });
      expect(await escrow.healthBudget()).to.deep.equal([budgetOf(1n), 0n]);
    });

    it("reverts with StakeEscrowAboveHealthBudget(1, 0) before any period has issued, and after one that issued nothing", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, healthVote, held, now } = scene;
      for (const period of [now, now + 1n, held.end + 1n]) {
        await reach(scene, period);
        await unchanged(scene, () =>
          expect(healthVote.drawHealthBudget(escrow, 1n), `in ${period - now}`)
            .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveHealthBudget")
            .withArgs(1n, 0n),
        );
      }
    });
  });

  describe("when periods wait to be closed", () => {
    it("closes them and pays from the last one's budget", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, healthVote, now } = scene;
      await toPeriod(escrow, now + TERM);
      await healthVote.drawHealthBudget(escrow, budgetOf(TERM - 1n));
      expect(await escrow.openPeriod()).to.equal(now + TERM);
      expect(await escrow.healthBudget()).to.deep.equal([budgetOf(TERM - 1n), 0n]);
    });

    it("reverts with StakeEscrowBehind(open, period) if there are too many", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, healthVote, now } = scene;
      await toPeriod(escrow, now + CATCH_UP + 1n);
      await unchanged(scene, () =>
        expect(healthVote.drawHealthBudget(escrow, 1n))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowBehind")
          .withArgs(now + CATCH_UP, now + CATCH_UP + 1n),
      );
    });
  });

  describe("when somebody else calls", () => {
    it("reverts with StakeEscrowOnlyNeighbour(caller, health votes) for a miner, a stranger and the deployer", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote, alice, stranger, distributor } = scene;
      for (const caller of [alice, stranger, distributor]) {
        await unchanged(scene, async () =>
          expect(escrow.connect(caller).drawHealthBudget(0n))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
            .withArgs(caller.address, await healthVote.getAddress()),
        );
      }
    });
  });
});
