/** Mutants that no test can tell from the contract, and why. */
export interface Equivalence {
  why: string;
  /** Their ids. */
  mutants: string[];
}

const EQUIVALENCES: readonly Equivalence[] = [
  {
    why: "An E with a wrong prefix or x ≥ n is refused once more: `ecrecover` gives nothing for it, and that is no address of V.",
    mutants: ["b2a170b6", "f8fd20dd"],
  },
  {
    why: "`ecrecover` refuses every v but 27 and 28; of all prefixes only 2 and 3 come to these.",
    mutants: ["7adb2b23", "7968d1ea"],
  },
  {
    why: "Differs for digests from n - 2 on alone: one in 2^128, and none is known.",
    mutants: ["b683b1df", "a2651960", "a8b3973c", "e3752dd0"],
  },
  { why: "x has two points or none, so that either parity tells.", mutants: ["c1340883"] },
  { why: "`ecrecover` gives an address for every s from 1 to n - 1.", mutants: ["410fa14a"] },
  {
    why: "(x, y) has the address of a point that `ecrecover` has computed; one off the curve would be a second preimage.",
    mutants: ["9b4b722b"],
  },
  {
    why: "V's prefix is checked with its parity. An x ≥ n would need an s for it: h is a hash of V, so s would have to be found by taking a logarithm.",
    mutants: ["964b7829", "6aa75370"],
  },
  {
    why: "s = 0 would have to fit V = s G - h E, where h is a hash of E and V: a fixed point of SHA-256. An s to which n could be added is below 2^129: that takes 2^127 tries.",
    mutants: ["368aa89f"],
  },
  { why: "The variable is `false` before that statement; it is there to be read.", mutants: ["7cc91204"] },
  {
    why: "W = h X1 with the x of X2, or one beside it, where h is a hash of both: a fixed point of SHA-256.",
    mutants: ["de893dfa", "77d5f5c0"],
  },
  {
    why: "The constructor wants a period if there is a price, and none if there is none: one is 0 if the other is.",
    mutants: ["f34b2e5d"],
  },
  {
    why: "Where the two are equal, setting one to the other changes nothing.",
    mutants: ["bd10a251", "76b8dd54", "52e13544", "471d9580"],
  },
  { why: "One byte more of the answer is written to scratch space, and is not read.", mutants: ["3a9b3624"] },
  {
    why: "A number that is free has an empty lock, as `_drop` deletes it: it adds nothing.",
    mutants: ["235ecfe6"],
  },
  {
    why: "The loop goes on to 256, where no lock has a number; that costs gas alone.",
    mutants: ["0858c6c0"],
  },
  { why: "The same value, read twice: that costs gas alone.", mutants: ["ea1f835f", "5017733b"] },
  {
    why: "The mask has 32 bits: no number from 32 on is in it, so that the bound only says so.",
    mutants: ["4ed3dd2c", "1d387a0f", "f99c6232"],
  },
  {
    why: "What no number names is never read, and the next lock writes over it: to delete it gives gas back.",
    mutants: ["954689d3"],
  },
  { why: "In an empty span nothing was earned, whatever its accumulators are.", mutants: ["9d3cca77", "e837906e"] },
  {
    why: "Nobody reads what ends with the last period there is, when rolling locks are said to.",
    mutants: ["c9222c63"],
  },
  { why: "Nothing was earned in the first period of 1970.", mutants: ["5b504549", "35f855c2"] },
  {
    why: "What a seat says, while all its locks reach beyond `until`, is what they sum up to: the short way saves gas alone.",
    mutants: ["13bac2a9", "a30683dc"],
  },
  {
    why: "A tier has 65,534 seats: `held - 1` is at most 65,533 above its first place, `held + 1` 65,535, so both are of the same tier, and `held` is.",
    mutants: ["ef8f5b98", "2b60627a", "3c70678a"],
  },
  { why: "Nobody asks for a period before the one through which the account is settled.", mutants: ["b7ed78ee"] },
  {
    why: "All ids are within 255, more than any share: the distance that is looked for is never 256.",
    mutants: ["f0a250a4", "0583cbe1"],
  },
  { why: "The table begins with three zeros: for its first distance it says the same.", mutants: ["c53c78bf"] },
  { why: "Asked only where the two differ.", mutants: ["d23d0a80"] },
  {
    why: "Whoever was drawn is looked for all the same, or also where the bit already says that it was not: the bits save gas alone.",
    mutants: ["4aa08114", "18c44211"],
  },
  {
    why: "The place behind those that were drawn is zero, which no miner is; there is one, as somebody is still wanted.",
    mutants: ["4fd6f655"],
  },
  {
    why: "Where nothing has vested, what is kept is written once more as it was: that costs gas alone.",
    mutants: ["96acd527"],
  },
  {
    why: "Only a reveal asks whether a commitment is open, and reveals are over when silence can be reported.",
    mutants: ["3d6943ed"],
  },
  {
    why: "Who shows a seed takes its seats from how the round stands; nobody reads what is kept beside its hash.",
    mutants: ["f9ed0b11"],
  },
  {
    why: "A ballot of 200 targets is kept where longer ones are, and read from there: that costs gas alone.",
    mutants: ["c9fa252b"],
  },
  { why: "Above the last tier there is nothing to count: all bits are shifted out.", mutants: ["9a85c333"] },
  { why: "Nobody earns in period 0, which was in 1970.", mutants: ["50f34513"] },
  { why: "Both are done, in whichever order; neither reads the other.", mutants: ["2fcefeaf"] },
];

