import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hexlify } from "ethers";

import { honestCfrag, leakOf, makeGrant, publicPartOf } from "../test/helpers/challenges";
import { type Hint, hintFor, holds, withParts, yOf } from "../test/models/evidence";
import { hintsOf } from "../test/models/faults";
import { withSeededRandomness } from "./campaigns/seeded";

// Writes test/forge/AnswerSamples.sol: answers of real fragments, honest and wrong, for tests in Solidity, which can't
// multiply points. The seed fixes every byte, on the backend noble: npm run forge-samples.

const SEED = 20_261_120n;
const SHARES = 3;
const EQUATIONS = ["E", "V", "U"] as const;

const words = (hint: Hint): string =>
  `[${hint.map((word) => `uint256(0x${word.toString(16).padStart(64, "0")})`).join(", ")}]`;
const hex = (bytes: Uint8Array): string => `hex"${hexlify(bytes).slice(2)}"`;

async function main(): Promise<void> {
  const text = await withSeededRandomness(SEED, () => {
    const grant = makeGrant(2, SHARES);
    const capsule = grant.capsule.toBytesSimple();
    const samples = Array.from({ length: SHARES }, (_, i) => {
      const [honest, leak] = [honestCfrag({ grant }, i), leakOf({ grant }, i)];
      const kfrag = grant.kfrags[i];
      if (!kfrag) throw new Error(`expected a fragment ${i}`);
      const lines = [
        `s.kfrag = ${hex(publicPartOf(kfrag))};`,
        `s.secret = 0x${leak.secret.toString(16).padStart(64, "0")};`,
        `s.commitmentY = 0x${BigInt(leak.commitmentY).toString(16).padStart(64, "0")};`,
        `s.honest = ${hex(honest)};`,
        ...hintsOf(capsule, honest).map((hint, k) => `s.hints[${k}] = ${words(hint)};`),
      ];
      for (const [k, equation] of EQUATIONS.entries()) {
        // E1, V1 or U2 is another point.
        const point = secp256k1.Point.BASE.multiply(BigInt(2 + i)).toBytes();
        const wrong = withParts(honest, { [equation === "U" ? "U2" : `${equation}1`]: point });
        if (holds(capsule, wrong, equation)) throw new Error(`expected equation ${equation} to fail`);
        lines.push(
          `s.wrong[${k}] = ${hex(wrong)};`,
          `s.wrongHints[${k}] = ${words(hintFor(capsule, wrong, equation))};`,
        );
      }
      return `if (i == ${i}) {\n${lines.join("\n")}\n}`;
    });
    return Promise.resolve(`// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice An honest answer, with what shows that it is right, and wrong ones, with what shows that they are wrong.
struct Sample {
    bytes capsule;
    uint256 capsuleY;
    bytes kfrag; // the 162 public bytes
    uint256 secret;
    uint256 commitmentY;
    bytes honest;
    uint256[3][3] hints; // of the equations E, V, U
    bytes[3] wrong; // in which one of the equations fails
    uint256[3][3] wrongHints; // of that equation
}

/// @title AnswerSamples
/// @notice Answers to one capsule with the three fragments of a 2-of-3 grant. Written by scripts/forge-samples.ts, seed
/// ${SEED}; not to be edited.
library AnswerSamples {
    uint256 internal constant COUNT = ${SHARES};

    function sample(uint256 i) internal pure returns (Sample memory s) {
        s.capsule = ${hex(capsule)};
        s.capsuleY = 0x${yOf(capsule.subarray(33, 66)).toString(16).padStart(64, "0")};
        ${samples.join("\n")}
    }
}
`);
  });
  writeFileSync(join(__dirname, "../test/forge/AnswerSamples.sol"), text);
}

void main();
