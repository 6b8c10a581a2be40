import hre from "hardhat";

/**
 * Whether coverage is being measured: contracts run slower then, for more gas. What only reads, to see that nothing has
 * changed, is left out there; `npm test` doesn't leave it out.
 */
export const instrumented = "__SOLIDITY_COVERAGE_RUNNING" in hre;
