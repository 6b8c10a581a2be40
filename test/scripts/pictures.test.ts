import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { drawWithSeed, readSamplerState } from "@nkms/protocol";
import { expect } from "chai";
import { ethers } from "hardhat";

import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import { EXAMPLE, STAKED } from "../../scripts/economics/defaults";
import { rewardOf } from "../../scripts/economics/issuance";
import {
  AT_STAKE,
  CLAIM_EVERY,
  type Life,
  LIVES,
  PARTS,
  type Whereabouts,
  whereaboutsOf,
} from "../../scripts/economics/life";
import { economyPictures } from "../../scripts/economics/pictures";
import { evidencePictures } from "../../scripts/reports/evidence";
import { csvOf, readDoc, readReport } from "../../scripts/reports/files";
import type { Picture } from "../../scripts/reports/picture";
import { DRAWS, fairnessOf, HOLDINGS, NOW, sharesOf, stateOf, UNTIL } from "../../scripts/reports/sampling";
import { currentComparison } from "../../scripts/snapshots/comparison";
import { deployNetwork } from "../helpers/network";
import { createPolicy, deployPolicies, type PolicyMiner, policyParameters, termsFor } from "../helpers/policies";
import { passPeriods } from "../helpers/time";

const REPORTS = join(__dirname, "../../reports");
const fileOf = (name: string): string => readFileSync(join(REPORTS, name), "utf8");

/** What is committed is what `npm run reports` would write. PNGs depend on the fonts of a machine; CI compares the SVGs. */
function expectFresh({ name, says, report }: Picture): void {
  expect(fileOf(`${name}.csv`), name).to.equal(csvOf(report));
  expect(fileOf(`${name}.svg`), name).to.include(says.slice(0, 40));
}

describe("The pictures in reports/", () => {
  it("of economics are fresh", () => {
    for (const picture of economyPictures()) expectFresh(picture);
  });

  it("of what was measured are fresh", () => {
    for (const picture of evidencePictures()) expectFresh(picture);
  });

  it("of sampling can't be told from exact draws, and says so; that these were the draws, CI finds out", () => {
    const shares = [...sharesOf(HOLDINGS)];
    const off = readReport("sampling-fairness").rows.filter(([, what]) => what === "drawn");
    expect(off).to.have.length(shares.length);
    const counts = shares.map(([miner, share], i): [string, number] => [
      miner,
      Math.round(DRAWS * share * (1 + Number(off[i]?.[2]) / 100)),
    ]);
    expect(counts.reduce((sum, [, count]) => sum + count, 0)).to.equal(DRAWS);
    const { picture, test } = fairnessOf(new Map(counts));
    expectFresh(picture);
    expect(fileOf("sampling-test.csv")).to.equal(csvOf(test));
    const [, , , p, falseAlarms] = test.rows[0] ?? [];
    expect(Number(p)).to.be.above(Number(falseAlarms));
  });

  it("are all explained in reports/README.md, with their data, and nothing else is", () => {
    const files = readdirSync(REPORTS);
    const drawn = files.filter((file) => file.endsWith(".svg")).map((file) => file.slice(0, -4));
    const explained = [...fileOf("README.md").matchAll(/^\| \[([\w-]+)\]\(\1\.svg\) \|/gm)].map(([, name]) => name);
    expect(explained).to.have.members(drawn);
    for (const name of drawn) expect(files, name).to.include(`${name}.csv`);
  });

  it("come with a page beside known systems that says what the snapshots say", () => {
    expect(readDoc("comparison.md")).to.equal(currentComparison());
  });
});

