import { randomBytes } from "node:crypto";

import {
  drawWithSeed,
  MAX_ARRANGEMENTS,
  policyFee,
  ProtocolError,
  readSamplerState,
  reservedFor,
  type SamplerState,
  sortArrangements,
  type Terms,
} from "@nkms/protocol";
import { packKfragHash, parsePack } from "@nkms/verifier";
import { Fields } from "@nkms/verifier/tools";
import { hexlify, ZeroAddress } from "ethers";

import { inNkms, min } from "../lib/amounts";
import { type Chain, goodUntil } from "../lib/chain";
import { momentOf } from "../lib/dates";
import { endpointOf } from "../lib/endpoint";
import { TaskError } from "../lib/errors";
import { readJson, readObject, readText, writeJson } from "../lib/files";
import { addressOf } from "../lib/keys";
import type { Finding } from "../lib/look";
import { tableOf } from "../lib/table";
import { domainOf, writeTerms } from "./files";
import { checkedTerms } from "./terms";

/** What is offered to each miner. Amounts in base units. */
interface Offer {
  readonly periods: bigint;
  readonly rate: bigint;
  readonly collateral: bigint;
}

/** A miner that was drawn. */
interface Drawn {
  readonly miner: string;
  readonly operator: string;
  readonly endpoint: string;
  /** What of its stake it can and may still put behind a policy, base units. */
  readonly room: bigint;
  readonly minFeePerPeriod: bigint;
  /** Why the chain would refuse it for this offer; empty: it wouldn't. */
  readonly obstacle: string;
}

interface DrawArgs extends Offer {
  readonly miners: bigint;
  readonly spares?: bigint | undefined;
  readonly seed?: bigint | undefined;
  readonly out?: string | undefined;
}

/** Draws miners by stake for a policy that is created now; a spare takes the place of one that can't take the offer. */
export async function draw(chain: Chain, args: DrawArgs): Promise<Finding> {
  const { periods, rate, collateral } = args;
  const seed = args.seed ?? BigInt(hexlify(randomBytes(32)));
  const until = chain.now + 1n + periods + chain.calendar.window;
  const state = await readSamplerState(chain.escrow, { blockTag: await chain.provider.getBlockNumber() });
  const addresses = await drawUpTo(state, { seed, until, most: args.miners + (args.spares ?? 2n) });
  if (addresses.length < Number(args.miners)) {
    const expected = `at most ${addresses.length}, as many as can be drawn with stake locked ${chain.dates.through(until)}`;
    throw new TaskError("NOT_FOUND", "miners", expected, String(args.miners));
  }
  const drawn: Drawn[] = [];
  for (const miner of addresses) drawn.push(await candidate(chain, miner, args, until));
  const able = drawn.filter(({ obstacle }) => obstacle === "");
  const chosen = able.slice(0, Number(args.miners));
  if (chosen.length < Number(args.miners)) {
    const reasons = drawn.flatMap(({ miner, obstacle }) => (obstacle ? [`${miner} ${obstacle}`] : []));
    const expected = `${args.miners} of ${drawn.length} drawn miners that can take the offer`;
    throw new TaskError("NOT_FOUND", "miners", expected, `${able.length}: ${reasons.join("; ")}`);
  }
  const result = { seed, block: state.blockNumber, until, periods, rate, collateral, miners: chosen };
  if (args.out !== undefined) writeJson(args.out, result);
  return {
    result: { ...result, drawn },
    words: [
      `Drawn by stake that is locked ${chain.dates.through(until)}: the policy's end and the window for evidence.`,
      `Seed ${seed}, block ${state.blockNumber}: with both anybody can draw the same.`,
      tableOf(
        ["miner", "operator", "can still pledge", "asks for, a period", "endpoint", ""],
        drawn.map((one) => [
          one.miner,
          one.operator,
          inNkms(one.room),
          inNkms(one.minFeePerPeriod),
          one.endpoint || "none",
          one.obstacle || (chosen.includes(one) ? "chosen" : "spare"),
        ]),
      ),
      ...(args.out === undefined ? [] : [`The chosen miners are in ${args.out}.`]),
    ],
  };
}

/** Plenty unless the wanted ones hold next to nothing; about a tenth of a second, so that the node's connection lives on. */
const MAX_TRIALS = 10_000n;

