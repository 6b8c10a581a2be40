import { DeployError } from "./errors";

/** A variable of the environment; empty is as good as unset. */
export function fromEnvironment(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

/**
 * As {@link fromEnvironment}, a whole number.
 * @throws {DeployError} `BAD_PARAMETER`
 */
export function countFromEnvironment(name: string, otherwise: number): number {
  const text = fromEnvironment(name);
  if (text === undefined) return otherwise;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new DeployError("BAD_PARAMETER", name, "a whole number", text);
}
