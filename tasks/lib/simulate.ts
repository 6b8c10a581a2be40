import { AbiCoder, keccak256, toBeHex } from "ethers";

import { inNkms } from "./amounts";
import { type Chain, contractAt, targetOf } from "./chain";
import type { Call, Scene } from "./plan";
import { refusalOf } from "./refusals";

/** What a call would do now. */
export interface Simulation {
  /** Units of gas; undefined: nothing can tell, for another transaction must come before. */
  readonly gas: bigint | undefined;
  /** What the contract answers, in words: `number 3`. */
  readonly answers: readonly string[];
}

/** Where OpenZeppelin's ERC20 keeps allowances. If that were wrong, {@link allowing} would see it. */
const ALLOWANCES_SLOT = 1;

/**
 * Asks the chain what a call would do, without sending it.
 * @throws {RefusedError} if a contract refuses it
 */
export async function simulate({ chain, sender }: Scene, one: Call): Promise<Simulation> {
  const request = { from: sender.address, to: one.to, data: one.data, value: one.value };
  try {
    if (one.takes !== undefined) return await simulateAllowed(chain, sender.address, one);
    const answer = await chain.provider.call({ ...request, blockTag: chain.blockTag });
    return { gas: await chain.provider.estimateGas(request), answers: answersOf(chain, one, answer) };
  } catch (thrown) {
    throw refusalOf(thrown);
  }
}

/** A call that takes what an approval before it will allow: the node is told to imagine that it does. */
async function simulateAllowed(chain: Chain, owner: string, one: Call): Promise<Simulation> {
  const overrides = await allowing(chain, owner, one.to, one.takes ?? 0n);
  if (!overrides) return { gas: undefined, answers: [] };
  const request = { from: owner, to: one.to, data: one.data, value: toBeHex(one.value).replace(/^0x0+(?=.)/, "0x") };
  const answer = (await chain.provider.send("eth_call", [request, chain.blockTag, overrides])) as string;
  return { gas: undefined, answers: answersOf(chain, one, answer) };
}

/** State overrides that make an allowance; undefined if this node can't imagine it. */
async function allowing(chain: Chain, owner: string, spender: string, amount: bigint): Promise<object | undefined> {
  const { token, provider, blockTag } = chain;
  const slotIn = (key: string, slot: string): string =>
    keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [key, slot]));
  const slot = slotIn(spender, slotIn(owner, toBeHex(ALLOWANCES_SLOT, 32)));
  const to = targetOf(token);
  const overrides = { [to]: { stateDiff: { [slot]: toBeHex(amount, 32) } } };
  const question = { to, data: token.interface.encodeFunctionData("allowance", [owner, spender]) };
  try {
    const answer = (await provider.send("eth_call", [question, blockTag, overrides])) as string;
    return BigInt(answer) === amount ? overrides : undefined;
  } catch {
    return undefined; // a node without overrides: the call is checked when it is sent
  }
}

/** What a method returns, by name: `refunded 450 NKMS`. */
function answersOf(chain: Chain, { to, data }: Call, answer: string): string[] {
  const known = contractAt(chain, to)?.contract.interface;
  const method = known?.getFunction(data.slice(0, 10));
  if (!known || !method) return [];
  const values = known.decodeFunctionResult(method, answer);
  return method.outputs.flatMap(({ name, baseType }, i) => {
    const value: unknown = values[i];
    if (name === "" || baseType === "array") return [];
    const isAmount = typeof value === "bigint" && /^(amount|fee|refunded|held)$/.test(name);
    return [`${name} ${isAmount ? inNkms(value) : String(value)}`];
  });
}
