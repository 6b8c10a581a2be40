import { expect } from "chai";
import { AbiCoder, id, keccak256, Wallet } from "ethers";

import {
  type Choice,
  type Commitment,
  type Delivery,
  Exchange,
  guiltyOf,
  HealthError,
  type Message,
  type MessageSigner,
  type Opening,
  seedHash,
  signMessage,
  turnOrder,
  type Unsigned,
  type SignedMessage,
  valueCommitment,
} from "../src/index.js";
import { domain, round, Table, timetable } from "./helpers/table.js";

const FOUR = [4, 3, 2, 1] as const;
/** The first block in which all have a seed. */
const END = timetable.chooseUntil + 2n;

const sign = <M extends Unsigned<SignedMessage>>(table: Table, place: number, message: M) =>
  signMessage(message, domain, table.seat(place).operator);

const headOf = (table: Table, place: number) =>
  ({ round: round.number, randomness: round.randomness, voter: table.seat(place).voter }) as const;

/** A commitment of a member to a value that isn't its own. */
const otherCommitment = (table: Table, place: number, value = id("other")): Promise<Commitment> => {
  const head = headOf(table, place);
  const commitment = valueCommitment(domain, { ...head, value });
  return sign(table, place, { kind: "commitment", ...head, seat: table.seat(place).seats[0] ?? 0n, commitment });
};

/** Keeps a kind of message of one member back. */
const withhold =
  (table: Table, place: number, kind: Message["kind"]) =>
  ({ from, message }: Delivery): readonly Message[] =>
    from === table.seat(place).voter.toLowerCase() && message.kind === kind ? [] : [message];

/** All the same, and there. */
function expectOneSeed(table: Table): string {
  const [seed] = table.seeds;
  if (seed === undefined) throw new Error("expected a seed");
  expect(new Set(table.seeds)).to.deep.equal(new Set([seed]));
  expect(table.posted.map(({ hash }) => hash)).to.include(seedHash(seed));
  return seed;
}

/** The seed of these members' bytes, word by word. */
function seedOf(table: Table, places: readonly number[]): string {
  const parts = places.map((place) => {
    const { voter, seats } = table.seat(place);
    return [voter, seats[0], id(`value ${place}`)];
  });
  const types = ["uint256", "address", "uint256", "bytes32", "tuple(address, uint256, bytes32)[]"];
  const values = [domain.chainId, domain.verifyingContract, round.number, round.randomness, parts];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
}

