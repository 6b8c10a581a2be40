import { writeEconomy } from "../economics/write";
import { currentComparison } from "../snapshots/comparison";
import { evidencePictures } from "./evidence";
import { writeDoc, writeReport } from "./files";
import { draw } from "./picture";
import { countDraws, DRAWS, fairnessOf, HOLDINGS, stateOf } from "./sampling";

/** `npm run reports`: writes all that takes no simulation and no measurement, out of what these left and of models. */
async function main(): Promise<void> {
  const sampling = fairnessOf(await countDraws(stateOf(HOLDINGS), DRAWS));
  writeReport("sampling-test", sampling.test);
  for (const picture of [sampling.picture, ...evidencePictures()]) await draw(picture);
  await writeEconomy();
  writeDoc("comparison.md", currentComparison());
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
