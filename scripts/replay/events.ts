import type { Interface, Provider, Result } from "ethers";

/** One event of a contract. */
export interface Event {
  name: string;
  args: Result;
}

/** So many blocks are asked for at once: most nodes refuse more than 10,000. */
const PAGE = 5_000;

/** Every event of a contract in a span of blocks, both ends included, oldest first. */
export async function eventsOf(
  provider: Provider,
  contract: Interface,
  address: string,
  from: number,
  to: number,
): Promise<Event[]> {
  const events: Event[] = [];
  for (let fromBlock = from; fromBlock <= to; fromBlock += PAGE) {
    const toBlock = Math.min(to, fromBlock + PAGE - 1);
    for (const log of await provider.getLogs({ address, fromBlock, toBlock })) {
      const parsed = contract.parseLog(log);
      if (parsed) events.push({ name: parsed.name, args: parsed.args });
    }
  }
  return events;
}

/** Arguments of an event by name. */
export class Args {
  constructor(private readonly args: Result) {}

  amount(name: string): bigint {
    return this.args.getValue(name) as bigint;
  }

  text(name: string): string {
    return this.args.getValue(name) as string;
  }

  number(name: string): number {
    return Number(this.amount(name));
  }

  part(name: string): Args {
    return new Args(this.args.getValue(name) as Result);
  }

  list(name: string): Args[] {
    return (this.args.getValue(name) as Result[]).map((each) => new Args(each));
  }
}

/** Amounts by key; 0 where nothing was added. */
export class Tally extends Map<string, bigint> {
  add(key: string, amount: bigint): void {
    this.set(key, this.of(key) + amount);
  }

  of(key: string): bigint {
    return this.get(key) ?? 0n;
  }

  get total(): bigint {
    return sum([...this.values()]);
  }
}

export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n);
