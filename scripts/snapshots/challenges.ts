import { mine } from "@nomicfoundation/hardhat-network-helpers";
import { evidenceOfAnswer, evidenceOfKey, policyDomain, receiptFor, receiptTypedData, type Terms } from "@nkms/protocol";
import { KeyFrag } from "@nkms/umbral";
import { hintsOf, NO_HINT } from "@nkms/verifier";
import { concat, dataLength, dataSlice, getBytes, keccak256 } from "ethers";
import { ethers } from "hardhat";

import { local } from "../../deploy/parameters/local";
import type { ChallengeManager } from "../../typechain-types";
import answer from "./answer.json";
import { CHAIN, create, openPolicySceneWith, passDaysSettled, type PolicyScene, termsOf } from "./policies";
import { account, gasOf } from "./scenes";

type ChallengeScene = PolicyScene<ChallengeManager>;
/** As the contract numbers them. */
const [LENGTH, POINT_E1, KFRAG, EQUATION_E, EQUATION_U] = [1, 2, 8, 9, 11];
const SALT = ethers.id("salt");
/** Where the parts of a cfrag begin. */
const [E2, U2] = [131, 230];

/** Gas of challenges, and the bytes of calldata of each reveal. */
export async function challengeActions(): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  const scene = await openPolicySceneWith(3, (policies) =>
    ethers.deployContract("ChallengeManager", [policies, local.challenges]),
  );
  const [payer, owner, challenger] = [await account(1), await account(2), await account(3)];
  await scene.token.connect(payer).transfer(challenger, 1n); // the challenger's and the payer's slots are in use
  const before = await termsOf(scene.miners, 40n, 0);
  await create(scene, scene.miners, before);
  await scene.policies.connect(owner).revoke(before, 2n ** 256n - 1n);

  const one = await policyOf(scene, 1, 1);
  const three = await policyOf(scene, 3, 2);
  await passDaysSettled(scene, 10n);

  const honest = getBytes(answer.cfrags[0] ?? "0x");
  const other = getBytes(answer.otherCfrags[0] ?? "0x");
  const wrongE = replaced(honest, E2, other.subarray(E2, E2 + 33));
  const wrongU = replaced(honest, U2, other.subarray(U2, U2 + 33));

  gas["a full check of a right answer: the view as a transaction"] = await checkRight(scene, three, honest);
  const wrong = { terms: three, cfrag: wrongE, fault: EQUATION_E };
  gas["commit to evidence"] = await commitTo(scene, await evidenceOf(scene, wrong));
  for (const [name, terms, cfrag, fault] of [
    ["an equation, of 3 miners", three, wrongE, EQUATION_E],
    ["an equation, of 1 miner", one, wrongE, EQUATION_E],
    ["the equation of u, of 3 miners", three, wrongU, EQUATION_U],
    ["another key fragment, of 3 miners", three, getBytes(answer.cfrags[1] ?? "0x"), KFRAG],
    ["a point off the curve, of 3 miners", three, replaced(honest, 0, offCurve()), POINT_E1],
    ["358 bytes, of 3 miners", three, honest.subarray(1), LENGTH],
  ] as const) {
    await onCopy(async () => {
      const [used, bytes] = await reveal(scene, { terms, cfrag, fault });
      gas[`reveal a wrong answer: ${name}`] = used;
      gas[`reveal a wrong answer: ${name}, bytes of calldata`] = bytes;
      if (terms === three && fault === EQUATION_E) {
        const [second] = await reveal(scene, { terms, cfrag: wrongU, fault: EQUATION_U });
        gas["reveal a wrong answer: after another's verdict"] = second;
      }
    });
  }
  await onCopy(async () => {
    const [used, bytes, commitment] = await revealLeak(scene, three);
    gas["reveal a leaked key: of 3 miners"] = used;
    gas["reveal a leaked key: of 3 miners, bytes of calldata"] = bytes;
    gas["take a bond back"] = await gasOf(scene.challenges.connect(challenger).takeBond(commitment));
  });
  await onCopy(async () => {
    [gas["reveal a leaked key: of 1 miner"]] = await revealLeak(scene, one);
  });
  return { ...gas, ...(await canary()) };
}

interface Wrong {
  terms: Terms;
  cfrag: Uint8Array;
  fault: number;
}

/** Goes back to where the chain was. */
async function onCopy(act: () => Promise<void>): Promise<void> {
  const snapshot: unknown = await ethers.provider.send("evm_snapshot", []);
  await act();
  await ethers.provider.send("evm_revert", [snapshot]);
}

async function policyOf(scene: ChallengeScene, miners: number, salt: number): Promise<Terms> {
  const some = scene.miners.slice(0, miners);
  const terms = await termsOf(some, 40n, salt, answer.kfrags.map((kfrag) => keccak256(publicPart(kfrag))));
  await create(scene, some, terms);
  return terms;
}

/** kfragId, precursor, U1 and receiver signature of a fragment. */
function publicPart(bytes: string): string {
  const { id, precursor, proof } = KeyFrag.fromBytes(getBytes(bytes));
  return concat([id, precursor.toBytes(), proof.commitment.toBytes(), proof.signatureForReceiver.toBEBytes()]);
}

const replaced = (cfrag: Uint8Array, offset: number, bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(cfrag);
  copy.set(bytes, offset);
  return copy;
};

/** x = 5 is no point's. */
const offCurve = (): Uint8Array => getBytes(concat(["0x02", ethers.toBeHex(5, 32)]));

