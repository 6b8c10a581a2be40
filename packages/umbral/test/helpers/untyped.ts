/** Calls a method as a program without types would: with any arguments. */
export function call(owner: object, method: string, ...args: readonly unknown[]): unknown {
  const called: unknown = Reflect.get(owner, method);
  if (typeof called !== "function") throw new Error(`no method ${method}`);
  return Reflect.apply(called, owner, args);
}
