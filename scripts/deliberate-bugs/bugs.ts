/** A mistake that somebody could make, and the tests that have to see it. */
export interface Bug {
  /** Number of the invariant that it breaks, in docs/protocol.md, "What always holds". */
  invariant: number;
  /** The part of the invariant that it breaks. */
  says: string;
  /** What goes wrong with it. */
  does: string;
  /** The source text that is exchanged; it occurs once in the file. */
  file: string;
  find: string;
  replace: string;
  /** The contract in test/forge that must fail. */
  forge: string;
  /** The Hardhat test that must fail. */
  hardhat: string;
}

const ESCROW = "contracts/StakeEscrow.sol";
const ISSUANCE = "contracts/abstracts/Issuance.sol";
const LOCKS = "contracts/abstracts/LockBook.sol";
const SAMPLING = "contracts/abstracts/MinerSampling.sol";
const SAMPLER = "contracts/libraries/Sampler.sol";
const WIRED_ONCE = "contracts/abstracts/WiredOnce.sol";

export const BUGS: readonly Bug[] = [
  {
    invariant: 1,
    says: "The escrow holds at least what it owes.",
    does: "A drawn part of the health budget isn't subtracted from what is left of it.",
    file: ESCROW,
    find: "        _health.undrawn -= uint96(amount);\n",
    replace: "",
    forge: "Invariant1_Solvency",
    hardhat: "test/invariants/supply.test.ts",
  },
  {
    invariant: 1,
    says: "The sum of all balances is totalSupply = S(0) + minted - burned.",
    does: "When several periods close at once, only the last one's undrawn health budget is burned.",
    file: ISSUANCE,
    find: "burned += undrawn;",
    replace: "burned = undrawn;",
    forge: "Invariant1_Supply",
    hardhat: "test/invariants/supply.test.ts",
  },
  {
    invariant: 1,
    says: "Minting follows the schedule.",
    does: "An issue is rounded up, not down.",
    file: ISSUANCE,
    find: "uint256 issue = ((MAX_SUPPLY - books.issued) * FIRST_ISSUE) / (MAX_SUPPLY - INITIAL_SUPPLY);",
    replace: "uint256 issue = Math.ceilDiv((MAX_SUPPLY - books.issued) * FIRST_ISSUE, MAX_SUPPLY - INITIAL_SUPPLY);",
    forge: "Invariant1_Supply",
    hardhat: "test/invariants/issuance.test.ts",
  },
  {
    invariant: 2,
    says: "The sum of the locks that earn equals the total that earns.",
    does: "A pause leaves the miner's locks in the totals.",
    file: ESCROW,
    find: "        _changeAllTotals(miner, -1, period);\n",
    replace: "",
    forge: "Invariant2_Totals",
    hardhat: "test/invariants/totals.test.ts",
  },
  {
    invariant: 2,
    says: "It does so in every later period.",
    does: "A new end of a lock is written, but the totals keep the old one.",
    file: ESCROW,
    find: "        (target.end, target.notice) = (changed.end, changed.notice);\n        _changeTotals(unpaidFrom, changed, amount, period);\n",
    replace:
      "        _changeTotals(unpaidFrom, target, amount, period);\n        (target.end, target.notice) = (changed.end, changed.notice);\n",
    forge: "Invariant2_Totals",
    hardhat: "test/invariants/totals.test.ts",
  },
  {
    invariant: 2,
    says: "Rewards add up to what was minted for stakers, less dust.",
    does: "What the division of a reward leaves over isn't carried into the next period.",
    file: ISSUANCE,
    find: "uint256 scaled = (stakerReward << 64) + books.remainder;",
    replace: "uint256 scaled = stakerReward << 64;",
    forge: "Invariant2_Rewards",
    hardhat: "test/invariants/totals.test.ts",
  },
  {
    invariant: 2,
    says: "Nothing rewrites what the past earned.",
    does: "A top-up goes into a lock that has started already, so it earns from that lock's start.",
    file: ESCROW,
    find: "if (target.start == period + 1) {",
    replace: "if (target.start <= period + 1) {",
    forge: "Invariant2_Past",
    hardhat: "test/invariants/changes.test.ts",
  },
  {
    invariant: 3,
    says: "What is locked for later is known now.",
    does: "A rolling lock is counted to the period in which notice is given, not to the one after it.",
    file: LOCKS,
    find: "return target.notice == 0 ? target.end : period + 1 + target.notice;",
    replace: "return target.notice == 0 ? target.end : period + target.notice;",
    forge: "Invariant3_Views",
    hardhat: "test/invariants/history.test.ts",
  },
  {
    invariant: 4,
    says: "The stored weight of a miner is at least its live weight.",
    does: "A seat is written without the locks that end with the next period.",
    file: SAMPLING,
    find: "if (held.end <= period + 1) continue;",
    replace: "if (held.end <= period + 2) continue;",
    forge: "Invariant4_Weights",
    hardhat: "test/invariants/sampler.test.ts",
  },
  {
    invariant: 4,
    says: "Every member has one seat.",
    does: "The seat that moves into a gap isn't told its new place.",
    file: SAMPLER,
    find: "            miners[moved.minerOf()].seat = uint24(held);\n",
    replace: "",
    forge: "Invariant4_Seats",
    hardhat: "test/invariants/sampler.test.ts",
  },
  {
    invariant: 4,
    says: "Draws are exact.",
    does: "A seat's whole weight counts in the first period in which one of its locks doesn't.",
    file: SAMPLING,
    find: "until < GENESIS + seat.firstEndOf()",
    replace: "until <= GENESIS + seat.firstEndOf()",
    forge: "Invariant4_Seats",
    hardhat: "test/sampling/twin.test.ts",
  },
  {
    invariant: 4,
    says: "A number has one holder.",
    does: "A released number stays on the stack when it is given again.",
    file: SAMPLING,
    find: "_released[--_numbers.released]",
    replace: "_released[_numbers.released - 1]",
    forge: "Invariant4_Numbers",
    hardhat: "test/invariants/history.test.ts",
  },
  {
    invariant: 7,
    says: "There is no dead end.",
    does: "A lock that was emptied keeps its place, so that after 32 of them nothing can be locked any more.",
    file: LOCKS,
    find: "if (left == 0) _drop(miner, lockNumbers[i]);\n            else _locks[miner][lockNumbers[i]].amount = left;",
    replace: "_locks[miner][lockNumbers[i]].amount = left;",
    forge: "Invariant7_Exit",
    hardhat: "test/invariants/exit.test.ts",
  },
  {
    invariant: 8,
    says: "No account has a right after the wiring.",
    does: "The deployer's right to wire doesn't end.",
    file: WIRED_ONCE,
    find: "        delete deployer;\n",
    replace: "",
    forge: "Invariant8_NoAdmin",
    hardhat: "test/invariants/admin.test.ts",
  },
  {
    invariant: 8,
    says: "No account can pause.",
    does: "`pause` doesn't ask who calls.",
    file: ESCROW,
    find: "function pause(address miner) external only(healthVote) {",
    replace: "function pause(address miner) external {",
    forge: "Invariant8_NoAdmin",
    hardhat: "test/invariants/admin.test.ts",
  },
];
