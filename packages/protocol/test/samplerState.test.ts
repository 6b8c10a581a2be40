import { expect } from "chai";
import { AbiCoder, dataSlice, id, toBeHex } from "ethers";

import {
  type ChainReader,
  drawWithWords,
  encodeSeat,
  GRAIN,
  type Lock,
  readSamplerState,
  type SamplerContract,
  samplerContract,
  type Seat,
} from "../src/index.js";
import { expectRejection } from "./helpers/errors.js";
import { GENESIS, lock, miner, NOW, seat, tiersOf, UNIT } from "./helpers/states.js";

const BLOCK = 70;
const hashOf = (block: number, fork: string): string => id(`${block}/${fork}`);

/** A chain with one stake escrow, as far as the reader can tell, which writes down what it is asked. */
class FakeEscrow implements SamplerContract {
  /** Every call: its name, its arguments and the block it reads. */
  readonly calls: [name: string, ...unknown[]][] = [];
  /** Which of two competing chains is the valid one. */
  fork = "one";
  /** What happens before the call after so many. */
  interrupt: { after: number; act: () => void } | undefined;

  constructor(
    readonly members: readonly Seat[],
    readonly locks: Readonly<Record<string, readonly Lock[]>> = {},
    readonly latest: number = BLOCK,
  ) {}

  readonly runner = {
    provider: {
      getBlock: (blockTag: number | bigint | string) => {
        const number = blockTag === "latest" ? this.latest : Number(blockTag);
        return Promise.resolve(number <= this.latest ? { number, hash: hashOf(number, this.fork) } : null);
      },
    },
  };

  private answer<T>(call: [name: string, ...unknown[]], value: T): Promise<T> {
    this.calls.push(call);
    if (this.calls.length === this.interrupt?.after) this.interrupt.act();
    return Promise.resolve(value);
  }

  GENESIS = (at: object): Promise<bigint> => this.answer(["GENESIS", at], GENESIS);
  MIN_STAKE = (at: object): Promise<bigint> => this.answer(["MIN_STAKE", at], UNIT * GRAIN);
  currentPeriod = (at: object): Promise<bigint> => this.answer(["currentPeriod", at], NOW);
  seatCounts = (at: object): Promise<bigint[]> =>
    this.answer(
      ["seatCounts", at],
      tiersOf(this.members).map(({ length }) => BigInt(length)),
    );
  seats = (tier: bigint, from: bigint, count: bigint, at: object): Promise<bigint[]> =>
    this.answer(
      ["seats", tier, from, count, at],
      (tiersOf(this.members)[Number(tier)] ?? []).slice(Number(from), Number(from + count)).map(encodeSeat),
    );
  locksOf = (address: string, at: object): Promise<[bigint[], readonly Lock[]]> =>
    this.answer(["locksOf", address, at], [[], this.locks[address] ?? []]);
}

const at = { blockTag: BLOCK };
/** Five in tier 0, one in tier 1, two in tier 15. */
const members = [
  ...[0, 1, 2, 3, 4].map((i) => seat(i, 20n)),
  seat(5, 32n),
  ...[6, 7].map((i) => seat(i, UNIT * 2n ** 15n + 1n)),
];

