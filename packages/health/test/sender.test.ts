import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { type Call, Sender } from "../src/index.js";
import { FakeChain } from "./helpers/fakeChain.js";

const first: Call = { step: "openCommits", round: 1n };
const second: Call = { step: "openCommits", round: 2n };
const LATE = 1_000n;

class Crash extends Error {}

describe("Sender", () => {
  let folder: string;
  let chain: ReturnType<typeof FakeChain.make>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nkms-health-"));
    chain = FakeChain.make();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = (maxFeePerGas?: bigint): Promise<Sender> => Sender.open(chain, folder, { bumpBlocks: 2n, maxFeePerGas });

  /** One look at the chain in which these calls are wanted. */
  async function look(sender: Sender, block: bigint, calls: readonly Call[], until = LATE): Promise<void> {
    await sender.settle();
    for (const call of calls)
      await sender.offer(`${call.step} ${"round" in call ? call.round : ""}`, call, block, until);
    sender.finish();
  }

  const nonces = (): number[] => chain.sent.map(({ nonce }) => nonce);
  const caps = (): bigint[] => chain.sent.map(({ fees }) => fees.maxFeePerGas);
  const tips = (): bigint[] => chain.sent.map(({ fees }) => fees.maxPriorityFeePerGas);

  it("sends once what is wanted again and again, and is free when it is mined", async () => {
    const sender = await open();
    await look(sender, 1n, [first]);
    await look(sender, 2n, [first]);
    expect(chain.sent).to.have.length(1);
    expect(sender.busyWith).to.equal("openCommits 1");
    chain.mine();
    await look(sender, 3n, []);
    expect(sender.busyWith).to.equal(undefined);
  });

  it("sends again for an eighth more, with the same nonce, until it is mined", async () => {
    const sender = await open();
    for (let block = 1n; block <= 7n; ++block) await look(sender, block, [first]);
    expect(nonces()).to.deep.equal([5, 5, 5, 5]);
    expect(caps()).to.deep.equal([200n, 225n, 254n, 286n]);
    expect(tips()).to.deep.equal([10n, 12n, 14n, 16n]);
  });

  it("offers what the network asks, if that is more than an eighth more", async () => {
    const sender = await open();
    await look(sender, 1n, [first]);
    chain.price = 1_000n;
    await look(sender, 3n, [first]);
    expect([caps()[1], tips()[1]]).to.deep.equal([2_000n, 100n]);
  });

  it("offers no more than it may", async () => {
    const sender = await open(230n);
    for (let block = 1n; block <= 9n; ++block) await look(sender, block, [first]);
    expect(caps()).to.deep.equal([200n, 225n]);
  });

  it("sends nothing that can't be in time, and nothing again", async () => {
    const sender = await open();
    await look(sender, 10n, [first], 10n);
    expect(chain.sent).to.deep.equal([]);
    await look(sender, 9n, [first], 10n);
    await look(sender, 12n, [first], 10n);
    expect(chain.sent).to.have.length(1);
  });

  it("lets one wait for the other", async () => {
    const sender = await open();
    await look(sender, 1n, [first, second]);
    expect(chain.sent.map(({ call }) => call)).to.deep.equal([first]);
    chain.mine();
    await look(sender, 2n, [second]);
    expect(chain.sent.map(({ call }) => call)).to.deep.equal([first, second]);
    expect(nonces()).to.deep.equal([5, 6]);
  });

  it("replaces what nobody wants any more", async () => {
    const sender = await open();
    await look(sender, 1n, [first]);
    await look(sender, 2n, [second]);
    expect(chain.sent, "wanted a moment ago").to.have.length(1);
    await look(sender, 3n, [second]);
    expect(nonces()).to.deep.equal([5, 5]);
    expect(caps()).to.deep.equal([200n, 225n]);
    expect(chain.sent[1]?.call).to.equal(second);
  });

  it("replaces what is too late", async () => {
    const sender = await open();
    await look(sender, 1n, [first], 3n);
    await look(sender, 3n, [first, second], 3n);
    expect(chain.sent).to.have.length(1);
    await look(sender, 4n, [second]);
    expect(nonces()).to.deep.equal([5, 5]);
  });

  it("sends anew what the node has dropped", async () => {
    const sender = await open();
    await look(sender, 1n, [first]);
    chain.forget();
    await look(sender, 3n, [first]);
    expect(nonces()).to.deep.equal([5, 5]);
    chain.forget();
    chain.mined = 9; // others have used the account
    await look(sender, 4n, [first]);
    expect(nonces()).to.deep.equal([5, 5, 9]);
  });

  it("offers more once in so many blocks to a node that never counts what waits, however often it looks", async () => {
    const sender = await open();
    for (let i = 0n; i < 15n; ++i) {
      await look(sender, 1n + i / 3n, [first]);
      chain.forget();
    }
    expect(caps(), "in blocks 1, 3 and 5").to.deep.equal([200n, 225n, 254n]);
    expect(nonces()).to.deep.equal([5, 5, 5]);
  });

  it("sends another at once if the node has dropped one", async () => {
    const sender = await open();
    await look(sender, 1n, [first]);
    chain.forget();
    await look(sender, 1n, [first, second]);
    expect(chain.sent.map(({ call }) => call)).to.deep.equal([first, second]);
    expect(nonces()).to.deep.equal([5, 5]);
  });

  for (const when of ["before", "after"] as const) {
    it(`goes on after a crash ${when} something was sent, and takes the same nonce`, async () => {
      const sender = await open();
      chain.hook = (moment): void => {
        if (moment === when) throw new Crash();
      };
      await look(sender, 1n, [first]).then(
        () => expect.fail("no crash"),
        (error: unknown) => expect(error).to.be.instanceOf(Crash),
      );
      const text = await readFile(join(folder, "sending.json"), "utf8");
      expect(JSON.parse(text)).to.include({ key: "openCommits 1", nonce: 5 });
      chain.hook = (): void => undefined;

      const again = await open();
      await look(again, 2n, [first]);
      await look(again, 3n, [first]);
      expect(new Set(nonces())).to.deep.equal(new Set([5]));
      chain.mine();
      await look(again, 4n, []);
      expect(again.busyWith).to.equal(undefined);
      expect((await open()).busyWith).to.equal(undefined);
    });
  }
});
