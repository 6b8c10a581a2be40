import { expect } from "chai";

import { ProtocolError, type ProtocolErrorCode } from "../../src/index.js";

/** What a call must be refused with: the whole error. */
export interface Refusal {
  code: ProtocolErrorCode;
  message: string;
  values?: Record<string, bigint>;
}

function expectError(error: unknown, { code, message, values = {} }: Refusal): void {
  if (!(error instanceof ProtocolError)) throw error;
  expect(error.name).to.equal("ProtocolError");
  expect(error.message).to.equal(`${error.argument}: expected ${error.expected}, got ${error.got}`);
  expect(error.message).to.equal(message);
  expect(error.code).to.equal(code);
  expect(error.values).to.deep.equal(values);
}

/** Asserts that the call throws exactly this. */
export function expectRefusal(call: () => unknown, refusal: Refusal): void {
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    return expectError(error, refusal);
  }
  expect.fail(`accepted: ${String(value)}`);
}

/** Asserts that the promise rejects with exactly this. */
export async function expectRejection(promise: Promise<unknown>, refusal: Refusal): Promise<void> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return expectError(error, refusal);
  }
  expect.fail(`accepted: ${String(value)}`);
}

/** What a number that isn't a bigint of `bits` bits is refused with. */
export function notUint(argument: string, value: bigint, bits: number): Refusal {
  return {
    code: "BAD_ARGUMENT",
    message: `${argument}: expected 0 .. 2^${bits} - 1, got ${value}`,
    values: { value },
  };
}
