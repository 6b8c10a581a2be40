import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { network } from "hardhat";

import type { Behaviour } from "../../scripts/health/behaviours";
import { ContractSystem } from "../../scripts/health/contracts";
import { detectionOf, falseAlarmsOf, foundWithin, payPerSeat, relapsesOf } from "../../scripts/health/measures";
import { hashedLottery, ModelSystem, quickLottery } from "../../scripts/health/model";
import { type History, play, type Story } from "../../scripts/health/run";
import { coalition, conventions, MIXED, storyOf } from "../../scripts/health/stories";

const DAY = 86_400;
const HOUR = 3_600;

const onFastModel = (story: Story): Promise<History> =>
  play(story, new ModelSystem(story, quickLottery(story.miners, story.parameters.escrow.minStake)));

/** All other behaviours earn less per seat than honest members. */
function expectHonestyPaysMost(history: History): void {
  const pays = payPerSeat(history);
  const honest = pays.get("honest") ?? 0;
  const others = [...pays].filter(([behaviour]) => behaviour !== "honest");
  expect(others).not.to.be.empty;
  for (const [behaviour, pay] of others) expect(pay, behaviour).to.be.below(honest);
}

describe("The health of a network over time", () => {
  describe("on the contracts, 20 miners for 4 periods", () => {
    let real: History;
    let model: History;

    before(async () => {
      const latest = await time.latest();
      const begins = (Math.floor(latest / DAY) + 4) * DAY;
      const failing = { begins, meanLife: 5 * DAY, meanRepair: 2 * DAY };
      const story = storyOf("short", 20, 4, MIXED, failing);
      try {
        real = await play(story, await ContractSystem.deploy(story));
      } finally {
        await network.provider.send("evm_setAutomine", [true]);
      }
      model = await play(story, new ModelSystem(story, hashedLottery));
    });

    it("pauses and pays whom the model does, in the same blocks and to the base unit", () => {
      expect(real.rounds).to.have.length(20);
      expect(real.rounds).to.deep.equal(model.rounds);
      expect(real.pauses).to.deep.equal(model.pauses);
      expect(real.finalPay).to.deep.equal(model.finalPay);
      expect(real.pay).to.deep.equal(model.pay);
    });

    it("finds failures and pauses nobody that works", () => {
      expect(detectionOf(real).found).to.be.above(1);
      expect(falseAlarmsOf(real)).to.equal(0);
    });

    it("pays honest members most", () => {
      const behaviours = new Set<Behaviour>(real.story.miners.map(({ behaviour }) => behaviour));
      expect(behaviours.size, [...behaviours].join()).to.equal(7);
      expectHonestyPaysMost(real);
    });
  });

  describe("by the fast model", () => {
    it("finds a failure in about a day at 100 and at 400 miners, and pays honest members most", async () => {
      for (const miners of [100, 400]) {
        const history = await onFastModel(storyOf(`${miners} for a test`, miners, 30, MIXED));
        const { mean, found, times } = detectionOf(history);
        // The mean of `found` waits of about a day: 4 standard errors, and what rounds without a majority add.
        expect(mean / HOUR).to.be.within(23.4 - (4 * 24) / Math.sqrt(found), 25 + (4 * 24) / Math.sqrt(found));
        expect(times[0]).to.be.above(20 * 60); // from the check to the pause
        expect(foundWithin(detectionOf(history), 5 * DAY)).to.be.above(0.97);
        expect(falseAlarmsOf(history)).to.equal(0);
        expectHonestyPaysMost(history);
      }
    });

    it("lets a quarter of the stake pause nobody, and more than a half whom it likes", async () => {
      const small = await onFastModel(storyOf("a quarter", 100, 30, coalition(25)));
      expect(falseAlarmsOf(small)).to.equal(0);
      const large = await onFastModel(storyOf("six tenths", 100, 10, coalition(60)));
      expect(falseAlarmsOf(large)).to.be.above(100);
    });

    it("pays who calls paused targets healthy most while most do, and who names them when most do that", async () => {
      const payOf = async (percent: number): Promise<number[]> => {
        const history = await onFastModel(storyOf(`${percent} % name the paused`, 100, 60, conventions(percent)));
        const pays = payPerSeat(history);
        return (["honest", "stubborn", "chain"] as const).map((behaviour) => pays.get(behaviour) ?? 0);
      };
      const [kept = 0, named = 0, repeated = 0] = await payOf(10);
      expect(named / kept).to.be.within(0.7, 0.95);
      expect(repeated / kept).to.be.below(0.15);
      const [few = 0, most = 0, idle = 0] = await payOf(80);
      expect(few / most).to.be.below(0.7);
      expect(idle / most).to.be.above(0.5);
    });

    it("finds in about a day who has resumed without being up, as any other", async () => {
      const history = await onFastModel(storyOf("resumed too early", 100, 60, { honest: 1 }, { hasty: true }));
      const { resumed, paused, repaired, mean } = relapsesOf(history);
      expect(paused).to.be.above(100);
      expect(resumed - paused - repaired, "at the end").to.be.within(0, 10);
      // 23.1 h as by the rounds' pace; 4 standard errors of as many waits.
      expect(mean / HOUR).to.be.within(23.1 - (4 * 24) / Math.sqrt(paused), 23.1 + (4 * 24) / Math.sqrt(paused));
    });

    it("draws as the chain does: as many pauses and as much pay, on average", async () => {
      const story = storyOf("both lotteries", 16, 12, { honest: 1 });
      const [hashed, quick] = [await play(story, new ModelSystem(story, hashedLottery)), await onFastModel(story)];
      const total = ({ finalPay }: History): number => finalPay.reduce((sum, pay) => sum + Number(pay), 0);
      expect(total(quick) / total(hashed)).to.be.within(0.8, 1.25);
      expect(quick.pauses.length / hashed.pauses.length).to.be.within(0.5, 2);
    });
  });
});
