import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseContract } from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import type {
  ChallengeManager__Mock,
  MinerRegistry,
  NKMSToken,
  PolicyManager,
  StakeEscrow__Harness,
} from "../../typechain-types";
import type { IPolicyManager, TermsStruct } from "../../typechain-types/contracts/PolicyManager";
import { testParameters } from "./network";
import { passPeriods, toPeriod } from "./time";

/** A miner with stake, an operator that counts, and a generous pledge. */
export interface PolicyMiner {
  account: HardhatEthersSigner;
  operator: HardhatEthersSigner;
}

/** A network with the real policy manager, and challenges of a kind. */
export interface PolicyNetworkWith<Challenges> {
  parameters: NetworkParameters;
  token: NKMSToken;
  escrow: StakeEscrow__Harness;
  registry: MinerRegistry;
  policies: PolicyManager;
  challenges: Challenges;
  /** By rising address, as arrangements stand. Each has {@link MINER_STAKE} locked for 300 periods. */
  miners: PolicyMiner[];
  owner: HardhatEthersSigner;
  /** Holds a purse and has approved the policy manager for all of it. */
  payer: HardhatEthersSigner;
  challenger: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  /** Has the initial supply. */
  distributor: HardhatEthersSigner;
}

/** In it verdicts come from a stand-in, which convicts whomever a test says. */
export type PolicyNetwork = PolicyNetworkWith<ChallengeManager__Mock>;

/** What each miner has locked, and lets be reserved in total. */
export const MINER_STAKE = nkms("10,000");

/** {@link testParameters} with W = 3, c_min = 1 NKMS, φ = 50 %, α = 5 %, a finder's share of 20 %. */
export const policyParameters: NetworkParameters = {
  ...testParameters,
  policies: { window: 3n, minCollateral: nkms("1"), floorPercent: 50n, leakPercent: 5n, finderPercent: 20n },
};

/** {@link deployPoliciesWith} a stand-in for the challenges. */
export const deployPolicies = (parameters: NetworkParameters = policyParameters, count = 5): Promise<PolicyNetwork> =>
  deployPoliciesWith(parameters, count, () => ethers.deployContract("ChallengeManager__Mock"));

/** Deploys, wires and staffs a network with `count` miners (at most 6); ends in a period in which all operators count. */
export async function deployPoliciesWith<Challenges extends BaseContract>(
  parameters: NetworkParameters,
  count: number,
  deployChallenges: (policies: PolicyManager) => Promise<Challenges>,
): Promise<PolicyNetworkWith<Challenges>> {
  const signers = await ethers.getSigners();
  const [distributor, owner, payer, challenger, stranger, ...others] = signers;
  if (!distributor || !owner || !payer || !challenger || !stranger || others.length < 2 * count) {
    throw new Error(`expected ${5 + 2 * count} accounts on the test chain, got ${signers.length}`);
  }
  const token = await ethers.deployContract("NKMSToken", [
    distributor.address,
    parameters.initialSupply,
    parameters.maxSupply,
  ]);
  const escrow = await ethers.deployContract("StakeEscrow__Harness", [await token.getAddress(), parameters.escrow]);
  const registry = await ethers.deployContract("MinerRegistry", [await escrow.getAddress()]);
  const policies = await ethers.deployContract("PolicyManager", [
    await escrow.getAddress(),
    await registry.getAddress(),
    parameters.policies,
  ]);
  const challenges = await deployChallenges(policies);
  const healthVote = await ethers.deployContract("HealthVote__Mock");
  await token.wire(escrow);
  await escrow.wire(registry, policies, healthVote);
  await policies.wire(challenges);
  await token.transfer(payer, nkms("1,000,000"));
  await token.connect(payer).approve(policies, ethers.MaxUint256);
  await toPeriod(escrow, (await escrow.currentPeriod()) + 1n);

  const accounts = others.slice(0, count).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const miners: PolicyMiner[] = [];
  for (const [i, account] of accounts.entries()) {
    const operator = others[count + i];
    if (!operator) throw new Error(`expected an operator for miner ${i}`);
    await token.transfer(account, nkms("100,000"));
    await token.connect(account).approve(escrow, ethers.MaxUint256);
    await escrow.connect(account).lock(MINER_STAKE, 300n);
    await bond(registry, account, operator);
    await registry.connect(account).setPledge(MINER_STAKE, 100n);
    miners.push({ account, operator });
  }
  await passPeriods(escrow, 1n);
  return {
    parameters,
    token,
    escrow,
    registry,
    policies,
    challenges,
    miners,
    owner,
    payer,
    challenger,
    stranger,
    distributor,
  };
}

/** {@link deployPolicies} as it is, for loadFixture. */
export const policyNetwork = (): Promise<PolicyNetwork> => deployPolicies();

