import { local } from "../../deploy/parameters/local";
import { Policies } from "../../test/models/policies";
import { EXAMPLE, feeOf } from "./defaults";

/** The life of one arrangement. Its miner claims every {@link CLAIM_EVERY} periods, its payer takes what it can at once. */
export interface Life {
  title: string;
  /** What ends it early, after so many periods served. */
  incident?: { after: number; what: "revoked" | "wrong answer" | "leaked key" };
}

/** Where the parts of c + f are, from the bottom of a stack to its top. */
export const PARTS = [
  "miner: collateral (reserved)",
  "miner: collateral (free)",
  "miner: fee (claimed)",
  "miner: fee (not claimed)",
  "not earned yet",
  "payer: held for the window",
  "payer: paid back",
  "challenger",
  "burned",
] as const;
export type Part = (typeof PARTS)[number];

/** NKMS; they sum to c + f. */
export interface Whereabouts {
  /** 0: the period of the creation. */
  period: number;
  parts: Record<Part, number>;
}

export const CLAIM_EVERY = 10;

const { periods, rate, collateral } = EXAMPLE;
const [HALF, EARLY] = [periods / 2, periods / 6];

export const LIVES: readonly Life[] = [
  { title: "served to its end" },
  { title: "revoked half-way", incident: { after: HALF, what: "revoked" } },
  { title: "revoked early", incident: { after: EARLY, what: "revoked" } },
  { title: "a wrong answer proven half-way", incident: { after: HALF, what: "wrong answer" } },
  { title: "its key shown half-way", incident: { after: HALF, what: "leaked key" } },
  { title: "its key shown early", incident: { after: EARLY, what: "leaked key" } },
];

/** The model counts in hundredths of an NKMS, so that no share is rounded. */
const UNIT = 100;

/** Period by period, until nothing is reserved and nothing held any more. By the policies' model, see test/models. */
export function whereaboutsOf({ incident }: Life): Whereabouts[] {
  const model = new Policies(local.policies, 0n);
  const c = collateral * UNIT;
  model.create("policy", {
    payer: "payer",
    periods: BigInt(periods),
    rate: BigInt(rate * UNIT),
    collateral: BigInt(c),
    miners: ["miner"],
  });
  const sums = { claimed: 0n, back: 0n, challenger: 0n, burned: 0n, seized: 0n };
  let heldUntil = 0n;
  return Array.from({ length: periods + Number(local.policies.window) + 6 }, (_, period) => {
    if (period > 0) model.toPeriod(BigInt(period));
    if (period === incident?.after) {
      if (incident.what === "revoked") {
        heldUntil = model.close("policy", 0).heldUntil;
      } else {
        const verdict = model.convict("policy", 0, incident.what === "leaked key");
        [sums.challenger, sums.burned, sums.seized] = [verdict.toChallenger, verdict.burned, verdict.fromStake];
      }
    }
    if (period % CLAIM_EVERY === 0) sums.claimed += model.claim("miner");
    sums.back += model.takeRefund("payer");
    if (heldUntil !== 0n && model.now >= heldUntil) sums.back += model.takeHeldRefund("payer", heldUntil);

    const [unclaimed, held] = [model.claimable("miner"), model.heldFor("payer", heldUntil)];
    const reserved = Math.min(Number(model.reservedIn("miner")), c);
    const kept = c - Number(sums.seized); // below 0 if the stake paid for fees that were claimed before
    const parts: Record<Part, bigint | number> = {
      "miner: collateral (reserved)": reserved,
      "miner: collateral (free)": Math.max(kept - reserved, 0),
      "miner: fee (claimed)": Number(sums.claimed) + Math.min(kept, 0),
      "miner: fee (not claimed)": unclaimed,
      "not earned yet": model.holds - unclaimed - held,
      "payer: held for the window": held,
      "payer: paid back": sums.back,
      challenger: sums.challenger,
      burned: sums.burned,
    };
    const inNkms = Object.entries(parts).map(([part, amount]) => [part, Number(amount) / UNIT]);
    return { period, parts: Object.fromEntries(inNkms) as Record<Part, number> };
  });
}

/** c + f. */
export const AT_STAKE = collateral + feeOf(EXAMPLE);
