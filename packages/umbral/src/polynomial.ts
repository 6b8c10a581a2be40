/** Shamir's secret sharing modulo n. */
import { add, invertAll, multiply, negate } from "./scalar.js";

/** coefficients[0] + coefficients[1]·x + ..., by Horner's rule. */
export function evaluate(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((sum, coefficient) => add(multiply(sum, x), coefficient), 0n);
}

/** The weights with which the values at distinct non-zero arguments add up to the polynomial's value at 0. */
export function lagrangeWeights(xs: readonly bigint[]): bigint[] {
  const product = (factors: readonly bigint[]): bigint => factors.reduce(multiply, 1n);
  // weight of x = Π others / Π (other - x) = Π all / (x · Π (other - x))
  const divisors = xs.map((x, i) =>
    product([x, ...xs.filter((_, j) => j !== i).map((other) => add(other, negate(x)))]),
  );
  const all = product(xs);
  return invertAll(divisors).map((inverse) => multiply(all, inverse));
}
