import { createRequire } from "node:module";

/** What this package uses of the native binding in the npm package `secp256k1`, a wrapper round libsecp256k1. */
export interface Secp256k1Binding {
  contextRandomize(seed: Uint8Array): void;
  publicKeyCreate(secret: Uint8Array, compressed: false): Uint8Array;
  publicKeyConvert(publicKey: Uint8Array, compressed: false): Uint8Array;
  publicKeyCombine(publicKeys: readonly Uint8Array[], compressed: false): Uint8Array;
  /** In a time that shows the scalar: for public ones only. */
  publicKeyTweakMul(publicKey: Uint8Array, scalar: Uint8Array, compressed: false): Uint8Array;
  /** In constant time. */
  ecdh(
    publicKey: Uint8Array,
    secret: Uint8Array,
    /** x and y are written to these before `hashfn` is called; what that gives is written to the output. */
    options: { hashfn(): Uint8Array; xbuf: Uint8Array; ybuf: Uint8Array },
    output: Uint8Array,
  ): Uint8Array;
  ecdsaSign(digest: Uint8Array, secret: Uint8Array, options: { data: Uint8Array }): { signature: Uint8Array };
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  ecdsaRecover(signature: Uint8Array, recovery: number, digest: Uint8Array, compressed: false): Uint8Array;
}

const functions: readonly (keyof Secp256k1Binding)[] = [
  "contextRandomize",
  "publicKeyCreate",
  "publicKeyConvert",
  "publicKeyCombine",
  "publicKeyTweakMul",
  "ecdh",
  "ecdsaSign",
  "ecdsaVerify",
  "ecdsaRecover",
];

function isBinding(value: unknown): value is Secp256k1Binding {
  return (
    typeof value === "object" &&
    value !== null &&
    functions.every((name) => typeof Reflect.get(value, name) === "function")
  );
}

/**
 * Loads the binding itself. The main file of `secp256k1` would fall back to slow JavaScript with known weaknesses where
 * there is none, without saying so; `bindings.js`, which it tries first, throws instead.
 */
export function loadSecp256k1Binding(
  load: (module: string) => unknown = createRequire(import.meta.url),
): Secp256k1Binding {
  const binding = load("secp256k1/bindings.js");
  if (!isBinding(binding)) throw new TypeError("secp256k1/bindings.js lacks functions of version 5");
  return binding;
}
