/**
 * Loaded when Stryker runs the tests, after the source and before the tests: what fixtures call while the test files load
 * counts as a test of its own, which doesn't exist. Without it nearly every mutant would need a new process. What runs
 * while the source itself loads still gets one.
 */
import "../../src/index.js";
import "../../src/nativeBackend.js";

const stryker = Reflect.get(globalThis, "__stryker__") as { currentTestId?: string } | undefined;
if (stryker) stryker.currentTestId = "loading";
