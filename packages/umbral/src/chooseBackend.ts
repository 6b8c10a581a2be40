import type { Backend } from "./backend.js";
import { UmbralError } from "./errors.js";
import { nobleBackend } from "./nobleBackend.js";

/**
 * The backend for a process on Node.
 * @param wanted `native` or `noble`; without it, native where it loads and noble elsewhere
 * @param loadNative throws where there is no native code
 * @throws {UmbralError} `BACKEND_UNAVAILABLE` with the cause when `native` doesn't load, or when there is no such one
 */
export function chooseBackend(wanted: string | undefined, loadNative: () => Backend): Backend {
  if (wanted === "noble") return nobleBackend;
  if (wanted !== undefined && wanted !== "native") {
    throw new UmbralError("BACKEND_UNAVAILABLE", "UMBRAL_BACKEND", "native or noble", wanted);
  }
  try {
    return loadNative();
  } catch (cause) {
    if (wanted === undefined) return nobleBackend;
    throw new UmbralError("BACKEND_UNAVAILABLE", "UMBRAL_BACKEND", "native code that loads", "none", { cause });
  }
}
