import { page as healthPage } from "../health/page";
import { readReport, type Report, writeDoc, writeReport } from "../reports/files";
import { draw, type Picture } from "../reports/picture";
import { EXAMPLE, feeOf } from "./defaults";
import { bestReply, flowOf, gainOf, GAMES } from "./games";
import { issueAt, mintedSupply, rewardOf, supplyAt } from "./issuance";
import { page } from "./page";
import { cheatingPays } from "./policies";

const YEAR = 365;

/** Commas would end a cell. */
const cell = (text: string): string => text.replaceAll(",", ";");

function gamesReport(): Report {
  return {
    columns: ["game", "unit", "move", "payoff", "best reply", "gain of the best reply"],
    rows: GAMES.flatMap((game) =>
      game.moves.map((move) => [
        game.name,
        cell(game.unit),
        cell(move.move),
        move.payoff,
        move === bestReply(game) ? "yes" : "no",
        gainOf(game),
      ]),
    ),
  };
}

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

function rewardsReport(): Report {
  return {
    columns: ["years", "issue a day [NKMS]", "yield a year [%] with 30 % staked"],
    rows: Array.from({ length: 21 }, (_, year) => [year, issueAt(year * YEAR), 100 * rewardOf(1, year * YEAR, YEAR)]),
  };
}

function feeReport(): Report {
  const rows = flowOf(EXAMPLE).flatMap(({ t, miner, payer, held }) => [
    [t, "miner", miner],
    [t, "payer at once", payer],
    [t, "payer after the window", held],
  ]);
  return { columns: ["closed in period t", "whose", "NKMS"], rows };
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

const PICTURES: readonly Picture[] = [
  {
    name: "economy-issuance",
    says: "Supply follows the whitepaper's curve: half of what is left is issued every 2079 days",
    report: issuanceReport(),
    x: "years",
    y: "million NKMS",
    series: "supply",
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
    name: "economy-cheating",
    says: "Answering wrongly pays only where fewer than about one period in 600 is checked (c = f; saves 10 %)",
    report: cheatingReport(),
    x: "q (checked and proven) per period",
    y: "NKMS an arrangement",
    series: "node",
    logX: true,
  },
];

/** Writes all that the model says: reports/economy-*.csv, pictures, and both pages, with what was simulated before. */
export async function writeReports(): Promise<void> {
  writeReport("economy-games", gamesReport());
  writeReport("economy-rewards", rewardsReport());
  for (const picture of PICTURES) await draw(picture);
  writeDoc("economics.md", page(readReport));
  writeDoc("health-network.md", healthPage(readReport));
}

if (require.main === module) {
  writeReports().catch((cause: unknown) => {
    process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
    process.exitCode = 1;
  });
}
