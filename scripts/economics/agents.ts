import { id } from "ethers";

import { Chance } from "../reports/chance";
import type { Behaviour } from "../health/behaviours";
import { binomial } from "../health/chances";
import { ContractSystem } from "../health/contracts";
import { falseAlarmsOf, payPerSeat } from "../health/measures";
import { play, type Story } from "../health/run";
import { coalition, type Mix, storyOf } from "../health/stories";
import { Chain, type Grant, type Node } from "./chain";
import { DEFAULTS, type Deal, feeOf } from "./defaults";
import { cheatingPays } from "./policies";
import { payOfRound, settingOf } from "./votes";

/** What an agent got on the contracts, and what the model says. */
export interface Finding {
  agent: string;
  periods: number;
  cases: number;
  real: number;
  model: number;
  /** By how much they may differ. */
  error: number;
}

/** Shorter than the example's, so that many fit into a simulation. */
const DEAL: Deal = { periods: 10, rate: 10, collateral: 100 };
const EACH = 4; // nodes of each kind
const EVERY = 2; // periods from a policy to the next
const STAKE = 100_000;

/* NODES THAT CHEAT */

interface Cheats {
  name: string;
  /** The chance that a period's wrong answers are checked and proven; 0: honest. */
  q: number;
  /** Proves its own wrong answer half-way, from an account of its own. */
  reportsItself: boolean;
  nodes: Node[];
  wealth: number;
  cases: number;
  /** NKMS that it must have got, case by case. */
  certain: number;
}

interface Served {
  kind: Cheats;
  grant: Grant;
  start: number;
  open: Set<number>;
}

const KINDS = [
  { name: "answers rightly", q: 0, reportsItself: false },
  { name: "answers wrongly; q = 1 %", q: 0.01, reportsItself: false },
  { name: "answers wrongly; q = 5 %", q: 0.05, reportsItself: false },
  { name: "answers wrongly; q = 20 %", q: 0.2, reportsItself: false },
  { name: "reports itself half-way", q: 0, reportsItself: true },
] as const;

/** Nodes of each kind serve policy after policy on the contracts, on a chain that has nothing on it. */
export async function playCheats(periods: number): Promise<Finding[]> {
  const chain = await Chain.deploy();
  const kinds: Cheats[] = [];
  for (const kind of KINDS) {
    const nodes = await chain.enlist(kind.name, EACH, STAKE);
    kinds.push({ ...kind, nodes, wealth: 0, cases: 0, certain: 0 });
  }
  await chain.pass(1n);
  const before = await wealthOf(chain, kinds);
  const chance = new Chance("cheats");
  const served: Served[] = [];
  for (let period = 0; period < periods; period++) {
    // The last policies end with the story.
    if (period % EVERY === 0 && period + DEAL.periods < periods) {
      for (const kind of kinds) {
        const grant = await chain.grant(DEAL, kind.nodes, `${kind.name} ${period}`);
        served.push({ kind, grant, start: period + 1, open: new Set(kind.nodes.keys()) });
        kind.cases += kind.nodes.length;
      }
    }
    await chain.pass(1n);
    for (const some of served) await check(chain, some, period + 1, chance);
  }
  await chain.pass(1n);
  const after = await wealthOf(chain, kinds);
  return kinds.map((kind, i) => findingOf(kind, periods, (after[i] ?? 0) - (before[i] ?? 0)));
}

/** Proves in this period what is found in it, t = 1 .. T. */
async function check(
  chain: Chain,
  { kind, grant, start, open }: Served,
  period: number,
  chance: Chance,
): Promise<void> {
  const t = period - start + 1;
  if (t < 1 || t > DEAL.periods) return;
  for (const index of open) {
    const found = kind.reportsItself ? t === DEAL.periods / 2 : chance.happens(kind.q);
    if (found) {
      const before = await chain.balanceOf(chain.hunter);
      await chain.convict(grant, index, chain.hunter);
      open.delete(index);
      // Who reports itself has the finder's share too.
      if (kind.reportsItself) kind.wealth += (await chain.balanceOf(chain.hunter)) - before;
      kind.certain -= DEAL.collateral * (kind.reportsItself ? 1 - DEFAULTS.finderShare : 1);
    } else if (t === DEAL.periods) {
      kind.certain += feeOf(DEAL);
    }
  }
}

async function wealthOf(chain: Chain, kinds: readonly Cheats[]): Promise<number[]> {
  const sums: number[] = [];
  for (const { nodes } of kinds) {
    let sum = 0;
    for (const { account } of nodes) sum += await chain.wealthOf(account);
    sums.push(sum);
  }
  return sums;
}

function findingOf(kind: Cheats, periods: number, gained: number): Finding {
  const got = gained + kind.wealth;
  if (Math.abs(got - kind.certain) > 1e-6) {
    throw new Error(`${kind.name}: expected ${kind.certain} NKMS by what was found when, got ${got}`);
  }
  const certain = kind.reportsItself || kind.q === 0;
  const undetected = (1 - kind.q) ** DEAL.periods;
  const spread = (feeOf(DEAL) + DEAL.collateral) * Math.sqrt(undetected * (1 - undetected)); // one of two outcomes
  return {
    agent: kind.name,
    periods,
    cases: kind.cases,
    real: got / kind.cases,
    model: kind.reportsItself ? -DEAL.collateral * (1 - DEFAULTS.finderShare) : cheatingPays(DEAL, kind.q, 0),
    error: certain ? 0 : (3 * spread) / Math.sqrt(kind.cases),
  };
}

