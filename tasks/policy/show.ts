import { describeTerms, type Terms } from "@nkms/protocol";

import { inNkms } from "../lib/amounts";
import type { Chain } from "../lib/chain";
import type { Finding } from "../lib/look";
import { tableOf } from "../lib/table";
import { standingInWords } from "./arrangements";
import { domainOf, policyNamed } from "./files";
import { type StandingArrangement, standings } from "./open";

/** Shows a policy: its terms, and how each of its arrangements stands. */
export async function show(chain: Chain, args: { policy: string }): Promise<Finding> {
  const { id, terms } = await policyNamed(chain, args.policy);
  const { start, end, closed } = await chain.policies.policyOf(id);
  const created = start !== 0n;
  const arrangements = created ? await standings(chain, { id, terms }) : [];
  return {
    result: { policy: id, created, start, end, revokedFrom: closed, terms, arrangements },
    words: [
      ...describeTerms(terms, domainOf(chain), chain.calendar),
      lifeInWords(chain, { start, end, closed }),
      ...(created ? [arrangementTable(chain, terms, arrangements)] : []),
    ],
  };
}

function lifeInWords({ dates, now }: Chain, life: { start: bigint; end: bigint; closed: bigint }): string {
  const { start, end, closed } = life;
  if (start === 0n) return "It was not created, or not with exactly these terms.";
  const stop = closed === 0n ? end : closed;
  const over = now >= stop ? "It is over: it was served" : "It is served";
  return `${over} ${dates.from(start)}, ${dates.through(stop - 1n)}${closed === 0n ? "" : "; it was revoked"}.`;
}

const arrangementTable = (chain: Chain, terms: Terms, arrangements: readonly StandingArrangement[]): string =>
  tableOf(
    ["index", "miner", "operator", "from", "through", "collateral", "earned", "how it stands"],
    arrangements.map((one) => [
      String(one.index),
      one.miner,
      one.operator,
      chain.dates.startOf(one.start),
      one.stop > one.start ? chain.dates.endOf(one.stop - 1n) : "never",
      inNkms(one.collateral),
      inNkms(terms.rate * servedPeriods(chain, one)),
      standingInWords(chain, one),
    ]),
  );

/** t: the current period counts, if it is served. */
function servedPeriods({ now }: Chain, { start, stop }: StandingArrangement): bigint {
  const last = now + 1n < stop ? now + 1n : stop;
  return last > start ? last - start : 0n;
}
