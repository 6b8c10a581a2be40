import { drawWithSeed, GRAIN, type Lock, type SamplerState, SATURATED, type Seat, TIERS } from "@nkms/protocol";
import { dataSlice, getAddress, id } from "ethers";

import { local } from "../../deploy/parameters/local";
import { weightsOf } from "../../test/models/sampling";
import { chiSquare, smallestSkew } from "../../test/sampling/chiSquare";
import type { Report } from "./files";
import type { Picture } from "./picture";

/**
 * Are miners drawn by their stake? Drawn off chain, with the words of the contract: so these are the draws of the
 * escrow's view, seed by seed, in a network like the one made up here.
 */

export const DRAWS = 100_000;
/** What is wrongly rejected, of exact samplers. */
const FALSE_ALARM = 0.001;
/** How surely the skew is rejected that is said to be seen. */
const SEEN = 0.99;

const { minStake, shortestLock } = local.escrow;
const MINERS = 20;
/** Draws are for a period in which every third miner's second lock is over. */
export const NOW = 20_000n;
export const UNTIL = NOW + 2n * shortestLock;

/** A miner of the made-up network: what it has locked, and for how many periods from the next one on. */
export interface Holding {
  miner: string;
  locks: readonly { amount: bigint; periods: bigint }[];
}

/** The i-th has 50 s_min / i, at least s_min; every third as much again in a lock that is over before {@link UNTIL}. */
export const HOLDINGS: readonly Holding[] = Array.from({ length: MINERS }, (_, i) => {
  const amount = (50n * minStake) / BigInt(i + 1);
  const long = { amount, periods: 4n * shortestLock };
  const locks = i % 3 === 2 ? [long, { amount, periods: shortestLock }] : [long];
  return { miner: getAddress(dataSlice(id(`miner ${i + 1}`), 0, 20)), locks };
});

const locksOf = ({ locks }: Holding): Lock[] =>
  locks.map(({ amount, periods }) => ({ amount, start: NOW + 1n, end: NOW + 1n + periods, notice: 0n }));

/** The sampler as the contract keeps it: a miner sits in the tier of the logarithm of all that it has locked. */
export function stateOf(holdings: readonly Holding[]): SamplerState {
  const tiers = Array.from({ length: TIERS }, (): Seat[] => []);
  for (const holding of holdings) {
    const locks = locksOf(holding);
    const sum = locks.reduce((all, { amount }) => all + amount, 0n);
    const firstEnd = locks.reduce((least, { end }) => (end < least ? end : least), locks[0]?.end ?? 0n) - NOW;
    const seat = { miner: holding.miner, weight: sum / GRAIN, firstEnd, notice: SATURATED };
    tiers[Math.floor(Math.log2(Number(sum / minStake)))]?.push(seat);
  }
  const byMiner = new Map(holdings.map((holding) => [holding.miner, locksOf(holding)]));
  return { period: NOW, genesis: NOW, minStake, tiers, locksOf: (miner) => byMiner.get(miner) ?? [] };
}

/** Each miner's share of what is locked in {@link UNTIL}, by the model of test/models. */
export function sharesOf(holdings: readonly Holding[]): Map<string, number> {
  const stakers = holdings.map((holding) => ({
    miner: holding.miner,
    stakes: locksOf(holding).map(({ amount, start, end }) => ({ amount, first: start, last: end - 1n })),
  }));
  const weights = weightsOf(stakers, UNTIL, NOW, minStake);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0n);
  return new Map([...weights].map(([miner, weight]) => [miner, Number(weight) / Number(total)]));
}

/** How often each miner is the one that is drawn, with the seeds 1, 2, ... */
export async function countDraws(state: SamplerState, draws: number): Promise<Map<string, number>> {
  const counts = new Map(state.tiers.flat().map(({ miner }) => [miner, 0]));
  for (let seed = 1n; seed <= BigInt(draws); seed++) {
    const [miner = ""] = await drawWithSeed(state, { seed, wanted: 1n, until: UNTIL, maxTrials: 10_000n });
    counts.set(miner, (counts.get(miner) ?? 0) + 1);
  }
  return counts;
}

/** What was drawn, and what the chi-square test says about it. @param counts of {@link DRAWS} draws, by miner */
export function fairnessOf(counts: ReadonlyMap<string, number>): { picture: Picture; test: Report } {
  const shares = sharesOf(HOLDINGS);
  const { statistic, freedom, p } = chiSquare(counts, shares);
  const skew = smallestSkew(DRAWS, freedom, FALSE_ALARM, SEEN);
  const rows = [...shares].flatMap(([miner, share]) => {
    const error = (200 * Math.sqrt((1 - share) / (share * DRAWS)));
    const off = 100 * ((counts.get(miner) ?? 0) / (DRAWS * share) - 1);
    return [
      [100 * share, "drawn", off],
      [100 * share, "two standard errors above", error],
      [100 * share, "two standard errors below", -error],
    ];
  });
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return {
    picture: {
      name: "sampling-fairness",
      says: `100 000 draws by stake: chi-square ${statistic.toFixed(1)}, ${freedom} degrees of freedom, p = ${p.toFixed(2)}; a skew of ${percent(skew)} would show`,
      report: { columns: ["share of the stake [%]", "what", "more often than by stake [%]"], rows },
      x: "share of the stake [%]",
      y: "more often than by stake [%]",
      series: "what",
      mark: "line and points",
      logX: true,
    },
    test: {
      columns: ["draws", "chi-square", "degrees of freedom", "p", "false alarms", "skew seen [%]", "with probability"],
      rows: [[DRAWS, statistic, freedom, p, FALSE_ALARM, 100 * skew, SEEN]],
    },
  };
}
