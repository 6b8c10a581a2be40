import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { plain, tableIn } from "../../scripts/health/votesPage";
import { readDoc } from "../../scripts/reports/files";
import { instrumented } from "./instrumented";

/** A transaction has at most so much gas. */
export const TRANSACTION_GAS = 16_777_216n;

/** What a page of docs/ says, in its table of gas, that something costs at most. */
function boundOf(page: string, what: string): bigint {
  const row = plain(tableIn(readDoc(page), "gas"))
    .split("\n")
    .find((line) => line.startsWith(`| ${what} |`));
  if (!row) throw new Error(`docs/${page}: expected a row "${what}" in its table of gas, found none`);
  return BigInt((row.split("|")[2] ?? "").replaceAll(",", "").trim());
}

export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<bigint> {
  const receipt = await (await sent).wait();
  if (!receipt) throw new Error("expected a mined transaction");
  return receipt.gasUsed;
}

/** Asserts that something costs no more than the page says, and not much less. */
export function expectBelow(page: string, what: string, gas: bigint): void {
  if (instrumented) return;
  const bound = boundOf(page, what);
  expect(gas, `gas: ${what}`).to.be.at.most(bound);
  expect(gas, `gas: ${what}; the page says at most ${bound}`).to.be.greaterThan((bound * 4n) / 5n);
  expect(gas, `gas: ${what}`).to.be.lessThan(TRANSACTION_GAS);
}

/** The same of a transaction, by docs/health-votes.md. */
export async function expectGas(what: string, sent: Promise<ContractTransactionResponse>): Promise<void> {
  expectBelow("health-votes.md", what, await gasOf(sent));
}
