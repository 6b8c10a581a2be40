import {
  TypedDataEncoder,
  ZeroAddress,
  encodeBytes32String,
  getBytes,
  hexlify,
  id,
  toBeHex,
  zeroPadValue,
} from "ethers";

import { type AddressBook, type ContractName, entryOf } from "./addressBook";
import type { NetworkDefinition } from "./networks";
import type { NetworkParameters } from "./parameters/types";
import type { Unit } from "./parameters/words";

/** What a view must answer, or an immutable be. */
export interface Expectation {
  value: bigint | string;
  /** For people; absent: as it is. */
  unit?: Unit;
}

/** Of one contract. */
export interface Expectations {
  /** Every view without arguments whose answer never changes after deployment, by name. */
  views: Record<string, Expectation>;
  /** Immutables that no view shows, by name: 32 bytes. */
  hidden: Record<string, string>;
}

/** What a network must be, by its parameter file and the addresses in its book. */
export function expectationsOf(
  network: NetworkDefinition,
  book: AddressBook,
  /** Unix time of the block that deployed the stake escrow, seconds. */
  escrowDeployedAt: bigint,
): Record<ContractName, Expectations> {
  const facts = factsOf(network, book);
  return {
    NKMSToken: token(facts),
    StakeEscrow: stakeEscrow(facts, escrowDeployedAt),
    MinerRegistry: minerRegistry(facts),
    PolicyManager: policyManager(facts),
    ChallengeManager: challengeManager(facts),
    HealthVote: healthVote(facts),
    CanaryBounty: facts.signing("CanaryBounty", "NKMS CanaryBounty"),
  };
}

/** What the expectations of several contracts are made of. */
interface Facts {
  parameters: NetworkParameters;
  /** Seconds per period. */
  period: Expectation;
  /** Where a contract is. */
  at: (name: ContractName) => Expectation;
  /** What a contract that checks signatures knows of itself. */
  signing: (name: ContractName, domain: string) => Expectations;
}

function factsOf({ parameters, chainId }: NetworkDefinition, book: AddressBook): Facts {
  const addressOf = (name: ContractName): string => entryOf(book, name).address;
  return {
    parameters,
    period: { value: parameters.escrow.period, unit: "seconds" },
    at: (name) => ({ value: addressOf(name) }),
    signing: (name, domain) => signer(domain, chainId, addressOf(name)),
  };
}

function token({ parameters, at, signing }: Facts): Expectations {
  const own = signing("NKMSToken", "NKMS");
  return {
    views: {
      ...own.views,
      DOMAIN_SEPARATOR: { value: own.hidden["_cachedDomainSeparator"] ?? "" },
      name: { value: "NKMS" },
      symbol: { value: "NKMS" },
      decimals: { value: 18n },
      INITIAL_SUPPLY: { value: parameters.initialSupply, unit: "nkms" },
      cap: { value: parameters.maxSupply, unit: "nkms" },
      deployer: NOBODY,
      escrow: at("StakeEscrow"),
    },
    hidden: { ...own.hidden, _cap: word(parameters.maxSupply) },
  };
}

function stakeEscrow({ parameters, period, at }: Facts, deployedAt: bigint): Expectations {
  const { escrow } = parameters;
  return {
    views: {
      TOKEN: at("NKMSToken"),
      PERIOD: period,
      GENESIS: { value: deployedAt / escrow.period },
      FIRST_ISSUE: { value: escrow.firstIssue, unit: "nkms" },
      HEALTH_PPM: { value: escrow.healthPpm, unit: "ppm" },
      MIN_EARNING: { value: escrow.minEarning, unit: "nkms" },
      MIN_STAKE: { value: escrow.minStake, unit: "nkms" },
      SHORTEST_LOCK: { value: escrow.shortestLock, unit: "periods" },
      LONGEST_LOCK: { value: escrow.longestLock, unit: "periods" },
      VESTING: { value: escrow.vesting, unit: "periods" },
      MAX_CATCH_UP: { value: escrow.maxCatchUp, unit: "periods" },
      ROLLING: { value: 2n ** 32n - 1n },
      deployer: NOBODY,
      registry: at("MinerRegistry"),
      policyManager: at("PolicyManager"),
      healthVote: at("HealthVote"),
    },
    hidden: { MAX_SUPPLY: word(parameters.maxSupply), INITIAL_SUPPLY: word(parameters.initialSupply) },
  };
}

