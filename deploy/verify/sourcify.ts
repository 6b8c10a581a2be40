import { type Explorer, PATIENCE, type Patience, askUntil, fieldsOf, refuse } from "./explorer";
import type { Submission } from "./submission";

const SOURCIFY_URL = "https://sourcify.dev/server";

/** Sourcify, which asks for no key (API version 2). */
export class Sourcify implements Explorer {
  readonly service = "sourcify";

  constructor(
    private readonly url = SOURCIFY_URL,
    private readonly patience: Patience = PATIENCE,
  ) {}

  /** @returns `exact_match`, or `match` when only comments or names differ */
  async verify(submission: Submission): Promise<string> {
    const { chainId, address, input, compilerVersion, identifier, transaction } = submission;
    const what = `Sourcify on ${submission.name}`;
    const known = await this.known(what, chainId, address);
    if (known === "exact_match") return known;

    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        stdJsonInput: input,
        compilerVersion,
        contractIdentifier: identifier,
        creationTransactionHash: transaction,
      }),
    };
    const ticket = await askUntil(
      what,
      `${this.url}/v2/verify/${chainId}/${address}`,
      init,
      this.patience,
      (answer) => {
        const { verificationId, customCode, message } = fieldsOf(answer.body);
        if (answer.status === 409 && customCode === "already_verified") return { verified: true };
        if (answer.status === 202 && typeof verificationId === "string") return { verificationId };
        return refuse(what, message ?? answer.body);
      },
    );
    if (ticket.verificationId !== undefined) return this.outcome(what, ticket.verificationId);
    return (await this.known(what, chainId, address)) ?? "match";
  }

  /** How well it knows a contract already. */
  private async known(what: string, chainId: number, address: string): Promise<string | undefined> {
    const url = `${this.url}/v2/contract/${chainId}/${address}`;
    const { match } = await askUntil(what, url, {}, this.patience, (answer) => fieldsOf(answer.body));
    return typeof match === "string" ? match : undefined;
  }

  private async outcome(what: string, verificationId: string): Promise<string> {
    const url = `${this.url}/v2/verify/${verificationId}`;
    return askUntil(what, url, {}, this.patience, (answer) => {
      const { isJobCompleted, contract, error } = fieldsOf(answer.body);
      if (isJobCompleted === false) return undefined;
      const { match } = fieldsOf(contract);
      if (isJobCompleted === true && typeof match === "string") return match;
      return refuse(what, fieldsOf(error)["message"] ?? answer.body);
    });
  }
}
