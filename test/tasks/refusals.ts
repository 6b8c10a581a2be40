import { expect } from "chai";

import { RefusedError, TaskError } from "../../tasks/lib/errors";

/** Fails unless a task complains: about this argument, with this in its message. */
export async function expectComplaint(
  work: Promise<unknown>,
  code: TaskError["code"],
  argument: string | RegExp,
  words = "",
): Promise<void> {
  const error = await errorOf(work);
  expect(error, String(error)).to.be.instanceOf(TaskError);
  const complaint = error as TaskError;
  expect(complaint.code, complaint.message).to.equal(code);
  if (typeof argument === "string") expect(complaint.argument).to.equal(argument);
  else expect(complaint.argument).to.match(argument);
  expect(complaint.message).to.include(words);
}

/** Fails unless a contract refuses, with this error and these values. */
export async function expectRefusal(
  work: Promise<unknown>,
  name: string,
  values: Record<string, unknown>,
): Promise<RefusedError> {
  const error = await errorOf(work);
  expect(error, String(error)).to.be.instanceOf(RefusedError);
  const refused = error as RefusedError;
  expect(refused.error, refused.message).to.equal(name);
  expect(refused.values).to.deep.equal(values);
  expect(refused.words, "what, why, what to do").to.have.lengthOf(3);
  return refused;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("task: expected it to fail, got a result");
}
