/**
 * Umbral: threshold proxy re-encryption. A message encrypted to Alice can be re-encrypted to Bob by any t of n proxies,
 * none of which learns the message or a key. Byte-compatible with `@nucypher/umbral-pre` 0.10.
 *
 * @see "Umbral: a threshold proxy re-encryption scheme", David Nuñez, 2018
 * @module
 */
export { backendName as backend, type BackendName } from "./backend.js";
export type { ByteSource } from "./byteSource.js";
export { Capsule, CAPSULE_LENGTH, CAPSULE_SIMPLE_LENGTH } from "./capsule.js";
export {
  CAPSULE_FRAG_LENGTH,
  CAPSULE_FRAG_SIMPLE_LENGTH,
  CapsuleFrag,
  type CapsuleFragProof,
  VerifiedCapsuleFrag,
} from "./capsuleFrag.js";
export { CurvePoint, Parameters } from "./curvePoint.js";
export { decryptOriginal, decryptReencrypted } from "./decrypt.js";
export { decryptOriginalStream, decryptReencryptedStream } from "./decryptStream.js";
export { CIPHERTEXT_OVERHEAD, MAX_PLAINTEXT_LENGTH } from "./dem.js";
export { encrypt } from "./encrypt.js";
export { encryptStream } from "./encryptStream.js";
export { UmbralError, type UmbralErrorCode } from "./errors.js";
export { generateKFrags, MAX_SHARES } from "./generateKFrags.js";
export { KEY_FRAG_LENGTH, KeyFrag, type KeyFragProof, VerifiedKeyFrag } from "./keyFrag.js";
export { PublicKey, SecretKey } from "./keys.js";
export { toReadableStream } from "./readableStream.js";
export { reencrypt } from "./reencrypt.js";
export { type EvidencePoints, REENCRYPTION_EVIDENCE_LENGTH, ReencryptionEvidence } from "./reencryptionEvidence.js";
export { SecretKeyFactory } from "./secretKeyFactory.js";
export { RecoverableSignature, Signature, Signer } from "./signing.js";
export { DEFAULT_CHUNK_LENGTH, MAX_CHUNK_LENGTH, MIN_CHUNK_LENGTH } from "./streamFormat.js";
