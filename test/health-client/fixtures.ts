import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { mine, setNextBlockBaseFeePerGas, setPrevRandao, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import {
  type Delivery,
  EthersChain,
  type Health,
  type HealthChain,
  HealthVoter,
  InProcessNetwork,
  type Message,
  type Target,
  type VoterEvent,
  type VoterOptions,
} from "@nkms/health";
import type { HDNodeWallet, Wallet } from "ethers";
import { id } from "ethers";
import { ethers } from "hardhat";

import { deployHealth, type HealthNetwork, healthParameters } from "../helpers/health";
import { testParameters } from "../helpers/network";

/** Short phases: 9 blocks for seeds, 12 to commit, 12 to show. Every seat votes: n_min is above what there are. */
export const PHASES = { seeds: 9n, commits: 21n, reveals: 33n } as const;
export const short = { ...healthParameters, minSeats: 1_024n, seedBlocks: 9n, commitBlocks: 12n, revealBlocks: 12n };

/** What the miners lock, in NKMS; their seats are the same numbers. */
export const STAKES = [64n, 48n, 40n, 32n, 16n] as const;
const inNkms = (stake: bigint): bigint => stake * 10n ** 18n;

export const five = (): Promise<HealthNetwork> => deployHealth(STAKES.map(inNkms), testParameters, short);

/** The first four of them. */
export const four = (): Promise<HealthNetwork> => deployHealth(STAKES.slice(0, 4).map(inNkms), testParameters, short);

/** As {@link five}, but about 32 of 200 seats vote. */
export const sparse = (): Promise<HealthNetwork> =>
  deployHealth(STAKES.map(inNkms), testParameters, { ...short, minSeats: 32n });

export const RANDOMNESS = BigInt(id("a committee of clients"));

/** A client with what it told. */
export interface Client {
  readonly miner: string;
  readonly operator: Wallet | HDNodeWallet;
  readonly folder: string;
  voter: HealthVoter;
  readonly events: VoterEvent[];
  /** Whether it runs: a test may stop it. */
  awake: boolean;
}

/** What a test changes of a client. */
export interface Twist extends Partial<Omit<VoterOptions, "voter" | "signer" | "folder">> {
  /** What stands between the client and the chain. */
  readonly chain?: (chain: HealthChain) => HealthChain;
}

/** The miner that is target 0 doesn't answer, whoever it is. */
export const check = ({ index }: Target): Promise<Health> => Promise.resolve(index === 0 ? "unhealthy" : "healthy");

/** Some clients on one chain, and the messages between them. */
export class Committee {
  readonly clients: Client[] = [];
  /** What becomes of a message on its way. */
  deliver: (delivery: Delivery) => readonly Message[] = ({ message }) => [message];
  readonly sent: Delivery[] = [];
  /** Of clients' random bytes. */
  readonly #seed = "clients";
  #drawn = 0;
  #mined = 0;
  readonly #root = mkdtempSync(join(tmpdir(), "nkms-health-"));
  readonly #wires = new InProcessNetwork((delivery) => {
    this.sent.push(delivery);
    return this.deliver(delivery);
  });

  private constructor(readonly network: HealthNetwork) {}

  /** A client for each of the first `count` miners. Blocks are mined only by {@link step} from here on. */
  static async of(network: HealthNetwork, twists: readonly Twist[] = []): Promise<Committee> {
    const committee = new Committee(network);
    await ethers.provider.send("evm_setAutomine", [false]);
    for (const i of network.voters.keys()) await committee.join(i, twists[i] ?? {});
    return committee;
  }

  /** Starts the client of a miner, or starts it anew, as after a crash. */
  async join(place: number, twist: Twist = {}): Promise<Client> {
    const known = this.clients[place];
    const voter = this.network.voters[place];
    if (!voter) throw new Error(`expected a miner ${place}`);
    const { miner, operator } = voter;
    const events: VoterEvent[] = known?.events ?? [];
    const folder = known?.folder ?? mkdtempSync(join(this.#root, `${place}-`));
    const real = await EthersChain.connect(operator, await this.network.votes.getAddress());
    const { chain = (same: HealthChain) => same, ...options } = twist;
    const opened = await HealthVoter.open(chain(real), {
      voter: miner,
      signer: operator,
      folder,
      transport: this.#wires.join(miner),
      check,
      random: () => id(`${this.#seed} ${(this.#drawn += 1)}`),
      report: (event) => events.push(event),
      ...options,
    });
    const client: Client = known ?? { miner, operator, folder, voter: opened, events, awake: true };
    Object.assign(client, { voter: opened, awake: true });
    this.clients[place] = client;
    return client;
  }

  /** Every client looks at the chain once, then a block is mined. */
  async step(): Promise<void> {
    for (const client of this.clients) if (client.awake) await client.voter.tick();
    await this.mine();
  }

  /** A block with randomness of its own, the same in every run. */
  async mine(): Promise<void> {
    await setPrevRandao(BigInt(id(`block ${(this.#mined += 1)}`)));
    await mine(1);
  }

  /** Steps until so many blocks have passed since the round opened. */
  async until(round: bigint, passed: bigint): Promise<void> {
    const { openedBlock } = await this.network.votes.roundOf(round);
    while (BigInt(await ethers.provider.getBlockNumber()) < openedBlock + passed) await this.step();
  }

  /** Opens a round with this randomness. */
  async open(randomness = RANDOMNESS): Promise<bigint> {
    const [distributor] = await ethers.getSigners();
    await setPrevRandao(randomness);
    await this.network.votes.connect(distributor).openRound();
    await mine(1);
    return this.network.votes.rounds();
  }

  client(place: number): Client {
    const client = this.clients[place];
    if (!client) throw new Error(`expected a client ${place}`);
    return client;
  }

  /** How often clients sent a step. */
  count(step: string): number {
    return this.clients.flatMap(({ events }) => events).filter((e) => e.kind === "sent" && e.step === step).length;
  }

  async close(): Promise<void> {
    await ethers.provider.send("evm_setAutomine", [true]);
    rmSync(this.#root, { recursive: true });
  }
}

/** Makes the next block so dear that nothing is in it. */
export const tooDear = (): Promise<void> => setNextBlockBaseFeePerGas(10n ** 15n);

export { takeSnapshot };

/** The chain with other functions, where there are any. */
export const changed = (chain: HealthChain, other: (name: string | symbol) => unknown): HealthChain =>
  new Proxy(chain, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name, target);
      return other(name) ?? (typeof own === "function" ? (own.bind(target) as unknown) : own);
    },
  });
