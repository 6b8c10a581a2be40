import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { testParameters } from "../helpers/network";
import { nextTransactionAt, toPeriod } from "../helpers/time";
import { healthShare, nextIssue, suppliedAfter } from "../models/issuance";
import { CATCH_UP, type SceneWithLock, TERM, aliceEarns, aliceJustLocked, reach, startOf, SCHEDULE } from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

const { healthPpm } = testParameters.escrow;

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
    it("sends one part in so many to them, rounded down, tells HealthBudgetDrawn and returns it", async () => {
      const all = budgetOf(0n);
      for (const parts of [1n, 2n, 3n, 7n, all - 1n, all]) {
        const scene = await loadFixture(firstBudgetThere);
        const { escrow, healthVote } = scene;
        expect(await escrow.healthBudget()).to.deep.equal([all, all]);
        expect(await healthVote.drawHealthBudget.staticCall(escrow, parts)).to.equal(all / parts);
        const moves = await moved(scene, async () =>
          expect(await eventsOf(escrow, healthVote.drawHealthBudget(escrow, parts))).to.deep.equal([
            ["HealthBudgetDrawn", all / parts],
          ]),
        );
        expect(moves).to.deep.equal({ healthVote: all / parts, escrow: -(all / parts) });
        expect(await escrow.healthBudget()).to.deep.equal([all, all - all / parts]);
      }
    });

    it("sends nothing for more parts than there are units", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote } = scene;
      for (const parts of [budgetOf(0n) + 1n, MaxUint256]) {
        expect(await moved(scene, () => healthVote.drawHealthBudget(escrow, parts))).to.deep.equal({});
      }
    });

    it("takes the part of the whole budget each time, whatever was drawn before", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote } = scene;
      const [all, part] = [budgetOf(0n), budgetOf(0n) / 7n];
      const moves = await moved(scene, async () => {
        for (let i = 0; i < 7; i++) await healthVote.drawHealthBudget(escrow, 7n);
      });
      expect(moves).to.deep.equal({ healthVote: 7n * part, escrow: -7n * part });
      expect(await escrow.healthBudget()).to.deep.equal([all, all - 7n * part]);
    });

    it("takes what is left if that is less", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote } = scene;
      const all = budgetOf(0n);
      await healthVote.drawHealthBudget(escrow, 3n);
      const moves = await moved(scene, () => healthVote.drawHealthBudget(escrow, 1n));
      expect(moves).to.deep.equal({ healthVote: all - all / 3n, escrow: all / 3n - all });
      expect(await escrow.healthBudget()).to.deep.equal([all, 0n]);
      expect(await moved(scene, () => healthVote.drawHealthBudget(escrow, 1n))).to.deep.equal({});
    });

    it("panics for no parts", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote } = scene;
      await unchanged(scene, () => expect(healthVote.drawHealthBudget(escrow, 0n)).to.be.revertedWithPanic(0x12));
    });
  });

  describe("when the clock turns", () => {
    it("pays from the last period's budget until the last second of this one", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote, now } = scene;
      const moves = await moved(scene, async () => {
        await nextTransactionAt(startOf(now + 1n) - 1n);
        await healthVote.drawHealthBudget(escrow, 1n);
      });
      expect(moves).to.deep.equal({ healthVote: budgetOf(0n), escrow: -budgetOf(0n) });
    });

    it("pays from this period's budget from the first second of the next", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote, now } = scene;
      expect(budgetOf(1n), "the schedule falls").to.be.lessThan(budgetOf(0n));
      await nextTransactionAt(startOf(now + 1n));
      const issue = nextIssue(SCHEDULE, suppliedAfter(SCHEDULE, 1n));
      const moves = await moved(scene, () => healthVote.drawHealthBudget(escrow, 1n));
      // The same transaction closes the period: it mints its issue and burns the budget that nobody drew.
      const kept = issue - budgetOf(0n);
      expect(moves).to.deep.equal({ healthVote: budgetOf(1n), escrow: kept - budgetOf(1n), supply: kept });
      expect(await escrow.healthBudget()).to.deep.equal([budgetOf(1n), 0n]);
    });

    it("sends nothing before any period has issued, and after one that issued nothing", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, healthVote, held, now } = scene;
      for (const period of [now, now + 1n, held.end + 1n]) {
        await reach(scene, period);
        const moves = await moved(scene, () => healthVote.drawHealthBudget(escrow, 1n));
        expect(moves, `in ${period - now}`).to.deep.equal({});
      }
    });
  });

  describe("when periods wait to be closed", () => {
    it("closes them and pays from the last one's budget", async () => {
      const scene = await loadFixture(aliceEarns);
      const { escrow, healthVote, now } = scene;
      await toPeriod(escrow, now + TERM);
      await healthVote.drawHealthBudget(escrow, 1n);
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
          .withArgs(now, now + CATCH_UP + 1n),
      );
    });
  });

  describe("when somebody else calls", () => {
    it("reverts with StakeEscrowOnlyNeighbour(caller, health votes) for a miner, a stranger and the deployer", async () => {
      const scene = await loadFixture(firstBudgetThere);
      const { escrow, healthVote, alice, stranger, distributor } = scene;
      for (const caller of [alice, stranger, distributor]) {
        await unchanged(scene, async () =>
          expect(escrow.connect(caller).drawHealthBudget(1n))
            .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
            .withArgs(caller.address, await healthVote.getAddress()),
        );
      }
    });
  });
});
