import { backend } from "@nkms/umbral";
import { expect } from "chai";

import { honestCampaign, oddCampaign, wrongCampaign } from "../../scripts/campaigns/campaign";

/** The first seed, and how many answers of each kind; for the long form see scripts/campaigns/honest-answers.ts. */
const SEED = BigInt(process.env["NKMS_SEED"] ?? 20_261_120);
const RUNS = Number(process.env["NKMS_RUNS"] ?? 36);

describe(`Answers of nodes, on the ${backend()} backend`, () => {
  it("are proven wrong by nothing, if they are honest", async () => {
    const { answers, attempts, wrong } = await honestCampaign({ seed: SEED, runs: RUNS });
    expect(wrong, "false verdicts").to.deep.equal([]);
    expect(answers).to.equal(RUNS);
    expect(attempts).to.be.at.least(80 * RUNS);
  });

  it("are proven wrong by nothing, if they are honest and any byte of the evidence is changed", async () => {
    const { wrong, attempts } = await honestCampaign({ seed: SEED + 1n, runs: 3, flips: 522 });
    expect(wrong, "false verdicts").to.deep.equal([]);
    expect(attempts).to.be.at.least(3 * 522);
  });

  it("are proven wrong by nothing, if they are honest and the owner or the encryptor is odd", async () => {
    const { answers, wrong } = await oddCampaign({ seed: SEED, runs: RUNS });
    expect(wrong, "false verdicts").to.deep.equal([]);
    expect(answers).to.equal(RUNS);
  });

  it("can be proven wrong, whatever else a node signed", async () => {
    const { answers, wrong } = await wrongCampaign({ seed: SEED, runs: 5 * RUNS });
    expect(wrong, "answers that nobody can punish, or faults that are not there").to.deep.equal([]);
    expect(answers).to.equal(5 * RUNS);
  });
});
