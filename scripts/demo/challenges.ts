import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { mine, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { Capsule, KeyFrag, PublicKey, SecretKey, Signer, encrypt, generateKFrags } from "@nkms/umbral";
import {
  type Answer,
  Challenger,
  EthersChain,
  type Evidence,
  checkAnswer,
  describeVerdict,
  leakOfReuse,
  makeEvidence,
} from "@nkms/verifier";
import {
  type Scene,
  answerHonestly,
  answerOtherCapsule,
  cheats,
  reuseRandomness,
  useOtherFragment,
} from "@nkms/verifier/cheats";
import { type HDNodeWallet, Wallet, parseEther } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { nkms } from "../../deploy/parameters/units";
import type { ChallengeManager, NKMSToken, PolicyManager, StakeEscrow } from "../../typechain-types";
import type { Days } from "./days";
import { DemoError, expectEqual } from "./errors";
import type { Miner } from "./miners";
import { type Holder, PaidPolicy, type Price } from "./policy";
import type { Report } from "./report";

interface Contracts {
  token: NKMSToken;
  escrow: StakeEscrow;
  policies: PolicyManager;
  challenges: ChallengeManager;
}

/** What one miner sent, and what came of it; amounts in base units, as decimal strings. */
export interface CheatOutcome {
  miner: string;
  sent: string;
  /** In one word: honest, a fault, or why it was refused. */
  verdict: string;
  words: string;
  toChallenger: string;
  backToPayer: string;
  burned: string;
}

/** What a miner did, and what follows from it. */
interface Attempt {
  miner: Miner;
  sent: string;
  verdict: string;
  words: string;
  evidence: Evidence | undefined;
}

/** Ten periods: five are served, of which φ holds back none, when the cheats are challenged. */
const PRICE: Price = { periods: 10n, rate: nkms("10"), collateral: nkms("100") };
const SERVED = 5n;
const CREATED = 1n; // day
const CHALLENGED = CREATED + SERVED;
const OVER = CREATED + 1n + PRICE.periods;
const THRESHOLD = 2;

/** A node with everything that it could answer with. */
interface Node {
  scene: Scene;
  otherCapsule: Capsule;
  otherFragment: Scene["kfrag"];
}

/** A way to answer, and the evidence that a reader makes of it. */
interface Way {
  sent: string;
  answer: (node: Node) => Promise<Answer[]>;
}

const single =
  (answer: (node: Node) => Promise<Answer>): Way["answer"] =>
  async (node) => [await answer(node)];

/** One of each: an honest answer first. */
const WAYS: Way[] = [
  { sent: "answers well", answer: single(({ scene }) => answerHonestly(scene)) },
  cheat("randomPoints"),
  {
    sent: "answers well, with another fragment",
    answer: single(({ scene, otherFragment }) => useOtherFragment(scene, otherFragment)),
  },
  {
    sent: "answers twice well, with the same t",
    answer: ({ scene, otherCapsule }) => reuseRandomness(scene, otherCapsule),
  },
  cheat("zeroZ"),
  cheat("largeXE1"),
  cheat("offCurveV2"),
  cheat("shortBytes"),
  {
    sent: "answers well, to another capsule",
    answer: single(({ scene, otherCapsule }) => answerOtherCapsule(scene, otherCapsule)),
  },
  cheat("flippedSignature"),
  cheat("otherPolicy"),
];

function cheat(name: string): Way {
  const found = cheats[name];
  if (!found) throw new DemoError("DISAGREEMENT", "cheat", "a known one", name);
  return { sent: found.words, answer: single(({ scene }) => found.answer(scene)) };
}

/**
 * Carol makes keys that protect nothing, pays eleven miners to hold them, and asks each. One answers well, one can't be
 * held to its answer, nine are convicted: with what their operators signed, by the real contracts.
 */
export async function challengeCheats(
  hre: HardhatRuntimeEnvironment,
  contracts: Contracts,
  miners: Miner[],
  days: Days,
  report: Report,
): Promise<CheatOutcome[]> {
  report.step(
    `Carol challenges ${WAYS.length} other miners: she pays for a policy that protects nothing, and asks each`,
  );
  const carol = await purse(hre, contracts.token);
  const { policy, nodes } = await openPolicy(hre, contracts, miners, carol);
  await days.passTo(CHALLENGED);

  const attempts: Attempt[] = [];
  for (const [i, { sent, answer }] of WAYS.entries()) {
    const [miner, node] = [miners[i], nodes[i]];
    if (!miner || !node) throw new DemoError("DISAGREEMENT", "miners", `${WAYS.length}`, `${miners.length}`);
    attempts.push({ miner, sent, ...judge(await answer(node)) });
  }
  const guilty = attempts.filter(({ evidence }) => evidence).length;
  report.step(
    `Day ${CHALLENGED}: Carol's verifier finds ${guilty} cheats; she commits to the evidence, and reveals it`,
  );
  const outcomes = await convict(hre, contracts, policy, attempts, carol);

  await days.passTo(OVER);
  await settle(contracts, attempts, outcomes, carol);
  return outcomes;
}

/** What a reader makes of answers: a verdict about the first, or the secret that two of them give away. */
function judge(answers: Answer[]): Pick<Attempt, "verdict" | "words" | "evidence"> {
  const [first, second] = answers;
  if (!first) throw new DemoError("DISAGREEMENT", "answers", "one or two", "none");
  const leak = second && leakOfReuse(first, second);
  if (leak) return { verdict: "Leak", words: "Both are right, and give the fragment's secret away.", evidence: leak };
  const verdict = checkAnswer(first);
  const name = verdict.kind === "fault" ? verdict.fault : verdict.kind === "refused" ? verdict.reason : verdict.kind;
  return {
    verdict: name,
    words: describeVerdict(verdict),
    evidence: verdict.kind === "fault" ? makeEvidence(first, verdict) : undefined,
  };
}

async function openPolicy(
  hre: HardhatRuntimeEnvironment,
  contracts: Contracts,
  miners: Miner[],
  carol: HDNodeWallet,
): Promise<{ policy: PaidPolicy; nodes: Node[] }> {
  const [owner, reader, signer] = [SecretKey.random(), SecretKey.random(), new Signer(SecretKey.random())];
  const keys = { owner: owner.publicKey(), verifying: signer.verifyingKey(), reader: reader.publicKey() };
  const kfrags = generateKFrags(owner, keys.reader, signer, THRESHOLD, WAYS.length, true, true);
  const holders: Holder[] = kfrags.map((kfrag, i) => {
    const miner = miners[i];
    if (!miner) throw new DemoError("DISAGREEMENT", "miners", `${WAYS.length}`, `${miners.length}`);
    return { miner, kfrag: kfrag.toBytes() };
  });
  const { chainId } = await hre.ethers.provider.getNetwork();
  const policy = await PaidPolicy.create(contracts, carol, holders, keys, chainId, PRICE);
  const [capsule, otherCapsule] = [sealed(keys.owner), sealed(keys.owner)];
  const nodes = holders.map(({ miner, kfrag }, i): Node => {
    const held = KeyFrag.fromBytes(kfrag).verify(keys.verifying, keys.owner, keys.reader);
    const { terms, domain } = policy;
    const scene = { terms, index: policy.indexOf(miner), domain, kfrag: held, capsule, operator: miner.operator };
    return { scene, otherCapsule, otherFragment: kfrags[(i + 1) % kfrags.length] ?? held };
  });
  return { policy, nodes };
}

const sealed = (key: PublicKey): Capsule => encrypt(key, new Uint8Array(32))[0];

/** Carol brings all evidence to the chain. Each verdict's parts must be what the rules say. */
async function convict(
  hre: HardhatRuntimeEnvironment,
  { token, escrow, policies, challenges }: Contracts,
  policy: PaidPolicy,
  attempts: Attempt[],
  carol: HDNodeWallet,
): Promise<CheatOutcome[]> {
  await (await escrow.advance(10n)).wait();
  const chain = await EthersChain.connect(carol, await challenges.getAddress());
  const folder = mkdtempSync(join(tmpdir(), "nkms-demo-"));
  const options = { pollInterval: 0, sleep: () => mine(1) };
  try {
    const challengers = new Map<Attempt, Challenger>();
    for (const [i, attempt] of attempts.entries()) {
      if (!attempt.evidence) continue;
      const challenger = await Challenger.open(chain, attempt.evidence, join(folder, `${i}.json`), options);
      await challenger.commit();
      challengers.set(attempt, challenger);
    }
    const outcomes: CheatOutcome[] = [];
    for (const attempt of attempts) {
      const { miner, sent, verdict, words } = attempt;
      const none = { miner: miner.name, sent, verdict, words, toChallenger: "0", backToPayer: "0", burned: "0" };
      const challenger = challengers.get(attempt);
      if (!challenger) {
        outcomes.push(none);
        continue;
      }
      const [purse, owed] = [await token.balanceOf(carol), await policies.refundOf(carol)];
      await challenger.untilRipe();
      await challenger.reveal();
      const parts = expectedParts(verdict === "Leak");
      expectEqual(`share of the challenger of ${miner.name}`, (await token.balanceOf(carol)) - purse, parts.challenger);
      expectEqual(`refund for ${miner.name}`, (await policies.refundOf(carol)) - owed, parts.payer);
      expectEqual(`burned of ${miner.name}`, await burnedBy(policies, policy, miner), parts.burned);
      await challenger.takeBond();
      outcomes.push({
        ...none,
        toChallenger: `${parts.challenger}`,
        backToPayer: `${parts.payer}`,
        burned: `${parts.burned}`,
      });
    }
    expectEqual("bonds", await hre.ethers.provider.getBalance(challenges), 0n);
    return outcomes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The splits of docs/protocol.md, section 6, in the middle of a policy's time. */
function expectedParts(leaked: boolean): { challenger: bigint; payer: bigint; burned: bigint } {
  const { periods, rate, collateral } = PRICE;
  const earned = rate * SERVED;
  const challenger = leaked ? (earned * 5n) / 100n : (collateral * 20n) / 100n;
  return { challenger, payer: rate * (periods - SERVED), burned: collateral + earned - challenger };
}

/** What the verdict against a miner says was burned. */
async function burnedBy(policies: PolicyManager, policy: PaidPolicy, miner: Miner): Promise<bigint> {
  const filter = policies.filters.Convicted(policy.id, policy.indexOf(miner), miner.account.address);
  const [event] = await policies.queryFilter(filter);
  if (!event) throw new DemoError("DISAGREEMENT", "verdict", `one against ${miner.name}`, "none");
  const { collateral, earned, withheld, toChallenger } = event.args.verdict;
  return collateral + earned + withheld - toChallenger;
}

/** Who was not convicted claims its fees, Carol what is hers: the policy manager keeps nothing of this policy. */
async function settle(
  { token, policies }: Contracts,
  attempts: Attempt[],
  outcomes: CheatOutcome[],
  carol: HDNodeWallet,
): Promise<void> {
  for (const { miner, evidence } of attempts) {
    if (evidence) {
      expectEqual(`what ${miner.name} can claim`, await policies.claimableFees(miner.account), 0n);
      continue;
    }
    const before = await token.balanceOf(miner.account);
    await (await policies.connect(miner.account).claimFees()).wait();
    const claimed = (await token.balanceOf(miner.account)) - before;
    expectEqual(`fees of ${miner.name}`, claimed, PRICE.rate * PRICE.periods);
  }
  const owed = outcomes.reduce((total, { backToPayer }) => total + BigInt(backToPayer), 0n);
  expectEqual("what Carol gets back", await policies.connect(carol).takeRefund.staticCall(), owed);
  await (await policies.connect(carol).takeRefund()).wait();
}

/** Carol, with ether for bonds, and what the policy costs. */
async function purse(hre: HardhatRuntimeEnvironment, token: NKMSToken): Promise<HDNodeWallet> {
  const carol = Wallet.createRandom(hre.ethers.provider);
  await setBalance(carol.address, parseEther("10"));
  await (await token.transfer(carol, PRICE.rate * PRICE.periods * BigInt(WAYS.length))).wait();
  return carol;
}

/** How many miners are needed; each locked for thirty days at least, as all are. */
export const CHALLENGED_MINERS = WAYS.length;
