/** Loaded before any test: they run on native code and fail where it doesn't load. */
import { useBackend } from "../../src/backend.js";
import { chooseBackend } from "../../src/chooseBackend.js";
import { loadNativeBackend } from "../../src/nativeBackend.js";

useBackend(chooseBackend("native", loadNativeBackend));
