/** A variable of the environment; empty is as good as unset. */
export function fromEnvironment(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}
