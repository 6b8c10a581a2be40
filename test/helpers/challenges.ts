import { mine } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import {
  Capsule,
  generateKFrags,
  KeyFrag,
  reencrypt,
  SecretKey,
  Signer,
  encrypt,
  type VerifiedKeyFrag,
} from "@nkms/umbral";
import { concat, getBytes, hexlify, keccak256 } from "ethers";
import { ethers } from "hardhat";

import type { NetworkParameters } from "../../deploy/parameters/types";
import type { ChallengeManager, PolicyManager } from "../../typechain-types";
import type { IChallengeManager, TermsStruct } from "../../typechain-types/contracts/ChallengeManager";
import { partOf, yOf } from "../models/evidence";
import {
  createPolicy,
  deployPoliciesWith,
  domainOf,
  type PolicyMiner,
  type PolicyNetworkWith,
  policyParameters,
  termsFor,
} from "./policies";

/** The faults that evidence can name, as the contract numbers them. */
export const Fault = {
  None: 0,
  Length: 1,
  PointE1: 2,
  PointV1: 3,
  PointE2: 4,
  PointV2: 5,
  PointU2: 6,
  ScalarZ: 7,
  Kfrag: 8,
  EquationE: 9,
  EquationV: 10,
  EquationU: 11,
  Leak: 12,
} as const;

export type ChallengeNetwork = PolicyNetworkWith<ChallengeManager>;

/** An Umbral grant as its owner knows it. */
export interface Grant {
  owner: SecretKey;
  signer: Signer;
  reader: SecretKey;
  capsule: Capsule;
  ciphertext: Uint8Array;
  kfrags: VerifiedKeyFrag[];
}

/** A policy whose key fragments are real. */
export interface ChallengeScene extends ChallengeNetwork {
  grant: Grant;
  terms: TermsStruct;
  policy: string;
  /** The first three of {@link ChallengeNetwork.miners}: arrangement i is miner i's. */
  staff: PolicyMiner[];
}

export const SALT = ethers.id("salt");

/** {@link deployPoliciesWith} the real challenge manager. */
export const deployChallenges = (
  parameters: NetworkParameters = policyParameters,
  count = 5,
): Promise<ChallengeNetwork> =>
  deployPoliciesWith(parameters, count, (policies: PolicyManager) =>
    ethers.deployContract("ChallengeManager", [policies, parameters.challenges]),
  );

/** Splits the right to read a small message into `shares` fragments, of which `threshold` open it. */
export function makeGrant(threshold = 2, shares = 3): Grant {
  const [owner, reader, signer] = [SecretKey.random(), SecretKey.random(), new Signer(SecretKey.random())];
  const [capsule, ciphertext] = encrypt(owner.publicKey(), new TextEncoder().encode("a secret"));
  const kfrags = generateKFrags(owner, reader.publicKey(), signer, threshold, shares, true, true);
  return { owner, signer, reader, capsule, ciphertext, kfrags };
}

/** kfragId, precursor, U1, receiver signature: what kfragHash names. */
export function publicPartOf(kfrag: VerifiedKeyFrag): Uint8Array {
  const { id, precursor, proof } = KeyFrag.fromBytes(kfrag.toBytes());
  const signature = proof.signatureForReceiver.toBEBytes();
  return getBytes(concat([id, precursor.toBytes(), proof.commitment.toBytes(), signature]));
}

/** rk: the 32 bytes behind the fragment's id, in its 310 bytes. */
export function secretOf(kfrag: VerifiedKeyFrag): bigint {
  const bytes = kfrag.toBytes();
  const id = Buffer.from(KeyFrag.fromBytes(bytes).id);
  const start = Buffer.from(bytes).indexOf(id) + id.length + 2;
  return BigInt(hexlify(bytes.subarray(start, start + 32)));
}