describe("readSamplerState", () => {
  it("reads every seat of every tier, and what else a draw depends on", async () => {
    const state = await readSamplerState(new FakeEscrow(members));
    expect(state.tiers).to.deep.equal(tiersOf(members));
    expect(state.period).to.equal(NOW);
    expect(state.genesis).to.equal(GENESIS);
    expect(state.minStake).to.equal(UNIT * GRAIN);
    expect(state.blockNumber).to.equal(BLOCK);
    expect(state.blockHash).to.equal(hashOf(BLOCK, "one"));
  });

  it("makes sixteen empty tiers of an empty network", async () => {
    const state = await readSamplerState(new FakeEscrow([]));
    expect(state.tiers).to.deep.equal(Array.from({ length: 16 }, () => []));
  });

  it("reads pages of the size it is told, none of them beyond a tier's end", async () => {
    const escrow = new FakeEscrow(members);
    const state = await readSamplerState(escrow, { pageSize: 2n });
    expect(state.tiers).to.deep.equal(tiersOf(members));
    expect(escrow.calls.filter(([name]) => name === "seats")).to.deep.equal([
      ["seats", 0n, 0n, 2n, at],
      ["seats", 0n, 2n, 2n, at],
      ["seats", 0n, 4n, 1n, at],
      ["seats", 1n, 0n, 1n, at],
      ["seats", 15n, 0n, 2n, at],
    ]);
  });

  it("reads 1,000 seats a page unless it is told", async () => {
    const escrow = new FakeEscrow(Array.from({ length: 1_001 }, (_, i) => seat(i, 20n)));
    expect((await readSamplerState(escrow)).tiers[0]).to.have.length(1_001);
    expect(escrow.calls.filter(([name]) => name === "seats")).to.deep.equal([
      ["seats", 0n, 0n, 1_000n, at],
      ["seats", 0n, 1_000n, 1n, at],
    ]);
  });

  for (const blockTag of [60, 60n, "0x3c", "latest"] as const) {
    it(`reads everything of one block: ${typeof blockTag} ${blockTag}`, async () => {
      const number = blockTag === "latest" ? BLOCK : 60;
      const escrow = new FakeEscrow([seat(0, 20n, { firstEnd: 0n })], { [miner(0)]: [lock(20n, NOW + 9n)] });
      const state = await readSamplerState(escrow, { blockTag });
      await drawWithWords(state, { wanted: 1n, until: NOW + 1n, maxTrials: 1n }, () => 0n);
      expect(state.blockNumber).to.equal(number);
      expect(state.blockHash).to.equal(hashOf(number, "one"));
      expect(escrow.calls.map((call) => call.at(-1))).to.deep.equal(Array(6).fill({ blockTag: number }));
    });
  }

  describe("the locks of a miner", () => {
    const stale = seat(0, 20n, { firstEnd: 0n });
    const draw = { wanted: 1n, until: NOW + 1n, maxTrials: 1n };

    it("are read when a draw needs them, and then once", async () => {
      const escrow = new FakeEscrow([stale], { [miner(0)]: [lock(20n, NOW + 9n)] });
      const state = await readSamplerState(escrow);
      const reads = (): unknown[] => escrow.calls.filter(([name]) => name === "locksOf");
      expect(reads()).to.deep.equal([]);
      expect(await drawWithWords(state, draw, () => 0n)).to.deep.equal([miner(0)]);
      expect(await drawWithWords(state, draw, () => 19n)).to.deep.equal([miner(0)]);
      expect(reads()).to.deep.equal([["locksOf", miner(0), at]]);
    });

    it("are refused, and can be asked for again, once the chain has replaced the block", async () => {
      const escrow = new FakeEscrow([stale], { [miner(0)]: [lock(20n, NOW + 9n)] });
      const state = await readSamplerState(escrow);
      const replaced = {
        code: "BLOCK_REPLACED",
        message: `block 70: expected the block ${hashOf(BLOCK, "one")} as before, got ${hashOf(BLOCK, "two")}`,
      } as const;
      escrow.fork = "two";
      await expectRejection(
        drawWithWords(state, draw, () => 0n),
        replaced,
      );
      escrow.fork = "one";
      expect(await drawWithWords(state, draw, () => 0n)).to.deep.equal([miner(0)]);
    });
  });

  it("is refused when the chain replaces the block between two reads", async () => {
    const escrow = new FakeEscrow(members);
    escrow.interrupt = { after: 6, act: () => (escrow.fork = "two") };
    await expectRejection(readSamplerState(escrow), {
      code: "BLOCK_REPLACED",
      message: `block 70: expected the block ${hashOf(BLOCK, "one")} as before, got ${hashOf(BLOCK, "two")}`,
    });
  });

  it("is refused for a block that the chain doesn't know", async () => {
    await expectRejection(readSamplerState(new FakeEscrow(members), { blockTag: BLOCK + 1 }), {
      code: "UNKNOWN_BLOCK",
      message: "blockTag: expected a block of the chain, got 71",
    });
  });

  it("is refused for a contract without a connection", async () => {
    for (const runner of [null, { provider: null }]) {
      const offline: SamplerContract = Object.assign(new FakeEscrow(members), { runner });
      await expectRejection(readSamplerState(offline), {
        code: "NO_PROVIDER",
        message: "escrow: expected a contract connected to a provider, got none",
      });
    }
  });

  it("is refused if there are fewer seats than the escrow counts, instead of read without end", async () => {
    const escrow = new FakeEscrow(members);
    escrow.seatCounts = () => Promise.resolve([2n ** 255n, ...Array.from({ length: 15 }, () => 0n)]);
    await expectRejection(readSamplerState(escrow, { pageSize: 3n }), {
      code: "BAD_ARGUMENT",
      message: "escrow: expected 3 seats of tier 0, from number 3 on, got 2",
    });
  });

  it("says so if they are fewer because the block was replaced", async () => {
    const escrow = new FakeEscrow(members);
    escrow.seats = () => {
      escrow.fork = "other";
      return Promise.resolve([]);
    };
    await expectRejection(readSamplerState(escrow), {
      code: "BLOCK_REPLACED",
      message: `block ${BLOCK}: expected the block ${hashOf(BLOCK, "one")} as before, got ${hashOf(BLOCK, "other")}`,
    });
  });

  it("is refused for pages of less than a seat", async () => {
    for (const pageSize of [0n, -1n]) {
      await expectRejection(readSamplerState(new FakeEscrow(members), { pageSize }), {
        code: "BAD_ARGUMENT",
        message: `pageSize: expected 1 seat or more, got ${pageSize}`,
        values: { value: pageSize },
      });
    }
  });
});

