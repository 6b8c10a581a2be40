/** Loaded before any test: they run on Umbral's native code and fail where it doesn't load. */
process.env["UMBRAL_BACKEND"] = "native";
