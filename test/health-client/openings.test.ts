import { loadFixture, setBalance, setNextBlockBaseFeePerGas } from "@nomicfoundation/hardhat-network-helpers";
import type { HealthChain } from "@nkms/health";
import { expect } from "chai";
import { ethers } from "hardhat";

import { deployHealth, type HealthNetwork } from "../helpers/health";
import { testParameters } from "../helpers/network";
import { changed, Committee, five, four, PHASES, short, STAKES } from "./fixtures";

/** As {@link four}, but rounds are further apart in blocks than in time. */
const apart = (): Promise<HealthNetwork> =>
  deployHealth(
    STAKES.slice(0, 4).map((stake) => stake * 10n ** 18n),
    testParameters,
    { ...short, gap: 100n },
  );

/** Of a block, seconds: a round in each 90 blocks, and the first three of 180 settle. */
const SECONDS = 20;

/** What no block takes. */
const NOTHING = { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };

describe("HealthVoter: opening rounds", () => {
  let committee: Committee;
  afterEach(() => committee.close());

  /** All look at the chain, and a block is mined `SECONDS` after the last. */
  const step = async (): Promise<void> => {
    for (const { voter, awake } of committee.clients) if (awake) await voter.tick();
    await ethers.provider.send("evm_increaseTime", [SECONDS - 1]);
    await committee.mine();
  };
  const rounds = (): Promise<bigint> => committee.network.votes.rounds();
  const mayOpen = (): Promise<boolean> =>
    committee.network.votes.openRound.staticCall({ blockTag: "pending" }).then(
      () => true,
      () => false,
    );
  /** What clients told of rounds to open: sent, or refused. */
  const tries = (): number =>
    committee.clients.flatMap(({ events }) => events).filter((e) => "step" in e && e.step === "openRound").length;
  const openings = (): string[] =>
    committee.clients.flatMap(({ events }) =>
      events.flatMap((e) => (e.kind === "sent" && e.step === "openRound" ? [e.hash] : [])),
    );

  for (const [name, network] of [
    ["when its part of the period has come", four],
    ["when enough blocks have passed", apart],
  ] as const) {
    it(`opens each round by itself ${name}, once, and tries nothing before`, async () => {
      committee = await Committee.of(await loadFixture(network));
      const opened: number[] = [];
      let possible = 0; // for so many blocks the next round could have been opened
      while (opened.length < 4) {
        const [before, tried, may] = [await rounds(), tries(), await mayOpen()];
        await step();
        if (!may) expect(tries(), "tried before the time").to.equal(tried);
        possible += Number(may);
        expect(possible, "a turn for each of four, and a block whose time isn't known before").to.be.at.most(5);
        if ((await rounds()) === before) continue;
        opened.push(await ethers.provider.getBlockNumber());
        possible = 0;
      }
      const receipts = await Promise.all(openings().map((hash) => ethers.provider.getTransactionReceipt(hash)));
      const done = receipts.flatMap((receipt) => (receipt?.status === 1 ? [receipt.blockNumber] : []));
      expect(done, "one for each round").to.have.members(opened);
    });
  }

  it("leaves it to others while its miner is paused", async () => {
    committee = await Committee.of(await loadFixture(five));
    const { votes, escrow } = committee.network;
    for (const client of committee.clients) client.awake = client === committee.client(0);
    await setBalance(await votes.getAddress(), 10n ** 20n);
    await escrow.connect(await ethers.getImpersonatedSigner(await votes.getAddress())).pause(committee.client(0).miner);
    await committee.mine();
    for (let i = 0; i < 7; ++i) await step();
    expect([await rounds(), committee.client(0).events]).to.deep.equal([0n, []]);
    committee.client(1).awake = true;
    for (let i = 0; i < 7; ++i) await step();
    expect(await rounds()).to.equal(1n);
  });

  it("lets no opening that isn't mined cost a vote", async () => {
    let known = 0; // as a node counts that keeps what isn't mined
    const stuck = (chain: HealthChain): HealthChain =>
      changed(chain, (name) => {
        if (name === "nonces") {
          return async () => {
            const { mined, pending } = await chain.nonces();
            return { mined, pending: Math.max(pending, known) };
          };
        }
        if (name !== "send") return undefined;
        return (...[call, nonce, gas, fees]: Parameters<HealthChain["send"]>) => {
          known = nonce + 1;
          return chain.send(call, nonce, gas, call.step === "openRound" ? NOTHING : fees);
        };
      });
    const others = Array.from({ length: 3 }, () => ({ openRounds: false }));
    committee = await Committee.of(await loadFixture(four), [{ chain: stuck, confirmations: 5n }, ...others]);
    const { votes } = committee.network;
    const round = await committee.open();
    await ethers.provider.send("evm_increaseTime", [1_800]);
    const { openedBlock } = await votes.roundOf(round);
    while (BigInt(await ethers.provider.getBlockNumber()) < openedBlock + PHASES.commits) {
      for (const { voter } of committee.clients) await voter.tick();
      await setNextBlockBaseFeePerGas(10n ** 9n);
      await committee.mine();
    }
    expect(openings(), "waits").to.not.be.empty;
    expect(await rounds()).to.equal(1n);
    expect(await votes.queryFilter(votes.filters.Committed(round))).to.have.length(4);
  });

  it("says once that the contract refuses, and tries again", async () => {
    const early = (chain: HealthChain): HealthChain =>
      changed(chain, (name) => (name === "rules" ? async () => ({ ...(await chain.rules()), gap: 0n }) : undefined));
    committee = await Committee.of(await loadFixture(four), [{ chain: early }]);
    for (const client of committee.clients) client.awake = client === committee.client(0);
    await committee.open();
    await ethers.provider.send("evm_increaseTime", [1_800]);
    await committee.mine();
    let tried = 0;
    while ((await rounds()) === 1n && ++tried < 20) await step();
    expect(tried).to.be.within(8, 12);
    const refusals = committee.client(0).events.filter((e) => e.kind === "refused" && e.step === "openRound");
    expect(refusals).to.have.length(1);
  });
});
