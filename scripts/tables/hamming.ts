/**
 * Prints the table of `contracts/libraries/Committee.sol`: for d = 54 .. 127, floor(2^64 P(X <= d)), X being the number of
 * ones among 256 fair bits, exactly, 8 bytes each. Below 54 it is 0; above 127 it follows by symmetry.
 */
export const BITS = 256n;
export const FIRST = 54n;
export const LAST = 127n;

/** Number of ways to choose `k` of `n`. */
export function choose(n: bigint, k: bigint): bigint {
  let result = 1n;
  for (let i = 1n; i <= k; ++i) result = (result * (n - k + i)) / i;
  return result;
}

/** floor(2^64 P(X <= d)). */
function scaledShare(d: bigint): bigint {
  let ways = 0n;
  for (let i = 0n; i <= d; ++i) ways += choose(BITS, i);
  return (ways << 64n) >> BITS;
}

/** The table as hex, without 0x. */
export function hammingTable(): string {
  let table = "";
  for (let d = FIRST; d <= LAST; ++d) table += scaledShare(d).toString(16).padStart(16, "0");
  return table;
}

if (require.main === module) process.stdout.write(`${hammingTable()}\n`);
