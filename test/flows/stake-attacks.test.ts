import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { everySeat, type Scene, sceneOf, SEATS, seatsInNkms, voterOf } from "../healthVote/fixtures";
import { actingAs } from "../helpers/impersonate";
import { testParameters } from "../helpers/network";
import {
  createPolicy,
  deployPolicies,
  MINER_STAKE,
  type PolicyMiner,
  type PolicyNetwork,
  policyParameters,
  termsFor,
} from "../helpers/policies";
import { nextTransactionAt, passPeriods, toSettled } from "../helpers/time";

const COUNT = 5n;

/** Five miners with equal stakes, which earn 0.9 % of it a period: as if a tenth of S(0) were staked at the default parameters. */
const tenth = () =>
  deployPolicies({
    ...policyParameters,
    escrow: { ...policyParameters.escrow, firstIssue: (COUNT * MINER_STAKE) / 100n },
  });

/** What earns is L_min and not a unit more. */
const onTheEdge = () =>
  deployPolicies({ ...policyParameters, escrow: { ...policyParameters.escrow, minEarning: COUNT * MINER_STAKE } });

/** V = 1: a reward is claimed in the second period after its own, in which rounds of its period can still be finalized. */
const vestsAtOnce = () =>
  sceneOf(SEATS.map(seatsInNkms), everySeat, {
    ...testParameters,
    escrow: { ...testParameters.escrow, vesting: 1n },
  });

/** All that a miner has or can still get. */
async function wealthOf({ token, escrow, policies }: PolicyNetwork, { account }: PolicyMiner): Promise<bigint> {
  const [, locks] = await escrow.locksOf(account);
  const parts = await Promise.all([
    token.balanceOf(account),
    escrow.claimable(account),
    escrow.vesting(account),
    policies.claimableFees(account),
  ]);
  return [...parts, ...locks.map(({ amount }) => amount)].reduce((sum, part) => sum + part, 0n);
}

describe("Attacks on stake", () => {
  it("by an owner that shows its own key burn more than c + f: also what the seized stake earned and its miner didn't claim", async () => {
    const s = await loadFixture(tenth);
    const { escrow, policies, challenges, challenger, miners } = s;
    const [claims, waits] = miners as [PolicyMiner, PolicyMiner];
    const [rate, periods, collateral] = [nkms("2"), 150n, nkms("300")];
    const terms = termsFor(s, [claims, waits], { rate, periods, collateral });
    await createPolicy(s, terms, [claims, waits]);
    for (let i = 0; i < 10; i++) {
      await passPeriods(escrow, 15n);
      await escrow.advance(15n);
    }
    for (const { account } of [claims, waits]) await policies.connect(account).claimFees();
    await escrow.connect(claims.account).claim();

    const lossOf = async (index: number, miner: PolicyMiner): Promise<bigint> => {
      const before = await wealthOf(s, miner);
      await challenges.convict(policies, terms, index, true, challenger);
      return before - (await wealthOf(s, miner));
    };
    const reserved = collateral + rate * periods;
    expect(await lossOf(0, claims), "what has not vested, beside c + f").to.be.within(
      reserved,
      (reserved * 102n) / 100n,
    );
    expect(await lossOf(1, waits), "150 periods' reward of c + f more").to.be.above((reserved * 230n) / 100n);
  });

  it("by a miner without which too little earns: a billionth of an NKMS, burned in time, takes everybody's reward of a period", async () => {
    const s = await loadFixture(onTheEdge);
    const { escrow, policies, registry, miners, parameters } = s;
    const [pivot, other] = miners as [PolicyMiner, PolicyMiner];
    const dust = 10n ** 9n;
    await registry.connect(pivot.account).setPledge(MINER_STAKE, 2n ** 32n - 1n);
    const terms = termsFor(s, [pivot], { rate: dust, periods: 100n, collateral: nkms("1") });
    await createPolicy(s, terms, [pivot]);
    await passPeriods(escrow, 1n);
    await escrow.advance(10n);
    const issuedBefore = await escrow.issued();
    expect(await escrow.vesting(other.account), "of the first period").to.be.above(0n);

    // In the last second of the second one: nobody can lock more for it, what is locked now earns from the next one on.
    await policies.connect(pivot.account).claimFees(); // or the penalty would be taken from them
    const now = await escrow.currentPeriod();
    await nextTransactionAt((now + 1n) * parameters.escrow.period - 1n);
    await policies.connect(pivot.account).resign(terms, 0n);
    await passPeriods(escrow, 1n);
    await escrow.advance(10n);
    expect(await escrow.issued(), "nothing is issued").to.equal(issuedBefore);
  });

  it("by stake that came later, merged into a lock that was there: gives no seat in a round that is open, but takes all", async () => {
    const scene: Scene = await loadFixture(vestsAtOnce);
    const { escrow, votes, token } = scene;
    const { miner } = voterOf(scene, 0);
    const account = await actingAs(miner);
    const [, [lock]] = await escrow.locksOf(miner);
    const end = lock?.end ?? 0n;
    await toSettled(escrow);
    await votes.openRound();
    const seats = await votes.seatsOf(1n, miner);
    // The randomness is known: which seats beyond its own would win, too.
    await token.transfer(miner, nkms("1,000"));
    await token.connect(account).approve(escrow, ethers.MaxUint256);
    await escrow.connect(account).topUp(miner, 0n, end, nkms("1,000"));
    expect(await votes.seatsOf(1n, miner)).to.equal(seats);

    await passPeriods(escrow, 2n); // a round of two periods ago can still be shown and finalized
    await expect(escrow.connect(account).merge(0n, 1n, end)).to.be.revertedWithCustomError(
      escrow,
      "StakeEscrowNotPaidYet",
    );
    await escrow.connect(account).claim();
    await escrow.connect(account).merge(0n, 1n, end);
    expect(await votes.seatsOf(1n, miner)).to.equal(0n);
  });
});
