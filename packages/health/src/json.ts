/** Messages and journals, read with this package's error. */
import * as strict from "@nkms/protocol/json";

import { HealthError } from "./errors.js";

/** @throws {HealthError} `BAD_JSON` */
export const parseJson = (argument: string, text: string): unknown => strict.parseJson(HealthError, argument, text);

/** @throws {HealthError} `BAD_FIELD` */
export class Fields extends strict.Fields {
  constructor(path: string, value: unknown, required: readonly string[], optional: readonly string[] = []) {
    super(HealthError, path, value, required, optional);
  }

  /** Numbers as strings of decimal digits. */
  uints(name: string, most: number): bigint[] {
    return this.array(name, most).map((value, i) => strict.readUint(HealthError, `${this.path}.${name}[${i}]`, value));
  }
}

/** JSON with bigints as strings of decimal digits. */
export const formatJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
