import type { TypedDataDomain, TypedDataField } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { confirm, tell } from "./ask";
import { openChain } from "./chain";
import { TaskError } from "./errors";
import { plain, writeJson } from "./files";
import { type KeyOptions, senderOf } from "./keys";
import type { Scene } from "./plan";

export interface SignOptions extends KeyOptions {
  /** Don't ask. */
  readonly yes?: boolean;
  /** Where what was signed goes. */
  readonly out: string;
  /** Print JSON and nothing else. */
  readonly json?: boolean;
}

/** What is to be signed. */
export interface Statement {
  /** What it means, a sentence each. */
  readonly words: readonly string[];
  readonly typedData: readonly [TypedDataDomain, Record<string, TypedDataField[]>, object];
  /** What is written beside the signature, so that whoever gets it knows what it is. */
  readonly fields: object;
}

/** Makes what is to be signed from a task's arguments. Refuses what can't be meant. */
export type Signature<Args> = (scene: Scene, args: Args) => Promise<Statement>;

/** Says what will be signed, asks, signs, and writes it into a file. Sends nothing. @returns what was written */
export async function sign<Args extends SignOptions>(
  hre: HardhatRuntimeEnvironment,
  args: Args,
  make: Signature<Args>,
): Promise<object | undefined> {
  const chain = await openChain(hre);
  const sender = await senderOf(chain, args);
  const { words, typedData, fields } = await make({ chain, sender }, args);
  const say = args.json ? (): void => {} : tell;
  for (const line of [`${sender.address} signs, with ${sender.key}:`, ...words.map((one) => `  ${one}`)]) say(line);
  if (!args.yes && !(await confirm("Sign it?"))) {
    say("Nothing was signed.");
    return undefined;
  }
  const signer = await sender.unlock?.();
  if (!signer) throw new TaskError("NO_SENDER", "from", "a key that is here", "an address");
  const signature = await signer.signTypedData(typedData[0], typedData[1], typedData[2]);
  const signed = { ...fields, signature };
  writeJson(args.out, signed);
  say(`Signed; it is in ${args.out}. Nothing was sent.`);
  if (args.json) tell(JSON.stringify(plain(signed), undefined, 2));
  return signed;
}
