// Stands in for an owner's client, to try things out: makes keys, encrypts a file, splits the right to read it.
//   node docs/examples/fragments.mjs FILE SHARES THRESHOLD FOLDER
// Writes FILE's ciphertext and capsule, a fragment for each miner, and their hashes for `policy draft`. The keys are new
// each time and lie in FOLDER as they are: protect nothing of value with them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { kfragHash } from "@nkms/protocol";
import { encrypt, generateKFrags, SecretKey, Signer } from "@nkms/umbral";

const [file, shares, threshold, folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("arguments: expected FILE SHARES THRESHOLD FOLDER, got fewer");
mkdirSync(folder, { recursive: true });
const write = (name, content) => writeFileSync(join(folder, name), content, { mode: 0o600 });

const [owner, reader, signer] = [SecretKey.random(), SecretKey.random(), new Signer(SecretKey.random())];
write("owner.key", owner.toBEBytes());
write("reader.key", reader.toBEBytes());

const [capsule, ciphertext] = encrypt(owner.publicKey(), readFileSync(file));
write("capsule", capsule.toBytes());
write("ciphertext", ciphertext);

const kfrags = generateKFrags(owner, reader.publicKey(), signer, Number(threshold), Number(shares), true, true);
const hashes = kfrags.map((verified, i) => {
  write(`fragment-${i}`, verified.toBytes());
  const { id, precursor, proof } = verified.unverify();
  return kfragHash({
    id,
    precursor: precursor.toBytes(),
    commitment: proof.commitment.toBytes(),
    receiverSignature: proof.signatureForReceiver.toBEBytes(),
  });
});
write("kfrags.json", `${JSON.stringify(hashes, null, 2)}\n`);
console.log(`${hashes.length} fragments, any ${threshold} of which open ${file}, are in ${folder}.`);