describe("samplerContract", () => {
  const ESCROW = toBeHex(0xe5c0, 20);
  const coder = AbiCoder.defaultAbiCoder();

  /** Answers the call with these arguments, and no other. */
  function answering(signature: string, args: unknown[], types: string[], values: unknown[]): ChainReader {
    const inputs = signature.slice(signature.indexOf("(") + 1, -1);
    return {
      getBlock: () => Promise.resolve(null),
      call: (transaction) => {
        expect(transaction.to).to.equal(ESCROW);
        expect(transaction.blockTag).to.equal(BLOCK);
        expect(transaction.data).to.equal(
          dataSlice(id(signature), 0, 4) + coder.encode(inputs === "" ? [] : inputs.split(","), args).slice(2),
        );
        return Promise.resolve(coder.encode(types, values));
      },
    };
  }

  for (const name of ["GENESIS", "MIN_STAKE", "currentPeriod"] as const) {
    it(`calls ${name}`, async () => {
      const escrow = samplerContract(ESCROW, answering(`${name}()`, [], ["uint256"], [77n]));
      expect(await escrow[name](at)).to.equal(77n);
    });
  }

  it("calls seatCounts", async () => {
    const counts = Array.from({ length: 16 }, (_, tier) => BigInt(tier * tier));
    const escrow = samplerContract(ESCROW, answering("seatCounts()", [], ["uint256[16]"], [counts]));
    expect([...(await escrow.seatCounts(at))]).to.deep.equal(counts);
  });

  it("calls seats", async () => {
    const words = members.map(encodeSeat);
    const runner = answering("seats(uint256,uint256,uint256)", [3n, 4n, 8n], ["uint256[]"], [words]);
    expect([...(await samplerContract(ESCROW, runner).seats(3n, 4n, 8n, at))]).to.deep.equal(words);
  });

  it("calls locksOf", async () => {
    const runner = answering(
      "locksOf(address)",
      [miner(1)],
      ["uint256[]", "tuple(uint96,uint32,uint32,uint32)[]"],
      [[3n], [[GRAIN, 5n, 6n, 7n]]],
    );
    const [numbers, locks] = await samplerContract(ESCROW, runner).locksOf(miner(1), at);
    expect([...numbers]).to.deep.equal([3n]);
    expect(locks.map(({ amount, start, end, notice }) => [amount, start, end, notice])).to.deep.equal([
      [GRAIN, 5n, 6n, 7n],
    ]);
  });
});
