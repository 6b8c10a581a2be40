import { policyDomain, policyTypedData, renewalTypedData, takeoverTypedData, type Terms } from "@nkms/protocol";
import type { BaseContract, Wallet as EthersWallet } from "ethers";
import { ethers } from "hardhat";

import { local } from "../../deploy/parameters/local";
import { nkms } from "../../deploy/parameters/units";
import type { ChallengeManager__Mock, PolicyManager } from "../../typechain-types";
import { type Scene, account, gasOf, openScene, passDays, passDaysClosed } from "./scenes";

/** How many miners the policies have that are measured. */
const SIZES = [1, 3, 10, 32, 64, 160];
/** How many policies a miner has when its claim is measured. */
const POLICIES = [1, 100, 1_000];
const STAKE = nkms("1,000,000");
/** Far enough for all that is measured, near enough for a real clock. */
const DEADLINE = 2n ** 40n;
export const CHAIN = 31_337n;

export interface Miner {
  address: string;
  operator: EthersWallet;
}

export interface PolicyScene<Challenges = ChallengeManager__Mock> extends Omit<Scene, "policyManager"> {
  policies: PolicyManager;
  challenges: Challenges;
  /** By rising address. */
  miners: Miner[];
}

/** {@link openPolicySceneWith} a stand-in for the challenges. */
const openPolicyScene = (miners: number): Promise<PolicyScene> =>
  openPolicySceneWith(miners, () => ethers.deployContract("ChallengeManager__Mock"));

/** A network with the real policy manager and miners that are locked for a year, bonded and pledged. */
export async function openPolicySceneWith<Challenges extends BaseContract>(
  miners: number,
  deployChallenges: (policies: PolicyManager) => Promise<Challenges>,
): Promise<PolicyScene<Challenges>> {
  const scene = await openScene(1, {
    policyManager: async (escrow, registry) => {
      const manager = await ethers.deployContract("PolicyManager", [escrow, registry, local.policies]);
      return manager.getAddress();
    },
  });
  const { escrow, registry, token } = scene;
  const policies = await ethers.getContractAt("PolicyManager", await escrow.policyManager());
  const challenges = await deployChallenges(policies);
  await policies.wire(challenges);
  await token.connect(await account(1)).approve(policies, ethers.MaxUint256);

  const staffed: Miner[] = [];
  for (let i = 0; i < miners; ++i) staffed.push(await staff(registry, i));
  staffed.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  for (let from = 0; from < miners; from += 40) {
    const some = staffed.slice(from, from + 40).map(({ address }) => address);
    await escrow.lockForMany(
      some,
      some.map(() => STAKE),
      1_000n,
    );
  }
  await passDays(scene, 2n);
  await escrow.advance(2n);
  return { ...scene, policies, challenges, miners: staffed };
}

/** A miner with a bonded operator that lets all its stake be reserved. */
async function staff(registry: Scene["registry"], i: number): Promise<Miner> {
  const operator = new ethers.Wallet(ethers.toBeHex(0x1000 + i, 32));
  const address = ethers.getAddress(ethers.toBeHex(0xabcd_0000n + BigInt(i) * 0x1234_5678n, 20));
  const own = await bond(registry, address, operator);
  await own.setPledge(STAKE, 100n);
  return { address, operator };
}

