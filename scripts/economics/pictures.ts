import type { Report } from "../reports/files";
import type { Picture } from "../reports/picture";
import { DEFAULTS, EXAMPLE, feeOf } from "./defaults";
import { flowOf } from "./games";
import { mintedSupply, rewardOf, supplyAt } from "./issuance";
import { LIVES, PARTS, whereaboutsOf } from "./life";
import { cheatingPays, leakAt, wrongAnswerAt } from "./policies";

const YEAR = 365;

function issuanceReport(): Report {
  const quarters = Array.from({ length: 81 }, (_, i) => i / 4);
  const rows = quarters.flatMap((year) => {
    const t = Math.round(year * YEAR);
    return [
      [year, "whitepaper eq 32", supplyAt(t) / 1e6],
      [year, "minted", mintedSupply(t) / 1e6],
    ];
  });
  return { columns: ["years", "supply", "million NKMS"], rows };
}

/** Multiples of s_min. */
const STAKES = [1, 2, 5, 10, 50];
const LENGTHS = [30, 60, 90, 180, 365, 540, 730, 1_095, 1_460];

function rewardReport(): Report {
  const rows = STAKES.flatMap((times) => {
    const stake = times * DEFAULTS.minStake;
    return LENGTHS.map((days) => [days, `${stake / 1_000} 000 NKMS`, rewardOf(stake, 0, days)]);
  });
  return { columns: ["days locked", "stake", "reward [NKMS]"], rows };
}

function feeReport(): Report {
  const rows = flowOf(EXAMPLE).flatMap(({ t, miner, payer, held }) => [
    [t, "miner", miner],
    [t, "payer at once", payer],
    [t, "payer after the window", held],
  ]);
  return { columns: ["closed in period t", "whose", "NKMS"], rows };
}

function lifeReport(): Report {
  const rows = LIVES.flatMap((life) =>
    whereaboutsOf(life).flatMap(({ period, parts }) => PARTS.map((part) => [life.title, period, part, parts[part]])),
  );
  return { columns: ["arrangement", "period", "where", "NKMS"], rows };
}

function splitReport(): Report {
  const rows = flowOf(EXAMPLE).flatMap(({ t, miner, payer, held }) => {
    const kept = { ...{ challenger: 0, burned: 0, payer, held }, miner: miner + EXAMPLE.collateral };
    const split = (fault: string, parts: Partial<typeof kept>): (string | number)[][] => [
      [fault, t, "miner: c and the earned fee", parts.miner ?? 0],
      [fault, t, "payer after the window", parts.held ?? 0],
      [fault, t, "payer at once", parts.payer ?? 0],
      [fault, t, "challenger", parts.challenger ?? 0],
      [fault, t, "burned", parts.burned ?? 0],
    ];
    return [
      ...split("revoked; no fault", kept),
      ...split("wrong answer", wrongAnswerAt(EXAMPLE, t)),
      ...split("leaked key", leakAt(EXAMPLE, t)),
    ];
  });
  return { columns: ["fault", "in period t", "who", "NKMS"], rows };
}

function cheatingReport(): Report {
  const checks = Array.from({ length: 61 }, (_, i) => 10 ** (-4 + i / 20));
  const rows = checks.flatMap((q) => [
    [q, "answers wrongly (saves 10 %)", cheatingPays(EXAMPLE, q, EXAMPLE.rate / 10)],
    [q, "answers wrongly (saves 50 %)", cheatingPays(EXAMPLE, q, EXAMPLE.rate / 2)],
    [q, "answers rightly", feeOf(EXAMPLE)],
  ]);
  return { columns: ["q (checked and proven) per period", "node", "NKMS an arrangement"], rows };
}

export const economyPictures = (): readonly Picture[] => [
  {
    name: "economy-issuance",
    says: "Supply follows the whitepaper's curve: half of what is left is issued every 2079 days",
    report: issuanceReport(),
    x: "years",
    y: "million NKMS",
    series: "supply",
  },
  {
    name: "economy-rewards-by-lock",
    says: "A reward goes by stake and time alone: no bonus for long locks (30 % of the supply staked)",
    report: rewardReport(),
    x: "days locked",
    y: "reward [NKMS]",
    series: "stake",
    mark: "line and points",
    logX: true,
    logY: true,
  },
  {
    name: "economy-fee",
    says: "A closed arrangement pays the miner for what it served; half of the fee stays for the window",
    report: feeReport(),
    x: "closed in period t",
    y: "NKMS",
    series: "whose",
  },
  {
    name: "economy-policy-life",
    says: "Where collateral and fee of an arrangement are, period by period: c + f = 600 stays 600",
    report: lifeReport(),
    x: "period",
    y: "NKMS",
    series: "where",
    mark: "stacked steps",
    panels: "arrangement",
  },
  {
    name: "economy-slash-splits",
    says: "Who gets what of c + f = 600, by fault and by the period in which it is proven",
    report: splitReport(),
    x: "in period t",
    y: "NKMS",
    series: "who",
    mark: "stacked areas",
    panels: "fault",
  },
  {
    name: "economy-cheating",
    says: "Answering wrongly pays only where fewer than about one period in 600 is checked (c = f; saves 10 %)",
    report: cheatingReport(),
    x: "q (checked and proven) per period",
    y: "NKMS an arrangement",
    series: "node",
    logX: true,
  },
];
