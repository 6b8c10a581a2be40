/** One action, as `snapshots/gas.json` names it, beside what known systems need for it. Gas of whole transactions. */
export interface Comparison {
  action: string;
  /** Sentence of our snapshot; more than one: all are shown. */
  ours: string[];
  /** NuCypher's richest release, compiled and run on the same chain. */
  nucypher: string;
  others: string;
  /** The least that a known system needs, to compare with; none: there is nothing to compare with. */
  least?: number;
  /** Why it is not quite the same action. */
  unlike?: string;
}

/** Measured once on the same kind of chain; they don't change. "-": the system has no such action. */
export const COMPARISONS: Comparison[] = [
  {
    action: "first stake of a miner",
    ours: ["lock: a miner's first, ends when another does", "lock: a miner's first, first to end in its period"],
    nucypher: "265,576",
    others: "-",
    least: 265_576,
    unlike: "ours also seats the miner in the sampler and gives it a number for the health votes",
  },
  {
    action: "second lock",
    ours: ["lock: a third, ends when another does", "lock: a second, first to end in its period"],
    nucypher: "144,117",
    others: "-",
    least: 144_117,
  },
  {
    action: "extend",
    ours: ["extend: first to end in its period"],
    nucypher: "46,492",
    others: "-",
    least: 46_492,
    unlike: "ours moves the amount in the map of what ends when and writes the sampler's seat anew",
  },
  { action: "split", ours: ["split"], nucypher: "79,009", others: "-", least: 79_009 },
  { action: "merge", ours: ["merge"], nucypher: "-", others: "-" },
  {
    action: "staying in, per period and miner",
    ours: ["stay in, per period and miner"],
    nucypher: "146,767 to 186,321; 437,578 with 30 sub-stakes",
    others: "-",
    least: 146_767,
    unlike:
      "theirs is a transaction by which the node says that it is there; ours leaves that to the health votes, see below",
  },
  { action: "claim, one lock", ours: ["claim: one lock"], nucypher: "114,778", others: "-", least: 114_778 },
  { action: "claim, 32 locks", ours: ["claim: 32 locks"], nucypher: "-", others: "-" },
  {
    action: "withdraw",
    ours: ["withdraw: all of two locks", "withdraw: part of one lock, with its reward"],
    nucypher: "103,875",
    others: "-",
    least: 103_875,
    unlike: "ours pays the vested reward with it, where there is one: the second number",
  },
  {
    action: "close 30 waiting periods",
    ours: ["advance: close 30 waiting periods"],
    nucypher: "223,000 after 26",
    others: "-",
    least: 223_000,
    unlike: "theirs is after 26 periods; ours closes each by itself, with what earned in it",
  },
  {
    action: "create a policy, 1 miner",
    ours: [
      "create a policy: 1 miner in policies before, an end in use",
      "create a policy: 1 miner in policies before, a new end",
    ],
    nucypher: "161,460 (no collateral, no acceptance)",
    others: "-",
    least: 161_460,
    unlike: "ours checks the operator's acceptance and reserves collateral; theirs is paid in ether",
  },
  {
    action: "create a policy, 3 miners",
    ours: [
      "create a policy: 3 miners in policies before, an end in use",
      "create a policy: 3 miners in policies before, a new end",
    ],
    nucypher: "282,667",
    others: "-",
    least: 282_667,
    unlike: "the same",
  },
  {
    action: "revoke a policy of 3 miners",
    ours: ["revoke a policy: 3 miners, after half its time", "revoke a policy: 3 miners, before half its time"],
    nucypher: "247,522",
    others: "-",
    least: 247_522,
    unlike: "ours shortens the reservation of collateral, and holds a part of the fee for the window",
  },
  {
    action: "claim fees of 1,000 policies, one period",
    ours: ["claim fees: one period, with 1,000 policies"],
    nucypher: "41,068 and 92,000 to 445,000 for the period",
    others: "-",
    least: 133_068,
    unlike: "theirs needs the period's commitment first",
  },
  {
    action: "wrong re-encryption: verdict, slash and pay",
    ours: ["reveal a wrong answer: an equation, of 1 miner", "reveal a wrong answer: an equation, of 3 miners"],
    nucypher: "246,200 to 284,400",
    others: "-",
    least: 246_200,
    unlike: "ours needs a commitment before; theirs checks a proof that today's Umbral no longer makes",
  },
  { action: "the commitment before it", ours: ["commit to evidence"], nucypher: "-", others: "-" },
  {
    action: "leaked key: verdict, slash and pay",
    ours: ["reveal a leaked key: of 1 miner", "reveal a leaked key: of 3 miners"],
    nucypher: "-",
    others: "-",
  },
  {
    action: "full check of three equations and a signature",
    ours: ["a full check of a right answer: the view as a transaction"],
    nucypher: "92,140 (without capsule and key fragment)",
    others: "-",
    least: 92_140,
    unlike: "ours checks the capsule and the key fragment, too",
  },
  {
    action: "draw 32 of 1,000",
    ours: ["draw 32 of 1,000 miners, mean of 16 seeds"],
    nucypher: "10.4 million",
    others: "Keep 441,965; Kleros 976,213",
    least: 441_965,
    unlike:
      "their trees keep a weight until somebody changes it: a stake that ends needs a transaction; ours passes over what has ended",
  },
  {
    action: "draw 32 of 10,000",
    ours: ["draw 32 of 10,000 miners, mean of 16 seeds"],
    nucypher: "impossible",
    others: "Keep 516,591; Kleros 1,415,077",
    least: 516_591,
    unlike: "the same",
  },
  {
    action: "health round of 32 voters and 32 targets; all voting together, or each alone",
    ours: [
      "health round of 32 voters and 32 targets: all vote together",
      "health round of 32 voters and 32 targets: everybody votes alone",
    ],
    nucypher: "-",
    others: "UMA-style about 175 million",
    least: 175_000_000,
    unlike:
      "an estimate: a commitment and a reveal for each pair of voter and target, about 171,000 gas; voters there are paid and slashed by stake, and may vote on anything",
  },
  {
    action: "the same with 64 voters, the default at 1,024 miners",
    ours: [
      "health round of 64 voters and 32 targets: all vote together",
      "health round of 64 voters and 32 targets: everybody votes alone",
    ],
    nucypher: "-",
    others: "-",
  },
  {
    action: "health round of 100 voters and 100 targets",
    ours: [
      "health round of 100 voters and 100 targets: all vote together",
      "health round of 100 voters and 100 targets: everybody votes alone",
    ],
    nucypher: "-",
    others: "UMA-style about 1.7 billion",
    least: 1_700_000_000,
    unlike: "the same",
  },
  {
    action: "update a sampling weight, 10,000 members",
    ours: ["update a sampling weight that was too large, of 10,000 miners"],
    nucypher: "-",
    others: "Keep 82,231; Kleros 65,050",
    least: 65_050,
  },
];

/** The same for code sizes, bytes. */
export const PEER_STAKE_ESCROW_BYTES = "23,242 (NuCypher's, without a sampler like ours)";
