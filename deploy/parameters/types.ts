/** Everything that is fixed at deployment. Amounts in NKMS base units (18 decimals), times as the field says. */
export interface NetworkParameters {
  /** Gets the initial supply; absent: the deployer. */
  distributor?: string;
  /** S(0): minted to the distributor at deployment. */
  initialSupply: bigint;
  /** S_max: the token's cap, below 2^96. */
  maxSupply: bigint;
  escrow: {
    /** Seconds per period, 3,600 or more. */
    period: bigint;
    /** s0: what the first issuing period mints; (S_max - S(0)) / s0 periods is the time in which issuance falls by e. */
    firstIssue: bigint;
    /** The health votes' share of each issue, parts per million, at most 200,000. */
    healthPpm: bigint;
    /** L_min: a period in which less than this earns issues nothing. At least minStake. */
    minEarning: bigint;
    /** s_min: the least stake of a miner; a multiple of 16e9 base units. A seat of the health votes is 1/16 of it. */
    minStake: bigint;
    /** The shortest lock and the shortest notice, periods. */
    shortestLock: bigint;
    /** The longest lock and the longest notice, periods; at most 3,650. */
    longestLock: bigint;
    /** V: periods from the end of a period until its reward can be claimed, 1 to 30. */
    vesting: bigint;
    /** M: how many waiting periods any call closes by the way, 1 to 500. */
    maxCatchUp: bigint;
  };
  policies: {
    /** W: periods after an arrangement's end in which evidence against it still counts, 1 to 365. */
    window: bigint;
    /** c_min: the least collateral of an arrangement. */
    minCollateral: bigint;
    /** φ, per cent, at most 100: closing frees the fees of the first φT periods only after the window. */
    floorPercent: bigint;
    /** α, per cent of the earned fee, at most 20: to who shows a leaked key. */
    leakPercent: bigint;
    /** Per cent of the collateral, at most 25: to who proves a wrong re-encryption. */
    finderPercent: bigint;
  };
  challenges: {
    /** What a commitment costs, wei: back with a founded reveal, else lost. */
    bond: bigint;
    /** Blocks from a commitment to the first in which it can be revealed, at least 2. */
    minAge: bigint;
    /** And to the last; two of these, at 24 s a block, must fit into the window. */
    maxAge: bigint;
  };
  health: {
    /** n_min: a committee has at least so many seats, if there are as many; 32 to 1,024. */
    minSeats: bigint;
    /** h: blocks from a round's opening to the next at the earliest. */
    gap: bigint;
    /** Length of the phase in which seeds are posted, blocks, 5 to 10,000. */
    seedBlocks: bigint;
    /** Length of the phase in which ballots are committed to. */
    commitBlocks: bigint;
    /** Length of the phase in which they are revealed. */
    revealBlocks: bigint;
    /** R: rounds that are kept, 4 to 65,536; R h is at least twice all phases. */
    ring: bigint;
  };
}
