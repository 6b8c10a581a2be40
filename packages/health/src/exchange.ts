import { seedHash } from "./ballot.js";
import { belongTogether, contradict, type Fault } from "./faults.js";
import {
  type Choice,
  type Commitment,
  compareEntries,
  type HealthDomain,
  joinedSeed,
  type Message,
  type MessageSigner,
  type Opening,
  type Request,
  type SignedMessage,
  signerOfMessage,
  signMessage,
  type Transcript,
  type TranscriptEntry,
  type Unsigned,
  valueCommitment,
} from "./messages.js";
import { quorum } from "./pay.js";
import { type Timetable, turnOrder } from "./timetable.js";
import { checkAddress, same } from "./values.js";

/** The contract keeps so many seeds a round. */
const MAX_SEEDS = 8;

/** A round, as far as its exchange depends on it. */
export interface ExchangeRound {
  readonly number: bigint;
  /** r. */
  readonly randomness: string;
  /** n. */
  readonly wanted: bigint;
}

/** A miner of the committee. */
export interface Member {
  readonly operator: string;
  /** Its winning seats, at least one, rising. */
  readonly seats: readonly bigint[];
}

/** Who is who, by the chain. */
export interface Roster {
  /** @returns undefined for a miner without a winning seat in the round */
  memberOf(voter: string): Promise<Member | undefined>;
}

/** Who takes part here. */
export interface Self {
  readonly voter: string;
  /** The operator. */
  readonly signer: MessageSigner;
  /** 32 random bytes, hex, written down before they are used: two commitments would prove a fault. */
  readonly value: string;
  /** Whether it would commit and show for others together with itself. */
  readonly collects: boolean;
}

/** What an exchange works with. */
export interface ExchangeSetup {
  readonly domain: HealthDomain;
  readonly round: ExchangeRound;
  readonly timetable: Timetable;
  readonly roster: Roster;
  readonly self: Self;
}

/** A message to send. */
export interface Outgoing {
  /** Miners; undefined: everybody. */
  readonly to?: readonly string[];
  readonly message: Message;
}

/** A seed as the chain has it. */
export interface Posted {
  readonly hash: string;
  /** Who posted it. */
  readonly voter: string;
}

/** What an exchange must not forget: replayed, it is where it was. */
export interface Heard {
  /** The newest block when it came. */
  readonly block: bigint;
  readonly message: Message;
}

interface Committed {
  readonly message: Commitment;
  readonly member: Member;
  readonly block: bigint;
}

/**
 * How the members of a committee make a seed together: everybody commits to 32 random bytes, then opens them; one member
 * posts the hash of all, ordered and joined; then they say which posted seed they take. See docs/exchange.md for the
 * format, the rules, and what an adversary can do.
 *
 * A state machine without clock and network: it is told messages and blocks, and tells what to send. The same calls in the
 * same order lead to the same state.
 *
 * @example
 * const exchange = new Exchange({ domain, round, timetable: timetableOf(round.openedBlock, phases), roster, self });
 * for (const message of transport.take()) deliver(await exchange.receive(message, block));
 * deliver(await exchange.tick(block, posted));
 */
export class Exchange {
  readonly #commitments = new Map<string, Committed>();
  readonly #openings = new Map<string, Opening>();
  readonly #early = new Map<string, Opening>(); // of voters whose commitment isn't here yet
  readonly #choices = new Map<string, { readonly message: Choice; readonly member: Member }>();
  readonly #transcripts = new Map<string, Transcript>(); // that are whole and true, by hash
  readonly #faults: Fault[] = [];
  readonly #answered = new Set<string>();
  readonly #heard: Heard[] = [];
  #posted: readonly Posted[] = [];
  #own: Transcript | undefined; // what this member posts, once it has decided
  readonly #learnt: Transcript[] = []; // before a crash
  #request: readonly Request[] = [];
  readonly #said = new Set<SignedMessage["kind"]>(); // since the start: after a crash it is said once more
  #chosen: string | undefined;

