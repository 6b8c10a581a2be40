import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { doors, externalFunctions } from "./doors";

const PAGE = join(__dirname, "../../docs/invariants.md");

/** What no handler calls, or never so that it goes through, and why. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  "NKMSToken.mint": "goes through for the escrow alone, when it closes periods",
  "NKMSToken.wire": "goes through once, when a network is deployed",
  "StakeEscrow.wire": "goes through once, when a network is deployed",
  "PolicyManager.wire": "goes through once, when a network is deployed",
  "PaidContentCondition.payContent": "in no handler: no contract of the network calls a condition; test/conditions",
  "PaidContentCondition.subscribe": "in no handler: no contract of the network calls a condition; test/conditions",
};

/** How often forge called a handler's function. */
export interface Metric {
  calls: number;
  reverts: number;
  discards: number;
}

export const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

const named = (handlers: ReadonlySet<string>): string => {
  const byHandler = new Map<string, string[]>();
  for (const [handler = "", name = ""] of [...handlers].map((each) => each.split("."))) {
    byHandler.set(handler, [...(byHandler.get(handler) ?? []), name]);
  }
  return [...byHandler].map(([handler, names]) => `${handler.replace("Handler", "")}: ${names.join(", ")}`).join("; ");
};

/** Handlers of the health votes' network inherit from those of the stakes' network: the same function isn't named twice. */
function once(handlers: ReadonlySet<string>): Set<string> {
  const isInherited = (each: string): boolean =>
    each.startsWith("HealthHandler.") && handlers.has(each.replace("HealthHandler.", "NetworkHandler."));
  return new Set([...handlers].filter((each) => !isInherited(each)));
}

/** Which handlers call each external function. */
export function doorTable(): string {
  const all = doors();
  const rows = externalFunctions().map((door) => {
    const { valid, hostile } = all.get(door) ?? { valid: new Set<string>(), hostile: new Set<string>() };
    return row(`\`${door}\``, named(once(valid)) || (EXCEPTIONS[door] ?? "-"), named(once(hostile)) || "-");
  });
  return [row("function", "calls that go through", "calls that are refused"), row("---", "---", "---"), ...rows].join(
    "\n",
  );
}

/** How often forge made each call of the handlers. */
export function metricTable(metrics: ReadonlyMap<string, Metric>): string {
  const rows = [...metrics]
    .sort(([a], [b]) => a.localeCompare(b, "en"))
    .map(([name, { calls, reverts, discards }]) => row(`\`${name}\``, calls, reverts, discards));
  return [row("handler", "calls", "reverts", "discards"), row("---", "---:", "---:", "---:"), ...rows].join("\n");
}

const between = (name: string): RegExp => new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- end -->)`);

/** A table as it stands in docs/invariants.md. */
export const tableInPage = (name: string): string => {
  const found = new RegExp(`<!-- ${name} -->\n([^]*?)\n<!-- end -->`).exec(readFileSync(PAGE, "utf8"))?.[1];
  if (found === undefined) throw new Error(`docs/invariants.md: expected a table "${name}", got none`);
  return found.trim();
};

/** Exchanges a table in docs/invariants.md. */
export function writeTable(name: string, table: string): void {
  tableInPage(name);
  const page = readFileSync(PAGE, "utf8");
  writeFileSync(
    PAGE,
    page.replace(between(name), (_, before: string, after: string) => `${before}${table}${after}`),
  );
}
