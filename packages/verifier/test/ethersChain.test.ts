import { expect } from "chai";
import { AbiCoder, concat, id, toBeHex, ZeroAddress } from "ethers";

import { cheats } from "../src/cheats.js";
import {
  type Call,
  challengeManagerInterface,
  challengeManagerOf,
  type ChainProvider,
  type ChainSigner,
  EthersChain,
  type Evidence,
  makeEvidence,
  policyManagerInterface,
} from "../src/index.js";
import { expectRejection } from "./helpers/errors.js";
import { domain, sceneOf, terms } from "./helpers/scene.js";

const CONTRACT = toBeHex(0xc4a1, 20);
const ME = toBeHex(0xca11, 20);
const COMMITMENT = id("commitment");
const HASH = id("transaction");

type Log = Awaited<ReturnType<ChainProvider["getLogs"]>>[number];

/** What ethers throws for a revert. */
const reverted = (data: string | null): Error =>
  Object.assign(new Error("execution reverted"), { code: "CALL_EXCEPTION", data });

/** A node that answers what a test says. */
class FakeNode implements ChainProvider, ChainSigner {
  readonly provider = this;
  /** By the first four bytes of what is asked. */
  readonly answers = new Map<string, string | Error>();
  readonly logs: Log[] = [];
  readonly sent: object[] = [];
  block: { number: number; timestamp: number } | null = { number: 7, timestamp: 70 };
  fees: { gasPrice: bigint | null; maxFeePerGas: bigint | null } = { gasPrice: 3n, maxFeePerGas: 5n };
  gas: bigint | Error = 100n;
  receipt: { status: number | null } | null = null;

  answer(name: string, ...values: unknown[]): void {
    const abi = challengeManagerInterface.getFunction(name) ? challengeManagerInterface : policyManagerInterface;
    const selector = abi.getFunction(name)?.selector ?? "";
    const [first] = values;
    this.answers.set(selector, first instanceof Error ? first : abi.encodeFunctionResult(name, values));
  }

