import { id } from "ethers";

import { type Chain, contractAt } from "./chain";
import type { Call } from "./plan";

/** A file that the Transaction Builder of the Safe app reads, format 1.0. */
export interface SafeBatch {
  readonly version: "1.0";
  readonly chainId: string;
  /** Unix time, milliseconds. */
  readonly createdAt: number;
  readonly meta: {
    readonly name: string;
    readonly description: string;
    readonly txBuilderVersion: string;
    readonly createdFromSafeAddress: string;
    readonly createdFromOwnerAddress: string;
    readonly checksum?: string;
  };
  readonly transactions: readonly SafeTransaction[];
}

interface SafeTransaction {
  readonly to: string;
  /** Wei, decimal. */
  readonly value: string;
  /** Hex; so the method and its values need not be told. */
  readonly data: string | null;
  readonly contractMethod: object | null;
  readonly contractInputsValues: object | null;
}

/**
 * A batch for a Safe, with its checksum.
 * @param safe the account that is to execute it
 */
export function safeBatch(chain: Chain, safe: string, words: readonly string[], calls: readonly Call[]): SafeBatch {
  return withChecksum({
    version: "1.0",
    chainId: String(chain.chainId),
    createdAt: Number(chain.timestamp) * 1_000,
    meta: {
      name: `NKMS: ${calls.map((one) => methodOf(chain, one)).join(", ")}`,
      description: words.join(" "),
      txBuilderVersion: "1.18.2",
      createdFromSafeAddress: safe,
      createdFromOwnerAddress: "",
    },
    transactions: calls.map(({ to, value, data }) => ({
      to,
      value: String(value),
      data,
      contractMethod: null,
      contractInputsValues: null,
    })),
  });
}

/** The name of the method that a call is of. */
const methodOf = (chain: Chain, { to, data }: Call): string =>
  contractAt(chain, to)?.contract.interface.getFunction(data.slice(0, 10))?.name ?? data.slice(0, 10);

/** The batch with the checksum that the Safe app makes of it. */
export function withChecksum(batch: SafeBatch): SafeBatch {
  const { name, description, txBuilderVersion, createdFromSafeAddress, createdFromOwnerAddress } = batch.meta;
  const meta = { name, description, txBuilderVersion, createdFromSafeAddress, createdFromOwnerAddress };
  return { ...batch, meta: { ...meta, checksum: id(canonical({ ...batch, meta: { ...meta, name: null } })) } };
}

/** What the Safe app hashes: an object is the list of its sorted names, then each value and a comma. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const fields = value as Record<string, unknown>;
  const names = Object.keys(fields).sort();
  return `{${JSON.stringify(names)}${names.map((name) => `${canonical(fields[name])},`).join("")}}`;
}
