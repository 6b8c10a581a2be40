import { id, toBeHex, Wallet } from "ethers";

/** The account of a simulated miner. */
export const addressOf = (miner: number): string => toBeHex(0x1_0000_0000n + BigInt(miner) * 0x1_2345_6789n, 20);

const operators = new Map<number, Wallet>();

/** The key of its operator. */
export function operatorOf(miner: number): Wallet {
  const operator = operators.get(miner) ?? new Wallet(id(`operator ${miner}`));
  operators.set(miner, operator);
  return operator;
}