async function answerOf(scene: ChallengeScene, terms: Terms, cfrag: Uint8Array) {
  const domain = policyDomain(CHAIN, await scene.policies.getAddress());
  const policy = await scene.policies.policyId(terms);
  const [operator] = scene.miners;
  if (!operator) throw new Error("miners: expected one, got none");
  const data = receiptTypedData(receiptFor(policy, 0n, getBytes(answer.capsule), cfrag), domain);
  const receipt = await operator.operator.signTypedData(...data);
  return { policy, domain, signed: { capsule: answer.capsule, cfrag: ethers.hexlify(cfrag), receipt } };
}

async function evidenceOf(scene: ChallengeScene, { terms, cfrag }: Wrong): Promise<[policy: string, evidence: string]> {
  const { policy, domain, signed } = await answerOf(scene, terms, cfrag);
  const receipt = receiptFor(policy, 0n, getBytes(answer.capsule), cfrag);
  return [policy, evidenceOfAnswer(receipt, signed.receipt, domain)];
}

async function commitTo(scene: ChallengeScene, [policy, evidence]: [string, string]): Promise<number> {
  const challenger = await account(3);
  const commitment = await scene.challenges.commitmentFor(challenger, policy, 0n, evidence, SALT);
  const bond = local.challenges.bond;
  const used = await gasOf(scene.challenges.connect(challenger).commit(commitment, { value: bond }));
  await mine(Number(local.challenges.minAge));
  return used;
}

/** @returns gas, and bytes of calldata */
async function reveal(scene: ChallengeScene, wrong: Wrong): Promise<[gas: number, bytes: number]> {
  const { terms, cfrag, fault } = wrong;
  const [policy, evidence] = await evidenceOf(scene, wrong);
  const challenger = await account(3);
  const commitment = await scene.challenges.commitmentFor(challenger, policy, 0n, evidence, SALT);
  if ((await scene.challenges.commitmentOf(challenger, commitment)).madeAt === 0n) {
    await commitTo(scene, [policy, evidence]);
  }
  const { signed } = await answerOf(scene, terms, cfrag);
  const { capsuleY, equations } = hintsOf({ capsule: getBytes(answer.capsule), cfrag });
  const hint = fault < EQUATION_E ? NO_HINT : (equations[fault - EQUATION_E] ?? NO_HINT);
  const call = await scene.challenges
    .connect(challenger)
    .revealWrongAnswer(terms, 0n, signed, fault, capsuleY, [...hint], SALT);
  return [await gasOf(Promise.resolve(call)), dataLength(call.data)];
}

async function revealLeak(
  scene: ChallengeScene,
  terms: Terms,
): Promise<[gas: number, bytes: number, commitment: string]> {
  const kfrag = answer.kfrags[0] ?? "0x";
  const part = publicPart(kfrag);
  // The fragment's 310 bytes: u, id and then rk, each behind two bytes of MessagePack.
  const secret = BigInt(dataSlice(kfrag, 73, 105));
  const policy = await scene.policies.policyId(terms);
  await commitTo(scene, [policy, evidenceOfKey(secret)]);
  const challenger = await account(3);
  const commitment = await scene.challenges.commitmentFor(challenger, policy, 0n, evidenceOfKey(secret), SALT);
  const point = ethers.SigningKey.computePublicKey(dataSlice(part, 65, 98), false);
  const leak = { secret, commitmentY: BigInt(dataSlice(point, 33)), kfrag: part };
  const call = await scene.challenges.connect(challenger).revealLeakedKey(terms, 0n, leak, SALT);
  return [await gasOf(Promise.resolve(call)), dataLength(call.data), commitment];
}

async function checkRight(scene: ChallengeScene, terms: Terms, cfrag: Uint8Array): Promise<number> {
  const { policy, signed } = await answerOf(scene, terms, cfrag);
  const { capsuleY, equations } = hintsOf({ capsule: getBytes(answer.capsule), cfrag });
  const [arrangement] = terms.arrangements;
  if (!arrangement) throw new Error("arrangements: expected one, got none");
  const { operator, kfragHash } = arrangement;
  const hints = equations.map((hint) => [...hint]) as [Triple, Triple, Triple];
  const args = [policy, 0n, operator, kfragHash, signed, capsuleY, hints] as const;
  const fault = await scene.challenges.checkAnswer(...args);
  if (fault !== 0n) throw new Error(`checkAnswer: expected 0, got ${fault}`);
  const call = await scene.challenges.checkAnswer.populateTransaction(...args);
  const receipt = await (await (await account(3)).sendTransaction(call)).wait();
  if (!receipt) throw new Error("receipt: expected one, got none");
  return Number(receipt.gasUsed);
}

type Triple = [bigint, bigint, bigint];

async function canary(): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  const bounties = await ethers.deployContract("CanaryBounty");
  const key = new ethers.Wallet(ethers.toBeHex(0xca_4a_41, 32));
  const end = 2n ** 40n;
  await bounties.post(key.address, end, { value: 1n });
  gas["post a bounty on a canary"] = await gasOf(bounties.post(key.address, end, { value: 1n }));
  const { name, version, chainId, verifyingContract } = await bounties.eip712Domain();
  const types = {
    Claim: [
      { name: "bounty", type: "uint256" },
      { name: "recipient", type: "address" },
    ],
  };
  const recipient = (await account(3)).address;
  const domain = { name, version, chainId, verifyingContract };
  const signature = await key.signTypedData(domain, types, { bounty: 1n, recipient });
  gas["claim a canary's bounty"] = await gasOf(bounties.claim(1n, recipient, signature));
  return gas;
}
