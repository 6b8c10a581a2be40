import { expect } from "chai";
import { getAddress, id, toBeHex, TypedDataEncoder, Wallet } from "ethers";

import {
  formatMessage,
  healthDomain,
  joinedSeed,
  type Message,
  messageTypedData,
  parseMessage,
  type SignedMessage,
  signerOfMessage,
  signMessage,
  type Transcript,
  type Unsigned,
  valueCommitment,
} from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";

const operator = new Wallet(toBeHex(0x51, 32));
const contract = getAddress(toBeHex(0xc0ffee, 20));
const domain = healthDomain(1n, contract);
const head = { round: 7n, randomness: id("r"), voter: getAddress(toBeHex(0x1234, 20)) } as const;

const unsigned: readonly Unsigned<SignedMessage>[] = [
  { kind: "commitment", ...head, seat: 3n, commitment: id("commitment") },
  { kind: "opening", ...head, value: id("value") },
  { kind: "choice", ...head, seedHash: id("seed"), collects: true },
  { kind: "request", ...head, seedHash: id("seed") },
  { kind: "ballot", round: head.round, voter: head.voter, commitment: id("commitment") },
  { kind: "preimage", ...head, seed: id("seed"), ballot: [5n, 1n << 255n], salt: id("salt"), seats: [3n, 4n] },
];

const TYPES: Record<SignedMessage["kind"], string> = {
  commitment: "SeedCommitment(uint256 round,bytes32 randomness,address voter,uint256 seat,bytes32 commitment)",
  opening: "SeedOpening(uint256 round,bytes32 randomness,address voter,bytes32 value)",
  choice: "SeedChoice(uint256 round,bytes32 randomness,address voter,bytes32 seedHash,bool collects)",
  request: "SeedRequest(uint256 round,bytes32 randomness,address voter,bytes32 seedHash)",
  ballot: "BallotCommitment(uint256 round,address voter,bytes32 commitment)",
  preimage:
    "BallotPreimage(uint256 round,bytes32 randomness,address voter,bytes32 seed,uint256[] ballot,bytes32 salt,uint256[] seats)",
};

/** Another value of the same type. */
function changed(value: unknown): unknown {
  if (typeof value === "bigint") return value + 1n;
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return [...(value as bigint[]), 9n];
  return String(value).length === 42 ? contract : id(String(value));
}

const signed = (): Promise<SignedMessage[]> =>
  Promise.all(unsigned.map((message) => signMessage(message, domain, operator) as Promise<SignedMessage>));

describe("messages", () => {
  it("are signed as EIP-712 says, with the types of the format", async () => {
    for (const message of await signed()) {
      const [place, types, value] = messageTypedData(message, domain);
      expect(TypedDataEncoder.from(types).encodeType(Object.keys(types)[0] ?? "")).to.equal(TYPES[message.kind]);
      expect(place).to.deep.equal({ name: "NKMS HealthVote", version: "1", chainId: 1n, verifyingContract: contract });
      expect(Object.keys(value)).to.not.include("kind");
      expect(signerOfMessage(message, domain)).to.equal(operator.address);
    }
  });

  it("are signed whole: whatever is changed, the signer is another", async () => {
    for (const message of await signed()) {
      for (const [name, value] of Object.entries(message)) {
        if (name === "kind" || name === "signature") continue;
        const other = { ...message, [name]: changed(value) };
        expect(signerOfMessage(other, domain), `${message.kind}.${name}`).to.not.equal(operator.address);
      }
    }
  });

  it("are worth nothing on another chain or contract", async () => {
    for (const message of await signed()) {
      for (const other of [healthDomain(2n, contract), healthDomain(1n, head.voter)]) {
        expect(signerOfMessage(message, other)).to.not.equal(operator.address);
      }
    }
  });

  it("are worth nothing as a message of another kind", async () => {
    const [, , choice, request] = await signed();
    if (choice?.kind !== "choice" || request?.kind !== "request") throw new Error("expected both");
    const asRequest = { ...request, signature: choice.signature };
    expect(signerOfMessage(asRequest, domain)).to.not.equal(operator.address);
  });

  it("are read as they were written", async () => {
    const [commitment, opening, ...others] = await signed();
    if (commitment?.kind !== "commitment" || opening?.kind !== "opening") throw new Error("expected both");
    const { round, randomness } = head;
    const transcript: Transcript = { kind: "transcript", round, randomness, entries: [{ commitment, opening }] };
    const messages: Message[] = [commitment, opening, ...others, transcript];
    for (const message of messages) expect(parseMessage(formatMessage(message))).to.deep.equal(message);
  });

  it("are refused with a field that is missing, unknown or not what it must be", async () => {
    const refused = (message: unknown, text: string | RegExp): void =>
      expectRefusal(() => parseMessage(JSON.stringify(message)), { code: "BAD_FIELD", message: text });
    for (const message of await signed()) {
      const plain = JSON.parse(formatMessage(message)) as Record<string, unknown>;
      for (const name of Object.keys(plain).filter((key) => key !== "kind")) {
        refused({ ...plain, [name]: undefined }, `message.${name}: expected a value, got no such field`);
        refused({ ...plain, [name]: 5 }, new RegExp(`^message\\.${name}: expected `));
      }
      refused({ ...plain, more: 1 }, "message.more: expected no such field, got one");
    }
    refused({}, /^message\.kind: expected commitment \| opening/);
    refused([], /^message\.kind: expected /);
    refused(
      { kind: "transcript", round: "7", randomness: id("r"), entries: [{}] },
      /^message\.entries\[0\]\.commitment/,
    );
    expectRefusal(() => parseMessage("{"), { code: "BAD_JSON", message: /^message: expected JSON/ });
  });

  it("bind random bytes to who sends them, where, and in which round", () => {
    const bound = { ...head, value: id("value") };
    const all = [
      valueCommitment(domain, bound),
      valueCommitment(domain, { ...bound, round: 8n }),
      valueCommitment(domain, { ...bound, randomness: id("another") }),
      valueCommitment(domain, { ...bound, voter: contract }),
      valueCommitment(domain, { ...bound, value: id("another") }),
      valueCommitment(healthDomain(2n, contract), bound),
      valueCommitment(healthDomain(1n, head.voter), bound),
    ];
    expect(new Set(all).size).to.equal(all.length);
  });

  it("make a seed that depends on every part and its order", async () => {
    const [commitment, opening] = await signed();
    if (commitment?.kind !== "commitment" || opening?.kind !== "opening") throw new Error("expected both");
    const { round, randomness } = head;
    const first = { commitment, opening };
    const second = { commitment: { ...commitment, voter: contract }, opening: { ...opening, value: id("second") } };
    const of = (...entries: (typeof first)[]): string =>
      joinedSeed(domain, { kind: "transcript", round, randomness, entries });
    const third = { ...first, commitment: { ...commitment, seat: 4n } };
    expect(new Set([of(first, second), of(second, first), of(first), of(second), of(third, second)]).size).to.equal(5);
  });
});
