import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { Wallet, getAddress, isAddress, isKeystoreJson } from "ethers";

import { fromEnvironment } from "./environment";
import { DeployError } from "./errors";
import { askSecret } from "./prompt";

/** An encrypted key, in the format that geth, clef and ethers write (Web3 Secret Storage, version 3). */
export interface Keystore {
  file: string;
  json: string;
  address: string;
}

/**
 * Reads a keystore, without its password.
 * @throws {DeployError} `KEYSTORE`
 */
export function readKeystore(file: string): Keystore {
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch (cause) {
    throw new DeployError("KEYSTORE", "keystore", "a file that can be read", file, { cause });
  }
  const { address } = isKeystoreJson(json) ? (JSON.parse(json) as { address?: unknown }) : {};
  const hex = typeof address === "string" ? address.replace(/^(0x)?/, "0x") : undefined;
  if (!isAddress(hex)) throw new DeployError("KEYSTORE", file, "an encrypted JSON keystore", "something else");
  return { file, json, address: getAddress(hex) };
}

/**
 * Opens a keystore with the password in the file that `NKMS_PASSWORD_FILE` names, else with the one that is typed in.
 * @throws {DeployError} `KEYSTORE`
 */
export async function unlock({ file, json, address }: Keystore): Promise<Wallet> {
  const password = await passwordFor(file);
  let key: string;
  try {
    key = (await Wallet.fromEncryptedJson(json, password)).privateKey;
  } catch (cause) {
    throw new DeployError("KEYSTORE", file, "the password that it was encrypted with", "another one", { cause });
  }
  const wallet = new Wallet(key);
  if (wallet.address === address) return wallet;
  throw new DeployError("KEYSTORE", file, `the key of ${address}, as it says`, `that of ${wallet.address}`);
}

/**
 * Makes a new key and writes it, encrypted; nobody but the user may read the file.
 * @throws {DeployError} `KEYSTORE` when there is a file already, or the password was mistyped or is empty
 */
export async function makeKeystore(file: string): Promise<string> {
  if (existsSync(file)) throw new DeployError("KEYSTORE", "file", "a name that no file has yet", file);
  const password = await passwordFor("the new key");
  if (password === "") throw new DeployError("KEYSTORE", "password", "one character or more", "none");
  if (fromEnvironment("NKMS_PASSWORD_FILE") === undefined && (await askSecret("Once more: ")) !== password) {
    throw new DeployError("KEYSTORE", "password", "twice the same", "two different ones");
  }
  const wallet = Wallet.createRandom();
  const json = await wallet.encrypt(password);
  try {
    writeFileSync(file, `${json}\n`, { flag: "wx", mode: 0o600, flush: true });
  } catch (cause) {
    throw new DeployError("KEYSTORE", "file", "a name in a folder that can be written to", file, { cause });
  }
  return wallet.address;
}

async function passwordFor(what: string): Promise<string> {
  const passwordFile = fromEnvironment("NKMS_PASSWORD_FILE");
  if (passwordFile === undefined) return askSecret(`Password of ${what}: `);
  try {
    return readFileSync(passwordFile, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new DeployError("KEYSTORE", "NKMS_PASSWORD_FILE", "a file that can be read", passwordFile, { cause });
  }
}
