import { KEY_FRAG_LENGTH, MAX_SHARES } from "@nkms/umbral";
import { hexlify } from "ethers";

import { formatJson } from "./answerJson.js";
import { VerifierError } from "./errors.js";
import { Fields, parseJson } from "./json.js";
import { CAPSULE_LENGTH } from "./layout.js";
import { MAX_PACK_CAPSULES, type Pack } from "./pack.js";

const SECRET =
  "Throw-away keys: nobody's data depends on them. Keep the file to yourself until the pack has been used.";

/**
 * Writes a pack as {@link parsePack} reads it, not encrypted.
 * @returns JSON, indented, with a line break at its end
 */
export const formatPack = ({ keys, threshold, kfrags, capsules, expected }: Pack): string =>
  formatJson({
    note: SECRET,
    keys: {
      delegating: hexlify(keys.delegating),
      signing: hexlify(keys.signing),
      receiving: hexlify(keys.receiving),
    },
    threshold,
    kfrags: kfrags.map((kfrag) => hexlify(kfrag)),
    capsules: capsules.map((capsule) => hexlify(capsule)),
    expected: expected.map((row) => row.map(({ e1, v1 }) => ({ e1: hexlify(e1), v1: hexlify(v1) }))),
  });

/**
 * Reads a pack.
 * @throws {VerifierError} `BAD_JSON` or `BAD_FIELD`
 */
export function parsePack(text: string): Pack {
  const pack = new Fields("pack", parseJson("pack", text), [
    "note",
    "keys",
    "threshold",
    "kfrags",
    "capsules",
    "expected",
  ]);
  const keys = pack.object("keys", ["delegating", "signing", "receiving"]);
  const kfrags = items(pack, "kfrags", MAX_SHARES, (one, name) => one.secretBytes(name, KEY_FRAG_LENGTH));
  const capsules = items(pack, "capsules", MAX_PACK_CAPSULES, (one, name) => one.bytes(name, CAPSULE_LENGTH));
  const expected = pack
    .array("expected", MAX_SHARES)
    .map((row, i) => readRow(`pack.expected[${i}]`, row, capsules.length));
  if (expected.length !== kfrags.length) {
    throw new VerifierError("BAD_FIELD", "pack.expected", `${kfrags.length} items`, String(expected.length));
  }
  return {
    keys: {
      delegating: keys.secretBytes("delegating", 32),
      signing: keys.secretBytes("signing", 32),
      receiving: keys.secretBytes("receiving", 32),
    },
    threshold: pack.count("threshold", MAX_SHARES),
    kfrags,
    capsules,
    expected,
  };
}

function readRow(path: string, row: unknown, length: number): Pack["expected"][number] {
  const items = new Fields(path, { row }, ["row"]).array("row", MAX_PACK_CAPSULES);
  if (items.length !== length) throw new VerifierError("BAD_FIELD", path, `${length} items`, String(items.length));
  return items.map((item, j) => {
    const one = new Fields(`${path}[${j}]`, item, ["e1", "v1"]);
    return { e1: one.bytes("e1", 33), v1: one.bytes("v1", 33) };
  });
}

/** The path of item i is `pack.name[i]`. */
function items<Item>(pack: Fields, name: string, most: number, read: (fields: Fields, name: string) => Item): Item[] {
  return pack.array(name, most).map((value, i) => {
    const key = `${name}[${i}]`;
    return read(new Fields(pack.path, { [key]: value }, [key]), key);
  });
}
