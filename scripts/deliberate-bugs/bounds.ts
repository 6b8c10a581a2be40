import { type Bug } from "./bugs";

/** Which side of a bound is moved by one, or which check is left out. Mistakes of one kind are made at once. */
export const SIDES = ["least", "most", "left out"] as const;
export type Side = (typeof SIDES)[number];

/** A bound of docs/protocol.md, "Bounds that constructors enforce", and the test of it. */
export interface Bound {
  parameter: string;
  /** What the contract says, in short. */
  bound: string;
  /** The test file, and the name of the test in it. */
  test: string;
  title: string;
  mistakes: readonly (Pick<Bug, "file" | "find" | "replace"> & { side: Side })[];
}

const TOKEN = "contracts/NKMSToken.sol";
const ISSUANCE = "contracts/abstracts/Issuance.sol";
const SAMPLING = "contracts/abstracts/MinerSampling.sol";
const LOCKS = "contracts/abstracts/LockBook.sol";
const ESCROW = "contracts/StakeEscrow.sol";
const POLICIES = "contracts/PolicyManager.sol";
const CHALLENGES = "contracts/ChallengeManager.sol";
const HEALTH = "contracts/abstracts/RoundBook.sol";

const testOf = (contract: string): string => `test/${contract}/construct.test.ts`;

/** A call `name(parameter, value, least, most)` with its least or most moved by one. */
function moved(file: string, call: string, least: [string, string], most: [string, string]): Bound["mistakes"] {
  const text = (from: string, to: string): string => `${call}, ${from}, ${to});`;
  const find = text(least[0], most[0]);
  return [
    { side: "least", file, find, replace: text(least[1], most[0]) },
    { side: "most", file, find, replace: text(least[0], most[1]) },
  ];
}

const escrow = (
  parameter: string,
  bound: string,
  title: string,
  file: string,
  least: [string, string],
  most: [string, string],
): Bound => ({
  parameter,
  bound,
  test: testOf("stakeEscrow"),
  title: `keeps ${title}`,
  mistakes: moved(file, `_checkBounds("${parameter}", p.${parameter}`, least, most),
});

const policies = (parameter: string, bound: string, least: [string, string], most: [string, string]): Bound => ({
  parameter,
  bound,
  test: testOf("policyManager"),
  title: `keeps ${parameter} within`,
  mistakes: moved(POLICIES, `_checkParameter("${parameter}", p.${parameter}`, least, most),
});

const health = (parameter: string, bound: string, least: [string, string], most: [string, string]): Bound => ({
  parameter,
  bound,
  test: testOf("healthVote"),
  title: `keeps ${parameter} within`,
  mistakes: moved(HEALTH, `_checkParameter("${parameter}", p.${parameter}`, least, most),
});

const challenges = (parameter: string, bound: string, least: [string, string], most: [string, string]): Bound => ({
  parameter,
  bound,
  test: testOf("challengeManager"),
  title: `reverts with ChallengeManagerParameterOutOfBounds("${parameter}"`,
  mistakes: moved(CHALLENGES, `_checkParameter("${parameter}", p.${parameter}`, least, most),
});

const phases = (name: string): Bound => health(name, "5 to 10,000 blocks", ["5", "4"], ["10_000", "10_001"]);

