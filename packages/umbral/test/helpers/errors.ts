import { expect } from "chai";
import { UmbralError, type UmbralErrorCode } from "../../src/index.js";

/** What the call throws; fails unless it is an {@link UmbralError} whose parts make up its message. */
export function refusal(call: () => unknown): UmbralError {
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    if (!(error instanceof UmbralError)) throw error;
    expect(error.name).to.equal("UmbralError");
    expect(error.message).to.equal(`${error.argument}: expected ${error.expected}, got ${error.got}`);
    return error;
  }
  return expect.fail(`accepted: ${String(value)}`);
}

/** Asserts that the call throws with this code and this whole message, or one that matches. */
export function expectRefusal(call: () => unknown, code: UmbralErrorCode, message: string | RegExp): void {
  const error = refusal(call);
  expect(error.code).to.equal(code);
  if (typeof message === "string") expect(error.message).to.equal(message);
  else expect(error.message).to.match(message);
}

/** As {@link refusal}, of a promise. */
export async function rejection(promise: Promise<unknown>): Promise<UmbralError> {
  const outcome = await promise.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  return refusal(outcome);
}
