import { expect } from "chai";
import { ethers, ignition } from "hardhat";

import { nkmsModule } from "../../deploy/modules/nkms";
import { local } from "../../deploy/parameters/local";
import {
  ChallengeManager__factory,
  HealthVote__factory,
  MinerRegistry__factory,
  NKMSToken__factory,
  PolicyManager__factory,
  StakeEscrow__factory,
} from "../../typechain-types";

describe("Deploying with Ignition", () => {
  async function deployed() {
    const contracts = await ignition.deploy(nkmsModule(local));
    const [deployer] = await ethers.getSigners();
    if (!deployer) throw new Error("expected an account, got none");
    return {
      deployer,
      token: NKMSToken__factory.connect(await contracts.token.getAddress(), deployer),
      escrow: StakeEscrow__factory.connect(await contracts.escrow.getAddress(), deployer),
      registry: MinerRegistry__factory.connect(await contracts.registry.getAddress(), deployer),
      policies: PolicyManager__factory.connect(await contracts.policyManager.getAddress(), deployer),
      challenges: ChallengeManager__factory.connect(await contracts.challengeManager.getAddress(), deployer),
      votes: HealthVote__factory.connect(await contracts.healthVote.getAddress(), deployer),
    };
  }

  it("puts every parameter where the parameter file says", async () => {
    const { token, escrow, registry, policies, challenges, votes } = await deployed();
    expect(await token.INITIAL_SUPPLY()).to.equal(local.initialSupply);
    expect(await token.cap()).to.equal(local.maxSupply);
    expect({
      period: await escrow.PERIOD(),
      firstIssue: await escrow.FIRST_ISSUE(),
      healthPpm: await escrow.HEALTH_PPM(),
      minEarning: await escrow.MIN_EARNING(),
      minStake: await escrow.MIN_STAKE(),
      shortestLock: await escrow.SHORTEST_LOCK(),
      longestLock: await escrow.LONGEST_LOCK(),
      vesting: await escrow.VESTING(),
      maxCatchUp: await escrow.MAX_CATCH_UP(),
    }).to.deep.equal(local.escrow);
    expect(await registry.PERIOD()).to.equal(local.escrow.period);
    expect({
      window: await policies.WINDOW(),
      minCollateral: await policies.MIN_COLLATERAL(),
      floorPercent: await policies.FLOOR_PERCENT(),
      leakPercent: await policies.LEAK_PERCENT(),
      finderPercent: await policies.FINDER_PERCENT(),
    }).to.deep.equal(local.policies);
    expect({
      bond: await challenges.BOND(),
      minAge: await challenges.MIN_AGE(),
      maxAge: await challenges.MAX_AGE(),
    }).to.deep.equal(local.challenges);
    const { health } = local;
    expect([await votes.MIN_SEATS(), await votes.GAP(), await votes.RING()]).to.deep.equal([
      health.minSeats,
      health.gap,
      health.ring,
    ]);
    const [seeds, commits] = [health.seedBlocks, health.seedBlocks + health.commitBlocks];
    expect([await votes.SEEDS_END(), await votes.COMMITS_END(), await votes.REVEALS_END()]).to.deep.equal([
      seeds,
      commits,
      commits + health.revealBlocks,
    ]);
  });

  it("makes each contract know its neighbours", async () => {
    const { token, escrow, registry, policies, challenges, votes } = await deployed();
    expect(await token.escrow()).to.equal(await escrow.getAddress());
    expect(await escrow.TOKEN()).to.equal(await token.getAddress());
    expect(await escrow.registry()).to.equal(await registry.getAddress());
    expect(await escrow.policyManager()).to.equal(await policies.getAddress());
    expect(await policies.challengeManager()).to.equal(await challenges.getAddress());
    expect(await challenges.POLICIES()).to.equal(await policies.getAddress());
    expect(await escrow.healthVote()).to.equal(await votes.getAddress());
    expect([await votes.ESCROW(), await votes.REGISTRY()]).to.deep.equal([
      await escrow.getAddress(),
      await registry.getAddress(),
    ]);
    expect(await escrow.openPeriod()).to.equal(await escrow.currentPeriod());
  });

  it("leaves the deployer with the initial supply and without rights", async () => {
    const { deployer, token, escrow, registry, policies } = await deployed();
    expect(await token.balanceOf(deployer)).to.equal(local.initialSupply);
    expect(await token.deployer()).to.equal(ethers.ZeroAddress);
    expect(await escrow.deployer()).to.equal(ethers.ZeroAddress);
    expect(await policies.deployer()).to.equal(ethers.ZeroAddress);
    await expect(token.wire(escrow))
      .to.be.revertedWithCustomError(token, "WiredOnceNotDeployer")
      .withArgs(deployer.address, ethers.ZeroAddress);
    await expect(escrow.wire(registry, registry, registry))
      .to.be.revertedWithCustomError(escrow, "WiredOnceNotDeployer")
      .withArgs(deployer.address, ethers.ZeroAddress);
  });
});
