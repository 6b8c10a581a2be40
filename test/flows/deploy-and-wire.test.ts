import { expect } from "chai";
import { ethers, ignition } from "hardhat";

import { nkmsModule } from "../../deploy/modules/nkms";
import { local } from "../../deploy/parameters/local";
import { MinerRegistry__factory, NKMSToken__factory, StakeEscrow__factory } from "../../typechain-types";

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
      policyManager: await contracts.policyManager.getAddress(),
      healthVote: await contracts.healthVote.getAddress(),
    };
  }

  it("puts every parameter where the parameter file says", async () => {
    const { token, escrow, registry } = await deployed();
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
  });

  it("makes each contract know its neighbours", async () => {
    const { token, escrow, registry, policyManager, healthVote } = await deployed();
    expect(await token.escrow()).to.equal(await escrow.getAddress());
    expect(await escrow.TOKEN()).to.equal(await token.getAddress());
    expect(await escrow.registry()).to.equal(await registry.getAddress());
    expect(await escrow.policyManager()).to.equal(policyManager);
    expect(await escrow.healthVote()).to.equal(healthVote);
    expect(await escrow.openPeriod()).to.equal(await escrow.currentPeriod());
  });

  it("leaves the deployer with the initial supply and without rights", async () => {
    const { deployer, token, escrow, registry } = await deployed();
    expect(await token.balanceOf(deployer)).to.equal(local.initialSupply);
    expect(await token.deployer()).to.equal(ethers.ZeroAddress);
    expect(await escrow.deployer()).to.equal(ethers.ZeroAddress);
    await expect(token.wire(escrow))
      .to.be.revertedWithCustomError(token, "WiredOnceNotDeployer")
      .withArgs(deployer.address, ethers.ZeroAddress);
    await expect(escrow.wire(registry, registry, registry))
      .to.be.revertedWithCustomError(escrow, "WiredOnceNotDeployer")
      .withArgs(deployer.address, ethers.ZeroAddress);
  });
});
