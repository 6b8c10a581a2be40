/**
 * The package's entry for Node: `index.ts` on the native backend where that loads. The variable `UMBRAL_BACKEND` of the
 * environment decides otherwise: `noble` never loads native code, `native` throws where it can't.
 * @module
 */
import { useBackend } from "./backend.js";
import { chooseBackend } from "./chooseBackend.js";
import { loadNativeBackend } from "./nativeBackend.js";

export * from "./index.js";

useBackend(chooseBackend(process.env["UMBRAL_BACKEND"], loadNativeBackend));
