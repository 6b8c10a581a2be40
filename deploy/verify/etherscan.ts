import { type Answer, type Explorer, PATIENCE, type Patience, askUntil, fieldsOf, refuse } from "./explorer";
import type { Submission } from "./submission";

const ETHERSCAN_URL = "https://api.etherscan.io/v2/api";

/** What Etherscan's list of licenses has for MIT. */
const MIT = "3";

/** Etherscan and the explorers that are run with it: one address and one key for all chains (API version 2). */
export class Etherscan implements Explorer {
  readonly service = "etherscan";

  constructor(
    private readonly key: string,
    private readonly url = ETHERSCAN_URL,
    private readonly patience: Patience = PATIENCE,
  ) {}

  async verify(submission: Submission): Promise<string> {
    const { chainId, address, input, compilerVersion, identifier, constructorArguments } = submission;
    const body = new URLSearchParams({
      apikey: this.key,
      module: "contract",
      action: "verifysourcecode",
      contractaddress: address,
      sourceCode: JSON.stringify(input),
      codeformat: "solidity-standard-json-input",
      contractname: identifier,
      compilerversion: `v${compilerVersion}`,
      licenseType: MIT,
      constructorArguments,
      constructorArguements: constructorArguments, // so older servers spell it
    });
    const what = `Etherscan on ${submission.name}`;
    const init = { method: "POST", body };
    const ticket = await askUntil(what, `${this.url}?chainid=${chainId}`, init, this.patience, (answer) => {
      const { good, text } = read(answer);
      if (isVerified(text)) return { verified: true };
      // It hasn't seen the block yet, or we ask too fast.
      if (/^Unable to locate ContractCode|rate limit/i.test(text)) return undefined;
      return good ? { guid: text } : refuse(what, text);
    });
    if (ticket.guid === undefined) return "verified";
    return this.outcome(what, chainId, ticket.guid);
  }

  private async outcome(what: string, chainId: number, guid: string): Promise<string> {
    const question = new URLSearchParams({
      chainid: String(chainId),
      apikey: this.key,
      module: "contract",
      action: "checkverifystatus",
      guid,
    });
    return askUntil(what, `${this.url}?${question.toString()}`, {}, this.patience, (answer) => {
      const { text } = read(answer);
      if (text === "Pass - Verified" || isVerified(text)) return "verified";
      return /^Pending|rate limit/i.test(text) ? undefined : refuse(what, text);
    });
  }
}

function read({ status, body }: Answer): { good: boolean; text: string } {
  const fields = fieldsOf(body);
  const text = typeof fields["result"] === "string" ? fields["result"] : JSON.stringify(body);
  return { good: status === 200 && fields["status"] === "1", text };
}

const isVerified = (text: string): boolean => /already verified/i.test(text);
