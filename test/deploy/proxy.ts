import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands between a deployer and its node, and does something when a transaction comes by. */
export class Proxy {
  /** Methods that were asked for. */
  readonly methods: string[] = [];
  private readonly server: Server;

  constructor(
    private readonly node: string,
    /** Called with the number, from 1 on, of each transaction that is sent; true: don't pass it on. */
    private readonly onTransaction: (number: number) => boolean,
  ) {
    let sent = 0;
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        const { method } = JSON.parse(body) as { method: string };
        this.methods.push(method);
        if (/^eth_send/.test(method) && this.onTransaction(++sent)) return void request.socket.destroy();
        void fetch(this.node, { method: "POST", headers: { "content-type": "application/json" }, body })
          .then((answer) => answer.text())
          .then((text) => response.writeHead(200, { "content-type": "application/json" }).end(text))
          .catch(() => request.socket.destroy());
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
