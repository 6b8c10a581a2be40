import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { impersonateAccount, loadFixture, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { BaseContract, FunctionFragment, ParamType, Result } from "ethers";
import { artifacts, ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import type {
  CanaryBounty,
  ChallengeManager,
  MinerRegistry,
  NKMSToken,
  PolicyManager,
  StakeEscrow,
} from "../../typechain-types";
import { hammingTable } from "../../scripts/tables/hamming";
import { addressOf } from "../helpers/address";
import { healthParameters } from "../helpers/health";
import { lockOf } from "../helpers/locks";
import { MIN_STAKE, testParameters } from "../helpers/network";
import { bond, domainOf, policyParameters, policyTypes } from "../helpers/policies";
import { passPeriods } from "../helpers/time";
import { ROLLING } from "../models/economy";
import { Random } from "./random";
import { Views } from "./views";

/** How often each function is called by each hostile account, each time with other arguments. */
const TRIES = 6;

/** What changes without anybody's power: time, closing periods, people joining and leaving. */
const MOVING = [
  "totalSupply",
  "openPeriod",
  "currentPeriod",
  "issued",
  "healthBudget",
  "members",
  "numbers",
  "seatCounts",
  "rounds",
];

/** Opcodes with which a contract runs or becomes other code. */
const FOREIGN_CODE: Readonly<Record<number, string>> = { 0xf2: "CALLCODE", 0xf4: "DELEGATECALL", 0xff: "SELFDESTRUCT" };

/** Multicall runs the contract's own code: it delegates to address(this). */
const OWN_CODE: Readonly<Record<string, string[]>> = { PolicyManager: ["DELEGATECALL"] };

/** A wired network of the contracts that are deployed for real, with victims and those who would harm them. */
interface Wired {
  contracts: Readonly<Record<string, BaseContract>>;
  token: NKMSToken;
  escrow: StakeEscrow;
  registry: MinerRegistry;
  policies: PolicyManager;
  /** Of the policy that vera owns and pays, with one arrangement at anna. */
  policy: string;
  /** Has deployed and wired everything. */
  deployer: HardhatEthersSigner;
  /** Stakes, earns, and has an operator. */
  anna: HardhatEthersSigner;
  /** The end of her lock 0. */
  annasEnd: bigint;
  /** Stakes and is paused; has a bond behind a commitment, and posted a bounty. */
  vera: HardhatEthersSigner;
  challenges: ChallengeManager;
  bounties: CanaryBounty;
  commitment: string;
  hostile: Readonly<Record<string, HardhatEthersSigner>>;
  policyManager: HardhatEthersSigner;
  healthVote: HardhatEthersSigner;
}

async function wired(): Promise<Wired> {
  const [deployer, anna, vera, rival, operator, stranger] = await ethers.getSigners();
  if (!deployer || !anna || !vera || !rival || !operator || !stranger) throw new Error("expected at least 6 accounts");
  const { initialSupply, maxSupply } = testParameters;
  const token = await ethers.deployContract("NKMSToken", [deployer.address, initialSupply, maxSupply]);
  const escrow = await ethers.deployContract("StakeEscrow", [await token.getAddress(), testParameters.escrow]);
  const registry = await ethers.deployContract("MinerRegistry", [await escrow.getAddress()]);
  const policies = await ethers.deployContract("PolicyManager", [
    await escrow.getAddress(),
    await registry.getAddress(),
    { ...policyParameters.policies, window: 10n },
  ]);
  const challenges = await ethers.deployContract("ChallengeManager", [
    policies,
    { ...policyParameters.challenges, maxAge: 700n }, // more blocks than a test makes: nobody may burn the bond
  ]);
  const bounties = await ethers.deployContract("CanaryBounty");
  const votes = await ethers.deployContract("HealthVote", [escrow, registry, healthParameters]);
  await token.wire(escrow);
  await escrow.wire(registry, policies, votes);
  await policies.wire(challenges);

  for (const person of [anna, vera, rival, operator, stranger]) {
    await token.transfer(person, nkms("100,000"));
    await token.connect(person).approve(escrow, ethers.MaxUint256);
    await token.connect(person).approve(policies, ethers.MaxUint256);
  }
  await token.approve(escrow, ethers.MaxUint256);
  for (const miner of [anna, vera, rival]) await escrow.connect(miner).lock(nkms("1,000"), 100n);
  await escrow.connect(anna).lock(nkms("500"), 2n); // will have ended
  await bond(registry, anna, operator);
  await registry.connect(anna).setPledge(nkms("1,000"), 100n);
  await passPeriods(escrow, 8n);
  const [policyManager, healthVote] = [await asAccount(policies), await asAccount(votes)];
  await escrow.connect(healthVote).pause(vera);
  const policy = await policyAtAnna(policies, vera, anna, operator);
  await passPeriods(escrow, 2n);
  await escrow.advance(2n); // or others would mint by closing

  const token_ = await token.getAddress();
  const window = await ethers.deployContract("TimeWindowCondition", [1n, 2n]);
  const conditions = {
    TimeWindowCondition: window,
    TokenBalanceCondition: await ethers.deployContract("TokenBalanceCondition", [token_, 1n]),
    PaidContentCondition: await ethers.deployContract("PaidContentCondition", [token_, vera, 1n, 1n, 3_600n]),
    CombinedCondition: await ethers.deployContract("CombinedCondition", [0n, [await window.getAddress()]]),
  };

  const commitment = ethers.id("vera's commitment");
  await challenges.connect(vera).commit(commitment, { value: await challenges.BOND() });
  await bounties.connect(vera).post(anna, 2n ** 63n, { value: 1n });

  return {
    contracts: {
      NKMSToken: token,
      StakeEscrow: escrow,
      MinerRegistry: registry,
      PolicyManager: policies,
      ChallengeManager: challenges,
      CanaryBounty: bounties,
      HealthVote: votes,
      ...conditions,
    },
    token,
    escrow,
    registry,
    policies,
    policy,
    deployer,
    anna,
    annasEnd: (await lockOf(escrow, anna.address, 0)).end,
    vera,
    challenges,
    bounties,
    commitment,
    hostile: { deployer, rival, stranger, "anna's operator": operator },
    policyManager,
    healthVote,
  };
}

/** Creates a policy of `owner`'s with one arrangement. Returns its id. */
async function policyAtAnna(
  policies: PolicyManager,
  owner: HardhatEthersSigner,
  anna: HardhatEthersSigner,
  operator: HardhatEthersSigner,
): Promise<string> {
  const terms = {
    owner: owner.address,
    payer: owner.address,
    periods: 40n,
    deadline: ethers.MaxUint256,
    rate: nkms("1"),
    collateral: nkms("10"),
    condition: ethers.ZeroAddress,
    handOff: true,
    salt: ethers.ZeroHash,
    arrangements: [{ miner: anna.address, operator: operator.address, kfragHash: ethers.id("kfrag") }],
  };
  const acceptance = await operator.signTypedData(await domainOf(policies), policyTypes, terms);
  await policies.connect(owner).create(terms, [acceptance]);
  return policies.policyId(terms);
}

/** The account of a contract, to call from. */
async function asAccount(contract: BaseContract): Promise<HardhatEthersSigner> {
  const address = addressOf(contract);
  await impersonateAccount(address);
  await setBalance(address, 10n ** 18n);
  return ethers.getSigner(address);
}

describe("Admin: after wiring nobody has any power over others", () => {
  it("covers every contract that is deployed", async () => {
    const { contracts } = await loadFixture(wired);
    const deployable: string[] = [];
    for (const name of await artifacts.getAllFullyQualifiedNames()) {
      if (!name.startsWith("contracts/") || name.startsWith("contracts/mocks/")) continue;
      const { bytecode, contractName } = await artifacts.readArtifact(name);
      if (bytecode !== "0x" && !name.startsWith("contracts/libraries/")) deployable.push(contractName);
    }
    expect(Object.keys(contracts).sort()).to.deep.equal(deployable.sort());
  });

  it("ends the deployer's right with the wiring, for ever", async () => {
    const { token, escrow, policies, deployer, hostile, anna } = await loadFixture(wired);
    expect(await token.deployer()).to.equal(ethers.ZeroAddress);
    expect(await escrow.deployer()).to.equal(ethers.ZeroAddress);
    expect(await policies.deployer()).to.equal(ethers.ZeroAddress);
    for (const caller of [deployer, anna, ...Object.values(hostile)]) {
      const refused = [caller.address, ethers.ZeroAddress];
      await expect(token.connect(caller).wire(caller))
        .to.be.revertedWithCustomError(token, "WiredOnceNotDeployer")
        .withArgs(...refused);
      await expect(policies.connect(caller).wire(caller))
        .to.be.revertedWithCustomError(policies, "WiredOnceNotDeployer")
        .withArgs(...refused);
      await expect(escrow.connect(caller).wire(caller, caller, caller))
        .to.be.revertedWithCustomError(escrow, "WiredOnceNotDeployer")
        .withArgs(...refused);
    }
  });

  it("lets only the escrow mint", async () => {
    const { token, escrow, anna, hostile, policyManager, healthVote } = await loadFixture(wired);
    for (const caller of [anna, policyManager, healthVote, ...Object.values(hostile)]) {
      await expect(token.connect(caller).mint(1n))
        .to.be.revertedWithCustomError(token, "NKMSTokenNotEscrow")
        .withArgs(caller.address, escrow.target);
    }
  });

  it("lets only the policy manager seize, and only the health votes pause and draw the budget", async () => {
    const { escrow, anna, hostile, policyManager, healthVote } = await loadFixture(wired);
    const people = [anna, ...Object.values(hostile)];
    for (const caller of [...people, healthVote]) {
      await expect(escrow.connect(caller).slash(anna, 1n, caller, 0n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
        .withArgs(caller.address, policyManager.address);
    }
    for (const caller of [...people, policyManager]) {
      await expect(escrow.connect(caller).pause(anna))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
        .withArgs(caller.address, healthVote.address);
      await expect(escrow.connect(caller).drawHealthBudget(1n))
        .to.be.revertedWithCustomError(escrow, "StakeEscrowOnlyNeighbour")
        .withArgs(caller.address, healthVote.address);
    }
  });

  for (const name of ["deployer", "rival", "stranger", "anna's operator"]) {
    it(`lets the ${name} harm nobody and change no parameter, whatever it calls`, async () => {
      const world = await loadFixture(wired);
      const caller = world.hostile[name];
      if (!caller) throw new Error(`expected a hostile account, got ${name}`);
      const random = new Random(BigInt(name.length));
      const parameters = await fixedViews(world);
      let before = await factsAbout(world);
      let [succeeded, refused] = [0, 0];
      for (const [contractName, contract] of Object.entries(world.contracts)) {
        for (const fragment of contract.interface.fragments.filter(changesState)) {
          for (let i = 0; i < TRIES; i++) {
            const args = fragment.inputs.map((input) => argument(input, world, caller, random));
            try {
              await contract.connect(caller).getFunction(fragment.name)(...args);
              succeeded++;
            } catch (error) {
              const text = String(error);
              expect(text, `${contractName}.${fragment.name}(${args.join(", ")})`).to.include("custom error");
              refused++;
            }
          }
          const after = await factsAbout(world);
          expectUnharmed(`${contractName}.${fragment.name}`, before, after);
          before = after;
        }
      }
      expect(await fixedViews(world), "parameters and neighbours").to.deep.equal(parameters);
      expect(succeeded, "calls that went through").to.be.greaterThan(20);
      expect(refused, "calls that were refused").to.be.greaterThan(60);
    });
  }

  it("has no code that runs or becomes other code", async () => {
    const { contracts } = await loadFixture(wired);
    for (const [name, contract] of Object.entries(contracts)) {
      const code = ethers.getBytes((await ethers.provider.getCode(contract)).replace(hammingTable(), ""));
      // Without the table of the committees, which is data.
      // The compiler's note at the end is no code; its length is in the last two bytes.
      const end = code.length - 2 - ((code.at(-2) ?? 0) * 256 + (code.at(-1) ?? 0));
      const found: string[] = [];
      for (let at = 0; at < end; at++) {
        const opcode = code[at] ?? 0;
        const foreign = FOREIGN_CODE[opcode];
        if (foreign) found.push(foreign);
        if (opcode >= 0x60 && opcode <= 0x7f) at += opcode - 0x5f; // what is pushed is no code
      }
      expect(end, `${name}, bytes of code`).to.be.greaterThan(300);
      expect(found, name).to.deep.equal(OWN_CODE[name] ?? []);
    }
  });
});

/** What others have, that no hostile call may make worse. */
interface Facts {
  supply: bigint;
  people: {
    /** May only grow. */
    balance: bigint;
    rewards: bigint;
    seat: bigint;
    /** Must not change. */
    settings: string;
    /** By number: the amount may only grow, the rest must not change. */
    locks: Map<bigint, { amount: bigint; rest: string }>;
  }[];
}

async function factsAbout(world: Wired): Promise<Facts> {
  const { token, escrow, registry, policies, policy, challenges, bounties, commitment, anna, vera } = world;
  const views = new Views();
  const people = [anna, vera].map(({ address }) => {
    const facts: Facts["people"][number] = { balance: 0n, rewards: 0n, seat: 0n, settings: "", locks: new Map() };
    const add = (values: unknown): void => {
      facts.settings += ` ${String(values)}`;
    };
    views.ask(token, "balanceOf", [address], ([balance]) => (facts.balance = balance as bigint));
    views.ask(escrow, "claimable", [address], ([amount]) => (facts.rewards += amount as bigint));
    views.ask(escrow, "vesting", [address], ([amount]) => (facts.rewards += amount as bigint));
    views.ask(escrow, "minerOf", [address], ([record]) => {
      const [, paidUntil, seat, number, paused, resumedAt] = record as Result;
      facts.seat = seat as bigint;
      add([paidUntil, number, paused, resumedAt]);
    });
    views.ask(escrow, "locksOf", [address], ([numbers, locks]) => {
      (numbers as Result).forEach((number: bigint, i) => {
        const [amount, ...rest] = (locks as Result)[i] as [bigint, bigint, bigint, bigint];
        facts.locks.set(number, { amount, rest: rest.join() });
      });
    });
    views.ask(policies, "claimableFees", [address], ([amount]) => (facts.rewards += amount as bigint));
    views.ask(policies, "refundOf", [address], ([amount]) => (facts.rewards += amount as bigint));
    views.ask(policies, "reservedNow", [address], add);
    views.ask(policies, "policyOf", [policy], add);
    views.ask(challenges, "commitmentOf", [address, commitment], add);
    views.ask(bounties, "bountyOf", [1n], add);
    views.ask(escrow, "payoutOf", [address], add);
    for (const method of ["bondOf", "termsOf", "endpointOf"]) views.ask(registry, method, [address], add);
    return facts;
  });
  let supply = 0n;
  views.ask(token, "totalSupply", [], ([amount]) => (supply = amount as bigint));
  await views.run();
  return { supply, people };
}

function expectUnharmed(call: string, before: Facts, after: Facts): void {
  expect(after.supply <= before.supply, `${call} minted`).to.equal(true);
  before.people.forEach((was, i) => {
    const is = after.people[i];
    if (!is) throw new Error("expected the same people before and after");
    expect(is.balance >= was.balance, `${call} took tokens`).to.equal(true);
    expect(is.rewards >= was.rewards, `${call} took rewards`).to.equal(true);
    expect(is.seat === 0n, `${call} changed who is in the sampler`).to.equal(was.seat === 0n);
    expect(is.settings, `${call} changed a record`).to.equal(was.settings);
    for (const [number, lock] of was.locks) {
      expect(is.locks.get(number)?.rest, `${call} changed lock ${number}`).to.equal(lock.rest);
      expect((is.locks.get(number)?.amount ?? 0n) >= lock.amount, `${call} took stake`).to.equal(true);
    }
  });
}

/** Everything that a contract says without being asked for something special, but for what moves by itself. */
async function fixedViews({ contracts }: Wired): Promise<Record<string, unknown>> {
  const fixed: Record<string, unknown> = {};
  for (const [name, contract] of Object.entries(contracts)) {
    for (const fragment of contract.interface.fragments) {
      if (!isFunction(fragment) || !fragment.constant || fragment.inputs.length > 0) continue;
      if (MOVING.includes(fragment.name)) continue;
      fixed[`${name}.${fragment.name}`] = String(await contract.getFunction(fragment.name).staticCall());
    }
  }
  return fixed;
}

function isFunction(fragment: { type: string }): fragment is FunctionFragment {
  return fragment.type === "function";
}

function changesState(fragment: { type: string }): fragment is FunctionFragment {
  return isFunction(fragment) && !fragment.constant;
}

/** An argument that could do harm. */
function argument(
  { name, type, components, arrayChildren, arrayLength }: ParamType,
  world: Wired,
  caller: HardhatEthersSigner,
  random: Random,
): unknown {
  if (components && !arrayChildren) return components.map((part) => argument(part, world, caller, random));
  if (arrayChildren) {
    const length = arrayLength === null || arrayLength === -1 ? 1 : arrayLength;
    return Array.from({ length }, () => argument(arrayChildren, world, caller, random));
  }
  const { anna, vera, escrow, annasEnd } = world;
  switch (type) {
    case "address":
      return random.pick([anna.address, anna.address, vera.address, caller.address, escrow.target]);
    case "uint256":
      return random.pick([0n, 0n, 1n, 1n, 2n, 100n, MIN_STAKE, nkms("500"), ROLLING, annasEnd, 2n ** 256n - 1n]);
    case "bool":
      return random.oneIn(2n);
    case "uint8":
      return name === "fault" ? random.between(0n, 12n) : random.pick([0n, 27n, 28n]);
    case "bytes32":
      return random.pick([world.commitment, ethers.toBeHex(random.between(0n, 2n ** 256n - 1n), 32)]);
    case "bytes":
      return ethers.toBeHex(random.between(0n, 2n ** 520n - 1n), 65);
    case "string":
      return "https://hostile.example";
    default:
      throw new Error(`argument: expected a type that has values here, got ${type}`);
  }
}
