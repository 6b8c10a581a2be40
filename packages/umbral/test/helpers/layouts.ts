/** Where each field starts, written down from the documented layouts, not from the code. */

export const capsuleOffsets = { E: 3, V: 38, s: 73 } as const;

export const keyFragOffsets = {
  u: 4,
  id: 39,
  rk: 73,
  precursor: 107,
  U1: 143,
  signatureForProxy: 178,
  signatureForReceiver: 244,
  delegatingKeySigned: 308,
  receivingKeySigned: 309,
} as const;

export const capsuleFragOffsets = {
  E1: 3,
  V1: 38,
  id: 73,
  precursor: 107,
  E2: 143,
  V2: 178,
  U1: 213,
  U2: 248,
  z: 283,
  signatureForReceiver: 317,
} as const;

/** The headers of MessagePack between the fields: what is not a field. */
export const capsuleHeaders = [0, 1, 2, 36, 37, 71, 72];
export const keyFragHeaders = [0, 1, 2, 3, 37, 38, 71, 72, 105, 106, 140, 141, 142, 176, 177, 242, 243];
export const capsuleFragHeaders = [
  0, 1, 2, 36, 37, 71, 72, 105, 106, 140, 141, 142, 176, 177, 211, 212, 246, 247, 281, 282, 315, 316,
];
