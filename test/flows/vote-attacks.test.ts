import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, toBeHex } from "ethers";

import { payWithOff, settingOf } from "../../scripts/economics/votes";
import { plain, tableIn } from "../../scripts/health/votesPage";
import { readDoc } from "../../scripts/reports/files";
import {
  ALL_SEATS,
  type Ballots,
  castAll,
  mix,
  nine,
  open,
  post,
  seatsOf,
  type SceneWithRound,
  sparse,
  toNextOpening,
  voterOf,
} from "../healthVote/fixtures";
import { targetNumbers } from "../models/health";

/**
 * Places in {@link nine}. LOOKS and OWNS have 32 seats each, an eighth of all. OWNS has another miner, at OFF; it looks at
 * nobody. All others look, and say what they saw.
 */
const [LOOKS, OWNS, OFF] = [2, 3, 8] as const;
const OTHERS = [0, 1, LOOKS, 4, 5, 6, 7] as const;

/** A round with the miner at OFF among its targets. */
interface RoundAbout extends SceneWithRound {
  /** Which target it is. */
  target: number;
  seed: string;
}

/** Posts a seed that has the miner at OFF among the targets, and opens the commit phase. */
async function aboutOff(round: SceneWithRound): Promise<RoundAbout> {
  const { numbers } = await round.votes.roundOf(round.round);
  const mixOf = BigInt(id(`mix of round ${round.round}`)) | 1n;
  let seed = id("seed 0");
  const at = (): number => targetNumbers(seed, toBeHex(mixOf, 32), numbers).indexOf(BigInt(OFF) + 1n);
  for (let i = 1; at() < 0; i++) seed = id(`seed ${i}`);
  const [poster] = await membersOf(round);
  await post(round, seed, poster);
  await mix(round, mixOf);
  return { ...round, target: at(), seed };
}

/** Whoever has a winning seat, but the miner at OFF. */
async function membersOf(round: SceneWithRound): Promise<number[]> {
  const members: number[] = [];
  for (const place of [...OTHERS, OWNS]) if ((await seatsOf(round, place)).length > 0) members.push(place);
  return members;
}

/** Plays a round to its end. Says what each voter got, by place. */
async function played(round: RoundAbout, ballots: Ballots): Promise<(place: number) => bigint> {
  const { votes, voters, stranger } = round;
  const unvested = () => Promise.all(voters.map(async ({ miner }) => (await votes.payOf(miner)).unvested));
  const before = await unvested();
  await castAll(round, ballots);
  await votes.connect(stranger).finalize(round.round, 100n);
  const after = await unvested();
  return (place) => (after[place] ?? 0n) - (before[place] ?? 0n);
}

/** All of these say the same. */
const allSay = (places: readonly number[], seed: string, against: readonly number[]): Ballots =>
  Object.fromEntries(places.map((place) => [place, { seed, against }]));

describe("Attacks on what votes earn", () => {
  it("by owning a miner that is off: who only names it gets what who looks gets, round after round, out of a whole budget", async () => {
    const scene = await loadFixture(nine);
    const { escrow, votes, stranger } = scene;
    const { miner, operator } = voterOf(scene, OFF);
    for (let i = 0; i < 3; i++) {
      const round = await aboutOff(await open(scene));
      const { target, seed, budget } = round;
      const got = await played(round, allSay([...OTHERS, OWNS], seed, [target]));
      expect(got(OWNS)).to.equal(got(LOOKS));
      expect(got(OWNS), "a quiet round pays an eighth of a quarter").to.be.at.least(budget / 8n);

      // It is paused, which costs a miner of s_min next to nothing, and comes back at once.
      await votes.connect(stranger).enforce(round.round, target, seed);
      expect((await escrow.minerOf(miner)).paused).to.equal(true);
      await escrow.connect(operator).resume(miner);
      await toNextOpening(scene);
    }
  });

  it("by owning miners that are off: in numbers, as docs/limits.md says", () => {
    const noise = { falseAlarm: 0.005, missed: 0.02 };
    const settings = [20, 100, 1_000].map((meanLife) => settingOf(100, meanLife, 2, 0.97, noise));
    const percent = (part: number): string => `${Math.round(100 * part)} %`;
    const rows = [0, 1, 2, 5, 10].map((off) => {
      const cells = settings.map((setting) => {
        const { owner, honest } = payWithOff(setting, off);
        return `${percent(owner / honest)} (${percent(honest)})`;
      });
      return `| ${off} | ${cells.join(" | ")} |`;
    });
    expect(plain(tableIn(readDoc("limits.md"), "off")).split("\n")).to.include.members(rows);
  });

  it("by owning a miner that is off when one has many seats: what quiet rounds saved goes to a round that one chooses", async () => {
    const scene = await loadFixture(sparse);
    const { votes } = scene;
    for (let i = 0; ; i++) {
      const opened = await open(scene, BigInt(id(`randomness ${i}`)));
      const [carry, seats] = [await votes.carry(), (await seatsOf(opened, OWNS)).length];
      const isOff = seats >= 7; // of 32 it has 4 on average
      const round = await aboutOff(opened);
      const got = await played(round, allSay(await membersOf(round), round.seed, isOff ? [round.target] : []));
      if (isOff) {
        expect(carry, "saved by quiet rounds").to.be.above(round.budget);
        expect(got(OWNS), "more than its eighth").to.be.above(((round.budget + carry) * 3n) / 16n);
        return;
      }
      await toNextOpening(scene);
    }
  });

  it("by answering some and not others: a miner that most can reach is never paused, and who couldn't gets nothing", async () => {
    const scene = await loadFixture(nine);
    const { votes, stranger } = scene;
    // 44 % of all seats, by accounts or addresses that the miner doesn't answer.
    const refused = [0, 1] as const;
    for (let i = 0; i < 3; i++) {
      const round = await aboutOff(await open(scene));
      const { target, seed, budget } = round;
      const answered = OTHERS.filter((place) => !refused.includes(place as 0));
      const got = await played(round, {
        ...allSay(refused, seed, [target]),
        ...allSay([...answered, OWNS], seed, []),
      });
      await expect(votes.connect(stranger).enforce(round.round, target, seed))
        .to.be.revertedWithCustomError(votes, "HealthVoteNotUnhealthy")
        .withArgs(round.round, target);
      expect(refused.map(got), "they told the truth").to.deep.equal([0n, 0n]);
      expect(got(LOOKS), "and so did it").to.equal(((budget / 4n) * 32n) / ALL_SEATS);
      await toNextOpening(scene);
    }
  });
});
