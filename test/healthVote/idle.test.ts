import { loadFixture, mine, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { expectGas } from "../helpers/gasBounds";
import { passPeriods } from "../helpers/time";
import {
  BALLOTS,
  castAll,
  everySeat,
  mixed,
  nine,
  open,
  revealed,
  type Scene,
  sceneOf,
  type SceneWithRound,
  SEATS,
  seatsInNkms,
  toEnd,
  toNextOpening,
  withCommitsOpen,
} from "./fixtures";

const [DECIDED, VOID] = [4n, 5n];
const stateOf = async ({ votes }: Scene, round: bigint) => (await votes.roundOf(round)).state;

/** Four places in the ring, phases of five blocks. */
const small = (): Promise<Scene> =>
  sceneOf(SEATS.map(seatsInNkms), {
    ...everySeat,
    gap: 10n,
    seedBlocks: 5n,
    commitBlocks: 5n,
    revealBlocks: 5n,
    ring: 4n,
  });

/** Closes what waits, so that a call pays for itself alone. */
async function closed({ escrow }: Scene): Promise<void> {
  while ((await escrow.openPeriod()) < (await escrow.currentPeriod())) await escrow.advance(16n);
}

/** Opens the next round, and sees it take part in the ring. */
async function opensNext(scene: Scene, what: string): Promise<void> {
  await toNextOpening(scene);
  await closed(scene);
  const rounds = await scene.votes.rounds();
  await expectGas(what, scene.votes.openRound());
  expect(await scene.votes.rounds()).to.equal(rounds + 1n);
}

describe("HealthVote, when nobody does anything", () => {
  it("opens the next round though nobody touched the last one, and burns its budget when its place is needed", async () => {
    const scene = await open(await loadFixture(small));
    const { votes, token, budget } = scene;
    for (let i = 0; i < 3; i++) await opensNext(scene, "open a round in a fresh place");
    await toNextOpening(scene);
    await closed(scene);
    const supply = await token.totalSupply();
    await expectGas("open a round that makes an old one void", votes.openRound());
    expect(supply - (await token.totalSupply())).to.equal(budget);
    expect(await votes.rounds()).to.equal(5n);
  });

  it("voids a round that nobody touched, whenever somebody asks, at a small price", async () => {
    for (const periods of [0n, 1n, 400n]) {
      const scene = await open(await loadFixture(nine));
      await toEnd(scene);
      if (periods > 0n) await passPeriods(scene.escrow, periods);
      await expectGas("finalize a round that nobody touched", scene.votes.finalize(scene.round, 1n));
      expect(await stateOf(scene, scene.round)).to.equal(VOID);
    }
  });

  it("goes on with a round that is half tallied or half paid, whoever comes, and however late", async () => {
    for (const [done, periods, state] of [
      [0n, 2n, DECIDED], // the seed is known, no verdict is
      [0n, 3n, VOID],
      [1n, 200n, DECIDED], // verdicts are, nobody is paid
      [4n, 200n, DECIDED], // some are paid
    ] as const) {
      const scene = await loadFixture(revealed);
      const { votes, round, escrow, stranger } = scene;
      await votes.finalize(round, done);
      await passPeriods(escrow, periods);
      await votes.connect(stranger).finalize(round, 1_000n);
      expect(await stateOf(scene, round), `after ${done} steps and ${periods} periods`).to.equal(state);
      await opensNext(scene, "open a round in a fresh place");
    }
  });

  it("gives up a round whose chain stood still for two days, keeps one that did for less, and opens the next one", async () => {
    for (const [when, periods, state] of [
      ["seeds", 1n, DECIDED],
      ["commits", 1n, DECIDED],
      ["reveals", 2n, DECIDED],
      ["reveals", 3n, VOID],
    ] as const) {
      const scene = await loadFixture(nine);
      let round: SceneWithRound = await open(scene);
      if (when === "seeds") await halt(scene, periods);
      round = await withCommitsOpen(round);
      if (when === "commits") await halt(scene, periods);
      await castAll(round, BALLOTS);
      if (when === "reveals") await halt(scene, periods);
      await scene.votes.finalize(round.round, 1_000n);
      expect(await stateOf(scene, round.round), `${when}, ${periods} periods`).to.equal(state);
      await opensNext(scene, "open a round in a fresh place");
    }
    // Blocks may also be faster than time: the pace waits for the clock.
    const scene = await loadFixture(mixed);
    await mine(10_000);
    await scene.votes.finalize(scene.round, 1n);
    expect(await stateOf(scene, scene.round)).to.equal(VOID);
    await opensNext(scene, "open a round in a fresh place");
  });

  it("opens the next round after 1,000 that nobody finalized, at the price of any other", async () => {
    const network = await loadFixture(small);
    await network.escrow.pretendNumbers(10_000n); // a hundred rounds a period
    const scene = await open(network);
    const { votes, token, escrow } = scene;
    for (let i = 1; i < 1_000; i++) {
      await toNextOpening(scene);
      await votes.openRound();
    }
    expect(await votes.rounds()).to.equal(1_000n);
    for (let i = 0; i < 3; i++) await opensNext(scene, "open a round that makes an old one void");
    // Nothing is left but what the four rounds hold that are kept.
    let held = 0n;
    for (let round = await votes.rounds(); round > 999n; round--) held += (await votes.roundOf(round)).budget;
    expect(await token.balanceOf(votes)).to.equal(held);
    for (let round = await votes.rounds(); round > 999n; round--) {
      await time.increase(1);
      await mine(20);
      await expectGas("finalize a round that nobody touched", votes.finalize(round, 1n));
    }
    expect(await token.balanceOf(votes)).to.equal(0n);
    // And a round goes through as ever.
    await passPeriods(escrow, 1n);
    await closed(scene);
    const last = await open(scene);
    expect(last.budget).to.be.greaterThan(0n);
  }).timeout(0);
});

/** Time passes, and no block. */
async function halt(scene: Scene, periods: bigint): Promise<void> {
  await passPeriods(scene.escrow, periods);
}
