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

const CHALLENGES = "contracts/ChallengeManager.sol";
const ESCROW = "contracts/StakeEscrow.sol";
const ISSUANCE = "contracts/abstracts/Issuance.sol";
const LOCKS = "contracts/abstracts/LockBook.sol";
const POLICIES = "contracts/PolicyManager.sol";
const PROOF = "contracts/libraries/UmbralProof.sol";
const SAMPLING = "contracts/abstracts/MinerSampling.sol";
const SAMPLER = "contracts/libraries/Sampler.sol";
const WIRED_ONCE = "contracts/abstracts/WiredOnce.sol";

const CHALLENGE_ATTACKS = "test/flows/challenge-attacks.test.ts";

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
  {
    invariant: 9,
    says: "Guilt follows from what the operator in the terms signed.",
    does: "Receipts are compared with the operator that the miner has now.",
    file: CHALLENGES,
    find: "bytes32 evidence = _checkReceipt(policy, index, s.operator, answer);",
    replace:
      '(, bytes memory registry) = address(POLICIES).staticcall(abi.encodeWithSignature("REGISTRY()"));\n        (, bytes memory now_) = abi.decode(registry, (address)).staticcall(abi.encodeWithSignature("operatorOf(address)", s.miner));\n        bytes32 evidence = _checkReceipt(policy, index, abi.decode(now_, (address)), answer);',
    forge: "Invariant6_Challenges",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "A copied commitment is worth nothing.",
    does: "A commitment doesn't name its challenger.",
    file: CHALLENGES,
    find: "return keccak256(abi.encode(block.chainid, address(this), challenger, policy, index, evidence, salt));",
    replace:
      "challenger;\n        return keccak256(abi.encode(block.chainid, address(this), policy, index, evidence, salt));",
    forge: "ChallengeStories",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "A copied reveal is worth nothing.",
    does: "A reveal may follow its commitment at once.",
    file: CHALLENGES,
    find: "made.madeAt + MIN_AGE, made.madeAt + MAX_AGE",
    replace: "made.madeAt, made.madeAt + MAX_AGE",
    forge: "ChallengeStories",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "A bond goes back only after a founded reveal.",
    does: "A bond can be taken before anything was revealed.",
    file: CHALLENGES,
    find: "if (!made.founded) revert ChallengeManagerNotFounded",
    replace: "if (made.madeAt == 0) revert ChallengeManagerNotFounded",
    forge: "Invariant9_Bonds",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "A bond goes back after a founded reveal.",
    does: "A founded reveal doesn't mark its commitment.",
    file: CHALLENGES,
    find: "        _commitments[msg.sender][commitment].founded = true;\n",
    replace: "",
    forge: "Invariant9_Bonds",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "An answer to what is no capsule is no offence.",
    does: "A reveal doesn't check the capsule.",
    file: CHALLENGES,
    find: "        UmbralProof.checkCapsule(answer.capsule, capsuleY);\n        UmbralProof.checkFault",
    replace: "        capsuleY;\n        UmbralProof.checkFault",
    forge: "ChallengeStories",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "Guilt follows from the secret of the arrangement's fragment.",
    does: "The bytes of a leaked fragment are not compared with the arrangement's.",
    file: CHALLENGES,
    find: "if (hash != s.kfragHash || leak.kfrag.length != 162) revert",
    replace: "if (leak.kfrag.length != 162) revert",
    forge: "ChallengeStories",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "Nothing is proven against a right answer.",
    does: "The equation of u is checked for E.",
    file: PROOF,
    find: "return _productOfU(z);",
    replace: "return _product(capsule, E, z);",
    forge: "UmbralProofFuzz",
    hardhat: "test/flows/honest-answers.test.ts",
  },
  {
    invariant: 9,
    says: "Something is proven against every wrong answer.",
    does: "z is only compared with 0, not with n.",
    file: PROOF,
    find: "return value != 0 && value < N;",
    replace: "return value != 0;",
    forge: "ChallengeStories",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "Something is proven against an answer with another fragment.",
    does: "The fragment in an answer is not compared with the arrangement's.",
    file: PROOF,
    find: "else if (fault == Fault.Kfrag) proven = _kfragHashOf(cfrag) != kfragHash;",
    replace: "else if (fault == Fault.Kfrag) proven = kfragHash == 0;",
    forge: "ChallengeStories",
    hardhat: CHALLENGE_ATTACKS,
  },
  {
    invariant: 9,
    says: "There is one verdict per arrangement.",
    does: "A second verdict is executed and paid like the first.",
    file: POLICIES,
    find: "if (!standing.convicted) toChallenger = _convict(",
    replace: "toChallenger = _convict(",
    forge: "ChallengeStories",
    hardhat: CHALLENGE_ATTACKS,
  },
];
