import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { createPolicy, deployPolicies, policyParameters, termsFor } from "../helpers/policies";
import { passPeriods } from "../helpers/time";

const YEAR = 365n * 86_400n;

/** The longest periods there can be, and a window of so many. */
const yearsWith = (window: bigint): NetworkParameters => ({
  ...policyParameters,
  escrow: { ...policyParameters.escrow, period: YEAR },
  policies: { ...policyParameters.policies, window },
});

/** With the longest window that periods of a year allow: all years since 1970. */
async function longestWindow() {
  const window = BigInt(await time.latest()) / YEAR;
  return { window, ...(await deployPolicies(yearsWith(window))) };
}

describe("Attacks on the edges of parameters", () => {
  describe("by a window that began before time", () => {
    it("is not there: a longer one than time since 1970 would freeze all fees and verdicts, and is refused", async () => {
      const { escrow, registry, window, parameters } = await loadFixture(longestWindow);
      const factory = await ethers.getContractFactory("PolicyManager");
      const now = await escrow.currentPeriod();
      expect(now).to.be.within(window, window + 2n);
      await expect(factory.deploy(escrow, registry, { ...parameters.policies, window: now + 1n }))
        .to.be.revertedWithCustomError(factory, "PolicyManagerParameterOutOfBounds")
        .withArgs(encodeBytes32String("window"), now + 1n, 1n, now);
    });

    it("pays fees and convicts from the first period on with the longest window there can be", async () => {
      const s = await loadFixture(longestWindow);
      const [ann, bob] = s.miners;
      if (!ann || !bob) throw new Error("expected two miners");
      const terms = termsFor(s, [ann, bob]);
      await createPolicy(s, terms, [ann, bob]);
      await passPeriods(s.escrow, 1n);

      const fee = BigInt(terms.rate);
      await expect(s.policies.connect(ann.account).claimFees()).to.changeTokenBalance(s.token, ann.account, fee);
      await expect(s.challenges.convict(s.policies, terms, 1n, false, s.challenger)).to.emit(s.policies, "Convicted");
      expect(await s.policies.reservedNow(bob.account)).to.equal(0n);
    });
  });
});
