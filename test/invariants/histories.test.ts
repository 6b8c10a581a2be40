import { expect } from "chai";

import { historyOf, type Plan, type Step, stepsOf, type Story, tell } from "./histories";

const weights = { up: 6, down: 3, rest: 1 };

/** Counts, and may never have gone down three times. */
class Counter implements Story {
  readonly log: string[] = [];

  play({ kind }: Step): Promise<void> {
    this.log.push(kind);
    return Promise.resolve();
  }

  check(): Promise<void> {
    expect(this.log.filter((kind) => kind === "down").length, "downs").to.be.lessThan(3);
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return this.check();
  }
}

const plan = (steps: number): Plan<undefined> => ({
  offset: 40,
  weights,
  steps: stepsOf(weights, steps),
  every: 7,
  deploy: () => Promise.resolve(undefined),
  begin: () => Promise.resolve(new Counter()),
});

describe("Random histories", () => {
  it("are fixed by their seeds, have as many steps as asked for, and kinds as often as their weights say", () => {
    const history = historyOf(7, stepsOf(weights, 5_000));
    expect(history).to.deep.equal(historyOf(7, stepsOf(weights, 5_000)));
    expect(history).not.to.deep.equal(historyOf(8, stepsOf(weights, 5_000)));
    expect(history).to.have.length(5_000);
    const share = (wanted: string): number => history.filter(({ kind }) => kind === wanted).length / 5_000;
    // Six standard deviations of each share: a wrong alarm is one in a billion seeds, and this seed is fixed.
    expect(share("up")).to.be.closeTo(0.6, 0.042);
    expect(share("down")).to.be.closeTo(0.3, 0.039);
    expect(share("rest")).to.be.closeTo(0.1, 0.026);
  });

  it("choose within a step over all 64 bits", () => {
    const seeds = historyOf(7, stepsOf(weights, 2_000)).map(({ seed }) => seed);
    expect(new Set(seeds).size).to.equal(seeds.length);
    for (let bit = 0n; bit < 64n; bit++) {
      const set = seeds.filter((seed) => (seed >> bit) & 1n).length;
      expect(set, `bit ${bit}`).to.be.closeTo(1_000, 135); // six standard deviations
    }
  });

  it("return what was done if nothing is wrong", async () => {
    expect(await tell(plan(2), 47)).to.have.length(2);
  });

  it("throw what was wrong first, and print the shortest history that fails, with what plays it again", async () => {
    const printed: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text: string | Uint8Array) => printed.push(String(text)) > 0;
    let error: unknown;
    try {
      await tell(plan(60), 47);
    } catch (thrown) {
      error = thrown;
    } finally {
      process.stderr.write = write;
    }
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message).to.match(/^downs: expected \d+ to be below 3$/);
    const [head, ...lines] = printed.join("").trimEnd().split("\n");
    expect(head).to.match(/^seed 47, a short history that fails \(again: NKMS_SEED=7 NKMS_PATH=[\d:]+\):$/);
    expect(lines.map((line) => line.trim())).to.deep.equal([
      "down",
      "down",
      "down",
      "AssertionError: downs: expected 3 to be below 3",
    ]);
  });
});
