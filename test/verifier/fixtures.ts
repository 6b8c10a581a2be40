import { loadFixture, mine } from "@nomicfoundation/hardhat-network-helpers";
import { policyDomain, type Terms } from "@nkms/protocol";
import type { Answer, AnswerEvidence } from "@nkms/verifier";
import type { Scene } from "@nkms/verifier/cheats";
import { expect } from "chai";
import { type ContractTransactionResponse, hexlify, resolveAddress } from "ethers";
import { ethers } from "hardhat";

import type { TermsStruct } from "../../typechain-types/contracts/ChallengeManager";
import { challengeScene, type ChallengeScene, Fault, SALT } from "../helpers/challenges";
import { passPeriods } from "../helpers/time";
import { Policies, type Verdict } from "../models/policies";

/** A policy on the real chain, and each of its nodes as the verifier's cheats know it. */
export interface VerifierScene extends ChallengeScene {
  nodes: Scene[];
  /** The same policy by the rules alone; its name is the policy's id. */
  model: Policies;
}

/** How the faults are numbered, from 1 on: all that evidence can name of an answer. */
export const ANSWER_FAULTS = Object.values(Fault).filter((fault) => fault !== Fault.None && fault !== Fault.Leak);

/** A scene for loadFixture, in the period in which the policy was created. */
export async function verifierScene(): Promise<VerifierScene> {
  const s = await challengeScene();
  return { ...s, nodes: await nodesOf(s), model: await modelOf(s) };
}

/** Loads a fixture and lets `periods` pass. The model is a copy: a test may go on with it. */
export async function load<S extends VerifierScene>(fixture: () => Promise<S>, periods = 0): Promise<S> {
  const s = await loadFixture(fixture);
  const model = s.model.copy();
  if (periods > 0) model.toPeriod(await passPeriods(s.escrow, BigInt(periods)));
  return { ...s, model };
}

/** The nodes of a scene's policy. */
export async function nodesOf(s: ChallengeScene): Promise<Scene[]> {
  const [terms, domain] = [await protocolTerms(s.terms), await protocolDomain(s)];
  const { capsule, kfrags } = s.grant;
  return s.staff.map(({ operator }, i) => {
    const kfrag = kfrags[i];
    if (!kfrag) throw new Error(`expected a fragment ${i}`);
    return { terms, index: BigInt(i), domain, kfrag, capsule, operator };
  });
}

export const protocolDomain = async ({ policies }: Pick<ChallengeScene, "policies">): Promise<Scene["domain"]> =>
  policyDomain((await ethers.provider.getNetwork()).chainId, await policies.getAddress());

/** Terms as @nkms/protocol has them. */
export async function protocolTerms(terms: TermsStruct): Promise<Terms> {
  const [owner, payer, condition] = await Promise.all([terms.owner, terms.payer, terms.condition].map(addressOf));
  const arrangements = await Promise.all(
    terms.arrangements.map(async ({ miner, operator, kfragHash }) => ({
      miner: await addressOf(miner),
      operator: await addressOf(operator),
      kfragHash: hexlify(kfragHash),
    })),
  );
  if (owner === undefined || payer === undefined || condition === undefined) throw new Error("expected addresses");
  return {
    owner,
    payer,
    condition,
    arrangements,
    periods: BigInt(terms.periods),
    deadline: BigInt(terms.deadline),
    rate: BigInt(terms.rate),
    collateral: BigInt(terms.collateral),
    handOff: terms.handOff,
    salt: hexlify(terms.salt),
  };
}

/** The scene's policy by the rules alone, now. */
export async function modelOf({ parameters, escrow, terms, policy, payer, staff }: ChallengeScene): Promise<Policies> {
  const model = new Policies(parameters.policies, await escrow.currentPeriod());
  const [periods, rate, collateral] = [terms.periods, terms.rate, terms.collateral].map(BigInt);
  if (periods === undefined || rate === undefined || collateral === undefined) throw new Error("expected terms");
  model.create(policy, {
    payer: payer.address,
    periods,
    rate,
    collateral,
    miners: staff.map(({ account }) => account.address),
  });
  return model;
}

const addressOf = (address: TermsStruct["owner"]): Promise<string> => Promise.resolve(resolveAddress(address));

/* ON CHAIN */

export const nodeAt = ({ nodes }: VerifierScene, index: number): Scene => {
  const node = nodes[index];
  if (!node) throw new Error(`expected a node ${index}`);
  return node;
};

/** The bytes of an answer as the contract takes them. */
export const onChain = ({ capsule, cfrag, receipt }: Answer) => ({
  capsule: hexlify(capsule),
  cfrag: hexlify(cfrag),
  receipt: hexlify(receipt),
});

