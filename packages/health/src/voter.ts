import type { ChainRules, Head, HealthChain, Round } from "./chain.js";
import { winningSeats } from "./committee.js";
import { Duty, type DutyStatus, type DutyTools, offer } from "./duty.js";
import type { Message } from "./messages.js";
import { Sender } from "./sender.js";
import { settingsOf, type VoterEvent, type VoterOptions, type VoterSettings } from "./settings.js";
import { nextOpening, openingTurn } from "./timetable.js";
import { same } from "./values.js";

/** A round in which the voter has no seat has no duty. */
interface Entry {
  readonly randomness: string;
  readonly duty: Duty | undefined;
}

/** A round that can open. */
interface Opening {
  readonly round: bigint;
  /** The first newest block with which it could. */
  readonly since: bigint;
  refused: boolean;
}

/** So many rounds back a new voter looks for duties. */
const LOOK_BACK = 64n;
/** And so many messages of the next round it keeps. */
const MAX_EARLY = 1_000;

/**
 * Votes for one miner in all rounds in whose committee it is: makes seeds with other members, opens commit phases, checks
 * targets, commits, shows in time, decides rounds and applies verdicts. And it opens rounds, in turns with all voters.
 *
 * It looks at the chain in every block and does what is due ({@link HealthVoter.tick}); what happened is asked of the
 * chain, never guessed, and what must not be forgotten is on the disk before it is needed: a new object with the same
 * folder goes on after a crash at any point.
 *
 * @example
 * const chain = await EthersChain.connect(operator, healthVoteAddress);
 * const voter = await HealthVoter.open(chain, { voter: miner, signer: operator, folder, transport, check: ping });
 * await voter.run(signal);
 */
export class HealthVoter {
  readonly #entries = new Map<bigint, Entry>();
  readonly #early: Message[] = []; // of a round that others see already
  #next: bigint | undefined;
  #opening: Opening | undefined;

  private constructor(
    private readonly tools: DutyTools,
    private readonly chain: HealthChain,
    private readonly settings: VoterSettings,
  ) {}

  /** @throws {HealthError} `BAD_ARGUMENT`; `FILE`, `BAD_JSON`, `BAD_FIELD` for a folder that can't be gone on with */
  static async open(chain: HealthChain, options: VoterOptions): Promise<HealthVoter> {
    const settings = settingsOf(options);
    const rules: ChainRules = await chain.rules();
    const sender = await Sender.open(chain, settings.folder, settings);
    const report = (event: VoterEvent): void => {
      try {
        options.report?.(event);
      } catch {
        // A log that fails costs no vote.
      }
    };
    return new HealthVoter({ chain, rules, sender, settings, report }, chain, settings);
  }

  /** How it stands in the rounds that it takes part in and that are not long over, the oldest first. */
  get duties(): readonly DutyStatus[] {
    return [...this.#entries.values()].flatMap(({ duty }) => (duty ? [duty.status] : []));
  }

  /**
   * Whether a miner is in the committee of a round.
   * @param miner the voter itself by default
   * @returns its winning seats; none for a round that isn't kept
   */
  async seatsIn(round: bigint, miner = this.settings.voter): Promise<readonly bigint[]> {
    const found = await this.chain.roundOf(round);
    return found ? this.#seatsIn(found, miner) : [];
  }

  async #seatsIn(round: Round, miner: string): Promise<readonly bigint[]> {
    return winningSeats(round, miner, await this.chain.seatsOf(round.number, miner));
  }

  /** Does what is due in the newest block. Throws only what the chain throws before anything is done. */
  async tick(): Promise<void> {
    const { chain, settings, tools } = this;
    const head = await chain.head();
    const operator = await chain.operatorOf(settings.voter);
    if (!same(operator, chain.sender)) return tools.report({ kind: "notOperator", operator });
    await tools.sender.settle();
    const rounds = await this.#refresh(head);
    await this.#receive(head);
    // Votes first: what comes after them can wait for the next transaction.
    const isOver = ({ openedBlock }: Round): boolean => head.number >= openedBlock + tools.rules.revealsEnd;
    for (const round of [...rounds.filter((one) => !isOver(one)), ...rounds.filter(isOver)]) {
      const duty = this.#entries.get(round.number)?.duty;
      if (duty) await this.#guard(round.number, () => duty.tick(head, round));
    }
    // After the duties: they go first where one transaction must wait for another.
    if (settings.openRounds) await this.#guard(undefined, () => this.#openRound(head));
    tools.sender.finish();
  }

