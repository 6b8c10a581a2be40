import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseContract } from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import { nkms } from "../../deploy/parameters/units";
import type { ChallengeManager__Mock } from "../../typechain-types";
import type { TermsStruct } from "../../typechain-types/contracts/PolicyManager";
import {
  createPolicy,
  deployPolicies,
  domainOf,
  type PolicyMiner,
  type PolicyNetworkWith,
  policyParameters,
  policyTypes,
  renewalTypes,
  revocationTypes,
  takeover,
  termsFor,
} from "../helpers/policies";
import { toPeriod } from "../helpers/time";
import { type Deal, Policies } from "../models/policies";

/** Terms as a test knows them: in bigints. */
export interface PlainTerms extends TermsStruct {
  owner: string;
  payer: string;
  periods: bigint;
  deadline: bigint;
  rate: bigint;
  collateral: bigint;
  condition: string;
  handOff: boolean;
  salt: string;
  arrangements: { miner: string; operator: string; kfragHash: string }[];
}

/** A network in which nothing is issued, so that stake moves by policies alone. */
export interface Scene<Challenges extends BaseContract = ChallengeManager__Mock> extends PolicyNetworkWith<Challenges> {
  /** The period that the scene is in. */
  now: bigint;
  /** The same by the rules alone, by addresses and ids. Ask {@link modelOf}, this one must not change. */
  model: Policies;
  /** Five miners by rising address. */
  ann: PolicyMiner;
  bob: PolicyMiner;
  cid: PolicyMiner;
  dan: PolicyMiner;
  eve: PolicyMiner;
}

/** A scene with one policy to talk about. */
export interface SceneWithPolicy<Challenges extends BaseContract = ChallengeManager__Mock> extends Scene<Challenges> {
  terms: PlainTerms;
  id: string;
  start: bigint;
  end: bigint;
}

/** Seconds in a period. */
export const PERIOD = policyParameters.escrow.period;
/** W. */
export const WINDOW = policyParameters.policies.window;
export const MIN_COLLATERAL = policyParameters.policies.minCollateral;
/** Rates and collaterals are multiples of it. */
export const GRAIN = 1_000_000_000n;
/** What {@link dealOf} says unless a test changes it. */
export const PERIODS = 10n;
export const RATE = nkms("2");
export const COLLATERAL = nkms("15");
/** What dan puts up in {@link handedOff}; 10.5 would do. */
export const TAKEOVER_COLLATERAL = nkms("11");
/** f. */
export const FEE = RATE * PERIODS;

/** Nothing is ever issued: L_min is the cap. */
export const parameters: NetworkParameters = {
  ...policyParameters,
  escrow: { ...policyParameters.escrow, minEarning: policyParameters.maxSupply },
};

/** A model of the scene that a test may act in. */
export const modelOf = ({ model }: Pick<Scene, "model">): Policies => model.copy();

/** Terms of ann, bob and cid, or of `miners`: {@link PERIODS}, {@link RATE}, {@link COLLATERAL}, hand-off allowed. */
export function dealOf(scene: Scene, changes: Partial<PlainTerms> = {}, miners?: readonly PolicyMiner[]): PlainTerms {
  return termsFor(scene, miners ?? [scene.ann, scene.bob, scene.cid], changes) as PlainTerms;
}

/** Terms as the model wants them. */
export function dealInModel({ payer, periods, rate, collateral, arrangements }: PlainTerms): Deal {
  return { payer, periods, rate, collateral, miners: arrangements.map(({ miner }) => miner) };
}

/** A scene with other parameters. */
export async function sceneWith(policies: Partial<NetworkParameters["policies"]> = {}): Promise<Scene> {
  const deployed = await deployPolicies({ ...parameters, policies: { ...parameters.policies, ...policies } });
  const [ann, bob, cid, dan, eve] = deployed.miners;
  if (!ann || !bob || !cid || !dan || !eve) throw new Error("expected 5 miners");
  const now = await deployed.escrow.currentPeriod();
  const model = new Policies(deployed.parameters.policies, now);
  return { ...deployed, now, model, ann, bob, cid, dan, eve };
}

/** No policy yet. */
export const noPolicy = (): Promise<Scene> => sceneWith();

/** Creates a policy in the chain and in the scene's model. */
export async function withPolicy(
  scene: Scene,
  terms: PlainTerms,
  miners: readonly PolicyMiner[],
): Promise<SceneWithPolicy> {
  const id = await createPolicy(scene, terms, miners);
  const model = modelOf(scene);
  model.create(id, dealInModel(terms));
  return { ...scene, model, terms, id, start: scene.now + 1n, end: scene.now + 1n + terms.periods };
}

