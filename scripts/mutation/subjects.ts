/** A file whose mutants are tried, and the tests that have to tell them from it. */
export interface Subject {
  name: string;
  file: string;
  /** The contracts that the file's code ends up in and that the tests deploy: paths of their files, by name. */
  deployed: Record<string, string>;
  /** Hardhat's tests; the first ones kill most, so they run first. */
  hardhat: string[];
  /** The contracts in test/forge that try what is left, as a regular expression; none if no such test is about the file. */
  forge?: string;
}

const CHALLENGES = { ChallengeManager: "contracts/ChallengeManager.sol" };

export const SUBJECTS: readonly Subject[] = [
  {
    name: "UmbralProof",
    file: "contracts/libraries/UmbralProof.sol",
    deployed: { ...CHALLENGES, UmbralProof__Harness: "contracts/mocks/UmbralProof__Harness.sol" },
    hardhat: [
      "test/challengeManager/checkAnswer.test.ts",
      "test/challengeManager/revealLeakedKey.test.ts",
      "test/challengeManager/revealWrongAnswer.test.ts",
      "test/flows/challenge-attacks.test.ts",
    ],
    forge: "UmbralProofFuzz",
  },
  {
    name: "ChallengeManager",
    file: "contracts/ChallengeManager.sol",
    deployed: CHALLENGES,
    hardhat: [
      "test/challengeManager/construct.test.ts",
      "test/challengeManager/views.test.ts",
      "test/challengeManager/commit.test.ts",
      "test/challengeManager/takeBond.test.ts",
      "test/challengeManager/burnBond.test.ts",
      "test/challengeManager/revealLeakedKey.test.ts",
      "test/challengeManager/checkAnswer.test.ts",
      "test/challengeManager/payments.test.ts",
      "test/challengeManager/revealWrongAnswer.test.ts",
      "test/flows/challenge-attacks.test.ts",
    ],
    forge: "UmbralProofFuzz|Challenges.*",
  },
];
