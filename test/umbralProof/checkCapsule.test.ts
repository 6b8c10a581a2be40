import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { concat, getBytes } from "ethers";

import { flipped } from "../challengeManager/fixtures";
import { capsuleY, makeGrant } from "../helpers/challenges";
import { hashToScalar, N, nextX, P, toBytes32, toNumber, yOf } from "../models/evidence";
import { type Proofs, proofs, refused } from "./fixtures";

const { BASE } = secp256k1.Point;
const MAX = 2n ** 256n - 1n;

/** A copy with other bytes from `offset` on. */
function set(bytes: Uint8Array, offset: number, ...others: number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(others, offset);
  return copy;
}

/** Wants each capsule to be refused, with the y of the untouched V and with its negative. */
async function allRefused(asked: Proofs, bad: readonly Uint8Array[]): Promise<void> {
  for (const capsule of bad) {
    for (const y of [asked.y, P - asked.y]) {
      await refused(asked, asked.harness.checkCapsule(capsule, y), "", "UmbralProofBadCapsule", y);
    }
  }
}

/**
 * A capsule of somebody who knows the logarithms of E and V and writes V with another prefix: s fits to the bytes as they
 * are, so that nothing but the prefix is wrong.
 */
function capsuleWithPrefix(prefix: number): { capsule: Uint8Array; y: bigint } {
  const [e, v] = [3n, 5n];
  const [E, V] = [BASE.multiply(e).toBytes(), BASE.multiply(v).toBytes()];
  const y = yOf(V);
  const written = set(V, 0, prefix);
  const s = (v + hashToScalar("CAPSULE_POINTS", E, written) * e) % N;
  return { capsule: getBytes(concat([E, written, toBytes32(s)])), y };
}

describe("UmbralProof.checkCapsule", () => {
  it("takes every capsule of the package with the y of its V", async () => {
    const { harness } = await loadFixture(proofs);
    for (let i = 0; i < 8; i++) {
      const grant = makeGrant(1, 1);
      await harness.checkCapsule(grant.capsule.toBytesSimple(), capsuleY({ grant }));
    }
  });

  it("reverts with UmbralProofBadCapsule(y) for another y", async () => {
    const asked = await loadFixture(proofs);
    const { harness, capsule, y } = asked;
    for (const other of [0n, 1n, y - 1n, y + 1n, y + 2n, P - y, P, MAX, yOf(capsule.subarray(0, 33))]) {
      await refused(asked, harness.checkCapsule(capsule, other), `${other}`, "UmbralProofBadCapsule", other);
    }
  });

  it("reverts so for another length", async () => {
    const asked = await loadFixture(proofs);
    const long = getBytes(concat([asked.capsule, asked.capsule]));
    await allRefused(
      asked,
      [0, 1, 97, 99, 105, 196].map((length) => long.slice(0, length)),
    );
  });

  it("reverts so for a point with a wrong prefix, of the other parity, with x off the curve or not below n", async () => {
    const asked = await loadFixture(proofs);
    const { capsule } = asked;
    const xs = [0n, nextX(1n, false), N, nextX(N, true), nextX(N, false), P, P + 1n, MAX];
    for (const offset of [0, 33]) {
      await allRefused(asked, [
        ...[0, 1, 4, 5, 0xff].map((prefix) => set(capsule, offset, prefix)),
        ...[2, 3].flatMap((prefix) => xs.map((x) => set(capsule, offset, prefix, ...toBytes32(x)))),
        flipped(capsule, offset),
      ]);
    }
  });

  it("reverts so for a V that is written with another prefix before s is made to fit", async () => {
    const asked = await loadFixture(proofs);
    const { harness } = asked;
    const [right] = BASE.multiply(5n).toBytes();
    for (const prefix of [0, 1, 2, 3, 4, 5, 0xff]) {
      const { capsule, y } = capsuleWithPrefix(prefix);
      if (prefix === right) await harness.checkCapsule(capsule, y);
      else await refused(asked, harness.checkCapsule(capsule, y), `${prefix}`, "UmbralProofBadCapsule", y);
    }
  });

  it("reverts so for the two points in the other order, and for those of another capsule", async () => {
    const asked = await loadFixture(proofs);
    const { capsule } = asked;
    const other = makeGrant(1, 1).capsule.toBytesSimple();
    await allRefused(asked, [
      getBytes(concat([capsule.subarray(33, 66), capsule.subarray(0, 33), capsule.subarray(66)])),
      set(capsule, 0, ...other.subarray(0, 33)),
      set(capsule, 33, ...other.subarray(33, 66)),
      set(capsule, 66, ...other.subarray(66)),
    ]);
  });

  it("reverts so for another s: 0, n, n + 1, 2^256 - 1, s + 1, n - s", async () => {
    const asked = await loadFixture(proofs);
    const { capsule } = asked;
    const s = toNumber(capsule.subarray(66));
    const others = [0n, N, N + 1n, MAX, (s + 1n) % N, N - s];
    await allRefused(
      asked,
      others.map((other) => set(capsule, 66, ...toBytes32(other))),
    );
  });
});