/** Draws as many miners as there are, at most `most`. Fewer are the first of more: spares change nothing. */
async function drawUpTo(state: SamplerState, wish: { seed: bigint; until: bigint; most: bigint }): Promise<string[]> {
  const { seed, until, most } = wish;
  if (most === 0n) return [];
  try {
    return await drawWithSeed(state, { seed, until, wanted: most, maxTrials: MAX_TRIALS });
  } catch (error) {
    const there = error instanceof ProtocolError ? (error.values["members"] ?? error.values["drawn"]) : undefined;
    if (there === undefined || there >= most) throw error;
    return drawUpTo(state, { ...wish, most: there });
  }
}

/** What a miner has to offer, and what stands in the way. */
async function candidate(chain: Chain, miner: string, offer: Offer, until: bigint): Promise<Drawn> {
  const [[operator, limit, maxPercent], reserved, free, endpoint, terms] = await Promise.all([
    chain.registry.pledgeOf(miner),
    chain.policies.reservedNow(miner),
    chain.escrow.freeCollateral(miner, until),
    endpointOf(chain, miner),
    chain.registry.termsOf(miner),
  ]);
  const room = min(limit > reserved ? limit - reserved : 0n, free);
  const most = (offer.rate * offer.periods * maxPercent) / 100n;
  const obstacle = (): string => {
    if (operator === ZeroAddress) return "has no operator that counts";
    if (offer.collateral > most) return `takes at most ${inNkms(most)} of collateral`;
    if (reservedFor(offer) > room) return `would need ${inNkms(reservedFor(offer))} to pledge`;
    return "";
  };
  return { miner, operator, endpoint, room, minFeePerPeriod: terms.minFeePerPeriod, obstacle: obstacle() };
}

interface DraftArgs {
  readonly draw: string;
  readonly kfrags: string;
  readonly owner: string;
  readonly payer: string;
  readonly condition?: string | undefined;
  readonly handOff?: boolean;
  readonly goodFor?: bigint | undefined;
  readonly out: string;
}

/** Writes the terms of a policy: the drawn miners, each with a key fragment. */
export async function draft(chain: Chain, args: DraftArgs): Promise<Finding> {
  const { offer, miners } = readDraw(args.draw);
  const hashes = readHashes(args.kfrags);
  if (hashes.length !== miners.length) {
    throw new TaskError("BAD_FILE", args.kfrags, `${miners.length} hashes, one for each miner`, String(hashes.length));
  }
  const terms: Terms = {
    ...offer,
    owner: await addressOf(chain, args.owner),
    payer: await addressOf(chain, args.payer),
    deadline: goodUntil(chain, args.goodFor),
    condition: args.condition ?? ZeroAddress,
    handOff: args.handOff ?? false,
    salt: hexlify(randomBytes(32)),
    arrangements: sortArrangements(miners.map((miner, i) => ({ ...miner, kfragHash: hashes[i] ?? "" }))),
  };
  const { id, words } = await checkedTerms(chain, terms, domainOf(chain));
  writeTerms(chain, args.out, terms);
  return {
    result: { policy: id, fee: policyFee(terms), terms, fragments: miners.map(({ miner }) => miner), file: args.out },
    words: [
      ...words,
      ...miners.map(({ miner }, i) => `Fragment ${i} of ${args.kfrags} is for miner ${miner}.`),
      `The terms are in ${args.out}: send each miner its fragment and this file. They are good until ${momentOf(terms.deadline)}.`,
    ],
  };
}

/** The file that {@link draw} writes. */
const readDraw = (path: string): { offer: Offer; miners: { miner: string; operator: string }[] } =>
  readObject(path, ["seed", "block", "until", "periods", "rate", "collateral", "miners"], (fields) => ({
    offer: { periods: fields.uint("periods"), rate: fields.uint("rate"), collateral: fields.uint("collateral") },
    miners: fields.array("miners", MAX_ARRANGEMENTS).map((value, i) => {
      const known = ["miner", "operator", "endpoint", "room", "minFeePerPeriod", "obstacle"];
      const one = new Fields(`${path}.miners[${i}]`, value, known);
      return { miner: one.address("miner"), operator: one.address("operator") };
    }),
  }));

/** The hashes of the key fragments: an array of 32 bytes each, hex; or those of a challenge pack. */
const readHashes = (path: string): string[] =>
  readJson(path, (value) => {
    if (typeof value === "object" && value !== null && "kfrags" in value) {
      const pack = parsePack(readText(path));
      return pack.kfrags.map((_, i) => packKfragHash(pack, i));
    }
    const hashes = new Fields(path, { hashes: value }, ["hashes"]).array("hashes", MAX_ARRANGEMENTS);
    return hashes.map((hash, i) => new Fields(path, { [i]: hash }, [String(i)]).hex(String(i), 32));
  });