/** Ann, bob and cid have just been given a policy: it starts with the next period. */
export async function justCreated(): Promise<SceneWithPolicy> {
  const scene = await noPolicy();
  return withPolicy(scene, dealOf(scene), [scene.ann, scene.bob, scene.cid]);
}

/** {@link justCreated}, but hand-off needs the owner's signature. */
export async function justCreatedStrict(): Promise<SceneWithPolicy> {
  const scene = await noPolicy();
  return withPolicy(scene, dealOf(scene, { handOff: false }), [scene.ann, scene.bob, scene.cid]);
}

/** {@link justCreated}, but c is little more than c_min. */
export async function justCreatedLittle(): Promise<SceneWithPolicy> {
  const scene = await noPolicy();
  return withPolicy(scene, dealOf(scene, { collateral: nkms("1.2") }), [scene.ann, scene.bob, scene.cid]);
}

/** {@link justCreated}, in the third period of ten: t = 3. Nobody has claimed. */
export async function inThird(): Promise<SceneWithPolicy> {
  return reached(await justCreated(), 3n);
}

/** {@link inThird}, and in that period ann handed index 0 off to dan, who has index 3. */
export async function handedOff(): Promise<SceneWithPolicy> {
  const scene = await inThird();
  const { policies, ann, dan, terms, id } = scene;
  await policies.connect(ann.account).handOff(terms, 0n, await takeover(policies, id, 0n, dan, TAKEOVER_COLLATERAL));
  const model = modelOf(scene);
  model.handOff(id, 0, dan.account.address, TAKEOVER_COLLATERAL);
  return { ...scene, model };
}

/** The same scene when its policy has served `t` periods, the current one included. */
export async function reached<S extends Pick<SceneWithPolicy, "escrow" | "model" | "start">>(
  scene: S,
  t: bigint,
): Promise<S & { now: bigint; model: Policies }> {
  const now = scene.start + t - 1n;
  const model = modelOf(scene);
  await reach(scene, now, model);
  return { ...scene, now, model };
}

/** Moves to the first second of `period`. */
export async function reach({ escrow }: Pick<Scene, "escrow">, period: bigint, model?: Policies): Promise<void> {
  await toPeriod(escrow, period);
  await escrow.advance(500n);
  model?.toPeriod(period);
}

export { actingAs } from "../helpers/impersonate";

/* SIGNATURES */

/** What can be wrong with a domain. */
export type OtherDomain = Partial<{ name: string; version: string; chainId: bigint; verifyingContract: string }>;

/** An acceptance of `terms` by `signer`, for another domain if a test says so. */
export async function acceptAs(
  { policies }: Scene,
  terms: PlainTerms,
  signer: HardhatEthersSigner,
  other: OtherDomain = {},
): Promise<string> {
  return signer.signTypedData({ ...(await domainOf(policies)), ...other }, policyTypes, terms);
}

/** A revocation by `signer`, with the owner's next nonce. */
export async function revocation(
  { policies, owner }: Pick<Scene, "policies" | "owner">,
  policy: string,
  index: bigint,
  slip: { signer?: HardhatEthersSigner; nonce?: bigint; deadline?: bigint; domain?: OtherDomain } = {},
): Promise<string> {
  return (slip.signer ?? owner).signTypedData({ ...(await domainOf(policies)), ...slip.domain }, revocationTypes, {
    policy,
    index,
    nonce: slip.nonce ?? (await policies.nonces(owner)),
    deadline: slip.deadline ?? ethers.MaxUint256,
  });
}

/** The operators' acceptances of a renewal. */
export async function renewals(
  { policies }: Pick<Scene, "policies">,
  policy: string,
  oldEnd: bigint,
  newEnd: bigint,
  signers: readonly HardhatEthersSigner[],
): Promise<string[]> {
  const domain = await domainOf(policies);
  return Promise.all(signers.map((signer) => signer.signTypedData(domain, renewalTypes, { policy, oldEnd, newEnd })));
}

/** The same signature with s mirrored at n / 2: it recovers to the same key, and isn't canonical. */
export function mirrored(signature: string): string {
  const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const { r, s, v } = ethers.Signature.from(signature);
  return ethers.concat([r, ethers.toBeHex(ORDER - BigInt(s), 32), ethers.toBeHex(v === 27 ? 28 : 27)]);
}
