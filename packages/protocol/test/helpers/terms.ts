import { id, toBeHex, Wallet, ZeroAddress, ZeroHash } from "ethers";

import { type Arrangement, policyDomain, type Terms } from "../../src/index.js";

/** NKMS in base units. */
export const NKMS = 10n ** 18n;

export const domain = policyDomain(31_337n, toBeHex(0xabcdn, 20));

/** The keys of the operators of {@link terms}, in order. */
export const operators = [1, 2, 3].map((i) => new Wallet(id(`operator ${i}`)));

export const arrangementOf = (i: number): Arrangement => ({
  miner: toBeHex(0x1000 + i, 20),
  operator: operators[i % 3]?.address ?? ZeroAddress,
  kfragHash: id(`kfrag ${i}`),
});

/** Three miners, 10 periods at 2 NKMS, collateral 15 NKMS, to be created until 2026-01-01 12:00. */
export const terms: Terms = {
  owner: toBeHex(1, 20),
  payer: toBeHex(2, 20),
  periods: 10n,
  deadline: 1_767_268_800n,
  rate: 2n * NKMS,
  collateral: 15n * NKMS,
  condition: ZeroAddress,
  handOff: true,
  salt: ZeroHash,
  arrangements: [0, 1, 2].map(arrangementOf),
};

/** The moment at which {@link terms} are looked at. */
export const timestamp = terms.deadline - 1n;
