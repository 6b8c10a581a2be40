import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";

import {
  type EIP1193Provider,
  type TransactionInfo,
  listTransactions,
  status,
  trackTransaction,
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

  /** The steps that failed for good: Ignition wants them wiped before it tries again. */
  async failed(): Promise<string[]> {
    if (!this.exists) return [];
    return (await status(this.folder)).failed.map(({ futureId }) => futureId);
  }

  /** The nonce of each step that was sent, or was about to be. */
  nonces(): Map<string, number> {
    const nonces = new Map<string, number>();
    for (const { futureId, nonce } of this.messages()) if (nonce !== undefined) nonces.set(futureId, nonce);
    return nonces;
  }

  /** The transactions that a node took. */
  async transactions(): Promise<TransactionInfo[]> {
    return this.exists ? listTransactions(this.folder, NO_ARTIFACTS) : [];
  }

  /**
   * Tells Ignition of a transaction that was sent by a process that died before it could write that down. Ignition would
   * take it for somebody else's, and send another.
   * @param from the deployer
   */
  async recover(provider: EIP1193Provider, from: string): Promise<void> {
    const nonce = this.unheard();
    if (nonce === undefined) return;
    const hash = (await this.signedAndKnown(provider, nonce)) ?? (await findMined(new Chain(provider), from, nonce));
    // Unknown to the node: it never arrived, or was dropped. Ignition sends it again, with the same nonce.
    if (hash !== undefined) await trackTransaction(this.folder, hash, provider, 1);
  }

  /** The nonce of a transaction that was about to be sent, if that is the last that is known of it. */
  private unheard(): number | undefined {
    let unheard: Message | undefined;
    for (const message of this.messages()) {
      if (message.type === "TRANSACTION_PREPARE_SEND") unheard = message;
      else if (message.type === "TRANSACTION_SEND" && message.futureId === unheard?.futureId) unheard = undefined;
    }
    return unheard?.nonce;
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
