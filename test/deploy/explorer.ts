import { createHash } from "node:crypto";
import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Chain } from "../../deploy/provider";
import type { StandardJson } from "../../deploy/verify/submission";

interface Output {
  contracts?: Record<
    string,
    Record<string, { evm: { bytecode: Code; deployedBytecode: Code } } | undefined> | undefined
  >;
}

interface Code {
  object: string;
  immutableReferences?: Record<string, { start: number; length: number }[]>;
}

const solc = require("solc") as { version(): string; compile(input: string): string };

/** An Etherscan and a Sourcify on loopback. They believe nothing: they compile what they are shown, with the same compiler,
 * and compare it with the code on chain and with the transaction that deployed it. */
export class TestExplorer {
  /** Every request, as `POST verifysourcecode` or `GET /v2/contract/31337/0x…`. */
  readonly asked: string[] = [];
  /** What was posted last. */
  posted: URLSearchParams | undefined;
  /** So many of the next requests are answered by "busy" and "pending" before any other. */
  busy = 0;
  pending = 0;

  private readonly verified = new Set<string>();
  private readonly jobs = new Map<string, string>();
  private readonly compiled = new Map<string, Output>();
  private readonly server: Server;

  constructor(
    private readonly chain: Chain,
    private readonly chainId: number,
  ) {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was verified, not what was compiled. */
  forget(): void {
    this.verified.clear();
    this.jobs.clear();
    this.asked.length = 0;
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", this.url);
    const form = new URLSearchParams(text);
    const action = url.searchParams.get("action") ?? form.get("action");
    this.asked.push(`${request.method} ${action ?? url.pathname}`);
    if (this.busy > 0) {
      --this.busy;
      return { status: 429, body: { message: "too many requests" } };
    }
    if (url.pathname === "/v2/api") return { status: 200, body: await this.etherscan(url, form, action) };
    return this.sourcify(url.pathname, text);
  }

  private async etherscan(url: URL, form: URLSearchParams, action: string | null): Promise<object> {
    const bad = (result: string): object => ({ status: "0", message: "NOTOK", result });
    const good = (result: string): object => ({ status: "1", message: "OK", result });
    if (url.searchParams.get("chainid") !== String(this.chainId))
      return bad("Missing or unsupported chainid parameter");
    if (action === "checkverifystatus") {
      if (this.pending-- > 0) return bad("Pending in queue");
      return this.jobs.get(url.searchParams.get("guid") ?? "") === "good"
        ? good("Pass - Verified")
        : bad("Fail - Unable to verify");
    }
    if (form.get("apikey") !== "a key") return bad("Invalid API Key");
    this.posted = form;
    const address = form.get("contractaddress") ?? "";
    if ((await this.chain.code(address)) === "0x") return bad(`Unable to locate ContractCode at ${address}`);
    if (this.verified.has(`etherscan ${address}`)) return bad("Contract source code already verified");
    if (form.get("codeformat") !== "solidity-standard-json-input") return bad("Unknown code format");
    const guid = `guid-${this.jobs.size}`;
    const same = await this.isSame(
      address,
      JSON.parse(form.get("sourceCode") ?? "{}") as StandardJson,
      (form.get("compilerversion") ?? "").replace(/^v/, ""),
      form.get("contractname") ?? "",
      form.get("constructorArguements") ?? "",
    );
    this.jobs.set(guid, same ? "good" : "bad");
    if (same) this.verified.add(`etherscan ${address}`);
    return good(guid);
  }

  private async sourcify(path: string, text: string): Promise<{ status: number; body: object }> {
    const [, , subject, chainOrId, address] = path.split("/");
    if (subject === "contract") {
      const known = this.verified.has(`sourcify ${address}`);
      return known ? { status: 200, body: { match: "exact_match" } } : { status: 404, body: { match: null } };
    }
    if (address === undefined) {
      if (this.pending-- > 0) return { status: 200, body: { isJobCompleted: false } };
      const good = this.jobs.get(chainOrId ?? "") === "good";
      const error = { customCode: "no_match", message: "The onchain and recompiled bytecodes don't match." };
      const outcome = good ? { contract: { match: "exact_match" } } : { contract: { match: null }, error };
      return { status: 200, body: { isJobCompleted: true, ...outcome } };
    }
    if (chainOrId !== String(this.chainId))
      return { status: 400, body: { customCode: "unsupported_chain", message: "Chain" } };
    if (this.verified.has(`sourcify ${address}`)) return { status: 409, body: { customCode: "already_verified" } };
    const { stdJsonInput, compilerVersion, contractIdentifier, creationTransactionHash } = JSON.parse(text) as {
      stdJsonInput: StandardJson;
      compilerVersion: string;
      contractIdentifier: string;
      creationTransactionHash: string;
    };
    const receipt = await this.chain.receipt(creationTransactionHash);
    const same =
      receipt?.contractAddress?.toLowerCase() === address.toLowerCase() &&
      (await this.isSame(address, stdJsonInput, compilerVersion, contractIdentifier, undefined));
    const verificationId = `id-${this.jobs.size}`;
    this.jobs.set(verificationId, same ? "good" : "bad");
    if (same) this.verified.add(`sourcify ${address}`);
    return { status: 202, body: { verificationId } };
  }

  /** @param constructorArguments undefined: whatever was sent */
  private async isSame(
    address: string,
    input: StandardJson,
    compilerVersion: string,
    identifier: string,
    constructorArguments: string | undefined,
  ): Promise<boolean> {
    if (compilerVersion !== solc.version().replace(".Emscripten.clang", "")) return false;
    const [file = "", name = ""] = identifier.split(":");
    const contract = this.compile(input, file, name).contracts?.[file]?.[name];
    if (!contract) return false;
    const { bytecode, deployedBytecode } = contract.evm;
    let code = (await this.chain.code(address)).slice(2);
    for (const { start, length } of Object.values(deployedBytecode.immutableReferences ?? {}).flat()) {
      code = code.slice(0, 2 * start) + "0".repeat(2 * length) + code.slice(2 * (start + length));
    }
    if (code !== deployedBytecode.object) return false;
    const sent = await this.creationOf(address);
    if (!sent?.startsWith(`0x${bytecode.object}`)) return false;
    return constructorArguments === undefined || sent === `0x${bytecode.object}${constructorArguments}`;
  }

  private compile(input: StandardJson, file: string, name: string): Output {
    const outputSelection = { [file]: { [name]: ["evm.bytecode", "evm.deployedBytecode"] } };
    const text = JSON.stringify({ ...input, settings: { ...input.settings, outputSelection } });
    const key = createHash("sha256").update(text).digest("hex");
    const output = this.compiled.get(key) ?? (JSON.parse(solc.compile(text)) as Output);
    this.compiled.set(key, output);
    return output;
  }

  /** What was sent to deploy the contract. */
  private async creationOf(address: string): Promise<string | undefined> {
    for (let number = await this.chain.blockNumber(); number > 0; --number) {
      for (const { hash, input } of (await this.chain.block(number)).transactions) {
        const receipt = await this.chain.receipt(hash);
        if (receipt?.contractAddress?.toLowerCase() === address.toLowerCase()) return input;
      }
    }
    return undefined;
  }
}
