import type { Code } from "./compiler";

/** What to run. */
export interface Order {
  /** Of the contracts that are others than in the artifacts. */
  codes: Record<string, Code>;
  /** Whether to stop at the first failure. */
  bail: boolean;
  /** Full titles of the tests, the first before the others; all tests without it. */
  tests?: string[];
}

/** Which tests passed, which failed, and what marks they have passed. */
export interface Outcome {
  passed: Ran[];
  failures: Failure[];
  /** Full titles of tests, by the mark's tag; those in hooks outside of tests count for no test. */
  reached: Record<string, string[]>;
}

/** A test that has run. */
export interface Ran {
  /** Its full title. */
  test: string;
  /** Its path in the repository. */
  file: string;
  /** How long it took, without hooks. */
  milliseconds: number;
}

export interface Failure extends Ran {
  message: string;
  /** It was the fixture that could not be made. */
  atDeployment: boolean;
}

/** The argument with which tests run on contracts with marks: these are larger, and each test makes its fixture itself. */
export const MARKED = "--marked";
