import {
  Capsule,
  CapsuleFrag,
  KeyFrag,
  PublicKey,
  SecretKey,
  Signer,
  decryptReencrypted,
  encrypt,
  generateKFrags,
  reencrypt,
} from "@nkms/umbral";

/** What everybody who takes part knows: whose file it is, who vouches for its fragments, who may read it. */
export interface PublicKeys {
  owner: PublicKey;
  verifying: PublicKey;
  reader: PublicKey;
}

/** What leaves the owner's machine, as bytes. */
export interface Grant {
  keys: PublicKeys;
  capsule: Uint8Array;
  ciphertext: Uint8Array;
  /** A fragment of the right to read for each node, in order. */
  kfrags: Uint8Array[];
}

/** The owner seals a file to herself and splits the right to read it into `shares` fragments, `threshold` to open it. */
export function grant(file: Uint8Array, reader: PublicKey, threshold: number, shares: number): Grant {
  const owner = SecretKey.random();
  const signer = new Signer(SecretKey.random());
  const [capsule, ciphertext] = encrypt(owner.publicKey(), file);
  const kfrags = generateKFrags(owner, reader, signer, threshold, shares, true, true);
  return {
    keys: { owner: owner.publicKey(), verifying: signer.verifyingKey(), reader },
    capsule: capsule.toBytes(),
    ciphertext,
    kfrags: kfrags.map((kfrag) => kfrag.toBytes()),
  };
}

/** A node: checks the fragment that it was given and the capsule that it is asked about, re-encrypts, and proves it. */
export function serve(kfragBytes: Uint8Array, capsuleBytes: Uint8Array, keys: PublicKeys): Uint8Array {
  const kfrag = KeyFrag.fromBytes(kfragBytes).verify(keys.verifying, keys.owner, keys.reader);
  return reencrypt(Capsule.fromBytes(capsuleBytes), kfrag).toBytes();
}

/** The reader: checks every node's proof and opens the file with the answers. */
export function read(reader: SecretKey, { keys, capsule, ciphertext }: Grant, answers: Uint8Array[]): Uint8Array {
  const checked = Capsule.fromBytes(capsule);
  const cfrags = answers.map((answer) =>
    CapsuleFrag.fromBytes(answer).verify(checked, keys.verifying, keys.owner, keys.reader),
  );
  return decryptReencrypted(reader, keys.owner, checked, cfrags, ciphertext);
}
