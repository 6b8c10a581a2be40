import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import type { HDNodeWallet, Provider } from "ethers";
import { Wallet, parseEther } from "ethers";

import { nkms } from "../../deploy/parameters/units";
import type { MinerRegistry, NKMSToken, StakeEscrow } from "../../typechain-types";

/** A staking account with its operator's key and what it locked. */
export interface Miner {
  name: string;
  account: HDNodeWallet;
  operator: HDNodeWallet;
  /** Base units. */
  stake: bigint;
  /** In words, for the tables. */
  locks: string;
}

/** How a miner locks its stake. Periods; a notice makes the lock roll. */
interface LockPlan {
  share: bigint; // per cent of the stake
  periods: bigint;
  notice?: bigint;
}

/** Mixed locks, dealt out in turn: some end while the demo runs, some reach beyond the policy, some roll. */
const PLANS: { words: string; locks: LockPlan[] }[] = [
  { words: "365 days", locks: [{ share: 100n, periods: 365n }] },
  { words: "rolling, 120 days' notice", locks: [{ share: 100n, periods: 120n, notice: 120n }] },
  {
    words: "half 30 days, half 200",
    locks: [
      { share: 50n, periods: 30n },
      { share: 50n, periods: 200n },
    ],
  },
  { words: "30 days", locks: [{ share: 100n, periods: 30n }] },
];

/** Stakes as skewed as in live networks: the first has a tenth of the whole, the last a fraction of a per cent. */
const stakeOfRank = (rank: bigint): bigint => nkms("8,000,000") / (rank + 1n);

/**
 * Creates `count` miners with purses of ether and NKMS, locks their stakes, bonds their operators, and lets policies
 * reserve a tenth of each stake.
 */
export async function createMiners(
  count: number,
  contracts: { token: NKMSToken; escrow: StakeEscrow; registry: MinerRegistry },
  provider: Provider,
): Promise<Miner[]> {
  const miners: Miner[] = [];
  for (let rank = 0; rank < count; ++rank) {
    const plan = PLANS[rank % PLANS.length];
    if (!plan) throw new RangeError(`plan: expected 0..${PLANS.length - 1}, got ${rank}`);
    const account = Wallet.createRandom(provider);
    const operator = Wallet.createRandom();
    const stake = stakeOfRank(BigInt(rank));
    await setBalance(account.address, parseEther("10"));
    await (await contracts.token.transfer(account, stake)).wait();
    await lockStake(account, stake, plan.locks, contracts);
    await bondOperator(account, operator, contracts.registry);
    await (await contracts.registry.connect(account).setPledge(stake / 10n, 100n)).wait();
    miners.push({ name: `miner ${rank + 1}`, account, operator, stake, locks: plan.words });
  }
  return miners;
}

async function lockStake(
  account: HDNodeWallet,
  stake: bigint,
  plan: LockPlan[],
  { token, escrow }: { token: NKMSToken; escrow: StakeEscrow },
): Promise<void> {
  await (await token.connect(account).approve(escrow, stake)).wait();
  for (const [number, lock] of plan.entries()) {
    await (await escrow.connect(account).lock((stake * lock.share) / 100n, lock.periods)).wait();
    if (lock.notice === undefined) continue;
    const end = (await escrow.currentPeriod()) + 1n + lock.periods;
    await (await escrow.connect(account).roll(number, end, lock.notice)).wait();
  }
}

async function bondOperator(account: HDNodeWallet, operator: HDNodeWallet, registry: MinerRegistry): Promise<void> {
  const { name, version, chainId, verifyingContract } = await registry.eip712Domain();
  const deadline = 2n ** 32n; // far away: the consent is used at once
  const consent = await operator.signTypedData(
    { name, version, chainId, verifyingContract },
    {
      OperatorBond: [
        { name: "miner", type: "address" },
        { name: "operator", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    { miner: account.address, operator: operator.address, nonce: await registry.nonces(operator), deadline },
  );
  await (await registry.connect(account).bondOperator(operator, deadline, consent)).wait();
}
