import { ALL_ARRANGEMENTS, heldUntil, policyFee, renewalFee, type Terms, verifyAcceptances } from "@nkms/protocol";
import { getAddress } from "ethers";

import { inNkms, sum } from "../lib/amounts";
import { type Chain, firstBlock, targetOf } from "../lib/chain";
import { TaskError } from "../lib/errors";
import { logsOf } from "../lib/logs";
import { pay, type Permit } from "../lib/payment";
import { type Call, call, type Plan, type Scene } from "../lib/plan";
import { refusalOf } from "../lib/refusals";
import { contractTerms } from "./arrangements";
import { policyNamed, signaturesOf } from "./files";
import { openArrangements } from "./open";
import { readRevocation } from "./revocation";
import { checkedTerms } from "./terms";

/** Creates a policy with its operators' acceptances, and pays for it. */
export async function create(scene: Scene, args: { policy: string; acceptances?: string[] }): Promise<Plan> {
  const { chain, sender } = scene;
  const { id, terms, domain } = await policyNamed(chain, args.policy);
  const { words } = await checkedTerms(chain, terms, domain);
  requirePayer(sender.address, terms);
  const signatures = signaturesOf(args.acceptances ?? [], "acceptance", id, terms.arrangements);
  verifyAcceptances(terms, signatures, domain);
  const payment = await payPolicies(scene, policyFee(terms), () =>
    call(chain.policies.create.populateTransaction(contractTerms(terms), signatures)),
  );
  const start = chain.now + 1n;
  return {
    calls: payment.calls,
    words: [
      `Create a policy and pay ${inNkms(policyFee(terms))} for it.`,
      `It is served ${chain.dates.from(start)}, ${chain.dates.through(start + terms.periods - 1n)}, unless it is revoked before.`,
      ...payment.words,
      ...words,
    ],
  };
}

/** Lets a policy end later, and pays for that. */
export async function renew(
  scene: Scene,
  args: { policy: string; periods: bigint; acceptances?: string[] },
): Promise<Plan> {
  const { chain, sender } = scene;
  const { id, terms } = await policyNamed(chain, args.policy);
  requirePayer(sender.address, terms);
  const open = await openArrangements(chain, { id, terms });
  const { end } = await chain.policies.policyOf(id);
  const signatures = signaturesOf(args.acceptances ?? [], "renewal", id, open);
  const fee = renewalFee(terms, args.periods, BigInt(open.length));
  const payment = await payPolicies(scene, fee, () =>
    call(chain.policies.renew.populateTransaction(contractTerms(terms), args.periods, signatures)),
  );
  return {
    calls: payment.calls,
    words: [
      `Let policy ${id} go on for ${chain.dates.count(args.periods)} more, and pay ${inNkms(fee)} for its ${open.length} open arrangements.`,
      `It is served ${chain.dates.through(end + args.periods - 1n)} instead of ${chain.dates.through(end - 1n)}.`,
      ...payment.words,
    ],
  };
}

/** The policy manager takes a permit in the same transaction as what it pays for. */
function payPolicies(scene: Scene, amount: bigint, plain: () => Promise<Call>): Promise<Plan> {
  const { policies } = scene.chain;
  const withPermit = async ({ deadline, v, r, s }: Permit): Promise<Call> => {
    const permit = await call(policies.permit.populateTransaction(amount, deadline, v, r, s));
    return call(policies.multicall.populateTransaction([permit.data, (await plain()).data]));
  };
  return pay(scene, { spender: targetOf(policies), amount, plain, withPermit });
}

/** The owner ends a policy, or one of its arrangements; anybody does with the owner's signature. */
export async function revoke(
  { chain, sender }: Scene,
  args: { policy: string; index?: bigint | undefined; signed?: string | undefined },
): Promise<Plan> {
  const { id, terms } = await policyNamed(chain, args.policy);
  const signed = args.signed === undefined ? undefined : readRevocation(args.signed, id, args.index);
  const index = signed?.index ?? args.index ?? ALL_ARRANGEMENTS;
  const { policies, dates, now } = chain;
  const from = sender.address;
  const what = contractTerms(terms);
  const { refunded, held } = await asked(
    signed
      ? policies.revokeBySignature.staticCall(what, index, signed.deadline, signed.signature, { from })
      : policies.revoke.staticCall(what, index, { from }),
  );
  const free = heldUntil(now + 1n, chain.calendar.window);
  return {
    calls: [
      await call(
        signed
          ? policies.revokeBySignature.populateTransaction(what, index, signed.deadline, signed.signature)
          : policies.revoke.populateTransaction(what, index),
      ),
    ],
    words: [
      index === ALL_ARRANGEMENTS
        ? `Revoke policy ${id}.`
        : `Close arrangement ${index} of policy ${id}; the others go on.`,
      ...(signed ? [`Its owner ${terms.owner} has signed that.`] : []),
      `It is served ${dates.through(now)}, and no longer. Fees of later periods go back to ${terms.payer}:`,
      `${inNkms(refunded)} at once${held === 0n ? "." : `, ${inNkms(held)} ${dates.from(free)}, unless a leak is shown before.`}`,
      "The payer fetches them with `policy refund`.",
    ],
  };
}

/** The payer fetches all refunds that are due. */
export async function refund({ chain, sender }: Scene): Promise<Plan> {
  const { policies, now, dates } = chain;
  const free = await policies.refundOf(sender.address);
  const held = await heldRefunds(chain, sender.address);
  const due = held.filter(({ from }) => from <= now);
  const later = held.filter(({ from }) => from > now);
  if (free === 0n && due.length === 0) {
    const got = later.map(({ amount, from }) => `${inNkms(amount)} ${dates.from(from)}`).join(", ");
    throw new TaskError("NOT_FOUND", `refunds of ${sender.address}`, "some that are due", got || "none");
  }
  const calls = free === 0n ? [] : [await call(policies.takeRefund.populateTransaction())];
  for (const { from } of due) calls.push(await call(policies.takeHeldRefund.populateTransaction(from)));
  return {
    calls,
    words: [
      `Fetch ${inNkms(free + sum(due.map(({ amount }) => amount)))} that policies owe you.`,
      ...later.map(({ amount, from }) => `${inNkms(amount)} more can be fetched ${dates.from(from)}.`),
    ],
  };
}

/** What closings held back of an account's fees, by the period from which it can be fetched. */
async function heldRefunds(chain: Chain, payer: string): Promise<{ from: bigint; amount: bigint }[]> {
  const { policies } = chain;
  const topics = await policies.filters.Closed().getTopicFilter();
  const logs = await logsOf(chain, { address: targetOf(policies), topics }, firstBlock(chain));
  const periods = new Set(logs.map((log) => policies.interface.parseLog(log)?.args["heldUntil"] as bigint));
  const found: { from: bigint; amount: bigint }[] = [];
  for (const from of [...periods].sort((a, b) => Number(a - b))) {
    const amount = await policies.heldFor(payer, from);
    if (amount > 0n) found.push({ from, amount });
  }
  return found;
}

function requirePayer(sender: string, { payer }: Terms): void {
  if (getAddress(payer) === sender) return;
  throw new TaskError("NO_SENDER", "sender", `${payer}, the policy's payer`, sender);
}

/** What a call answers, or what its refusal means. */
async function asked<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (thrown) {
    throw refusalOf(thrown);
  }
}
