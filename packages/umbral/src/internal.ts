/**
 * The symbols with which the files of this package reach into each other's classes. They are not exported from
 * `index.ts`, so that outside the package nothing can be built unchecked by accident.
 */
import { UmbralError } from "./errors.js";

/** The first argument of every constructor whose caller has already checked the rest. */
export const checked: unique symbol = Symbol("@nkms/umbral checked");

/** The name of the method that gives out a secret scalar. */
export const secretScalar: unique symbol = Symbol("@nkms/umbral secret scalar");

/** The name of the method that gives out the point whose product with the delegating key is a key's seed. */
export const keyPoint: unique symbol = Symbol("@nkms/umbral key point");

/** The name of the getter that gives out a point in the form that backends take. */
export const affineBytes: unique symbol = Symbol("@nkms/umbral affine bytes");

/** @throws {UmbralError} `NOT_VERIFIED` when a constructor is called from outside the package */
export function expectChecked(token: symbol, type: string): void {
  if (token !== checked) throw new UmbralError("NOT_VERIFIED", type, "to be made by its own functions", "new");
}
