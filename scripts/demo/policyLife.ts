import type { NKMSToken, PolicyManager } from "../../typechain-types";
import type { Days } from "./days";
import { DemoError, expectEqual } from "./errors";
import type { Ledger } from "./ledger";
import type { Miner } from "./miners";
import type { Holder, PaidPolicy } from "./policy";
import { type Report, rounded } from "./report";

const HAND_OFF = 20n;
const RESIGNATION = 30n;
const REVOCATION = 45n;

/** What became of the fee that Alice paid; the four sum to it. Base units. */
export interface Outcome {
  /** By the miners. */
  claimed: bigint;
  /** To Alice at once. */
  refunded: bigint;
  /** To Alice after the window. */
  held: bigint;
  /** To Alice, of what the one who resigned had earned. */
  penalty: bigint;
}

/** From a policy's first day to the last token: one miner hands off, one resigns, Alice revokes, everybody is paid. */
export async function livePolicy(
  policy: PaidPolicy,
  { token, policies }: { token: NKMSToken; policies: PolicyManager },
  { holders, successor }: { holders: Holder[]; successor: Miner },
  { days, ledger, report }: { days: Days; ledger: Ledger; report: Report },
): Promise<Outcome> {
  const [leaver, resigner, ...others] = holders;
  if (!leaver || !resigner) throw new DemoError("DISAGREEMENT", "fragments", "2 or more", `${holders.length}`);
  const staying = [...others.map(({ miner }) => miner), successor];

  report.step(
    `Day ${HAND_OFF}: ${leaver.miner.name} hands its fragment to ${successor.name}, with the rest of the fee`,
  );
  await days.passTo(HAND_OFF);
  await policy.handOff(leaver, successor);

  report.step(`Day ${RESIGNATION}: ${resigner.miner.name} resigns, and fees are claimed`);
  await days.passTo(RESIGNATION);
  const resignedHeldUntil = await policy.heldUntil();
  const resigned = await policy.resign(resigner.miner);
  report.note(
    `it has earned ${rounded(resigned.earned)} NKMS; of that Alice gets ${rounded(resigned.penalty)} as a penalty,`,
  );
  report.note(`${rounded(resigned.refunded)} of what it won't serve at once, ${rounded(resigned.held)} later`);
  let claimed = await claimFees(token, policies, [leaver.miner, resigner.miner, ...staying]);
  await ledger.note(`day ${RESIGNATION}`);

  report.step(`Day ${REVOCATION}: Alice revokes the policy half-way`);
  await days.passTo(REVOCATION);
  const revokedHeldUntil = await policy.heldUntil();
  const revoked = await policy.revoke();
  await policy.takeRefund();
  await ledger.note(`day ${REVOCATION}, revoked`);
  report.note(`${rounded(revoked.refunded)} NKMS come back at once, ${rounded(revoked.held)} are held back`);

  const over = revokedHeldUntil - days.first;
  report.step(
    `Day ${over}: the window for evidence is over; Alice fetches what was held back, the miners their last fees`,
  );
  await days.passTo(over);
  const held = (await policy.takeHeldRefund(resignedHeldUntil)) + (await policy.takeHeldRefund(revokedHeldUntil));
  claimed += await claimFees(token, policies, staying);
  await ledger.note(`day ${over}`);
  const outcome = { claimed, refunded: resigned.refunded + revoked.refunded, held, penalty: resigned.penalty };
  expectEqual("what became of the fee", claimed + outcome.refunded + held + outcome.penalty, policy.fee);
  expectEqual("what the policy manager keeps", await token.balanceOf(policies), 0n);
  report.note(
    `of ${rounded(policy.fee)} NKMS the miners got ${rounded(claimed)}, Alice ${rounded(policy.fee - claimed)}`,
  );
  return outcome;
}

/** Each gets exactly what it could claim. Returns the sum. */
async function claimFees(token: NKMSToken, policies: PolicyManager, miners: Miner[]): Promise<bigint> {
  let claimed = 0n;
  for (const { name, account } of miners) {
    const [fees, before] = [await policies.claimableFees(account), await token.balanceOf(account)];
    await (await policies.connect(account).claimFees()).wait();
    expectEqual(`fees of ${name}`, (await token.balanceOf(account)) - before, fees);
    claimed += fees;
  }
  return claimed;
}
