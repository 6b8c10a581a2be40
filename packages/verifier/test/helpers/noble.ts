/** Loaded before any test in the place of `native.ts`: Umbral runs in JavaScript alone. */
process.env["UMBRAL_BACKEND"] = "noble";
