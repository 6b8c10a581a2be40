import { amountOf, durationOf, withCommas } from "@nkms/protocol";

import type { NetworkParameters } from "./types";

/** What a number counts. */
export type Unit = "nkms" | "ether" | "seconds" | "periods" | "blocks" | "ppm" | "percent" | "seats" | "rounds";

/** Groups and fields of {@link NetworkParameters}, each with a unit. Complete, or it doesn't compile. */
type Units<T> = { [K in keyof T]-?: T[K] extends bigint ? Unit : Units<T[K]> };

const UNITS: Units<Omit<NetworkParameters, "distributor">> = {
  initialSupply: "nkms",
  maxSupply: "nkms",
  escrow: {
    period: "seconds",
    firstIssue: "nkms",
    healthPpm: "ppm",
    minEarning: "nkms",
    minStake: "nkms",
    shortestLock: "periods",
    longestLock: "periods",
    vesting: "periods",
    maxCatchUp: "periods",
  },
  policies: {
    window: "periods",
    minCollateral: "nkms",
    floorPercent: "percent",
    leakPercent: "percent",
    finderPercent: "percent",
  },
  challenges: { bond: "ether", minAge: "blocks", maxAge: "blocks" },
  health: {
    minSeats: "seats",
    gap: "blocks",
    seedBlocks: "blocks",
    commitBlocks: "blocks",
    revealBlocks: "blocks",
    ring: "rounds",
  },
};

/** A parameter as people read it. */
export interface Wording {
  /** `escrow.period` */
  name: string;
  words: string;
}

/** All parameters in words and units, on a chain with a block every `blockSeconds`. */
export function inWords(parameters: NetworkParameters, blockSeconds: bigint): Wording[] {
  const times: Times = { period: parameters.escrow.period, block: blockSeconds };
  const wordings: Wording[] = [{ name: "distributor", words: parameters.distributor ?? "the deployer" }];
  const walk = (units: object, values: object, prefix: string): void => {
    for (const [key, unit] of Object.entries(units) as [string, Unit | object][]) {
      const value = (values as Record<string, bigint | object>)[key];
      if (typeof unit === "object") walk(unit, value as object, `${prefix}${key}.`);
      else wordings.push({ name: prefix + key, words: valueInWords(value as bigint, unit, times) });
    }
  };
  walk(UNITS, parameters, "");
  return wordings;
}

/** How long things last on a chain, seconds. */
export interface Times {
  period: bigint;
  block: bigint;
}

/** A number as people read it, exactly: what is shown is what will be, or what differs. */
export function valueInWords(value: bigint, unit: Unit, { period, block }: Times): string {
  switch (unit) {
    case "nkms":
      return `${amountOf(value)} NKMS`;
    case "ether":
      return `${amountOf(value)} ether`;
    case "seconds":
      return durationOf(value);
    case "periods":
      return `${withCommas(value)} periods, ${durationOf(value * period)}`;
    case "blocks":
      return `${withCommas(value)} blocks, ${durationOf(value * block)} at ${block} s`;
    case "ppm":
      return `${Number(value) / 10_000} %`;
    case "percent":
      return `${value} %`;
    default:
      return `${withCommas(value)} ${unit}`;
  }
}
