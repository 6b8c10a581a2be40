import { Interface } from "ethers";

import { ProtocolError } from "./errors.js";
import { shown } from "./json.js";
import type { Lock } from "./lock.js";
import { type SamplerState, TIERS } from "./sampler.js";
import { decodeSeat, type Seat } from "./seat.js";

/** Which block to read: a number, or a name like "latest", "safe" or "finalized". */
export type BlockTag = number | bigint | string;

/** The block that a call reads. */
interface AtBlock {
  readonly blockTag: number;
}

/** What the reader needs of a block. */
interface BlockId {
  readonly number: number;
  readonly hash: string | null;
}

/** What the reader needs to ask a chain for blocks. */
interface BlockReader {
  getBlock(blockTag: BlockTag): Promise<BlockId | null>;
}

/** What {@link samplerContract} needs of a chain. Every ethers 6 provider fits, of its ESM and its CommonJS build. */
export interface ChainReader extends BlockReader {
  call(transaction: { to: string; data: string; blockTag: number }): Promise<string>;
}

/**
 * The views of the stake escrow that the state is read from. A TypeChain contract fits; {@link samplerContract} makes
 * one from an address.
 */
export interface SamplerContract {
  readonly runner: { readonly provider: BlockReader | null } | null;
  GENESIS(at: AtBlock): Promise<bigint>;
  MIN_STAKE(at: AtBlock): Promise<bigint>;
  currentPeriod(at: AtBlock): Promise<bigint>;
  seatCounts(at: AtBlock): Promise<readonly bigint[]>;
  seats(tier: bigint, from: bigint, count: bigint, at: AtBlock): Promise<readonly bigint[]>;
  locksOf(miner: string, at: AtBlock): Promise<readonly [readonly bigint[], readonly Lock[]]>;
}

const views = new Interface([
  "function GENESIS() view returns (uint256)",
  "function MIN_STAKE() view returns (uint256)",
  "function currentPeriod() view returns (uint256)",
  "function seatCounts() view returns (uint256[16])",
  "function seats(uint256 tier, uint256 from, uint256 count) view returns (uint256[])",
  "function locksOf(address miner) view returns (uint256[], (uint96 amount, uint32 start, uint32 end, uint32 notice)[])",
]);

/** The sampler as one block of a chain has it. */
export interface ChainSamplerState extends SamplerState {
  /** The block that everything is of. */
  readonly blockNumber: number;
  /** Its hash: the same number may later name another block. */
  readonly blockHash: string;
}

/** How to read the state. */
export interface ReadOptions {
  /** Which block, "latest" by default. A name is resolved to a number once, so that all reads are of one block. */
  readonly blockTag?: BlockTag;
  /** Seats per call, 1,000 by default: about 2.5 million gas of a call that costs nothing. */
  readonly pageSize?: bigint;
}

/**
 * The views of the stake escrow at `address`. What goes wrong in a call is thrown as the provider throws it.
 * @param address the stake escrow
 * @param provider an ethers provider
 * @example const escrow = samplerContract(address, new JsonRpcProvider(url));
 */
export function samplerContract(address: string, provider: ChainReader): SamplerContract {
  const read = async (name: string, args: readonly unknown[], { blockTag }: AtBlock): Promise<unknown[]> => {
    const data = views.encodeFunctionData(name, args);
    const result: unknown[] = views.decodeFunctionResult(name, await provider.call({ to: address, data, blockTag }));
    return result;
  };
  const number = async (name: string, at: AtBlock): Promise<bigint> => (await read(name, [], at))[0] as bigint;
  return {
    runner: { provider },
    GENESIS: (at) => number("GENESIS", at),
    MIN_STAKE: (at) => number("MIN_STAKE", at),
    currentPeriod: (at) => number("currentPeriod", at),
    seatCounts: async (at) => (await read("seatCounts", [], at))[0] as bigint[],
    seats: async (tier, from, count, at) => (await read("seats", [tier, from, count], at))[0] as bigint[],
    locksOf: async (miner, at) => (await read("locksOf", [miner], at)) as [bigint[], Lock[]],
  };
}

