/** What a page would do with the package, from one key to the other; the test calls it by its name. */
import {
  backend,
  Capsule,
  CapsuleFrag,
  decryptOriginal,
  decryptReencrypted,
  decryptReencryptedStream,
  encrypt,
  encryptStream,
  generateKFrags,
  KeyFrag,
  reencrypt,
  SecretKey,
  Signer,
  toReadableStream,
  UmbralError,
} from "@nkms/umbral";

/** The code of what is thrown. */
async function codeOf(call: () => unknown): Promise<string> {
  try {
    return `accepted: ${String(await call())}`;
  } catch (error) {
    return error instanceof UmbralError ? error.code : String(error);
  }
}

function raise(message: string): never {
  throw new Error(message);
}

async function story() {
  const alice = SecretKey.random();
  const signer = new Signer(SecretKey.random());
  const bob = SecretKey.random();
  const keys = [signer.verifyingKey(), alice.publicKey(), bob.publicKey()] as const;
  const sent = crypto.getRandomValues(new Uint8Array(1000));
  const film = new Uint8Array(300_000).map((_, i) => i % 251);

  /** What 2 of 3 proxies make of a capsule, everything sent as bytes. */
  const share = (capsule: Capsule) => {
    const kfrags = generateKFrags(alice, bob.publicKey(), signer, 2, 3, true, true).map((kfrag) => kfrag.toBytes());
    const cfrags = kfrags
      .slice(1)
      .map((bytes) =>
        reencrypt(Capsule.fromBytes(capsule.toBytes()), KeyFrag.fromBytes(bytes).verify(...keys)).toBytes(),
      );
    return cfrags.map((bytes) => CapsuleFrag.fromBytes(bytes).verify(capsule, ...keys));
  };
  const equal = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

  const [capsule, ciphertext] = encrypt(alice.publicKey(), sent);
  const cfrags = share(capsule);
  const changed = ciphertext.slice();
  changed[30] = (changed[30] ?? 0) ^ 1;

  const body = (bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> =>
    new Response(bytes).body ?? raise("a response without a body");

  const [filmCapsule, encrypted] = encryptStream(alice.publicKey(), body(film));
  const sealed = new Uint8Array(await new Response(toReadableStream(encrypted)).arrayBuffer());
  const filmFrags = share(filmCapsule);
  const open = async (bytes: Uint8Array<ArrayBuffer>) => {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of decryptReencryptedStream(bob, alice.publicKey(), filmCapsule, filmFrags, body(bytes))) {
      chunks.push(new Uint8Array(chunk));
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  };

  return {
    backend: backend(),
    ownerReads: equal(decryptOriginal(alice, capsule, ciphertext), sent),
    readerReads: equal(decryptReencrypted(bob, alice.publicKey(), capsule, cfrags, ciphertext), sent),
    oneFragment: await codeOf(() => decryptReencrypted(bob, alice.publicKey(), capsule, cfrags.slice(1), ciphertext)),
    changedBit: await codeOf(() => decryptReencrypted(bob, alice.publicKey(), capsule, cfrags, changed)),
    streamLength: sealed.length,
    streamReads: equal(await open(sealed), film),
    streamCutOff: await codeOf(() => open(sealed.slice(0, -1))),
    streamExtended: await codeOf(() => open(new Uint8Array([...sealed, 0]))),
  };
}

/** What the story tells, as the test gets it. */
export type Told = Awaited<ReturnType<typeof story>>;

Object.assign(globalThis, { story });