/** Bonds an operator. Returns the registry as the miner calls it. */
export async function bond(
  registry: Scene["registry"],
  miner: string,
  operator: EthersWallet,
): Promise<Scene["registry"]> {
  await ethers.provider.send("hardhat_impersonateAccount", [miner]);
  await ethers.provider.send("hardhat_setBalance", [miner, ethers.toQuantity(10n ** 20n)]);
  const own = registry.connect(await ethers.getSigner(miner));
  const consent = await operator.signTypedData(
    { name: "NKMS MinerRegistry", version: "1", chainId: CHAIN, verifyingContract: await registry.getAddress() },
    {
      OperatorBond: [
        { name: "miner", type: "address" },
        { name: "operator", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    { miner, operator: operator.address, nonce: 0n, deadline: DEADLINE },
  );
  await own.bondOperator(operator.address, DEADLINE, consent);
  return own;
}

/** @param kfragHashes of real fragments, if it matters */
export async function termsOf(
  miners: readonly Miner[],
  periods: bigint,
  salt: number,
  kfragHashes: readonly string[] = [],
): Promise<Terms> {
  return {
    owner: (await account(2)).address,
    payer: (await account(1)).address,
    periods,
    deadline: DEADLINE,
    rate: nkms("2"),
    collateral: nkms("10"),
    condition: ethers.ZeroAddress,
    handOff: true,
    salt: ethers.zeroPadValue(ethers.toBeHex(salt), 32),
    arrangements: miners.map(({ address, operator }, i) => ({
      miner: address,
      operator: operator.address,
      kfragHash: kfragHashes[i] ?? ethers.id(`kfrag ${i}`),
    })),
  };
}

export async function create(
  { policies }: Pick<PolicyScene, "policies">,
  miners: readonly Miner[],
  terms: Terms,
): Promise<number> {
  const domain = policyDomain(CHAIN, await policies.getAddress());
  const acceptances = miners.map(({ operator }) => operator.signTypedData(...policyTypedData(terms, domain)));
  return gasOf(policies.connect(await account(1)).create(terms, await Promise.all(acceptances)));
}

const miners = (count: number): string => `${count} miner${count === 1 ? "" : "s"}`;

/** Policies with more and more miners. */
async function creating(): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  const scene = await openPolicyScene(160);
  for (const [i, size] of SIZES.entries()) {
    // Miners at the far end first, so that those of a larger policy were in none before.
    const some = scene.miners.slice(-size);
    const used = i === 0 ? 0 : (SIZES[i - 1] ?? 0);
    gas[`create a policy: ${miners(size)}, ${size - used} of them new to policies, a new end`] = await create(
        scene,
        some,
        await termsOf(some, 50n + BigInt(i), 3 * i),
      );
    gas[`create a policy: ${miners(size)} in policies before, a new end`] = await create(
      scene,
      some,
      await termsOf(some, 100n + BigInt(i), 3 * i + 1),
    );
    gas[`create a policy: ${miners(size)} in policies before, an end in use`] = await create(
      scene,
      some,
      await termsOf(some, 100n + BigInt(i), 3 * i + 2),
    );
  }
  return gas;
}

/** What happens to a policy of three miners, in the order of its life. */
async function policysLife(): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  const scene = await openPolicyScene(7);
  const { policies, challenges, miners: all } = scene;
  const [payer, owner] = [await account(1), await account(2)];
  const three = all.slice(0, 3);
  const domain = policyDomain(CHAIN, await policies.getAddress());
  const fresh = async (salt: number, periods: bigint): Promise<Terms> => {
    const terms = await termsOf(three, periods, salt);
    await create(scene, three, terms);
    return terms;
  };
  const first = await fresh(1, 40n);
  const second = await fresh(2, 40n);
  const third = await fresh(3, 40n);
  const fourth = await fresh(4, 40n);
  const fifth = await fresh(5, 40n);
  const everything = 2n ** 256n - 1n;

  await passDaysSettled(scene, 10n);
  gas["revoke a policy: 3 miners, before half its time"] = await gasOf(
    policies.connect(owner).revoke(first, everything),
  );
  await passDaysSettled(scene, 20n);
  gas["revoke a policy: 3 miners, after half its time"] = await gasOf(
    policies.connect(owner).revoke(second, everything),
  );
  gas["revoke one arrangement of 3"] = await gasOf(policies.connect(owner).revoke(third, 0n));
  gas["take a refund"] = await gasOf(policies.connect(payer).takeRefund());
  gas["take a refund that was held back"] = await gasOf(policies.connect(payer).takeHeldRefund(await heldUntil(scene)));

  const policy = await policies.policyId(fourth);
  const oldEnd = (await policies.policyOf(policy)).end;
  const end = oldEnd + 10n;
  const renewal = renewalTypedData({ policy, oldEnd, newEnd: end }, domain);
  const acceptances = await Promise.all(three.map(({ operator }) => operator.signTypedData(...renewal)));
  gas["renew a policy of 3 miners"] = await gasOf(policies.connect(payer).renew(fourth, 10n, acceptances));

  const [from, to] = [await signerAt(all[0]), all[3]];
  if (!to) throw new Error("miners: expected seven, got fewer");
  const message = {
    policy,
    index: 0n,
    miner: to.address,
    operator: to.operator.address,
    collateral: nkms("10"),
    end,
    deadline: DEADLINE,
  };
  const acceptance = await to.operator.signTypedData(...takeoverTypedData(message, domain));
  gas["hand an arrangement off, of 3"] = await gasOf(
    policies.connect(from).handOff(fourth, 0n, { ...message, acceptance, consent: "0x" }),
  );
  gas["resign from one of 3"] = await gasOf(policies.connect(await signerAt(all[1])).resign(fourth, 1n));
  gas["verdict: a wrong answer, of 3, called by a stand-in"] = await gasOf(
    challenges.convict(policies, fifth, 0n, false, await account(3)),
  );
  gas["verdict: a leaked key, of 3, called by a stand-in"] = await gasOf(
    challenges.convict(policies, fifth, 1n, true, await account(3)),
  );
  return gas;
}

/** Moves to a period to come, with all before it closed and counted for every miner. */
export async function passDaysSettled(
  scene: Pick<PolicyScene, "escrow" | "policies" | "miners">,
  count: bigint,
): Promise<void> {
  await passDaysClosed(scene, count);
  for (const { address } of scene.miners) await scene.policies.settle(address, count);
}

/** The period from which the one refund that was held back can be taken. */
async function heldUntil({ policies }: PolicyScene): Promise<bigint> {
  const [closed] = await policies.queryFilter(policies.filters.Closed);
  if (!closed) throw new Error("Closed: expected one, got none");
  return closed.args.heldUntil;
}

async function signerAt(miner: Miner | undefined): Promise<Awaited<ReturnType<typeof ethers.getSigner>>> {
  if (!miner) throw new Error("miner: expected one, got none");
  return ethers.getSigner(miner.address);
}

/** Claims: over more and more policies, and over more and more periods. */
async function claiming(): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  for (const count of POLICIES) {
    const scene = await openPolicyScene(1);
    const [miner] = scene.miners;
    if (!miner) throw new Error("miners: expected one, got none");
    for (let i = 0; i < count; ++i) await create(scene, [miner], await termsOf([miner], 60n + BigInt(i % 30), i));
    const own = scene.policies.connect(await signerAt(miner));
    await passDays(scene, 2n);
    await own.claimFees();
    await passDays(scene, 1n);
    const of = `with ${count.toLocaleString("en")} polic${count === 1 ? "y" : "ies"}`;
    gas[`claim fees: one period, ${of}`] = await gasOf(own.claimFees());
    await passDays(scene, 30n);
    gas[`claim fees: 30 periods, ${of}`] = await gasOf(own.claimFees());
  }
  return gas;
}

/** Gas of all that happens to policies. */
export async function policyActions(): Promise<Record<string, number>> {
  return { ...(await creating()), ...(await policysLife()), ...(await claiming()) };
}
