import { Policies, type PolicyParameters } from "./policies";

/** The example of docs/challenges.md: an arrangement of T = 10 periods at a rate of 10, so that f = 100. */
const [PERIODS, RATE] = [10n, 10n];
const FEE = PERIODS * RATE;
const GRAIN = 100n; // hundredths, or α of a fee would be lost in rounding

/** What a leak that is shown after t periods does with c and f. */
export interface LeakSplit {
  t: bigint;
  challenger: bigint;
  payer: bigint;
  burned: bigint;
  /** Of the miner's: c and the fee it earned. */
  miner: bigint;
}

/** {@link LeakSplit} at every t from 0 to T, in hundredths; c is `percent` per cent of f. */
export function leakSplits(floorPercent: bigint, percent: bigint, leakPercent = 5n): LeakSplit[] {
  const parameters: PolicyParameters = { window: 3n, minCollateral: 1n, floorPercent, leakPercent, finderPercent: 20n };
  const collateral = (FEE * GRAIN * percent) / 100n;
  return Array.from({ length: Number(PERIODS) + 1 }, (_, i) => {
    const policies = new Policies(parameters, 0n);
    policies.create("p", { payer: "payer", periods: PERIODS, rate: RATE * GRAIN, collateral, miners: ["miner"] });
    policies.toPeriod(BigInt(i)); // the policy starts with period 1
    const { toChallenger, burned, earned } = policies.convict("p", 0, true);
    const payer = policies.refundOf("payer");
    return { t: BigInt(i), challenger: toChallenger, payer, burned, miner: collateral + earned };
  });
}

const number = (hundredths: bigint): string => String(Number(hundredths) / 100);
const row = (...cells: string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(...head), row(...head.map(() => "---:")), ...rows.map((cells) => row(...cells))].join("\n");

/** Who gets what at every t with c = f = 100, φ = 0 and φ = 50 %. */
export function splitTable(): string {
  const [without, withFloor] = [leakSplits(0n, 100n), leakSplits(50n, 100n)];
  const head = ["t", "challenger", "payer, φ = 0", "burned, φ = 0", "payer, φ = 1/2", "burned, φ = 1/2"];
  const rows = without.map(({ t, challenger, payer, burned }, i) => {
    const floored = withFloor[i];
    return [String(t), ...[challenger, payer, burned, floored?.payer ?? 0n, floored?.burned ?? 0n].map(number)];
  });
  return table(head, rows);
}

/** What an owner that pays, and shows the key itself, has lost in all, and more than by revoking in that moment. */
export const ownersLoss = ({ t, challenger, payer }: LeakSplit): { inAll: bigint; moreThanRevoking: bigint } => ({
  inAll: FEE * GRAIN - payer - challenger,
  moreThanRevoking: FEE * GRAIN - t * RATE * GRAIN - payer - challenger,
});

/** An owner's loss at every t, and its part of all that burns, by c / f. */
export function ownerTable(floorPercent: bigint): string {
  const shares = [25n, 50n, 100n];
  const head = [
    "t",
    "loses in all",
    "more than by revoking",
    ...["1/4", "1/2", "1"].map((k) => `of what burns, c/f = ${k}`),
  ];
  const splits = shares.map((percent) => leakSplits(floorPercent, percent));
  const rows = (splits[0] ?? []).map((split, i) => {
    const { inAll, moreThanRevoking } = ownersLoss(split);
    const parts = splits.map((some) => (Number(inAll) / Number(some[i]?.burned)).toFixed(2));
    return [String(split.t), number(inAll), number(moreThanRevoking), ...parts];
  });
  return table(head, rows);
}

export { FEE, GRAIN, PERIODS, RATE };
