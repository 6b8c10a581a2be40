import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";

import {
  type EIP1193Provider,
  type TransactionInfo,
  listTransactions,
  status,
  trackTransaction,
  wipe,
} from "@nomicfoundation/ignition-core";

import { addressesFolder } from "./addressBook";
import type { Signed } from "./outbox";
import { Chain } from "./provider";

/** What Ignition writes down about a transaction. */
interface Message {
  type: string;
  futureId: string;
  networkInteractionId: number;
  nonce?: number;
}

/** Ignition wants to be given them, and keeps copies of its own beside the journal. */
const NO_ARTIFACTS = { loadArtifact: (name: string) => Promise.reject(new Error(`${name} is in the journal`)) };

/**
 * The journal of a deployment: what was done, what was about to be done. It is Ignition's, beside our own list of signed
 * transactions. It is there so that an interrupted deployment can go on; afterwards the address book has all of it.
 */
export class Journal {
  readonly folder: string;
  /** Of {@link Signed}. */
  readonly signedFile: string;

  constructor(chainId: number) {
    this.folder = join(addressesFolder(), `${chainId}.journal`);
    this.signedFile = join(this.folder, "signed.jsonl");
  }

  /** Whether anything was done. */
  get exists(): boolean {
    return this.messages().length > 0;
  }

  open(): void {
    mkdirSync(this.folder, { recursive: true });
    this.cutTornLine();
  }

  /** For a chain that is no more. */
  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The steps that are done. */
  async done(): Promise<string[]> {
    return this.exists ? (await status(this.folder)).successful : [];
  }

  /** The nonce of each step that was sent, or was about to be. */
  nonces(): Map<string, number> {
    const nonces = new Map<string, number>();
    for (const { type, futureId, nonce } of this.messages()) {
      if (nonce !== undefined) nonces.set(futureId, nonce);
      else if (type === "WIPE_APPLY") nonces.delete(futureId);
    }
    return nonces;
  }

  /** The transactions that a node took. */
  async transactions(): Promise<TransactionInfo[]> {
    return this.exists ? listTransactions(this.folder, NO_ARTIFACTS) : [];
  }

  /**
   * Finds out what became of a transaction if the process died between preparing it and hearing from the node, and tells
   * Ignition, which by itself would refuse to go on.
   * @param from the deployer
   */
  async recover(provider: EIP1193Provider, from: string): Promise<void> {
    const unheard = this.unheard();
    if (!unheard) return;
    const { futureId, nonce } = unheard;
    const hash = (await this.signedAndKnown(provider, nonce)) ?? (await findMined(new Chain(provider), from, nonce));
    if (hash !== undefined) await trackTransaction(this.folder, hash, provider, 1);
    // It never arrived, or was dropped. Made anew it has the same nonce: should the old one turn up, only one counts.
    else await this.wipe(futureId);
  }

  /** Steps that failed are done anew. */
  async wipeFailed(): Promise<void> {
    if (!this.exists) return;
    for (const { futureId } of (await status(this.folder)).failed) await this.wipe(futureId);
  }

  private async wipe(step: string): Promise<void> {
    await wipe(this.folder, { ...NO_ARTIFACTS, getBuildInfo: () => Promise.resolve(undefined) }, step);
  }

  /** The step whose transaction was about to be sent, if it was never written down that it was. */
  private unheard(): { futureId: string; nonce: number } | undefined {
    const prepared = new Map<string, number>();
    const sent = new Set<string>();
    for (const { type, futureId, nonce } of this.messages()) {
      if (type === "TRANSACTION_PREPARE_SEND" && nonce !== undefined) prepared.set(futureId, nonce);
      else if (type === "TRANSACTION_SEND") sent.add(futureId);
      else if (type === "WIPE_APPLY") prepared.delete(futureId);
    }
    for (const [futureId, nonce] of prepared) if (!sent.has(futureId)) return { futureId, nonce };
    return undefined;
  }

  /** Of the transactions signed with this nonce, fees may differ, the one that the node knows. */
  private async signedAndKnown(provider: EIP1193Provider, nonce: number): Promise<string | undefined> {
    const chain = new Chain(provider);
    for (const signed of readLines<Signed>(this.signedFile)) {
      if (signed.nonce === nonce && (await chain.transaction(signed.hash))) return signed.hash;
    }
    return undefined;
  }

  private messages(): Message[] {
    return readLines<Message>(this.messagesFile);
  }

  private get messagesFile(): string {
    return join(this.folder, "journal.jsonl");
  }

  /** A process that dies while it writes can leave half a line, which nobody has acted upon. */
  private cutTornLine(): void {
    for (const file of [this.messagesFile, this.signedFile]) {
      if (!existsSync(file)) continue;
      const text = readFileSync(file, "utf8");
      const last = text.lastIndexOf("\n", text.trimEnd().length - 1) + 1;
      if (!isJson(text.slice(last))) truncateSync(file, Buffer.byteLength(text.slice(0, last)));
    }
  }
}

/** Nodes that sign by themselves are development nodes, with few blocks: looks through them for the transaction. */
async function findMined(chain: Chain, from: string, nonce: number): Promise<string | undefined> {
  if ((await chain.nonce(from, "latest")) <= nonce) return undefined;
  for (let number = await chain.blockNumber(); number >= 0; --number) {
    const { transactions } = await chain.block(number);
    const found = transactions.find((each) => each.nonce === nonce && each.from.toLowerCase() === from.toLowerCase());
    if (found) return found.hash;
  }
  return undefined;
}

function readLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}

function isJson(text: string): boolean {
  if (text.trim() === "") return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
