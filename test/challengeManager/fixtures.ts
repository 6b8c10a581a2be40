import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { mine, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import {
  AbiCoder,
  type BaseContract,
  type ContractTransactionResponse,
  getBytes,
  keccak256,
  TypedDataEncoder,
} from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import type { ChallengeManager } from "../../typechain-types";
import type { IChallengeManager } from "../../typechain-types/contracts/ChallengeManager";
import {
  type ChallengeScene,
  capsuleY,
  deployChallenges,
  type Grant,
  openChallengeScene,
  publicPartOf,
  receiptTypes,
  SALT,
  secretOf,
} from "../helpers/challenges";
import { domainOf, policyParameters } from "../helpers/policies";
import { cfragBy, type Choice, type Hint, NO_HINT } from "../models/evidence";
import { Policies } from "../models/policies";
import { dealInModel, type PlainTerms, parameters, reached, type SceneWithPolicy } from "../policyManager/fixtures";
import { unchanged as unchangedPolicies } from "../policyManager/observe";

/** A policy at ann, bob and cid whose fragments are real, and the real challenge manager. Nothing is ever issued. */
export interface Trial extends SceneWithPolicy<ChallengeManager>, Pick<ChallengeScene, "grant" | "policy" | "staff"> {
  terms: PlainTerms;
  /** What everybody was asked: 98 bytes. */
  capsule: Uint8Array;
}

/** Who knows all fragments, and what the nodes with them were asked. */
export type Asked = Pick<Trial, "grant" | "capsule">;

export type Answer = IChallengeManager.AnswerStruct & { capsule: string; cfrag: string; receipt: string };

export const { bond: BOND, minAge: MIN_AGE, maxAge: MAX_AGE } = policyParameters.challenges;

/** {@link Trial} with other terms or rules; the policy begins with the next period. */
export async function openTrial(
  changes: Partial<PlainTerms> = {},
  rules: Partial<NetworkParameters["policies"]> = {},
): Promise<Trial> {
  const network = await deployChallenges({ ...parameters, policies: { ...parameters.policies, ...rules } });
  const [ann, bob, cid, dan, eve] = network.miners;
  if (!ann || !bob || !cid || !dan || !eve) throw new Error("expected 5 miners");
  const now = await network.escrow.currentPeriod();
  const { grant, policy, staff, ...scene } = await openChallengeScene(network, changes);
  const terms = scene.terms as PlainTerms;
  const model = new Policies(network.parameters.policies, now);
  model.create(policy, dealInModel(terms));
  return {
    ...{ ...network, ann, bob, cid, dan, eve, grant, staff, terms, policy, id: policy, now, model },
    ...{ start: now + 1n, end: now + 1n + terms.periods, capsule: grant.capsule.toBytesSimple() },
  };
}

/** A trial of a policy that has just been created. */
export const justOpened = (): Promise<Trial> => openTrial();

/** A trial in the policy's third period of ten. */
export const inThird = async (): Promise<Trial> => reached(await openTrial(), 3n);

/* ANSWERS */

/** kfragId, precursor, U1 and receiver signature of fragment `index`, 162 bytes. */
export function fragmentOf({ grant }: { grant: Grant }, index = 0): Uint8Array {
  const kfrag = grant.kfrags[index];
  if (!kfrag) throw new Error(`expected a fragment ${index}`);
  return publicPartOf(kfrag);
}

/** What the node with fragment `index` sends if it chooses some parts freely. */
export function cfragOf(trial: Asked, choice: Choice = {}, index = 0, capsule = trial.capsule): Uint8Array {
  const kfrag = trial.grant.kfrags[index];
  if (!kfrag) throw new Error(`expected a fragment ${index}`);
  return cfragBy(capsule, fragmentOf(trial, index), secretOf(kfrag), choice);
}

/** An answer that breaks the equation of u and no other; its true hint is {@link hintFor} U. */
export const wrongCfrag = (trial: Asked, index = 0): Uint8Array => cfragOf(trial, { U2: 99n }, index);

/** The digest that a receipt signs. */
export async function digestOf(
  trial: Pick<Trial, "policies" | "policy">,
  index: bigint,
  answer: Pick<Answer, "capsule" | "cfrag">,
): Promise<string> {
  return TypedDataEncoder.hash(await domainOf(trial.policies), receiptTypes, {
    policy: trial.policy,
    index,
    capsuleHash: keccak256(answer.capsule),
    cfragHash: keccak256(answer.cfrag),
  });
}

const abi = AbiCoder.defaultAbiCoder();

/** The evidence that an answer is, by its definition. */
export async function evidenceOf(trial: Trial, answer: Answer, index = 0n): Promise<string> {
  const digest = await digestOf(trial, index, answer);
  return keccak256(abi.encode(["bytes32", "bytes32"], [digest, keccak256(answer.receipt)]));
}

/** The evidence that a secret is, by its definition. */
export const evidenceOfSecret = (secret: bigint): string => keccak256(abi.encode(["uint256"], [secret]));

/** What is committed to, by its definition. */
export async function commitmentTo(
  { challenges, policy, challenger }: Trial,
  evidence: string,
  slip: Partial<{
    chainId: bigint;
    contract: string;
    challenger: string;
    policy: string;
    index: bigint;
    salt: string;
  }> = {},
): Promise<string> {
  const { chainId } = await ethers.provider.getNetwork();
  return keccak256(
    abi.encode(
      ["uint256", "address", "address", "bytes32", "uint256", "bytes32", "bytes32"],
      [
        slip.chainId ?? chainId,
        slip.contract ?? (await challenges.getAddress()),
        slip.challenger ?? challenger.address,
        slip.policy ?? policy,
        slip.index ?? 0n,
        evidence,
        slip.salt ?? SALT,
      ],
    ),
  );
}

/* COMMITTING AND REVEALING */

interface Who {
  index?: bigint;
  by?: HardhatEthersSigner;
  salt?: string;
  /** How old the commitment is in the next transaction's block. */
  age?: bigint;
}

/** Commits to evidence. Returns the commitment, which has the age asked for in the next transaction's block. */
export async function committed(trial: Trial, evidence: string, who: Who = {}): Promise<string> {
  const { index = 0n, by = trial.challenger, salt = SALT, age = MIN_AGE } = who;
  const commitment = await commitmentTo(trial, evidence, { challenger: by.address, index, salt });
  await trial.challenges.connect(by).commit(commitment, { value: BOND });
  await mine(age - 1n);
  return commitment;
}

/** {@link committed} to an answer. */
export const accused = async (trial: Trial, answer: Answer, who: Who = {}): Promise<string> =>
  committed(trial, await evidenceOf(trial, answer, who.index), who);

/** Reveals a wrong answer with the right y, unless told otherwise. */
export function reveal(
  trial: Trial,
  answer: IChallengeManager.AnswerStruct,
  fault: bigint | number,
  hint: Hint = NO_HINT,
  {
    index = 0n,
    by = trial.challenger,
    salt = SALT,
    y = capsuleY(trial),
    terms = trial.terms,
  }: Who & {
    y?: bigint;
    terms?: PlainTerms;
  } = {},
): Promise<ContractTransactionResponse> {
  return trial.challenges.connect(by).revealWrongAnswer(terms, index, answer, fault, y, hint, salt);
}

/** Reveals a leaked key. */
export function revealKey(
  trial: Trial,
  leak: IChallengeManager.LeakedKeyStruct,
  { index = 0n, by = trial.challenger, salt = SALT, terms = trial.terms }: Who & { terms?: PlainTerms } = {},
): Promise<ContractTransactionResponse> {
  return trial.challenges.connect(by).revealLeakedKey(terms, index, leak, salt);
}

/** Moves on so that a commitment has this age in the next transaction's block. */
export async function toAge({ challenges }: Trial, by: string, commitment: string, age: bigint): Promise<void> {
  const { madeAt } = await challenges.commitmentOf(by, commitment);
  await mine(madeAt + age - 1n - BigInt(await time.latestBlock()));
}

/* WHAT HAPPENS */

export { eventsOf as toldBy } from "../helpers/observe";

/** All commitments that were ever made or asked about here, with what they hold, and the ether of the contract. */
async function booksOf({ challenges }: Trial): Promise<unknown> {
  const made = await challenges.queryFilter(challenges.filters.Committed);
  const commitments = made.map(({ args }) => challenges.commitmentOf(args.challenger, args.commitment));
  return Promise.all<unknown>([
    ...commitments,
    ethers.provider.getBalance(challenges),
    ethers.provider.getBalance(ethers.ZeroAddress),
  ]);
}

/** Does something that must leave policies, stakes, tokens, commitments and bonds as they are. */
export async function unchanged(trial: Trial, act: () => Promise<unknown>): Promise<void> {
  await unchangedPolicies(trial, async () => {
    const before = await booksOf(trial);
    await act();
    expect(await booksOf(trial), "commitments and bonds").to.deep.equal(before);
  });
}

/** Asserts that calls are refused with this error and these arguments, and that nothing has changed. */
export async function expectRefusal(
  trial: Trial,
  call: () => Promise<unknown>,
  error: string,
  args: readonly unknown[],
  contract: BaseContract = trial.challenges,
): Promise<void> {
  await unchanged(trial, () => refuses(call(), error, args, contract));
}

/** The same without looking at the books: for many in a row, within {@link unchanged}. */
export async function refuses(
  call: Promise<unknown>,
  error: string,
  args: readonly unknown[],
  contract: BaseContract,
): Promise<void> {
  await expect(call)
    .to.be.revertedWithCustomError(contract, error)
    .withArgs(...args);
}

/** A copy with one bit of one byte flipped. */
export function flipped(bytes: Uint8Array, byte: number, bit = 0): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[byte] = (copy[byte] ?? 0) ^ (1 << bit);
  return copy;
}

/** Bytes of an answer with others in their place. */
export const bytesOf = (hex: string): Uint8Array => getBytes(hex);
