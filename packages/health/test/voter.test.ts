import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { getAddress, toBeHex, Wallet } from "ethers";

import { type HealthChain, HealthVoter } from "../src/index.js";

const [miner, operator, other] = [1, 2, 3].map((i) => getAddress(toBeHex(i, 20)));

describe("HealthVoter", () => {
  it("goes on though what it tells can't be written down", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nkms-health-"));
    try {
      const chain = {
        sender: operator,
        rules: () => Promise.resolve({}),
        head: () => Promise.resolve({ number: 1n, timestamp: 1n }),
        operatorOf: () => Promise.resolve(other),
      } as unknown as HealthChain;
      const told: unknown[] = [];
      const report = (event: object): void => {
        told.push(event);
        JSON.stringify({ round: 1n }); // as a log that doesn't know bigints
      };
      const options = { voter: miner ?? "", signer: Wallet.createRandom(), folder, report, pollInterval: 1 };
      const voter = await HealthVoter.open(chain, { ...options, check: () => Promise.resolve("healthy") });
      await voter.tick();
      expect(told).to.deep.equal([{ kind: "notOperator", operator: other }]);
      const stop = new AbortController();
      const running = voter.run(stop.signal);
      while (told.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
      stop.abort();
      await running;
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
