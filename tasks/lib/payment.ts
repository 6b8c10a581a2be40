import { type BigNumberish, Signature } from "ethers";

import { inNkms } from "./amounts";
import { contractAt } from "./chain";
import { type Call, call, type Plan, type Scene } from "./plan";

/** A signed EIP-2612 permit, as NKMS's contracts take it. */
export interface Permit {
  readonly deadline: bigint;
  readonly v: BigNumberish;
  readonly r: string;
  readonly s: string;
}

/** For how long a permit is good, seconds: long enough to be asked and answered, and to be mined. */
const PERMIT_SECONDS = 3_600n;

/** A call that takes tokens of whoever sends it. */
export interface Payment {
  /** Who takes them. */
  readonly spender: string;
  /** Base units. */
  readonly amount: bigint;
  /** The call, if the allowance is there. */
  readonly plain: () => Promise<Call>;
  /** The call, if it brings the allowance itself. */
  readonly withPermit: (permit: Permit) => Promise<Call>;
}

/**
 * The calls with which a payment is made: one with a permit, or an approval before it where nobody can sign one. Of
 * either, exactly the amount.
 */
export async function pay({ chain, sender }: Scene, payment: Payment): Promise<Plan> {
  const { spender, amount } = payment;
  const allowed = await chain.token.allowance(sender.address, spender);
  const who = `the ${contractAt(chain, spender)?.name ?? spender}`;
  if (allowed >= amount) return { words: [], calls: [await payment.plain()] };
  if (sender.unlock) {
    const permit = await signPermit({ chain, sender }, payment);
    const words = [`A permit of yours lets ${who} take these ${inNkms(amount)}, and no more.`];
    return { words, calls: [await payment.withPermit(permit)] };
  }
  const approval = await call(chain.token.approve.populateTransaction(spender, amount));
  const words = [`Before that an approval lets ${who} take these ${inNkms(amount)}, and no more: two transactions.`];
  return { words, calls: [approval, { ...(await payment.plain()), takes: amount }] };
}

async function signPermit({ chain, sender }: Scene, { spender, amount }: Payment): Promise<Permit> {
  const signer = await sender.unlock?.();
  if (!signer) throw new Error(`key of ${sender.address}: expected one that can sign, got none`);
  const { name, version, chainId, verifyingContract } = await chain.token.eip712Domain();
  const deadline = chain.timestamp + PERMIT_SECONDS;
  const types = {
    Permit: [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  };
  const nonce = await chain.token.nonces(sender.address);
  const message = { owner: sender.address, spender, value: amount, nonce, deadline };
  const signature = await signer.signTypedData({ name, version, chainId, verifyingContract }, types, message);
  const { v, r, s } = Signature.from(signature);
  return { deadline, v, r, s };
}