/** Bonds `operator` to `account` with its consent; it counts from the next period on. */
export async function bond(
  registry: MinerRegistry,
  account: HardhatEthersSigner,
  operator: HardhatEthersSigner,
): Promise<void> {
  const deadline = ethers.MaxUint256;
  const types = {
    OperatorBond: [
      { name: "miner", type: "address" },
      { name: "operator", type: "address" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  };
  const message = {
    miner: account.address,
    operator: operator.address,
    nonce: await registry.nonces(operator),
    deadline,
  };
  const signature = await operator.signTypedData(await domainOf(registry), types, message);
  await registry.connect(account).bondOperator(operator, deadline, signature);
}

/* WHAT IS SIGNED */

/** The EIP-712 types of the policy manager, written down once more for tests. */
export const policyTypes = {
  Policy: [
    { name: "owner", type: "address" },
    { name: "payer", type: "address" },
    { name: "periods", type: "uint256" },
    { name: "deadline", type: "uint256" },
    { name: "rate", type: "uint256" },
    { name: "collateral", type: "uint256" },
    { name: "condition", type: "address" },
    { name: "handOff", type: "bool" },
    { name: "salt", type: "bytes32" },
    { name: "arrangements", type: "Arrangement[]" },
  ],
  Arrangement: [
    { name: "miner", type: "address" },
    { name: "operator", type: "address" },
    { name: "kfragHash", type: "bytes32" },
  ],
};
export const renewalTypes = {
  Renewal: [
    { name: "policy", type: "bytes32" },
    { name: "oldEnd", type: "uint256" },
    { name: "newEnd", type: "uint256" },
  ],
};
export const takeoverTypes = {
  Takeover: [
    { name: "policy", type: "bytes32" },
    { name: "index", type: "uint256" },
    { name: "miner", type: "address" },
    { name: "operator", type: "address" },
    { name: "collateral", type: "uint256" },
    { name: "end", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};
export const consentTypes = {
  Consent: [
    { name: "policy", type: "bytes32" },
    { name: "index", type: "uint256" },
    { name: "miner", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};
export const revocationTypes = {
  Revocation: [
    { name: "policy", type: "bytes32" },
    { name: "index", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** The EIP-712 domain that a contract publishes (EIP-5267). */
export async function domainOf(contract: Pick<PolicyManager, "eip712Domain">): Promise<{
  name: string;
  version: string;
  chainId: bigint;
  verifyingContract: string;
}> {
  const { name, version, chainId, verifyingContract } = await contract.eip712Domain();
  return { name, version, chainId, verifyingContract };
}

/* POLICIES */

/** Means all arrangements, in a revocation. */
export const ALL = ethers.MaxUint256;

/** Terms that every miner of {@link policyNetwork} takes: 10 periods at 2 NKMS, collateral 15 NKMS, hand-off allowed. */
export function termsFor(
  { owner, payer }: Pick<PolicyNetwork, "owner" | "payer">,
  miners: readonly PolicyMiner[],
  changes: Partial<TermsStruct> = {},
): TermsStruct {
  return {
    owner: owner.address,
    payer: payer.address,
    periods: 10n,
    deadline: ethers.MaxUint256,
    rate: nkms("2"),
    collateral: nkms("15"),
    condition: ethers.ZeroAddress,
    handOff: true,
    salt: ethers.ZeroHash,
    arrangements: miners.map(({ account, operator }, i) => ({
      miner: account.address,
      operator: operator.address,
      kfragHash: ethers.id(`kfrag ${i}`),
    })),
    ...changes,
  };
}

/** The operators' signatures over the policy's id, in order. */
export async function accept(
  policies: PolicyManager,
  terms: TermsStruct,
  miners: readonly PolicyMiner[],
): Promise<string[]> {
  const domain = await domainOf(policies);
  return Promise.all(miners.map(({ operator }) => operator.signTypedData(domain, policyTypes, terms)));
}

/** Creates a policy as its payer, with all acceptances. Returns its id. */
export async function createPolicy(
  scene: Pick<PolicyNetwork, "policies" | "payer">,
  terms: TermsStruct,
  miners: readonly PolicyMiner[],
): Promise<string> {
  const { policies, payer } = scene;
  await policies.connect(payer).create(terms, await accept(policies, terms, miners));
  return policies.policyId(terms);
}

/** A hand-off of arrangement `index` to `to`, signed by its operator, until the policy's end as it is now; with `consent` of the owner if the terms need it. */
export async function takeover(
  policies: PolicyManager,
  policy: string,
  index: bigint,
  to: PolicyMiner,
  collateral: bigint,
  consentOf?: HardhatEthersSigner,
): Promise<IPolicyManager.TakeoverStruct> {
  const domain = await domainOf(policies);
  const deadline = ethers.MaxUint256;
  const [miner, operator] = [to.account.address, to.operator.address];
  const acceptance = await to.operator.signTypedData(domain, takeoverTypes, {
    policy,
    index,
    miner,
    operator,
    collateral,
    end: (await policies.policyOf(policy)).end,
    deadline,
  });
  const consent = consentOf
    ? await consentOf.signTypedData(domain, consentTypes, {
        policy,
        index,
        miner,
        nonce: await policies.nonces(consentOf),
        deadline,
      })
    : "0x";
  return { miner, operator, collateral, deadline, acceptance, consent };
}
