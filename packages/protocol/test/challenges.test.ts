import { readFileSync } from "node:fs";
import { expect } from "chai";
import { AbiCoder, concat, id, keccak256, toBeHex, ZeroHash } from "ethers";

import {
  commitmentFor,
  type CommitmentParts,
  digestOf,
  evidenceOfAnswer,
  evidenceOfKey,
  Fault,
  faultName,
  policyDomain,
  policyId,
  receiptFor,
  receiptTypedData,
} from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";
import { domain, operators, terms } from "./helpers/terms.js";

const policy = policyId(terms, domain);
const capsule = new Uint8Array(98).fill(1);
const cfrag = new Uint8Array(359).fill(2);
const receipt = receiptFor(policy, 1n, capsule, cfrag);
const [operator] = operators;
if (!operator) throw new Error("expected an operator");

const encode = (types: string[], values: unknown[]): string => AbiCoder.defaultAbiCoder().encode(types, values);

describe("Fault", () => {
  it("has the names and numbers of the contract's enum", () => {
    const source = readFileSync(new URL("../../../contracts/libraries/UmbralProof.sol", import.meta.url), "utf8");
    const body = /enum Fault \{([^}]*)\}/.exec(source)?.[1] ?? "";
    const names = body
      .replaceAll(/\/\/.*$/gm, "")
      .split(",")
      .map((name) => name.trim());
    expect(Object.entries(Fault)).to.deep.equal(names.map((name, i) => [name, i]));
  });

  it("can be named by its number", () => {
    for (const [name, number] of Object.entries(Fault)) {
      expect(faultName(number)).to.equal(name);
      expect(faultName(BigInt(number))).to.equal(name);
    }
    expectRefusal(() => faultName(13n), { code: "BAD_ARGUMENT", message: "fault: expected 0 .. 12, got 13" });
  });
});

describe("receiptFor", () => {
  it("holds the hashes of what was asked and what was sent, of any length", () => {
    expect(receipt).to.deep.equal({
      policy,
      index: 1n,
      capsuleHash: keccak256(`0x${"01".repeat(98)}`),
      cfragHash: keccak256(`0x${"02".repeat(359)}`),
    });
    expect(receiptFor(policy, 0n, new Uint8Array(), new Uint8Array()).cfragHash).to.equal(keccak256("0x"));
  });

  it("is signed as EIP-712 says, in the policies' domain", () => {
    const type = id("Receipt(bytes32 policy,uint256 index,bytes32 capsuleHash,bytes32 cfragHash)");
    const separator = keccak256(
      encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "address"],
        [
          id("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
          id("NKMS PolicyManager"),
          id("1"),
          domain.chainId,
          domain.verifyingContract,
        ],
      ),
    );
    const { capsuleHash, cfragHash } = receipt;
    const struct = encode(
      ["bytes32", "bytes32", "uint256", "bytes32", "bytes32"],
      [type, policy, 1n, capsuleHash, cfragHash],
    );
    const digest = keccak256(concat(["0x1901", separator, keccak256(struct)]));
    expect(digestOf(receiptTypedData(receipt, domain))).to.equal(digest);
  });

  it("refuses an id that is none, a negative index, and hex for bytes", () => {
    expectRefusal(() => receiptFor("0x12", 1n, capsule, cfrag), {
      code: "BAD_ARGUMENT",
      message: "policy: expected 32 bytes as hex, got 0x12",
    });
    expectRefusal(() => receiptFor(policy, -1n, capsule, cfrag), {
      code: "BAD_ARGUMENT",
      message: "index: expected 0 .. 2^256 - 1, got -1",
      values: { value: -1n },
    });
    const untyped = "0x12" as unknown as Uint8Array;
    for (const [name, call] of [
      ["capsule", () => receiptFor(policy, 1n, untyped, cfrag)],
      ["cfrag", () => receiptFor(policy, 1n, capsule, untyped)],
    ] as const) {
      expectRefusal(call, { code: "BAD_ARGUMENT", message: `${name}: expected a Uint8Array, got string` });
    }
  });
});

