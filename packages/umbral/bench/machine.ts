import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const require = createRequire(import.meta.url);

/** The load average of the last minute: how busy the machine is. */
export const load = (): number => Math.round(10 * (os.loadavg()[0] ?? 0)) / 10;

export const today = (): string => new Date().toISOString().slice(0, 10);

/** What the measurements were made on. */
export const machine = (): string =>
  [
    os.cpus()[0]?.model.trim() ?? "unknown processor",
    `${os.availableParallelism()} cores`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `${os.platform()} ${os.arch()}`,
    `Node ${process.versions.node}`,
    `OpenSSL ${process.versions.openssl}`,
  ].join(", ");

/** Not every package lets its package.json be required: this looks where Node looks for packages. */
function versionOf(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const text = readFileSync(path.join(folder, name, "package.json"), "utf8");
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      continue;
    }
  }
  throw new Error(`${name} isn't installed`);
}

/** The installed versions of the packages that are measured. */
export const packages = (): string =>
  ["@nucypher/umbral-pre", "secp256k1", "@noble/curves", "@noble/ciphers", "@noble/hashes"]
    .map((name) => `${name} ${versionOf(name)}`)
    .join(", ");
