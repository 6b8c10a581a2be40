import { expect } from "chai";

import { HealthError, type HealthErrorCode } from "../../src/index.js";

/** What a call must be refused with. */
export interface Refusal {
  readonly code: HealthErrorCode;
  readonly message: string | RegExp;
}

function expectError(error: unknown, { code, message }: Refusal): void {
  if (!(error instanceof HealthError)) throw error;
  expect(error.name).to.equal("HealthError");
  expect(error.message).to.equal(`${error.argument}: expected ${error.expected}, got ${error.got}`);
  if (typeof message === "string") expect(error.message).to.equal(message);
  else expect(error.message).to.match(message);
  expect(error.code).to.equal(code);
}

/** Asserts that the call throws exactly this. */
export function expectRefusal(call: () => unknown, refusal: Refusal): void {
  try {
    call();
  } catch (error) {
    return expectError(error, refusal);
  }
  expect.fail("accepted");
}

/** Asserts that the promise rejects with exactly this. */
export async function expectRejection(promise: Promise<unknown>, refusal: Refusal): Promise<void> {
  try {
    await promise;
  } catch (error) {
    return expectError(error, refusal);
  }
  expect.fail("accepted");
}
