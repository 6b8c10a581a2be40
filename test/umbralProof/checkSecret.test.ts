import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { flipped, fragmentOf } from "../challengeManager/fixtures";
import { makeGrant, secretOf } from "../helpers/challenges";
import { N, nextX, P, toBytes32, U, yOf } from "../models/evidence";
import { type Proofs, proofs, refused } from "./fixtures";

const MAX = 2n ** 256n - 1n;
/** Where U1 stands in the public part of a fragment. */
const U1 = 65;

/** The first fragment's secret, and the y of its U1. */
function secretIn({ grant, fragment }: Proofs): { secret: bigint; y: bigint } {
  const [kfrag] = grant.kfrags;
  if (!kfrag) throw new Error("expected a fragment");
  return { secret: secretOf(kfrag), y: yOf(fragment.subarray(U1, U1 + 33)) };
}

/** The fragment with another U1. */
function withU1(fragment: Uint8Array, point: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(fragment);
  copy.set(point, U1);
  return copy;
}

/** The fragment with the U1 of a secret. */
function ofSecret(fragment: Uint8Array, secret: bigint): { kfrag: Uint8Array; y: bigint } {
  const point = U.multiply(secret).toBytes();
  return { kfrag: withU1(fragment, point), y: yOf(point) };
}

describe("UmbralProof.checkSecret", () => {
  it("takes the secret of every fragment, with either parity of U1", async () => {
    const { harness } = await loadFixture(proofs);
    const parities = new Set<number | undefined>();
    for (let i = 0; parities.size < 2 || i < 4; i++) {
      const grant = makeGrant();
      for (const [index, kfrag] of grant.kfrags.entries()) {
        const fragment = fragmentOf({ grant }, index);
        parities.add(fragment[U1]);
        await harness.checkSecret(secretOf(kfrag), fragment, yOf(fragment.subarray(U1, U1 + 33)));
      }
    }
    expect([...parities].sort()).to.deep.equal([2, 3]);
  });

  it("takes 1 and n - 1 where U1 is theirs", async () => {
    const { harness, fragment } = await loadFixture(proofs);
    for (const secret of [1n, N - 1n]) {
      const { kfrag, y } = ofSecret(fragment, secret);
      await harness.checkSecret(secret, kfrag, y);
    }
  });

  it("reverts with UmbralProofOtherSecret(y) for every other secret, and for s + n where that fits in 32 bytes", async () => {
    const asked = await loadFixture(proofs);
    const { harness, fragment } = asked;
    const { secret, y } = secretIn(asked);
    for (const other of [0n, 1n, secret - 1n, secret + 1n, N - secret, N, MAX]) {
      const call = harness.checkSecret(other, fragment, y);
      await refused(asked, call, `${other}`, "UmbralProofOtherSecret", y);
    }
    for (const small of [1n, 7n]) {
      const { kfrag, y: own } = ofSecret(fragment, small);
      await harness.checkSecret(small, kfrag, own);
      await refused(asked, harness.checkSecret(small + N, kfrag, own), `${small}`, "UmbralProofOtherSecret", own);
    }
  });

  it("reverts so for another y, of the same parity too", async () => {
    const asked = await loadFixture(proofs);
    const { secret, y } = secretIn(asked);
    for (const other of [0n, 1n, y - 1n, y + 1n, y + 2n, P - y, P, MAX]) {
      const call = asked.harness.checkSecret(secret, asked.fragment, other);
      await refused(asked, call, `${other}`, "UmbralProofOtherSecret", other);
    }
  });

  it("reverts so for a U1 that is no point, has a wrong prefix or the other parity", async () => {
    const asked = await loadFixture(proofs);
    const { harness, fragment } = asked;
    const { secret, y } = secretIn(asked);
    const prefixed = (prefix: number) => withU1(fragment, Uint8Array.of(prefix));
    const xs = [0n, nextX(1n, false), N, nextX(N, true), P, P + 1n, MAX];
    for (const kfrag of [
      ...[0, 1, 4, 5, 0xff].map(prefixed),
      ...[2, 3].flatMap((prefix) => xs.map((x) => withU1(fragment, Uint8Array.of(prefix, ...toBytes32(x))))),
      flipped(fragment, U1),
      flipped(fragment, U1 + 32),
    ]) {
      await refused(asked, harness.checkSecret(secret, kfrag, y), "", "UmbralProofOtherSecret", y);
    }
  });
});
