import { getAddress, isAddress, type Signer, Wallet, ZeroAddress } from "ethers";

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
  /** A file whose first line is the keystore's password. */
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

function keystoreAccount({ provider }: Chain, file: string, passwordFile?: string): Promise<Sender> {
  const json = readText(file);
  const address = addressIn(json, file);
  let opened: Promise<Signer> | undefined;
  const open = async (): Promise<Signer> => {
    const password = await passwordFor(file, passwordFile);
    try {
      return (await Wallet.fromEncryptedJson(json, password)).connect(provider);
    } catch (cause) {
      throw new TaskError(
        "KEYSTORE",
        file,
        "a keystore that this password opens",
        "one that it doesn't",
        asError(cause),
      );
    }
  };
  return Promise.resolve({ address, key: `the key in ${file}`, unlock: () => (opened ??= open()) });
}

/** The address that a keystore names, so that nobody types a password before there is something to sign. */
function addressIn(json: string, file: string): string {
  try {
    const { address } = JSON.parse(json) as { address?: unknown };
    const full = typeof address === "string" ? `0x${address.replace(/^0x/i, "")}` : "";
    if (isAddress(full)) return getAddress(full);
  } catch {
    // said below
  }
  throw new TaskError("KEYSTORE", file, "an encrypted JSON keystore with its address", "something else");
}

async function passwordFor(file: string, passwordFile?: string): Promise<string> {
  if (passwordFile !== undefined) return (readText(passwordFile).split("\n")[0] ?? "").replace(/\r$/, "");
  return process.env["NKMS_PASSWORD"] ?? (await askPassword(`Password of ${file}: `));
}

/**
 * An account that is looked at: an address, or on a local chain the number of one of its accounts.
 * @throws {TaskError} `NO_SENDER` for a number that means nothing here
 */
export async function addressOf(chain: Chain, account: string): Promise<string> {
  return isAddress(account) ? getAddress(account) : localAccount(chain, BigInt(account));
}