describe("What the pictures show, on the contracts", () => {
  for (const [amount, periods] of [
    [nkms("16,000"), 30n],
    [nkms("160,000"), 90n],
    [nkms("800,000"), 365n],
  ] as const) {
    it(`is the reward of ${amount / 10n ** 18n} NKMS locked for ${periods} days`, async () => {
      const { token, escrow, distributor, miners } = await deployNetwork(local);
      const [miner] = miners;
      const others = BigInt(STAKED) * 10n ** 18n - amount;
      await token.connect(distributor).approve(escrow, others);
      await escrow.connect(distributor).lock(others, periods);
      await escrow.connect(miner).lock(amount, periods);
      await passPeriods(escrow, periods + 1n + local.escrow.vesting);
      await escrow.advance(ethers.MaxUint256);

      const before = await token.balanceOf(miner);
      await escrow.connect(miner).claim();
      const reward = Number((await token.balanceOf(miner)) - before) / 1e18;
      const expected = rewardOf(Number(amount) / 1e18, 0, Number(periods));
      expect(reward).to.be.closeTo(expected, expected * 1e-9);
    });
  }

  for (const life of LIVES) {
    it(`is where collateral and fee of an arrangement are that is ${life.title}, period by period`, async () => {
      const seen = await livedOnContracts(life);
      expect(seen).to.deep.equal(whereaboutsOf(life));
      for (const { parts } of seen) {
        expect(PARTS.reduce((sum, part) => sum + parts[part], 0)).to.equal(AT_STAKE);
      }
    });
  }

  it("is the draw of the escrow's view, seed by seed, in a network with the same stakes", async () => {
    const { token, escrow, distributor } = await deployNetwork(local);
    const miners = (await ethers.getSigners()).slice(0, HOLDINGS.length);
    expect(miners).to.have.length(HOLDINGS.length);
    for (const [i, { locks }] of HOLDINGS.entries()) {
      const miner = miners[i] ?? distributor;
      for (const { amount, periods } of locks) {
        if (miner !== distributor) await token.connect(distributor).transfer(miner, amount);
        await token.connect(miner).approve(escrow, amount);
        await escrow.connect(miner).lock(amount, periods);
      }
    }
    const shift = (await escrow.currentPeriod()) - NOW;
    const real = await readSamplerState(escrow);
    const made = stateOf(HOLDINGS);
    const nameOf = (address: string): string =>
      HOLDINGS[miners.findIndex((one) => one.address === address)]?.miner ?? "";
    for (let seed = 1n; seed <= 300n; seed++) {
      const request = { seed, wanted: 1n, until: UNTIL, maxTrials: 10_000n };
      const [expected] = await drawWithSeed(made, request);
      const [drawn = ""] = await drawWithSeed(real, { ...request, until: UNTIL + shift });
      const [onChain = ""] = await escrow.draw(seed, 1n, UNTIL + shift, 10_000n);
      expect([nameOf(drawn), nameOf(onChain)]).to.deep.equal([expected, expected]);
    }
  });
});

/** Does what the life says on the contracts, and looks after every period who has what of c + f. */
async function livedOnContracts({ incident }: Life): Promise<Whereabouts[]> {
  // Nothing is issued, so that nothing else burns.
  const escrowParameters = { ...policyParameters.escrow, minEarning: policyParameters.maxSupply };
  const scene = await deployPolicies({ ...policyParameters, escrow: escrowParameters, policies: local.policies }, 1);
  const { token, escrow, policies, challenges, owner, payer, challenger } = scene;
  const miner = scene.miners[0] as PolicyMiner;
  const [rate, collateral] = [nkms(String(EXAMPLE.rate)), nkms(String(EXAMPLE.collateral))];
  const terms = termsFor(scene, [miner], { periods: BigInt(EXAMPLE.periods), rate, collateral });
  await createPolicy(scene, terms, [miner]);

  const [atFirst, supply] = [await token.balanceOf(payer), await token.totalSupply()];
  const purse = await token.balanceOf(miner.account);
  const stakeOf = async (): Promise<bigint> => escrow.lockedIn(miner.account, (await escrow.currentPeriod()) + 1n);
  const stake = await stakeOf();
  let heldUntil = 0n;
  const lived: Whereabouts[] = [];
  for (let period = 0; period < whereaboutsOf({ title: "" }).length; period++) {
    if (period > 0) await passPeriods(escrow, 1n);
    if (period === incident?.after) {
      if (incident.what === "revoked") {
        await policies.connect(owner).revoke(terms, 0n);
        heldUntil = (await escrow.currentPeriod()) + local.policies.window + 2n;
      } else {
        await challenges.convict(policies, terms, 0n, incident.what === "leaked key", challenger);
      }
    }
    if (period % CLAIM_EVERY === 0 && (await policies.claimableFees(miner.account)) > 0n) {
      await policies.connect(miner.account).claimFees();
    }
    if ((await policies.refundOf(payer)) > 0n) await policies.connect(payer).takeRefund();
    const held = await policies.heldFor(payer, heldUntil);
    if (held > 0n && (await escrow.currentPeriod()) >= heldUntil)
      await policies.connect(payer).takeHeldRefund(heldUntil);
    lived.push({ period, parts: await look() });
  }
  return lived;

  async function look(): Promise<Record<(typeof PARTS)[number], number>> {
    const unclaimed = await policies.claimableFees(miner.account);
    const held = await policies.heldFor(payer, heldUntil);
    const reservedAll = await policies.reservedNow(miner.account);
    const reserved = reservedAll < collateral ? reservedAll : collateral;
    const kept = collateral - (stake - (await stakeOf()));
    const claimed = (await token.balanceOf(miner.account)) - purse;
    const amounts: Record<(typeof PARTS)[number], bigint> = {
      "miner: collateral (reserved)": reserved,
      "miner: collateral (free)": kept > reserved ? kept - reserved : 0n,
      "miner: fee (claimed)": kept < 0n ? claimed + kept : claimed,
      "miner: fee (not claimed)": unclaimed,
      "not earned yet": (await token.balanceOf(policies)) - unclaimed - held,
      "payer: held for the window": held,
      "payer: paid back": (await token.balanceOf(payer)) - atFirst,
      challenger: await token.balanceOf(challenger),
      burned: supply - (await token.totalSupply()),
    };
    const inNkms = Object.entries(amounts).map(([part, amount]) => [part, Number(amount) / 1e18]);
    return Object.fromEntries(inNkms) as Record<(typeof PARTS)[number], number>;
  }
}
