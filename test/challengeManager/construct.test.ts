import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import { ethers } from "hardhat";

import { policyNetwork, policyParameters } from "../helpers/policies";

type Parameters = typeof policyParameters.challenges;

const GOOD: Parameters = { bond: 1n, minAge: 2n, maxAge: 200n };
/** W periods of one hour, in which two maximal ages of 24 s a block must fit. */
const MOST_AGE = (policyParameters.policies.window * policyParameters.escrow.period) / 48n;

async function deploy(parameters: Parameters) {
  const { policies } = await loadFixture(policyNetwork);
  return ethers.deployContract("ChallengeManager", [await policies.getAddress(), parameters]);
}

describe("ChallengeManager.constructor", () => {
  it("keeps every parameter and the policies", async () => {
    const { policies } = await loadFixture(policyNetwork);
    const challenges = await deploy({ bond: 7n, minAge: 11n, maxAge: 13n });
    expect(await challenges.POLICIES()).to.equal(await policies.getAddress());
    expect([await challenges.BOND(), await challenges.MIN_AGE(), await challenges.MAX_AGE()]).to.deep.equal([
      7n,
      11n,
      13n,
    ]);
  });

  it("takes the least and the largest of each", async () => {
    expect(MOST_AGE).to.equal(225n);
    for (const good of [
      GOOD,
      { ...GOOD, bond: 2n ** 96n - 1n },
      { bond: 1n, minAge: 2n, maxAge: 3n },
      { bond: 1n, minAge: 2n, maxAge: MOST_AGE },
      { bond: 1n, minAge: MOST_AGE - 1n, maxAge: MOST_AGE },
    ]) {
      const challenges = await deploy(good);
      expect(await challenges.MAX_AGE()).to.equal(good.maxAge);
      expect(await challenges.MIN_AGE()).to.equal(good.minAge);
      expect(await challenges.BOND()).to.equal(good.bond);
    }
  });

  for (const [name, changes, value, least, most] of [
    ["bond", { bond: 0n }, 0n, 1n, 2n ** 96n - 1n],
    ["bond", { bond: 2n ** 96n }, 2n ** 96n, 1n, 2n ** 96n - 1n],
    ["maxAge", { maxAge: 2n }, 2n, 3n, MOST_AGE],
    ["maxAge", { maxAge: 0n }, 0n, 3n, MOST_AGE],
    ["maxAge", { maxAge: MOST_AGE + 1n }, MOST_AGE + 1n, 3n, MOST_AGE],
    ["minAge", { minAge: 1n }, 1n, 2n, 199n],
    ["minAge", { minAge: 200n }, 200n, 2n, 199n],
    ["minAge", { minAge: 2n ** 256n - 1n }, 2n ** 256n - 1n, 2n, 199n],
  ] as const) {
    it(`reverts with ChallengeManagerParameterOutOfBounds("${name}", ${value}, least, most)`, async () => {
      const { interface: abi } = await ethers.getContractFactory("ChallengeManager");
      await expect(deploy({ ...GOOD, ...changes }))
        .to.be.revertedWithCustomError({ interface: abi }, "ChallengeManagerParameterOutOfBounds")
        .withArgs(encodeBytes32String(name), value, least, most);
    });
  }
});
