import { time } from "@nomicfoundation/hardhat-network-helpers";

import { local } from "../../deploy/parameters/local";
import type { StakeEscrow } from "../../typechain-types";
import { DemoError } from "./errors";
import { type Report, rounded } from "./report";
import { closedFormSupply, continuousSupply } from "./supply";

/** On these days the supply is compared with the whitepaper's. */
const MILESTONES = [30n, 60n, 90n, 120n];

/** The supply on a day, base units. */
export interface SupplyOnDay {
  period: number;
  issued: string;
  closedForm: string;
  continuous: number;
}

/** The chain's clock, in days since the first stakes began to earn. */
export class Days {
  /** What was found at the milestones that have passed. */
  readonly supply: SupplyOnDay[] = [];

  constructor(
    private readonly escrow: StakeEscrow,
    /** The period that is day 0. */
    readonly first: bigint,
    private readonly report: Report,
  ) {}

  /** The day on which all milestones have passed. */
  static readonly last = MILESTONES.at(-1) ?? 0n;

  /**
   * Moves the chain to a day, and closes all periods before it.
   * @throws {DemoError} if the supply isn't what it must be at a milestone by the way
   */
  async passTo(day: bigint): Promise<void> {
    for (const milestone of MILESTONES.slice(this.supply.length)) {
      if (milestone > day) break;
      await this.moveTo(milestone);
      this.supply.push(await this.checkSupply(milestone));
    }
    await this.moveTo(day);
  }

  private async moveTo(day: bigint): Promise<void> {
    const start = (this.first + day) * (await this.escrow.PERIOD());
    if (BigInt(await time.latest()) < start) await time.increaseTo(start);
    await (await this.escrow.advance(1_000n)).wait();
  }

  private async checkSupply(periods: bigint): Promise<SupplyOnDay> {
    const { initialSupply, maxSupply } = local;
    const { firstIssue } = local.escrow;
    const issued = await this.escrow.issued();
    const closedForm = closedFormSupply(initialSupply, maxSupply, firstIssue, periods);
    const behind = closedForm - issued;
    if (behind < 0n || behind >= periods) {
      const expected = `${closedForm} (eq. 32), less under ${periods} base units`;
      throw new DemoError("DISAGREEMENT", "supply", expected, `${issued}`);
    }
    const continuous = continuousSupply(initialSupply, maxSupply, firstIssue, periods);
    this.report.note(`day ${periods}: ${rounded(issued)} NKMS issued, ${behind} base units behind eq. 32`);
    return { period: Number(periods), issued: `${issued}`, closedForm: `${closedForm}`, continuous };
  }
}
