import { expect } from "chai";
import { AbiCoder, concat, getBytes, hexlify, id, keccak256, Signature, toBeHex, TypedDataEncoder } from "ethers";

import {
  consentTypedData,
  digestOf,
  policyDomain,
  policyId,
  policyTypedData,
  renewalTypedData,
  revocationTypedData,
  signerOf,
  takeoverTypedData,
  type Terms,
  type TypedData,
  verifyAcceptance,
  verifyAcceptances,
} from "../src/index.js";
import { expectRefusal } from "./helpers/errors.js";
import { domain, operators, terms } from "./helpers/terms.js";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const [operator, other] = operators;
if (!operator || !other) throw new Error("expected operators");
const policy = policyId(terms, domain);

/** EIP-712 by hand: the digest of a struct whose encoded fields are given. */
function byHand(type: string, fieldTypes: string[], values: unknown[]): string {
  const separator = keccak256(
    AbiCoder.defaultAbiCoder().encode(
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
  return keccak256(concat(["0x1901", separator, structHash(type, fieldTypes, values)]));
}

const structHash = (type: string, fieldTypes: string[], values: unknown[]): string =>
  keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", ...fieldTypes], [id(type), ...values]));

const acceptancesOf = (of: Terms): Promise<string[]> =>
  Promise.all(operators.map((key) => key.signTypedData(...policyTypedData(of, domain))));

describe("what is signed about policies", () => {
  it("hashes terms as EIP-712 says, and that is the policy's id", () => {
    const arrangement = "Arrangement(address miner,address operator,bytes32 kfragHash)";
    const leaves = terms.arrangements.map(({ miner, operator, kfragHash }) =>
      structHash(arrangement, ["address", "address", "bytes32"], [miner, operator, kfragHash]),
    );
    const type = `Policy(address owner,address payer,uint256 periods,uint256 deadline,uint256 rate,uint256 collateral,address condition,bool handOff,bytes32 salt,Arrangement[] arrangements)${arrangement}`;
    const expected = byHand(
      type,
      ["address", "address", "uint256", "uint256", "uint256", "uint256", "address", "bool", "bytes32", "bytes32"],
      [
        terms.owner,
        terms.payer,
        terms.periods,
        terms.deadline,
        terms.rate,
        terms.collateral,
        terms.condition,
        terms.handOff,
        terms.salt,
        keccak256(concat(leaves)),
      ],
    );
    expect(policyId(terms, domain)).to.equal(expected);
    expect(digestOf(policyTypedData(terms, domain))).to.equal(expected);
  });

  it("hashes renewals, takeovers, consents and revocations likewise", () => {
    const [miner, index, collateral, nonce, deadline, end] = [toBeHex(7, 20), 2n, 3n, 4n, 5n, 6n];
    expect(digestOf(renewalTypedData({ policy, oldEnd: 1n, newEnd: 2n }, domain))).to.equal(
      byHand(
        "Renewal(bytes32 policy,uint256 oldEnd,uint256 newEnd)",
        ["bytes32", "uint256", "uint256"],
        [policy, 1n, 2n],
      ),
    );
    const takeover = { policy, index, miner, operator: operator.address, collateral, end, deadline };
    expect(digestOf(takeoverTypedData(takeover, domain))).to.equal(
      byHand(
        "Takeover(bytes32 policy,uint256 index,address miner,address operator,uint256 collateral,uint256 end,uint256 deadline)",
        ["bytes32", "uint256", "address", "address", "uint256", "uint256", "uint256"],
        [policy, index, miner, operator.address, collateral, end, deadline],
      ),
    );
    expect(digestOf(consentTypedData({ policy, index, miner, nonce, deadline }, domain))).to.equal(
      byHand(
        "Consent(bytes32 policy,uint256 index,address miner,uint256 nonce,uint256 deadline)",
        ["bytes32", "uint256", "address", "uint256", "uint256"],
        [policy, index, miner, nonce, deadline],
      ),
    );
    expect(digestOf(revocationTypedData({ policy, index, nonce, deadline }, domain))).to.equal(
      byHand(
        "Revocation(bytes32 policy,uint256 index,uint256 nonce,uint256 deadline)",
        ["bytes32", "uint256", "uint256", "uint256"],
        [policy, index, nonce, deadline],
      ),
    );
  });

  it("gives another id for every change of the terms, the chain or the contract", () => {
    const [first, ...rest] = terms.arrangements;
    if (!first) throw new Error("expected an arrangement");
    const changes: Partial<Terms>[] = [
      { owner: toBeHex(9, 20) },
      { payer: toBeHex(9, 20) },
      { periods: 11n },
      { deadline: 1n },
      { rate: 1n },
      { collateral: 1n },
      { condition: toBeHex(9, 20) },
      { handOff: false },
      { salt: id("salt") },
      { arrangements: rest },
      { arrangements: [...rest, first] },
      ...(["miner", "operator"] as const).map((name) => ({
        arrangements: [{ ...first, [name]: toBeHex(9, 20) }, ...rest],
      })),
      { arrangements: [{ ...first, kfragHash: id("other") }, ...rest] },
    ];
    const ids = changes.map((change) => policyId({ ...terms, ...change }, domain));
    ids.push(policyId(terms, policyDomain(1n, domain.verifyingContract)));
    ids.push(policyId(terms, policyDomain(domain.chainId, toBeHex(9, 20))));
    expect(new Set([policy, ...ids]).size).to.equal(changes.length + 3);
  });

  it("can be shown by a wallet", () => {
    const payload = TypedDataEncoder.getPayload(...policyTypedData(terms, domain)) as { primaryType: string };
    expect(payload.primaryType).to.equal("Policy");
  });

  it("refuses a message that can't be encoded", () => {
    const bad: TypedData<Terms> = policyTypedData({ ...terms, salt: "0x12" }, domain);
    expect(() => digestOf(bad)).to.throw(/^message: expected one that can be encoded as Policy, got TypeError/);
    expect(() => policyId({ ...terms, periods: -1n }, domain)).to.throw(/^message: expected one/);
  });
});

describe("signerOf", () => {
  const data = policyTypedData(terms, domain);

  it("is who signed", async () => {
    expect(signerOf(data, await operator.signTypedData(...data))).to.equal(operator.address);
  });

  it("is somebody else, or nobody, when a bit of the signature is flipped", async () => {
    const signature = getBytes(await operator.signTypedData(...data));
    for (let i = 0; i < 65; ++i) {
      const flipped = signature.slice();
      flipped[i] = (flipped[i] ?? 0) ^ 1;
      expect(signerOf(data, hexlify(flipped)), `byte ${i}`).to.not.equal(operator.address);
    }
  });

  it("is nobody for bytes that the contract takes for no signature", async () => {
    const signature = Signature.from(await operator.signTypedData(...data));
    const high = toBeHex(ORDER - BigInt(signature.s), 32);
    const flippedV = signature.v === 27 ? "0x1c" : "0x1b";
    const wrong = [
      "",
      "0x",
      "signature",
      signature.compactSerialized,
      `${signature.serialized}00`,
      concat([signature.r, signature.s, toBeHex(signature.yParity, 1)]), // v = 0 or 1
      concat([signature.r, high, flippedV]), // the same signature with the other s
      concat([toBeHex(0, 32), signature.s, "0x1b"]),
      concat([toBeHex(ORDER, 32), signature.s, "0x1b"]),
      concat([signature.r, toBeHex(0, 32), "0x1b"]),
    ];
    for (const bytes of wrong) expect(signerOf(data, bytes), bytes).to.equal(undefined);
  });
});

describe("verifyAcceptance", () => {
  it("takes the signature of the arrangement's operator, however its address is written", async () => {
    const [acceptance = ""] = await acceptancesOf(terms);
    verifyAcceptance(terms, 0, acceptance, domain);
    const lower = terms.arrangements.map((one) => ({ ...one, operator: one.operator.toLowerCase() }));
    verifyAcceptance({ ...terms, arrangements: lower }, 0, acceptance, domain);
  });

  it("refuses the signature of another operator, of other terms, for another chain, and no signature", async () => {
    const [acceptance = ""] = await acceptancesOf(terms);
    const expected = `acceptances[1]: expected the signature of ${other.address}`;
    expectRefusal(() => verifyAcceptance(terms, 1, acceptance, domain), {
      code: "WRONG_SIGNER",
      message: `${expected}, got that of ${operator.address}`,
    });
    expectRefusal(() => verifyAcceptance(terms, 1, "0x", domain), {
      code: "WRONG_SIGNER",
      message: `${expected}, got no signature`,
    });
    const elsewhere = policyDomain(1n, domain.verifyingContract);
    expect(() => verifyAcceptance(terms, 0, acceptance, elsewhere)).to.throw(/^acceptances\[0\]: expected/);
    expect(() => verifyAcceptance({ ...terms, rate: 1n }, 0, acceptance, domain)).to.throw(/^acceptances\[0\]/);
  });

  it("refuses an index that the terms don't have", () => {
    for (const index of [3, -1, 0.5]) {
      expectRefusal(() => verifyAcceptance(terms, index, "0x", domain), {
        code: "BAD_ARGUMENT",
        message: `index: expected 0 .. 2, got ${index}`,
      });
    }
  });
});

describe("verifyAcceptances", () => {
  it("takes one of each operator, in order", async () => {
    verifyAcceptances(terms, await acceptancesOf(terms), domain);
  });

  it("refuses another order, one too few and one too many", async () => {
    const [a = "", b = "", c = ""] = await acceptancesOf(terms);
    expect(() => verifyAcceptances(terms, [b, a, c], domain)).to.throw(/^acceptances\[0\]: expected the signature of/);
    for (const given of [[a, b], [a, b, c, a], []]) {
      expectRefusal(() => verifyAcceptances(terms, given, domain), {
        code: "ACCEPTANCES",
        message: `acceptances: expected one for each of 3, got ${given.length}`,
        values: { given: BigInt(given.length), needed: 3n },
      });
    }
  });
});
