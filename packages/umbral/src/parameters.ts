import { fromHex } from "./bytes.js";

/**
 * u, the second generator of Umbral, whose discrete logarithm nobody knows: the point that hash_to_curve of RFC 9380
 * (XMD with SHA-256, SSWU) gives for the message `POINT_U` under the domain separation tag `PARAMETERS`.
 * 65 bytes: `04 | x | y`.
 */
export const U_BYTES: Uint8Array = fromHex(
  "04" +
    "079390d0fbe220fc34aab8ecbf49098098036820fadb98c03143e55db8ec73cd" +
    "7ea50b219da86a70e8489413e4b9388afb63ac6f26e5ec2cfdd983b83f0e84e7",
);
