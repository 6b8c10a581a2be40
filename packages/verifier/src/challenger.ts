import { amountOf } from "@nkms/protocol";

import { same } from "./answer.js";
import { calldataOf } from "./abi.js";
import type { Call, ChainRules, ChallengeChain, Head, Nonces, Step } from "./chain.js";
import { VerifierError } from "./errors.js";
import { assignmentOf, type Evidence } from "./evidence.js";
import { checkJournal, type Journal, newJournal, readJournal, saveJournal, type Sent } from "./journal.js";
import { MAX_TRANSACTION_LENGTH, type Plan, planOf } from "./plan.js";

/** How a challenge stands. Blocks are numbers of the chain. */
export type Status =
  /** Nothing is on chain. */
  | { readonly kind: "new" }
  /** A transaction is on its way. */
  | { readonly kind: "pending"; readonly step: Step; readonly nonce: number; readonly hash?: string }
  /** Committed; it can be revealed in blocks `from` to `to`. */
  | { readonly kind: "young"; readonly block: bigint; readonly from: bigint; readonly to: bigint }
  /** Committed, and it can be revealed now. */
  | { readonly kind: "ripe"; readonly block: bigint; readonly from: bigint; readonly to: bigint }
  /** Committed, and no longer to be revealed: the bond is lost. A fresh commitment may still be made. */
  | { readonly kind: "expired"; readonly block: bigint; readonly to: bigint }
  /** Revealed; the bond waits. `reward`: base units of NKMS. */
  | { readonly kind: "founded"; readonly reward: bigint }
  /** Revealed, and the bond is back. */
  | { readonly kind: "done"; readonly reward: bigint }
  /** The bond was burned. A fresh commitment may still be made. */
  | { readonly kind: "lost" };

/** Settings of a {@link Challenger}. */
export interface ChallengerOptions {
  /** Between two looks at the chain while waiting, milliseconds; 4,000 by default. */
  readonly pollInterval?: number;
  /** For tests. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * Brings one piece of evidence to the chain: commit, wait, reveal, take the bond back. Everything that must not be
 * forgotten is on the disk before it is needed, and what happened is always asked of the chain: a new object with the
 * same arguments goes on after a crash at any point. It never commits while an earlier commitment can be revealed.
 *
 * Nothing of the evidence leaves this machine before the reveal: an RPC endpoint that sees it earlier could be faster.
 *
 * @example
 * const challenger = await Challenger.open(new EthersChain(signer, address), evidence, "answer.journal.json");
 * console.log(describePlan(await challenger.plan()).join("\n"));
 * await challenger.commit();
 * await challenger.untilRipe();
 * await challenger.reveal();
 * await challenger.takeBond();
 */
export class Challenger {
  readonly #chain: ChallengeChain;
  readonly #path: string;
  readonly #rules: ChainRules;
  readonly #pollInterval: number;
  readonly #sleep: (milliseconds: number) => Promise<void>;
  #journal: Journal | undefined;

  private constructor(
    chain: ChallengeChain,
    readonly evidence: Evidence,
    path: string,
    rules: ChainRules,
    journal: Journal | undefined,
    options: ChallengerOptions,
  ) {
    this.#chain = chain;
    this.#path = path;
    this.#rules = rules;
    this.#journal = journal;
    this.#pollInterval = options.pollInterval ?? 4_000;
    this.#sleep = options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
  }

  /**
   * Reads the journal, if there is one, and checks that evidence, journal and chain belong together.
   * @param path of the journal: {@link journalPathOf}
   * @throws {VerifierError} `OTHER_CHAIN`, `OTHER_JOURNAL`; `TOO_LARGE` for an answer that no transaction holds; as
   * {@link readJournal}
   */
  static async open(
    chain: ChallengeChain,
    evidence: Evidence,
    path: string,
    options: ChallengerOptions = {},
  ): Promise<Challenger> {
    const rules = await chain.rules();
    checkChain(evidence, rules);
    checkLength(evidence, chain.challenger);
    const journal = await readJournal(path);
    if (journal) checkJournal(journal, evidence, { ...place(chain), chainId: rules.chainId });
    return new Challenger(chain, evidence, path, rules, journal, options);
  }

  /** What was written down; undefined: nothing yet. Its salt is a secret until the reveal. */
  get journal(): Journal | undefined {
    return this.#journal;
  }

