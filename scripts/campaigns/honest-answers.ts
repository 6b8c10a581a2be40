import { backend } from "@nkms/umbral";

import { countFromEnvironment } from "../../deploy/environment";
import { type CampaignOptions, honestCampaign, oddCampaign, wrongCampaign } from "./campaign";
import { Recorder } from "./record";

// No honest answer convicts, and every wrong one does. NKMS_SEED: where the randomness begins, else 1. NKMS_RUNS: how
// many honest and how many wrong answers, else 10,000. UMBRAL_BACKEND: native or noble. Fails if anything was otherwise.

/** With a name: what is counted behind it must be none. Odd owners are a fifth as many. */
const CAMPAIGNS = [
  { what: "honest answers, proven against", campaign: honestCampaign, part: 1 },
  { what: "honest answers to odd owners, proven against", campaign: oddCampaign, part: 5 },
  { what: "wrong answers, not provable", campaign: wrongCampaign, part: 1 },
];

async function main(): Promise<void> {
  const [seed, runs] = [countFromEnvironment("NKMS_SEED", 1), countFromEnvironment("NKMS_RUNS", 10_000)];
  const recorder = new Recorder("honest");
  for (const { what, campaign, part } of CAMPAIGNS) {
    const options: CampaignOptions = { seed: BigInt(seed), runs: Math.ceil(runs / part) };
    const began = Date.now();
    const { answers, attempts, wrong } = await campaign(options);
    const seconds = Math.round((Date.now() - began) / 1_000);
    recorder.add(`${what} (${backend()})`, seed, 1, {
      runs: answers,
      calls: attempts,
      refused: 0,
      discards: 0,
      failures: wrong.length,
      seconds,
    });
    const count = (n: number): string => n.toLocaleString("en-US");
    process.stdout.write(
      `${count(answers)} ${what}: ${wrong.length}; ${count(attempts)} attempts, seed ${seed}, ${backend()}, ${seconds} s\n`,
    );
    for (const one of wrong) process.stdout.write(`  ${one}\n`);
    if (wrong.length > 0) process.exitCode = 1;
  }
}

void main();
