import { backend } from "./backend.js";
import { concat, expectBytes } from "./bytes.js";
import { hashToScalar } from "./hashing.js";
import { checked, expectChecked } from "./internal.js";
import { SecretKey } from "./keys.js";

const SEED_LENGTH = 32;
const SECRET_LENGTH = 64;

/**
 * Derives any number of secrets and keys from one seed, each named by a label; none tells anything of the others or of
 * the seed. Printing, inspecting or serializing a factory as JSON shows nothing of its seed.
 */
export class SecretKeyFactory {
  readonly #seed: Uint8Array;

  /** @internal */
  constructor(token: typeof checked, seed: Uint8Array) {
    expectChecked(token, "SecretKeyFactory");
    this.#seed = seed;
  }

  /**
   * A new factory from the system's source of randomness.
   * @example const factory = SecretKeyFactory.random();
   */
  static random(): SecretKeyFactory {
    return new SecretKeyFactory(checked, backend.randomBytes(SEED_LENGTH));
  }

  /** The length of a seed in bytes: 32. */
  static seedSize(): number {
    return SEED_LENGTH;
  }

  /**
   * @param seed 32 bytes from a cryptographic source of randomness: never a password
   * @throws {UmbralError} `BAD_TYPE` or `BAD_LENGTH`
   * @example const factory = SecretKeyFactory.fromSecureRandomness(storedSeed);
   */
  static fromSecureRandomness(seed: Uint8Array): SecretKeyFactory {
    return new SecretKeyFactory(checked, expectBytes("seed", seed, SEED_LENGTH).slice());
  }

  /**
   * 64 secret bytes: HKDF-SHA256 of the seed with the info `SECRET_DERIVATION/` and the label.
   * @throws {UmbralError} `BAD_TYPE`
   */
  makeSecret(label: Uint8Array): Uint8Array {
    return this.#derive(info("SECRET_DERIVATION/", label), SECRET_LENGTH);
  }

  /**
   * A secret key: the scalar hash of 64 bytes of HKDF-SHA256, both with `KEY_DERIVATION/` and the label.
   * @throws {UmbralError} `BAD_TYPE`
   * @example const sk = factory.makeKey(new TextEncoder().encode("photos"));
   */
  makeKey(label: Uint8Array): SecretKey {
    const tag = info("KEY_DERIVATION/", label);
    return new SecretKey(checked, hashToScalar(tag, this.#derive(tag, SECRET_LENGTH)));
  }

  /**
   * A factory whose seed is 32 bytes of HKDF-SHA256 with the info `FACTORY_DERIVATION/` and the label.
   * @throws {UmbralError} `BAD_TYPE`
   */
  makeFactory(label: Uint8Array): SecretKeyFactory {
    return new SecretKeyFactory(checked, this.#derive(info("FACTORY_DERIVATION/", label), SEED_LENGTH));
  }

  /** `SecretKeyFactory:...`, always. */
  toString(): string {
    return "SecretKeyFactory:...";
  }

  #derive(tag: Uint8Array, length: number): Uint8Array {
    return backend.hkdf(this.#seed, tag, length);
  }
}

const info = (purpose: string, label: Uint8Array): Uint8Array =>
  concat(new TextEncoder().encode(purpose), expectBytes("label", label));
