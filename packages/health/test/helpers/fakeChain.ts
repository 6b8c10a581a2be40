import { id } from "ethers";

import type { Call, Fees, HealthChain, Nonces } from "../../src/index.js";

/** A transaction that a node has got. */
export interface Sent {
  readonly call: Call;
  readonly nonce: number;
  readonly gas: bigint;
  readonly fees: Fees;
  readonly hash: string;
}

type Sending = Pick<HealthChain, "nonces" | "fees" | "gasFor" | "send">;

/** An account and the pool of a node, as far as sending needs them. */
export class FakeChain implements Sending {
  readonly sent: Sent[] = [];
  price = 100n;
  mined = 5;
  #pool: Sent[] = [];
  /** Called before a transaction is sent, and after: may throw. */
  hook: (when: "before" | "after") => void = () => undefined;

  /** As a whole chain: what else there is, a sender doesn't ask. */
  static make(): FakeChain & HealthChain {
    return new FakeChain() as FakeChain & HealthChain;
  }

  nonces(): Promise<Nonces> {
    return Promise.resolve({ mined: this.mined, pending: this.mined + this.#pool.length });
  }

  fees(): Promise<Fees> {
    return Promise.resolve({ maxFeePerGas: 2n * this.price, maxPriorityFeePerGas: this.price / 10n });
  }

  gasFor(): Promise<bigint> {
    return Promise.resolve(50_000n);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a promise, whatever the hook throws
  async send(call: Call, nonce: number, gas: bigint, fees: Fees): Promise<string> {
    this.hook("before");
    const sent = { call, nonce, gas, fees, hash: id(`${nonce} ${this.sent.length}`) };
    this.sent.push(sent);
    this.#pool = [...this.#pool.filter((other) => other.nonce !== nonce), sent];
    this.hook("after");
    return sent.hash;
  }

  /** A block with everything in it. */
  mine(): void {
    this.mined += this.#pool.length;
    this.#pool = [];
  }

  /** The node forgets what isn't mined. */
  forget(): void {
    this.#pool = [];
  }
}
