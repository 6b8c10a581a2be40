import { DEFAULTS, type Deal, feeOf } from "./defaults";

/** Who has what of an arrangement's fee when it closes in its t-th period (t = 0: before its start). */
export interface Closing {
  miner: number;
  payer: number;
  /** The payer's too, but only after the window. */
  held: number;
}

/** t*: fees of the first φT periods are not freed at once. */
const floorOf = ({ periods }: Deal): number => Math.ceil(DEFAULTS.floor * periods);

export function closingAt(deal: Deal, t: number): Closing {
  const held = deal.rate * Math.max(floorOf(deal) - t, 0);
  return { miner: deal.rate * t, payer: feeOf(deal) - deal.rate * t - held, held };
}

/** Where c and f go after a verdict; the parts sum to c + f. */
export interface Split {
  challenger: number;
  payer: number;
  burned: number;
}

export function wrongAnswerAt(deal: Deal, t: number): Split {
  const challenger = DEFAULTS.finderShare * deal.collateral;
  return { challenger, payer: deal.rate * (deal.periods - t), burned: deal.collateral - challenger + deal.rate * t };
}

export function leakAt(deal: Deal, t: number): Split {
  const counted = Math.max(t, floorOf(deal));
  const challenger = DEFAULTS.leakShare * deal.rate * t;
  return {
    challenger,
    payer: deal.rate * (deal.periods - counted),
    burned: deal.collateral + deal.rate * counted - challenger,
  };
}

/**
 * What a miner expects that answers wrongly in every period and saves `saved` by it, if each period's answers are checked
 * and proven wrong with probability q. Found in period t it has neither c nor the fee.
 */
export function cheatingPays(deal: Deal, q: number, saved: number): number {
  let expected = 0;
  for (let t = 1; t <= deal.periods; t++) expected += q * (1 - q) ** (t - 1) * (saved * t - deal.collateral);
  return expected + (1 - q) ** deal.periods * (feeOf(deal) + saved * deal.periods);
}

/** The q from which on cheating pays less than the fee. */
export function deterringCheck(deal: Deal, saved: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (cheatingPays(deal, middle, saved) > feeOf(deal)) low = middle;
    else high = middle;
  }
  return high;
}
