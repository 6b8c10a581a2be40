import { ZeroAddress } from "ethers";

import { inNkms } from "../lib/amounts";
import { goodUntil } from "../lib/chain";
import { momentOf } from "../lib/dates";
import { TaskError } from "../lib/errors";
import { readObject } from "../lib/files";
import { addressOf } from "../lib/keys";
import { call, type Plan, type Scene } from "../lib/plan";
import type { Statement } from "../lib/sign";

const CONSENT = ["miner", "operator", "nonce", "deadline"] as const;

/** What an operator signs so that a miner can bond it. */
const CONSENT_TYPES = {
  OperatorBond: CONSENT.map((name) => ({
    name,
    type: name === "miner" || name === "operator" ? "address" : "uint256",
  })),
};

/** An operator consents to work for a miner. */
export async function consent(
  { chain, sender }: Scene,
  args: { miner: string; goodFor?: bigint | undefined },
): Promise<Statement> {
  const { name, version, chainId, verifyingContract } = await chain.registry.eip712Domain();
  const message = {
    miner: await addressOf(chain, args.miner),
    operator: sender.address,
    nonce: await chain.registry.nonces(sender.address),
    deadline: goodUntil(chain, args.goodFor),
  };
  return {
    words: [
      `You work as the operator of miner ${message.miner}: your key signs for it, and holds no stake.`,
      `This is good once, until ${momentOf(message.deadline)}.`,
    ],
    typedData: [{ name, version, chainId, verifyingContract }, CONSENT_TYPES, message],
    fields: { kind: "operator", ...message },
  };
}

/** Bonds an operator with its consent. */
export async function bondOperator({ chain, sender }: Scene, args: { consent: string }): Promise<Plan> {
  const { registry, now, dates } = chain;
  const { miner, operator, deadline, signature } = readConsent(args.consent);
  if (miner !== sender.address) throw new TaskError("OTHER_SIGNATURE", `${args.consent}.miner`, sender.address, miner);
  const before = (await registry.bondOf(sender.address)).operator;
  return {
    calls: [await call(registry.bondOperator.populateTransaction(operator, deadline, signature))],
    words: [
      `Let ${operator} work as your operator ${dates.from(now + 1n)}.`,
      ...(before === ZeroAddress ? [] : [`${before} stops at once; until then nobody signs for you.`]),
    ],
  };
}

const readConsent = (path: string): { miner: string; operator: string; deadline: bigint; signature: string } =>
  readObject(path, ["kind", ...CONSENT, "signature"], (fields) => {
    fields.word("kind", ["operator"]);
    return {
      miner: fields.address("miner"),
      operator: fields.address("operator"),
      deadline: fields.uint("deadline"),
      signature: fields.hex("signature", 65),
    };
  });

/** Ends the operator's work. */
export async function unbondOperator({ chain, sender }: Scene): Promise<Plan> {
  const { operator } = await chain.registry.bondOf(sender.address);
  return {
    calls: [await call(chain.registry.unbondOperator.populateTransaction())],
    words: [`${operator} stops working as your operator at once. What it has signed stays signed.`],
  };
}

/** Sets how much stake policies may reserve. */
export async function setPledge(
  { chain, sender }: Scene,
  args: { limit: bigint; maxCollateralPercent?: bigint | undefined },
): Promise<Plan> {
  const [{ maxCollateralPercent }, reserved] = await Promise.all([
    chain.registry.termsOf(sender.address),
    chain.policies.reservedNow(sender.address),
  ]);
  const percent = args.maxCollateralPercent ?? maxCollateralPercent;
  return {
    calls: [await call(chain.registry.setPledge.populateTransaction(args.limit, percent))],
    words: [
      `Let at most ${inNkms(args.limit)} of your stake be reserved for policies; ${inNkms(reserved)} are now.`,
      `Accept collaterals of at most ${percent} % of a fee. Your operator can't accept more than this.`,
      ...(args.limit < reserved ? ["What is reserved already stays reserved; nothing more will be."] : []),
    ],
  };
}

/** Publishes what the miner asks for. */
export async function setAdvice(
  { chain }: Scene,
  args: { minFee: bigint; maxPeriods?: bigint | undefined },
): Promise<Plan> {
  const maxPeriods = args.maxPeriods ?? 0n;
  const longest = maxPeriods === 0n ? "of any length" : `of at most ${chain.dates.count(maxPeriods)}`;
  return {
    calls: [await call(chain.registry.setAdvice.populateTransaction(args.minFee, maxPeriods))],
    words: [`Say that you want ${inNkms(args.minFee)} or more per period, for policies ${longest}. It binds nobody.`],
  };
}

/** Publishes where the miner's node answers. */
export async function setEndpoint({ chain }: Scene, args: { url: string }): Promise<Plan> {
  return {
    calls: [await call(chain.registry.setEndpoint.populateTransaction(args.url))],
    words: [args.url === "" ? "Say that your node answers nowhere." : `Say that your node answers at ${args.url}.`],
  };
}

/** Sends rewards somewhere else. */
export async function setPayout({ chain, sender }: Scene, args: { to: string }): Promise<Plan> {
  const to = await addressOf(chain, args.to);
  const self = to === sender.address || to === ZeroAddress;
  return {
    calls: [await call(chain.escrow.setPayout.populateTransaction(self ? ZeroAddress : to))],
    words: [`Send your rewards to ${self ? "yourself" : to} from now on. Stake and fees go to yourself, as ever.`],
  };
}
