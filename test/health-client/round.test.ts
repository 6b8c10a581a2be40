import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { makeBallot, seatsToConvict, tellPay } from "@nkms/health";
import { expect } from "chai";

import { Committee, five, PHASES, STAKES } from "./fixtures";

describe("HealthVoter: a whole round", () => {
  let committee: Committee;
  afterEach(() => committee.close());

  for (const joint of [false, true]) {
    it(`makes a seed, votes, decides and pauses the unhealthy miner${joint ? ", committing and showing all votes together" : ""}`, async () => {
      const network = await loadFixture(five);
      const { votes, escrow, voters } = network;
      committee = await Committee.of(
        network,
        voters.map(() => ({ joint })),
      );
      const round = await committee.open();
      const carry = await votes.carry();
      await committee.until(round, PHASES.commits);
      expect(committee.count("openCommits"), "who opens the commit phase").to.equal(1);
      expect(committee.count("postSeed"), "who posts").to.equal(1);
      expect(await votes.queryFilter(votes.filters.Committed(round))).to.have.length(5);
      expect([committee.count("commit"), committee.count("commitFor")]).to.deep.equal(joint ? [0, 1] : [5, 0]);

      await committee.until(round, PHASES.reveals + 15n);
      expect(committee.count("reveal"), "transactions that show votes").to.equal(joint ? 1 : 5);
      const shown = await votes.queryFilter(votes.filters.Revealed(round));
      expect(shown.map(({ args }) => args.voter)).to.have.members(voters.map(({ miner }) => miner));
      const { state, winner, wanted, targets, budget, revealed } = await votes.roundOf(round);
      expect(state, "decided").to.equal(4n);
      const seed = shown[0]?.args.seed ?? "";
      const miners = await Promise.all(
        Array.from({ length: Number(targets) }, (_, i) => votes.targetOf(round, seed, i)),
      );
      const verdicts = makeBallot([0], Number(targets));
      expect(await votes.verdictsOf(round)).to.deep.equal(verdicts);
      expect((await escrow.minerOf(miners[0] ?? "")).paused, "paused").to.equal(true);
      expect(committee.count("enforce"), "who enforces").to.equal(1);
      expect((await votes.seedsOf(round))[Number(winner)]?.seats, "all seats for one seed").to.equal(200n);
      expect(seatsToConvict(wanted, 200n)).to.equal(101n);

      const scored = await votes.queryFilter(votes.filters.Scored(round));
      for (const { args } of scored) {
        const i = voters.findIndex(({ miner }) => miner === args.voter);
        const own = miners.indexOf(args.voter);
        // The sick miner's client checks everybody else, and finds nothing.
        const ballot = own === 0 ? [0n] : verdicts;
        const cast = { seats: STAKES[i] ?? 0n, ballot, own: own < 0 ? undefined : own };
        const pay = tellPay({ wanted, targets: Number(targets), budget, revealed }, carry, verdicts, cast);
        expect([args.score, args.paid], `voter ${i}`).to.deep.equal([pay.score.scaled, pay.paid]);
      }
      expect(scored).to.have.length(5);
      expect(committee.clients.flatMap(({ events }) => events).filter(({ kind }) => kind !== "sent")).to.deep.equal([]);
    });
  }
});
