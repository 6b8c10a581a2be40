import { commitmentFor, makeBallot, readBallot, seedHash, type Vote } from "./ballot.js";
import { type Call, type ChainRules, type Head, type HealthChain, type Round, State, type Step } from "./chain.js";
import { Checks, type Target } from "./checks.js";
import { Collector } from "./collector.js";
import { winningSeats } from "./committee.js";
import { Exchange, type Member, type Outgoing, type Roster } from "./exchange.js";
import type { Fault } from "./faults.js";
import { type Ballot, type Journal, newJournal, readJournal, saveJournal } from "./journal.js";
import { type HealthDomain, healthDomain, type Message, signMessage } from "./messages.js";
import type { Sender } from "./sender.js";
import type { VoterEvent, VoterSettings } from "./settings.js";
import { targetNumbers, wasPaused } from "./targets.js";
import { timetableOf } from "./timetable.js";
import { same } from "./values.js";

/** How a voter stands in a round. */
export interface DutyStatus {
  readonly round: bigint;
  /** Its winning seats. */
  readonly seats: readonly bigint[];
  /** Whether it knows which seed to vote with. */
  readonly seeded: boolean;
  /** By the chain. */
  readonly committed: boolean;
  readonly shown: boolean;
  /** Why it will not vote, if so. */
  readonly missed?: string;
  readonly over: boolean;
}

/** What a duty works with. */
export interface DutyTools {
  readonly chain: HealthChain;
  readonly rules: ChainRules;
  readonly sender: Sender;
  readonly settings: VoterSettings;
  readonly report: (event: VoterEvent) => void;
}

/** Of no transaction it matters when it comes. */
const ANY_BLOCK = 2n ** 63n;
/** Blocks after which the next member does what one before it should have done. */
const PATIENCE = 2n;
const NOBODY = /^0x0{40}$/;

/**
 * What a member does in one round. Told in every block how things stand, it does the next thing; everything that must not
 * be forgotten is in its journal before anything is sent.
 */
export class Duty {
  readonly #exchange: Exchange;
  readonly #collector: Collector;
  #journal: Journal;
  #checks: Checks | undefined;
  #mixSeen: { readonly mix: string; readonly block: bigint } | undefined;
  #committed = false;
  #shown = false;
  #over = false;
  #missed: string | undefined;
  readonly #outbox: Outgoing[] = [];
  readonly #told = new Set<string>(); // faults
  readonly #reported = new Set<string>();

  private constructor(
    private readonly tools: DutyTools,
    private readonly round: Pick<Round, "number" | "randomness">,
    private readonly seats: readonly bigint[],
    journal: Journal,
    exchange: Exchange,
    collector: Collector,
  ) {
    this.#journal = journal;
    this.#exchange = exchange;
    this.#collector = collector;
  }

  /** @param seats the voter's winning ones, at least one */
  static async open(tools: DutyTools, round: Round, seats: readonly bigint[]): Promise<Duty> {
    const { chain, rules, settings } = tools;
    const { voter, signer, folder } = settings;
    const place = { ...rules, contract: chain.contract, voter, round: round.number, randomness: round.randomness };
    let journal = await readJournal(folder, place);
    if (!journal) {
      journal = newJournal(place, settings.random());
      await saveJournal(folder, journal);
    }
    const domain = healthDomain(rules.chainId, chain.contract);
    const roster = rosterOf(chain, round);
    const timetable = timetableOf(round.openedBlock, rules);
    const self = { voter, signer, value: journal.value, collects: settings.joint };
    const exchange = new Exchange({ domain, round, timetable, roster, self });
    await exchange.replay(journal.heard);
    const collector = new Collector(chain, domain, roster, settings.maxJoint);
    return new Duty(tools, round, seats, journal, exchange, collector);
  }