  private readonly setup: ExchangeSetup;

  /** @throws {HealthError} `BAD_ARGUMENT` if `self.voter` is no address */
  constructor(setup: ExchangeSetup) {
    // In messages addresses have checksums: with another spelling a member wouldn't know its own.
    this.setup = { ...setup, self: { ...setup.self, voter: checkAddress("self.voter", setup.self.voter) } };
  }

  /** What must be written down to go on after a crash; the caller writes it before it sends anything. */
  get heard(): readonly Heard[] {
    return this.#heard;
  }

  /** What members did wrong, as far as is known. */
  faults(block: bigint): readonly Fault[] {
    if (block <= this.setup.timetable.openUntil) return this.#faults;
    const withheld = this.#inTime()
      .filter(({ message }) => !this.#openings.has(message.voter))
      .map(({ message }): Fault => ({ kind: "withheld", commitment: message }));
    return [...this.#faults, ...withheld];
  }

  /** All members that are known, in the order in which they take turns. */
  get members(): readonly string[] {
    const known = new Map<string, Member>();
    for (const { message, member } of this.#commitments.values()) known.set(message.voter, member);
    for (const { message, member } of this.#choices.values()) known.set(message.voter, member);
    const seated = [...known].map(([voter, { seats }]) => ({ voter, seats }));
    return turnOrder(this.setup.round.randomness, seated);
  }

  /** Who commits and shows for all: the first that would; undefined: nobody. */
  get collector(): string | undefined {
    const willing = [...this.#choices.values()].filter(({ message }) => message.collects);
    const seated = willing.map(({ message, member }) => ({ voter: message.voter, seats: member.seats }));
    return turnOrder(this.setup.round.randomness, seated)[0];
  }

  /** The seed to vote with, once all have chosen. A secret until the reveals. */
  get seed(): string | undefined {
    const transcript = this.#chosen === undefined ? undefined : this.#transcripts.get(this.#chosen);
    return transcript && joinedSeed(this.setup.domain, transcript);
  }

  /** Goes through what was heard before a crash. */
  async replay(heard: readonly Heard[]): Promise<void> {
    for (const one of heard) {
      const { message, block } = one;
      if (message.kind !== "transcript") {
        await this.receive(message, block);
        continue;
      }
      // The first is its own, if it has made one: who knows a seed that was posted makes none. Else it may post that one again.
      this.#own ??= message;
      this.#learnt.push(message);
      this.#heard.push(one);
    }
  }

  /**
   * Takes a message from another member. What is not true, not new or not of this round is left out silently.
   * @param block the newest
   * @returns what to answer
   */
  async receive(message: Message, block: bigint): Promise<readonly Outgoing[]> {
    const { round } = this.setup;
    if (message.kind === "ballot" || message.kind === "preimage") return []; // not about the seed
    if (message.round !== round.number || message.randomness !== round.randomness) return [];
    switch (message.kind) {
      case "commitment":
        await this.#takeCommitment(message, block);
        return [];
      case "opening":
        await this.#takeOpening(message, block);
        return [];
      case "choice":
        await this.#takeChoice(message, block);
        return [];
      case "request":
        return this.#answer(message, block);
      case "transcript":
        await this.#takeTranscript(message, block);
        return [];
    }
  }

  /**
   * Does what is due.
   * @param block the newest
   * @param posted the round's seeds, in the order of the chain
   * @returns what to send, after {@link heard} was written down
   */
  async tick(block: bigint, posted: readonly Posted[]): Promise<readonly Outgoing[]> {
    const { timetable } = this.setup;
    this.#posted = posted;
    const out: Outgoing[] = [];
    out.push(...(await this.#join(block)));
    if (block > timetable.commitUntil) out.push(...(await this.#open(block)));
    this.#recognise();
    if (block >= timetable.postUntil) out.push(...(await this.#choose(block)));
    if (block > timetable.chooseUntil) this.#chosen ??= this.#winner();
    if (this.#chosen === undefined) out.push(...(await this.#ask()));
    return out;
  }

  /**
   * The seed whose hash this member must post now; undefined: none. It stays the same until it is on the chain.
   * @param block the newest
   */
  post(block: bigint): { readonly hash: string; readonly seat: bigint } | undefined {
    const { timetable, self, domain } = this.setup;
    const me = this.#commitments.get(self.voter);
    if (!me || block <= timetable.commitUntil || block >= timetable.postUntil) return undefined;
    if (this.#posted.length >= MAX_SEEDS || this.#posted.some(({ hash }) => this.#transcripts.has(hash)))
      return undefined;
    if (!this.#own) {
      if (!this.#isMyTurn(block)) return undefined;
      this.#own = this.#transcript();
      this.#heard.push({ block, message: this.#own });
    }
    return { hash: seedHash(joinedSeed(domain, this.#own)), seat: me.message.seat };
  }

  /* COMMITMENTS AND OPENINGS */

  async #join(block: bigint): Promise<Outgoing[]> {
    const { self, domain, roster } = this.setup;
    if (this.#said.has("commitment")) return [];
    const seat = (await roster.memberOf(self.voter))?.seats[0];
    if (seat === undefined) return [];
    const made = this.#commitments.get(self.voter)?.message;
    const head = this.#head();
    const commitment = valueCommitment(domain, { ...head, value: self.value });
    const message = made ?? (await this.#sign({ kind: "commitment", ...head, seat, commitment }));
    await this.#takeCommitment(message, block);
    this.#said.add("commitment");
    return [{ message }];
  }

  async #takeCommitment(message: Commitment, block: bigint): Promise<void> {
    const known = this.#commitments.get(message.voter);
    if (known && (!contradict(known.message, message) || this.#isToBlame(message.voter))) return;
    const member = await this.#signedBy(message);
    if (!member?.seats.includes(message.seat)) return;
    this.#heard.push({ block, message });
    if (known) return this.#blame({ kind: "equivocation", first: known.message, second: message });
    this.#commitments.set(message.voter, { message, member, block });
    const early = this.#early.get(message.voter);
    if (early) this.#match(message, early);
  }

  /** Opens to those that have committed: by then nobody's bytes can depend on these. */
  async #open(block: bigint): Promise<Outgoing[]> {
    const { self } = this.setup;
    if (this.#said.has("opening") || !this.#commitments.has(self.voter)) return [];
    const made = this.#openings.get(self.voter);
    const message = made ?? (await this.#sign({ kind: "opening", ...this.#head(), value: self.value }));
    await this.#takeOpening(message, block);
    this.#said.add("opening");
    const to = this.#inTime()
      .map((one) => one.message.voter)
      .filter((voter) => !same(voter, self.voter));
    return to.length === 0 ? [] : [{ to, message }];
  }

  async #takeOpening(message: Opening, block: bigint): Promise<void> {
    const { voter } = message;
    if (this.#openings.has(voter) || this.#early.has(voter) || this.#isToBlame(voter)) return;
    if (!(await this.#signedBy(message))) return;
    this.#heard.push({ block, message });
    const commitment = this.#commitments.get(message.voter);
    if (commitment) this.#match(commitment.message, message);
    else this.#early.set(message.voter, message);
  }

  #match(commitment: Commitment, opening: Opening): void {
    if (valueCommitment(this.setup.domain, opening) === commitment.commitment) {
      this.#openings.set(opening.voter, opening);
    } else {
      this.#blame({ kind: "wrongOpening", commitment, opening });
    }
  }

  /** Who committed in time and is not known to have lied. */
  #inTime(): Committed[] {
    const { commitUntil } = this.setup.timetable;
    return [...this.#commitments.values()].filter(
      ({ message, block }) => block <= commitUntil && !this.#isToBlame(message.voter),
    );
  }

  /* POSTING */

  /** All who have opened, in order. */
  #transcript(): Transcript {
    const entries: TranscriptEntry[] = [];
    for (const { message } of this.#inTime()) {
      const opening = this.#openings.get(message.voter);
      if (opening) entries.push({ commitment: message, opening });
    }
    const { number, randomness } = this.setup.round;
    return { kind: "transcript", round: number, randomness, entries: entries.sort(compareEntries) };
  }

  /** The first member posts once everybody has opened; else each in its turn, without those that have not. */
  #isMyTurn(block: bigint): boolean {
    const { self, round, timetable } = this.setup;
    const committed = this.#inTime();
    const seated = committed.filter(({ message }) => this.#openings.has(message.voter));
    if (seated.reduce((sum, { member }) => sum + member.seats.length, 0) < quorum(round.wanted)) return false;
    const order = turnOrder(
      round.randomness,
      seated.map(({ message, member }) => ({ voter: message.voter, seats: member.seats })),
    );
    const place = order.indexOf(self.voter);
    if (place < 0) return false;
    if (place === 0 && seated.length === committed.length) return true;
    return block >= timetable.openUntil + BigInt(place) * timetable.turn;
  }

  /* TRANSCRIPTS */

  /** Sees that a posted seed is the one that this member would make, or has decided to post. */
  #recognise(): void {
    if (this.#posted.every(({ hash }) => this.#transcripts.has(hash))) return;
    for (const transcript of [this.#own, ...this.#learnt, this.#transcript()]) {
      if (!transcript || transcript.entries.length === 0) continue;
      const hash = seedHash(joinedSeed(this.setup.domain, transcript));
      if (this.#posted.some((one) => one.hash === hash)) this.#transcripts.set(hash, transcript);
    }
  }

  async #takeTranscript(transcript: Transcript, block: bigint): Promise<void> {
    const hash = seedHash(joinedSeed(this.setup.domain, transcript));
    if (this.#transcripts.has(hash) || !this.#posted.some((posted) => posted.hash === hash)) return;
    const members: Member[] = [];
    for (const [i, entry] of transcript.entries.entries()) {
      const before = transcript.entries[i - 1];
      if (before && BigInt(before.commitment.voter) >= BigInt(entry.commitment.voter)) return; // one part a voter
      const member = await this.#verified(entry);
      if (!member) return;
      members.push(member);
    }
    if (members.reduce((sum, { seats }) => sum + seats.length, 0) < quorum(this.setup.round.wanted)) return;
    this.#transcripts.set(hash, transcript);
    this.#heard.push({ block, message: transcript });
    for (const { commitment } of transcript.entries) await this.#takeCommitment(commitment, block);
  }

  async #verified({ commitment, opening }: TranscriptEntry): Promise<Member | undefined> {
    const { number, randomness } = this.setup.round;
    if (commitment.round !== number || commitment.randomness !== randomness) return undefined;
    if (!belongTogether(commitment, opening)) return undefined;
    if (valueCommitment(this.setup.domain, opening) !== commitment.commitment) return undefined;
    const member = await this.#signedBy(commitment);
    return member?.seats.includes(commitment.seat) && (await this.#signedBy(opening)) ? member : undefined;
  }

  /** Asks for what makes posted seeds, of who must know it. */
  async #ask(): Promise<Outgoing[]> {
    const { self } = this.setup;
    const out: Outgoing[] = [];
    if (!this.#commitments.has(self.voter)) return out;
    for (const { hash, voter } of this.#posted) {
      if (this.#transcripts.has(hash)) continue;
      const choosers = [...this.#choices.values()].map(({ message }) => message).filter((c) => c.seedHash === hash);
      const to = [...new Set([voter, ...choosers.map((c) => c.voter)])].filter((one) => !same(one, self.voter));
      if (to.length > 0) out.push({ to, message: await this.#requestOf(hash) });
    }
    return out;
  }

  async #requestOf(hash: string): Promise<Request> {
    const made = this.#request.find((request) => request.seedHash === hash);
    if (made) return made;
    const request = await this.#sign({ kind: "request", ...this.#head(), seedHash: hash });
    this.#request = [...this.#request, request];
    return request;
  }

  /** Members get what they ask for, once a block. */
  async #answer(request: Request, block: bigint): Promise<readonly Outgoing[]> {
    const transcript = this.#transcripts.get(request.seedHash);
    const key = `${request.voter} ${request.seedHash} ${block}`;
    if (!transcript || this.#answered.has(key) || !(await this.#signedBy(request))) return [];
    this.#answered.add(key);
    return [{ to: [request.voter], message: transcript }];
  }

  /* CHOICES */

  /** Says once which posted seed it takes: the first on the chain that it knows. */
  async #choose(block: bigint): Promise<Outgoing[]> {
    if (this.#said.has("choice")) return [];
    const made = this.#choices.get(this.setup.self.voter)?.message;
    const seedHash = made?.seedHash ?? this.#posted.find(({ hash }) => this.#transcripts.has(hash))?.hash;
    if (seedHash === undefined) return [];
    const { collects } = this.setup.self;
    const message = made ?? (await this.#sign({ kind: "choice", ...this.#head(), seedHash, collects }));
    await this.#takeChoice(message, block);
    this.#said.add("choice");
    return [{ message }];
  }

  async #takeChoice(message: Choice, block: bigint): Promise<void> {
    const known = this.#choices.get(message.voter);
    if (known && (!contradict(known.message, message) || this.#contradictsItself(message))) return;
    if (!known && block > this.setup.timetable.chooseUntil && !same(message.voter, this.setup.self.voter)) return;
    const member = await this.#signedBy(message);
    if (!member) return;
    this.#heard.push({ block, message });
    if (known) return this.#blame({ kind: "equivocation", first: known.message, second: message });
    this.#choices.set(message.voter, { message, member });
  }

  /** Of the posted seeds that it knows the one that most seats have chosen; of two with as many the earlier one. */
  #winner(): string | undefined {
    let [most, winner]: [number, string | undefined] = [-1, undefined];
    for (const { hash } of this.#posted) {
      if (!this.#transcripts.has(hash)) continue;
      let seats = 0;
      for (const { message, member } of this.#choices.values()) {
        if (message.seedHash === hash && !this.#contradictsItself(message)) seats += member.seats.length;
      }
      if (seats > most) [most, winner] = [seats, hash];
    }
    return winner;
  }

  /* WHO SAID IT */

  /** The member for which this was signed by its operator; undefined: it wasn't. */
  async #signedBy(message: SignedMessage): Promise<Member | undefined> {
    const signer = signerOfMessage(message, this.setup.domain);
    if (signer === undefined) return undefined;
    const member = await this.setup.roster.memberOf(message.voter);
    return member && same(member.operator, signer) ? member : undefined;
  }

  #blame(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** Whether a voter is left out of seeds. */
  #isToBlame(voter: string): boolean {
    return this.#faults.some(
      (fault) =>
        (fault.kind === "wrongOpening" && fault.opening.voter === voter) ||
        (fault.kind === "equivocation" && fault.first.kind === "commitment" && fault.first.voter === voter),
    );
  }

  #contradictsItself({ voter }: Choice): boolean {
    return this.#faults.some(
      (fault) => fault.kind === "equivocation" && fault.first.kind === "choice" && fault.first.voter === voter,
    );
  }

  #head(): { readonly round: bigint; readonly randomness: string; readonly voter: string } {
    const { round, self } = this.setup;
    return { round: round.number, randomness: round.randomness, voter: self.voter };
  }

  #sign<M extends Unsigned<SignedMessage>>(message: M): Promise<M & { readonly signature: string }> {
    return signMessage(message, this.setup.domain, this.setup.self.signer);
  }
}