/* VOTERS */

const MINERS = 16;
/** A voter that lies alone gets less than this part of an honest seat's pay. */
const NEXT_TO_NOTHING = 0.05;
/** By how much an honest seat's pay may differ: by who happens to be down, and because failures come in runs of rounds. */
const LUCK = 0.15;

/** Votes on the contracts; on a chain that has nothing on it. */
export async function playVotes(name: string, mix: Mix, periods: number): Promise<Finding[]> {
  const story = storyOf(name, MINERS, periods, mix);
  const history = await play(story, await ContractSystem.deploy(story));
  const pays = payPerSeat(history);
  const honest = pays.get("honest") ?? 0;
  const rounds = history.rounds.length;
  const model = honestPay(story);
  const found: Finding[] = [
    {
      agent: `${name}: honest; NKMS a seat and period`,
      periods,
      cases: rounds,
      real: honest / 1e18,
      model,
      error: LUCK * model,
    },
  ];
  for (const behaviour of ["liar", "colluder"] as const) {
    const pay = pays.get(behaviour);
    if (pay === undefined) continue;
    const share = shareOf(story, "colluder");
    // J is 0 on average; see votes.ts for what a coalition gets at most.
    const error = behaviour === "liar" ? NEXT_TO_NOTHING : share * (1 - share);
    const agent = `${name}: part of an honest seat's`;
    found.push({ agent, periods, cases: rounds, real: pay / honest, model: 0, error });
  }
  const paused = falseAlarmsOf(history);
  found.push({ agent: `${name}: healthy miners paused`, periods, cases: rounds, real: paused, model: 0, error: 0 });
  return found;
}

/** A behaviour's part of the stake. */
function shareOf({ miners }: Story, behaviour: Behaviour): number {
  const sum = (list: Story["miners"]): number => list.reduce((total, { stake }) => total + Number(stake) / 1e18, 0);
  return sum(miners.filter((miner) => miner.behaviour === behaviour)) / sum(miners);
}

/** NKMS a seat and period, in the mean over the story. Times are periods. */
function honestPay({ noise, periods, miners, ...story }: Story): number {
  const [life, repair, detection] = [story.meanLife / 86_400, story.meanRepair / 86_400, 1];
  const setting = settingOf(MINERS, life, repair, detection, noise);
  const { sick, excused } = setting;
  // A failure that is found costs the rest of the period in which its miner resumes, and what it had earned and not vested.
  const lost = (excused / (sick + excused)) * (0.5 + DEFAULTS.vesting + 0.5 - detection);
  const earns = (life - lost) / (life + repair);
  const staked = miners.reduce((sum, { stake }) => sum + Number(stake) / 1e18, 0);
  // W counts who is not paused, down or not; who is down doesn't vote.
  const seats = ((16 * staked) / DEFAULTS.minStake) * (1 - excused);
  const shown = (1 - sick - excused) / (1 - excused);
  const fade = DEFAULTS.firstIssue / (DEFAULTS.maxSupply - DEFAULTS.initialSupply);
  const budget = DEFAULTS.firstIssue * DEFAULTS.healthShare * (1 - (fade * periods) / 2);
  return (budget / seats) * earns * payOfRound("honest", setting) * crowding(seats, shown);
}

/** n over max(n, seats shown), on average: more seats than n share the same. */
function crowding(seats: number, shown: number): number {
  const n = DEFAULTS.minSeats;
  const chances = binomial(Math.round(seats * shown), n / seats);
  return chances.reduce((sum, chance, count) => sum + (chance * n) / Math.max(n, count), 0);
}

export const VOTES: readonly { name: string; mix: Mix }[] = [
  { name: "lies alone", mix: { honest: 94, liar: 6 } },
  { name: "coalition of 20 %", mix: coalition(20) },
];

/* DRAWS */

/** What 1 of 1,000 values of a chi-square variable exceeds (Wilson and Hilferty). */
const critical = (freedom: number): number =>
  freedom * (1 - 2 / (9 * freedom) + 3.0902 * Math.sqrt(2 / (9 * freedom))) ** 3;

/** Draws one of 16 miners again and again, by the contract's view; on a chain that has nothing on it. */
export async function playDraws(draws: number): Promise<Finding> {
  const chain = await Chain.deploy();
  const weights = new Map<string, number>();
  for (let i = 0; i < MINERS; i++) {
    const stake = Math.round((DEFAULTS.minStake * MINERS) / (i + 1));
    const [node] = await chain.enlist(`drawn ${i}`, 1, stake);
    if (node) weights.set(node.account, stake);
  }
  await chain.pass(1n);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const counts = new Map<string, number>();
  for (let i = 0; i < draws; i++) {
    const miner = await chain.drawn(id(`draw ${i}`));
    counts.set(miner, (counts.get(miner) ?? 0) + 1);
  }
  let statistic = 0;
  for (const [miner, weight] of weights) {
    const expected = (draws * weight) / total;
    statistic += ((counts.get(miner) ?? 0) - expected) ** 2 / expected;
  }
  const freedom = weights.size - 1;
  return {
    agent: "draws by stake: chi-square",
    periods: 0,
    cases: draws,
    real: statistic,
    model: freedom,
    error: critical(freedom) - freedom,
  };
}

/** Whether the contracts did as the model says. */
export const agrees = ({ real, model, error, agent }: Finding): boolean =>
  agent.startsWith("draws") ? real <= model + error : Math.abs(real - model) <= error + 1e-9;
