import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { keccak_256 } from "@noble/hashes/sha3.js";

import { committeeSize, type Threshold, thresholdFor, winChance } from "../../test/models/health";
import { payRows } from "./ballots";
import {
  atLeast,
  binomial,
  type Committee,
  convictsAgainstAll,
  convictsInSilence,
  convictsTogether,
  decides,
  quantile,
} from "./odds";
import { uniform } from "./uniform";

/**
 * Draws committees and writes reports/health-committee.csv: how many seats vote, how often a coalition convicts, how often a
 * round is decided; measured beside what follows from binomials. The same seed writes the same file.
 *
 * DRAWN    Seats win one by one with the chance that the contract's threshold gives; no ids are made.
 * HASHED   Ids are made, as the contract makes them, and compared with the round's randomness.
 */
export interface Row {
  what: string;
  case: string;
  method: "drawn" | "hashed";
  rounds: number;
  expected: number;
  measured: number;
}

const SEED = 20_260_101;
const FILE = join(__dirname, "../../reports/health-committee.csv");
const COLUMNS = ["what", "case", "method", "rounds", "expected", "measured"] as const;

/* NETWORKS */

/** Skewed: the i-th miner's stake is `largest` / (i + 1) times s_min, the least s_min. Seats by miner. */
export function skewed(miners: number, largest: number): number[] {
  return Array.from({ length: miners }, (_, i) => 16 * Math.max(1, Math.floor(largest / (i + 1))));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function committeeOf(seats: readonly number[]): Committee {
  const all = sum(seats);
  return { wanted: Number(committeeSize(BigInt(seats.length), BigInt(all), 64n)), seats: all };
}

const thresholdOf = ({ wanted, seats }: Committee): Threshold => thresholdFor(BigInt(wanted), BigInt(seats));

/* DRAWING */

/** Which of `seats` win, each with this chance: goes from one winner to the next. */
function* winners(seats: number, chance: number, random: () => number): Generator<number> {
  const gap = (): number => (chance >= 1 ? 0 : Math.floor(Math.log(random()) / Math.log1p(-chance)));
  for (let seat = gap(); seat < seats; seat += 1 + gap()) yield seat;
}

const count = (seats: number, chance: number, random: () => number): number => {
  const all = winners(seats, chance, random);
  let won = 0;
  while (all.next().done !== true) won++;
  return won;
};

/* HASHING */

/** How many bits a byte has. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

/** How many of a miner's seats win: keccak256(abi.encode(r, miner, seat)) against r. */
export function hashedWinners(randomness: Uint8Array, miner: number, seats: number, threshold: Threshold): number {
  const words = new Uint8Array(96);
  const view = new DataView(words.buffer);
  words.set(randomness);
  view.setUint32(60, miner);
  let won = 0;
  for (let seat = 0; seat < seats; seat++) {
    view.setUint32(92, seat);
    const id = keccak_256(words);
    let distance = 0;
    for (let i = 0; i < 32; i++) distance += ONES[(id[i] ?? 0) ^ (randomness[i] ?? 0)] ?? 0;
    if (distance < threshold.distance || (distance === threshold.distance && atRim(id, threshold))) won++;
  }
  return won;
}

function atRim(id: Uint8Array, { part, whole }: Threshold): boolean {
  const draw = new DataView(keccak_256(id).buffer).getBigUint64(0);
  return draw * whole < part << 64n;
}

const randomnessOf = (seed: number, round: number): Uint8Array => keccak_256(Buffer.from(`${seed} ${round}`));

/* WHAT IS MEASURED */

/** Mean, variance and quantiles of the number of seats that vote. */
function distributionRows(name: string, method: Row["method"], committee: Committee, found: number[]): Row[] {
  const { wanted, seats } = committee;
  const exact = binomial(seats, wanted / seats);
  const mean = sum(found) / found.length;
  const variance = sum(found.map((won) => (won - mean) ** 2)) / (found.length - 1);
  const sorted = [...found].sort((a, b) => a - b);
  const row = (what: string, expected: number, measured: number): Row => {
    return { what, case: name, method, rounds: found.length, expected, measured };
  };
  const rows = [row("seats: mean", wanted, mean)];
  if (found.length < 100) return rows;
  rows.push(row("seats: variance", wanted * (1 - wanted / seats), variance));
  for (const share of [0.01, 0.5, 0.99]) {
    const at = sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
    rows.push(row(`seats: ${100 * share} % quantile`, quantile(exact, share), at));
  }
  return rows;
}

/** Committees of a network, by drawing; and the share of the largest miner in all votes. */
export function drawNetwork(miners: number, rounds: number, seed = SEED): Row[] {
  const seats = skewed(miners, 100);
  const committee = committeeOf(seats);
  const chance = winChance(thresholdOf(committee));
  const random = uniform(seed + miners);
  const found: number[] = [];
  let ofLargest = 0;
  for (let round = 0; round < rounds; round++) {
    let won = 0;
    for (const seat of winners(committee.seats, chance, random)) {
      won++;
      if (seat < (seats[0] ?? 0)) ofLargest++;
    }
    found.push(won);
  }
  const name = `${miners} miners`;
  const share = { expected: (seats[0] ?? 0) / committee.seats, measured: ofLargest / sum(found) };
  return [
    ...distributionRows(name, "drawn", committee, found),
    { what: "seats: share of the largest miner", case: name, method: "drawn", rounds, ...share },
  ];
}

/** Committees of a network with stakes that are a fifth, by hashing every seat. */
export function hashNetwork(miners: number, rounds: number, seed = SEED): Row[] {
  const seats = skewed(miners, 20);
  const committee = committeeOf(seats);
  const threshold = thresholdOf(committee);
  const found = Array.from({ length: rounds }, (_, round) => {
    const randomness = randomnessOf(seed, round);
    return sum(seats.map((has, miner) => hashedWinners(randomness, miner + 1, has, threshold)));
  });
  return distributionRows(`${miners} miners`, "hashed", committee, found);
}

/** The committee that the rows about coalitions and turnout speak of: 64 of the seats of 10,000 miners with s_min. */
export const ORDINARY: Committee = { wanted: 64, seats: 160_000 };
export const COALITIONS = [0.1, 0.2, 1 / 3, 0.4, 0.45] as const;
export const TURNOUTS = [0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;
export const named = (share: number): string => `${Math.round(100 * share)} % of the stake`;

export function drawCoalition(share: number, rounds: number, seed = SEED): Row[] {
  const { wanted, seats } = ORDINARY;
  const random = uniform(seed + Math.round(1_000 * share));
  const own = Math.round(seats * share);
  let [inSilence, againstAll] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const won = count(own, wanted / seats, random);
    if (2 * won <= wanted) continue;
    inSilence++;
    if (won > count(seats - own, wanted / seats, random)) againstAll++;
  }
  const base = { case: named(share), method: "drawn", rounds } as const;
  return [
    {
      ...base,
      what: "convicts; others silent",
      expected: convictsInSilence(ORDINARY, share),
      measured: inSilence / rounds,
    },
    {
      ...base,
      what: "convicts; others against",
      expected: convictsAgainstAll(ORDINARY, share),
      measured: againstAll / rounds,
    },
  ];
}

export function drawTurnout(share: number, rounds: number, seed = SEED): Row[] {
  const { wanted, seats } = ORDINARY;
  const random = uniform(seed + Math.round(7_000 * share));
  let [decided, convicted] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const won = count(Math.round(seats * share), wanted / seats, random);
    if (2 * won >= wanted) decided++;
    if (2 * won > wanted) convicted++;
  }
  const base = { case: named(share), method: "drawn", rounds } as const;
  return [
    { ...base, what: "round is decided", expected: decides(ORDINARY, share), measured: decided / rounds },
    {
      ...base,
      what: "round convicts whom all name",
      expected: convictsTogether(ORDINARY, share),
      measured: convicted / rounds,
    },
  ];
}

