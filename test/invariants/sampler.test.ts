import { expect } from "chai";

import { type Lock, readMiners, sum } from "./books";
import { explore } from "./explore";
import { seedsOf } from "./histories";
import { GRAIN, readSeats, type StoredSeat } from "./seats";
import { Views } from "./views";
import type { World } from "./world";

/** Where this test's seeds begin, after the first. */
const OFFSET = 300;

describe("Sampler: no stored weight is below a live one", () => {
  for (const seed of seedsOf(OFFSET, 2)) {
    it(`holds through a random history (seed ${seed})`, async function () {
      this.timeout(0);
      await explore({ seed, offset: OFFSET, periods: 60n, compare: false, check: checkWeights, every: 12 });
    });
  }
});

/** Every seat against every period that a draw may name, by the escrow's own views. */
async function checkWeights(world: World): Promise<void> {
  const { escrow, parameters } = world.network;
  const { minStake, longestLock } = parameters.escrow;
  const seats = new Map((await readSeats(escrow)).map((seat) => [seat.miner, seat]));
  const now = await escrow.currentPeriod();
  const views = new Views();
  for (const miner of world.addresses) {
    const { paused } = await escrow.minerOf(miner);
    const seat = seats.get(miner);
    if (paused) expect(seat, `seat of a paused miner ${miner}`).to.equal(undefined);
    for (let until = now + 1n; until <= now + 2n + longestLock; until++) {
      views.ask(escrow, "lockedIn", [miner, until], ([amount]) => {
        const locked = amount as bigint;
        const live = paused || locked < minStake ? 0n : locked / GRAIN;
        const stored = seat?.weight ?? 0n;
        const where = `of ${miner} for ${until} in period ${now}: ${stored} stored, ${live} live`;
        if (stored < live) expect.fail(`weight too small ${where}`);
        // A seat that says that no lock ends before `until` decides alone: then it must be exact.
        const alone = seat !== undefined && until < seat.firstEnd && until < now + 1n + seat.notice;
        if (alone && stored !== live) expect.fail(`weight not exact ${where}`);
      });
    }
  }
  await views.run();
  await checkLater(seats, world, now);
}

/** Whatever a seat will say in later periods about others, if nobody does anything until then, by the locks' records. */
async function checkLater(seats: ReadonlyMap<string, StoredSeat>, world: World, now: bigint): Promise<void> {
  for (const { miner, locks } of await readMiners(world)) {
    const seat = seats.get(miner);
    if (!seat) continue;
    for (let later = now; later <= now + world.network.parameters.escrow.longestLock; later++) {
      const until: bigint = later + seat.notice < seat.firstEnd ? later + seat.notice : seat.firstEnd - 1n;
      if (until <= later) break; // from here on it decides nothing alone
      const counts = ({ end, notice }: Lock): boolean => until < (notice === 0n ? end : later + 1n + notice);
      const live = sum(locks.filter(counts).map(({ amount }) => amount)) / GRAIN;
      if (seat.weight !== live) {
        expect.fail(
          `weight not exact of ${miner} for ${until} in ${later}, in period ${now}: ${seat.weight}, ${live} live`,
        );
      }
    }
  }
}
