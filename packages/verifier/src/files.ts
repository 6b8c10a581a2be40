/** Files with evidence, salts and throw-away keys, written with this package's error. */
import * as secret from "@nkms/protocol/files";

import { VerifierError } from "./errors.js";

export { codeOf } from "@nkms/protocol/files";

/** Writes a file, or replaces one: a crash leaves either the old or the new one. @throws {VerifierError} `FILE` */
export const writeSecretFile = (path: string, text: string): Promise<void> =>
  secret.writeSecretFile(VerifierError, path, text);

/** Writes a file that isn't there yet. @throws {VerifierError} `FILE_EXISTS`, `FILE` */
export const writeNewSecretFile = (path: string, text: string): Promise<void> =>
  secret.writeNewSecretFile(VerifierError, path, text);

/** Reads a file; undefined if there is none. @throws {VerifierError} `FILE` */
export const readFileIfAny = (path: string): Promise<string | undefined> => secret.readFileIfAny(VerifierError, path);

/** Reads a file that must be there. @throws {VerifierError} `FILE` */
export const readTextFile = (path: string): Promise<string> => secret.readTextFile(VerifierError, path);
