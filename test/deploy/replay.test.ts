import { loadFixture, mine, setBalance, setStorageAt, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { AbiCoder, id, keccak256, toBeHex } from "ethers";
import { artifacts, ethers } from "hardhat";

import { Compilations } from "../../deploy/compiled";
import { ether, nkms } from "../../deploy/parameters/units";
import { type ReplayContracts, type Replayed, replay } from "../../scripts/replay/replay";
import { addressOf } from "../helpers/address";
import { passPeriods } from "../helpers/time";
import {
  ALL_SEATS,
  SEED as SECRET,
  type SceneWithRound,
  actingAs,
  castAll,
  commit,
  decided,
  mix,
  open,
  ownTarget,
  post,
  seatsInNkms,
  seatsOf,
  toNextOpening,
  voterOf,
} from "../healthVote/fixtures";
import { explore } from "../invariants/explore";
import { SEED, historyOf } from "../invariants/histories";
import { PolicyStory, policyPlan } from "../invariants/policyStory";
import type { World } from "../invariants/world";

/** Where the seeds of the histories of stakes begin, after the first. */
const OFFSET = 9_100;

/** Where `_locks` begins in the escrow's storage. */
async function slotOfLocks(): Promise<string> {
  const { source, buildInfo } = await new Compilations(artifacts).of("StakeEscrow__Harness");
  const output = buildInfo.output.contracts[source]?.["StakeEscrow__Harness"] as unknown as {
    storageLayout: { storage: { label: string; slot: string }[] };
  };
  const place = output.storageLayout.storage.find(({ label }) => label === "_locks");
  if (!place) throw new Error("expected a variable _locks, got none");
  return place.slot;
}

/** What a contract has beyond what it owes. */
const surplus = ({ accounts }: Replayed, contract: string): bigint => {
  const account = accounts.find((each) => each.contract === contract);
  if (!account) throw new Error(`expected an account of ${contract}, got none`);
  return account.has - account.owes;
};

const replayed = (contracts: ReplayContracts, from = 0): Promise<Replayed> => replay(ethers.provider, contracts, from);

describe("replay", () => {
  const ofWorld = ({ network }: World): ReplayContracts => ({
    NKMSToken: addressOf(network.token),
    StakeEscrow: addressOf(network.escrow),
  });

  describe("after a random history of stakes", () => {
    for (const seed of [SEED + OFFSET, SEED + OFFSET + 1]) {
      it(`finds in the events all that the chain says (seed ${seed})`, async () => {
        let compared = 0;
        const check = async (world: World): Promise<void> => {
          const found = await replayed(ofWorld(world));
          expect(found.disagreements).to.deep.equal([]);
          expect(surplus(found, "StakeEscrow"), "donations are nobody's").to.equal(world.donations);
          compared += found.compared;
        };
        await explore({ seed, offset: OFFSET, periods: 25n, compare: false, every: 40, check, finish: check });
        expect(compared).to.be.greaterThan(50);
      }).timeout(0);
    }
  });

  describe("after a random history of policies", () => {
    const seen = new Set<string>();

    // The seeds of test/invariants/policies.test.ts: together they do everything.
    for (const seed of [SEED + 710, SEED + 711]) {
      it(`finds every fee and refund (seed ${seed})`, async () => {
        const clean = await takeSnapshot();
        const scene = await PolicyStory.deploy();
        const story = await PolicyStory.begin(scene);
        const contracts = {
          NKMSToken: addressOf(scene.token),
          StakeEscrow: addressOf(scene.escrow),
          PolicyManager: addressOf(scene.policies),
        };
        for (const [i, step] of historyOf(seed, policyPlan(180).steps).entries()) {
          await story.play(step);
          if (i % 20 !== 19) continue;
          const found = await replayed(contracts);
          expect(found.disagreements, story.log.join("\n")).to.deep.equal([]);
          expect(surplus(found, "PolicyManager")).to.equal(story.donations);
        }
        story.log.forEach((line) => seen.add(line));
        await clean.restore();
      }).timeout(0);
    }

    it("has seen everything that can happen to a fee", () => {
      const kinds = "create renew revoke resign handOff leak wrong claimFees takeRefund takeHeldRefund";
      if (SEED === 1) expect(kinds.split(" ").filter((kind) => !seen.has(kind))).to.deep.equal([]);
    });
  });

  describe("after health votes", () => {
    const contractsOf = ({ token, escrow, policies, votes }: SceneWithRound): ReplayContracts => ({
      NKMSToken: addressOf(token),
      StakeEscrow: addressOf(escrow),
      PolicyManager: addressOf(policies),
      HealthVote: addressOf(votes),
    });

    it("finds what voters have earned and lost, what is carried, and the budgets of open rounds", async () => {
      const first = await loadFixture(decided);
      const { votes, escrow, voters, token } = first;
      await token.transfer(escrow, seatsInNkms(ALL_SEATS)); // the stake that the scene was given without paying for it
      const expectAgreement = async (): Promise<void> => {
        const found = await replayed(contractsOf(first));
        expect(found.disagreements).to.deep.equal([]);
        expect(surplus(found, "HealthVote")).to.equal(0n);
      };
      await expectAgreement();

      // A second round, in which a voter that has pay is silent, and another that has some is found unhealthy.
      await toNextOpening(first);
      const second = await open(first);
      await expectAgreement();
      await post(second);
      const target = await mixWithTarget(second, 0);
      await expectAgreement();
      await commit(second, 1, [target]);
      await castAll(second, Object.fromEntries([2, 3, 4, 5, 6, 7, 8].map((place) => [place, { against: [target] }])));
      await votes.finalize(second.round, 100n);
      await expectAgreement();
      const silent = await seatsOf(second, 1);
      await expect(votes.reportSilence(second.round, voterOf(second, 1).miner, silent)).to.emit(
        votes,
        "SilenceReported",
      );
      const { unvested } = await votes.payOf(voterOf(second, 0).miner);
      expect(unvested).to.be.greaterThan(0n);
      await expect(votes.enforce(second.round, target, SECRET))
        .to.emit(votes, "Enforced")
        .withArgs(second.round, target, voterOf(second, 0).miner, unvested);
      await expectAgreement();

      await passPeriods(escrow, first.parameters.escrow.vesting + 2n);
      await escrow.advance(10n);
      for (const { miner } of voters) {
        const { vested } = await votes.payOf(miner);
        if (vested > 0n) await votes.connect(await actingAs(miner)).claimPay();
      }
      await expectAgreement();
    });

    /** Opens the commit phase with the first randomness that makes a voter a target. Returns which. */
    async function mixWithTarget(scene: SceneWithRound, place: number): Promise<number> {
      for (let i = 1n; ; ++i) {
        const before = await takeSnapshot();
        await mix(scene, i);
        const target = await ownTarget(scene, place);
        if (target !== undefined) return target;
        await before.restore();
      }
    }
  });

  /** A token and an escrow, wired; two bonds, one of them burned; two bounties, one of them gone. */
  async function withEther() {
    const [deployer, other] = await ethers.getSigners();
    if (!deployer || !other) throw new Error("expected two accounts on the test chain");
    const scene = await PolicyStory.deploy();
    const real = await ethers.deployContract("ChallengeManager", [
      scene.policies,
      { bond: ether("1"), minAge: 5n, maxAge: 20n },
    ]);
    const bounty = await ethers.deployContract("CanaryBounty");
    for (const what of ["one", "two", "three"]) await real.commit(id(what), { value: ether("1") });
    await mine(21);
    await real.burnBond(deployer, id("two"));
    const { timestamp } = (await ethers.provider.getBlock("latest")) ?? { timestamp: 0 };
    await bounty.post(other, timestamp + 1_000, { value: ether("2") });
    await bounty.post(other, timestamp + 10, { value: ether("3") });
    await mine(2, { interval: 20 });
    await bounty.takeBack(2n);
    const contracts = {
      NKMSToken: addressOf(scene.token),
      StakeEscrow: addressOf(scene.escrow),
      PolicyManager: addressOf(scene.policies),
      ChallengeManager: addressOf(real),
      CanaryBounty: addressOf(bounty),
    };
    return { ...scene, real, bounty, contracts };
  }

  it("finds bonds and bounties", async () => {
    const { contracts } = await loadFixture(withEther);
    const { disagreements, accounts } = await replayed(contracts);
    expect(disagreements).to.deep.equal([]);
    expect(accounts.slice(-2)).to.deep.equal([
      { contract: "ChallengeManager", unit: "ether", owes: ether("2"), has: ether("2") },
      { contract: "CanaryBounty", unit: "ether", owes: ether("2"), has: ether("2") },
    ]);
  });

  describe("when the chain says something else", () => {
    /** Where `_balances[account]` of OpenZeppelin's ERC20 lies: the first variable. */
    const balanceSlot = (account: string): string =>
      keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [account, 0n]));

    it("counts what was sent to a contract as nobody's", async () => {
      const { token, escrow, distributor, contracts } = await loadFixture(withEther);
      await token.connect(distributor).transfer(escrow, nkms("5"));
      const found = await replayed(contracts);
      expect(found.disagreements).to.deep.equal([]);
      expect(surplus(found, "StakeEscrow")).to.equal(nkms("5"));
    });

    it("names a balance that no transfer explains", async () => {
      const { token, stranger, contracts } = await loadFixture(withEther);
      await token.transfer(stranger, nkms("1"));
      await setStorageAt(addressOf(token), balanceSlot(stranger.address), nkms("2"));
      expect((await replayed(contracts)).disagreements).to.deep.equal([
        { what: `balance of ${stranger.address}`, byEvents: `${nkms("1")}`, onChain: `${nkms("2")}` },
      ]);
    });

    it("names a contract that has less than it owes", async () => {
      const { token, escrow, contracts } = await loadFixture(withEther);
      const address = addressOf(escrow);
      const balance = await token.balanceOf(address);
      await setStorageAt(addressOf(token), balanceSlot(address), balance - 1n);
      expect((await replayed(contracts)).disagreements).to.deep.equal([
        { what: `balance of ${address}`, byEvents: `${balance}`, onChain: `${balance - 1n}` },
        { what: "StakeEscrow owes", byEvents: `${balance}`, onChain: `only ${balance - 1n}` },
      ]);
    });

    it("names a contract that has too little ether", async () => {
      const { bounty, contracts } = await loadFixture(withEther);
      await setBalance(addressOf(bounty), ether("1.5"));
      expect((await replayed(contracts)).disagreements).to.deep.equal([
        { what: "CanaryBounty owes", byEvents: `${ether("2")}`, onChain: `only ${ether("1.5")}` },
      ]);
    });

    it("names a lock that no event explains", async () => {
      const { escrow, miners, contracts } = await loadFixture(withEther);
      const miner = miners[0]?.account.address ?? "";
      const before = (await escrow.locksOf(miner))[1][0]?.amount ?? 0n;
      // The first of the locks of one miner: a mapping of arrays of fixed length, amounts in the lowest 96 bits.
      const slot = keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [miner, await slotOfLocks()]));
      const word = BigInt(await ethers.provider.getStorage(escrow, slot));
      await setStorageAt(addressOf(escrow), slot, toBeHex(word - 1n, 32)); // one base unit less
      const { disagreements } = await replayed(contracts);
      expect(disagreements.map(({ what }) => what)).to.have.length(1);
      expect(disagreements[0]?.what).to.match(/^locks of 0x/);
      expect(disagreements[0]?.onChain).to.equal(disagreements[0]?.byEvents.replace(`${before}`, `${before - 1n}`));
    });

    it("disagrees when it doesn't see the first block", async () => {
      const { contracts } = await loadFixture(withEther);
      const logs = await ethers.provider.getLogs({ address: contracts.NKMSToken, fromBlock: 0 });
      const { disagreements } = await replayed(contracts, (logs[0]?.blockNumber ?? 0) + 1);
      expect(disagreements.map(({ what }) => what)).to.include("total supply");
    });
  });
});