describe("Exchange", () => {
  it("makes one seed of the bytes of all, by rising voter, and posts it once", async () => {
    const table = new Table(FOUR);
    await table.until(END);
    expect(expectOneSeed(table)).to.equal(seedOf(table, [0, 1, 2, 3]));
    expect(table.posted).to.have.length(1);
    for (const { exchange } of table.seats) expect(exchange.faults(table.block)).to.deep.equal([]);
  });

  it("knows all members, in the order of their turns, and who collects", async () => {
    const table = new Table(FOUR);
    await table.until(END);
    const order = turnOrder(round.randomness, table.seats);
    for (const { exchange } of table.seats) {
      expect(exchange.members).to.deep.equal(order);
      expect(exchange.collector).to.equal(
        order.find((voter) => table.seats.some((s) => s.voter === voter && s.collects)),
      );
    }
    expect(table.posted[0]?.voter, "who posted").to.equal(order[0]);
  });

  it("opens nothing before commitments are over, and to members that have committed alone", async () => {
    const table = new Table([...FOUR, 0]);
    await table.until(timetable.commitUntil + 1n);
    expect(table.of("opening")).to.deep.equal([]);
    await table.step();
    const openings = table.of("opening");
    expect(openings).to.have.length(12);
    expect(openings.map(({ to }) => to)).to.not.include(table.seat(4).voter.toLowerCase());
  });

  it("says nothing for a miner without a winning seat, and listens to none", async () => {
    const table = new Table([...FOUR, 0]);
    await table.until(END);
    expect(table.sent.some(({ from }) => from === table.seat(4).voter.toLowerCase())).to.equal(false);
    const head = headOf(table, 4);
    const commitment = valueCommitment(domain, { ...head, value: id("x") });
    await table
      .seat(0)
      .exchange.receive(await sign(table, 4, { kind: "commitment", ...head, seat: 0n, commitment }), 100n);
    expect(table.seat(0).exchange.members).to.have.length(4);
  });

  it("does without a member that withholds its opening", async () => {
    const table = new Table(FOUR);
    table.deliver = withhold(table, 1, "opening");
    table.seat(1).awake = true;
    await table.until(END);
    const seed = expectOneSeed(table);
    const others = seedOf(table, [0, 2, 3]);
    // The one that withholds knows all bytes, and may be the one to post; others don't know its seed and post their own.
    expect(seed).to.equal(others);
    for (const place of [0, 2, 3]) {
      const [fault] = table.seat(place).exchange.faults(table.block);
      expect(fault?.kind).to.equal("withheld");
      expect(fault?.kind === "withheld" && fault.commitment.voter).to.equal(table.seat(1).voter);
      expect(fault && guiltyOf(fault, domain), "nobody can prove it").to.equal(undefined);
    }
  });

  it("does without a member that opens something else, and proves it", async () => {
    const table = new Table(FOUR);
    const wrong = await sign(table, 3, { kind: "opening", ...headOf(table, 3), value: id("not mine") });
    table.deliver = ({ message }) =>
      message.kind === "opening" && message.voter === table.seat(3).voter ? [wrong] : [message];
    table.seat(3).awake = true;
    await table.until(END);
    expect(expectOneSeed(table)).to.equal(seedOf(table, [0, 1, 2]));
    const [fault] = table.seat(0).exchange.faults(table.block);
    expect(fault?.kind).to.equal("wrongOpening");
    expect(fault && guiltyOf(fault, domain)).to.equal(table.seat(3).operator.address);
  });

  it("does without a member that commits twice, and proves it", async () => {
    const table = new Table(FOUR);
    const second = await otherCommitment(table, 2);
    table.deliver = ({ message, to }) => {
      const equivocates = message.kind === "commitment" && message.voter === table.seat(2).voter;
      return equivocates && to === table.seat(0).voter.toLowerCase() ? [message, second] : [message];
    };
    await table.until(END);
    expectOneSeed(table);
    const [fault] = table.seat(0).exchange.faults(table.block);
    expect(fault?.kind).to.equal("equivocation");
    expect(fault && guiltyOf(fault, domain)).to.equal(table.seat(2).operator.address);
    expect(table.seat(0).exchange.faults(table.block), "told once").to.have.length(1);
  });

  it("ends with one seed though a member tells each half another commitment", async () => {
    const table = new Table(FOUR);
    const second = await otherCommitment(table, 3);
    const opening = await sign(table, 3, { kind: "opening", ...headOf(table, 3), value: id("other") });
    const half = [0, 1].map((place) => table.seat(place).voter.toLowerCase());
    table.deliver = ({ message, to }) => {
      if (!("voter" in message) || message.voter !== table.seat(3).voter || !half.includes(to)) return [message];
      return message.kind === "commitment" ? [second] : message.kind === "opening" ? [opening] : [message];
    };
    await table.until(END);
    expectOneSeed(table);
    const proven = [0, 1, 2].flatMap((place) => [...table.seat(place).exchange.faults(table.block)]);
    expect(
      proven.map((fault) => guiltyOf(fault, domain)),
      "the transcript shows it",
    ).to.include(table.seat(3).operator.address);
  });

  /** The last member withholds its opening, posts the seed of all, and shows what makes it to some, at the last moment. */
  async function lateSplit(
    seats: readonly number[],
    knowing: readonly number[],
    contradiction?: Choice,
    crashes?: number,
  ): Promise<Table> {
    const table = new Table(seats);
    const cheat = table.seat(3).voter.toLowerCase();
    const told = knowing.map((place) => table.seat(place).voter.toLowerCase());
    table.deliver = ({ from, to, message }) => {
      if (contradiction && message.kind === "choice" && message.voter === contradiction.voter) {
        return [message, contradiction];
      }
      if (from !== cheat || message.kind === "commitment") return [message];
      const late = message.kind === "transcript" && told.includes(to) && table.block >= timetable.postUntil - 1n;
      return late ? [message] : [];
    };
    await table.until(timetable.openUntil - 1n);
    table.posted = [{ hash: seedHash(seedOf(table, [0, 1, 2, 3])), voter: table.seat(3).voter }];
    if (crashes !== undefined) {
      await table.until(timetable.chooseUntil + 1n);
      await table.restart(crashes);
    }
    await table.until(END);
    expect(table.posted.map(({ hash }) => hash)[1]).to.equal(seedHash(seedOf(table, [0, 1, 2])));
    const choices = new Map(table.of("choice").map(({ from, message }) => [from, message.seedHash]));
    for (const voter of [0, 1, 2].map((place) => table.seat(place).voter.toLowerCase())) {
      expect(choices.get(voter), "what it chose").to.equal(table.posted[told.includes(voter) ? 0 : 1]?.hash);
    }
    return table;
  }

  for (const [knowing, places] of [
    [[0], [0, 1, 2]],
    [
      [0, 1],
      [0, 1, 2, 3],
    ],
    [[2], [0, 1, 2]],
  ] as const) {
    it(`ends with the seed of most seats though members ${knowing.join()} know another one at the last moment`, async () => {
      const table = await lateSplit(FOUR, knowing);
      for (const { exchange } of table.seats.slice(0, 3)) expect(exchange.seed).to.equal(seedOf(table, places));
    });
  }

  it("ends with the seed that was posted first if two have as many seats", async () => {
    const table = await lateSplit([3, 2, 1, 1], [0]);
    for (const { exchange } of table.seats.slice(0, 3)) expect(exchange.seed).to.equal(seedOf(table, [0, 1, 2, 3]));
  });

  it("makes the seed without who commits too late, and tells it the seed", async () => {
    const table = new Table(FOUR);
    table.seat(1).awake = false;
    await table.until(timetable.commitUntil + 1n);
    table.seat(1).awake = true;
    await table.until(END);
    expect(expectOneSeed(table)).to.equal(seedOf(table, [0, 2, 3]));
  });

  it("lets the next one post if the first doesn't", async () => {
    const table = new Table(FOUR);
    const [first, second] = turnOrder(round.randomness, table.seats);
    await table.until(timetable.commitUntil + 3n);
    const idle = table.seats.find(({ voter }) => voter === first);
    if (!idle) throw new Error("expected a first one");
    table.posted = []; // its transaction is dropped
    idle.awake = false;
    await table.until(END);
    expect(table.posted.map(({ voter }) => voter)).to.deep.equal([second]);
    expectOneSeed(table);
  });

  it("makes no seed of less than a quorum", async () => {
    const table = new Table([3, 3, 1, 1]);
    table.seat(0).awake = false;
    table.seat(1).awake = false;
    await table.until(END + 5n);
    expect(table.posted).to.deep.equal([]);
    expect(table.seeds).to.deep.equal([undefined, undefined]);
  });

  it("takes no posted seed that it can't learn the making of", async () => {
    const table = new Table(FOUR);
    table.posted = [{ hash: id("made up"), voter: table.seat(3).voter }];
    await table.until(END);
    const seed = expectOneSeed(table);
    expect(seedHash(seed)).to.equal(table.posted[1]?.hash);
  });

  it("posts nothing if all places are taken", async () => {
    const table = new Table(FOUR);
    table.posted = Array.from({ length: 8 }, (_, i) => ({ hash: id(`made up ${i}`), voter: table.seat(3).voter }));
    await table.until(END);
    expect(table.posted).to.have.length(8);
    expect(table.seeds.every((seed) => seed === undefined)).to.equal(true);
  });

  it("says once which seed it takes", async () => {
    const table = new Table([4, 4, 1]);
    await table.until(timetable.postUntil + 4n);
    expect(table.of("choice")).to.have.length(6);
    expect(table.of("choice").every(({ message }) => message.seedHash === table.posted[0]?.hash)).to.equal(true);
  });

  it("doesn't count who chooses when mix can be known: it would choose the targets", async () => {
    const table = new Table(FOUR);
    const cheat = table.seat(3).voter.toLowerCase();
    // Only the first member hears of the first seed; the cheat's own choice would make that the one of more seats.
    const first = table.seat(0).voter.toLowerCase();
    table.deliver = ({ from, to, message }) => {
      if (from !== cheat || message.kind === "commitment") return [message];
      return message.kind === "transcript" && to === first && table.block >= timetable.postUntil - 1n ? [message] : [];
    };
    await table.until(timetable.openUntil - 1n);
    table.posted = [{ hash: seedHash(seedOf(table, [0, 1, 2, 3])), voter: table.seat(3).voter }];
    await table.until(114n); // the last block but one of the seed phase is known
    const choice = {
      kind: "choice",
      ...headOf(table, 3),
      seedHash: table.posted[0]?.hash ?? "",
      collects: true,
    } as const;
    for (const { exchange } of table.seats.slice(0, 3)) {
      await exchange.receive(await sign(table, 3, choice), table.block);
    }
    await table.until(END + 4n);
    for (const { exchange } of table.seats.slice(0, 3)) expect(exchange.seed).to.equal(seedOf(table, [0, 1, 2]));
  });

  it("doesn't count who chooses twice, and proves it", async () => {
    const of = new Table(FOUR);
    const choice = { kind: "choice", ...headOf(of, 0), seedHash: id("other"), collects: true } as const;
    const table = await lateSplit([3, 2, 1, 1], [0], await sign(of, 0, choice));
    for (const { exchange } of table.seats.slice(1, 3)) {
      expect(exchange.seed, "not that of the one with most seats").to.equal(seedOf(table, [0, 1, 2]));
      const proven = exchange.faults(table.block).map((fault) => guiltyOf(fault, domain));
      expect(proven).to.include(table.seat(0).operator.address);
    }
  });

  it("gives what makes a seed to members that ask, and to nobody else", async () => {
    const table = new Table([...FOUR, 0]);
    await table.until(END);
    const seed = expectOneSeed({ ...table, seeds: table.seeds.slice(0, 4), posted: table.posted } as Table);
    const ask = async (place: number, signer = place): Promise<number> => {
      const request = await sign(table, signer, { kind: "request", ...headOf(table, place), seedHash: seedHash(seed) });
      return (await table.seat(0).exchange.receive(request, table.block)).length;
    };
    expect(await ask(1)).to.equal(1);
    expect(await ask(1), "once a block").to.equal(0);
    expect(await ask(4), "no member").to.equal(0);
    expect(await ask(2, 4), "signed by somebody else").to.equal(0);
  });

  it("lets a member that has heard nothing ask for the seed", async () => {
    const table = new Table(FOUR);
    const deaf = table.seat(1).voter.toLowerCase();
    table.deliver = ({ to, message }) =>
      to === deaf && ["commitment", "opening"].includes(message.kind) ? [] : [message];
    await table.until(END);
    expectOneSeed(table);
    expect(table.of("transcript").map(({ to }) => to)).to.deep.equal([deaf]);
  });

  it("listens to no message of another round, history, chain or contract", async () => {
    const table = new Table(FOUR);
    const exchange = table.seat(0).exchange;
    const good = await otherCommitment(table, 1);
    const elsewhere = [
      { ...good, round: 8n },
      { ...good, randomness: id("another history") },
      await signMessage(good, { ...domain, chainId: 2n }, table.seat(1).operator),
      await signMessage(good, { ...domain, verifyingContract: table.seat(0).voter }, table.seat(1).operator),
      await signMessage(good, domain, table.seat(2).operator),
      await signMessage({ ...good, round: 8n }, domain, table.seat(1).operator).then((m) => ({ ...m, round: 7n })),
      { ...good, seat: 999n },
      await signMessage({ ...good, seat: 999n }, domain, table.seat(1).operator),
    ];
    for (const message of elsewhere) await exchange.receive(message, 100n);
    expect(exchange.heard).to.deep.equal([]);
    await exchange.receive(good, 100n);
    expect(exchange.heard).to.have.length(1);
  });

  it("lets nobody commit to what another has committed to", async () => {
    const table = new Table(FOUR);
    const value = id("value 0");
    const copied = valueCommitment(domain, { ...headOf(table, 0), value });
    const head = headOf(table, 3);
    const commitment = await sign(table, 3, { kind: "commitment", ...head, seat: 30n, commitment: copied });
    const opening: Opening = await sign(table, 3, { kind: "opening", ...head, value });
    const { exchange } = table.seat(1);
    await exchange.receive(commitment, 100n);
    await exchange.receive(opening, 105n);
    expect(exchange.faults(105n).map(({ kind }) => kind)).to.deep.equal(["wrongOpening"]);
  });

  it("takes openings that come before their commitments", async () => {
    const table = new Table(FOUR);
    const held: Delivery[] = [];
    const { voter } = table.seat(0);
    table.deliver = (delivery) => {
      if (delivery.message.kind !== "opening" || delivery.to !== voter.toLowerCase()) return [delivery.message];
      held.push(delivery);
      return [];
    };
    await table.until(timetable.commitUntil + 2n);
    const late = new Table(FOUR);
    for (const { message } of held) await late.seat(0).exchange.receive(message, 100n);
    await late.until(END);
    expectOneSeed(late);
  });

  for (const kind of [
    "before its commitment",
    "before its opening",
    "before it posts",
    "after it has chosen",
  ] as const) {
    it(`goes on after a crash ${kind}, and contradicts itself nowhere`, async () => {
      const table = new Table(FOUR);
      const [first] = turnOrder(round.randomness, table.seats);
      const place = table.seats.findIndex(({ voter }) => voter === first);
      const at = {
        "before its commitment": 100n,
        "before its opening": timetable.commitUntil + 1n,
        "before it posts": timetable.commitUntil + 2n,
        "after it has chosen": timetable.postUntil + 1n,
      }[kind];
      await table.until(at);
      await table.restart(place);
      await table.until(END);
      expectOneSeed(table);
      for (const { exchange } of table.seats) {
        const proven = exchange.faults(table.block).filter((fault) => guiltyOf(fault, domain) !== undefined);
        expect(proven).to.deep.equal([]);
      }
    });
  }

  it("knows after a crash what makes a seed that it was told before it", async () => {
    const table = await lateSplit(FOUR, [0, 1], undefined, 1);
    for (const { exchange } of table.seats.slice(0, 3)) expect(exchange.seed).to.equal(seedOf(table, [0, 1, 2, 3]));
  });

  it("is one member, however its address is spelled, and whoever sends it its own words back", async () => {
    const table = new Table(FOUR);
    const { voter, operator } = table.seat(1);
    const self = { voter: voter.toLowerCase(), signer: operator, value: id("value 1"), collects: false };
    const exchange = new Exchange({ domain, round, timetable, roster: table.roster, self });
    table.seat(1).exchange = exchange;
    await table.until(102n);
    const own = table.of("commitment").find(({ message }) => message.voter === voter);
    if (!own) throw new Error("expected its commitment");
    await exchange.receive(own.message, table.block);
    expect(exchange.members).to.have.length(4);
    await table.until(END);
    expectOneSeed(table);
  });

  it("says later what its signer wouldn't sign at first", async () => {
    const table = new Table(FOUR);
    const { voter, operator } = table.seat(1);
    const failed = new Set<string>();
    // Each kind of message fails once.
    const signer: MessageSigner = {
      signTypedData: (...args) => {
        const [kind = ""] = Object.keys(args[1]);
        if (failed.has(kind)) return operator.signTypedData(...args);
        failed.add(kind);
        return Promise.reject(new Error("not reachable"));
      },
    };
    const self = { voter, signer, value: id("value 1"), collects: false };
    table.seat(1).exchange = new Exchange({ domain, round, timetable, roster: table.roster, self });
    while (table.block < END) {
      await table.step().catch((error: unknown) => expect(String(error)).to.equal("Error: not reachable"));
    }
    expect([...failed]).to.deep.equal(["SeedCommitment", "SeedOpening", "SeedChoice"]);
    expect(new Set(table.of("choice").map(({ from }) => from)).size, "all have chosen").to.equal(4);
    expect(expectOneSeed(table)).to.equal(seedOf(table, [0, 1, 2, 3]));
  });

  it("refuses a member that is no address", () => {
    const table = new Table(FOUR);
    const self = { voter: "0x12", signer: table.seat(0).operator, value: id("value"), collects: false };
    expect(() => new Exchange({ domain, round, timetable, roster: table.roster, self })).to.throw(
      HealthError,
      "self.voter: expected an address, got 0x12",
    );
  });

  it("says after a crash what it may not have said before", async () => {
    const table = new Table(FOUR);
    await table.until(timetable.commitUntil + 2n);
    const before = table.of("opening").length;
    await table.restart(2);
    await table.step();
    const again = table
      .of("opening")
      .slice(before)
      .filter(({ from }) => from === table.seat(2).voter.toLowerCase());
    expect(again.map(({ message }) => message)).to.have.length(3);
    expect(again[0]?.message.value).to.equal(id("value 2"));
  });
});

describe("faults", () => {
  it("prove nothing by messages that don't contradict each other, or of two signers", async () => {
    const table = new Table(FOUR);
    const [first, second] = [await otherCommitment(table, 0), await otherCommitment(table, 0, id("more"))];
    const kind = "equivocation";
    expect(guiltyOf({ kind, first, second }, domain)).to.equal(table.seat(0).operator.address);
    expect(guiltyOf({ kind, first, second: first }, domain)).to.equal(undefined);
    expect(guiltyOf({ kind, first, second: { ...second, round: 8n } }, domain)).to.equal(undefined);
    const forged = await signMessage(second, domain, Wallet.createRandom());
    expect(guiltyOf({ kind, first, second: forged }, domain)).to.equal(undefined);
    expect(guiltyOf({ kind, first, second: await otherCommitment(table, 1) }, domain)).to.equal(undefined);
    const opening = await sign(table, 0, { kind: "opening", ...headOf(table, 0), value: id("other") });
    expect(guiltyOf({ kind: "wrongOpening", commitment: first, opening }, domain), "a right one").to.equal(undefined);
  });
});