  /** Ticks until it is told to stop. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#guard(undefined, () => this.tick());
      await sleep(this.settings.pollInterval, signal);
    }
  }

  async #openRound(head: Head): Promise<void> {
    const { chain, settings, tools } = this;
    const [rounds, numbers] = [await chain.rounds(), await chain.numbers()];
    if (numbers === 0n) return;
    const last = rounds === 0n ? undefined : await chain.roundOf(rounds);
    const earliest = nextOpening(last, numbers, tools.rules, head.timestamp);
    // A transaction is in the block behind; the time of that isn't known.
    if (head.number + 1n < earliest.number || head.timestamp < earliest.timestamp)
      return void (this.#opening = undefined);

    const round = rounds + 1n;
    if (this.#opening?.round !== round) this.#opening = { round, since: head.number, refused: false };
    const opening = this.#opening;
    if (head.number < opening.since + openingTurn(round, settings.voter, numbers)) return;
    const period = head.timestamp / tools.rules.secondsPerPeriod;
    if ((await chain.seatsLeftOf({ period }, settings.voter)) === 0n) return; // paused, or without stake
    const report = (event: VoterEvent): void => {
      if (event.kind !== "refused" || !opening.refused) tools.report(event);
      opening.refused ||= event.kind === "refused";
    };
    const until = head.number + settings.bumpBlocks; // from then on a duty may take its place
    await offer({ ...tools, report }, `${round} openRound`, { step: "openRound" }, head, until);
  }

  /** Finds rounds that are new, or that another history of the chain has made anew. @returns all that there are */
  async #refresh(head: Head): Promise<Round[]> {
    const newest = await this.chain.rounds();
    const first = newest > LOOK_BACK ? newest - LOOK_BACK + 1n : 1n;
    this.#next ??= first;
    for (; this.#next <= newest; ++this.#next) this.#entries.set(this.#next, { randomness: "", duty: undefined });
    const rounds: Round[] = [];
    for (const [number, entry] of this.#entries) {
      if (number > newest) continue; // it may come back, or another one
      await this.#guard(number, async () => {
        const round = entry.duty?.status.over ? undefined : await this.chain.roundOf(number);
        if (!round || this.#isPast(round, entry, head)) return void this.#entries.delete(number);
        if (entry.randomness !== round.randomness) await this.#begin(round);
        rounds.push(round);
      });
    }
    return rounds;
  }

  async #begin(round: Round): Promise<void> {
    const seats = await this.#seatsIn(round, this.settings.voter);
    const duty = seats.length === 0 ? undefined : await Duty.open(this.tools, round, seats);
    this.#entries.set(round.number, { randomness: round.randomness, duty });
  }

  /** Without a seat a round is followed until its votes are cast, in case the chain makes it anew. */
  #isPast({ openedBlock, period }: Round, { randomness, duty }: Entry, head: Head): boolean {
    const { rules } = this.tools;
    if (head.timestamp / rules.secondsPerPeriod > period + 3n) return true;
    return randomness !== "" && !duty && head.number > openedBlock + rules.revealsEnd;
  }

  async #receive(head: Head): Promise<void> {
    const newest = (this.#next ?? 1n) - 1n;
    for (const message of [...this.#early.splice(0), ...(this.settings.transport?.take() ?? [])]) {
      const duty = this.#entries.get(message.round)?.duty;
      if (duty) await this.#guard(message.round, () => duty.receive(message, head));
      else if (message.round === newest + 1n && this.#early.length < MAX_EARLY) this.#early.push(message);
    }
  }

  /** What goes wrong in one round, or in one block, is told, and tried again in the next block. */
  async #guard(round: bigint | undefined, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.tools.report({ kind: "error", ...(round !== undefined && { round }), error });
    }
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
