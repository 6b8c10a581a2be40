import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { countFromEnvironment } from "../../deploy/environment";
import { type Counts, Recorder, seedsLeft } from "./record";

// The invariants in forge for hours, in slices of 50 stories of each contract in test/forge/campaign. What is recorded
// already isn't played again, so a campaign can be stopped at any time and started again. NKMS_SEED: the first slice,
// else 1000. NKMS_RUNS: how many stories of each contract, else 10,000. A story that fails is printed, and ends the campaign.

const ROOT = join(__dirname, "../..");
const SLICE = 50;
const DEPTH = 200;
const NAMES = ["CampaignOfStakes", "CampaignOfPolicies", "CampaignOfChallenges", "CampaignOfHealthVotes"];

/** What `forge test --json` says of an invariant; only what is read here. */
interface Result {
  status: "Success" | "Failure";
  reason: string | null;
  /** The shortened story. */
  counterexample: { Sequence?: [number, { signature: string; args: string }[]] } | null;
  kind: {
    Invariant: {
      runs: number;
      calls: number;
      reverts: number;
      metrics: Record<string, { calls: number; reverts: number; discards: number }>;
    };
  };
}

/** Plays a slice of one contract. */
function play(name: string, seed: number): { counts: Counts; reason?: string } {
  const began = Date.now();
  const args = ["forge", "test", "--json", "--threads", "1", "--match-contract", `^${name}$`, "--fuzz-seed", `${seed}`];
  const { stdout, stderr, error } = spawnSync("npx", args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: {
      ...process.env,
      FOUNDRY_PROFILE: "campaign",
      FOUNDRY_INVARIANT_RUNS: `${SLICE}`,
      FOUNDRY_INVARIANT_DEPTH: `${DEPTH}`,
    },
  });
  if (error) throw error;
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`forge: expected a line of JSON, got ${stdout}${stderr}`);
  const suites = JSON.parse(line) as Record<string, { test_results: Record<string, Result> }>;
  const results = Object.values(suites).flatMap(({ test_results }) => Object.values(test_results));
  const [result] = results;
  if (results.length !== 1 || !result) throw new Error(`${name}: expected one invariant, got ${results.length}`);
  const { runs, calls, reverts, metrics } = result.kind.Invariant;
  const discards = Object.values(metrics).reduce((sum, one) => sum + one.discards, 0);
  const failed = result.status !== "Success";
  const seconds = Math.round((Date.now() - began) / 1_000);
  const counts = { runs, calls, refused: reverts, discards, failures: failed ? 1 : 0, seconds };
  if (!failed) return { counts };
  const story = result.counterexample?.Sequence?.[1].map((call) => `  ${call.signature} ${call.args}`) ?? [];
  return { counts, reason: [result.reason ?? "failed", ...story].join("\n") };
}

function main(): void {
  const [first, runs] = [countFromEnvironment("NKMS_SEED", 1_000), countFromEnvironment("NKMS_RUNS", 10_000)];
  const recorder = new Recorder("forge");
  const left = NAMES.map((name) => new Set(seedsLeft("forge", name, first, Math.ceil(runs / SLICE))));
  for (let seed = first; seed < first + Math.ceil(runs / SLICE); seed++) {
    for (const [i, name] of NAMES.entries()) {
      if (!left[i]?.has(seed)) continue;
      const { counts, reason } = play(name, seed);
      recorder.add(name, seed, DEPTH, counts);
      process.stdout.write(
        `slice ${seed}: ${counts.runs} stories of ${name}, ${counts.calls} calls, ${counts.seconds} s\n`,
      );
      if (reason === undefined) continue;
      process.stderr.write(`${name}, seed ${seed}: ${reason}\n`);
      process.exitCode = 1;
      return;
    }
  }
}

main();
