/**
 * Marks: places in a contract that report when they are passed. A mark calls an address that Hardhat's EVM watches by itself.
 * That is much faster than to listen to every EVM step, for which Hardhat copies each step with its stack into JavaScript.
 */
import { EdrContext, type Provider } from "@nomicfoundation/edr"; // comes with Hardhat

/** Calls to it are coverage for the EVM: it reports what data they had, each value once a transaction or call. */
const WATCHED = "0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE";

type CreateProvider = (this: EdrContext, ...given: Parameters<EdrContext["createProvider"]>) => Promise<Provider>;

/** A function in Solidity that marks call: it reports its argument. It has to look pure, since pure functions have marks too. */
export function markFunction(name: string, visibility: "internal" | ""): string {
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

/**
 * Listens to the marks on every chain that is opened from now on.
 * @param see is given the tags, in hex, of the marks that one transaction or call has passed
 */
export function listenToMarks(see: (tags: string[]) => void): void {
  const report = (tags: Uint8Array[]) =>
    Promise.resolve(tags.map((tag) => `0x${Buffer.from(tag).toString("hex")}`)).then(see);
  const { createProvider } = EdrContext.prototype as { createProvider: CreateProvider };
  EdrContext.prototype.createProvider = function (chainType, config, ...others) {
    const observability = { ...config.observability, codeCoverage: { onCollectedCoverageCallback: report } };
    return createProvider.call(this, chainType, { ...config, observability }, ...others);
  };
}
