/** One action, as `snapshots/gas.json` names it, beside what known systems need for it. Gas of whole transactions. */
export interface Comparison {
  action: string;
  /** Sentence of our snapshot; more than one: all are shown. */
  ours: string[];
  /** NuCypher's richest release, compiled and run on the same chain. */
  nucypher: string;
  others: string;
}

/** Measured once on the same kind of chain; they don't change. "-": the system has no such action. */
export const COMPARISONS: Comparison[] = [
  {
    action: "first stake of a miner",
    ours: ["lock: a miner's first, ends when another does", "lock: a miner's first, first to end in its period"],
    nucypher: "265,576",
    others: "-",
  },
  {
    action: "second lock",
    ours: ["lock: a third, ends when another does", "lock: a second, first to end in its period"],
    nucypher: "144,117",
    others: "-",
  },
  { action: "extend", ours: ["extend: first to end in its period"], nucypher: "46,492", others: "-" },
  { action: "split", ours: ["split"], nucypher: "79,009", others: "-" },
  { action: "merge", ours: ["merge"], nucypher: "-", others: "-" },
  {
    action: "staying in, per period and miner",
    ours: ["stay in, per period and miner"],
    nucypher: "146,767 to 186,321; 437,578 with 30 sub-stakes",
    others: "-",
  },
  { action: "claim, one lock", ours: ["claim: one lock"], nucypher: "114,778", others: "-" },
  { action: "claim, 32 locks", ours: ["claim: 32 locks"], nucypher: "-", others: "-" },
  {
    action: "withdraw",
    ours: ["withdraw: all of two locks", "withdraw: part of one lock, with its reward"],
    nucypher: "103,875",
    others: "-",
  },
  {
    action: "close 30 waiting periods",
    ours: ["advance: close 30 waiting periods"],
    nucypher: "223,000 after 26",
    others: "-",
  },
  {
    action: "create a policy, 1 miner",
    ours: ["create a policy: 1 miner in policies before, an end in use", "create a policy: 1 miner in policies before, a new end"],
    nucypher: "161,460 (no collateral, no acceptance)",
    others: "-",
  },
  {
    action: "create a policy, 3 miners",
    ours: ["create a policy: 3 miners in policies before, an end in use", "create a policy: 3 miners in policies before, a new end"],
    nucypher: "282,667",
    others: "-",
  },
  {
    action: "revoke a policy of 3 miners",
    ours: ["revoke a policy: 3 miners, after half its time", "revoke a policy: 3 miners, before half its time"],
    nucypher: "247,522",
    others: "-",
  },
  {
    action: "claim fees of 1,000 policies, one period",
    ours: ["claim fees: one period, with 1,000 policies"],
    nucypher: "41,068 and 92,000 to 445,000 for the period",
    others: "-",
  },
  {
    action: "wrong re-encryption: verdict, slash and pay",
    ours: ["reveal a wrong answer: an equation, of 1 miner", "reveal a wrong answer: an equation, of 3 miners"],
    nucypher: "246,200 to 284,400",
    others: "-",
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
  },
  {
    action: "draw 32 of 1,000",
    ours: ["draw 32 of 1,000 miners, mean of 16 seeds"],
    nucypher: "10.4 million",
    others: "Keep 441,965; Kleros 976,213",
  },
  {
    action: "draw 32 of 10,000",
    ours: ["draw 32 of 10,000 miners, mean of 16 seeds"],
    nucypher: "impossible",
    others: "Keep 516,591; Kleros 1,415,077",
  },
  {
    action: "health round of 32 voters and 32 targets, all told: together, alone",
    ours: [
      "health round of 32 voters and 32 targets: all vote together",
      "health round of 32 voters and 32 targets: everybody votes alone",
    ],
    nucypher: "-",
    others: "UMA-style about 175 million",
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
  },
  {
    action: "update a sampling weight, 10,000 members",
    ours: ["update a sampling weight that was too large, of 10,000 miners"],
    nucypher: "-",
    others: "Keep 82,231; Kleros 65,050",
  },
];

/** The same for code sizes, bytes. */
export const PEER_STAKE_ESCROW_BYTES = "23,242 (NuCypher's, without a sampler like ours)";
