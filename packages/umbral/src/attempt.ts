/** The value of a library call that throws on bad input; `undefined` when it does. */
export function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
