import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import type { ICondition, NKMSToken } from "../../typechain-types";
import { instrumented } from "../helpers/instrumented";

/** A policy, a reader and a capsule to ask about. */
export const POLICY = ethers.id("policy");
export const CAPSULE = ethers.hexlify(new Uint8Array(98).fill(7));
export const CONTENT = ethers.keccak256(CAPSULE);

/** The gas that a node gives a condition, in these tests. Instrumented code needs more. */
export const GAS_LIMIT = instrumented ? 1_000_000n : 300_000n;

/** What alice has. */
export const PURSE = nkms("100");

export interface People {
  token: NKMSToken;
  /** Has the rest of the supply. */
  distributor: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  carol: HardhatEthersSigner;
}

/** A token of which alice has {@link PURSE}, bob and carol nothing. */
export async function people(): Promise<People> {
  const [distributor, alice, bob, carol] = await ethers.getSigners();
  if (!distributor || !alice || !bob || !carol) throw new Error("expected 4 accounts on the test chain");
  const token = await ethers.deployContract("NKMSToken", [distributor.address, nkms("1,000"), nkms("4,000")]);
  await token.transfer(alice, PURSE);
  return { token, distributor, alice, bob, carol };
}

/** What a node makes of a condition: whether it re-encrypts. A call that fails is a no. */
export async function nodeAllows(
  condition: Pick<ICondition, "isAllowed">,
  reader: string,
  { policy = POLICY, data = CAPSULE, gasLimit = GAS_LIMIT } = {},
): Promise<boolean> {
  try {
    return await condition.isAllowed(policy, reader, data, { gasLimit });
  } catch {
    return false;
  }
}

/** A contract that answers every question with these bytes. */
export const answering = (bytes: string) => ethers.deployContract("Answers__Mock", [0, bytes]);
/** One that answers every question with a number. */
export const answeringNumber = (value: bigint) => answering(ethers.toBeHex(value, 32));
/** One that reverts, whatever it is asked. */
export const reverting = () => ethers.deployContract("Answers__Mock", [1, "0x"]);
/** One that runs until its gas is used up. */
export const looping = () => ethers.deployContract("Answers__Mock", [2, "0x"]);

/** Mines a block at a moment, so that calls see it. */
export async function mineAt(timestamp: bigint): Promise<void> {
  await time.increaseTo(timestamp);
  expect(await time.latest()).to.equal(Number(timestamp));
}
