import { FetchRequest, getAddress, isAddress, JsonRpcProvider, VoidSigner, Wallet } from "ethers";

import { Challenger, describeStatus, type Status } from "../challenger.js";
import { VerifierError } from "../errors.js";
import { assignmentOf, type Evidence } from "../evidence.js";
import { parseEvidence } from "../evidenceJson.js";
import { challengeManagerOf, EthersChain } from "../ethersChain.js";
import { readTextFile } from "../files.js";
import { journalPathOf, readJournal } from "../journal.js";
import { describePlan } from "../plan.js";
import { Exit, type Io, jsonLine, shortMessageOf } from "./io.js";
import type { ChainTask, StatusTask } from "./options.js";

/** Commits, reveals or burns, after it was asked and answered whether to. */
export async function runOnChain(task: ChainTask, io: Io): Promise<Exit> {
  const evidence = parseEvidence(await readTextFile(task.file));
  const wallet = await unlock(task, io);
  const provider = await connect(task.rpc);
  try {
    const contract = await contractFor(task, evidence, provider);
    const chain = await EthersChain.connect(wallet.connect(provider), contract);
    const challenger = await Challenger.open(chain, evidence, journalPathOf(task.file));
    return await takeSteps(task, challenger, io);
  } finally {
    provider.destroy();
  }
}

/** Says how a challenge stands. Sends nothing, waits for nothing, and needs no key: the journal has the challenger. */
export async function showStatus({ file, rpc, json }: StatusTask, io: Io): Promise<Exit> {
  const evidence = parseEvidence(await readTextFile(file));
  const path = journalPathOf(file);
  const journal = await readJournal(path);
  if (!journal) {
    io.out(statusLine({ kind: "new" }, json));
    return Exit.Well;
  }
  const provider = await connect(rpc);
  try {
    const chain = await EthersChain.connect(new VoidSigner(journal.challenger, provider), journal.contract);
    const challenger = await Challenger.open(chain, evidence, path);
    io.out(statusLine(await challenger.status(), json));
    return Exit.Well;
  } finally {
    provider.destroy();
  }
}

/** The steps by themselves, with a challenger of any chain. */
export async function takeSteps(
  task: Pick<ChainTask, "do" | "again" | "yes" | "json">,
  challenger: Challenger,
  io: Io,
): Promise<Exit> {
  const tell = (status: Status): void => io.out(statusLine(status, task.json));
  const agreed = async (question: string): Promise<boolean> => task.yes || (await io.confirm(question));

  const before = await challenger.settled();
  io.tell(describeStatus(before));
  if (task.do === "burn") {
    if (!(await agreed("Burn the bond? Nobody gets it."))) return Exit.NotDone;
    tell(await challenger.burnBond());
    return Exit.Well;
  }
  if (before.kind === "done") {
    tell(before);
    return Exit.Well;
  }
  if (before.kind !== "founded") {
    const plan = await challenger.plan();
    if (task.json) io.out(jsonLine({ plan }));
    else for (const line of describePlan(plan)) io.out(line);
  }
  if (task.do === "commit") {
    if (!(await agreed("Commit, and deposit the bond?"))) return Exit.NotDone;
    tell(task.again ? await challenger.recommit() : await challenger.commit());
    return Exit.Well;
  }
  if (!(await agreed("Reveal, and take the bond back?"))) return Exit.NotDone;
  if (before.kind === "young") io.tell(`Waiting for block ${before.from}.`);
  await challenger.untilRipe();
  tell(await challenger.reveal());
  tell(await challenger.takeBond());
  return Exit.Well;
}

function statusLine(status: Status, json: boolean): string {
  const words = describeStatus(status);
  return json ? jsonLine({ status: status.kind, ...status, words }) : words;
}

/** A provider of a node that answers, without a cache: what was asked before a transaction says nothing after it. */
async function connect(url: string): Promise<JsonRpcProvider> {
  try {
    const request = new FetchRequest(url);
    request.body = { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] };
    const response = await request.send();
    response.assertOk();
    const { result } = response.bodyJson as { result: string };
    return new JsonRpcProvider(url, BigInt(result), { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1 });
  } catch (cause) {
    // URLs may hold keys: the message doesn't show this one.
    throw new VerifierError("NO_PROVIDER", "--rpc", "an Ethereum node that answers", shortMessageOf(cause));
  }
}

async function unlock(task: ChainTask, io: Io): Promise<Wallet> {
  const json = await readTextFile(task.keystore);
  const password =
    task.passwordFile === undefined
      ? await io.password(`Password of ${task.keystore}: `)
      : (await readTextFile(task.passwordFile)).replace(/\r?\n$/, "");
  try {
    const { privateKey } = await Wallet.fromEncryptedJson(json, password);
    return new Wallet(privateKey);
  } catch (cause) {
    // The cause may quote what it was given.
    const got = cause instanceof Error && /password/i.test(cause.message) ? "another" : "something else";
    throw new VerifierError("KEYSTORE", task.keystore, "a keystore, and its password", got);
  }
}

async function contractFor({ contract }: ChainTask, evidence: Evidence, provider: JsonRpcProvider): Promise<string> {
  if (contract === undefined) return challengeManagerOf(assignmentOf(evidence).domain.verifyingContract, provider);
  if (!isAddress(contract)) throw new VerifierError("USAGE", "--contract", "an address", contract);
  return getAddress(contract);
}