  get status(): DutyStatus {
    const { seed } = this.#journal;
    return {
      round: this.round.number,
      seats: this.seats,
      seeded: seed !== undefined,
      committed: this.#committed,
      shown: this.#shown,
      ...(this.#missed !== undefined && { missed: this.#missed }),
      over: this.#over,
    };
  }

  /** What members are known to have done wrong. */
  faults(block: bigint): readonly Fault[] {
    return this.#exchange.faults(block);
  }

  /** Takes a message from another member; what there is to answer goes out with the next tick. */
  async receive(message: Message, head: Head): Promise<void> {
    const isCollected = message.kind === "ballot" || message.kind === "preimage";
    if (isCollected) await this.#collector.receive(message, this.round);
    else this.#outbox.push(...(await this.#exchange.receive(message, head.number)));
  }

  /** Does what is due. @param round as it is in the newest block */
  async tick(head: Head, round: Round): Promise<void> {
    if (this.#over) return;
    const { seedsEnd, commitsEnd, revealsEnd } = this.tools.rules;
    const passed = head.number - round.openedBlock; // the next transaction is in the block behind
    if (passed < commitsEnd) await this.#makeSeed(head, round);
    if (passed >= seedsEnd) await this.#lookAtVotes(round, passed);
    if (passed >= seedsEnd && passed < commitsEnd) await this.#vote(head, round);
    else if (passed >= commitsEnd && passed < revealsEnd) await this.#show(head, round);
    else if (passed >= revealsEnd) await this.#wrapUp(head, round);
  }

  /* SEED */

  async #makeSeed(head: Head, round: Round): Promise<void> {
    const posted = await this.tools.chain.seedsOf(round.number);
    this.#outbox.push(...(await this.#exchange.tick(head.number, posted)));
    const post = this.#exchange.post(head.number);
    await this.#deliver();
    this.#tellFaults(head.number);
    if (!post) return;
    const { voter } = this.tools.settings;
    const call: Call = { step: "postSeed", round: round.number, voter, ...post };
    await this.#offer(call, head, timetableOf(round.openedBlock, this.tools.rules).postUntil);
  }

  async #deliver(): Promise<void> {
    const { heard } = this.#exchange;
    if (heard.length !== this.#journal.heard.length) await this.#note({ heard: [...heard] });
    const { transport } = this.tools.settings;
    for (const { to, message } of this.#outbox.splice(0)) {
      if (to) transport?.send(to, message);
      else transport?.announce(message);
    }
  }

  #tellFaults(block: bigint): void {
    for (const fault of this.#exchange.faults(block)) {
      const key = `${fault.kind} ${("first" in fault ? fault.first : fault.commitment).voter}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      this.tools.report({ kind: "fault", round: this.round.number, fault });
    }
  }

  /* COMMIT */

  async #vote(head: Head, round: Round): Promise<void> {
    const until = round.openedBlock + this.tools.rules.commitsEnd;
    if (round.mix === undefined) {
      const mayOpen = this.tools.settings.openCommits && this.#isMyTurn(head, round, this.tools.rules.seedsEnd, 1n);
      if (mayOpen) await this.#offer({ step: "openCommits", round: round.number }, head, until);
      return;
    }
    const ballot = this.#ballotFor(round.mix) ?? (await this.#makeBallot(head, round, round.mix));
    if (!ballot) return;
    const { seedsEnd, commitsEnd } = this.tools.rules;
    const spare = this.#spare(commitsEnd - seedsEnd);
    const collector = head.number < until - spare ? this.#collectorNow() : undefined;
    if (collector !== undefined) return this.#commitTogether(head, round, ballot, collector, until - 2n * spare);
    if (this.#committed) return;
    const { voter } = this.tools.settings;
    await this.#offer({ step: "commit", round: round.number, voter, commitment: ballot.commitment }, head, until);
  }

  /** @param last the block from which on the collector waits for nobody */
  async #commitTogether(head: Head, round: Round, ballot: Ballot, collector: string, last: bigint): Promise<void> {
    const { voter, signer, transport } = this.tools.settings;
    const isCollector = same(collector, voter);
    if (!isCollector && (this.#committed || head.number % PATIENCE !== 0n)) return;
    const unsigned = { kind: "ballot", round: round.number, voter, commitment: ballot.commitment } as const;
    const message = await signMessage(unsigned, this.#domain, signer);
    if (!isCollector) return transport?.send([collector], message);
    const isLast = head.number >= last;
    const commitments = await this.#collector.commitments(message, this.#exchange.members, round, isLast);
    if (commitments.length === 0) return;
    const detail = commitments.map((one) => one.voter).join();
    const until = round.openedBlock + this.tools.rules.commitsEnd;
    await this.#offer({ step: "commitFor", round: round.number, commitments }, head, until, detail);
  }

  /** @returns undefined while targets are being checked, and if it is too late for that */
  async #makeBallot(head: Head, round: Round, mix: string): Promise<Ballot | undefined> {
    if (this.#committed) return this.#miss("a ballot for other targets, or a lost one, was committed to");
    const seed = this.#journal.seed ?? this.#exchange.seed;
    if (seed === undefined) return undefined;
    if (this.#journal.seed === undefined) await this.#note({ seed });
    if (this.#mixSeen?.mix !== mix) {
      this.#mixSeen = { mix, block: head.number };
      if (this.#checks) void this.#checks.finish();
      this.#checks = undefined;
    }
    if (head.number < this.#mixSeen.block + this.tools.settings.confirmations) return undefined;
    const { seedsEnd, commitsEnd } = this.tools.rules;
    const isLast = head.number - round.openedBlock >= commitsEnd - this.#spare(commitsEnd - seedsEnd);
    if (!this.#checks) {
      if (isLast) return this.#miss("there is no time to check targets");
      this.#checks = new Checks(await this.#targetsOf(round, seed, mix), this.tools.settings);
      await Promise.resolve(); // checks that need no time are done at once
    }
    if (!this.#checks.done && !isLast) return undefined;
    const { voter, random } = this.tools.settings;
    const ballot = makeBallot(await this.#checks.finish(), round.targets);
    const vote: Vote = { voter, seed, ballot, salt: random(), seats: this.seats };
    const made: Ballot = { mix, vote, commitment: commitmentFor(this.#journal, vote) };
    await this.#note({ ballots: [...this.#journal.ballots, made] });
    return made;
  }

  /**
   * The miners to check: not those whose number is nobody's, or new, nor the voter itself; nor those that were paused when
   * the round opened, which all voters call healthy: a verdict would do nothing to them, and be known without a check.
   */
  async #targetsOf({ numbers, period, openedBlock }: Round, seed: string, mix: string): Promise<Target[]> {
    const { chain, settings } = this.tools;
    const found: (Target & { paused: boolean })[] = [];
    for (const [index, number] of targetNumbers({ seed, mix, numbers }).entries()) {
      const { miner, since } = await chain.holderOf(number);
      if (since >= period || NOBODY.test(miner) || same(miner, settings.voter)) continue;
      found.push({ index, number, miner, paused: (await chain.standingOf(miner)).paused });
    }
    const turns = await chain.turnsSince(openedBlock); // after asking how they stand: so none is missed
    return found
      .filter(({ miner, paused }) => !wasPaused(miner, paused, turns))
      .map(({ index, number, miner }) => ({ index, number, miner }));
  }

  /* REVEAL */

  async #show(head: Head, round: Round): Promise<void> {
    if (!this.#committed) return void this.#miss("nothing was committed to in time");
    const ballot = round.mix === undefined ? undefined : this.#ballotFor(round.mix);
    // A ballot for another mix names other miners: it would convict people that nobody has found unhealthy.
    if (!ballot) return void this.#miss("the ballot that was committed to is lost, or for other targets");
    const { commitsEnd, revealsEnd } = this.tools.rules;
    const until = round.openedBlock + revealsEnd;
    const passed = head.number - round.openedBlock;
    const alone = passed >= revealsEnd - this.#spare(revealsEnd - commitsEnd);
    // Not before the commit phase is over for good: whoever has a vote earlier can copy it.
    if (!alone && passed < commitsEnd + this.tools.settings.confirmations) return;
    const collector = alone ? undefined : this.#collectorNow();
    if (collector !== undefined) return this.#showTogether(head, round, ballot.vote, collector, until);
    if (!this.#shown) await this.#reveal([ballot.vote], head, until);
  }

  async #showTogether(head: Head, round: Round, vote: Vote, collector: string, until: bigint): Promise<void> {
    const { commitsEnd, revealsEnd } = this.tools.rules;
    const { voter, signer, confirmations, transport } = this.tools.settings;
    const passed = head.number - round.openedBlock;
    if (!same(collector, voter)) {
      if (this.#shown || (passed - commitsEnd - confirmations) % PATIENCE !== 0n) return;
      const { number, randomness } = this.round;
      const unsigned = { kind: "preimage", round: number, randomness, ...vote } as const;
      return transport?.send([collector], await signMessage(unsigned, this.#domain, signer));
    }
    const isLast = passed >= commitsEnd + (revealsEnd - commitsEnd) / 2n;
    const votes = await this.#collector.votes(vote, round, isLast);
    if (votes.length > 0) await this.#reveal(votes, head, until);
  }

  async #reveal(votes: readonly Vote[], head: Head, until: bigint): Promise<void> {
    const detail = votes.map(({ voter }) => voter).join();
    await this.#offer({ step: "reveal", round: this.round.number, votes }, head, until, detail);
  }

  /* AFTERWARDS */

  async #wrapUp(head: Head, round: Round): Promise<void> {
    const { rules, settings } = this.tools;
    const period = head.timestamp / rules.secondsPerPeriod;
    if (round.state === State.Void || period > round.period + 3n) return this.#end();
    if (round.state !== State.Decided) {
      if (period > round.period + 2n) return this.#end(); // it can only be made void
      if (!settings.finalize || !this.#shown || !this.#isMyTurn(head, round, rules.revealsEnd, PATIENCE)) return;
      await this.#offer({ step: "finalize", round: round.number, maxSteps: settings.maxSteps }, head, ANY_BLOCK);
      return;
    }
    if (!this.#isMyTurn(head, round, rules.revealsEnd + PATIENCE, PATIENCE)) return;
    const left = [
      settings.enforce && period <= round.decidedIn + 1n && (await this.#enforce(head, round)),
      settings.reportSilence && period <= round.period + 2n && (await this.#reportSilence(head, round)),
    ];
    if (!left.includes(true)) this.#end();
  }

  /** @returns whether a verdict is left to be applied */
  async #enforce(head: Head, round: Round): Promise<boolean> {
    const { chain } = this.tools;
    const hash = (await chain.seedsOf(round.number))[round.winner]?.hash;
    const seed = (await chain.shownIn(round)).map((shown) => shown.seed).find((one) => seedHash(one) === hash);
    if (seed === undefined || round.mix === undefined) return false;
    const numbers = targetNumbers({ seed, mix: round.mix, numbers: round.numbers });
    for (const target of readBallot(await chain.verdictsOf(round.number), round.targets)) {
      const { miner, since } = await chain.holderOf(numbers[target] ?? 0n);
      if (since >= round.period || NOBODY.test(miner)) continue;
      const { paused, resumedAt } = await chain.standingOf(miner);
      if (paused || resumedAt >= round.openedAt) continue;
      const call: Call = { step: "enforce", round: round.number, target, seed };
      if (await this.#offer(call, head, ANY_BLOCK, String(target))) return true;
    }
    return false;
  }

  /** @returns whether somebody is left to be reported whose pay can still be taken */
  async #reportSilence(head: Head, round: Round): Promise<boolean> {
    const { chain } = this.tools;
    const verdicts = readBallot(await chain.verdictsOf(round.number), round.targets);
    if (verdicts.size === 0 || verdicts.size === round.targets) return false; // then silence costs nothing
    const shown = await chain.shownIn(round);
    for (const voter of await chain.committedIn(round)) {
      const key = voter.toLowerCase();
      if (this.#reported.has(key)) continue;
      const seats = winningSeats(round, voter, await chain.seatsLeftOf(round, voter));
      const known = shown.find((one) => same(one.voter, voter))?.seats ?? 0n;
      if (BigInt(seats.length) > known && (await chain.unvestedOf(voter)) > 0n) {
        const call: Call = { step: "reportSilence", round: round.number, voter, seats };
        if (await this.#offer(call, head, ANY_BLOCK, key)) return true;
      }
      if (this.tools.sender.busyWith !== undefined) return true;
      this.#reported.add(key);
    }
    return false;
  }

  #end(): void {
    this.#over = true;
  }

  /* WHAT ALL NEED */

  /** Whether the voter has committed and shown its vote: what can't change any more isn't asked again. */
  async #lookAtVotes(round: Round, passed: bigint): Promise<void> {
    const { chain, rules, settings } = this.tools;
    const isMine = (voter: string): boolean => same(voter, settings.voter);
    if (!this.#committed || passed < rules.commitsEnd + settings.confirmations) {
      this.#committed = (await chain.committedIn(round)).some(isMine);
    }
    if (passed < rules.commitsEnd) return;
    this.#shown = (await chain.shownIn(round)).some(({ voter }) => isMine(voter));
  }

  /** Who commits and shows for this voter, if it lets somebody; perhaps itself. */
  #collectorNow(): string | undefined {
    return this.tools.settings.joint ? this.#exchange.collector : undefined;
  }

  get #domain(): HealthDomain {
    return healthDomain(this.tools.rules.chainId, this.tools.chain.contract);
  }

  #ballotFor(mix: string): Ballot | undefined {
    return this.#journal.ballots.find((ballot) => ballot.mix === mix);
  }

  /** Members take turns, from `since` blocks after the opening on, so that not all pay for the same thing. */
  #isMyTurn(head: Head, round: Round, since: bigint, each: bigint): boolean {
    const place = this.#exchange.members.findIndex((member) => same(member, this.tools.settings.voter));
    return head.number - round.openedBlock >= since + BigInt(Math.max(place, 0)) * each;
  }

  /** Blocks at the end of a phase that are kept for getting a transaction mined. */
  #spare(length: bigint): bigint {
    const { spareBlocks } = this.tools.settings;
    const fifth = length / 5n > 2n ? length / 5n : 2n;
    return spareBlocks ?? fifth;
  }

  #miss(why: string): undefined {
    if (this.#missed === undefined) this.tools.report({ kind: "missed", round: this.round.number, why });
    this.#missed = why;
    return undefined;
  }

  /** @returns whether the step is on its way, or waits for another transaction */
  async #offer(call: Call, head: Head, until: bigint, detail?: string): Promise<boolean> {
    const key = [this.round.number, call.step, ...(detail === undefined ? [] : [detail])].join(" ");
    return offer(this.tools, key, call, head, until);
  }

  async #note(change: Partial<Journal>): Promise<void> {
    const journal = { ...this.#journal, ...change };
    await saveJournal(this.tools.settings.folder, journal);
    this.#journal = journal;
  }
}

/** @returns false if the contract would refuse the step */
export async function offer(
  { sender, report }: Pick<DutyTools, "sender" | "report">,
  key: string,
  call: Call,
  head: Head,
  until: bigint,
): Promise<boolean> {
  const step: Step = call.step;
  const round = call.step === "openRound" ? undefined : call.round;
  try {
    const hash = await sender.offer(key, call, head.number, until);
    if (hash !== undefined) report({ kind: "sent", round, step, hash });
    return true;
  } catch (error) {
    report({ kind: "refused", round, step, error });
    return false;
  }
}

/** Who is in a round's committee, by the chain; asked once. */
function rosterOf(chain: HealthChain, round: Round): Roster {
  const known = new Map<string, Member | undefined>();
  return {
    async memberOf(voter) {
      const key = voter.toLowerCase();
      if (known.has(key)) return known.get(key);
      const seats = winningSeats(round, voter, await chain.seatsOf(round.number, voter));
      const member = seats.length === 0 ? undefined : { operator: await chain.operatorOf(voter), seats };
      known.set(key, member);
      return member;
    },
  };
}
