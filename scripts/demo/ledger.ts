import type { NKMSToken } from "../../typechain-types";
import { expectEqual } from "./errors";

/** Somebody whose tokens are watched. */
export interface Party {
  name: string;
  address: string;
}

/** What everybody had at a moment, in the order of the parties; base units. */
export interface Balances {
  moment: string;
  amounts: bigint[];
}

/** Watches who has how much of an amount that only passes from hand to hand. */
export class Ledger {
  readonly history: Balances[] = [];

  constructor(
    private readonly token: NKMSToken,
    readonly parties: Party[],
  ) {}

  /**
   * Writes down what everybody has.
   * @throws {DemoError} if they have more or less together than at first
   */
  async note(moment: string): Promise<void> {
    const amounts = await Promise.all(this.parties.map(({ address }) => this.token.balanceOf(address)));
    this.history.push({ moment, amounts });
    expectEqual(`sum of all balances, ${moment}`, sumOf(amounts), sumOf(this.history[0]?.amounts ?? []));
  }
}

const sumOf = (amounts: bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