function minerRegistry({ period, signing }: Facts): Expectations {
  const own = signing("MinerRegistry", "NKMS MinerRegistry");
  return {
    views: {
      ...own.views,
      PERIOD: period,
      OPERATOR_BOND_TYPEHASH: {
        value: id("OperatorBond(address miner,address operator,uint256 nonce,uint256 deadline)"),
      },
      MAX_ENDPOINT_BYTES: { value: 256n },
      DEFAULT_MAX_COLLATERAL_PERCENT: { value: 100n, unit: "percent" },
    },
    hidden: own.hidden,
  };
}

function policyManager({ parameters, period, at, signing }: Facts): Expectations {
  const { policies } = parameters;
  const own = signing("PolicyManager", "NKMS PolicyManager");
  return {
    views: {
      ...own.views,
      TOKEN: at("NKMSToken"),
      ESCROW: at("StakeEscrow"),
      REGISTRY: at("MinerRegistry"),
      PERIOD: period,
      WINDOW: { value: policies.window, unit: "periods" },
      MIN_COLLATERAL: { value: policies.minCollateral, unit: "nkms" },
      FLOOR_PERCENT: { value: policies.floorPercent, unit: "percent" },
      LEAK_PERCENT: { value: policies.leakPercent, unit: "percent" },
      FINDER_PERCENT: { value: policies.finderPercent, unit: "percent" },
      deployer: NOBODY,
      challengeManager: at("ChallengeManager"),
    },
    hidden: { ...own.hidden, MAX_AMOUNT: word(parameters.maxSupply) },
  };
}

function challengeManager({ parameters: { challenges }, at }: Facts): Expectations {
  return {
    views: {
      POLICIES: at("PolicyManager"),
      BOND: { value: challenges.bond, unit: "ether" },
      MIN_AGE: { value: challenges.minAge, unit: "blocks" },
      MAX_AGE: { value: challenges.maxAge, unit: "blocks" },
    },
    hidden: {},
  };
}

function healthVote({ parameters: { escrow, health }, period, at, signing }: Facts): Expectations {
  const { hidden } = signing("HealthVote", "NKMS HealthVote");
  const commitsEnd = health.seedBlocks + health.commitBlocks;
  return {
    views: {
      COMMITMENT_TYPEHASH: { value: id("BallotCommitment(uint256 round,address voter,bytes32 commitment)") },
      DOMAIN_SEPARATOR: { value: hidden["_cachedDomainSeparator"] ?? "" },
      TOKEN: at("NKMSToken"),
      ESCROW: at("StakeEscrow"),
      REGISTRY: at("MinerRegistry"),
      PERIOD: period,
      VESTING: { value: escrow.vesting, unit: "periods" },
      SEAT: { value: escrow.minStake / 16n, unit: "nkms" },
      MIN_SEATS: { value: health.minSeats, unit: "seats" },
      GAP: { value: health.gap, unit: "blocks" },
      SEEDS_END: { value: health.seedBlocks, unit: "blocks" },
      COMMITS_END: { value: commitsEnd, unit: "blocks" },
      REVEALS_END: { value: commitsEnd + health.revealBlocks, unit: "blocks" },
      RING: { value: health.ring, unit: "rounds" },
    },
    hidden: { POSTS_END: word(health.seedBlocks - health.seedBlocks / 5n) },
  };
}

/** After `wire` the deployer is nobody. */
const NOBODY: Expectation = { value: ZeroAddress };

/** A contract that checks signatures of typed data: EIP-5267's view, and what OpenZeppelin's EIP712 keeps. */
function signer(name: string, chainId: number, address: string): Expectations {
  const [version, salt] = ["1", toBeHex(0, 32)];
  const domain = { name, version, chainId, verifyingContract: address };
  return {
    // Fields: all but the salt; no extensions.
    views: { eip712Domain: { value: ["0x0f", name, version, String(chainId), address, salt, ""].join(", ") } },
    hidden: {
      _cachedDomainSeparator: TypedDataEncoder.hashDomain(domain),
      _cachedChainId: word(BigInt(chainId)),
      _cachedThis: zeroPadValue(address, 32),
      _hashedName: id(name),
      _hashedVersion: id(version),
      _name: shortString(name),
      _version: shortString(version),
    },
  };
}

/** OpenZeppelin's ShortString: the text from the left, its length in the last byte. */
function shortString(text: string): string {
  const bytes = getBytes(encodeBytes32String(text));
  bytes[31] = text.length;
  return hexlify(bytes);
}

const word = (value: bigint): string => toBeHex(value, 32);
