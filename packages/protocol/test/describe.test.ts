import { expect } from "chai";
import { toBeHex } from "ethers";

import {
  ALL_ARRANGEMENTS,
  describeAcceptance,
  describeConsent,
  describeReceipt,
  describeRenewal,
  describeRevocation,
  describeTakeover,
  describeTerms,
  durationOf,
  policyId,
} from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";
import { domain, NKMS, operators, terms } from "./helpers/terms.js";

const calendar = { secondsPerPeriod: 86_400n, window: 7n };
const policy = policyId(terms, domain);
const hashOf = (i: number): string => terms.arrangements[i]?.kfragHash ?? "";
const [, miner = ""] = terms.arrangements.map((one) => one.miner);

describe("describeTerms", () => {
  it("says everything that is in the terms", () => {
    expect(describeTerms(terms, domain, calendar)).to.deep.equal([
      `Policy ${policy} of contract ${domain.verifyingContract} on chain 31337.`,
      `${terms.owner} owns it and may revoke it at any time.`,
      `${terms.payer} pays 60 NKMS for 3 miners and 10 periods of 1 day: 2 NKMS per miner and period. What isn't served is paid back.`,
      "Each miner puts 15 NKMS at risk besides its fee.",
      "It must be created until 2026-01-01 12:00:00 UTC; it is served from the next period on and ends before period 20465 (2026-01-12 00:00:00 UTC) at the latest.",
      "No condition: nodes answer the reader as long as it lasts.",
      "A miner may hand its fragment to another miner without asking the owner.",
      ...[0, 1, 2].map(
        (i) =>
          `${i}: miner ${terms.arrangements[i]?.miner}, signed for by ${operators[i]?.address}, fragment ${hashOf(i)}.`,
      ),
    ]);
  });

  it("says it when there is a condition, one miner, one period, or hand-off only with the owner's signature", () => {
    const condition = toBeHex(0xc0, 20);
    const arrangements = terms.arrangements.slice(0, 1);
    const other = { ...terms, condition, handOff: false, periods: 1n, arrangements };
    const words = describeTerms(other, domain, calendar);
    expect(words).to.include(`Nodes ask the contract ${condition} before each answer.`);
    expect(words).to.include("A miner may hand its fragment to another miner only with the owner's signature.");
    expect(words[2]).to.match(/pays 2 NKMS for 1 miner and 1 period of 1 day: /);
  });

  it("shows amounts to the last unit, and periods of any length", () => {
    const rate = 1_234_567n * NKMS + 10n ** 9n;
    const words = (secondsPerPeriod: bigint): string =>
      describeTerms({ ...terms, rate }, domain, { ...calendar, secondsPerPeriod })[2] ?? "";
    expect(words(86_400n)).to.include("1,234,567.000000001 NKMS per miner and period");
    const lengths = [86_400n * 7n, 3_600n, 7_200n, 60n, 300n, 61n];
    const names = ["7 days", "1 hour", "2 hours", "1 minute", "5 minutes", "61 seconds"];
    for (const [i, length] of lengths.entries()) expect(words(length)).to.include(`10 periods of ${names[i]}:`);
  });

  it("has words for a deadline that never comes", () => {
    const words = describeTerms({ ...terms, deadline: 2n ** 256n - 1n }, domain, calendar);
    expect(words[4]).to.match(/^It must be created until the end of time; .* \(the end of time\) at the latest\.$/);
  });
});

describe("describeAcceptance", () => {
  it("says what the miner does, earns and may lose, and then the terms", () => {
    expect(describeAcceptance(terms, 1, domain, calendar)).to.deep.equal([
      `You accept, for miner ${miner}, to re-encrypt with the fragment ${hashOf(1)} for 10 periods of 1 day.`,
      "It earns 2 NKMS per period, 20 NKMS if nobody ends it before.",
      "35 NKMS of its stake are reserved, at the latest through period 20472 (2026-01-19 00:00:00 UTC): it loses up to that much for a wrong answer or if the fragment leaks, whoever leaked it.",
      "Leaving early costs it one period's fee.",
      ...describeTerms(terms, domain, calendar),
    ]);
  });

  it("refuses an index that the terms don't have", () => {
    expectRefusal(() => describeAcceptance(terms, 3, domain, calendar), {
      code: "BAD_ARGUMENT",
      message: "index: expected 0 .. 2, got 3",
    });
  });
});

