import { CAMPAIGNS, readSittings, type Sitting } from "./record";

const thousands = (n: number): string => n.toLocaleString("en");
const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

const EXPLAINED: Readonly<Record<(typeof CAMPAIGNS)[number], string>> = {
  forge: "Stories of 200 calls of the handlers in each network, all its invariants checked (`npm run campaign:forge`).",
  histories:
    "Histories of 100 actions, compared with models (`npm run campaign:histories`). Refused is what the rules refuse; what is discarded found nothing to do, and is in no other column.",
  honest:
    "Answers of nodes, and attempts to prove them wrong (`npm run campaign:honest`). A failure is one that could be proven against, or a wrong one that couldn't.",
};

/** Sittings of one campaign on the same contracts and machine, added up. */
function summed(sittings: readonly Sitting[]): Sitting[] {
  const sums = new Map<string, Sitting>();
  for (const one of sittings) {
    const key = [one.what, one.contracts, one.machine, one.depth].join();
    const sum = sums.get(key);
    if (sum === undefined) {
      sums.set(key, { ...one });
      continue;
    }
    for (const name of ["runs", "calls", "refused", "discards", "failures", "seconds", "seeds"] as const)
      sum[name] += one[name];
    [sum.date, sum.commit] = [one.date, one.commit];
  }
  return [...sums.values()];
}

/** The section of docs/measurements.md about campaigns. */
export function campaignSection(): string {
  const parts = CAMPAIGNS.map((campaign) => {
    const rows = summed(readSittings(campaign)).map((one) =>
      row(
        one.what,
        thousands(one.runs),
        thousands(one.calls),
        thousands(one.refused),
        thousands(one.discards),
        thousands(one.failures),
        thousands(one.seconds),
        one.date.slice(0, 10),
        `${one.commit} (${one.contracts})`,
        one.machine,
      ),
    );
    const head = [
      "what",
      "runs",
      "calls",
      "refused",
      "discards",
      "failures",
      "seconds",
      "last",
      "commit (code of contracts/)",
      "machine",
    ];
    return [
      EXPLAINED[campaign],
      "",
      row(...head),
      row("---", ...head.slice(1, 7).map(() => "---:"), "---", "---", "---"),
      ...rows,
    ].join("\n");
  });
  return parts.join("\n\n");
}
