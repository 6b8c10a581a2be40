import { type Log, zeroPadValue } from "ethers";

import { type Chain, contractsOf, firstBlock, targetOf } from "./chain";
import { eventIn, type Happened } from "./events";
import { plain, writeText } from "./files";
import { addressOf } from "./keys";
import type { Finding } from "./look";
import { logsOf } from "./logs";

/** Something that happened, and when. */
interface Dated extends Happened {
  readonly block: number;
  /** ISO 8601. */
  readonly time: string;
  readonly transaction: string;
}

/** Writes the events of an account, or all, into a CSV file. */
export async function history(
  chain: Chain,
  args: { of?: string | undefined; out: string; fromBlock?: bigint | undefined },
): Promise<Finding> {
  const account = args.of === undefined ? undefined : await addressOf(chain, args.of);
  const address = Object.values(contractsOf(chain)).map(targetOf);
  const logs = await logsOf(chain, { address }, Number(args.fromBlock ?? firstBlock(chain)));
  const events = await dated(
    chain,
    logs.filter((log) => account === undefined || mentions(log, account)),
  );
  writeText(args.out, csvOf(events));
  return {
    result: { account, events: events.length, file: args.out },
    words: [`${events.length} events${account === undefined ? "" : ` with ${account}`} are in ${args.out}.`],
  };
}

/** Whether an account stands anywhere in a log: indexed, or as one of its values. */
function mentions({ topics, data }: Log, account: string): boolean {
  const word = zeroPadValue(account, 32).toLowerCase();
  if (topics.includes(word)) return true;
  for (let at = 2; at < data.length; at += 64) if (data.slice(at, at + 64) === word.slice(2)) return true;
  return false;
}

async function dated(chain: Chain, logs: readonly Log[]): Promise<Dated[]> {
  const times = new Map<number, string>();
  const found: Dated[] = [];
  for (const log of logs) {
    const event = eventIn(chain, log);
    if (!event) continue;
    const time = times.get(log.blockNumber) ?? (await timeOf(chain, log.blockNumber));
    times.set(log.blockNumber, time);
    found.push({ block: log.blockNumber, time, transaction: log.transactionHash, ...event });
  }
  return found;
}

async function timeOf({ provider }: Chain, number: number): Promise<string> {
  const block = await provider.getBlock(number);
  return new Date(Number(block?.timestamp ?? 0) * 1_000).toISOString();
}

const HEAD = ["block", "time", "transaction", "contract", "event", "words", "values"];

/** RFC 4180. The last column is JSON: amounts in base units, times in periods. */
const csvOf = (events: readonly Dated[]): string =>
  [
    HEAD,
    ...events.map(({ block, time, transaction, contract, event, words, values }) => [
      String(block),
      time,
      transaction,
      contract,
      event,
      words,
      JSON.stringify(plain(values)),
    ]),
  ]
    .map((row) => `${row.map(quoted).join(",")}\r\n`)
    .join("");

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
