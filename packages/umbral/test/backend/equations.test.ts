import { expect } from "chai";
import type { Equation } from "../../src/backend.js";
import { loadNativeBackend } from "../../src/nativeBackend.js";
import { nobleBackend } from "../../src/nobleBackend.js";
import { be32, join, number, ORDER } from "../helpers/bytes.js";
import { seeded } from "../helpers/random.js";

type PointEquation = Equation<Uint8Array>;

const random = seeded("equations");
const scalar = (): bigint => (number(random(32)) % (ORDER - 1n)) + 1n;
const mod = (k: bigint): bigint => ((k % ORDER) + ORDER) % ORDER;

const { multiply, multiplyBase } = nobleBackend;
const add = (a: Uint8Array, b: Uint8Array): Uint8Array => nobleBackend.sum([a, b]) ?? expect.fail("infinity");
const negate = (point: Uint8Array): Uint8Array => multiply(point, ORDER - 1n);
const G = multiplyBase(1n);

/** Equations that hold, for one z and h. */
function statements(count: number): { z: bigint; h: bigint; equations: PointEquation[] } {
  const [key, t, h] = [scalar(), scalar(), scalar()];
  const equations = Array.from({ length: count }, () => {
    const x = multiplyBase(scalar());
    return { x, x1: multiply(x, key), x2: multiply(x, t) };
  });
  return { z: mod(key * h + t), h, equations };
}

for (const { name, equationsHold, baseEquationHolds } of [nobleBackend, loadNativeBackend()]) {
  describe(`equationsHold of ${name}`, () => {
    for (const count of [1, 2, 3, 5]) {
      it(`accepts ${count} that hold`, () => {
        for (let i = 0; i < 3; i += 1) {
          const { z, h, equations } = statements(count);
          expect(equationsHold(z, h, equations)).to.equal(true);
        }
      });

      it(`refuses ${count} with another z or h`, () => {
        const { z, h, equations } = statements(count);
        expect(equationsHold(mod(z + 1n), h, equations)).to.equal(false);
        expect(equationsHold(z, mod(h + 1n), equations)).to.equal(false);
        expect(equationsHold(mod(-z), h, equations)).to.equal(false);
        expect(equationsHold(h, z, equations)).to.equal(false);
      });

      it(`refuses ${count} with one point of one exchanged`, () => {
        const { z, h, equations } = statements(count);
        for (const [i, equation] of equations.entries()) {
          for (const field of ["x", "x1", "x2"] as const) {
            for (const wrong of [add(equation[field], G), negate(equation[field])]) {
              expect(equationsHold(z, h, equations.with(i, { ...equation, [field]: wrong }))).to.equal(false);
            }
          }
        }
      });
    }

    it("refuses errors that add up to nothing", () => {
      const { z, h, equations } = statements(3);
      const [a, b, c] = equations;
      if (!a || !b || !c) throw new Error("three equations");
      const error = multiplyBase(scalar());
      const plus = (equation: PointEquation, by: Uint8Array) => ({ ...equation, x2: add(equation.x2, by) });
      expect(equationsHold(z, h, [plus(a, error), plus(b, negate(error)), c])).to.equal(false);
      expect(equationsHold(z, h, [a, plus(b, error), plus(c, negate(error))])).to.equal(false);
      expect(equationsHold(z, h, [plus(a, error), b, plus(c, negate(error))])).to.equal(false);
      expect(equationsHold(z, h, [plus(a, error), plus(b, error), plus(c, multiply(error, ORDER - 2n))])).to.equal(
        false,
      );
    });

    it("refuses h·X1 + X2 at infinity", () => {
      const { z, h, equations } = statements(1);
      const [{ x, x1 } = expect.fail()] = equations;
      expect(equationsHold(z, h, [{ x, x1, x2: negate(multiply(x1, h)) }])).to.equal(false);
    });
  });

  describe(`baseEquationHolds of ${name}`, () => {
    const [r, w, h] = [scalar(), scalar(), scalar()];
    const [x1, x2] = [multiplyBase(r), multiplyBase(w)];
    const z = mod(w + r * h);

    it("accepts one that holds, whatever the parity of its points", () => {
      for (let i = 1n; i <= 8n; i += 1n) {
        const [own1, own2] = [multiplyBase(i), multiplyBase(3n * i)];
        expect(baseEquationHolds(mod(3n * i + i * h), h, own1, own2)).to.equal(true);
        expect(baseEquationHolds(mod(-3n * i - i * h), h, negate(own1), negate(own2))).to.equal(true);
      }
    });

    it("refuses another z, h, x1 or x2", () => {
      expect(baseEquationHolds(z, h, x1, x2)).to.equal(true);
      for (const [what, holds] of [
        ["z + 1", baseEquationHolds(mod(z + 1n), h, x1, x2)],
        ["-z", baseEquationHolds(mod(-z), h, x1, x2)],
        ["h + 1", baseEquationHolds(z, mod(h + 1n), x1, x2)],
        ["-h", baseEquationHolds(z, mod(-h), x1, x2)],
        ["x1 + G", baseEquationHolds(z, h, add(x1, G), x2)],
        ["-x1", baseEquationHolds(z, h, negate(x1), x2)],
        ["x2 + G", baseEquationHolds(z, h, x1, add(x2, G))],
        ["-x2", baseEquationHolds(z, h, x1, negate(x2))],
        ["x2, x1", baseEquationHolds(z, h, x2, x1)],
      ] as const) {
        expect(holds, what).to.equal(false);
      }
    });

    it("refuses z·G - h·x1 at infinity", () => {
      expect(baseEquationHolds(mod(r * h), h, x1, x2)).to.equal(false);
    });

    it("accepts one whose x1 has an x of n or more", () => {
      const x = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]
        .map((i) => nobleBackend.decompress(join([2], be32(ORDER + i))))
        .find(Boolean);
      if (!x) throw new Error("no point near n");
      for (const point of [x, negate(x)]) {
        const rest = add(multiplyBase(z), negate(multiply(point, h)));
        expect(baseEquationHolds(z, h, point, rest)).to.equal(true);
        expect(baseEquationHolds(z, h, point, negate(rest))).to.equal(false);
      }
    });
  });
}
