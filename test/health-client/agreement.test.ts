import { loadFixture, mine, setBalance, setPrevRandao, time } from "@nomicfoundation/hardhat-network-helpers";
import {
  calldataOf,
  commitmentFor,
  committeeSize,
  EthersChain,
  invert,
  isMember,
  makeBallot,
  numberOf,
  permute,
  readBallot,
  seatsFor,
  seatsToConvict,
  seedHash,
  silenceCosts,
  targetCount,
  targetNumbers,
  targetOfNumber,
  tellPay,
  threshold,
  timetableOf,
  type Vote,
  wasPaused,
  winningSeats,
} from "@nkms/health";
import { expect } from "chai";
import { getAddress, id, toBeHex } from "ethers";
import { ethers } from "hardhat";

import { deployHealth, type HealthNetwork, healthParameters, toBlockOf } from "../helpers/health";
import { testParameters } from "../helpers/network";
import { Random } from "../invariants/random";
import { sparse } from "./fixtures";

/** The first seed of random cases. */
const SEED = BigInt(process.env["NKMS_SEED"] ?? 20_261_130);

const libraries = () => ethers.deployContract("HealthLibraries__Harness");

/** Twenty miners, every seat of which votes; five targets a round. */
const many = (): Promise<HealthNetwork> =>
  deployHealth(
    Array.from({ length: 20 }, (_, i) => BigInt(16 + ((i * 7) % 13)) * 10n ** 18n),
    testParameters,
    { ...healthParameters, minSeats: 1_024n, seedBlocks: 5n, commitBlocks: 30n, revealBlocks: 30n },
  );

