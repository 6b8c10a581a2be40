import { backend, type Expand } from "./backend.js";
import { concat, expectBytes } from "./bytes.js";
import { hashToScalar } from "./hashing.js";
import { checked, expectChecked } from "./internal.js";
import { SecretKey } from "./keys.js";

const SEED_LENGTH = 32;
const SECRET_LENGTH = 64;

const utf8 = new TextEncoder();
const SECRET_INFO = utf8.encode("SECRET_DERIVATION/");
const KEY_INFO = utf8.encode("KEY_DERIVATION/");
const FACTORY_INFO = utf8.encode("FACTORY_DERIVATION/");

/**
 * Derives any number of secrets and keys from one seed, each named by a label; none tells anything of the others or of
 * the seed. Printing, inspecting or serializing a factory as JSON shows nothing of its seed.
 */
export class SecretKeyFactory {
  readonly #seed: Uint8Array;
  #expand: Expand | undefined;

  /** @internal */
  constructor(token: typeof checked, seed: Uint8Array) {
    expectChecked(token, "SecretKeyFactory");
    this.#seed = seed.slice();
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
    return new SecretKeyFactory(checked, expectBytes("seed", seed, SEED_LENGTH));
  }

  /**
   * 64 secret bytes: HKDF-SHA256 of the seed with the info `SECRET_DERIVATION/` and the label.
   * @throws {UmbralError} `BAD_TYPE`
   */
  makeSecret(label: Uint8Array): Uint8Array {
    return this.#derive(SECRET_LENGTH, SECRET_INFO, expectLabel(label));
  }

  /**
   * A secret key: the scalar hash of 64 bytes of HKDF-SHA256, both with `KEY_DERIVATION/` and the label.
   * @throws {UmbralError} `BAD_TYPE`
   * @example const sk = factory.makeKey(new TextEncoder().encode("photos"));
   */
  makeKey(label: Uint8Array): SecretKey {
    const tag = concat(KEY_INFO, expectLabel(label));
    return new SecretKey(checked, hashToScalar(tag, this.#derive(SECRET_LENGTH, tag)));
  }

  /**
   * A factory whose seed is 32 bytes of HKDF-SHA256 with the info `FACTORY_DERIVATION/` and the label.
   * @throws {UmbralError} `BAD_TYPE`
   */
  makeFactory(label: Uint8Array): SecretKeyFactory {
    return new SecretKeyFactory(checked, this.#derive(SEED_LENGTH, FACTORY_INFO, expectLabel(label)));
  }

  /** `SecretKeyFactory:...`, always. */
  toString(): string {
    return "SecretKeyFactory:...";
  }

  /** HKDF, whose first step is taken once, before the first derivation: from then on the seed itself isn't kept. */
  #derive(length: number, ...info: readonly Uint8Array[]): Uint8Array {
    if (!this.#expand) {
      this.#expand = backend.hkdf(this.#seed);
      this.#seed.fill(0);
    }
    return this.#expand(length, ...info);
  }
}

const expectLabel = (label: unknown): Uint8Array => expectBytes("label", label);
