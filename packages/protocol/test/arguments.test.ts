import { expect } from "chai";
import { Interface, toBeHex, ZeroHash } from "ethers";

import * as protocol from "../src/index.js";
import { domain, NKMS, terms } from "./helpers/terms.js";

const miner = toBeHex(1, 20);
const calendar = { secondsPerPeriod: 86_400n, window: 7n };
const lock = { amount: 5n, start: 90n, end: 120n, notice: 0n };
const takeover = { policy: ZeroHash, index: 0n, miner, operator: miner, collateral: NKMS, end: 9n, deadline: 9n };
const seat = { miner, weight: 32_000n * 10n ** 9n, firstEnd: protocol.SATURATED, notice: protocol.SATURATED };
const tiers = [[seat], ...Array.from({ length: protocol.TIERS - 1 }, () => [])];
const state = { period: 5n, genesis: 1n, minStake: 16_000n * NKMS, tiers, locksOf: () => [] };
const draw = { seed: 1n, wanted: 1n, until: 7n, maxTrials: 100n };

/** A call as a program without types makes it: an argument each, what errors call it, and the call with something else there. */
const calls: readonly (readonly [name: string, argument: string, call: (wrong: never) => unknown])[] = [
  ["amountOf", "parts", (wrong) => protocol.amountOf(wrong)],
  ["faultName", "fault", (wrong) => protocol.faultName(wrong)],
  ["policyFee", "terms.rate", (rate) => protocol.policyFee({ ...terms, rate })],
  ["policyFee", "terms.periods", (periods) => protocol.policyFee({ ...terms, periods })],
  ["policyFee", "terms.arrangements", (arrangements) => protocol.policyFee({ ...terms, arrangements })],
  ["renewalFee", "terms.rate", (rate) => protocol.renewalFee({ rate }, 1n, 1n)],
  ["renewalFee", "periods", (wrong) => protocol.renewalFee(terms, wrong, 1n)],
  ["renewalFee", "open", (wrong) => protocol.renewalFee(terms, 1n, wrong)],
  ["reservedFor", "rate", (rate) => protocol.reservedFor({ ...terms, rate })],
  ["reservedFor", "periods", (periods) => protocol.reservedFor({ ...terms, periods })],
  ["reservedFor", "collateral", (collateral) => protocol.reservedFor({ ...terms, collateral })],
  ["splitFee", "rate", (rate) => protocol.splitFee({ ...terms, rate }, 1n, 50n)],
  ["splitFee", "periods", (periods) => protocol.splitFee({ ...terms, periods }, 1n, 50n)],
  ["splitFee", "served", (wrong) => protocol.splitFee(terms, wrong, 50n)],
  ["splitFee", "floorPercent", (wrong) => protocol.splitFee(terms, 1n, wrong)],
  ["heldUntil", "stop", (wrong) => protocol.heldUntil(wrong, 7n)],
  ["heldUntil", "window", (wrong) => protocol.heldUntil(1n, wrong)],
  ["leastCollateral", "collateral", (wrong) => protocol.leastCollateral(0n, wrong, 2n, 1n)],
  ["leastCollateral", "minCollateral", (wrong) => protocol.leastCollateral(wrong, NKMS, 2n, 1n)],
  ["leastCollateral", "periods", (wrong) => protocol.leastCollateral(0n, NKMS, wrong, 1n)],
  ["leastCollateral", "left", (wrong) => protocol.leastCollateral(0n, NKMS, 2n, wrong)],
  ["guaranteedEnd", "lock.end", (end) => protocol.guaranteedEnd({ ...lock, end }, 1n)],
  ["guaranteedEnd", "lock.notice", (notice) => protocol.guaranteedEnd({ ...lock, notice }, 1n)],
  ["guaranteedEnd", "now", (wrong) => protocol.guaranteedEnd({ ...lock, notice: 3n }, wrong)],
  ["lockedIn", "locks", (wrong) => protocol.lockedIn(wrong, 1n, 1n)],
  ["lockedIn", "lock.amount", (amount) => protocol.lockedIn([{ ...lock, amount }], 100n, 100n)],
  ["lockedIn", "lock.start", (start) => protocol.lockedIn([{ ...lock, start }], 100n, 100n)],
  ["lockedIn", "period", (wrong) => protocol.lockedIn([lock], wrong, 1n)],
  ["firstSecondOf", "period", (wrong) => protocol.firstSecondOf(wrong, 1n)],
  ["lastSecondOf", "period", (wrong) => protocol.lastSecondOf(wrong, 1n)],
  ["periodAt", "timestamp", (wrong) => protocol.periodAt(wrong, 1n)],
  ["periodAt", "secondsPerPeriod", (wrong) => protocol.periodAt(1n, wrong)],
  ["periodsOf", "count", (wrong) => protocol.periodsOf(wrong, calendar)],
  ["periodsOf", "secondsPerPeriod", (secondsPerPeriod) => protocol.periodsOf(1n, { secondsPerPeriod })],
  ["describeTerms", "message", (deadline) => protocol.describeTerms({ ...terms, deadline }, domain, calendar)],
  ["durationOf", "seconds", (wrong) => protocol.durationOf(wrong)],
  ["describeAcceptance", "window", (window) => protocol.describeAcceptance(terms, 0, domain, { ...calendar, window })],
  ["describeAcceptance", "index", (wrong) => protocol.describeAcceptance(terms, wrong, domain, calendar)],
  ["describeRenewal", "renewal.oldEnd", (oldEnd) => protocol.describeRenewal(renewal({ oldEnd }), terms, calendar)],
  ["describeRenewal", "renewal.newEnd", (newEnd) => protocol.describeRenewal(renewal({ newEnd }), terms, calendar)],
  [
    "describeTakeover",
    "takeover.collateral",
    (collateral) => protocol.describeTakeover({ ...takeover, collateral }, calendar),
  ],
  ["describeTakeover", "takeover.end", (end) => protocol.describeTakeover({ ...takeover, end }, calendar)],
  ["describeTakeover", "timestamp", (deadline) => protocol.describeTakeover({ ...takeover, deadline }, calendar)],
  ["describeConsent", "timestamp", (deadline) => protocol.describeConsent({ ...takeover, nonce: 1n, deadline })],
  ["describeRevocation", "timestamp", (deadline) => protocol.describeRevocation({ ...takeover, nonce: 1n, deadline })],
  ["checkTerms", "terms.owner", (owner) => protocol.checkTerms({ ...terms, owner })],
  ["checkTerms", "terms.salt", (salt) => protocol.checkTerms({ ...terms, salt })],
  ["checkTerms", "terms.rate", (rate) => protocol.checkTerms({ ...terms, rate }, { timestamp: 1n })],
  [
    "checkTerms",
    "terms.arrangements",
    (arrangements) => protocol.checkTerms({ ...terms, arrangements }, { timestamp: 1n }),
  ],
  ["sortArrangements", "arrangements", (wrong) => protocol.sortArrangements(wrong)],
  ["verifyAcceptances", "acceptances", (wrong) => protocol.verifyAcceptances(terms, wrong, domain)],
  ["verifyAcceptance", "index", (wrong) => protocol.verifyAcceptance(terms, wrong, "0x", domain)],
  ["kfragHash", "kfrag.id", (id) => protocol.kfragHash({ ...kfrag, id })],
  ["describeRevert", "data", (wrong) => protocol.describeRevert(wrong, new Interface([]))],
  ["drawWithSeed", "seed", (seed) => protocol.drawWithSeed(state, { ...draw, seed })],
  ["drawWithSeed", "wanted", (wanted) => protocol.drawWithSeed(state, { ...draw, wanted })],
  ["drawWithSeed", "until", (until) => protocol.drawWithSeed(state, { ...draw, until })],
  ["drawWithSeed", "maxTrials", (maxTrials) => protocol.drawWithSeed(state, { ...draw, maxTrials })],
  ["drawWithSeed", "state.period", (period) => protocol.drawWithSeed({ ...state, period }, draw)],
  ["drawWithSeed", "state.minStake", (minStake) => protocol.drawWithSeed({ ...state, minStake }, draw)],
  ["drawWithSeed", "state.tiers", (wrong) => protocol.drawWithSeed({ ...state, tiers: wrong }, draw)],
  ["readSamplerState", "pageSize", (pageSize) => protocol.readSamplerState({} as never, { pageSize })],
];

