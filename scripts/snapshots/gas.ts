import { nkms } from "../../deploy/parameters/units";
import { ethers } from "hardhat";

import { type Scene, account, gasOf, gasOfDraw, growNetwork, openScene, passDays, passDaysClosed } from "./scenes";
import { writeSnapshot } from "./files";
import { challengeActions } from "./challenges";
import { healthActions } from "./health";
import { policyActions } from "./policies";

/** Gas by action, in sentences. */
type Gas = Record<string, number>;

/** How many seeds a draw's gas is the mean of. */
const SEEDS = 16;
/** The sizes of the networks that growth is shown for. */
const SIZES = [1, 10, 100, 1_000, 10_000];

async function endOf({ escrow }: Scene, miner: string, number: bigint): Promise<bigint> {
  const [numbers, locks] = await escrow.locksOf(miner);
  const found = locks[numbers.indexOf(number)];
  if (!found) throw new RangeError(`lock: expected number ${number} of ${miner}, got none`);
  return found.end;
}

/** What a miner with few locks does, in the order of its life. */
async function minersLife(): Promise<Gas> {
  const scene = await openScene(5);
  const { escrow, token, policyManager, healthVote } = scene;
  const [alice, bob, carol, dora] = await Promise.all([1, 2, 3, 4].map(account));
  if (!alice || !bob || !carol || !dora) throw new Error("accounts: expected four, got fewer");
  const gas: Gas = {};
  const end = (miner: { address: string }, number: bigint) => endOf(scene, miner.address, number);

  await gasOf(escrow.connect(await account(5)).lock(nkms("3,000,000"), 400n));
  gas["lock: a miner's first, first to end in its period"] = await gasOf(
    escrow.connect(alice).lock(nkms("3,000,000"), 100n),
  );
  gas["lock: a miner's first, ends when another does"] = await gasOf(escrow.connect(bob).lock(nkms("3,000,000"), 100n));
  gas["lock: a second, first to end in its period"] = await gasOf(escrow.connect(alice).lock(nkms("10,000"), 120n));
  gas["lock: a third, ends when another does"] = await gasOf(escrow.connect(alice).lock(nkms("10,000"), 120n));
  gas["lock: a fourth that lifts the miner a tier"] = await gasOf(escrow.connect(alice).lock(nkms("2,000,000"), 120n));
  await escrow.connect(carol).lock(nkms("3,000,000"), 100n);
  await token.connect(dora).approve(escrow, 0n);
  gas["lock with permit: a miner's first, ends when another does"] = await lockWithPermit(scene, 4);

  await passDaysClosed(scene, 5n);
  gas["top up: an own lock, as a lock of its own"] = await gasOf(
    escrow.connect(bob).topUp(bob, 0n, await end(bob, 0n), nkms("1,000")),
  );
  gas["top up: a lock that starts in the next period"] = await gasOf(
    escrow.connect(bob).topUp(bob, 1n, await end(bob, 1n), nkms("1,000")),
  );
  gas["split"] = await gasOf(escrow.connect(carol).split(0n, await end(carol, 0n), nkms("1,000,000")));
  gas["merge"] = await gasOf(escrow.connect(carol).merge(0n, 1n, await end(carol, 0n)));
  gas["extend: first to end in its period"] = await gasOf(escrow.connect(carol).extend(0n, await end(carol, 0n), 33n));
  gas["roll"] = await gasOf(escrow.connect(dora).roll(0n, await end(dora, 0n), 200n));
  gas["give notice: first to end in its period"] = await gasOf(
    escrow.connect(dora).giveNotice(0n, await escrow.ROLLING()),
  );
  gas["stay in, per period and miner"] = 0;

  gas["claim: one lock, the first time"] = await gasOf(escrow.connect(carol).claim());
  await passDaysClosed(scene, 3n);
  const settled = await gasOf(escrow.connect(carol).claim());
  gas["claim: one lock"] = settled;
  await passDays(scene, 1n);
  gas["claim: one lock, and one period waits, an even one"] = await gasOf(escrow.connect(carol).claim());
  await passDays(scene, 1n);
  gas["claim: one lock, and one period waits, an odd one"] = await gasOf(escrow.connect(carol).claim());
  await passDaysClosed(scene, 1n);
  gas["compound: one lock, as a lock of its own"] = await gasOf(escrow.connect(carol).compound(0n, await end(carol, 0n)));
  gas["slash: part of one lock"] = await gasOf(
    policyManager.slash(escrow, dora, nkms("1,000"), await account(0), nkms("200")),
  );
  gas["pause: one lock"] = await gasOf(healthVote.pause(escrow, dora));
  gas["resume: one lock"] = await gasOf(escrow.connect(dora).resume(dora));
  gas["draw a round's health budget"] = await gasOf(healthVote.drawHealthBudget(escrow, 300n));
  gas["set a payout address"] = await gasOf(escrow.connect(dora).setPayout(await account(0)));

  await passDaysClosed(scene, 100n);
  gas["withdraw: part of one lock, with its reward"] = await gasOf(escrow.connect(bob).withdraw(nkms("1,000")));
  await passDaysClosed(scene, 1n);
  gas["withdraw: all of two locks"] = await gasOf(escrow.connect(bob).withdraw(await escrow.withdrawable(bob)));
  gas["release a number"] = await gasOf(escrow.releaseNumber(bob));
  gas["lock: a first one with a number that was released"] = await gasOf(
    escrow.connect(bob).lock(nkms("3,000,000"), 100n),
  );
  return gas;
}

