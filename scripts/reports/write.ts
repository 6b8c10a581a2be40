import { writeEconomy } from "../economics/write";
import { evidencePictures } from "./evidence";
import { writeReport } from "./files";
import { draw } from "./picture";
import { samplingPicture } from "./sampling";

/** `npm run reports`: writes all that takes no simulation and no measurement, out of what these left and of models. */
async function main(): Promise<void> {
  await writeEconomy();
  const sampling = await samplingPicture();
  writeReport("sampling-test", sampling.test);
  for (const picture of [sampling.picture, ...evidencePictures()]) await draw(picture);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