describe("@nkms/health and the contract", () => {
  it("draw the same thresholds, for committees of every size", async () => {
    const harness = await loadFixture(libraries);
    const random = new Random(SEED);
    const sizes: [bigint, bigint][] = [
      [1n, 1n],
      [1n, 2n],
      [64n, 64n],
      [63n, 64n],
      [1n, 2n ** 64n - 1n],
      [64n, 2n ** 63n],
    ];
    for (let i = 0; i < 200; ++i) {
      const seats = random.between(1n, 2n ** random.between(1n, 64n) - 1n);
      sizes.push([random.between(0n, seats), seats]);
    }
    for (const [wanted, seats] of sizes) {
      const { distance, rim } = await harness.threshold(wanted, seats);
      expect(threshold(wanted, seats), `${wanted} of ${seats}`).to.deep.equal({ distance, rim });
    }
  });

  it("draw the same seats, one by one, in the rounds of a network", async () => {
    const { votes, escrow, voters, health } = await loadFixture(sparse);
    const chain = await EthersChain.connect((await ethers.getSigners())[0] ?? expect.fail(), await votes.getAddress());
    let won = 0;
    for (let i = 0; i < 8; ++i) {
      const restore = (await ethers.provider.send("evm_snapshot", [])) as string;
      await setPrevRandao(BigInt(id(`agreement ${i}`)));
      await votes.openRound();
      const number = await votes.rounds();
      const round = await chain.roundOf(number);
      if (!round) throw new Error("expected a round");
      const { wanted, seatsTotal, numbers, distance, rim, period } = round;
      expect(wanted).to.equal(committeeSize(numbers, seatsTotal, BigInt(health.minSeats)));
      expect(threshold(wanted, seatsTotal)).to.deep.equal({ distance, rim });
      for (const { miner } of voters) {
        const seats = await votes.seatsOf(number, miner);
        expect(seatsFor(await escrow.earningOf(miner, period), await escrow.MIN_STAKE())).to.equal(seats);
        const mine = winningSeats(round, miner, seats);
        expect(mine).to.deep.equal(await votes.winningSeats(number, miner, 0n, 1_000n));
        expect(isMember(round, miner, seats)).to.equal(mine.length > 0);
        won += mine.length;
      }
      await ethers.provider.send("evm_revert", [restore]);
    }
    expect(won, "seats that were compared").to.be.greaterThan(150);
  });

  it("know the same last block in which a seed can be posted", async () => {
    const { votes, voters } = await loadFixture(sparse);
    const [voter] = voters;
    if (!voter) throw new Error("expected voters");
    const chain = await EthersChain.connect(voter.operator, await votes.getAddress());
    await votes.openRound();
    const { openedBlock } = await votes.roundOf(1n);
    const { postUntil } = timetableOf(openedBlock, await chain.rules());
    await mine(postUntil - openedBlock);
    await expect(votes.connect(voter.operator).postSeed(1n, voter.miner, 0n, seedHash(id("late"))))
      .to.be.revertedWithCustomError(votes, "HealthVoteWrongPhase")
      .withArgs(1n, postUntil + 1n, openedBlock + 1n, postUntil);
  });

  it("permute alike, both ways", async () => {
    const harness = await loadFixture(libraries);
    const random = new Random(SEED + 1n);
    for (let i = 0; i < 150; ++i) {
      const key = toBeHex(random.between(0n, 2n ** 256n - 1n), 32);
      const size = random.between(1n, 2n ** random.between(1n, 30n));
      const index = random.between(0n, size - 1n);
      expect(permute(key, size, index)).to.equal(await harness.permute(key, size, index));
      expect(invert(key, size, index)).to.equal(await harness.invert(key, size, index));
    }
  });

  it("know the same targets, ballots, verdicts and pay", async () => {
    const { votes, escrow, voters } = await loadFixture(many);
    const { chainId } = await ethers.provider.getNetwork();
    const contract = await votes.getAddress();
    const random = new Random(SEED + 2n);
    const seen = { telling: 0, silent: 0, taken: 0 };
    for (let play = 0; play < 6; ++play) {
      await time.increase(3_600n / 5n); // the pace of rounds
      await mine(10);
      await votes.openRound();
      const round = await votes.rounds();
      const seed = toBeHex(random.between(0n, 2n ** 256n - 1n), 32);
      const [first] = voters;
      if (!first) throw new Error("expected voters");
      await votes.connect(first.operator).postSeed(round, first.miner, 0n, seedHash(seed));
      await toBlockOf(votes, round, await votes.SEEDS_END());
      await votes.openCommits(round);

      const { numbers, mix, targets, wanted, budget } = await votes.roundOf(round);
      const deal = { seed, mix, numbers };
      expect(targetCount(numbers)).to.equal(Number(targets));
      const held = targetNumbers(deal);
      for (const [target, number] of held.entries()) {
        expect((await escrow.holderOf(number)).miner).to.equal(await votes.targetOf(round, seed, target));
        expect(numberOf(deal, target)).to.equal(number);
        expect(targetOfNumber(deal, number)).to.equal(target);
      }

      // Most say what is so, some what comes into their minds; one shows nothing.
      const truth = [...held.keys()].filter(() => random.oneIn(play === 0 ? 1_000n : 2n));
      const cast: Vote[] = [];
      for (const { miner, operator } of voters) {
        const guess = random.oneIn(3n) ? [...held.keys()].filter(() => random.oneIn(2n)) : truth;
        const seats = [...(await votes.winningSeats(round, miner, 0n, 100n))];
        const salt = id(`${play} ${miner}`);
        const vote: Vote = { voter: miner, seed, ballot: makeBallot(guess, Number(targets)), salt, seats };
        await votes.connect(operator).commit(round, miner, commitmentFor({ chainId, contract, round }, vote));
        cast.push(vote);
      }
      await toBlockOf(votes, round, await votes.COMMITS_END());
      const [silent] = cast.splice(play, 1);
      const [sender] = await ethers.getSigners();
      if (!silent || !sender) throw new Error("expected a voter and an account");
      await sender.sendTransaction({ to: contract, data: calldataOf({ step: "reveal", round, votes: cast }) });
      await toBlockOf(votes, round, await votes.REVEALS_END());
      const carry = await votes.carry();
      const unvested = new Map<string, bigint>();
      for (const { miner } of voters) unvested.set(miner, (await votes.payOf(miner)).unvested);
      const takenOf = (miner: string, most: bigint): bigint => {
        const has = unvested.get(miner) ?? 0n;
        return has < most ? has : most;
      };
      await votes.finalize(round, 1_000n);

      const { revealed } = await votes.roundOf(round);
      const ownOf = async (miner: string): Promise<number | undefined> =>
        targetOfNumber(deal, (await escrow.minerOf(miner)).number);
      const against = new Map<number, bigint>();
      for (const { voter, ballot, seats } of cast) {
        for (const target of readBallot(ballot, Number(targets))) {
          if (target === (await ownOf(voter))) continue;
          against.set(target, (against.get(target) ?? 0n) + BigInt(seats.length));
        }
      }
      const needed = seatsToConvict(wanted, revealed);
      const verdicts = makeBallot(
        [...against].filter(([, seats]) => seats >= needed).map(([t]) => t),
        Number(targets),
      );
      expect([...(await votes.verdictsOf(round))], "verdicts").to.deep.equal(verdicts);

      const terms = { wanted, targets: Number(targets), budget, revealed };
      const scored = await votes.queryFilter(votes.filters.Scored(round));
      expect(scored).to.have.length(cast.length);
      for (const { args } of scored) {
        const vote = cast.find(({ voter }) => voter === args.voter);
        if (!vote) throw new Error("expected a voter");
        const own = await ownOf(vote.voter);
        const pay = tellPay(terms, carry, verdicts, { seats: BigInt(vote.seats.length), ballot: vote.ballot, own });
        const taken = takenOf(vote.voter, pay.taken);
        expect([args.score, args.paid, args.taken]).to.deep.equal([pay.score.scaled, pay.paid, taken]);
        if (taken > 0n) ++seen.taken;
        if (pay.telling) ++seen.telling;
      }

      const lost = takenOf(silent.voter, silenceCosts(terms, carry, verdicts, BigInt(silent.seats.length)));
      await votes.reportSilence(round, silent.voter, [...silent.seats]);
      const [report] = await votes.queryFilter(votes.filters.SilenceReported(round));
      expect(report?.args.taken).to.equal(lost);
      if (lost > 0n) ++seen.silent;
    }
    expect(seen.telling).to.be.greaterThan(40);
    expect([seen.silent > 0, seen.taken > 0]).to.deep.equal([true, true]);
  });

  it("see the chain alike", async () => {
    const { votes, voters, escrow } = await loadFixture(many);
    const [account] = await ethers.getSigners();
    const [voter] = voters;
    if (!account || !voter) throw new Error("expected people");
    const chain = await EthersChain.connect(account, await votes.getAddress());
    await votes.openRound();
    const rules = await chain.rules();
    expect(rules).to.deep.equal({
      chainId: 31_337n,
      gap: await votes.GAP(),
      ring: await votes.RING(),
      secondsPerPeriod: await votes.PERIOD(),
      seedsEnd: await votes.SEEDS_END(),
      commitsEnd: await votes.COMMITS_END(),
      revealsEnd: await votes.REVEALS_END(),
    });
    const expected = await votes.roundOf(1n);
    const round = await chain.roundOf(1n);
    for (const name of ["number", "openedBlock", "openedAt", "period", "numbers", "seatsTotal", "wanted"] as const) {
      expect(round?.[name], name).to.equal(expected[name]);
    }
    expect(round?.mix, "no mix yet").to.equal(undefined);
    expect(await chain.roundOf(2n)).to.equal(undefined);
    expect(await chain.operatorOf(voter.miner)).to.equal(voter.operator.address);
    expect(await chain.numbers()).to.equal(20n);
    expect(await chain.numberOf(voter.miner)).to.equal(1n);
    expect(await chain.holderOf(1n)).to.deep.equal({ miner: voter.miner, since: (await escrow.holderOf(1n)).since });
    expect(await chain.holderOf(99n)).to.deep.equal({ miner: getAddress(toBeHex(0, 20)), since: 0n });
  });

  it("see who was paused, and who has resumed, after a block and not in it", async () => {
    const { votes, voters, escrow } = await loadFixture(many);
    const [account] = await ethers.getSigners();
    const [one, two] = voters;
    if (!account || !one || !two) throw new Error("expected people");
    const chain = await EthersChain.connect(account, await votes.getAddress());
    await setBalance(await votes.getAddress(), 10n ** 20n);
    const judge = escrow.connect(await ethers.getImpersonatedSigner(await votes.getAddress()));
    await judge.pause(one.miner);
    const block = BigInt(await time.latestBlock());
    await judge.pause(two.miner);
    await escrow.connect(one.operator).resume(one.miner);
    expect(await chain.turnsSince(block)).to.deep.equal([
      { miner: two.miner, paused: true },
      { miner: one.miner, paused: false },
    ]);
    expect((await chain.turnsSince(block - 1n))[0]).to.deep.equal({ miner: one.miner, paused: true });
    for (const [{ miner }, before] of [
      [one, true],
      [two, false],
    ] as const) {
      const { paused } = await chain.standingOf(miner);
      expect(wasPaused(miner, paused, await chain.turnsSince(block)), "at the block's end").to.equal(before);
    }
  });
});
