import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";
import hre from "hardhat";

import { type AddressBook, CONTRACTS, entryOf, readAddressBook } from "../../deploy/addressBook";
import { Compilations } from "../../deploy/compiled";
import { DeployError } from "../../deploy/errors";
import { Etherscan } from "../../deploy/verify/etherscan";
import type { Explorer, Patience } from "../../deploy/verify/explorer";
import { Sourcify } from "../../deploy/verify/sourcify";
import { submissionOf } from "../../deploy/verify/submission";
import { verifyDeployment } from "../../deploy/verify/verify";
import { TestExplorer } from "./explorer";
import { chain, cleanSlate, deployed, network } from "./fixtures";

const PATIENCE: Patience = { pause: 1, questions: 5 };

describe("verify", () => {
  cleanSlate();
  const compilations = new Compilations(hre.artifacts);
  const server = new TestExplorer(chain, network.chainId);
  let book: AddressBook;
  let both: [Etherscan, Sourcify];

  before(() => server.open());
  after(() => server.close());

  beforeEach(async () => {
    book = await deployed();
    server.forget();
    both = [new Etherscan("a key", `${server.url}/v2/api`, PATIENCE), new Sourcify(server.url, PATIENCE)];
  });

  async function verify(only?: string, explorers: readonly Explorer[] = both): Promise<string[]> {
    const lines: string[] = [];
    await verifyDeployment(compilations, book, explorers, only, (line) => lines.push(line));
    return lines;
  }

  const refusal = async (promise: Promise<unknown>): Promise<DeployError> => {
    const error = await promise.catch((cause: unknown) => cause);
    if (error instanceof DeployError) return error;
    throw new Error(`expected a DeployError, got ${String(error)}`);
  };

  it("shows every contract to both, which compile it again, and notes what they say", async () => {
    expect(await verify()).to.deep.equal(
      CONTRACTS.flatMap((name) => [`${name}: etherscan says verified.`, `${name}: sourcify says exact_match.`]),
    );
    for (const name of CONTRACTS) {
      const { verified } = entryOf(readAddressBook(network.chainId), name);
      expect(verified, name).to.deep.equal({ etherscan: "verified", sourcify: "exact_match" });
    }
  }).timeout(600_000);

  it("shows only one contract, with only the sources that it needs", async () => {
    expect(await verify("NKMSToken")).to.have.length(2);
    expect(entryOf(readAddressBook(network.chainId), "StakeEscrow").verified).to.deep.equal({});
    const { posted } = server;
    expect(posted?.get("contractname")).to.equal("contracts/NKMSToken.sol:NKMSToken");
    expect(posted?.get("compilerversion")).to.match(/^v0\.8\.37\+commit\.[0-9a-f]{8}$/);
    const { sources } = JSON.parse(posted?.get("sourceCode") ?? "{}") as { sources: object };
    expect(sources).to.include.keys(
      "contracts/abstracts/WiredOnce.sol",
      "@openzeppelin/contracts/token/ERC20/ERC20.sol",
    );
    expect(sources).not.to.have.property("contracts/StakeEscrow.sol");
  });

  it("knows no contract that isn't in the book", async () => {
    for (const name of ["Token", "constructor"]) {
      const error = await refusal(verify(name));
      expect(error.code).to.equal("UNKNOWN_CONTRACT");
      expect(error.message).to.equal(`--only: expected one of ${CONTRACTS.join(", ")}, got ${name}`);
    }
    expect(server.asked).to.deep.equal([]);
  });

  it("can be repeated", async () => {
    const first = await verify("NKMSToken");
    server.asked.length = 0;
    expect(await verify("NKMSToken")).to.deep.equal(first);
    const { address } = entryOf(book, "NKMSToken");
    expect(server.asked).to.deep.equal(["POST verifysourcecode", `GET /v2/contract/31337/${address}`]);
  });

  it("asks again when an explorer is busy, hasn't seen the contract, or hasn't finished", async () => {
    [server.busy, server.pending] = [2, 2];
    expect(await verify("NKMSToken", [both[0]])).to.have.length(1);
    expect(server.asked.map((line) => line.split(" ")[1])).to.deep.equal([
      ...Array<string>(3).fill("verifysourcecode"),
      ...Array<string>(3).fill("checkverifystatus"),
    ]);
    [server.busy, server.pending] = [2, 2];
    expect(await verify("NKMSToken", [both[1]])).to.have.length(1);
  });

  it("gives up at last", async () => {
    server.busy = 5;
    const error = await refusal(both[0].verify(await submissionOf(compilations, book, "NKMSToken")));
    expect(error.message).to.equal(
      'Etherscan on NKMSToken: expected an answer after 5 questions, got 429 {"message":"too many requests"}',
    );
  });

  it("shows neither key nor URL of an explorer that can't be asked", async () => {
    const submission = await submissionOf(compilations, book, "NKMSToken");
    for (const [url, got] of [
      ["http://127.0.0.1:65535/secret", "ECONNREFUSED"],
      ["http://user:secret@127.0.0.1:65535", "TypeError"],
      ["127.0.0.1/secret", "ERR_INVALID_URL"],
    ] as const) {
      const error = await refusal(new Etherscan("secret", url, PATIENCE).verify(submission));
      expect(error.message).to.equal(`Etherscan on NKMSToken: expected an answer after 5 questions, got ${got}`);
    }
  });

  it("reads no answer without end, and shows little of a long one", async () => {
    const chunk = "\u001b[2J".repeat(10_000);
    const endless = createServer((_, response) => {
      const more = (): void => void (response.write(chunk) ? setImmediate(more) : response.once("drain", more));
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = endless.address() as AddressInfo;
      const explorer = new Etherscan("a key", `http://127.0.0.1:${port}`, PATIENCE);
      const error = await refusal(explorer.verify(await submissionOf(compilations, book, "NKMSToken")));
      expect(error.message).to.match(/^Etherscan on NKMSToken: expected its source to be taken, got "/);
      expect(error.message.length).to.be.below(1_000);
      expect(error.message).not.to.match(/\p{C}/u);
    } finally {
      endless.closeAllConnections();
      endless.close();
    }
  }).timeout(20_000);

  it("is refused with one byte of the constructor arguments changed", async () => {
    const submission = await submissionOf(compilations, book, "NKMSToken");
    const { constructorArguments } = submission;
    const last = constructorArguments.endsWith("1") ? "2" : "1";
    const changed = { ...submission, constructorArguments: constructorArguments.slice(0, -1) + last };
    const error = await refusal(both[0].verify(changed));
    expect(error.code).to.equal("NOT_VERIFIED");
    expect(error.message).to.equal(
      "Etherscan on NKMSToken: expected its source to be taken, got Fail - Unable to verify",
    );
    expect(await both[0].verify(submission), "unchanged").to.equal("verified");
  });

  it("is refused with one character of a source changed, a comment's", async () => {
    const submission = await submissionOf(compilations, book, "NKMSToken");
    const { input } = submission;
    const file = "contracts/NKMSToken.sol";
    const content = input.sources[file]?.content.replace("There is no owner.", "There is no owner!") ?? "";
    const changed = { ...submission, input: { ...input, sources: { ...input.sources, [file]: { content } } } };
    expect((await refusal(both[0].verify(changed))).message).to.include("Fail - Unable to verify");
    expect((await refusal(both[1].verify(changed))).message).to.include("bytecodes don't match");
  });

  it("goes on with the others when one is refused, and fails in the end", async () => {
    entryOf(book, "MinerRegistry").constructorArguments = [entryOf(book, "NKMSToken").address];
    const shown: string[] = [];
    const error = await refusal(verifyDeployment(compilations, book, [both[0]], undefined, (line) => shown.push(line)));
    expect(error.message).to.equal(
      "verification: expected every contract to be taken, got no MinerRegistry (etherscan)",
    );
    expect(shown).to.have.length(CONTRACTS.length);
    expect(shown.filter((line) => line.endsWith("says verified."))).to.have.length(CONTRACTS.length - 1);
    expect(entryOf(readAddressBook(network.chainId), "CanaryBounty").verified).to.deep.equal({ etherscan: "verified" });
  });

  it("says what the explorer says of a wrong key", async () => {
    const wrong = new Etherscan("another key", `${server.url}/v2/api`, PATIENCE);
    const error = await refusal(wrong.verify(await submissionOf(compilations, book, "NKMSToken")));
    expect(error.message).to.equal("Etherscan on NKMSToken: expected its source to be taken, got Invalid API Key");
  });
});
