import { newChain } from "../health/contracts";
import { writeReport } from "../reports/files";
import { agrees, type Finding, playCheats, playDraws, playVotes, VOTES } from "./agents";

const PERIODS = 110;
const DRAWS = 4_000;

async function main(): Promise<void> {
  const findings: Finding[] = [];
  await newChain();
  findings.push(...(await playCheats(PERIODS)));
  for (const { name, mix } of VOTES) {
    await newChain();
    findings.push(...(await playVotes(name, mix, PERIODS)));
  }
  await newChain();
  findings.push(await playDraws(DRAWS));
  for (const finding of findings)
    process.stdout.write(`${agrees(finding) ? "as expected" : "DIFFERS"}: ${JSON.stringify(finding)}\n`);
  writeReport("economy-agents", {
    columns: ["agent", "periods", "cases", "contracts", "model", "stated error"],
    rows: findings.map(({ agent, periods, cases, real, model, error }) => [agent, periods, cases, real, model, error]),
  });
  const wrong = findings.filter((finding) => !agrees(finding));
  if (wrong.length > 0)
    throw new Error(`expected agents to fare as the model says, got ${wrong.map(({ agent }) => agent).join("; ")}`);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
