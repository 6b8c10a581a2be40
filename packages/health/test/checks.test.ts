import { expect } from "chai";
import { getAddress, toBeHex } from "ethers";

import { Checks, type Health, type Target } from "../src/index.js";

const targets = Array.from({ length: 10 }, (_, index): Target => {
  return { index, number: BigInt(index + 1), miner: getAddress(toBeHex(index + 1, 20)) };
});

/** Lets everything run that waits for nothing but its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Checks", () => {
  it("name the targets that are unhealthy", async () => {
    const check = ({ index }: Target): Promise<Health> => Promise.resolve(index % 3 === 0 ? "unhealthy" : "healthy");
    const checks = new Checks(targets, { check });
    await turn();
    expect(checks.done).to.equal(true);
    expect(await checks.finish()).to.deep.equal(new Set([0, 3, 6, 9]));
  });

  it("ask so many at a time", async () => {
    let [running, most] = [0, 0];
    const check = async (): Promise<Health> => {
      most = Math.max(most, (running += 1));
      await turn();
      running -= 1;
      return "healthy";
    };
    const checks = new Checks(targets, { check, concurrency: 3 });
    while (!checks.done) await turn();
    expect(most).to.equal(3);
  });

  it("call what fails healthy, unless the caller's rule says otherwise", async () => {
    const check = ({ index }: Target): Promise<Health> => {
      return index === 2 ? Promise.reject(new Error("no answer")) : Promise.resolve("healthy");
    };
    const seen: string[] = [];
    const onFailure = ({ index }: Target, error: unknown): Health => {
      seen.push(`${index} ${(error as Error).message}`);
      return "unhealthy";
    };
    for (const [rules, expected] of [
      [{ check }, []],
      [{ check, onFailure }, [2]],
      [{ check, onFailure: () => expect.fail("a rule that fails") }, []],
    ] as const) {
      const checks = new Checks(targets, rules);
      await turn();
      expect(await checks.finish()).to.deep.equal(new Set(expected));
    }
    expect(seen).to.deep.equal(["2 no answer"]);
  });

  it("end when a target's time is over, and tell the check", async () => {
    let signal: AbortSignal | undefined;
    const check = (target: Target, stop: AbortSignal): Promise<Health> => {
      if (target.index !== 4) return Promise.resolve("healthy");
      signal = stop;
      return new Promise(() => undefined);
    };
    const checks = new Checks(targets, { check, timeout: 5, onFailure: () => "unhealthy" });
    while (!checks.done) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(signal?.aborted).to.equal(true);
    expect(await checks.finish()).to.deep.equal(new Set([4]));
  });

  it("end when there is no more time, with the rule for all that are not done", async () => {
    const asked: number[] = [];
    const check = ({ index }: Target): Promise<Health> => {
      asked.push(index);
      return index === 0 ? Promise.resolve("healthy") : new Promise(() => undefined);
    };
    const checks = new Checks(targets, { check, concurrency: 2, onFailure: () => "unhealthy" });
    await turn();
    expect(checks.done).to.equal(false);
    expect(await checks.finish()).to.deep.equal(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(asked, "no more were asked").to.deep.equal([0, 1, 2]);
  });
});
