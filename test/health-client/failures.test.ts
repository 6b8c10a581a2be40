import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { loadFixture, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import {
  guiltyOf,
  type HealthChain,
  healthDomain,
  parseJournal,
  type Round,
  signMessage,
  type Step,
  type Target,
  type VoterEvent,
} from "@nkms/health";
import { expect } from "chai";
import { id } from "ethers";
import { ethers } from "hardhat";

import { bondVoter } from "../helpers/health";
import { actingAs } from "../helpers/impersonate";
import { changed, type Client, Committee, five, four, PHASES, sparse, tooDear, type Twist } from "./fixtures";

/** A power cut. */
class Crash extends Error {}

/** A chain before, or after, which the computer fails when it sends a step for the first time. */
function crashing(step: Step, when: "before" | "after"): (chain: HealthChain) => HealthChain {
  let crashed = false;
  return (chain) =>
    new Proxy<HealthChain>(chain, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name, target);
        if (typeof own !== "function") return own;
        if (name !== "send") return own.bind(target) as unknown;
        return async (...args: Parameters<HealthChain["send"]>) => {
          if (args[0].step !== step || crashed) return target.send(...args);
          crashed = true;
          if (when === "after") await target.send(...args);
          throw new Crash(`${when} ${step}`);
        };
      },
    });
}

const told = ({ events }: Client, kind: VoterEvent["kind"]): VoterEvent[] => events.filter((e) => e.kind === kind);
const sentSteps = ({ events }: Client): Step[] => events.flatMap((e) => (e.kind === "sent" ? [e.step] : []));

