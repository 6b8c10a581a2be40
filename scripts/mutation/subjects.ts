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
const POLICIES = { PolicyManager: "contracts/PolicyManager.sol" };
const ESCROW = { StakeEscrow__Harness: "contracts/mocks/StakeEscrow__Harness.sol" };

/** The tests in a folder, in this order. */
const tests = (folder: string, ...names: string[]): string[] => names.map((name) => `test/${folder}/${name}.test.ts`);

const POLICY_TESTS = [
  ...tests("policyManager", "construct", "wire", "create", "typedData", "claimFees", "settle", "renew", "revoke"),
  ...tests("policyManager", "revokeBySignature", "resign", "handOff", "convict", "refunds", "views", "permit"),
  ...tests("flows", "policy-attacks"),
];

const ESCROW_TESTS = [
  ...tests(
    "stakeEscrow",
    "wire",
    "lock",
    "claim",
    "withdraw",
    "giveNotice",
    "extend",
    "topUp",
    "split",
    "merge",
    "roll",
  ),
  ...tests("stakeEscrow", "pause", "resume", "slash", "compound", "advance", "drawHealthBudget", "setPayout", "poke"),
  ...tests("stakeEscrow", "releaseNumber", "lockWithPermit", "topUpWithPermit", "views", "limits"),
];

/** The same tests, those of one file before the others. */
const first = (files: readonly string[], name: string): string[] => [
  ...files.filter((file) => file.includes(name)),
  ...files.filter((file) => !file.includes(name)),
];

export const SUBJECTS: readonly Subject[] = [
  {
    name: "UmbralProof",
    file: "contracts/libraries/UmbralProof.sol",
    deployed: { UmbralProof__Harness: "contracts/mocks/UmbralProof__Harness.sol" },
    hardhat: tests("umbralProof", "checkSecret", "checkCapsule", "findFault", "checkFault"),
    forge: "UmbralProofFuzz",
  },
  {
    name: "ChallengeManager",
    file: "contracts/ChallengeManager.sol",
    deployed: CHALLENGES,
    hardhat: [
      ...tests("challengeManager", "construct", "views", "commit", "takeBond", "burnBond", "revealLeakedKey"),
      ...tests("challengeManager", "checkAnswer", "payments", "revealWrongAnswer"),
      ...tests("flows", "challenge-attacks"),
    ],
    forge: "UmbralProofFuzz|Invariant9_Bonds",
  },
  {
    name: "CanaryBounty",
    file: "contracts/CanaryBounty.sol",
    deployed: { CanaryBounty: "contracts/CanaryBounty.sol" },
    hardhat: tests("canaryBounty", "views", "post", "takeBack", "claim"),
  },
  {
    name: "MinerRegistry",
    file: "contracts/MinerRegistry.sol",
    deployed: { MinerRegistry: "contracts/MinerRegistry.sol" },
    hardhat: tests(
      "minerRegistry",
      ...["construct", "setPledge", "setAdvice", "setEndpoint", "pledgeOf", "unbondOperator", "bondOperator"],
    ),
  },
  {
    name: "NKMSToken",
    file: "contracts/NKMSToken.sol",
    deployed: { NKMSToken: "contracts/NKMSToken.sol" },
    hardhat: tests("nkmsToken", "construct", "wire", "mint", "burn", "permit", "supply"),
  },
  {
    name: "PolicyTerms",
    file: "contracts/libraries/PolicyTerms.sol",
    deployed: { ...POLICIES, ...CHALLENGES },
    hardhat: [...tests("policyManager", "typedData"), ...tests("challengeManager", "views"), ...POLICY_TESTS],
  },
  {
    name: "FeeBook",
    file: "contracts/abstracts/FeeBook.sol",
    deployed: POLICIES,
    hardhat: first(POLICY_TESTS, "policyManager/claimFees"),
  },
  { name: "PolicyBook", file: "contracts/abstracts/PolicyBook.sol", deployed: POLICIES, hardhat: POLICY_TESTS },
  { name: "PolicyManager", file: "contracts/PolicyManager.sol", deployed: POLICIES, hardhat: POLICY_TESTS },
  {
    name: "Issuance",
    file: "contracts/abstracts/Issuance.sol",
    deployed: ESCROW,
    hardhat: [...ESCROW_TESTS, ...tests("invariants", "issuance")],
    forge: "IssuanceFuzz",
  },
  { name: "LockBook", file: "contracts/abstracts/LockBook.sol", deployed: ESCROW, hardhat: ESCROW_TESTS },
  {
    name: "StakeEscrow",
    file: "contracts/StakeEscrow.sol",
    deployed: { StakeEscrow: "contracts/StakeEscrow.sol", ...ESCROW },
    hardhat: [...tests("stakeEscrow", "construct"), ...ESCROW_TESTS],
  },
  {
    name: "MinerSampling",
    file: "contracts/abstracts/MinerSampling.sol",
    deployed: ESCROW,
    hardhat: [...tests("sampling", "draw", "seats"), ...ESCROW_TESTS],
    forge: "SamplerFuzz",
  },
  {
    name: "Sampler",
    file: "contracts/libraries/Sampler.sol",
    deployed: { ...ESCROW, SamplerTally__Harness: "contracts/mocks/SamplerTally__Harness.sol" },
    hardhat: tests("sampling", "draw", "seats", "twin"),
    forge: "SamplerFuzz",
  },
  {
    name: "WiredOnce",
    file: "contracts/abstracts/WiredOnce.sol",
    deployed: { NKMSToken: "contracts/NKMSToken.sol", ...POLICIES, ...ESCROW },
    hardhat: [...tests("nkmsToken", "wire"), ...tests("stakeEscrow", "wire"), ...tests("policyManager", "wire")],
  },
  ...["TokenBalance", "TimeWindow", "PaidContent", "Combined"].map((kind): Subject => ({
    name: `${kind}Condition`,
    file: `contracts/conditions/${kind}Condition.sol`,
    deployed: { [`${kind}Condition`]: `contracts/conditions/${kind}Condition.sol` },
    hardhat: tests("conditions", `${kind[0]?.toLowerCase()}${kind.slice(1)}`),
  })),
];
