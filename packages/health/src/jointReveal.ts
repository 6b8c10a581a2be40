import type { Vote } from "./ballot.js";
import type { HealthChain, Round } from "./chain.js";
import { HealthError } from "./errors.js";
import type { Roster } from "./exchange.js";
import { type HealthDomain, type Preimage, signerOfMessage } from "./messages.js";
import { same } from "./values.js";

/** The votes that a collector has got, to show them together. */
export class JointReveal {
  readonly #votes = new Map<string, Vote>();
  readonly #tried = new Map<string, boolean>(); // whether the contract takes the vote

  /** @param most votes in one transaction */
  constructor(
    private readonly chain: HealthChain,
    private readonly domain: HealthDomain,
    private readonly roster: Roster,
    private readonly most: number,
  ) {}

  /** Keeps a member's vote. The last one counts: only one can be what it has committed to. */
  async receive(message: Preimage, round: Pick<Round, "number" | "randomness">): Promise<void> {
    if (message.round !== round.number || message.randomness !== round.randomness) return;
    const signer = signerOfMessage(message, this.domain);
    const member = await this.roster.memberOf(message.voter);
    if (!member || signer === undefined || !same(signer, member.operator)) return;
    const { voter, seed, ballot, salt, seats } = message;
    this.#votes.set(voter.toLowerCase(), { voter, seed, ballot, salt, seats });
    this.#tried.delete(voter.toLowerCase());
  }

  /**
   * What to show now.
   * @param own the collector's vote
   * @param isLast whether to wait no longer for those that are missing
   * @returns none while somebody is missing, or if nothing is left
   */
  async votes(own: Vote, round: Round, isLast: boolean): Promise<readonly Vote[]> {
    const shown = await this.chain.shownIn(round);
    const waits = (voter: string): boolean => !shown.some((one) => same(one.voter, voter));
    const committed = (await this.chain.committedIn(round)).filter(waits);
    const here = [own, ...this.#votes.values()];
    const missing = committed.filter((voter) => !here.some((vote) => same(vote.voter, voter)));
    if (missing.length > 0 && !isLast) return [];
    const open = here.filter(({ voter }) => committed.some((one) => same(one, voter))).slice(0, this.most);
    const taken: Vote[] = [];
    for (const vote of open) if (await this.#isTaken(round, vote)) taken.push(vote);
    return taken;
  }

  /** One vote that the contract refuses would spoil the transaction for all: each is tried alone, once. */
  async #isTaken(round: Round, vote: Vote): Promise<boolean> {
    const key = vote.voter.toLowerCase();
    const known = this.#tried.get(key);
    if (known !== undefined) return known;
    try {
      await this.chain.gasFor({ step: "reveal", round: round.number, votes: [vote] });
      this.#tried.set(key, true);
      return true;
    } catch (error) {
      if (!(error instanceof HealthError) || error.code !== "TRANSACTION_FAILED") throw error;
      this.#tried.set(key, false);
      return false;
    }
  }
}
