/** Contracts that the same tests deploy. */
export interface Stage {
  name: string;
  /** Paths of their files, by name. */
  deployed: Record<string, string>;
  /** Contracts that are deployed as one of these, which inherits from them, so that they need not be compiled. */
  replaced?: Record<string, string>;
  /** Hardhat's tests. */
  hardhat: string[];
}

/** A file whose mutants are tried. */
export interface Subject {
  name: string;
  file: string;
  /** What the file's code ends up in. */
  stage: Stage;
  /** The contracts in test/forge that try what is left, as a regular expression; none if no such test is about the file. */
  forge?: string;
}

/** The tests in a folder. */
const tests = (folder: string, ...names: string[]): string[] => names.map((name) => `test/${folder}/${name}.test.ts`);

const POLICIES: Stage = {
  name: "policies",
  deployed: { PolicyManager: "contracts/PolicyManager.sol" },
  hardhat: [
    ...tests("policyManager", "construct", "wire", "create", "typedData", "claimFees", "settle", "renew", "revoke"),
    ...tests("policyManager", "revokeBySignature", "resign", "handOff", "convict", "refunds", "views", "permit"),
    ...tests("flows", "policy-attacks"),
  ],
};

const CHALLENGES: Stage = {
  name: "challenges",
  deployed: { ChallengeManager: "contracts/ChallengeManager.sol" },
  hardhat: [
    ...tests("challengeManager", "construct", "views", "commit", "takeBond", "burnBond", "revealLeakedKey"),
    ...tests("challengeManager", "checkAnswer", "payments", "revealWrongAnswer"),
    ...tests("flows", "challenge-attacks"),
  ],
};

const ESCROW: Stage = {
  name: "escrow",
  deployed: { StakeEscrow__Harness: "contracts/mocks/StakeEscrow__Harness.sol" },
  replaced: { StakeEscrow: "StakeEscrow__Harness" },
  hardhat: [
    ...tests("stakeEscrow", "construct", "wire", "lock", "claim", "withdraw", "giveNotice", "extend", "topUp", "split"),
    ...tests("stakeEscrow", "merge", "roll", "pause", "resume", "slash", "compound", "advance", "drawHealthBudget"),
    ...tests(
      "stakeEscrow",
      "setPayout",
      "poke",
      "releaseNumber",
      "lockWithPermit",
      "topUpWithPermit",
      "views",
      "limits",
    ),
    ...tests("sampling", "draw", "seats"),
    ...tests("invariants", "issuance"),
  ],
};

const SAMPLING: Stage = {
  name: "sampling",
  deployed: { ...ESCROW.deployed, SamplerTally__Harness: "contracts/mocks/SamplerTally__Harness.sol" },
  hardhat: tests("sampling", "draw", "seats", "twin"),
};

const HEALTH: Stage = {
  name: "health",
  deployed: {
    HealthVote: "contracts/HealthVote.sol",
    HealthLibraries__Harness: "contracts/mocks/HealthLibraries__Harness.sol",
  },
  hardhat: [
    ...tests("healthVote", "construct", "openRound", "postSeed", "committee", "commit", "commitFor", "reveal"),
    ...tests("healthVote", "openCommits", "finalize", "idle", "reportSilence", "claimPay", "enforce", "views"),
    ...tests("flows", "health-attacks"),
  ],
};

/** A contract with tests of its own. */
const alone = (name: string, file: string, hardhat: string[]): Subject => ({
  ...{ name, file, stage: { name, deployed: { [name]: file }, hardhat } },
});

