import { readResults, type Results, tally } from "../mutation/results";
import { SUBJECTS } from "../mutation/subjects";
import { readSnapshot } from "../snapshots/files";
import type { Picture } from "./picture";

/** The most code that a contract can have (EIP-170), bytes. */
const CODE_LIMIT = 24_576;

function sizesPicture(): Picture {
  const sizes = Object.entries(readSnapshot("sizes"));
  const largest = Math.max(...sizes.map(([, bytes]) => bytes));
  return {
    name: "code-sizes",
    says: `Every contract fits in 24 576 bytes (dashed); the largest leaves ${CODE_LIMIT - largest}`,
    report: {
      columns: ["contract", "what", "bytes"],
      rows: sizes.map(([name, bytes]) => [name, "code on chain", bytes]),
    },
    x: "contract",
    y: "bytes",
    series: "what",
    mark: "stacked bars",
    limit: CODE_LIMIT,
  };
}

function mutationPicture(): Picture {
  const known = SUBJECTS.flatMap(({ name }) => {
    const results = readResults(name);
    return results ? [{ name, results }] : [];
  });
  const sums = known.map(({ results }) => tally(results));
  const total = (key: "killed" | "tried"): number => sums.reduce((sum, counts) => sum + counts[key], 0);
  return {
    name: "mutation-kills",
    says: `${total("killed")} of ${total("tried")} mistakes made on purpose in ${known.length} contracts and libraries were seen by a test`,
    report: {
      columns: ["file", "mistake", "mutants"],
      rows: known.flatMap(({ name, results }) => fatesOf(results).map(([fate, count]) => [name, fate, count])),
    },
    x: "file",
    y: "mutants",
    series: "mistake",
    mark: "stacked bars",
  };
}

function fatesOf(results: Results): [fate: string, count: number][] {
  const { hardhat, deployment, time, forge, survived } = tally(results);
  return [
    ["seen by a test of Hardhat's", hardhat],
    ["stops deployment", deployment],
    ["takes too long", time],
    ["seen by a test of forge's", forge],
    ["survived", survived],
    ["not tried yet", results.untried],
  ];
}

/** Pictures of what was measured and committed. */
export const evidencePictures = (): readonly Picture[] => [sizesPicture(), mutationPicture()];
