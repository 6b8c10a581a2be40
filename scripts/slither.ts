/**
 * Static analysis: `npm run slither`. Runs Slither over what Hardhat compiled, and wants an answer to every finding, in
 * `scripts/static/answers.ts`, and a finding to every answer. Writes `docs/static-analysis.md`. Slither is Python
 * (`pip install slither-analyzer==0.11.3`); where it isn't installed, this says so and skips.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Answer, ANSWERS } from "./static/answers";

const ROOT = join(__dirname, "..");

interface Finding {
  check: string;
  impact: string;
  description: string;
}

interface Report {
  success: boolean;
  error: string | null;
  results: { detectors?: Finding[] };
}

/** What Slither found, or undefined where there is no Slither. */
function findings(): Finding[] | undefined {
  const command = process.env["SLITHER"] ?? "slither";
  const version = spawnSync(command, ["--version"], { encoding: "utf8" });
  if (version.status !== 0) return undefined;
  process.stdout.write(`slither ${version.stdout.trim()}\n`);
  const folder = mkdtempSync(join(tmpdir(), "nkms-slither-"));
  try {
    const file = join(folder, "report.json");
    const options = ["--compile-force-framework", "hardhat", "--hardhat-ignore-compile", "--exclude-dependencies"];
    const run = spawnSync(
      command,
      [".", ...options, "--filter-paths", "contracts/mocks|node_modules", "--json", file],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    if (!report.success) throw new Error(`slither: expected a report, got ${report.error ?? run.stderr}`);
    return report.results.detectors ?? [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Slither says before it names the contract. */
const PREFACE = /^(Reentrancy in|Low level call in|Function|Variable|Parameter) /;

/** A finding's text, without the folder. */
const textOf = ({ description }: Finding): string => description.replaceAll("contracts/", "");

const answers = ({ check, where }: Answer, finding: Finding): boolean =>
  finding.check === check && where.test(textOf(finding));

function page(found: readonly Finding[]): string {
  const rows = ANSWERS.map((answer) => {
    const about = found.filter((finding) => answers(answer, finding));
    const places = [...new Set(about.map((finding) => /^\w+/.exec(textOf(finding).replace(PREFACE, ""))?.[0] ?? ""))];
    return `| ${answer.check} | ${about[0]?.impact ?? ""} | ${about.length} | ${places.sort().join(", ")} | ${answer.why} |`;
  });
  return `# Static analysis

Written by \`npm run slither\` (Slither 0.11.3). ${found.length} findings, each answered in \`scripts/static/answers.ts\`; a new
finding without an answer fails the command, and so does an answer without a finding. What is proved instead of searched for
stands in [proofs.md](proofs.md), and so does every \`unchecked\` block.

| check | impact | findings | contracts | answer |
| --- | --- | ---: | --- | --- |
${rows.join("\n")}
`;
}

function main(): void {
  const found = findings();
  if (!found) {
    process.stdout.write("slither: not installed, skipped; pip install slither-analyzer==0.11.3\n");
    return;
  }
  const open = found.filter((finding) => !ANSWERS.some((answer) => answers(answer, finding)));
  const stale = ANSWERS.filter((answer) => !found.some((finding) => answers(answer, finding)));
  for (const finding of open) process.stderr.write(`not answered: ${finding.check}: ${textOf(finding)}\n`);
  for (const { check, where } of stale) process.stderr.write(`answers nothing: ${check} at ${String(where)}\n`);
  writeFileSync(join(ROOT, "docs/static-analysis.md"), page(found));
  process.stdout.write(`${found.length} findings, ${found.length - open.length} answered\n`);
  process.exitCode = open.length + stale.length === 0 ? 0 : 1;
}

main();