/**
 * Reads all that draws depend on: every seat now, in pages; a miner's locks only when a draw needs them, then once.
 * Everything is of one block. Cost: members / pageSize + 6 calls, one more for each further tier in use, and two for each miner whose locks are read.
 *
 * Warning: the lazy reads need the block's state still: within the last 128 blocks on a node that keeps no archive.
 *
 * @throws {ProtocolError} `NO_PROVIDER`, `UNKNOWN_BLOCK`; `BLOCK_REPLACED` if the chain reorganises meanwhile, also from
 * the state's `locksOf`; `BAD_ARGUMENT` for a page size below 1, and for an escrow that has fewer seats than it counts
 * @example
 * const state = await readSamplerState(escrow, { blockTag: "finalized" });
 * const miners = await drawRandomly(state, { wanted: 3n, until: state.period + 30n });
 */
export async function readSamplerState(
  escrow: SamplerContract,
  { blockTag = "latest", pageSize = 1_000n }: ReadOptions = {},
): Promise<ChainSamplerState> {
  if (typeof pageSize !== "bigint" || pageSize < 1n) {
    const values = typeof pageSize === "bigint" ? { value: pageSize } : {};
    throw new ProtocolError("BAD_ARGUMENT", "pageSize", "1 seat or more", shown(pageSize), values);
  }
  const { number, hash } = await blockOf(escrow, blockTag);
  const at = { blockTag: number };

  const [genesis, minStake, period, counts] = await Promise.all([
    escrow.GENESIS(at),
    escrow.MIN_STAKE(at),
    escrow.currentPeriod(at),
    escrow.seatCounts(at),
  ]);
  const tiers: Seat[][] = [];
  for (let tier = 0; tier < TIERS; ++tier) {
    tiers.push(await readTier(escrow, BigInt(tier), counts[tier] ?? 0n, pageSize, at, hash));
  }
  await checkUnchanged(escrow, number, hash);

  const known = new Map<string, Promise<readonly Lock[]>>();
  const locksOf = (miner: string): Promise<readonly Lock[]> => {
    let locks = known.get(miner);
    if (!locks) {
      locks = readLocks(escrow, miner, number, hash);
      known.set(miner, locks);
      locks.catch(() => known.delete(miner)); // a failed read may be tried again
    }
    return locks;
  };
  return { blockNumber: number, blockHash: hash, genesis, minStake, period, tiers, locksOf };
}

async function readTier(
  escrow: SamplerContract,
  tier: bigint,
  count: bigint,
  pageSize: bigint,
  at: AtBlock,
  hash: string,
): Promise<Seat[]> {
  const seats: Seat[] = [];
  for (let from = 0n; from < count; from += pageSize) {
    const rest = count - from;
    const wanted = rest < pageSize ? rest : pageSize;
    const page = await escrow.seats(tier, from, wanted, at);
    if (BigInt(page.length) !== wanted) {
      await checkUnchanged(escrow, at.blockTag, hash);
      const expected = `${wanted} seats of tier ${tier}, from number ${from} on`;
      throw new ProtocolError("BAD_ARGUMENT", "escrow", expected, String(page.length));
    }
    for (const word of page) seats.push(decodeSeat(word));
  }
  return seats;
}

async function readLocks(
  escrow: SamplerContract,
  miner: string,
  number: number,
  hash: string,
): Promise<readonly Lock[]> {
  const [, locks] = await escrow.locksOf(miner, { blockTag: number });
  await checkUnchanged(escrow, number, hash);
  return locks.map(({ amount, start, end, notice }) => ({ amount, start, end, notice }));
}

async function blockOf(escrow: SamplerContract, blockTag: BlockTag): Promise<{ number: number; hash: string }> {
  const provider = escrow.runner?.provider;
  if (!provider) throw new ProtocolError("NO_PROVIDER", "escrow", "a contract connected to a provider", "none");
  const block = await provider.getBlock(blockTag);
  if (!block || block.hash === null) {
    throw new ProtocolError("UNKNOWN_BLOCK", "blockTag", "a block of the chain", String(blockTag));
  }
  return { number: block.number, hash: block.hash };
}

/** Calls name their block by number; only its hash tells whether that was the same block all the time. */
async function checkUnchanged(escrow: SamplerContract, number: number, hash: string): Promise<void> {
  const present = await blockOf(escrow, number);
  if (present.hash !== hash) {
    throw new ProtocolError("BLOCK_REPLACED", `block ${number}`, `the block ${hash} as before`, present.hash);
  }
}
