import { getAddress, id, toBeHex } from "ethers";

import {
  assignmentOf,
  type Call,
  type ChainRules,
  type ChallengeChain,
  type CommitmentHistory,
  type Evidence,
  type Head,
  type Nonces,
  type OnChainCommitment,
  type Standing,
  VerifierError,
} from "../../src/index.js";
import { commitmentFor } from "@nkms/protocol";
import { domain, terms } from "./scene.js";

/** What a test throws in the middle of a step, as a power cut would. */
export class Crash extends Error {}

interface Transaction {
  readonly call: Call;
  readonly nonce: number;
  readonly hash: string;
}

/** A chain with the rules of the challenge manager, in memory. A block is mined when somebody sleeps. */
export class FakeChain implements ChallengeChain {
  readonly contract = getAddress(toBeHex(0xc4a1, 20));
  readonly challenger = getAddress(toBeHex(0xca11, 20));
  readonly settings: ChainRules = {
    chainId: domain.chainId,
    policies: domain.verifyingContract,
    bond: 10n ** 16n,
    minAge: 3n,
    maxAge: 20n,
    finderPercent: 20n,
    leakPercent: 5n,
    window: 7n,
    secondsPerPeriod: 86_400n,
  };
  standing: Standing;
  block = 100n;
  timestamp = 20_000n * 86_400n;
  /** Wei that the challenger has given away. */
  deposited = 0n;
  /** How often a bond was deposited. */
  commits = 0;
  reward = 0n;
  /** What was asked and sent, in order. */
  readonly log: string[] = [];
  /** Called before and after everything that is asked: may throw a {@link Crash}. */
  hook: (what: string, when: "before" | "after") => void = () => undefined;
  /** Whether transactions are mined at all. */
  mining = true;

  #nonce = 7;
  #pool: Transaction[] = [];
  readonly #outcomes = new Map<string, "done" | "failed">();
  readonly #commitments = new Map<string, OnChainCommitment>();
  readonly #history = new Map<string, CommitmentHistory>();

  constructor(evidence: Evidence) {
    const { index } = assignmentOf(evidence);
    const own = terms.arrangements[Number(index)];
    if (!own) throw new Error("expected an arrangement");
    this.standing = {
      ...own,
      collateral: terms.collateral,
      start: 19_996n,
      stop: 20_006n,
      end: 20_006n,
      open: true,
      handedOff: false,
      convicted: false,
    };
  }

  rules(): Promise<ChainRules> {
    return this.#ask("rules", () => this.settings);
  }

  head(): Promise<Head> {
    return this.#ask("head", () => ({ number: this.block, timestamp: this.timestamp }));
  }

  standingOf(): Promise<Standing> {
    return this.#ask("standingOf", () => this.standing);
  }

  commitmentOf(commitment: string): Promise<OnChainCommitment> {
    return this.#ask("commitmentOf", () => this.#commitments.get(commitment) ?? { madeAt: 0n, founded: false });
  }

  historyOf(commitment: string): Promise<CommitmentHistory> {
    return this.#ask("historyOf", () => this.#history.get(commitment) ?? { committed: false, bond: "kept" });
  }

  nonces(): Promise<Nonces> {
    return this.#ask("nonces", () => ({ mined: this.#nonce, pending: this.#nonce + this.#pool.length }));
  }

  gasPrice(): Promise<bigint> {
    return this.#ask("gasPrice", () => 10n ** 9n);
  }

