import type { Vote } from "./ballot.js";
import type { HealthChain, Round, SignedCommitment } from "./chain.js";
import { HealthError } from "./errors.js";
import type { Roster } from "./exchange.js";
import { type BallotCommitment, type HealthDomain, type Preimage, signerOfMessage } from "./messages.js";
import { same } from "./values.js";

/** What a collector has got from others, to commit and to show it together with its own. */
export class Collector {
  readonly #commitments = new Map<string, SignedCommitment>();
  readonly #votes = new Map<string, Vote>();
  readonly #tried = new Map<string, boolean>(); // whether the contract takes the vote

  /** @param most in one transaction */
  constructor(
    private readonly chain: HealthChain,
    private readonly domain: HealthDomain,
    private readonly roster: Roster,
    private readonly most: number,
  ) {}

  /** Keeps what a member sent. The last one counts: only one can be what it has committed to. */
  async receive(message: BallotCommitment | Preimage, round: Pick<Round, "number" | "randomness">): Promise<void> {
    if (message.round !== round.number) return;
    if (message.kind === "preimage" && message.randomness !== round.randomness) return;
    const signer = signerOfMessage(message, this.domain);
    const member = await this.roster.memberOf(message.voter);
    if (!member || signer === undefined || !same(signer, member.operator)) return;
    const key = message.voter.toLowerCase();
    if (message.kind === "ballot") {
      const { voter, commitment, signature } = message;
      this.#commitments.set(key, { voter, commitment, signature });
    } else {
      const { voter, seed, ballot, salt, seats } = message;
      this.#votes.set(key, { voter, seed, ballot, salt, seats });
      this.#tried.delete(key);
    }
  }

  /**
   * What to commit to now.
   * @param members who is awaited
   * @param isLast whether to wait no longer for those that are missing
   * @returns none while somebody is missing, or if nothing is left
   */
  async commitments(
    own: SignedCommitment,
    members: readonly string[],
    round: Round,
    isLast: boolean,
  ): Promise<readonly SignedCommitment[]> {
    const committed = await this.chain.committedIn(round);
    const isLeft = (voter: string): boolean => !committed.some((one) => same(one, voter));
    const here = [own, ...this.#commitments.values()].filter(({ voter }) => isLeft(voter));
    const isMissing = (voter: string): boolean => !here.some((one) => same(one.voter, voter));
    if (!isLast && members.filter(isLeft).some(isMissing)) return [];
    return here.slice(0, this.most);
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
