import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { type Health, type HealthChain, makeBallot, targetNumbers, type Target } from "@nkms/health";
import { expect } from "chai";
import { ethers } from "hardhat";

import { deployHealth, type HealthNetwork } from "../helpers/health";
import { testParameters } from "../helpers/network";
import { Committee, PHASES, short } from "./fixtures";

/** Two miners are both targets of every round. The first has more than half of all seats. */
const two = (): Promise<HealthNetwork> => deployHealth([64n, 48n].map(inNkms), testParameters, short);
const inNkms = (stake: bigint): bigint => stake * 10n ** 18n;

/** Blocks from a round's opening to after its verdicts. */
const WHOLE = PHASES.reveals + 16n;

describe("HealthVoter: targets that are paused", () => {
  let committee: Committee;
  let network: HealthNetwork;
  let sick: string;
  let asked: string[];

  beforeEach(async () => {
    network = await loadFixture(two);
    sick = network.voters[1]?.miner ?? "";
    asked = [];
    committee = await Committee.of(network, [{ check }, { check }]);
    committee.client(1).awake = false;
  });
  afterEach(() => committee.close());

  /** The sick miner's node is down all the time: whoever asks it finds it unhealthy. */
  const check = ({ miner }: Target): Promise<Health> => {
    asked.push(miner);
    return Promise.resolve(miner === sick ? "unhealthy" : "healthy");
  };
  const pause = async (): Promise<void> => {
    await ethers.provider.send("hardhat_setBalance", [await network.votes.getAddress(), "0x56bc75e2d63100000"]);
    const votes = await ethers.getImpersonatedSigner(await network.votes.getAddress());
    await network.escrow.connect(votes).pause(sick);
    await committee.mine();
    expect(await isPaused()).to.equal(true);
  };
  const resume = async (): Promise<void> => {
    await network.escrow.connect(network.voters[1]?.operator).resume(sick);
    await committee.mine();
    expect(await isPaused()).to.equal(false);
  };
  const isPaused = async (): Promise<boolean> => (await network.escrow.minerOf(sick)).paused;

  /** The verdicts of a round that is over: that the sick miner is unhealthy, or that nobody is. */
  const expectVerdict = async (round: bigint, unhealthy: boolean): Promise<void> => {
    const { votes, escrow } = network;
    const { state, mix, numbers } = await votes.roundOf(round);
    expect(state, "decided").to.equal(4n);
    const [shown] = await votes.queryFilter(votes.filters.Revealed(round));
    const target = targetNumbers({ seed: shown?.args.seed ?? "", mix, numbers }).indexOf(
      (await escrow.minerOf(sick)).number,
    );
    expect(target, "the sick one's place").to.be.at.least(0);
    expect(await votes.verdictsOf(round)).to.deep.equal(makeBallot(unhealthy ? [target] : [], 2));
  };

  /** A round from its opening to the end, with something that happens in between. */
  const play = async (between: () => Promise<void> = () => Promise.resolve()): Promise<bigint> => {
    await ethers.provider.send("evm_increaseTime", [1_800]);
    await committee.mine();
    const round = await committee.open();
    await between();
    await committee.until(round, WHOLE);
    return round;
  };

  it("calls one healthy, unseen, that was paused when the round opened", async () => {
    await pause();
    await expectVerdict(await play(), false);
    expect(asked).to.deep.equal([]);
  });

  it("checks one that was paused since, and says what it found", async () => {
    await expectVerdict(await play(pause), true);
    expect(asked).to.deep.equal([sick]);
  });

  it("checks one that had resumed before, and pauses it again", async () => {
    await pause();
    await resume();
    await expectVerdict(await play(), true);
    expect(asked).to.deep.equal([sick]);
    expect(await isPaused()).to.equal(true);
  });

  it("calls one healthy that has resumed since the round opened, and finds it in the next if it is still down", async () => {
    await pause();
    await expectVerdict(await play(resume), false);
    expect([asked, await isPaused()]).to.deep.equal([[], false]);
    await expectVerdict(await play(), true);
    expect([asked, await isPaused()]).to.deep.equal([[sick], true]);
  });

  it("loses nothing by that: enforcing a verdict on such a target does nothing, paused or resumed", async () => {
    await pause();
    await committee.join(0, { check, chain: withNobodyPaused, enforce: false }); // names it all the same
    for (const between of [undefined, resume]) {
      const round = await play(between);
      await expectVerdict(round, true);
      const { votes } = network;
      const [shown] = await votes.queryFilter(votes.filters.Revealed(round));
      const before = await network.escrow.minerOf(sick);
      const target = (await votes.targetOf(round, shown?.args.seed ?? "", 0)) === sick ? 0 : 1;
      const { hash } = await votes.enforce(round, target, shown?.args.seed ?? "");
      await committee.mine();
      expect((await ethers.provider.getTransactionReceipt(hash))?.status, "enforced").to.equal(1);
      expect(await network.escrow.minerOf(sick)).to.deep.equal(before);
      expect(await votes.queryFilter(votes.filters.Enforced(round))).to.deep.equal([]);
    }
  });
});

/** The chain as if nobody were paused, or had been. */
const withNobodyPaused = (chain: HealthChain): HealthChain =>
  new Proxy(chain, {
    get(target, name) {
      if (name === "standingOf") return () => Promise.resolve({ paused: false, resumedAt: 0n });
      if (name === "turnsSince") return () => Promise.resolve([]);
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === "function" ? (own.bind(target) as unknown) : own;
    },
  });
