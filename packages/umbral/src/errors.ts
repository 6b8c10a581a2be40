/** The stable name of each way a call can fail. Programs branch on these; messages are for people. */
export type UmbralErrorCode =
  /** An argument has the wrong type. */
  | "BAD_TYPE"
  /** Bytes of the wrong length. */
  | "BAD_LENGTH"
  /** Bytes that aren't the one canonical encoding of their type. */
  | "BAD_ENCODING"
  /** A scalar outside 1..n-1, n the order of secp256k1. */
  | "BAD_SCALAR"
  /** Bytes that aren't a compressed point of secp256k1. */
  | "BAD_POINT"
  /** A signature whose r or s is out of range, or whose s is above n/2. */
  | "BAD_SIGNATURE"
  /** A key fragment made for another parameter u. */
  | "BAD_PARAMETERS"
  /** A threshold or a number of shares out of range. */
  | "BAD_THRESHOLD"
  /** A plaintext, or the plaintext of a ciphertext, above {@link MAX_PLAINTEXT_LENGTH}. */
  | "MESSAGE_TOO_LARGE"
  /** A capsule whose points and scalar don't belong together. */
  | "CAPSULE_INVALID"
  /** A key fragment whose secret isn't the one it commits to. */
  | "KEYFRAG_COMMITMENT"
  /** A key fragment whose signature for the proxy fails. */
  | "KEYFRAG_PROXY_SIGNATURE"
  /** A key fragment whose signature for the receiver fails. */
  | "KEYFRAG_RECEIVER_SIGNATURE"
  /** A capsule fragment whose proof of correct re-encryption fails. */
  | "CAPSULEFRAG_PROOF"
  /** A capsule fragment whose signature for the receiver fails. */
  | "CAPSULEFRAG_RECEIVER_SIGNATURE"
  /** A parsed fragment where only a verified one is taken, or a constructor called where only checked values are made. */
  | "NOT_VERIFIED"
  /** No capsule fragment at all. */
  | "FRAGMENTS_MISSING"
  /** The same capsule fragment twice. */
  | "FRAGMENTS_DUPLICATE"
  /** Capsule fragments from different sets of key fragments. */
  | "FRAGMENTS_MIXED"
  /** Capsule fragments that don't open the capsule: too few, or of another capsule or key. */
  | "FRAGMENTS_MISMATCH"
  /** A ciphertext that was changed, or a key it wasn't made for. */
  | "DECRYPTION_FAILED"
  /** A chunk length out of range. */
  | "BAD_CHUNK_LENGTH"
  /** Bytes that don't start as a stream of this version does. */
  | "STREAM_HEADER"
  /** A chunk that was changed, left out or moved, that comes from another stream, or a key it wasn't made for. */
  | "STREAM_CHUNK"
  /** A stream that ends before its last chunk does. */
  | "STREAM_TRUNCATED"
  /** Bytes behind the last chunk of a stream. */
  | "STREAM_EXTENDED"
  /** A public key can't be recovered from a signature. */
  | "RECOVERY_FAILED"
  /** A result that only a broken source of randomness or forged fragments can lead to. */
  | "POINT_AT_INFINITY"
  /** The backend that the environment asks for doesn't load. */
  | "BACKEND_UNAVAILABLE";

/**
 * The one error this package throws. `message` reads `argument: expected this, got that` and never shows a secret.
 *
 * @example
 * try {
 *   Capsule.fromBytes(bytes);
 * } catch (error) {
 *   if (error instanceof UmbralError && error.code === "CAPSULE_INVALID") askForAnother();
 *   else throw error;
 * }
 */
export class UmbralError extends Error {
  override readonly name = "UmbralError";

  constructor(
    readonly code: UmbralErrorCode,
    /** What was wrong, in the words of the caller: `capsule.E`, `threshold`. */
    readonly argument: string,
    readonly expected: string,
    readonly got: string,
    options?: ErrorOptions,
  ) {
    super(`${argument}: expected ${expected}, got ${got}`, options);
  }
}
