import { Chance } from "../reports/chance";

/** One time for which a node was down, seconds. */
export interface Failure {
  miner: number;
  from: number;
  until: number;
}

/** When a miner's node works: it fails and is repaired after exponential times. Seconds from the start. */
export class Life {
  /** Times at which it fails, is repaired, fails ... */
  private readonly turns: number[] = [];

  constructor(
    readonly miner: number,
    name: string,
    meanLife: number,
    meanRepair: number,
    end: number,
  ) {
    const chance = new Chance(name);
    for (let at = 0; at <= end;) {
      at += chance.wait(this.turns.length % 2 === 0 ? meanLife : meanRepair);
      this.turns.push(at);
    }
  }

  private turnsBefore(time: number): number {
    let count = 0;
    while (count < this.turns.length && (this.turns[count] ?? Infinity) <= time) count++;
    return count;
  }

  isUp(time: number): boolean {
    return this.turnsBefore(time) % 2 === 0;
  }

  /** The failure during which `time` falls. */
  failureAt(time: number): Failure | undefined {
    const turns = this.turnsBefore(time);
    return turns % 2 === 0 ? undefined : this.failure(turns - 1);
  }

  private failure(index: number): Failure {
    return { miner: this.miner, from: this.turns[index] ?? Infinity, until: this.turns[index + 1] ?? Infinity };
  }

  /** All failures that begin before `end`. */
  failures(end: number): Failure[] {
    const found: Failure[] = [];
    for (let i = 0; (this.turns[i] ?? Infinity) < end; i += 2) found.push(this.failure(i));
    return found;
  }
}