/** A third of 1,008 seats: at one miner, at three, at 21. Ids are hashed. */
export function hashSplits(rounds: number, seed = SEED): Row[] {
  const committee: Committee = { wanted: 64, seats: 1_008 };
  const threshold = thresholdOf(committee);
  const exact = binomial(336, 64 / 1_008);
  return [1, 3, 21].flatMap((miners): Row[] => {
    let [won, convicted] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const randomness = randomnessOf(seed + miners, round);
      let seats = 0;
      for (let i = 0; i < miners; i++) seats += hashedWinners(randomness, 100 + i, 336 / miners, threshold);
      won += seats;
      if (2 * seats > 64) convicted++;
    }
    const base = { case: `336 of 1008 seats at ${miners} miners`, method: "hashed", rounds } as const;
    return [
      { ...base, what: "split: mean seats", expected: (336 * 64) / 1_008, measured: won / rounds },
      { ...base, what: "split: convicts; others silent", expected: atLeast(exact, 33), measured: convicted / rounds },
    ];
  });
}

/** Everything. */
function committeeRows(): Row[] {
  return [
    ...[4, 100, 10_000, 100_000].flatMap((miners) => drawNetwork(miners, 10_000)),
    ...hashNetwork(4, 2_000),
    ...hashNetwork(100, 400),
    ...hashNetwork(10_000, 4),
    ...hashNetwork(100_000, 1),
    ...COALITIONS.flatMap((share) => drawCoalition(share, 100_000)),
    ...TURNOUTS.flatMap((share) => drawTurnout(share, 100_000)),
    ...hashSplits(1_000),
    ...payRows(20_000),
  ];
}

/* THE FILE */

const printed = (value: number | string): string =>
  typeof value === "number" ? String(Number(value.toPrecision(6))) : value;

function writeRows(rows: readonly Row[]): void {
  const lines = rows.map((row) => COLUMNS.map((column) => printed(row[column])).join(","));
  mkdirSync(join(FILE, ".."), { recursive: true });
  writeFileSync(FILE, `${[COLUMNS.join(","), ...lines].join("\n")}\n`);
}

export function readRows(): Row[] {
  const [, ...lines] = readFileSync(FILE, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [what = "", name = "", method = "", rounds, expected, measured] = line.split(",");
    const numbers = { rounds: Number(rounds), expected: Number(expected), measured: Number(measured) };
    return { what, case: name, method: method === "hashed" ? "hashed" : "drawn", ...numbers };
  });
}

if (require.main === module) writeRows(committeeRows());