describe("evidence", () => {
  it("of an answer is the hash of the receipt's digest and the signature's hash", async () => {
    const signature = await operator.signTypedData(...receiptTypedData(receipt, domain));
    const digest = digestOf(receiptTypedData(receipt, domain));
    const expected = keccak256(encode(["bytes32", "bytes32"], [digest, keccak256(signature)]));
    expect(evidenceOfAnswer(receipt, signature, domain)).to.equal(expected);
  });

  it("of an answer differs for every answer, signature and domain", () => {
    const given = [
      evidenceOfAnswer(receipt, "0x12", domain),
      evidenceOfAnswer(receipt, "0x", domain),
      evidenceOfAnswer({ ...receipt, index: 2n }, "0x12", domain),
      evidenceOfAnswer({ ...receipt, policy: ZeroHash }, "0x12", domain),
      evidenceOfAnswer({ ...receipt, capsuleHash: ZeroHash }, "0x12", domain),
      evidenceOfAnswer({ ...receipt, cfragHash: ZeroHash }, "0x12", domain),
      evidenceOfAnswer(receipt, "0x12", policyDomain(1n, domain.verifyingContract)),
    ];
    expect(new Set(given).size).to.equal(given.length);
  });

  it("refuses a signature that isn't hex", () => {
    for (const wrong of ["", "12", "0x123", "0xzz"]) {
      expectRefusal(() => evidenceOfAnswer(receipt, wrong, domain), {
        code: "BAD_ARGUMENT",
        message: `signature: expected bytes as hex, got ${wrong}`,
      });
    }
  });

  it("of a key is the hash of its secret, which no error shows", () => {
    expect(evidenceOfKey(7n)).to.equal(keccak256(toBeHex(7n, 32)));
    for (const wrong of [-1n, 2n ** 256n]) {
      expectRefusal(() => evidenceOfKey(wrong), {
        code: "BAD_ARGUMENT",
        message: "secret: expected a bigint in 0 .. 2^256 - 1, got something else",
      });
    }
  });
});

describe("commitmentFor", () => {
  const parts: CommitmentParts = {
    chainId: domain.chainId,
    contract: toBeHex(5, 20),
    challenger: toBeHex(6, 20),
    policy,
    index: 1n,
    evidence: evidenceOfKey(7n),
    salt: id("salt"),
  };

  it("is the hash of chain id, contract, challenger, policy, index, evidence and salt, 32 bytes each", () => {
    const words = [
      toBeHex(domain.chainId, 32),
      toBeHex(5, 32),
      toBeHex(6, 32),
      policy,
      toBeHex(1n, 32),
      parts.evidence,
      parts.salt,
    ];
    expect(commitmentFor(parts)).to.equal(keccak256(concat(words)));
  });

  it("changes with every part", () => {
    const changes: Partial<CommitmentParts>[] = [
      { chainId: 1n },
      { contract: toBeHex(9, 20) },
      { challenger: toBeHex(9, 20) },
      { policy: ZeroHash },
      { index: 2n },
      { evidence: ZeroHash },
      { salt: ZeroHash },
    ];
    const all = changes.map((change) => commitmentFor({ ...parts, ...change }));
    expect(new Set([commitmentFor(parts), ...all]).size).to.equal(changes.length + 1);
  });

  it("refuses what it can't encode, and shows no salt", () => {
    for (const name of ["contract", "challenger"] as const) {
      const message = `${name}: expected an address, got 0x12`;
      expectRefusal(() => commitmentFor({ ...parts, [name]: "0x12" }), { code: "BAD_ARGUMENT", message });
    }
    for (const name of ["policy", "evidence"] as const) {
      const message = `${name}: expected 32 bytes as hex, got 0x12`;
      expectRefusal(() => commitmentFor({ ...parts, [name]: "0x12" }), { code: "BAD_ARGUMENT", message });
    }
    expectRefusal(() => commitmentFor({ ...parts, salt: "0x12" }), {
      code: "BAD_ARGUMENT",
      message: "salt: expected 32 bytes as hex, got something else",
    });
  });
});