export const BOUNDS: readonly Bound[] = [
  {
    parameter: "S(0)",
    bound: "above 0",
    test: testOf("nkmsToken"),
    title: "reverts with NKMSTokenSupplyOutOfBounds(initial, max) for an initial supply of 0",
    mistakes: [{ side: "least", file: TOKEN, find: "initialSupply == 0 || ", replace: "" }],
  },
  {
    parameter: "S(0)",
    bound: "below S_max",
    test: testOf("nkmsToken"),
    title: "reverts with NKMSTokenSupplyOutOfBounds(initial, max) for one of S_max and above",
    mistakes: [{ side: "most", file: TOKEN, find: "initialSupply >= maxSupply", replace: "initialSupply > maxSupply" }],
  },
  {
    parameter: "S_max",
    bound: "below 2^96",
    test: testOf("nkmsToken"),
    title: "reverts with NKMSTokenSupplyOutOfBounds(initial, max) for a maximum of 2^96",
    mistakes: [{ side: "left out", file: TOKEN, find: " || maxSupply > type(uint96).max", replace: "" }],
  },
  escrow(
    "period",
    "1 hour to 365 days",
    "period within",
    ISSUANCE,
    ["1 hours", "1 hours - 1"],
    ["365 days", "365 days + 1"],
  ),
  escrow(
    "firstIssue",
    "1 to S_max - S(0)",
    "firstIssue within",
    ISSUANCE,
    ["1", "0"],
    ["MAX_SUPPLY - INITIAL_SUPPLY", "MAX_SUPPLY - INITIAL_SUPPLY + 1"],
  ),
  escrow("healthPpm", "at most 20 %", "healthPpm within", ISSUANCE, ["0", "1"], ["200_000", "200_001"]),
  escrow(
    "minEarning",
    "s_min to S_max",
    "minEarning within",
    ISSUANCE,
    ["p.minStake", "p.minStake - 1"],
    ["MAX_SUPPLY", "MAX_SUPPLY + 1"],
  ),
  escrow("maxCatchUp", "1 to 500 periods", "maxCatchUp within", ISSUANCE, ["1", "0"], ["500", "501"]),
  escrow("vesting", "1 to 30 periods", "vesting within", LOCKS, ["1", "0"], ["30", "31"]),
  escrow(
    "minStake",
    "16 to 2^47 grains of 10^9 base units",
    "minStake within",
    SAMPLING,
    ["unit", "unit - 1"],
    ["Sampler.GRAIN << 47", "(Sampler.GRAIN << 47) + unit"],
  ),
  {
    parameter: "minStake",
    bound: "a multiple of 16 · 10^9 base units",
    test: testOf("stakeEscrow"),
    title: "reverts with StakeEscrowMinStakeNotWhole(minStake, 16e9)",
    mistakes: [
      {
        side: "left out",
        file: SAMPLING,
        find: "        if (p.minStake % unit != 0) revert StakeEscrowMinStakeNotWhole(p.minStake, unit);\n",
        replace: "",
      },
    ],
  },
  escrow("longestLock", "1 to 3,650 periods", "longestLock within", ESCROW, ["1", "0"], ["3_650", "3_651"]),
  escrow(
    "shortestLock",
    "1 to the longest lock",
    "shortestLock within",
    ESCROW,
    ["1", "0"],
    ["p.longestLock", "p.longestLock + 1"],
  ),
  {
    parameter: "notice, of a lock",
    bound: "the shortest to the longest lock",
    test: "test/stakeEscrow/roll.test.ts",
    title: "reverts with StakeEscrowLockLength(notice, shortest, longest) one below and one above",
    mistakes: [
      { side: "least", file: ESCROW, find: "periods < SHORTEST_LOCK", replace: "periods + 1 < SHORTEST_LOCK" },
      { side: "most", file: ESCROW, find: "periods > LONGEST_LOCK", replace: "periods > LONGEST_LOCK + 1" },
    ],
  },
  {
    parameter: "S_max, for policies",
    bound: "at most 2^62 grains",
    test: testOf("policyManager"),
    title: "reverts with PolicyManagerParameterOutOfBounds(cap, cap, 1e9, 2^62 * 1e9)",
    mistakes: [
      {
        side: "most",
        file: POLICIES,
        find: "MAX_AMOUNT, GRAIN, GRAIN << 62)",
        replace: "MAX_AMOUNT, GRAIN, GRAIN << 63)",
      },
    ],
  },
  policies(
    "window",
    "1 to 365 periods, at most so many as since 1970",
    ["1", "0"],
    ["Math.min(365, _period())", "Math.min(366, _period())"],
  ),
  policies("minCollateral", "10^9 base units to S_max", ["GRAIN", "GRAIN - 1"], ["MAX_AMOUNT", "MAX_AMOUNT + 1"]),
  policies("floorPercent", "at most 100 %", ["0", "1"], ["100", "101"]),
  policies("leakPercent", "at most 20 %", ["0", "1"], ["20", "21"]),
  policies("finderPercent", "at most 25 %", ["0", "1"], ["25", "26"]),
  {
    parameter: "T, of a policy",
    bound: "1 to 3,650 periods",
    test: "test/policyManager/create.test.ts",
    title: "reverts with PolicyManagerTermOutOfBounds(periods, value, 1, 3650)",
    mistakes: moved(POLICIES, `_checkTerm("periods", terms.periods`, ["1", "0"], ["MAX_PERIODS", "MAX_PERIODS + 1"]),
  },
  {
    parameter: "T, of a renewal",
    bound: "1 to what is left of 3,650 periods",
    test: "test/policyManager/renew.test.ts",
    title: "reverts with PolicyManagerTermOutOfBounds(periods, value, 1, what is left of 3650)",
    mistakes: moved(
      POLICIES,
      '_checkTerm("periods", periods',
      ["1", "0"],
      ["MAX_PERIODS - (policy.end - policy.start)", "MAX_PERIODS + 1 - (policy.end - policy.start)"],
    ),
  },
  {
    parameter: "arrangements, of a policy",
    bound: "1 to 160",
    test: "test/policyManager/create.test.ts",
    title: "reverts with PolicyManagerTermOutOfBounds(arrangements, value, 1, 160)",
    mistakes: moved(
      POLICIES,
      '_checkTerm("arrangements", arrangements',
      ["1", "0"],
      ["MAX_ARRANGEMENTS", "MAX_ARRANGEMENTS + 1"],
    ),
  },
  {
    parameter: "rate, of a policy",
    bound: "10^9 base units to S_max",
    test: "test/policyManager/create.test.ts",
    title: "reverts with PolicyManagerTermOutOfBounds(rate, value, 1e9, S_max)",
    mistakes: [
      { side: "least", file: POLICIES, find: '"rate", terms.rate, GRAIN)', replace: '"rate", terms.rate, GRAIN - 1)' },
      { side: "most", file: POLICIES, find: "least, MAX_AMOUNT)", replace: "least, MAX_AMOUNT + 1)" },
    ],
  },
  {
    parameter: "c, of a policy",
    bound: "at least c_min; at most S_max, by the same check as the rate",
    test: "test/policyManager/create.test.ts",
    title: "reverts with PolicyManagerTermOutOfBounds(collateral, value, c_min, S_max)",
    mistakes: [
      {
        side: "least",
        file: POLICIES,
        find: "terms.collateral, MIN_COLLATERAL)",
        replace: "terms.collateral, MIN_COLLATERAL - 1)",
      },
    ],
  },
  {
    parameter: "rate and c, of a policy",
    bound: "multiples of 10^9 base units",
    test: "test/policyManager/create.test.ts",
    title: "reverts with PolicyManagerTermNotWhole(term, value, 1e9)",
    mistakes: [
      {
        side: "left out",
        file: POLICIES,
        find: "        if (value % GRAIN != 0) revert PolicyManagerTermNotWhole(term, value, GRAIN);\n",
        replace: "",
      },
    ],
  },
  {
    parameter: "c, of a takeover",
    bound: "at least c_min",
    test: "test/policyManager/handOff.test.ts",
    title:
      "takes c_min where ceil(c T'/T) is less, and reverts with PolicyManagerTermOutOfBounds(collateral, value, c_min, S_max) below",
    mistakes: [
      {
        side: "least",
        file: POLICIES,
        find: "Math.max(least, MIN_COLLATERAL)",
        replace: "Math.max(least, MIN_COLLATERAL - 1)",
      },
    ],
  },
  challenges("bond", "1 to 2^96 - 1 wei", ["1", "0"], ["type(uint96).max", "uint256(type(uint96).max) + 1"]),
  challenges(
    "maxAge",
    "above MIN_AGE; 2 · MAX_AGE · 24 s fit in W periods",
    ["3", "2"],
    ["window / (2 * SLOW_BLOCK)", "window / (2 * SLOW_BLOCK) + 1"],
  ),
  challenges("minAge", "2 to MAX_AGE - 1 blocks", ["2", "1"], ["p.maxAge - 1", "p.maxAge"]),
  health("minSeats", "32 to 1,024 seats", ["32", "31"], ["1_024", "1_025"]),
  phases("seedBlocks"),
  phases("commitBlocks"),
  phases("revealBlocks"),
  {
    parameter: "phases",
    bound: "2 · PERIOD at most, by blocks of 24 s; the least is that of each",
    test: testOf("healthVote"),
    title: "keeps all phases within two periods, by blocks of 24 seconds",
    mistakes: [
      {
        side: "most",
        file: HEALTH,
        find: "(2 * PERIOD) / SLOWEST_BLOCK);",
        replace: "(2 * PERIOD) / SLOWEST_BLOCK + 1);",
      },
    ],
  },
  health("ring", "4 to 65,536 rounds", ["4", "3"], ["65_536", "65_537"]),
  health(
    "gap",
    "R · h at least twice all phases; at most 100,000 blocks",
    ["Math.ceilDiv(2 * phases, p.ring)", "(2 * phases) / p.ring"],
    ["100_000", "100_001"],
  ),
];
