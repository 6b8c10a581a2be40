import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { plain, readPage, tableIn } from "../../scripts/health/votesPage";
import { instrumented } from "./instrumented";

/** A transaction has at most so much gas. */
export const TRANSACTION_GAS = 16_777_216n;

/** What docs/health-votes.md says that something costs at most. */
function boundOf(what: string): bigint {
  const row = plain(tableIn(readPage(), "gas"))
    .split("\n")
    .find((line) => line.startsWith(`| ${what} |`));
  if (!row) throw new Error(`docs/health-votes.md: expected a row "${what}" in its table of gas, found none`);
  return BigInt((row.split("|")[2] ?? "").replaceAll(",", "").trim());
}

/** Asserts that a transaction costs no more than the page says, and not much less. */
export async function expectGas(what: string, sent: Promise<ContractTransactionResponse>): Promise<void> {
  const receipt = await (await sent).wait();
  if (!receipt) throw new Error("expected a mined transaction");
  if (instrumented) return;
  const [gas, bound] = [receipt.gasUsed, boundOf(what)];
  expect(gas, `gas: ${what}`).to.be.at.most(bound);
  expect(gas, `gas: ${what}; the page says at most ${bound}`).to.be.greaterThan((bound * 4n) / 5n);
  expect(gas, `gas: ${what}`).to.be.lessThan(TRANSACTION_GAS);
}
