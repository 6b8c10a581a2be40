import { splitFee } from "@nkms/protocol";

import { inNkms } from "../lib/amounts";
import { TaskError } from "../lib/errors";
import { call, type Plan, type Scene } from "../lib/plan";
import { contractTerms } from "../policy/arrangements";
import { type Named, policyNamed } from "../policy/files";
import { openArrangements, type StandingArrangement } from "../policy/open";
import { readConsent, readTakeover } from "../policy/takeover";

/** Leaves an arrangement, for one period's fee. */
export async function resign(scene: Scene, args: { policy: string; index?: bigint | undefined }): Promise<Plan> {
  const { chain } = scene;
  const { policy, own } = await ownArrangement(scene, args);
  const { rate } = policy.terms;
  const served = chain.now + 1n > own.start ? chain.now + 1n - own.start : 0n;
  const share = { rate, periods: own.end - own.start };
  const { earned, refunded, held } = splitFee(share, served, await chain.policies.FLOOR_PERCENT());
  return {
    calls: [await call(chain.policies.resign.populateTransaction(contractTerms(policy.terms), own.index))],
    words: [
      `Leave arrangement ${own.index} of policy ${policy.id}: it is served ${chain.dates.through(chain.now)}.`,
      `You keep ${inNkms(earned)} of its fee; ${inNkms(refunded + held)} go back to the payer.`,
      `That costs you one period's fee, ${inNkms(rate)}: from your unclaimed fees, to the payer; what they lack burns of your stake.`,
      `Your collateral stays at risk ${chain.dates.through(chain.now + 1n + chain.calendar.window)}.`,
    ],
  };
}

/** Passes an arrangement on to a miner that offered to take it over. */
export async function handOff(
  scene: Scene,
  args: { policy: string; takeover: string; consent?: string | undefined },
): Promise<Plan> {
  const { chain } = scene;
  const policy = await policyNamed(chain, args.policy);
  const { signature, index, ...takeover } = readTakeover(args.takeover, policy.id);
  const { own } = await ownArrangement(scene, { policy: args.policy, index });
  if (!policy.terms.handOff && args.consent === undefined) {
    throw new TaskError("BAD_ARGUMENT", "consent", "the owner's, which these terms ask for", "none");
  }
  const consent = args.consent === undefined ? "0x" : readConsent(args.consent, policy.id);
  const { miner, operator, collateral, deadline } = takeover;
  const struct = { miner, operator, collateral, deadline, acceptance: signature, consent };
  const left = own.end - (chain.now + 1n);
  return {
    calls: [await call(chain.policies.handOff.populateTransaction(contractTerms(policy.terms), index, struct))],
    words: [
      `Pass arrangement ${index} of policy ${policy.id} on to ${miner}, which serves it ${chain.dates.from(chain.now + 1n)}.`,
      `With it go ${inNkms(policy.terms.rate * left)} of its fee; it puts up ${inNkms(collateral)} of collateral.`,
      `You stay liable for wrong answers ${chain.dates.through(chain.now + 1n + chain.calendar.window)}, and if the fragment leaks ${chain.dates.through(own.end + chain.calendar.window)}.`,
    ],
  };
}

/** The sender's open arrangement in a policy: the one with an index, or the only one. */
async function ownArrangement(
  { chain, sender }: Scene,
  args: { policy: string; index?: bigint | undefined },
): Promise<{ policy: Named; own: StandingArrangement }> {
  const policy = await policyNamed(chain, args.policy);
  const open = (await openArrangements(chain, policy)).filter(({ miner }) => miner === sender.address);
  const own = args.index === undefined ? open[0] : open.find(({ index }) => index === args.index);
  if (own) return { policy, own };
  const expected = `an open one of ${sender.address}`;
  const indices = open.map(({ index }) => String(index)).join(", ");
  throw new TaskError(
    "NOT_FOUND",
    "arrangement",
    indices ? `${expected}: ${indices}` : expected,
    String(args.index ?? "none"),
  );
}
