import { loadFixture, mine } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { answerOf, capsuleY, Fault, honestCfrag, leakOf, SALT } from "../helpers/challenges";
import { instrumented } from "../helpers/instrumented";
import { EQUATIONS, type Hint, hintFor, NO_HINT } from "../models/evidence";
import { COLLATERAL, RATE } from "../policyManager/fixtures";
import {
  accused,
  cfragOf,
  committed,
  evidenceOfSecret,
  inThird,
  toldBy,
  type Trial,
  unchanged,
  wrongCfrag,
} from "./fixtures";

/** What a call gives with so much gas: its result, or why it was refused. */
type WithGas = (gasLimit: bigint) => Promise<bigint>;

/** More than a transaction with so much calldata costs at least, less than any of these calls needs. */
const LEAST = 70_000n;
const MOST = 400_000n;

/** An eth_call's failure that says no more than that something ran out of gas, here or in a call or a precompile. */
const STARVED = /out of gas|without a reason/;

const nameOf = (error: unknown): string => /custom error '(\w+)\(/.exec(String(error))?.[1] ?? String(error);

/** Whether the outcome is what it is with plenty of gas. */
async function outcome(call: WithGas, gas: bigint): Promise<string> {
  return call(gas).then(
    (value) => String(value),
    (error: unknown) => nameOf(error),
  );
}

/** The least gas with which a call comes out as it does with plenty. */
async function leastFor(call: WithGas): Promise<{ usual: string; least: bigint }> {
  const usual = await outcome(call, MOST);
  let [low, high] = [LEAST, MOST];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if ((await outcome(call, middle)) === usual) high = middle;
    else low = middle;
  }
  return { usual, least: high };
}

/**
 * Limits to try: everywhere coarsely; finely in what lies below the least, where the last precompiles are called, one of
 * which gets 3,000 gas too few.
 */
function limits(least: bigint): bigint[] {
  const all: bigint[] = [];
  for (let gas = LEAST; gas < least - 12_000n; gas += 1_499n) all.push(gas);
  for (let gas = least - 12_000n; gas < least + 40n; gas += 97n) all.push(gas);
  return all;
}

/** Tries a call with every limit: it must come out as usual, or run out of gas, or be refused. Counts each. */
async function swept(call: WithGas, expected: string): Promise<Map<string, number>> {
  const { usual, least } = await leastFor(call);
  expect(usual).to.equal(expected);
  const seen = new Map<string, number>();
  for (const gas of limits(least)) {
    const came = await outcome(call, gas);
    const kind = came === usual ? came : STARVED.test(came) ? "starved" : came;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
  return seen;
}

/** A reveal of an answer as an eth_call. */
const revealing =
  (
    { challenges, challenger, terms, ...trial }: Trial,
    answer: Awaited<ReturnType<typeof answerOf>>,
    fault: number,
    hint: Hint,
  ): WithGas =>
  (gasLimit) =>
    challenges
      .connect(challenger)
      .revealWrongAnswer.staticCall(terms, 0n, answer, fault, capsuleY(trial), hint, SALT, { gasLimit });

describe("A challenger that is mean with gas", () => {
  before(function () {
    if (instrumented) this.skip(); // instrumented code needs other amounts
  });

  it("can't turn a right answer into a fault, whatever it names", async () => {
    const trial = await loadFixture(inThird);
    const cfrag = honestCfrag(trial, 0);
    const answer = await answerOf(trial, 0, cfrag);
    await accused(trial, answer);
    await mine(1);
    await unchanged(trial, async () => {
      for (const fault of [Fault.PointE1, Fault.Kfrag, Fault.EquationE]) {
        const hint = fault === Fault.EquationE ? hintFor(trial.capsule, cfrag, "E") : NO_HINT;
        const seen = await swept(revealing(trial, answer, fault, hint), "UmbralProofNoFault");
        expect([...seen.keys()].sort(), `fault ${fault}`).to.deep.equal(["UmbralProofNoFault", "starved"]);
        expect(seen.get("starved"), "runs that ran out").to.be.greaterThan(100);
      }
    });
  });

  it("proves what is there or nothing", async () => {
    const trial = await loadFixture(inThird);
    for (const [fault, cfrag] of [
      [Fault.PointV2, cfragOf(trial).fill(0xff, 164, 197)],
      [Fault.EquationU, wrongCfrag(trial)],
    ] as const) {
      const answer = await answerOf(trial, 0, cfrag);
      await accused(trial, answer);
      await mine(1);
      const hint = fault === Fault.EquationU ? hintFor(trial.capsule, cfrag, "U") : NO_HINT;
      const seen = await swept(revealing(trial, answer, fault, hint), String(COLLATERAL / 5n));
      expect([...seen.keys()].sort()).to.deep.equal([String(COLLATERAL / 5n), "starved"]);
      expect(seen.get("starved"), "runs that ran out").to.be.greaterThan(100);
    }
  });

  it("can't show another secret, and shows the right one or nothing", async () => {
    const trial = await loadFixture(inThird);
    const { challenges, challenger, terms } = trial;
    const leak = leakOf(trial, 0);
    for (const secret of [leak.secret, leak.secret + 1n]) {
      await committed(trial, evidenceOfSecret(secret));
      await mine(1);
      const call: WithGas = (gasLimit) =>
        challenges.connect(challenger).revealLeakedKey.staticCall(terms, 0n, { ...leak, secret }, SALT, { gasLimit });
      const expected = secret === leak.secret ? String((3n * RATE) / 20n) : "UmbralProofOtherSecret";
      const seen = await swept(call, expected);
      expect([...seen.keys()].sort()).to.deep.equal([expected, "starved"]);
    }
  });

  it("learns of a fault by checkAnswer only if there is one", async () => {
    const trial = await loadFixture(inThird);
    const { challenges, policy, ann, terms } = trial;
    const kfragHash = String(terms.arrangements[0]?.kfragHash);
    for (const [cfrag, expected] of [
      [honestCfrag(trial, 0), Fault.None],
      [wrongCfrag(trial), Fault.EquationU],
    ] as const) {
      const answer = await answerOf(trial, 0, cfrag);
      const hints = EQUATIONS.map((equation) => hintFor(trial.capsule, cfrag, equation)) as [Hint, Hint, Hint];
      const call: WithGas = (gasLimit) =>
        challenges.checkAnswer(policy, 0n, ann.operator, kfragHash, answer, capsuleY(trial), hints, { gasLimit });
      const seen = await swept(call, String(expected));
      expect([...seen.keys()].sort()).to.deep.equal([String(expected), "starved"]);
    }
  });

  it("changes nothing with a transaction that runs out, and can send it again with more", async () => {
    const trial = await loadFixture(inThird);
    const { challenges, challenger, terms } = trial;
    const cfrag = wrongCfrag(trial);
    const answer = await answerOf(trial, 0, cfrag);
    await accused(trial, answer);
    const send = (gasLimit: bigint) => {
      const hint = hintFor(trial.capsule, cfrag, "U");
      const call = challenges.connect(challenger).revealWrongAnswer;
      return call(terms, 0n, answer, Fault.EquationU, capsuleY(trial), hint, SALT, { gasLimit });
    };
    await unchanged(trial, async () => {
      for (const gas of [80_000n, 120_000n, 150_000n]) {
        expect(await send(gas).then(() => "it went through", String)).to.match(STARVED);
      }
    });
    expect((await toldBy(challenges, send(MOST))).length).to.equal(1);
  });
});
