import { getAddress, isAddress, type Signer, Wallet, ZeroAddress } from "ethers";

import { fromEnvironment } from "../../deploy/environment";
import { readKeystore } from "../../deploy/keystore";
import { askPassword } from "./ask";
import type { Chain } from "./chain";
import { asError, TaskError } from "./errors";
import { readText } from "./files";

/** How a task is told which account acts. One of the first three. */
export interface KeyOptions {
  /** Number of an unlocked account, on a local chain. */
  readonly account?: bigint;
  /** An encrypted JSON keystore. */
  readonly keystore?: string;
  /** An account whose key isn't here. */
  readonly from?: string;
  /** A file with the keystore's password. */
  readonly passwordFile?: string;
}

/** The account that acts. */
export interface Sender {
  readonly address: string;
  /** Whose key it is, in words. */
  readonly key: string;
  /** Opens the key, which may ask for a password. Undefined: it isn't here. */
  readonly unlock?: () => Promise<Signer>;
}

/**
 * Finds the account that acts. No key is opened yet.
 * @throws {TaskError} `NO_SENDER`, `BAD_FILE`, `KEYSTORE`
 */
export async function senderOf(chain: Chain, options: KeyOptions): Promise<Sender> {
  const given = (["account", "keystore", "from"] as const).filter((name) => options[name] !== undefined);
  if (given.length !== 1) {
    const expected = `one of ${chain.local ? "--account N, " : ""}--keystore FILE, --from ADDRESS`;
    throw new TaskError("NO_SENDER", "sender", expected, given.map((name) => `--${name}`).join(" and ") || "none");
  }
  if (options.account !== undefined) return unlockedAccount(chain, options.account);
  if (options.keystore !== undefined) return keystoreAccount(chain, options.keystore, options.passwordFile);
  return { address: getAddress(options.from ?? ZeroAddress), key: "a key that isn't here" };
}

async function unlockedAccount(chain: Chain, number: bigint): Promise<Sender> {
  const address = await localAccount(chain, number);
  const unlock = (): Promise<Signer> => chain.provider.getSigner(Number(number));
  return { address, key: `account ${number} of this chain`, unlock };
}

async function localAccount(chain: Chain, number: bigint): Promise<string> {
  if (!chain.local) {
    const expected = "--keystore FILE on a network other than hardhat and localhost";
    throw new TaskError("NO_SENDER", "account", expected, `--account on ${chain.network}`);
  }
  const accounts = (await chain.provider.send("eth_accounts", [])) as string[];
  const found = accounts[Number(number)];
  if (found === undefined) {
    throw new TaskError("NO_SENDER", "account", `0 .. ${accounts.length - 1}`, String(number));
  }
  return getAddress(found);
}

function keystoreAccount({ provider }: Chain, file: string, passwordFile?: string): Sender {
  const { address, json } = readKeystore(file);
  let opened: Promise<Signer> | undefined;
  const open = async (): Promise<Signer> => {
    const password = await passwordFor(file, passwordFile);
    try {
      return (await Wallet.fromEncryptedJson(json, password)).connect(provider);
    } catch (cause) {
      const expected = "the password that it was encrypted with";
      throw new TaskError("KEYSTORE", file, expected, "another one", asError(cause));
    }
  };
  return { address, key: `the key in ${file}`, unlock: () => (opened ??= open()) };
}

/** The file that was named, else `NKMS_PASSWORD`, else the file that `NKMS_PASSWORD_FILE` names, else what is typed. */
async function passwordFor(keystore: string, passwordFile?: string): Promise<string> {
  const password = passwordFile === undefined ? fromEnvironment("NKMS_PASSWORD") : undefined;
  if (password !== undefined) return password;
  const file = passwordFile ?? fromEnvironment("NKMS_PASSWORD_FILE");
  return file === undefined ? askPassword(`Password of ${keystore}: `) : readText(file).replace(/\r?\n$/, "");
}

/**
 * An account that is looked at: an address, or on a local chain the number of one of its accounts.
 * @throws {TaskError} `NO_SENDER` for a number that means nothing here
 */
export async function addressOf(chain: Chain, account: string): Promise<string> {
  return isAddress(account) ? getAddress(account) : localAccount(chain, BigInt(account));
}
