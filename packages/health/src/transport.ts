import type { Message } from "./messages.js";

/**
 * How messages reach other members. What comes in is not trusted: it may be forged, repeated, late, or never come. A
 * transport encrypts what it sends to single members: openings, transcripts and preimages are secrets of the committee.
 */
export interface Transport {
  /** To everybody who listens: nothing secret. */
  announce(message: Message): void;
  /** To the operators of these miners and nobody else. */
  send(to: readonly string[], message: Message): void;
  /** Hands over, once, what came in since the last call. */
  take(): Message[];
}

/** A message on its way. */
export interface Delivery {
  readonly from: string;
  readonly to: string;
  readonly message: Message;
}

/** Members in one process: what is sent is there at once. For tests and simulations. */
export class InProcessNetwork {
  readonly #inboxes = new Map<string, Message[]>();

  /** @param deliver what becomes of a message on its way: itself by default; other ones, or none, if the test says so */
  constructor(private readonly deliver: (delivery: Delivery) => readonly Message[] = ({ message }) => [message]) {}

  /** The transport of one more member. */
  join(miner: string): Transport {
    const from = miner.toLowerCase();
    this.#inboxes.set(from, []);
    return {
      announce: (message) => this.#send(from, [...this.#inboxes.keys()], message),
      send: (to, message) => this.#send(from, to, message),
      take: () => this.#inboxes.get(from)?.splice(0) ?? [],
    };
  }

  #send(from: string, to: readonly string[], message: Message): void {
    for (const one of to.map((miner) => miner.toLowerCase())) {
      if (one !== from) this.#inboxes.get(one)?.push(...this.deliver({ from, to: one, message }));
    }
  }
}
