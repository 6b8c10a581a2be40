import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { getAddress, id, toBeHex, Wallet } from "ethers";

import {
  commitmentFor,
  formatJournal,
  healthDomain,
  type Journal,
  journalPathOf,
  newJournal,
  parseJournal,
  readJournal,
  saveJournal,
  signMessage,
} from "../src/index.js";
import { expectRefusal, expectRejection } from "./helpers/errors.js";

const place = {
  chainId: 1n,
  contract: getAddress(toBeHex(0xc0ffee, 20)),
  voter: getAddress(toBeHex(0x1234, 20)),
  round: 7n,
  randomness: id("r"),
};

/** A journal with all that there can be in one. */
async function whole(): Promise<Journal> {
  const { round, randomness, voter } = place;
  const unsigned = { kind: "opening", round, randomness, voter, value: id("value") } as const;
  const message = await signMessage(unsigned, healthDomain(1n, place.contract), Wallet.createRandom());
  const vote = { voter, seed: id("seed"), ballot: [5n, 1n << 255n], salt: id("salt"), seats: [1n, 9n] };
  const ballots = [{ mix: id("mix"), vote, commitment: commitmentFor(place, vote) }];
  return { ...newJournal(place, id("value")), heard: [{ block: 104n, message }], seed: id("seed"), ballots };
}

describe("journal", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "nkms-health-"))));
  afterEach(() => rm(folder, { recursive: true }));

  it("is read as it was written, for its owner alone, whole", async () => {
    const journal = await whole();
    expect(await readJournal(folder, place)).to.equal(undefined);
    await saveJournal(folder, newJournal(place, id("value")));
    await saveJournal(folder, journal);
    expect(await readJournal(folder, place)).to.deep.equal(journal);
    expect((await stat(journalPathOf(folder, place))).mode & 0o777).to.equal(0o600);
    expect(await readdir(folder)).to.have.length(1);
  });

  it("is another file for another history of the chain", async () => {
    await saveJournal(folder, await whole());
    expect(await readJournal(folder, { ...place, randomness: id("another") })).to.equal(undefined);
  });

  it("is refused if it is somebody's else", async () => {
    await saveJournal(folder, await whole());
    for (const [name, value] of [
      ["chainId", 2n],
      ["contract", place.voter],
      ["voter", place.contract],
    ] as const) {
      const message = `journal.${name}: expected ${value}, got ${place[name]}`;
      await expectRejection(readJournal(folder, { ...place, [name]: value }), { code: "OTHER_JOURNAL", message });
    }
  });

  it("is refused if its salt doesn't give its commitment, and shows no secret", async () => {
    const text = formatJournal(await whole()).replace(id("salt").slice(2), id("other").slice(2));
    expectRefusal(() => parseJournal(text), { code: "OTHER_JOURNAL", message: /^journal\.ballots\[0\]\.commitment: / });
    const broken = formatJournal(await whole()).replace(id("salt"), "0x12");
    expectRefusal(() => parseJournal(broken), { code: "BAD_FIELD", message: /^journal\.ballots\[0\]\.vote\.salt: / });
    const json = JSON.parse(formatJournal(await whole())) as { ballots: [{ vote: object }] };
    const cut = id("secret").slice(0, -2);
    for (const [path, change] of [
      ["value", { value: cut }],
      ["seed", { seed: cut }],
      ["ballots[0].vote.salt", { ballots: [{ ...json.ballots[0], vote: { ...json.ballots[0].vote, salt: cut } }] }],
      ["ballots[0].vote.seed", { ballots: [{ ...json.ballots[0], vote: { ...json.ballots[0].vote, seed: cut } }] }],
    ] as const) {
      expectRefusal(() => parseJournal(JSON.stringify({ ...json, ...change })), {
        code: "BAD_FIELD",
        message: `journal.${path}: expected 32 bytes as hex, got something else`,
      });
    }
  });

  it("is refused if it is no journal", async () => {
    await writeFile(journalPathOf(folder, place), "{}");
    await expectRejection(readJournal(folder, place), { code: "BAD_FIELD", message: /^journal\.note: / });
    await writeFile(journalPathOf(folder, place), "{");
    await expectRejection(readJournal(folder, place), { code: "BAD_JSON", message: /^journal: expected JSON/ });
  });

  it("says what it is for", async () => {
    await saveJournal(folder, await whole());
    expect(await readFile(journalPathOf(folder, place), "utf8")).to.match(/"note":"Keep this file, and to yourself: /);
  });
});
