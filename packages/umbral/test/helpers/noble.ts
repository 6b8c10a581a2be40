/** Loaded before any test in the place of `native.ts`: they run in JavaScript alone. */
import { useBackend } from "../../src/backend.js";
import { nobleBackend } from "../../src/nobleBackend.js";

useBackend(nobleBackend);
