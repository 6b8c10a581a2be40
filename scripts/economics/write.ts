import { page as healthPage } from "../health/page";
import { readReport, type Report, writeDoc, writeReport } from "../reports/files";
import { draw } from "../reports/picture";
import { bestReply, gainOf, GAMES } from "./games";
import { issueAt, rewardOf } from "./issuance";
import { page } from "./page";
import { economyPictures } from "./pictures";

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

function rewardsReport(): Report {
  return {
    columns: ["years", "issue a day [NKMS]", "yield a year [%] with 30 % staked"],
    rows: Array.from({ length: 21 }, (_, year) => [year, issueAt(year * YEAR), 100 * rewardOf(1, year * YEAR, YEAR)]),
  };
}

/** Writes all that the model says: reports/economy-*.csv, pictures, and both pages, with what was simulated before. */
export async function writeEconomy(): Promise<void> {
  writeReport("economy-games", gamesReport());
  writeReport("economy-rewards", rewardsReport());
  for (const picture of economyPictures()) await draw(picture);
  writeDoc("economics.md", page(readReport));
  writeDoc("health-network.md", healthPage(readReport));
}
