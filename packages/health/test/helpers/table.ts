import { getAddress, id, toBeHex, Wallet } from "ethers";

import {
  type Delivery,
  Exchange,
  type Heard,
  healthDomain,
  InProcessNetwork,
  type Member,
  type Message,
  type Outgoing,
  type Posted,
  type Roster,
  timetableOf,
  type Transport,
} from "../../src/index.js";

export const domain = healthDomain(1n, getAddress(toBeHex(0xc0ffee, 20)));
/** The round opens in block 100: commitments until 104, openings until 108, posts until 112, choices until 113. */
export const timetable = timetableOf(100n, { seedsEnd: 15n, commitsEnd: 35n, revealsEnd: 55n });
export const round = { number: 7n, randomness: id("r"), wanted: 8n };

/** Who sits at a table. */
export interface Seat {
  readonly voter: string;
  readonly operator: Wallet;
  readonly seats: readonly bigint[];
  exchange: Exchange;
  readonly transport: Transport;
  /** Whether it does anything. */
  awake: boolean;
  /** Whether it would show the votes of all. */
  readonly collects: boolean;
}

/** Members of a committee that make a seed, block by block; a post is on the chain in the next one. */
export class Table {
  readonly seats: Seat[] = [];
  readonly sent: Delivery[] = [];
  posted: Posted[] = [];
  block = 100n;
  /** What becomes of a message on its way. */
  deliver: (delivery: Delivery) => readonly Message[] = ({ message }) => [message];
  readonly #members = new Map<string, Member>();
  readonly #network = new InProcessNetwork((delivery) => {
    this.sent.push(delivery);
    return this.deliver(delivery);
  });
  readonly roster: Roster = { memberOf: (voter) => Promise.resolve(this.#members.get(voter.toLowerCase())) };

  /** @param seats how many winning seats each member has */
  constructor(seats: readonly number[]) {
    for (const [i, count] of seats.entries()) {
      const operator = new Wallet(toBeHex(0x9000 + i, 32));
      const voter = getAddress(toBeHex(0xabcdn * BigInt(i + 1), 20));
      const won = Array.from({ length: count }, (_, j) => BigInt(10 * i + j));
      if (count > 0) this.#members.set(voter.toLowerCase(), { operator: operator.address, seats: won });
      const exchange = this.#exchangeOf(voter, operator, i);
      const transport = this.#network.join(voter);
      this.seats.push({ voter, operator, seats: won, exchange, transport, awake: true, collects: i % 2 === 0 });
    }
  }

  #exchangeOf(voter: string, signer: Wallet, place: number): Exchange {
    const self = { voter, signer, value: id(`value ${place}`), collects: place % 2 === 0 };
    return new Exchange({ domain, round, timetable, roster: this.roster, self });
  }

  seat(place: number): Seat {
    const seat = this.seats[place];
    if (!seat) throw new Error(`expected a seat ${place}`);
    return seat;
  }

  /** The member crashes, and goes on from what it wrote down. */
  async restart(place: number, heard: readonly Heard[] = this.seat(place).exchange.heard): Promise<void> {
    const seat = this.seat(place);
    seat.transport.take(); // what came in is lost
    seat.exchange = this.#exchangeOf(seat.voter, seat.operator, place);
    await seat.exchange.replay([...heard]);
  }

  /** One block: all take what came in, and do what is due. */
  async step(): Promise<void> {
    const posts: Posted[] = [];
    for (const { exchange, transport, voter } of this.seats.filter(({ awake }) => awake)) {
      const out: Outgoing[] = [];
      for (const message of transport.take()) out.push(...(await exchange.receive(message, this.block)));
      out.push(...(await exchange.tick(this.block, this.posted)));
      const post = exchange.post(this.block);
      if (post) posts.push({ hash: post.hash, voter });
      for (const { to, message } of out) {
        if (to) transport.send(to, message);
        else transport.announce(message);
      }
    }
    this.block += 1n;
    for (const post of posts)
      if (!this.posted.some(({ hash }) => hash === post.hash)) this.posted = [...this.posted, post];
  }

  async until(block: bigint): Promise<void> {
    while (this.block < block) await this.step();
  }

  /** The seeds that members ended with. */
  get seeds(): (string | undefined)[] {
    return this.seats.filter(({ awake }) => awake).map(({ exchange }) => exchange.seed);
  }

  /** Messages of a kind on their way, from whom to whom. */
  of<K extends Message["kind"]>(kind: K): (Delivery & { message: Extract<Message, { kind: K }> })[] {
    return this.sent.filter(({ message }) => message.kind === kind) as (Delivery & {
      message: Extract<Message, { kind: K }>;
    })[];
  }
}
