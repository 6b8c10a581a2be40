import { firstSecondOf, lastSecondOf, periodsOf } from "@nkms/protocol";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** The last second of the year 9999. */
const END_OF_TIME = 253_402_300_799n;
const DAY = 86_400n;

/** A Unix time, in seconds, as a day in UTC: `14 March 2027`. */
export function dayOf(timestamp: bigint): string {
  if (timestamp > END_OF_TIME) return "the end of time";
  const date = new Date(Number(timestamp) * 1_000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** A Unix time, in seconds, to the minute: `14 March 2027 16:05 UTC`. */
export function momentOf(timestamp: bigint): string {
  if (timestamp > END_OF_TIME) return "the end of time";
  return `${dayOf(timestamp)} ${new Date(Number(timestamp) * 1_000).toISOString().slice(11, 16)} UTC`;
}

/** Says when periods begin and end: by days in UTC if they are whole days, else to the minute. */
export class Dates {
  constructor(readonly secondsPerPeriod: bigint) {}

  /** `from 14 March 2027, period 20892`: from its first second on. */
  from(period: bigint): string {
    return `from ${this.#named(firstSecondOf(period, this.secondsPerPeriod), period)}`;
  }

  /** `through 14 March 2027, period 20892`: with its last second. */
  through(period: bigint): string {
    return `through ${this.#named(lastSecondOf(period, this.secondsPerPeriod), period)}`;
  }

  /** `14 March 2027`: when a period begins. */
  startOf(period: bigint): string {
    return this.#date(firstSecondOf(period, this.secondsPerPeriod));
  }

  /** `14 March 2027`: when a period ends. */
  endOf(period: bigint): string {
    return this.#date(lastSecondOf(period, this.secondsPerPeriod));
  }

  /** `30 periods of 1 day`. */
  count(periods: bigint): string {
    return periodsOf(periods, this);
  }

  #named(timestamp: bigint, period: bigint): string {
    return `${this.#date(timestamp)}, period ${period}`;
  }

  #date(timestamp: bigint): string {
    return this.secondsPerPeriod % DAY === 0n ? dayOf(timestamp) : momentOf(timestamp);
  }
}
