import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { getAddress, toBeHex } from "ethers";

import { cheats, reuseRandomness, sign } from "../src/cheats.js";
import {
  Challenger,
  describePlan,
  describeStatus,
  type Evidence,
  journalPathOf,
  leakOfReuse,
  makeEvidence,
  parseJournal,
  type Status,
} from "../src/index.js";
import { expectRejection } from "./helpers/errors.js";
import { Crash, FakeChain } from "./helpers/fakeChain.js";
import { domain, newMessage, NKMS, sceneOf, terms } from "./helpers/scene.js";

const scene = sceneOf(1);
let folder: string;
let path: string;
let evidence: Evidence;
let leak: Evidence;
let chain: FakeChain;

const open = (of: Evidence = evidence): Promise<Challenger> => Challenger.open(chain, of, path, { sleep: chain.sleep });

/** Everything that a challenger does, from wherever it is. */
async function bringHome(of: Evidence = evidence): Promise<Status> {
  const challenger = await open(of);
  await challenger.commit();
  await challenger.untilRipe();
  await challenger.reveal();
  return challenger.takeBond();
}

describe("Challenger", () => {
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "nkms-verifier-"));
    const cheat = cheats["wrongE1"];
    if (!cheat) throw new Error("expected a cheat");
    evidence = makeEvidence(await cheat.answer(scene));
    const found = leakOfReuse(...(await reuseRandomness(scene, newMessage()[0])));
    if (!found) throw new Error("expected a leak");
    leak = found;
  });

  after(() => rm(folder, { recursive: true }));

  let count = 0;
  beforeEach(() => {
    path = join(folder, `${(count += 1)}.journal.json`);
    chain = new FakeChain(evidence);
  });

  it("commits, reveals and takes the bond back", async () => {
    const challenger = await open();
    expect(await challenger.status()).to.deep.equal({ kind: "new" });
    expect(await challenger.commit()).to.deep.equal({ kind: "young", block: 101n, from: 104n, to: 121n });
    expect(await challenger.untilRipe()).to.deep.equal({ kind: "ripe", block: 104n, from: 104n, to: 121n });
    expect(await challenger.reveal()).to.deep.equal({ kind: "founded", reward: 3n });
    expect(await challenger.takeBond()).to.deep.equal({ kind: "done", reward: 3n });
    expect([chain.deposited, chain.commits, chain.reward]).to.deep.equal([0n, 1, 3n]);
  });

  it("brings leaked keys just so", async () => {
    expect(await bringHome(leak)).to.deep.equal({ kind: "done", reward: 3n });
  });

  it("does nothing twice when it is told twice", async () => {
    for (let i = 0; i < 3; ++i) expect(await bringHome()).to.deep.equal({ kind: "done", reward: 3n });
    expect(chain.log.filter((what) => what.startsWith("send"))).to.deep.equal([
      "send commit",
      "send reveal",
      "send takeBond",
    ]);
    expect([chain.deposited, chain.commits]).to.deep.equal([0n, 1]);
  });

  it("has the salt on the disk, for its owner alone, before anything is sent", async () => {
    const challenger = await open();
    chain.hook = (what): void => {
      if (what === "send commit") throw new Crash();
    };
    await challenger.commit().then(
      () => expect.fail("no crash"),
      (error: unknown) => expect(error).to.be.instanceOf(Crash),
    );
    const journal = parseJournal(await readFile(path, "utf8"));
    expect(journal.sent).to.deep.equal([{ step: "commit", nonce: 7 }]);
    expect(journal.salt).to.match(/^0x[0-9a-f]{64}$/);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).to.deep.equal([]);
  });

  it("shows the chain nothing of the evidence before the reveal", async () => {
    const challenger = await open();
    await challenger.plan();
    await challenger.commit();
    expect(chain.log).to.not.include("gasFor reveal");
    const before = chain.log.length;
    await challenger.untilRipe();
    expect(chain.log.slice(before).filter((what) => what === "gasFor" || what.startsWith("send"))).to.deep.equal([]);
  });

  for (const when of ["before", "after"] as const) {
    for (const memory of ["keeps", "forgets"] as const) {
      it(`goes on after a crash ${when} any question or transaction, with a node that ${memory} what is pending`, async () => {
        let crashes = 0;
        for (let at = 0; ; ++at) {
          path = join(folder, `crash-${when}-${memory}-${at}.journal.json`);
          chain = new FakeChain(evidence);
          let seen = 0;
          chain.hook = (what, moment): void => {
            if (moment === when && seen++ === at) throw new Crash(what);
          };
          const crashed = await bringHome().then(
            () => false,
            (error: unknown) => {
              if (error instanceof Crash) return true;
              throw error;
            },
          );
          if (memory === "forgets") chain.forget();
          chain.hook = (): void => undefined;
          expect(await bringHome(), `crash ${at}`).to.deep.equal({ kind: "done", reward: 3n });
          expect([chain.deposited, chain.commits, chain.reward], `crash ${at}`).to.deep.equal([0n, 1, 3n]);
          if (!crashed) break;
          crashes += 1;
        }
        expect(crashes).to.be.greaterThan(30);
      });
    }
  }

  it("goes on after two crashes in a row, anywhere", async () => {
    for (let first = 0; first < 40; first += 3) {
      for (let second = 0; second < 20; second += 3) {
        path = join(folder, `twice-${first}-${second}.journal.json`);
        chain = new FakeChain(evidence);
        for (const at of [first, second]) {
          let seen = 0;
          chain.hook = (): void => {
            if (seen++ === at) throw new Crash();
          };
          await bringHome().catch((error: unknown) => expect(error).to.be.instanceOf(Crash));
        }
        chain.hook = (): void => undefined;
        expect(await bringHome()).to.deep.equal({ kind: "done", reward: 3n });
        expect([chain.deposited, chain.commits]).to.deep.equal([0n, 1]);
      }
    }
  });

  it("waits for what is on its way, also if it doesn't know the hash", async () => {
    chain.mining = false;
    chain.hook = (what, when): void => {
      if (what === "send commit" && when === "after") throw new Crash();
    };
    await (await open()).commit().catch((error: unknown) => expect(error).to.be.instanceOf(Crash));
    chain.hook = (): void => undefined;
    const challenger = await open();
    expect(await challenger.status()).to.deep.equal({ kind: "pending", step: "commit", nonce: 7 });
    chain.mining = true;
    expect((await challenger.commit()).kind).to.equal("young");
    expect(chain.commits).to.equal(1);
  });

  it("commits again with the same salt if the commitment never came to the chain", async () => {
    const challenger = await open();
    chain.hook = (what): void => {
      if (what === "send commit") throw new Crash();
    };
    await challenger.commit().catch((error: unknown) => expect(error).to.be.instanceOf(Crash));
    chain.hook = (): void => undefined;
    const { salt } = (await open()).journal ?? {};
    chain.sendOther(); // its nonce is taken by something else
    expect(await bringHome()).to.deep.equal({ kind: "done", reward: 3n });
    expect((await open()).journal?.salt).to.equal(salt);
  });

  it("commits again with the same salt if the block of the commitment was replaced", async () => {
    const challenger = await open();
    await challenger.commit();
    const salt = challenger.journal?.salt;
    chain.reorganise();
    expect(await challenger.status()).to.deep.equal({ kind: "new" });
    expect((await challenger.commit()).kind).to.equal("young");
    expect(challenger.journal?.salt).to.equal(salt);
    expect(chain.deposited).to.equal(chain.settings.bond);
  });

  it("refuses to guess when the chain has the events of a commitment and not its state", async () => {
    const challenger = await open();
    await challenger.commit();
    chain.breakState();
    await expectRejection(challenger.commit(), {
      code: "OTHER_CHAIN",
      message: "chain: expected the events of a commitment that was made, got not all of them",
    });
    expect(chain.commits).to.equal(1);
  });

  describe("that is late", () => {
    let challenger: Challenger;

    beforeEach(async () => {
      challenger = await open();
      await challenger.commit();
      chain.mine(20);
    });

    it("says so, and neither reveals nor commits by itself", async () => {
      const status = { kind: "expired", block: 121n, to: 121n } as const;
      expect(await challenger.status()).to.deep.equal(status);
      for (const step of ["commit", "reveal"] as const) {
        await expectRejection(challenger[step](), {
          code: "OUT_OF_TURN",
          message: new RegExp(`^${step}: expected .*, got Committed, but`),
        });
      }
      await expectRejection(challenger.takeBond(), {
        code: "OUT_OF_TURN",
        message: /^takeBond: expected a commitment that was revealed/,
      });
      expect(await challenger.untilRipe()).to.deep.equal(status);
    });

    it("commits afresh when it is told to, with another salt, and remembers what was lost", async () => {
      const before = challenger.journal;
      expect((await challenger.recommit()).kind).to.equal("young");
      expect(challenger.journal?.salt).to.not.equal(before?.salt);
      expect(challenger.journal?.lost).to.deep.equal([before?.commitment]);
      expect(await bringHome()).to.deep.equal({ kind: "done", reward: 3n });
      expect([chain.commits, chain.deposited]).to.deep.equal([2, chain.settings.bond]);
    });

    it("can burn the bond, and commit afresh then", async () => {
      chain.mine();
      expect(await challenger.burnBond()).to.deep.equal({ kind: "lost" });
      expect(await challenger.burnBond()).to.deep.equal({ kind: "lost" });
      await expectRejection(challenger.commit(), { code: "OUT_OF_TURN", message: /got The bond was burned/ });
      expect((await challenger.recommit()).kind).to.equal("young");
    });

    it("says what the contract says if it burns a block too early", async () => {
      await expectRejection(challenger.burnBond(), {
        code: "TRANSACTION_FAILED",
        message: "burnBond: expected a call that succeeds, got ChallengeManagerOutsideAge",
      });
    });
  });

  it("takes each step only in its turn", async () => {
    const challenger = await open();
    await expectRejection(challenger.reveal(), {
      code: "OUT_OF_TURN",
      message: "reveal: expected a commitment of the right age, got Nothing is on chain.",
    });
    await expectRejection(challenger.recommit(), {
      code: "OUT_OF_TURN",
      message: /^recommit: expected a commitment that came too late/,
    });
    await challenger.commit();
    await expectRejection(challenger.reveal(), {
      code: "OUT_OF_TURN",
      message: /got Committed. It can be revealed in blocks 104 to 121/,
    });
    await expectRejection(challenger.burnBond(), {
      code: "OUT_OF_TURN",
      message: /^burnBond: expected a commitment that came too late/,
    });
  });

  it("does not commit where nothing is to be earned", async () => {
    chain.standing = { ...chain.standing, convicted: true };
    const challenger = await open();
    await expectRejection(challenger.commit(), {
      code: "NOTHING_TO_EARN",
      message: "arrangement: expected no verdict yet, got one",
    });
    chain.standing = { ...chain.standing, convicted: false, stop: 19_992n, open: false };
    await expectRejection(challenger.commit(), {
      code: "NOTHING_TO_EARN",
      message: "evidence: expected period 19999 or before, got 20000",
    });
    expect(challenger.journal).to.equal(undefined);
  });

  it("refuses evidence of another chain, contract, operator or key fragment", async () => {
    const other = (settings: object): FakeChain => Object.assign(new FakeChain(evidence), { settings });
    const { settings } = chain;
    chain = other({ ...settings, chainId: 1n });
    await expectRejection(open(), { code: "OTHER_CHAIN", message: "chain: expected chain 31337, got chain 1" });
    const stranger = getAddress(toBeHex(9, 20));
    chain = other({ ...settings, policies: stranger });
    await expectRejection(open(), {
      code: "OTHER_CHAIN",
      message: `contract: expected one that works for the policy manager ${domain.verifyingContract}, got one for ${stranger}`,
    });
    chain = new FakeChain(evidence);
    chain.standing = { ...chain.standing, operator: stranger };
    await expectRejection((await open()).commit(), {
      code: "OTHER_CHAIN",
      message: /^arrangement.operator: expected /,
    });
  });

  it("refuses an answer that no transaction holds", async () => {
    const long = makeEvidence(await sign(scene, new Uint8Array(130_000)));
    await expectRejection(open(long), {
      code: "TOO_LARGE",
      message: /^evidence: expected 130048 bytes in a transaction/,
    });
  });

  it("refuses a journal of other evidence, or one that was changed", async () => {
    await (await open()).commit();
    await expectRejection(open(leak), { code: "OTHER_JOURNAL", message: /^journal.evidence: expected / });
    const text = await readFile(path, "utf8");
    await writeFile(
      path,
      text.replace(/"salt": "0x./, (found) => `"salt": "0x${found.endsWith("0") ? "1" : "0"}`),
    );
    await expectRejection(open(), { code: "OTHER_JOURNAL", message: /^journal.commitment: expected / });
    await writeFile(path, text.slice(0, 100));
    await expectRejection(open(), { code: "BAD_JSON", message: /^journal: expected JSON/ });
    await writeFile(path, text.replace(/"salt": "0x../, '"salt": "0x'));
    const message = "journal.salt: expected 32 bytes as hex, got something else";
    await expectRejection(open(), { code: "BAD_FIELD", message });
  });

  it("says so if a transaction fails", async () => {
    const challenger = await open();
    await challenger.commit();
    await challenger.untilRipe();
    // It is mined when it is too late.
    chain.hook = (what, when): void => {
      if (what === "send reveal" && when === "after") chain.block += 30n;
    };
    await expectRejection(challenger.reveal(), {
      code: "TRANSACTION_FAILED",
      message: /^reveal: expected a transaction that succeeds, got 0x/,
    });
  });
});

describe("Challenger.plan", () => {
  before(() => {
    chain = new FakeChain(evidence);
    path = join(tmpdir(), "nkms-verifier-no-such-file.json");
  });

  it("says what it takes and gives", async () => {
    const plan = await (await open()).plan();
    expect(plan.reward).to.equal(3n * NKMS); // 20 % of 15
    expect(plan.atStake).to.equal(35n * NKMS);
    expect([plan.bond, plan.minAge, plan.maxAge, plan.period, plan.lastPeriod]).to.deep.equal([
      10n ** 16n,
      3n,
      20n,
      20_000n,
      20_013n,
    ]);
    expect(Number(plan.gas.reveal)).to.be.greaterThan(200_000);
    const { miner } = chain.standing;
    expect(describePlan(plan)).to.deep.equal([
      `Accused: miner ${miner}, arrangement 1 of policy ${evidence.policy}; fault EquationE.`,
      `As ${chain.challenger}, at contract ${chain.contract} on chain 31337:`,
      `1. commit, with a bond of 0.01 ETH, ~${plan.gas.commit} gas;`,
      `2. reveal, 3 to 20 blocks later, ~${plan.gas.reveal} gas: whoever misses that loses the bond;`,
      `3. take the bond back, ~${plan.gas.takeBond} gas.`,
      describePlan(plan)[5],
      "If nobody is faster: 3 NKMS for you; the miner loses at most 35 NKMS.",
      "The evidence counts through period 20013; it is period 20000.",
    ]);
    expect(describePlan(plan)[5]).to.match(/^Gas for all: ~0\.000\d+ ETH at 1 gwei\.$/);
  });

  it("counts the earned fee for a leak, the current period included", async () => {
    const plan = await (await open(leak)).plan();
    expect(plan.reward).to.equal((5n * terms.rate * 5n) / 100n); // 19,996 .. 20,000
    chain.standing = { ...chain.standing, open: false, handedOff: true, stop: 19_998n };
    const handedOff = await (await open(leak)).plan();
    expect(handedOff.reward).to.equal((5n * terms.rate * 2n) / 100n);
    expect(handedOff.lastPeriod).to.equal(20_013n);
    expect((await (await open()).plan()).lastPeriod).to.equal(20_005n);
  });

  it("says that there was a verdict", async () => {
    chain.standing = { ...chain.standing, convicted: true };
    const plan = await (await open()).plan();
    expect([plan.reward, plan.atStake]).to.deep.equal([0n, 0n]);
    expect(describePlan(plan)[6]).to.match(/^There was a verdict already/);
  });
});

describe("describeStatus", () => {
  it("has a sentence for each", () => {
    const hash = `0x${"ab".repeat(32)}`;
    const statuses: [Status, RegExp][] = [
      [{ kind: "new" }, /^Nothing is on chain\.$/],
      [{ kind: "pending", step: "commit", nonce: 1 }, /^The transaction for commit is on its way\.$/],
      [{ kind: "pending", step: "reveal", nonce: 1, hash }, /^The transaction for reveal is on its way: 0xab/],
      [{ kind: "ripe", block: 1n, from: 1n, to: 2n }, /^Committed. It can be revealed now, and through block 2/],
      [{ kind: "founded", reward: NKMS }, /^Proven, for 1 NKMS\. The bond waits/],
      [{ kind: "done", reward: NKMS }, /^Proven, for 1 NKMS\. The bond is back/],
    ];
    for (const [status, words] of statuses) expect(describeStatus(status)).to.match(words);
  });
});

describe("journalPathOf", () => {
  it("is beside the evidence", () => {
    expect(journalPathOf("a/b.evidence.json")).to.equal("a/b.evidence.journal.json");
    expect(journalPathOf("a/evidence")).to.equal("a/evidence.journal.json");
  });
});
