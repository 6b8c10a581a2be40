import { be32, FIELD_PRIME, join } from "./bytes.js";

/** Bytes in the place of a compressed point that are none, by what is wrong with them. */
export const badPoints: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["zeros", new Uint8Array(33)],
  ["the prefix 00, the point at infinity's", join([0], be32(1n))],
  ["the prefix 04, an uncompressed point's", join([4], be32(1n))],
  ["the prefix 05, a compact point's", join([5], be32(1n))],
  ["the prefix 06, a hybrid point's", join([6], be32(1n))],
  ["an x that is on no point", join([2], be32(5n))],
  ["x = p", join([2], be32(FIELD_PRIME))],
  ["x = p + 1, which stands for the point with x = 1", join([2], be32(FIELD_PRIME + 1n))],
  ["x = 2^256 - 1", join([3], be32(2n ** 256n - 1n))],
];

/** The point with x = 1 and an even y: as good as any. */
export const goodPoint: Uint8Array = join([2], be32(1n));