export const SUBJECTS: readonly Subject[] = [
  {
    name: "UmbralProof",
    file: "contracts/libraries/UmbralProof.sol",
    stage: {
      name: "proofs",
      deployed: { UmbralProof__Harness: "contracts/mocks/UmbralProof__Harness.sol" },
      hardhat: tests("umbralProof", "checkSecret", "checkCapsule", "findFault", "checkFault"),
    },
    forge: "UmbralProofFuzz",
  },
  {
    name: "ChallengeManager",
    file: "contracts/ChallengeManager.sol",
    stage: CHALLENGES,
    forge: "UmbralProofFuzz|Invariant9_Bonds",
  },
  alone("CanaryBounty", "contracts/CanaryBounty.sol", tests("canaryBounty", "views", "post", "takeBack", "claim")),
  alone(
    "MinerRegistry",
    "contracts/MinerRegistry.sol",
    tests(
      "minerRegistry",
      ...["construct", "setPledge", "setAdvice", "setEndpoint", "pledgeOf", "unbondOperator", "bondOperator"],
    ),
  ),
  alone(
    "NKMSToken",
    "contracts/NKMSToken.sol",
    tests("nkmsToken", "construct", "wire", "mint", "burn", "permit", "supply"),
  ),
  {
    name: "PolicyTerms",
    file: "contracts/libraries/PolicyTerms.sol",
    stage: {
      name: "terms",
      deployed: { ...POLICIES.deployed, ...CHALLENGES.deployed },
      hardhat: [...tests("challengeManager", "views"), ...POLICIES.hardhat],
    },
  },
  { name: "FeeBook", file: "contracts/abstracts/FeeBook.sol", stage: POLICIES },
  { name: "PolicyBook", file: "contracts/abstracts/PolicyBook.sol", stage: POLICIES },
  { name: "PolicyManager", file: "contracts/PolicyManager.sol", stage: POLICIES },
  { name: "Issuance", file: "contracts/abstracts/Issuance.sol", stage: ESCROW, forge: "IssuanceFuzz" },
  { name: "LockBook", file: "contracts/abstracts/LockBook.sol", stage: ESCROW },
  { name: "StakeEscrow", file: "contracts/StakeEscrow.sol", stage: ESCROW },
  { name: "MinerSampling", file: "contracts/abstracts/MinerSampling.sol", stage: ESCROW, forge: "SamplerFuzz" },
  { name: "Sampler", file: "contracts/libraries/Sampler.sol", stage: SAMPLING, forge: "SamplerFuzz" },
  {
    name: "WiredOnce",
    file: "contracts/abstracts/WiredOnce.sol",
    stage: {
      name: "wiring",
      deployed: { NKMSToken: "contracts/NKMSToken.sol", ...POLICIES.deployed, ...ESCROW.deployed },
      hardhat: [...tests("nkmsToken", "wire"), ...tests("stakeEscrow", "wire"), ...tests("policyManager", "wire")],
    },
  },
  { name: "HealthVote", file: "contracts/HealthVote.sol", stage: HEALTH },
  { name: "RoundBook", file: "contracts/abstracts/RoundBook.sol", stage: HEALTH },
  { name: "BallotBook", file: "contracts/abstracts/BallotBook.sol", stage: HEALTH },
  { name: "VerdictBook", file: "contracts/abstracts/VerdictBook.sol", stage: HEALTH },
  { name: "HealthPay", file: "contracts/abstracts/HealthPay.sol", stage: HEALTH },
  { name: "Committee", file: "contracts/libraries/Committee.sol", stage: HEALTH },
  { name: "BallotTally", file: "contracts/libraries/BallotTally.sol", stage: HEALTH },
  { name: "Standing", file: "contracts/libraries/Standing.sol", stage: HEALTH },
  { name: "KeyedPermutation", file: "contracts/libraries/KeyedPermutation.sol", stage: HEALTH },
  ...["TokenBalance", "TimeWindow", "PaidContent", "Combined"].map((kind) =>
    alone(
      `${kind}Condition`,
      `contracts/conditions/${kind}Condition.sol`,
      tests("conditions", `${kind[0]?.toLowerCase()}${kind.slice(1)}`),
    ),
  ),
];

/** The files that are tried on the same stage: all are marked in one go. */
export const filesOf = (stage: Stage): string[] =>
  SUBJECTS.filter((subject) => subject.stage === stage).map(({ file }) => file);
