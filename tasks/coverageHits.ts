/**
 * How `npm run coverage` learns which marks of the instrumented contracts were passed. solidity-coverage places the marks
 * and writes the reports. It finds the marks by listening to every EVM step, which is slow; here they are those of marks.ts.
 *
 * Loaded by .solcover.js, so nothing of this exists outside of the coverage task.
 */
import { listenToMarks, markFunction } from "./marks";

type Marks = Record<string, { hits: number }>;
type Naming = "_getDefaultMethodIdentifier" | "_getTrueMethodIdentifier" | "_getFalseMethodIdentifier";
type Definition =
  | "_getDefaultMethodDefinition"
  | "_getTrueMethodDefinition"
  | "_getFalseMethodDefinition"
  | "_getFileScopedHashMethodDefinition"
  | "_getFileScopeTrueMethodDefinition"
  | "_getFileScopedFalseMethodDefinition";

const Injector = require("solidity-coverage/lib/injector") as {
  prototype: Record<Naming | Definition, (id: string) => string>;
};
const Api = require("solidity-coverage/lib/api") as {
  prototype: { attachToHardhatVM(this: { instrumenter: { instrumentationData: Marks } }): Promise<void> };
};

/** The function that a contract's marks call. */
const mark = (id: string, visibility: "internal" | ""): string =>
  markFunction(Injector.prototype._getDefaultMethodIdentifier(id), visibility);

/** A mark inside of a condition, which it leaves as it is: true after "and", false after "or". */
function markInCondition(id: string, visibility: "internal" | "", value: boolean): string {
  const {
    _getDefaultMethodIdentifier: plain,
    _getTrueMethodIdentifier: yes,
    _getFalseMethodIdentifier: no,
  } = Injector.prototype;
  return `
    function ${(value ? yes : no)(id)}(bytes8 tag) ${visibility} pure returns (bool) {
      ${plain(id)}(tag);
      return ${value};
    }
  `;
}

Object.assign(Injector.prototype, {
  _getDefaultMethodDefinition: (id) => mark(id, "internal"),
  _getTrueMethodDefinition: (id) => markInCondition(id, "internal", true),
  _getFalseMethodDefinition: (id) => markInCondition(id, "internal", false),
  _getFileScopedHashMethodDefinition: (id) => mark(id, ""),
  _getFileScopeTrueMethodDefinition: (id) => markInCondition(id, "", true),
  _getFileScopedFalseMethodDefinition: (id) => markInCondition(id, "", false),
} satisfies Record<Definition, (id: string) => string>);

let marks: Marks = {};
let reports = 0;

// The original listens to steps.
Api.prototype.attachToHardhatVM = function () {
  marks = this.instrumenter.instrumentationData;
  return Promise.resolve();
};

listenToMarks((tags) => {
  for (const tag of tags) {
    const found = marks[tag];
    if (found === undefined) throw new Error(`coverage: expected the tag of a mark, got ${tag}`);
    found.hits++;
    reports++;
  }
});

/** Fails if tests have passed no mark at all: then it is the marks that don't work. */
export function demandReports(): void {
  if (reports === 0) throw new Error("coverage: expected reports of marks that tests have passed, got none");
}
