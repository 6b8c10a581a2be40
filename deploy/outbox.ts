import { appendFileSync } from "node:fs";

import type { EIP1193Provider, RequestArguments } from "@nomicfoundation/ignition-core";
import { Transaction, type Wallet, keccak256 } from "ethers";

/** A transaction that was signed here, and is about to be sent. */
export interface Signed {
  nonce: number;
  hash: string;
}

/** What Ignition asks a node to send; quantities in hex. */
interface Unsent {
  nonce: string;
  to?: string;
  data: string;
  value: string;
  gas: string;
  gasPrice?: string;
  maxFeePerGas?: string;
  maxPriorityFeePerGas?: string;
}

/**
 * A node's provider that signs by itself what is to be sent, with a key that the node never sees. Before it sends anything
 * it writes the hash down, through to the disk: if the process dies before it hears from the node, the next one can find out what became of it.
 */
export class Outbox implements EIP1193Provider {
  constructor(
    private readonly node: EIP1193Provider,
    private readonly chainId: number,
    private readonly wallet: Wallet,
    /** Of {@link Signed}, a line each. */
    private readonly file: string,
  ) {}

  async request(request: RequestArguments): Promise<unknown> {
    if (request.method === "eth_accounts") return [this.wallet.address];
    if (request.method !== "eth_sendTransaction") return this.node.request(request);
    const [unsent] = request.params as [Unsent];
    return this.node.request({ method: "eth_sendRawTransaction", params: [await this.sign(unsent)] });
  }

  private async sign({ gas, nonce, to, data, value, ...fees }: Unsent): Promise<string> {
    const transaction = Transaction.from({
      chainId: this.chainId,
      nonce: Number(nonce),
      to: to ?? null,
      data,
      value,
      gasLimit: gas,
      ...(fees.gasPrice === undefined
        ? {
            type: 2,
            maxFeePerGas: fees.maxFeePerGas ?? "0x0",
            maxPriorityFeePerGas: fees.maxPriorityFeePerGas ?? "0x0",
          }
        : { type: 0, gasPrice: fees.gasPrice }),
    });
    const raw = await this.wallet.signTransaction(transaction);
    const signed: Signed = { nonce: transaction.nonce, hash: keccak256(raw) };
    appendFileSync(this.file, `${JSON.stringify(signed)}\n`, { flush: true });
    return raw;
  }
}