  /**
   * What it takes and may give to bring this to the chain.
   * @throws {VerifierError} `NOTHING_TO_EARN` if the evidence no longer counts; `OTHER_CHAIN` if the chain knows another
   * operator or key fragment for the arrangement
   */
  async plan(): Promise<Plan> {
    const { terms, index } = assignmentOf(this.evidence);
    const [head, standing, price] = [
      await this.#chain.head(),
      await this.#chain.standingOf(terms, index),
      await this.#chain.gasPrice(),
    ];
    checkStanding(this.evidence, standing);
    const plan = planOf(this.evidence, place(this.#chain), this.#rules, head, standing, price);
    if (plan.period <= plan.lastPeriod) return plan;
    throw new VerifierError("NOTHING_TO_EARN", "evidence", `period ${plan.lastPeriod} or before`, String(plan.period));
  }

  /** How things stand, as the chain says. */
  async status(): Promise<Status> {
    const journal = this.#journal;
    if (!journal) return { kind: "new" };
    // Nonces first: what was mined before this answer is seen by the questions after it.
    const nonces = await this.#chain.nonces();
    const { madeAt, founded } = await this.#chain.commitmentOf(journal.commitment);
    if (madeAt === 0n) return this.#gone(journal, nonces);
    if (founded) return this.#pending(journal, nonces, "takeBond") ?? { kind: "founded", reward: await this.#reward() };
    const head = await this.#chain.head();
    return this.#pending(journal, nonces, "reveal", "burnBond") ?? this.#ageOf(madeAt, head);
  }

  /**
   * Deposits the bond, unless that was done already. Before anything is sent the salt is on the disk.
   * @returns how things stand then
   * @throws {VerifierError} `NOTHING_TO_EARN` if there was a verdict or it is too late; `OUT_OF_TURN` if an earlier
   * commitment expired: see {@link recommit}; `TRANSACTION_FAILED`
   */
  async commit(): Promise<Status> {
    const status = await this.settled();
    if (status.kind === "expired" || status.kind === "lost") {
      throw new VerifierError("OUT_OF_TURN", "commit", "no commitment, or recommit", describeStatus(status));
    }
    return status.kind === "new" ? this.#commitWith(this.#journal) : status;
  }

  /**
   * Commits once more, with a new salt and another bond, after an earlier commitment came too late.
   * @throws {VerifierError} `OUT_OF_TURN` if none did; as {@link commit}
   */
  async recommit(): Promise<Status> {
    const status = await this.settled();
    if (status.kind !== "expired" && status.kind !== "lost") {
      throw new VerifierError("OUT_OF_TURN", "recommit", "a commitment that came too late", describeStatus(status));
    }
    return this.#commitWith(undefined);
  }

  /** Waits until the commitment can be revealed, or there is none to wait for. */
  async untilRipe(): Promise<Status> {
    let status = await this.settled();
    while (status.kind === "young") {
      await this.#sleep(this.#pollInterval);
      status = await this.settled();
    }
    return status;
  }

  /**
   * Shows the evidence, unless that was done already.
   * @throws {VerifierError} `OUT_OF_TURN` if there is no commitment of the right age; `TRANSACTION_FAILED`
   */
  async reveal(): Promise<Status> {
    const status = await this.settled();
    if (status.kind === "founded" || status.kind === "done") return status;
    const journal = this.#journal;
    if (status.kind !== "ripe" || !journal) throw outOfTurn("reveal", "a commitment of the right age", status);
    return this.#run({ step: "reveal", evidence: this.evidence, salt: journal.salt });
  }

  /**
   * Takes the bond back after a reveal, unless that was done already.
   * @throws {VerifierError} `OUT_OF_TURN`, `TRANSACTION_FAILED`
   */
  async takeBond(): Promise<Status> {
    const status = await this.settled();
    if (status.kind === "done") return status;
    const journal = this.#journal;
    if (status.kind !== "founded" || !journal) throw outOfTurn("takeBond", "a commitment that was revealed", status);
    return this.#run({ step: "takeBond", commitment: journal.commitment });
  }

  /**
   * Burns the bond of a commitment that came too late: it can't be saved, and nobody needs to.
   * @throws {VerifierError} `OUT_OF_TURN`, `TRANSACTION_FAILED`
   */
  async burnBond(): Promise<Status> {
    const status = await this.settled();
    if (status.kind === "lost") return status;
    const journal = this.#journal;
    if (status.kind !== "expired" || !journal) throw outOfTurn("burnBond", "a commitment that came too late", status);
    return this.#run({ step: "burnBond", commitment: journal.commitment });
  }

  /** How things stand once no transaction of ours is on its way. */
  async settled(): Promise<Status> {
    for (;;) {
      const status = await this.status();
      if (status.kind !== "pending") return status;
      await this.#sleep(this.#pollInterval);
    }
  }

  /** @param journal of a commitment that never came to the chain; undefined: a new one */
  async #commitWith(journal: Journal | undefined): Promise<Status> {
    const plan = await this.plan();
    if (plan.convicted) throw new VerifierError("NOTHING_TO_EARN", "arrangement", "no verdict yet", "one");
    if (!journal) {
      const since = (await this.#chain.head()).number;
      const lost = this.#journal ? [...this.#journal.lost, this.#journal.commitment] : [];
      journal = newJournal(this.evidence, { ...place(this.#chain), chainId: this.#rules.chainId, since }, lost);
      await saveJournal(this.#path, journal, this.#journal === undefined);
      this.#journal = journal;
    }
    return this.#run({ step: "commit", commitment: journal.commitment, bond: this.#rules.bond });
  }

  /** Sends a step and waits for it. Who looks at the journal meanwhile knows at least the nonce. */
  async #run(call: Call): Promise<Status> {
    const gas = await this.#chain.gasFor(call);
    const { pending: nonce } = await this.#chain.nonces();
    await this.#note({ step: call.step, nonce });
    const hash = await this.#chain.send(call, nonce, gas);
    await this.#note({ step: call.step, nonce, hash });
    const done = await this.#mined(hash, nonce);
    for (let looks = 1; ; ++looks) {
      const status = await this.settled();
      if (LEADS_TO[call.step].includes(status.kind)) return status;
      if (!done || looks === MAX_LOOKS) {
        throw new VerifierError("TRANSACTION_FAILED", call.step, "a transaction that succeeds", hash);
      }
      await this.#sleep(this.#pollInterval); // the provider, or one of its nodes, shows an older state
    }
  }

  /** Waits until a transaction is mined, or another one with its nonce. @returns whether it did what it should */
  async #mined(hash: string, nonce: number): Promise<boolean> {
    for (;;) {
      const { mined } = await this.#chain.nonces();
      const outcome = await this.#chain.outcomeOf(hash);
      if (outcome !== "unknown" || mined > nonce) return outcome === "done";
      await this.#sleep(this.#pollInterval);
    }
  }

  async #note(sent: Sent): Promise<void> {
    const journal = this.#journal;
    if (!journal) return;
    const others = journal.sent.filter(({ step, nonce }) => step !== sent.step || nonce !== sent.nonce);
    this.#journal = { ...journal, sent: [...others, sent] };
    await saveJournal(this.#path, this.#journal);
  }

  /** A transaction of one of these steps that nodes know and that isn't mined. */
  #pending(journal: Journal, { mined, pending }: Nonces, ...steps: Step[]): Status | undefined {
    const sent = steps
      .map((step) => lastOf(journal, step))
      .find((last) => last && last.nonce >= mined && last.nonce < pending);
    return sent && { kind: "pending", ...sent };
  }

  /** There is no commitment: not yet, or no longer. */
  async #gone(journal: Journal, nonces: Nonces): Promise<Status> {
    const history = await this.#chain.historyOf(journal.commitment, this.evidence, journal.since);
    const { bond, reward = 0n } = history;
    if (bond === "taken") return { kind: "done", reward };
    if (bond === "burned") return { kind: "lost" };
    const { hash } = lastOf(journal, "commit") ?? {};
    if (history.committed || (hash !== undefined && (await this.#chain.outcomeOf(hash)) === "done")) {
      const { madeAt } = await this.#chain.commitmentOf(journal.commitment);
      if (madeAt !== 0n) return this.status(); // it was mined between two questions
      // To commit again would be wrong, whatever is behind this.
      throw new VerifierError("OTHER_CHAIN", "chain", "the events of a commitment that was made", "not all of them");
    }
    return this.#pending(journal, nonces, "commit") ?? { kind: "new" };
  }

  async #reward(): Promise<bigint> {
    const journal = this.#journal;
    if (!journal) return 0n;
    const { reward = 0n } = await this.#chain.historyOf(journal.commitment, this.evidence, journal.since);
    return reward;
  }

  #ageOf(madeAt: bigint, { number: block }: Head): Status {
    const [from, to] = [madeAt + this.#rules.minAge, madeAt + this.#rules.maxAge];
    // What is sent now is mined in the next block at the earliest; what it takes is estimated in the newest.
    if (block >= to) return { kind: "expired", block, to };
    return block >= from ? { kind: "ripe", block, from, to } : { kind: "young", block, from, to };
  }
}

/** A status in words: one sentence. */
export function describeStatus(status: Status): string {
  switch (status.kind) {
    case "new":
      return "Nothing is on chain.";
    case "pending":
      return `The transaction for ${status.step} is on its way${status.hash === undefined ? "" : `: ${status.hash}`}.`;
    case "young":
      return `Committed. It can be revealed in blocks ${status.from} to ${status.to}; the newest is ${status.block}.`;
    case "ripe":
      return `Committed. It can be revealed now, and through block ${status.to}; the newest is ${status.block}.`;
    case "expired":
      return `Committed, but it could be revealed through block ${status.to} only and the newest is ${status.block}: the bond is lost. A fresh commitment with another bond may still be made.`;
    case "founded":
      return `Proven, for ${amountOf(status.reward)} NKMS. The bond waits to be taken back.`;
    case "done":
      return `Proven, for ${amountOf(status.reward)} NKMS. The bond is back.`;
    case "lost":
      return "The bond was burned. A fresh commitment with another bond may still be made.";
  }
}

/** How often the chain is asked for the effect of a transaction that was mined well. */
const MAX_LOOKS = 10;

/** What a step that succeeded leads to, perhaps with others behind it. */
const LEADS_TO: Readonly<Record<Step, readonly Status["kind"][]>> = {
  commit: ["young", "ripe", "expired", "founded", "done", "lost"],
  reveal: ["founded", "done"],
  takeBond: ["done"],
  burnBond: ["lost"],
};

const outOfTurn = (step: Step, expected: string, status: Status): VerifierError =>
  new VerifierError("OUT_OF_TURN", step, expected, describeStatus(status));

const place = ({ contract, challenger }: ChallengeChain): { contract: string; challenger: string } => ({
  contract,
  challenger,
});

const lastOf = (journal: Journal | undefined, step: Step): Sent | undefined =>
  journal?.sent.filter((sent) => sent.step === step).at(-1);

function checkChain(evidence: Evidence, { chainId, policies }: ChainRules): void {
  const { domain } = assignmentOf(evidence);
  if (domain.chainId !== chainId) {
    throw new VerifierError("OTHER_CHAIN", "chain", `chain ${domain.chainId}`, `chain ${chainId}`);
  }
  if (!same(domain.verifyingContract, policies)) {
    const expected = `one that works for the policy manager ${domain.verifyingContract}`;
    throw new VerifierError("OTHER_CHAIN", "contract", expected, `one for ${policies}`);
  }
}

function checkStanding(evidence: Evidence, standing: { operator: string; kfragHash: string }): void {
  const assignment = assignmentOf(evidence);
  const claimed = assignment.tookOver ?? assignment.terms.arrangements[Number(assignment.index)];
  for (const name of ["operator", "kfragHash"] as const) {
    const value = claimed?.[name] ?? "";
    if (same(value, standing[name])) continue;
    throw new VerifierError("OTHER_CHAIN", `arrangement.${name}`, `${value}, as in the evidence`, standing[name]);
  }
}

function checkLength(evidence: Evidence, challenger: string): void {
  const salt = `0x${"00".repeat(32)}`;
  const length = (calldataOf({ step: "reveal", evidence, salt }, challenger).length - 2) / 2;
  const most = MAX_TRANSACTION_LENGTH - 1_024; // room for the rest of a transaction
  if (length <= most) return;
  throw new VerifierError("TOO_LARGE", "evidence", `${most} bytes in a transaction or fewer`, String(length));
}