const renewal = (wrong: object) => ({ policy: ZeroHash, oldEnd: 5n, newEnd: 7n, ...wrong });
const kfrag = {
  id: new Uint8Array(32),
  precursor: new Uint8Array(33),
  commitment: new Uint8Array(33),
  receiverSignature: new Uint8Array(64),
};

/** None of them is a good value of any argument above. */
const wrongValues: readonly unknown[] = [
  NaN,
  -1,
  1.5,
  -1n,
  "x",
  "",
  true,
  null,
  {},
  Object.create(null),
  Symbol("s"),
  new Uint8Array(3),
  "y".repeat(100_000),
];

describe("an error calls the argument by its name", () => {
  for (const [name, argument, call] of calls) {
    it(`${argument} of ${name}`, async () => {
      for (const wrong of wrongValues) {
        if (name === "amountOf" && wrong === -1n) continue; // the only one that may be negative
        let thrown: unknown;
        try {
          await call(wrong as never);
        } catch (error) {
          thrown = error;
        }
        if (!(thrown instanceof protocol.ProtocolError)) return expect.fail(`${String(thrown)} for ${typeof wrong}`);
        expect(thrown.argument, thrown.message).to.equal(argument);
        expect(thrown.code).to.be.oneOf(["BAD_ARGUMENT", "BAD_LENGTH", "ACCEPTANCES"]);
        expect(thrown.message).to.equal(`${argument}: expected ${thrown.expected}, got ${thrown.got}`);
        expect(thrown.got.length, thrown.message).to.be.below(120);
      }
    });
  }
});