  getNetwork = () => Promise.resolve({ chainId: 31_337n });
  getBlock = () => Promise.resolve(this.block);
  getFeeData = () => Promise.resolve(this.fees);
  getTransactionReceipt = () => Promise.resolve(this.receipt);
  getLogs = ({ topics }: { topics: (null | string | string[])[] }) =>
    Promise.resolve(this.logs.filter((log) => log.topics[0] === topics[0]));
  call = ({ data }: { data: string }) => {
    const answer = this.answers.get(data.slice(0, 10)) ?? "0x";
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  estimateGas = () => (this.gas instanceof Error ? Promise.reject(this.gas) : Promise.resolve(this.gas));
  getAddress = () => Promise.resolve(ME);
  getNonce = (block: "latest" | "pending") => Promise.resolve(block === "latest" ? 5 : 4);
  sendTransaction = (request: object) => {
    this.sent.push(request);
    return Promise.resolve({ hash: HASH });
  };

  emit(name: string, ...values: unknown[]): void {
    const { data, topics } = challengeManagerInterface.encodeEventLog(name, values);
    this.logs.push({ data, topics });
  }
}

const commit: Call = { step: "commit", commitment: COMMITMENT, bond: 9n };

describe("the chain behind an ethers signer", () => {
  let node: FakeNode;
  let chain: EthersChain;
  let evidence: Evidence;

  before(async () => {
    const cheat = cheats["noBytes"];
    if (!cheat) throw new Error("expected a cheat");
    evidence = makeEvidence(await cheat.answer(sceneOf(1)));
  });

  beforeEach(async () => {
    node = new FakeNode();
    chain = await EthersChain.connect(node, CONTRACT);
  });

  it("needs a signer with a provider", async () => {
    const alone: ChainSigner = { ...node, provider: null };
    const message = "signer: expected one that is connected to a provider, got none";
    await expectRejection(EthersChain.connect(alone, CONTRACT), { code: "NO_PROVIDER", message });
  });

  it("reads the rules of both contracts, the newest block, nonces and prices", async () => {
    node.answer("POLICIES", domain.verifyingContract);
    const numbers = {
      BOND: 9n,
      MIN_AGE: 3n,
      MAX_AGE: 20n,
      FINDER_PERCENT: 20n,
      LEAK_PERCENT: 5n,
      WINDOW: 7n,
      PERIOD: 60n,
    };
    for (const [name, value] of Object.entries(numbers)) node.answer(name, value);
    expect(await chain.rules()).to.deep.equal({
      chainId: 31_337n,
      policies: domain.verifyingContract,
      bond: 9n,
      minAge: 3n,
      maxAge: 20n,
      finderPercent: 20n,
      leakPercent: 5n,
      window: 7n,
      secondsPerPeriod: 60n,
    });
    expect(await chain.head()).to.deep.equal({ number: 7n, timestamp: 70n });
    expect(await chain.nonces(), "a node may show fewer").to.deep.equal({ mined: 5, pending: 5 });
    const prices: bigint[] = [];
    for (const gasPrice of [3n, null]) {
      for (const maxFeePerGas of [5n, null]) {
        node.fees = { gasPrice, maxFeePerGas };
        prices.push(await chain.gasPrice());
      }
    }
    expect(prices).to.deep.equal([3n, 3n, 5n, 0n]);
    node.block = null;
    const message = "provider: expected a newest block, got none";
    await expectRejection(chain.head(), { code: "NO_PROVIDER", message });
  });

  it("reads an arrangement, and a commitment with all that became of it", async () => {
    node.answer("POLICIES", domain.verifyingContract);
    const standing = [ME, CONTRACT, id("kfrag"), 15n, 1n, 11n, 11n, true, false, false];
    node.answer("standingOf", standing);
    expect(Object.values(await chain.standingOf(terms, 1n)).map(String)).to.have.length(standing.length);
    node.answer("commitmentOf", [6n, true]);
    expect(await chain.commitmentOf(COMMITMENT)).to.deep.equal({ madeAt: 6n, founded: true });

    const history = () => chain.historyOf(COMMITMENT, evidence, 0n);
    expect(await history()).to.deep.equal({ committed: false, bond: "kept" });
    node.emit("Committed", ME, COMMITMENT);
    node.emit("Proven", evidence.policy, 1n, ME, id("another commitment"), 1, 8n);
    expect(await history()).to.deep.equal({ committed: true, bond: "kept" });
    node.emit("Proven", evidence.policy, 1n, ME, COMMITMENT, 1, 3n);
    node.emit("BondTaken", ME, COMMITMENT);
    expect(await history()).to.deep.equal({ committed: true, bond: "taken", reward: 3n });
    node.logs.length = 0;
    node.emit("BondBurned", ME, COMMITMENT);
    expect(await history()).to.deep.equal({ committed: false, bond: "burned" });
  });

  it("sends steps with their bond and nonce, and tells what became of them", async () => {
    expect(await chain.gasFor(commit), "with some room").to.equal(120n);
    expect(await chain.send(commit, 5, 120n)).to.equal(HASH);
    await chain.send({ step: "takeBond", commitment: COMMITMENT }, 6, 1n);
    expect(node.sent[0]).to.include({ to: CONTRACT, value: 9n, nonce: 5, gasLimit: 120n });
    expect(node.sent[1]).to.include({ value: 0n, nonce: 6 });
    expect(await chain.outcomeOf(HASH)).to.equal("unknown");
    for (const [status, outcome] of [
      [1, "done"],
      [0, "failed"],
    ] as const) {
      node.receipt = { status };
      expect(await chain.outcomeOf(HASH)).to.equal(outcome);
    }
  });

  it("names what a step would revert with, however deep a provider hides it", async () => {
    const data = challengeManagerInterface.encodeErrorResult("ChallengeManagerWrongBond", [1n, 9n]);
    const message = "commit: expected a call that succeeds, got ChallengeManagerWrongBond(1, 9)";
    for (const error of [reverted(data), new Error("outside", { cause: reverted(data) })]) {
      node.gas = error;
      await expectRejection(chain.gasFor(commit), { code: "TRANSACTION_FAILED", message });
    }
    node.gas = reverted(concat(["0x12345678", AbiCoder.defaultAbiCoder().encode(["uint256"], [1n])]));
    await expectRejection(chain.gasFor(commit), {
      code: "TRANSACTION_FAILED",
      message: /got a revert with 0x12345678/,
    });
    node.gas = reverted(null);
    await expectRejection(chain.gasFor(commit), {
      code: "TRANSACTION_FAILED",
      message: /got a revert without a reason$/,
    });
  });

  it("passes on what is no revert", async () => {
    const offline = new Error("offline");
    node.gas = offline;
    node.answer("BOND", offline);
    node.answer("POLICIES", offline);
    for (const asked of [chain.gasFor(commit), chain.rules(), chain.standingOf(terms, 0n)]) {
      const error: unknown = await asked.then(
        () => expect.fail("answered"),
        (cause: unknown) => cause,
      );
      expect(error).to.equal(offline);
    }
  });

  it("tells a contract that is none, or another, from one that refuses to answer", async () => {
    const none = {
      code: "OTHER_CHAIN",
      message: `${CONTRACT}: expected a contract that knows POLICIES, got none`,
    } as const;
    await expectRejection(chain.rules(), none);
    node.answer("POLICIES", reverted(null));
    await expectRejection(chain.rules(), none);

    node.answer("POLICIES", domain.verifyingContract);
    const data = challengeManagerInterface.encodeErrorResult("PolicyManagerUnknown", [id("policy")]);
    node.answer("standingOf", reverted(data));
    const message = `${domain.verifyingContract}: expected an answer to standingOf, got PolicyManagerUnknown(${id("policy")})`;
    await expectRejection(chain.standingOf(terms, 0n), { code: "OTHER_CHAIN", message });
  });

  it("tells a node that answers with anything from one that is understood", async () => {
    const selector = challengeManagerInterface.getFunction("BOND")?.selector ?? "";
    node.answer("POLICIES", domain.verifyingContract);
    for (const garbage of ["0x00", "0x12345", "text"]) {
      node.answers.set(selector, garbage);
      const message = `${CONTRACT}: expected an answer to BOND, got something else`;
      await expectRejection(chain.rules(), { code: "OTHER_CHAIN", message });
    }
    node.logs.push({ data: "0x12", topics: challengeManagerInterface.encodeFilterTopics("Committed", []) as string[] });
    const message = `${CONTRACT}: expected events Committed, got something else`;
    await expectRejection(chain.historyOf(COMMITMENT, evidence, 0n), { code: "OTHER_CHAIN", message });
  });

  it("finds the challenge manager of a policy manager that has one", async () => {
    const none = `policies: expected a policy manager with challenges at ${domain.verifyingContract}, got none`;
    const find = (): Promise<string> => challengeManagerOf(domain.verifyingContract, node);
    await expectRejection(find(), { code: "OTHER_CHAIN", message: none });
    node.answer("challengeManager", reverted(null));
    await expectRejection(find(), { code: "OTHER_CHAIN", message: none });
    node.answer("challengeManager", ZeroAddress);
    await expectRejection(find(), { code: "OTHER_CHAIN", message: none });
    node.answer("challengeManager", ME);
    expect(BigInt(await find())).to.equal(BigInt(ME));
  });
});
