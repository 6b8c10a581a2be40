import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { deployNetwork, MIN_STAKE, testParameters } from "../helpers/network";
import { passPeriods } from "../helpers/time";

const SHORTEST = 30n;
const VESTING = testParameters.escrow.vesting;

/** As on a public network the shortest lock takes 30 periods. */
const network = () =>
  deployNetwork({ ...testParameters, escrow: { ...testParameters.escrow, shortestLock: SHORTEST, maxCatchUp: 64n } });

describe("Attacks on the length of locks", () => {
  it("a small lock that was made in time takes any stake for one period: the shortest lock binds only new ones", async () => {
    const { escrow, token, miners } = await loadFixture(network);
    const [whale] = miners;
    await escrow.connect(whale).lock(MIN_STAKE, 300n);
    await escrow.connect(whale).lock(1n, SHORTEST);
    const now = await passPeriods(escrow, SHORTEST - 1n);
    const [, [, small]] = await escrow.locksOf(whale);
    expect(small?.end, "ends soon").to.equal(now + 2n);

    // Borrowed for the next period, in which it earns and votes.
    const borrowed = nkms("1,000,000");
    const before = await token.balanceOf(whale);
    await escrow.connect(whale).topUp(whale, 1n, now + 2n, borrowed);
    expect(await escrow.earningOf(whale, now + 1n)).to.equal(MIN_STAKE + borrowed + 1n);
    expect(await escrow.earningOf(whale, now + 2n)).to.equal(MIN_STAKE);

    // Given back as early as what vests allows; a new lock would take 30 periods more, less one.
    await passPeriods(escrow, 1n + VESTING);
    await expect(escrow.connect(whale).withdraw(borrowed))
      .to.be.revertedWithCustomError(escrow, "StakeEscrowAboveWithdrawable")
      .withArgs(borrowed, 0n);
    await passPeriods(escrow, 1n);
    await escrow.connect(whale).withdraw(borrowed + 1n);
    expect(await token.balanceOf(whale), "and a reward").to.be.greaterThan(before);
    expect(await escrow.currentPeriod()).to.equal(now + 2n + VESTING);
  });
});