describe("describeRenewal", () => {
  it("says how much longer, for how much", () => {
    expect(describeRenewal({ policy, oldEnd: 20_465n, newEnd: 20_470n }, terms, calendar)).to.deep.equal([
      `You accept to serve policy ${policy} for 5 periods of 1 day more: until before period 20470 (2026-01-17 00:00:00 UTC) instead of before period 20465 (2026-01-12 00:00:00 UTC).`,
      "Your miner earns 2 NKMS for each, 10 NKMS in all, and as much more of its stake is reserved, through period 20477 (2026-01-24 00:00:00 UTC).",
    ]);
  });
});

describe("describeTakeover", () => {
  it("says who takes what over, and what is at risk", () => {
    const deadline = terms.deadline;
    const operator = operators[0]?.address ?? "";
    const takeover = { policy, index: 2n, miner, operator, collateral: 6n * NKMS, end: 20_465n, deadline };
    expect(describeTakeover(takeover, calendar)).to.deep.equal([
      `You accept, for miner ${miner}, to take over arrangement 2 of policy ${policy}, from the next period until before period 20465 (2026-01-12 00:00:00 UTC), the policy's end.`,
      "It puts 6 NKMS at risk besides its fee, through period 20472 (2026-01-19 00:00:00 UTC), also if the fragment leaks from the miner that had it before.",
      "This is good until 2026-01-01 12:00:00 UTC.",
    ]);
  });
});

describe("describeConsent", () => {
  it("says which arrangement passes to whom", () => {
    expect(describeConsent({ policy, index: 2n, miner, nonce: 0n, deadline: terms.deadline })).to.deep.equal([
      `You let arrangement 2 of your policy ${policy} pass to miner ${miner}, on the same terms.`,
      "This is good once, until 2026-01-01 12:00:00 UTC.",
    ]);
  });
});

describe("describeRevocation", () => {
  it("tells one arrangement from all", () => {
    const revocation = { policy, nonce: 0n, deadline: terms.deadline };
    const refund =
      "What isn't served is paid back to the policy's payer. Anybody may bring this to the chain, once, until 2026-01-01 12:00:00 UTC.";
    expect(describeRevocation({ ...revocation, index: ALL_ARRANGEMENTS })).to.deep.equal([
      `You end your policy ${policy}: nobody re-encrypts for it after the current period.`,
      refund,
    ]);
    expect(describeRevocation({ ...revocation, index: 1n })).to.deep.equal([
      `You end arrangement 1 of your policy ${policy} with the current period; the others go on.`,
      refund,
    ]);
  });
});

describe("describeReceipt", () => {
  it("says what was answered to what, and what that can cost", () => {
    const receipt = { policy, index: 2n, capsuleHash: hashOf(0), cfragHash: hashOf(1) };
    expect(describeReceipt(receipt)).to.deep.equal([
      `You say that for arrangement 2 of policy ${policy} your node re-encrypted the capsule with hash ${hashOf(0)} and answered with the bytes with hash ${hashOf(1)}.`,
      "If that answer is wrong, whoever has it can prove it: your miner loses the arrangement's collateral and its earned fee.",
    ]);
  });
});

describe("durationOf", () => {
  it("takes the largest unit that leaves no rest", () => {
    for (const [seconds, words] of [
      [0n, "0 seconds"],
      [1n, "1 second"],
      [61n, "61 seconds"],
      [5_400n, "90 minutes"],
      [3_600n, "1 hour"],
      [172_800n, "2 days"],
      [86_400_000n, "1,000 days"],
    ] as const) {
      expect(durationOf(seconds)).to.equal(words);
    }
  });
});
