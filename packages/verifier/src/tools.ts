/**
 * What other command lines of NKMS use as well: reading and writing its files, and asking whoever runs them.
 *
 * @module
 */
export { domainToJson, formatJson, readDomain, readTerms, termsToJson } from "./answerJson.js";
export { type Io, jsonLine, shortMessageOf } from "./cli/io.js";
export { terminal } from "./cli/terminal.js";
export { readTextFile } from "./files.js";
export { Fields, parseJson } from "./json.js";