describe("HealthVoter: what goes wrong", () => {
  let committee: Committee;
  afterEach(() => committee.close());

  const events = async (name: "Committed" | "Revealed", round: bigint): Promise<string[]> => {
    const { votes } = committee.network;
    return (await votes.queryFilter(votes.filters[name](round))).map(({ args }) => args.voter);
  };

  /** All votes are shown for one seed, and the round is decided. */
  const expectAllVoted = async (round: bigint, but: readonly number[] = []): Promise<void> => {
    const expected = committee.network.voters.map(({ miner }) => miner).filter((_, i) => !but.includes(i));
    expect(await events("Revealed", round), "shown").to.have.members(expected);
    const { state } = await committee.network.votes.roundOf(round);
    expect(state, "decided").to.equal(4n);
  };

  for (const [step, when] of [
    ["commit", "before"],
    ["commit", "after"],
    ["reveal", "before"],
    ["reveal", "after"],
    ["postSeed", "before"],
  ] as const) {
    it(`survives a crash ${when} it sends ${step}: the same vote is committed to and shown, once`, async () => {
      const twists = Array.from({ length: 4 }, () => ({ chain: crashing(step, when) }));
      committee = await Committee.of(await loadFixture(four), twists);
      const round = await committee.open();
      let crashes = 0;
      const { openedBlock } = await committee.network.votes.roundOf(round);
      while (BigInt(await ethers.provider.getBlockNumber()) < openedBlock + PHASES.reveals + 10n) {
        await committee.step();
        // Whoever has crashed in this block starts again with nothing but its folder.
        for (const [place, client] of committee.clients.entries()) {
          const last = client.events.at(-1);
          if (last?.kind !== "refused" || !(last.error instanceof Crash)) continue;
          client.events.pop();
          crashes += 1;
          await committee.join(place);
        }
      }
      expect(crashes).to.equal(step === "postSeed" ? 1 : 4);
      await expectAllVoted(round);
      expect((await events("Committed", round)).length, "committed once each").to.equal(4);
      for (const client of committee.clients) expect(told(client, "missed")).to.deep.equal([]);
    });
  }

  it("has salt, ballot and seed on the disk before it commits", async () => {
    committee = await Committee.of(await loadFixture(four), [{ chain: crashing("commit", "before") }]);
    const round = await committee.open();
    while (!told(committee.client(0), "refused").length) await committee.step();
    const { folder, miner } = committee.client(0);
    const [file] = readdirSync(folder).filter((name) => name.startsWith("round-"));
    const journal = parseJournal(readFileSync(join(folder, file ?? ""), "utf8"));
    expect(journal.round).to.equal(round);
    expect(journal.ballots).to.have.length(1);
    expect(journal.ballots[0]?.vote.voter).to.equal(miner);
    expect(await events("Committed", round)).to.not.include(miner);
  });

  it("does without a member that withholds its opening, and says who it was", async () => {
    committee = await Committee.of(await loadFixture(four));
    const cheat = committee.client(3).miner;
    committee.deliver = ({ from, message }) =>
      from === cheat.toLowerCase() && ["opening", "transcript"].includes(message.kind) ? [] : [message];
    const round = await committee.open();
    await committee.until(round, PHASES.reveals + 12n);
    await expectAllVoted(round);
    for (const place of [0, 1, 2]) {
      const faults = told(committee.client(place), "fault");
      expect(
        faults.map((e) => e.kind === "fault" && [e.fault.kind, "commitment" in e.fault && e.fault.commitment.voter]),
      ).to.deep.equal([["withheld", cheat]]);
    }
  });

  it("proves that a member told others different things", async () => {
    const network = await loadFixture(four);
    committee = await Committee.of(network);
    const { miner, operator } = committee.client(2);
    // Another client of the same miner, with another folder, as a member that cheats would run it.
    network.voters.push({ miner, operator });
    await committee.join(4);
    const round = await committee.open();
    await committee.until(round, PHASES.seeds);
    const faults = told(committee.client(0), "fault");
    expect(faults).to.have.length(1);
    const domain = healthDomain(31_337n, await network.votes.getAddress());
    expect(faults[0]?.kind === "fault" && guiltyOf(faults[0].fault, domain)).to.equal(operator.address);
    network.voters.pop();
  });

  it("commits and shows alone when the collector does nothing for it", async () => {
    const joint = true;
    committee = await Committee.of(
      await loadFixture(four),
      Array.from({ length: 4 }, () => ({ joint })),
    );
    // Nobody gets what is sent to the collector.
    committee.deliver = ({ message }) => (["ballot", "preimage"].includes(message.kind) ? [] : [message]);
    const round = await committee.open();
    await committee.until(round, PHASES.reveals);
    expect([committee.count("commit"), committee.count("reveal")]).to.deep.equal([3, 4]);
    await committee.until(round, PHASES.reveals + 12n);
    await expectAllVoted(round);
  });

  it("sends no vote to a collector before the commit phase is over", async () => {
    const joint = true;
    committee = await Committee.of(
      await loadFixture(four),
      Array.from({ length: 4 }, () => ({ joint })),
    );
    const round = await committee.open();
    await committee.until(round, PHASES.commits);
    const preimages = () => committee.sent.filter(({ message }) => message.kind === "preimage").length;
    expect(preimages()).to.equal(0);
    await committee.until(round, PHASES.commits + 2n);
    expect(preimages(), "nor while it could be undone").to.equal(0);
    await committee.step();
    expect(preimages()).to.equal(3);
  });

  it("shows no vote alone while the commit phase could be undone, either", async () => {
    committee = await Committee.of(await loadFixture(four));
    const round = await committee.open();
    await committee.until(round, PHASES.commits + 2n);
    expect(committee.count("reveal")).to.equal(0);
    await committee.step();
    expect(committee.count("reveal")).to.equal(4);
  });

  it("goes on with a round that its node has forgotten for a moment", async () => {
    const asked: bigint[] = [];
    let answer: (health: "healthy") => void = () => undefined;
    const answered = new Promise<"healthy">((resolve) => (answer = resolve));
    let behind = false;
    const twist: Twist = {
      check: ({ number }) => {
        asked.push(number);
        return answered;
      },
      chain: (chain) =>
        changed(chain, (name) => (name === "rounds" && behind ? async () => (await chain.rounds()) - 1n : undefined)),
    };
    committee = await Committee.of(await loadFixture(four), [twist]);
    const round = await committee.open();
    await committee.until(round, PHASES.seeds + 5n);
    const before = [...asked];
    expect(before).to.not.be.empty;
    behind = true;
    await committee.step();
    behind = false;
    await committee.step();
    answer("healthy");
    await committee.until(round, PHASES.reveals + 12n);
    expect(asked, "it asks its targets once").to.deep.equal(before);
    await expectAllVoted(round);
  });

  it("looks at rounds in which it can still vote before those that are over", async () => {
    const looked: bigint[] = [];
    const chain = (real: HealthChain): HealthChain =>
      changed(real, (name) => {
        if (name !== "shownIn") return undefined;
        return (round: Round) => {
          looked.push(round.number);
          return real.shownIn(round);
        };
      });
    const twists = [{ chain, finalize: false }, ...Array.from({ length: 3 }, () => ({ finalize: false }))];
    committee = await Committee.of(await loadFixture(four), twists);
    await committee.until(await committee.open(), PHASES.reveals + 1n);
    await ethers.provider.send("evm_increaseTime", [1_800]);
    await committee.mine();
    const second = await committee.open();
    await committee.until(second, PHASES.commits + 3n);
    looked.splice(0);
    await committee.step();
    expect(looked).to.deep.equal([2n, 1n]);
  });

  it("doesn't let one vote that the contract refuses spoil the others", async () => {
    const joint = true;
    committee = await Committee.of(
      await loadFixture(four),
      Array.from({ length: 4 }, () => ({ joint })),
    );
    const round = await committee.open();
    const { operator, miner } = committee.client(3);
    await committee.until(round, PHASES.commits);
    const domain = healthDomain(31_337n, await committee.network.votes.getAddress());
    const { randomness } = await committee.network.votes.roundOf(round);
    const wrong = await signMessage(
      { kind: "preimage", round, randomness, voter: miner, seed: id("s"), ballot: [0n], salt: id("t"), seats: [0n] },
      domain,
      operator,
    );
    committee.deliver = ({ message }) => (message.kind === "preimage" && message.voter === miner ? [wrong] : [message]);
    await committee.until(round, PHASES.reveals + 12n);
    await expectAllVoted(round);
    const reveals = committee.clients.map((client) => sentSteps(client).filter((step) => step === "reveal").length);
    expect(
      reveals.reduce((sum, count) => sum + count),
      "all others together, and it alone",
    ).to.equal(2);
  });

  it("commits no ballot that it had no time for, and says so once", async () => {
    // Nothing is sure enough for this member before the phase is almost over.
    committee = await Committee.of(await loadFixture(four), [{}, { confirmations: 9n }]);
    const round = await committee.open();
    await committee.until(round, PHASES.reveals + 12n);
    await expectAllVoted(round, [1]);
    expect(sentSteps(committee.client(1)).filter((step) => ["commit", "reveal"].includes(step))).to.deep.equal([]);
    const missed = told(committee.client(1), "missed");
    expect(missed).to.deep.equal([{ kind: "missed", round, why: "there is no time to check targets" }]);
  });

  it("shows nothing when the reveal phase is over", async () => {
    committee = await Committee.of(await loadFixture(four));
    const round = await committee.open();
    await committee.until(round, PHASES.commits);
    committee.client(1).awake = false;
    await committee.until(round, PHASES.reveals);
    committee.client(1).awake = true;
    await committee.until(round, PHASES.reveals + 12n);
    expect(sentSteps(committee.client(1))).to.not.include("reveal");
    await expectAllVoted(round, [1]);
  });

  it("breaks checks off in time, and calls what is left what its caller says", async () => {
    const check = ({ index }: Target): Promise<"healthy"> =>
      index === 0 ? new Promise(() => undefined) : Promise.resolve("healthy");
    const twists = Array.from({ length: 4 }, () => ({ check, onFailure: () => "unhealthy" as const }));
    committee = await Committee.of(await loadFixture(four), twists);
    const round = await committee.open();
    await committee.until(round, PHASES.commits - 2n);
    expect((await events("Committed", round)).length, "who is target 0 itself").to.be.at.most(1);
    await committee.until(round, PHASES.reveals + 12n);
    await expectAllVoted(round);
    expect(await committee.network.votes.verdictsOf(round)).to.deep.equal([1n]);
  });

  it("sends again, for more, what isn't mined", async () => {
    committee = await Committee.of(await loadFixture(four));
    const round = await committee.open();
    const client = committee.client(0);
    while (!sentSteps(client).includes("commit")) await committee.step();
    const { openedBlock } = await committee.network.votes.roundOf(round);
    let steps = 0;
    while ((await events("Committed", round)).length < 4 && ++steps < 8) {
      for (const one of committee.clients) await one.voter.tick();
      await (steps < 4 ? tooDear() : Promise.resolve());
      await committee.mine();
    }
    expect(BigInt(await ethers.provider.getBlockNumber()) - openedBlock < PHASES.commits).to.equal(true);
    await committee.until(round, PHASES.reveals + 12n);
    await expectAllVoted(round);
  });

  it("sends again what a node has dropped", async () => {
    committee = await Committee.of(await loadFixture(four));
    const round = await committee.open();
    const client = committee.client(0);
    const dropped = new Set<string>();
    const { openedBlock } = await committee.network.votes.roundOf(round);
    while (BigInt(await ethers.provider.getBlockNumber()) < openedBlock + PHASES.reveals + 12n) {
      for (const one of committee.clients) await one.voter.tick();
      const last = client.events.at(-1);
      if (last?.kind === "sent" && last.step === "commit" && !dropped.has(last.hash) && dropped.size < 2) {
        await ethers.provider.send("hardhat_dropTransaction", [last.hash]);
        dropped.add(last.hash);
      }
      await committee.mine();
    }
    expect(dropped.size).to.equal(2);
    expect(sentSteps(client).filter((step) => step === "commit")).to.have.length(3);
    await expectAllVoted(round);
  });

  it("makes another ballot when a reorganisation has changed the targets", async () => {
    committee = await Committee.of(await loadFixture(four));
    const round = await committee.open();
    await committee.until(round, PHASES.seeds);
    const before = await takeSnapshot();
    for (let i = 0; i < 6; ++i) await committee.step();
    const first = (await committee.network.votes.roundOf(round)).mix;
    expect(await events("Committed", round), "all committed, in a history that is undone").to.have.length(4);
    await before.restore();
    await committee.until(round, PHASES.reveals + 12n);
    expect((await committee.network.votes.roundOf(round)).mix).to.not.equal(first);
    await expectAllVoted(round);
    expect(await committee.network.votes.verdictsOf(round), "target 0 of the new ones").to.deep.equal([1n]);
  });

  it("starts anew when a reorganisation has made another round of the same number", async () => {
    committee = await Committee.of(await loadFixture(four));
    const before = await takeSnapshot();
    await committee.open(BigInt(id("first history")));
    for (let i = 0; i < 5; ++i) await committee.step();
    await before.restore();
    const round = await committee.open(BigInt(id("second history")));
    expect(round).to.equal(1n);
    await committee.until(round, PHASES.reveals + 12n);
    await expectAllVoted(round);
    for (const client of committee.clients) expect(told(client, "fault")).to.deep.equal([]);
  });

  it("shows no ballot that is about other targets than it was made for", async () => {
    committee = await Committee.of(await loadFixture(four));
    const round = await committee.open();
    await committee.until(round, PHASES.commits);
    const chain = (real: HealthChain): HealthChain =>
      new Proxy(real, {
        get(target, name) {
          const own: unknown = Reflect.get(target, name, target);
          if (name !== "roundOf") return typeof own === "function" ? (own.bind(target) as unknown) : own;
          return async (number: bigint) => {
            const found = await target.roundOf(number);
            return found && { ...found, mix: id("another mix") };
          };
        },
      });
    await committee.join(0, { chain });
    await committee.until(round, PHASES.reveals + 12n);
    await expectAllVoted(round, [0]);
    expect(told(committee.client(0), "missed")).to.have.length(1);
  });

  it("sends nothing for a miner without a winning seat", async () => {
    committee = await Committee.of(await loadFixture(sparse));
    const { votes } = committee.network;
    // A committee without the last miner: the first such randomness.
    let round = 0n;
    let outsider: Client | undefined;
    for (let i = 0; !outsider; ++i) {
      const before = await takeSnapshot();
      round = await committee.open(BigInt(id(`sparse ${i}`)));
      for (const client of committee.clients) {
        if ((await votes.winningSeats(round, client.miner, 0n, 100n)).length === 0) outsider ??= client;
      }
      if (!outsider) await before.restore();
    }
    await committee.until(round, PHASES.reveals + 12n);
    expect(outsider.events).to.deep.equal([]);
    expect(outsider.voter.duties).to.deep.equal([]);
    expect(await outsider.voter.seatsIn(round)).to.deep.equal([]);
    expect(await events("Revealed", round)).to.have.length(4);
  });

  it("sends nothing for a miner whose operator is another by now", async () => {
    const network = await loadFixture(four);
    const [, , , voter] = network.voters;
    if (!voter) throw new Error("expected a miner");
    await bondVoter(network.registry, { miner: voter.miner, operator: new ethers.Wallet(id("new"), ethers.provider) });
    committee = await Committee.of(network);
    await ethers.provider.send("evm_increaseTime", [3_600]);
    await committee.mine();
    const round = await committee.open();
    await committee.until(round, PHASES.commits);
    expect(told(committee.client(3), "sent")).to.deep.equal([]);
    expect(told(committee.client(3), "notOperator")).to.have.length.greaterThan(0);
    expect(await events("Committed", round)).to.have.length(3);
  });

  /** The fifth voter, with s_min, commits and shows nothing; `then` something happens to it, and the round ends. */
  async function reportsOfSilence(then: (silent: Client) => Promise<void>) {
    const network = await loadFixture(five);
    const { votes } = network;
    // Whoever is silent must be a healthy target, if it is one: else it has nothing to lose.
    const check = ({ index, miner }: Target): Promise<"healthy" | "unhealthy"> =>
      Promise.resolve(index <= 1 && miner !== network.voters[4]?.miner ? "unhealthy" : "healthy");
    const twists = Array.from({ length: 5 }, () => ({ reportSilence: true, enforce: false, check }));
    committee = await Committee.of(network, twists);
    // Rounds before give the one that is silent in the last some pay to lose; it is too small to be missed. One is enough,
    // unless it is the only target that is well: who they are depends on where the contract is.
    const silent = committee.client(4);
    while ((await votes.payOf(silent.miner)).unvested === 0n) {
      const before = await committee.open(BigInt(id(`round after ${await votes.rounds()}`)));
      await committee.until(before, PHASES.reveals + 16n);
      await ethers.provider.send("evm_increaseTime", [1_800]);
      await committee.mine();
      expect(before, "rounds without pay").to.be.lessThan(8n);
    }
    const round = await committee.open(BigInt(id("last")));
    await committee.until(round, PHASES.commits);
    silent.awake = false;
    await then(silent);
    await committee.until(round, PHASES.reveals + 20n);
    const reports = await votes.queryFilter(votes.filters.SilenceReported(round));
    expect(reports.map(({ args }) => args.voter)).to.deep.equal([silent.miner]);
    expect(reports[0]?.args.taken).to.be.greaterThan(0n);
    expect(committee.count("reportSilence"), "who reports").to.equal(1);
    return { votes, round, miner: silent.miner };
  }

  it("reports who committed and showed nothing, if it is told to", async () => {
    await reportsOfSilence(() => Promise.resolve());
  });

  it("reports who has fallen below the least stake since, and could show nothing any more", async () => {
    const { votes, round, miner } = await reportsOfSilence(async ({ miner }) => {
      const { escrow, policies } = committee.network;
      await escrow.connect(await actingAs(policies)).slash(miner, 10n ** 9n, ethers.ZeroAddress, 0n);
    });
    expect(await votes.seatsOf(round, miner)).to.equal(0n);
  });
});