/** A policy of three miners with real fragments, `periods` long; it starts with the next period. */
export async function openChallengeScene(
  network: ChallengeNetwork,
  changes: Partial<TermsStruct> = {},
): Promise<ChallengeScene> {
  const grant = makeGrant();
  const staff = network.miners.slice(0, 3);
  const arrangements = staff.map(({ account, operator }, i) => {
    const kfrag = grant.kfrags[i];
    if (!kfrag) throw new Error(`expected a fragment for miner ${i}`);
    return { miner: account.address, operator: operator.address, kfragHash: keccak256(publicPartOf(kfrag)) };
  });
  const terms = termsFor(network, staff, { arrangements, ...changes });
  const policy = await createPolicy(network, terms, staff);
  return { ...network, grant, terms, policy, staff };
}

/** A scene with everything as usual, for loadFixture. */
export const challengeScene = async (): Promise<ChallengeScene> => openChallengeScene(await deployChallenges());

/** What the honest node `index` answers, in its simple form, 359 bytes. */
export function honestCfrag(
  { grant }: Pick<ChallengeScene, "grant">,
  index: number,
  capsule = grant.capsule,
): Uint8Array {
  const kfrag = grant.kfrags[index];
  if (!kfrag) throw new Error(`expected a fragment ${index}`);
  return reencrypt(capsule, kfrag).toBytesSimple();
}

export const receiptTypes = {
  Receipt: [
    { name: "policy", type: "bytes32" },
    { name: "index", type: "uint256" },
    { name: "capsuleHash", type: "bytes32" },
    { name: "cfragHash", type: "bytes32" },
  ],
};

/** An answer with the receipt that `operator` signs for it, by default as it should be. */
export async function answerOf(
  scene: ChallengeScene,
  index: number,
  cfrag: Uint8Array,
  changes: { capsule?: Uint8Array; policy?: string; index?: bigint; operator?: HardhatEthersSigner } = {},
): Promise<IChallengeManager.AnswerStruct & { capsule: string; cfrag: string; receipt: string }> {
  const capsule = changes.capsule ?? scene.grant.capsule.toBytesSimple();
  const operator = changes.operator ?? scene.staff[index]?.operator;
  if (!operator) throw new Error(`expected a miner ${index}`);
  const receipt = await operator.signTypedData(await domainOf(scene.policies), receiptTypes, {
    policy: changes.policy ?? scene.policy,
    index: changes.index ?? BigInt(index),
    capsuleHash: keccak256(capsule),
    cfragHash: keccak256(cfrag),
  });
  return { capsule: hexlify(capsule), cfrag: hexlify(cfrag), receipt };
}

/** The y of V, which goes with every wrong answer. */
export const capsuleY = ({ grant }: Pick<ChallengeScene, "grant">): bigint =>
  yOf(grant.capsule.toBytesSimple().subarray(33, 66));

/** Commits as `challenger` and lets the commitment come of age. Returns it. */
export async function commitTo(
  scene: ChallengeScene,
  index: number,
  evidence: string,
  { challenger = scene.challenger, salt = SALT, blocks = Number(scene.parameters.challenges.minAge) - 1 } = {},
): Promise<string> {
  const { challenges, policy, parameters } = scene;
  const commitment = await challenges.commitmentFor(challenger, policy, index, evidence, salt);
  await challenges.connect(challenger).commit(commitment, { value: parameters.challenges.bond });
  await mine(blocks);
  return commitment;
}

/** What shows that a secret belongs to the scene's fragment `index`. */
export function leakOf(
  { grant }: Pick<ChallengeScene, "grant">,
  index: number,
): IChallengeManager.LeakedKeyStruct & {
  secret: bigint;
} {
  const kfrag = grant.kfrags[index];
  if (!kfrag) throw new Error(`expected a fragment ${index}`);
  const publicPart = publicPartOf(kfrag);
  return { secret: secretOf(kfrag), commitmentY: yOf(publicPart.subarray(65, 98)), kfrag: hexlify(publicPart) };
}

/** The U1 of a cfrag, as bytes. */
export const commitmentOf = (cfrag: Uint8Array): Uint8Array => partOf(cfrag, "U1");