async function lockWithPermit({ token, escrow }: Scene, n: number): Promise<number> {
  const owner = await account(n);
  const [amount, deadline] = [nkms("3,000,000"), 2n ** 40n];
  const signature = await owner.signTypedData(
    { name: "NKMS", version: "1", chainId: 31_337, verifyingContract: await token.getAddress() },
    {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    { owner: owner.address, spender: await escrow.getAddress(), value: amount, nonce: 0n, deadline },
  );
  const { v, r, s } = ethers.Signature.from(signature);
  return gasOf(escrow.connect(owner).lockWithPermit(amount, 100n, deadline, v, r, s));
}

/** The same with as many locks as a miner can have. */
async function thirtyTwoLocks(): Promise<Gas> {
  const scene = await openScene(1);
  const { escrow, policyManager, healthVote } = scene;
  const miner = await account(1);
  const gas: Gas = {};
  for (let i = 0n; i < 31n; ++i) await escrow.connect(miner).lock(nkms("100,000"), 40n + i);
  gas["lock: the 32nd of a miner"] = await gasOf(escrow.connect(miner).lock(nkms("100,000"), 90n));
  await passDaysClosed(scene, 4n);
  gas["claim: 32 locks"] = await gasOf(escrow.connect(miner).claim());
  await passDaysClosed(scene, 1n);
  gas["pause: 32 locks"] = await gasOf(healthVote.pause(escrow, miner));
  gas["resume: 32 locks"] = await gasOf(escrow.connect(miner).resume(miner));
  await passDaysClosed(scene, 5n);
  gas["slash: all of 32 locks"] = await gasOf(
    policyManager.slash(escrow, miner, nkms("3,200,000"), await account(0), nkms("1,000")),
  );
  return gas;
}

/** Closing periods that nobody closed. */
async function idlePeriods(): Promise<Gas> {
  const gas: Gas = {};
  for (const count of [1n, 2n, 30n, 500n]) {
    const scene = await openScene(1);
    await scene.escrow.connect(await account(1)).lock(nkms("3,000,000"), 1_000n);
    await passDaysClosed(scene, 3n);
    await passDays(scene, count);
    gas[`advance: close ${count} waiting period${count === 1n ? "" : "s"}`] = await gasOf(scene.escrow.advance(count));
  }
  return gas;
}

/** What people do in the registry. */
async function registryActions(): Promise<Gas> {
  const { registry } = await openScene(1);
  const [miner, operator] = [await account(1), await account(2)];
  const gas: Gas = {};
  const deadline = 2n ** 40n;
  const consent = await operator.signTypedData(
    { name: "NKMS MinerRegistry", version: "1", chainId: 31_337, verifyingContract: await registry.getAddress() },
    {
      OperatorBond: [
        { name: "miner", type: "address" },
        { name: "operator", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    { miner: miner.address, operator: operator.address, nonce: 0n, deadline },
  );
  const own = registry.connect(miner);
  gas["registry: bond an operator"] = await gasOf(own.bondOperator(operator, deadline, consent));
  gas["registry: set the pledge"] = await gasOf(own.setPledge(nkms("100,000"), 100n));
  gas["registry: set the advice"] = await gasOf(own.setAdvice(nkms("1"), 365n));
  gas["registry: set an endpoint of 31 bytes"] = await gasOf(own.setEndpoint("https://miner.example.org:9151/"));
  gas["registry: unbond the operator"] = await gasOf(own.unbondOperator());
  return gas;
}

/** The same actions in networks of 1 to 10,000 miners; the one who acts has a long lock, and a short one that has ended. */
async function growth(): Promise<Gas> {
  const gas: Gas = {};
  for (const size of SIZES) {
    const scene = await openScene(1);
    const { escrow } = scene;
    const miner = await account(1);
    const own = escrow.connect(miner);
    await own.lock(nkms("3,000,000"), 300n);
    await own.lock(nkms("10,000"), 30n);
    await passDaysClosed(scene, 40n);
    await growNetwork(scene, size);

    const of = `of ${size.toLocaleString("en")} miner${size === 1 ? "" : "s"}`;
    const until = (await escrow.currentPeriod()) + 90n;
    for (const wanted of [1, 10, 32].filter((count) => count <= size)) {
      let total = 0;
      for (let seed = 0; seed < SEEDS; ++seed) total += await gasOfDraw(scene, seed, wanted, until);
      gas[`draw ${wanted} ${of}, mean of ${SEEDS} seeds`] = Math.round(total / SEEDS);
    }
    gas[`update a sampling weight that was too large, ${of}`] = await gasOf(own.poke(miner));
    gas[`claim: two locks, ${of}`] = await gasOf(own.claim());
    gas[`top up, ${of}`] = await gasOf(own.topUp(miner, 0n, await endOf(scene, miner.address, 0n), nkms("1")));
  }
  return gas;
}

async function main(): Promise<void> {
  const gas: Gas = {};
  for (const scene of [minersLife, thirtyTwoLocks, idlePeriods, registryActions, policyActions, challengeActions, healthActions, growth]) {
    Object.assign(gas, await scene());
  }
  writeSnapshot("gas", gas);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