/** Commits as the scene's challenger to what an answer is, and lets that come of age. */
export async function commitToAnswer(s: VerifierScene, answer: Answer): Promise<string> {
  const evidence = await s.challenges.evidenceOfAnswer(s.policy, answer.index, onChain(answer));
  return commitToEvidence(s, answer.index, evidence);
}

/** As {@link commitToAnswer}, with the evidence's hash. */
export async function commitToEvidence(s: VerifierScene, index: bigint, evidence: string): Promise<string> {
  const { challenges, challenger, policy, parameters } = s;
  const commitment = await challenges.commitmentFor(challenger, policy, index, evidence, SALT);
  await challenges.connect(challenger).commit(commitment, { value: parameters.challenges.bond });
  await mine(Number(parameters.challenges.minAge)); // a call is as old as the newest block
  return commitment;
}

/** What is shown of an answer. */
export type Shown = Pick<AnswerEvidence, "answer" | "fault" | "capsuleY" | "hint">;

/** What `revealWrongAnswer` takes. @param fault its number; by default the evidence's */
export const revealArguments = (
  { terms }: VerifierScene,
  { answer, fault, capsuleY, hint: [x, y, slope] }: Shown,
  number: number = Fault[fault],
) => [terms, answer.index, onChain(answer), number, capsuleY, [x, y, slope] as [bigint, bigint, bigint], SALT] as const;

/** Reveals as the scene's challenger, who has committed. */
export const reveal = (s: VerifierScene, shown: Shown): Promise<ContractTransactionResponse> =>
  s.challenges.connect(s.challenger).revealWrongAnswer(...revealArguments(s, shown));

/** As {@link reveal}, without changing anything, and with any number of a fault. */
export const wouldReveal = (s: VerifierScene, shown: Shown, number?: number): Promise<bigint> =>
  s.challenges.connect(s.challenger).revealWrongAnswer.staticCall(...revealArguments(s, shown, number));

/** The contract's own verdict about an answer, by name. */
export async function viewOf(
  s: VerifierScene,
  answer: Answer,
  capsuleY: bigint,
  hints: AnswerEvidence["fullHints"],
): Promise<keyof typeof Fault> {
  const { operator, kfragHash } = await s.policies.standingOf(s.terms, answer.index);
  const [e, v, u] = hints;
  const number = await s.challenges.checkAnswer(
    s.policy,
    answer.index,
    operator,
    kfragHash,
    onChain(answer),
    capsuleY,
    [[...e], [...v], [...u]],
  );
  return faultName(number);
}

/** The name of a number. */
export function faultName(number: bigint | number): keyof typeof Fault {
  const found = Object.entries(Fault).find(([, value]) => BigInt(value) === BigInt(number))?.[0];
  if (found === undefined) throw new Error(`expected a fault, got ${number}`);
  return found as keyof typeof Fault;
}

const lockedBy = async ({ escrow, staff }: VerifierScene, index: bigint): Promise<bigint> => {
  const miner = staff[Number(index)];
  if (!miner) throw new Error(`expected a miner ${index}`);
  const [, locks] = await escrow.locksOf(miner.account);
  return locks.reduce((total, { amount }) => total + amount, 0n);
};

/** Sends a founded reveal and expects everybody to be paid what the model says. Returns what it says. */
export async function expectPaid(
  s: VerifierScene,
  index: bigint,
  leaked: boolean,
  reveal: () => Promise<ContractTransactionResponse | void>,
): Promise<Verdict> {
  const { token, policies, challenger, payer, policy, model } = s;
  const [purse, stake] = [await token.balanceOf(challenger), await lockedBy(s, index)];
  const expected = model.convict(policy, Number(index), leaked);
  await reveal();

  const [event] = (await policies.queryFilter(policies.filters.Convicted(policy, index))).slice(-1);
  if (!event) throw new Error("expected a verdict");
  const { collateral, earned, withheld, fromFees, toChallenger } = event.args.verdict;
  expect({ collateral, earned, withheld, fromFees, toChallenger }, "the verdict").to.deep.equal({
    collateral: expected.collateral,
    earned: expected.earned,
    withheld: expected.withheld,
    fromFees: expected.fromFees,
    toChallenger: expected.toChallenger,
  });
  expect((await token.balanceOf(challenger)) - purse, "to the challenger").to.equal(expected.toChallenger);
  expect(stake - (await lockedBy(s, index)), "seized stake").to.equal(expected.fromStake);
  expect(await policies.refundOf(payer), "back to the payer").to.equal(model.refundOf(payer.address));
  expect(await token.balanceOf(policies), "what stays").to.equal(model.holds);
  return expected;
}
