/**
 * Makes the grant and the answer that challenges are measured with: fresh keys, so that it is run once. Gas depends on
 * the zero bytes in calldata, and Umbral is random: the bytes are kept. Refuses to write over them.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { SecretKey, Signer, encrypt, generateKFrags, reencrypt } from "@nkms/umbral";
import { hexlify } from "ethers";

const [owner, reader, signer] = [SecretKey.random(), SecretKey.random(), new Signer(SecretKey.random())];
const [capsule] = encrypt(owner.publicKey(), new TextEncoder().encode("measured"));
const kfrags = generateKFrags(owner, reader.publicKey(), signer, 2, 3, true, true);
const answer = {
  provenance: "Made by scripts/snapshots/make-answer.ts with @nkms/umbral: 2 of 3 fragments, both signatures; simple forms.",
  capsule: hexlify(capsule.toBytesSimple()),
  kfrags: kfrags.map((kfrag) => hexlify(kfrag.toBytes())),
  cfrags: kfrags.map((kfrag) => hexlify(reencrypt(capsule, kfrag).toBytesSimple())),
  otherCfrags: kfrags.map((kfrag) => hexlify(reencrypt(capsule, kfrag).toBytesSimple())),
};
writeFileSync(join(__dirname, "answer.json"), `${JSON.stringify(answer, null, 2)}\n`, { flag: "wx" });
