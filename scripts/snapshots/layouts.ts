import { artifacts } from "hardhat";

import { deployableContracts } from "./contracts";
import { writeJson } from "./files";

/** As the compiler says it. */
interface LayoutItem {
  label: string;
  slot: string;
  offset: number;
  type: string;
}

interface StorageLayout {
  storage: LayoutItem[];
  types: Record<string, { label: string; numberOfBytes: string; members?: LayoutItem[] }> | null;
}

/** A field: `slot 3, bytes 0 to 15: uint128 amount`. */
const line = (item: LayoutItem, types: NonNullable<StorageLayout["types"]>): string => {
  const type = types[item.type];
  const size = Number(type?.numberOfBytes ?? 0);
  const place = size > 32 || size === 0 ? "" : `, bytes ${item.offset} to ${item.offset + size - 1}`;
  return `slot ${item.slot}${place}: ${type?.label ?? item.type} ${item.label}`;
};

/** Where every contract keeps what, from the compiler; numbers inside of names, which change with each file, are left out. */
async function layoutOf(name: string): Promise<Record<string, string[]>> {
  const info = await artifacts.getBuildInfo(name);
  const [file = "", contract = ""] = name.split(":");
  const output = info?.output.contracts[file]?.[contract] as { storageLayout?: StorageLayout } | undefined;
  if (!output?.storageLayout) throw new Error(`${name}: expected a storage layout, got none`);
  const { storage, types } = output.storageLayout;
  const known = types ?? {};
  const structs = Object.values(known).filter(({ members }) => members !== undefined);
  const layout: Record<string, string[]> = { storage: storage.map((item) => line(item, known)) };
  for (const { label, members = [] } of structs.sort((a, b) => (a.label < b.label ? -1 : 1))) {
    layout[label] = members.map((item) => line(item, known));
  }
  return layout;
}

/** Storage layout of every deployable contract: a change shows in the diff, as one of gas does. */
async function main(): Promise<void> {
  const layouts: Record<string, Record<string, string[]>> = {};
  for (const name of await deployableContracts()) layouts[name.split(":")[1] ?? name] = await layoutOf(name);
  writeJson("layouts", layouts);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
});
