/** Shamir's secret sharing modulo n. */
import { add, invertAll, multiply, ORDER } from "./scalar.js";

/** coefficients[0] + coefficients[1]·x + ..., by Horner's rule. */
export function evaluate(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((sum, coefficient) => add(multiply(sum, x), coefficient), 0n);
}

/** The weights with which the values at distinct non-zero arguments add up to the polynomial's value at 0. */
export function lagrangeWeights(xs: readonly bigint[]): bigint[] {
  // weight of x = Π others / Π (other - x) = Π all / (x · Π (other - x))
  const divisors = xs.map((x, i) => {
    const factors = xs.map((other, j) => (j === i ? x : other - x));
    // Differences and their product may be negative until the end. Two at a time: reducing is most of the work.
    let product = 1n;
    for (let j = 0; j < factors.length; j += 2) {
      product = multiply(product, (factors[j] ?? 1n) * (factors[j + 1] ?? 1n));
    }
    return product < 0n ? product + ORDER : product;
  });
  const all = xs.reduce(multiply, 1n);
  return invertAll(divisors).map((inverse) => multiply(all, inverse));
}
