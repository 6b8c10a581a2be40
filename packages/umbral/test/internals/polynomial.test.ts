import { expect } from "chai";
import fc from "fast-check";
import { evaluate, lagrangeWeights } from "../../src/polynomial.js";
import { ORDER } from "../helpers/bytes.js";

const scalar = fc.bigInt({ min: 1n, max: ORDER - 1n });
const mod = (a: bigint): bigint => ((a % ORDER) + ORDER) % ORDER;

/** By definition, power by power. */
const model = (coefficients: readonly bigint[], x: bigint): bigint =>
  mod(coefficients.reduce((sum, coefficient, i) => sum + coefficient * x ** BigInt(i), 0n));

describe("polynomials modulo n", () => {
  it("have the value of their definition", () => {
    fc.assert(
      fc.property(fc.array(scalar, { minLength: 1, maxLength: 6 }), scalar, (coefficients, x) => {
        expect(evaluate(coefficients, x) === model(coefficients, x)).to.equal(true);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("are rebuilt at 0 from as many values as they have coefficients", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(scalar, scalar), { minLength: 1, maxLength: 12, selector: ([x]) => x }),
        (pairs) => {
          const coefficients = pairs.map(([, coefficient]) => coefficient);
          const xs = pairs.map(([x]) => x);
          const weights = lagrangeWeights(xs);
          const value = weights.reduce((sum, weight, i) => sum + weight * model(coefficients, xs[i] ?? 0n), 0n);
          expect(mod(value) === coefficients[0]).to.equal(true);
        },
      ),
      { seed: 2, numRuns: 100 },
    );
  });

  it("has the weights 3 and -2 for the arguments 2 and 3", () => {
    expect(lagrangeWeights([2n, 3n])).to.deep.equal([3n, ORDER - 2n]);
  });
});
