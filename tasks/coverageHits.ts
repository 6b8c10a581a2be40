/**
 * How `npm run coverage` learns which marks of the instrumented contracts were passed. solidity-coverage places the marks
 * and writes the reports. It finds the marks by listening to every EVM step, for which Hardhat copies each step with its
 * stack into JavaScript: slow. Here a mark calls an address that Hardhat's EVM watches by itself, and reports.
 *
 * Loaded by .solcover.js, so nothing of this exists outside of the coverage task.
 */
import { EdrContext, type Provider } from "@nomicfoundation/edr"; // comes with Hardhat

/** Calls to it are coverage for the EVM: it reports what data they had, each value once a transaction or call. */
const WATCHED = "0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE";

type Marks = Record<string, { hits: number }>;
type Naming = "_getDefaultMethodIdentifier" | "_getTrueMethodIdentifier" | "_getFalseMethodIdentifier";
type Definition =
  | "_getDefaultMethodDefinition"
  | "_getTrueMethodDefinition"
  | "_getFalseMethodDefinition"
  | "_getFileScopedHashMethodDefinition"
  | "_getFileScopeTrueMethodDefinition"
  | "_getFileScopedFalseMethodDefinition";

type CreateProvider = (this: EdrContext, ...given: Parameters<EdrContext["createProvider"]>) => Promise<Provider>;

const Injector = require("solidity-coverage/lib/injector") as {
  prototype: Record<Naming | Definition, (id: string) => string>;
};
const Api = require("solidity-coverage/lib/api") as {
  prototype: { attachToHardhatVM(this: { instrumenter: { instrumentationData: Marks } }): Promise<void> };
};

/** The function that marks call: reports its argument. It has to look pure, since pure functions have marks too. */
function mark(id: string, visibility: "internal" | ""): string {
  const name = Injector.prototype._getDefaultMethodIdentifier(id);
  return `
    function ${name}_report(bytes8 tag) ${visibility} view {
      assembly ("memory-safe") {
        mstore(0, tag)
        pop(staticcall(gas(), ${WATCHED}, 0, 8, 0, 0))
      }
    }
    function ${name}(bytes8 tag) ${visibility} pure {
      function (bytes8) internal view report = ${name}_report;
      function (bytes8) internal pure looksPure;
      assembly ("memory-safe") { looksPure := report }
      looksPure(tag);
    }
  `;
}

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

/** Counts the marks that one transaction or call has passed. */
function count(tags: Uint8Array[]): Promise<void> {
  for (const tag of tags) {
    const name = `0x${Buffer.from(tag).toString("hex")}`;
    const found = marks[name];
    if (found === undefined) throw new Error(`coverage: expected the tag of a mark, got ${name}`);
    found.hits++;
    reports++;
  }
  return Promise.resolve();
}

const { createProvider } = EdrContext.prototype as { createProvider: CreateProvider };
EdrContext.prototype.createProvider = function (chainType, config, ...others) {
  const observability = { ...config.observability, codeCoverage: { onCollectedCoverageCallback: count } };
  return createProvider.call(this, chainType, { ...config, observability }, ...others);
};

/** Fails if tests have passed no mark at all: then it is the marks that don't work. */
export function demandReports(): void {
  if (reports === 0) throw new Error("coverage: expected reports of marks that tests have passed, got none");
}
