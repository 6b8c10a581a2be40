export * from "./addresses.js";
export * from "./errors.js";
export * from "./generated/index.js";
export * from "./typedData.js";