  gasFor(call: Call): Promise<bigint> {
    return this.#ask("gasFor", () => {
      const refused = this.#refuse(call);
      if (refused) throw new VerifierError("TRANSACTION_FAILED", call.step, "a call that succeeds", refused);
      return 100_000n;
    });
  }

  send(call: Call, nonce: number): Promise<string> {
    return this.#ask(`send ${call.step}`, () => {
      if (nonce !== this.#nonce + this.#pool.length) throw new Error(`the nonce ${nonce} is not the next one`);
      const hash = id(`${nonce} ${call.step} ${this.log.length}`);
      this.#pool.push({ call, nonce, hash });
      return hash;
    });
  }

  outcomeOf(hash: string): Promise<"done" | "failed" | "unknown"> {
    return this.#ask("outcomeOf", () => this.#outcomes.get(hash) ?? "unknown");
  }

  /** What a sleeping challenger wakes up to: a block later. */
  readonly sleep = (): Promise<void> => {
    this.mine();
    return Promise.resolve();
  };

  mine(blocks = 1): void {
    for (let i = 0; i < blocks; ++i) {
      this.block += 1n;
      if (!this.mining) continue;
      for (const { call, hash } of this.#pool.splice(0)) {
        this.#nonce += 1;
        const refused = this.#refuse(call);
        if (!refused) this.#execute(call);
        this.#outcomes.set(hash, refused ? "failed" : "done");
      }
    }
  }

  /** The node forgets what isn't mined. */
  forget(): void {
    this.#pool = [];
  }

  /** Takes a transaction of the challenger's that has nothing to do with challenges. */
  sendOther(): void {
    this.#nonce += 1;
  }

  /** Lets the commitment vanish, as if its block were replaced. */
  reorganise(): void {
    this.#commitments.clear();
    this.#history.clear();
    this.#outcomes.clear();
    this.#nonce = 7;
    this.deposited = 0n;
  }

  /** Forgets the state of a commitment and keeps its events, as no chain would. */
  breakState(): void {
    this.#commitments.clear();
  }

  #refuse(call: Call): string | undefined {
    if (call.step === "reveal") {
      const commitment = this.#commitmentOf(call);
      const made = this.#commitments.get(commitment);
      if (!made || made.founded) return "ChallengeManagerNoCommitment";
      const [from, to] = [made.madeAt + this.settings.minAge, made.madeAt + this.settings.maxAge];
      return this.block < from || this.block > to ? "ChallengeManagerOutsideAge" : undefined;
    }
    const made = this.#commitments.get(call.commitment);
    if (call.step === "commit") return made ? "ChallengeManagerCommitted" : undefined;
    if (!made) return "ChallengeManagerNoCommitment";
    if (call.step === "takeBond") return made.founded ? undefined : "ChallengeManagerNotFounded";
    return this.block > made.madeAt + this.settings.maxAge ? undefined : "ChallengeManagerOutsideAge";
  }

  #execute(call: Call): void {
    const { bond } = this.settings;
    if (call.step === "reveal") {
      const commitment = this.#commitmentOf(call);
      const { madeAt } = this.#commitments.get(commitment) ?? { madeAt: 0n };
      this.#commitments.set(commitment, { madeAt, founded: true });
      this.reward += 3n;
      this.#history.set(commitment, { committed: true, bond: "kept", reward: 3n });
      return;
    }
    const { commitment } = call;
    const history = this.#history.get(commitment);
    if (call.step === "commit") {
      this.deposited += bond;
      this.commits += 1;
      this.#commitments.set(commitment, { madeAt: this.block, founded: false });
      this.#history.set(commitment, { committed: true, bond: "kept" });
      return;
    }
    this.#commitments.delete(commitment);
    if (call.step === "takeBond") this.deposited -= bond;
    this.#history.set(commitment, {
      ...history,
      committed: true,
      bond: call.step === "takeBond" ? "taken" : "burned",
    });
  }

  #commitmentOf({ evidence, salt }: Extract<Call, { step: "reveal" }>): string {
    const { contract, challenger } = this;
    const { policy } = evidence;
    const { index } = assignmentOf(evidence);
    const { chainId } = this.settings;
    return commitmentFor({ chainId, contract, challenger, policy, index, evidence: evidence.evidence, salt });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a promise, whatever the answer throws
  async #ask<Answer>(what: string, answer: () => Answer): Promise<Answer> {
    this.hook(what, "before");
    this.log.push(what);
    const value = answer();
    this.hook(what, "after");
    return value;
  }
}
