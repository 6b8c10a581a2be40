import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { encodeBytes32String } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import type { TermsStruct } from "../../typechain-types/contracts/PolicyManager";
import {
  createPolicy,
  domainOf,
  policyNetwork,
  type PolicyMiner,
  type PolicyNetwork,
  renewalTypes,
  takeover,
  termsFor,
} from "../helpers/policies";
import { passPeriods } from "../helpers/time";

const COLLATERAL = nkms("15");
const MIN = nkms("1");
const RATE = nkms("2");
const PERIODS = 10n;
const WINDOW = 3n;

interface Scene extends PolicyNetwork {
  terms: TermsStruct;
  id: string;
  /** The miner, and accounts of its own. */
  own: PolicyMiner[];
}

/** A policy of 10 periods, c = 15 NKMS; c_min is 1 NKMS. */
async function scene(): Promise<Scene> {
  const network = await policyNetwork();
  const [ann] = network.miners;
  if (!ann) throw new Error("expected a miner");
  const terms = termsFor(network, [ann]);
  return { ...network, terms, id: await createPolicy(network, terms, [ann]), own: network.miners };
}

describe("Attacks on collateral", () => {
  it("by a hand-off to oneself ahead of each renewal lower it, if the payer renews, to c_min and no further", async () => {
    const s = await loadFixture(scene);
    const { policies, escrow, token, payer, challenges, challenger, terms, id, own, parameters } = s;
    const collaterals = [COLLATERAL];
    for (const [i, next] of own.slice(1, 4).entries()) {
      const [index, now, { end }] = [BigInt(i), await escrow.currentPeriod(), await policies.policyOf(id)];
      await passPeriods(escrow, end - 2n - now); // one period is left to whoever takes over
      const { start, collateral } = await policies.standingOf(terms, index);
      const share = ((collateral / 10n ** 9n + (end - start) - 1n) / (end - start)) * 10n ** 9n;
      const least = share > MIN ? share : MIN;
      const holder = own[i];
      if (!holder) throw new Error("expected a holder");
      const holds = policies.connect(holder.account);
      await expect(holds.handOff(terms, index, await takeover(policies, id, index, next, least - 10n ** 9n)))
        .to.be.revertedWithCustomError(policies, "PolicyManagerTermOutOfBounds")
        .withArgs(encodeBytes32String("collateral"), least - 10n ** 9n, least, parameters.maxSupply);
      await holds.handOff(terms, index, await takeover(policies, id, index, next, least));
      collaterals.push(least);
      // The payer goes on for as long as before, with the acceptance of who holds it.
      const message = { policy: id, oldEnd: end, newEnd: end + PERIODS };
      const acceptance = await next.operator.signTypedData(await domainOf(policies), renewalTypes, message);
      await policies.connect(payer).renew(terms, PERIODS, [acceptance]);
    }
    const last = collaterals.at(-1) ?? 0n;
    expect(collaterals).to.deep.equal([COLLATERAL, nkms("1.5"), MIN, MIN]);
    expect(MIN).to.equal(parameters.policies.minCollateral);

    await escrow.advance(100n);
    // Whoever finds a wrong answer now gets a fifth of that, instead of 3 NKMS: a payer looks before it renews.
    const before = await token.balanceOf(challenger);
    await challenges.convict(policies, terms, 3n, false, challenger);
    const [event] = await policies.queryFilter(policies.filters.Convicted);
    expect(event?.args.verdict.collateral).to.equal(last);
    expect((await token.balanceOf(challenger)) - before).to.equal(last / 5n);
  });

  it("by who takes over, leaves, and shows the key when only the one it took over from is liable", async () => {
    const s = await loadFixture(scene);
    const { policies, escrow, token, challenges, terms, id, own } = s;
    const [ann, bob] = own;
    if (!ann || !bob) throw new Error("expected two miners");
    const stakeOf = async (miner: PolicyMiner): Promise<bigint> =>
      (await escrow.locksOf(miner.account)).locks.reduce((total, { amount }) => total + amount, 0n);
    await passPeriods(escrow, 2n);
    await policies.connect(ann.account).handOff(terms, 0n, await takeover(policies, id, 0n, bob, COLLATERAL));
    const before = await Promise.all([stakeOf(ann), stakeOf(bob)]);
    await policies.connect(bob.account).resign(terms, 1n);
    await passPeriods(escrow, WINDOW + 2n);
    await expect(challenges.convict(policies, terms, 1n, true, bob.account))
      .to.be.revertedWithCustomError(policies, "PolicyManagerTooLate")
      .withArgs(id, 1n, (await escrow.currentPeriod()) - 1n);

    // It made sure that nobody else shows it: it is the challenger itself.
    await expect(challenges.convict(policies, terms, 0n, true, bob.account)).to.changeTokenBalance(
      token,
      bob.account,
      (2n * RATE * 5n) / 100n,
    );
    const [annLost, bobLost] = [before[0] - (await stakeOf(ann)), before[1] - (await stakeOf(bob))];
    expect([annLost, await policies.claimableFees(ann.account)]).to.deep.equal([COLLATERAL, 0n]);
    expect(bobLost, "a period's fee, for leaving").to.equal(RATE);
  });
});
