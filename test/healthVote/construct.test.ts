import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { encodeBytes32String, MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import { healthParameters } from "../helpers/health";
import { MIN_STAKE, testParameters } from "../helpers/network";
import { toSettled } from "../helpers/time";

type Parameters = Record<keyof typeof healthParameters, bigint>;
const usual = healthParameters as Parameters;

/** A wired escrow whose health votes are others, and a way to construct health votes for it. */
async function neighboursOnly(period = testParameters.escrow.period) {
  const [deployer] = await ethers.getSigners();
  if (!deployer) throw new Error("expected an account");
  const { initialSupply, maxSupply, escrow: ofEscrow } = testParameters;
  const token = await ethers.deployContract("NKMSToken", [deployer.address, initialSupply, maxSupply]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [token, { ...ofEscrow, period }]);
  const registry = await ethers.deployContract("MinerRegistry", [escrow]);
  const factory = await ethers.getContractFactory("HealthVote");
  const construct = (changed: Partial<Parameters> = {}) => factory.deploy(escrow, registry, { ...usual, ...changed });
  return { deployer, token, escrow, registry, factory, construct };
}

const usualPeriod = () => neighboursOnly();
/** Two periods have room for phases of 10,000 blocks each, of 24 seconds. */
const longPeriod = () => neighboursOnly(360_000n);

describe("HealthVote.construct", () => {
  describe("when all parameters are within their bounds", () => {
    it("shows every parameter as it was given, phases by their last block, and its neighbours", async () => {
      const { construct, token, escrow, registry } = await loadFixture(usualPeriod);
      const votes = await construct({
        minSeats: 77n,
        gap: 31n,
        seedBlocks: 5n,
        commitBlocks: 7n,
        revealBlocks: 11n,
        ring: 9n,
      });
      expect(await votes.MIN_SEATS()).to.equal(77n);
      expect(await votes.GAP()).to.equal(31n);
      expect(await votes.SEEDS_END()).to.equal(5n);
      expect(await votes.COMMITS_END()).to.equal(12n);
      expect(await votes.REVEALS_END()).to.equal(23n);
      expect(await votes.RING()).to.equal(9n);
      expect(await votes.PERIOD()).to.equal(testParameters.escrow.period);
      expect(await votes.VESTING()).to.equal(testParameters.escrow.vesting);
      expect(await votes.SEAT()).to.equal(MIN_STAKE / 16n);
      expect(await votes.TOKEN()).to.equal(await token.getAddress());
      expect(await votes.ESCROW()).to.equal(await escrow.getAddress());
      expect(await votes.REGISTRY()).to.equal(await registry.getAddress());
    });

    it("has no rounds and no carry", async () => {
      const { construct } = await loadFixture(usualPeriod);
      const votes = await construct();
      expect([await votes.rounds(), await votes.carry()]).to.deep.equal([0n, 0n]);
      for (const round of [0n, 1n, usual.ring]) {
        await expect(votes.roundOf(round))
          .to.be.revertedWithCustomError(votes, "HealthVoteUnknownRound")
          .withArgs(round);
      }
    });
  });

  describe("when one parameter is out of bounds", () => {
    /** Constructs at both bounds, and is refused one below, one above and at 2^256 - 1. */
    async function keepsWithin(
      parameter: keyof Parameters,
      least: bigint,
      most: bigint,
      others: Partial<Parameters> = {},
      fixture = usualPeriod,
    ): Promise<void> {
      const { construct, factory } = await loadFixture(fixture);
      for (const value of [least, most]) {
        const votes = await construct({ ...others, [parameter]: value });
        expect(await votes.getDeployedCode(), `${parameter} = ${value}`).to.not.equal(null);
      }
      for (const value of [least - 1n, 0n, most + 1n, ...(parameter.endsWith("Blocks") ? [] : [MaxUint256])]) {
        await expect(construct({ ...others, [parameter]: value }), `${parameter} = ${value}`)
          .to.be.revertedWithCustomError(factory, "HealthVoteParameterOutOfBounds")
          .withArgs(encodeBytes32String(parameter), value, least, most);
      }
    }

    it("keeps minSeats within 32 .. 1,024", () => keepsWithin("minSeats", 32n, 1_024n));
    it("keeps seedBlocks within 5 .. 10,000", () =>
      keepsWithin("seedBlocks", 5n, 10_000n, { gap: 1_000n }, longPeriod));
    it("keeps commitBlocks within 5 .. 10,000", () =>
      keepsWithin("commitBlocks", 5n, 10_000n, { gap: 1_000n }, longPeriod));
    it("keeps revealBlocks within 5 .. 10,000", () =>
      keepsWithin("revealBlocks", 5n, 10_000n, { gap: 1_000n }, longPeriod));
    it("keeps ring within 4 .. 65,536", () => keepsWithin("ring", 4n, 65_536n, { gap: 1_000n }));

    it("keeps all phases within two periods, by blocks of 24 seconds", async () => {
      const { construct, factory } = await loadFixture(usualPeriod);
      await construct({ seedBlocks: 90n, commitBlocks: 120n, revealBlocks: 90n });
      for (const longer of [{ seedBlocks: 91n }, { commitBlocks: 121n }, { revealBlocks: 91n }]) {
        await expect(construct({ seedBlocks: 90n, commitBlocks: 120n, revealBlocks: 90n, ...longer }))
          .to.be.revertedWithCustomError(factory, "HealthVoteParameterOutOfBounds")
          .withArgs(encodeBytes32String("phases"), 301n, 15n, 300n);
      }
    });

    it("keeps gap within 2 * phases / R, rounded up, .. 100,000", async () => {
      await keepsWithin("gap", 9n, 100_000n); // 520 / 64 = 8.1
      await keepsWithin("gap", 8n, 100_000n, { ring: 65n });
    });
  });

  describe("when the escrow does not know it", () => {
    it("opens no round before the escrow has numbers: HealthVoteNobody()", async () => {
      const { construct } = await loadFixture(usualPeriod);
      const votes = await construct();
      await expect(votes.openRound()).to.be.revertedWithCustomError(votes, "HealthVoteNobody").withArgs();
    });

    it("opens no round if the escrow's health votes are others: StakeEscrowOnlyNeighbour(caller, neighbour)", async () => {
      const { construct, escrow, token, registry, deployer } = await loadFixture(usualPeriod);
      const [votes, real] = [await construct(), await construct()];
      const policies = await ethers.deployContract("PolicyManager__Mock");
      await token.wire(escrow);
      await escrow.wire(registry, policies, real);
      await escrow.lockForMany([deployer.address], [MIN_STAKE], 10n);
      await toSettled(escrow);
      await expect(votes.openRound())
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
        .withArgs(await votes.getAddress(), await real.getAddress());
    });

    it("needs no wiring of its own: it has no owner and nothing to set", async () => {
      const { construct } = await loadFixture(usualPeriod);
      const votes = await construct();
      const changing = votes.interface.fragments
        .filter((f) => f.type === "function" && !/view|pure/.test(f.format("full")))
        .map((f) => f.format("sighash").split("(")[0]);
      expect(changing.sort()).to.deep.equal(
        [
          "openRound",
          "postSeed",
          "openCommits",
          "commit",
          "commitFor",
          "reveal",
          "finalize",
          "enforce",
          "reportSilence",
          "claimPay",
        ].sort(),
      );
    });
  });
});