/** What survived until a test was added. */
export interface Addition {
  subject: string;
  /** What nobody would have noticed. */
  mistake: string;
  test: string;
}

export const ADDITIONS: readonly Addition[] = [
  {
    subject: "UmbralProof",
    mistake: "A V with a wrong prefix is taken for valid if its owner makes s fit to the bytes as they are.",
    test: "test/umbralProof/checkCapsule.test.ts",
  },
  {
    subject: "UmbralProof",
    mistake: "x ≥ n, n itself too, is found when everything else has been looked at, not among the points.",
    test: "test/umbralProof/findFault.test.ts",
  },
  {
    subject: "PolicyTerms",
    mistake: "A consent is signed with its index and nonce exchanged: both were always 0.",
    test: "test/policyManager/typedData.test.ts",
  },
  {
    subject: "FeeBook",
    mistake:
      "A renewal to a period in which another policy of the miner ends forgets that one's rate: it earns for ever.",
    test: "test/policyManager/renew.test.ts",
  },
  {
    subject: "CombinedCondition",
    mistake: "The last children get a small part of the gas that is left, not all of it.",
    test: "test/conditions/combined.test.ts",
  },
  {
    subject: "MinerRegistry",
    mistake: "`pledgeOf` tells nothing of the miner's terms; only tests of the policy manager saw it.",
    test: "test/minerRegistry/pledgeOf.test.ts",
  },
  {
    subject: "FeeBook",
    mistake:
      "A verdict on what was closed before frees its reserve and then has it freed once more: the miner's account underflows, and never pays again.",
    test: "test/policyManager/convict.test.ts",
  },
  {
    subject: "BallotBook",
    mistake:
      "Once the ring has gone round, a commitment is looked for at another place than it is kept: no ballot counts.",
    test: "test/healthVote/finalize.test.ts",
  },
  {
    subject: "HealthPay",
    mistake: "What vested long ago is forgotten when the place of a period's pay is needed for the second time.",
    test: "test/healthVote/claimPay.test.ts",
  },
  {
    subject: "HealthPay",
    mistake: "Of pay from several periods a verdict burns the oldest part alone, or leaves that of the oldest period.",
    test: "test/healthVote/enforce.test.ts",
  },
  {
    subject: "MinerSampling",
    mistake:
      "The seed and the number of the trial are hashed in the other order: other miners are drawn than off chain.",
    test: "test/sampling/draw.test.ts",
  },
  {
    subject: "MinerSampling",
    mistake: "The first point behind a miner's stake is the miner's, too: it is drawn a grain too often.",
    test: "test/sampling/draw.test.ts",
  },
  {
    subject: "MinerSampling",
    mistake:
      "A notice is counted back from now: with periods of a day nobody without a rolling lock can be drawn, for that is before 1970.",
    test: "test/sampling/draw.test.ts",
  },
  {
    subject: "Committee",
    mistake: "A seat whose second hash is the rim itself wins.",
    test: "test/healthVote/committee.test.ts",
  },
  {
    subject: "Committee",
    mistake: "Of 2^64 ids one too many is taken to be within a distance, below the table or in its mirror image.",
    test: "test/healthVote/committee.test.ts",
  },
  {
    subject: "RoundBook",
    mistake: "Winning seats are listed of a miner that a slash has left with less than s_min, and that has no vote.",
    test: "test/healthVote/views.test.ts",
  },
  {
    subject: "HealthVote",
    mistake: "`RoundOpened` tells n for W and W for n: in the round whose event was read both were the same.",
    test: "test/healthVote/openRound.test.ts",
  },
  {
    subject: "LockBook",
    mistake: "A lock that is yet to begin counts as earning already, if its miner has another that does.",
    test: "test/stakeEscrow/views.test.ts",
  },
  {
    subject: "LockBook",
    mistake:
      "Claims, pauses and views read locks that aren't there, or look for 256 of them: up to 60,000 gas for nothing.",
    test: "test/stakeEscrow/limits.test.ts",
  },
];

const REASONS = new Map(EQUIVALENCES.flatMap(({ why, mutants }) => mutants.map((id) => [id, why] as const)));

/** Why no test can tell this mutant, or undefined. */
export const reasonFor = (id: string): string | undefined => REASONS.get(id);
