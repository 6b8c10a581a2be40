import { expect } from "chai";
import { loadSecp256k1Binding } from "../../src/secp256k1Binding.js";

/** What the backend calls. */
const FUNCTIONS = [
  "contextRandomize",
  "publicKeyCreate",
  "publicKeyConvert",
  "publicKeyCombine",
  "publicKeyTweakMul",
  "ecdh",
  "ecdsaSign",
  "ecdsaVerify",
  "ecdsaRecover",
];

const bindingWith = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, () => undefined]));

describe("the binding of secp256k1", () => {
  it("is the module that never falls back to JavaScript", () => {
    const asked: string[] = [];
    const binding = bindingWith(FUNCTIONS);
    const load = (module: string) => {
      asked.push(module);
      return binding;
    };
    expect(loadSecp256k1Binding(load)).to.equal(binding);
    expect(asked).to.deep.equal(["secp256k1/bindings.js"]);
  });

  for (const missing of FUNCTIONS) {
    it(`is refused without ${missing}`, () => {
      const binding = bindingWith(FUNCTIONS.filter((name) => name !== missing));
      expect(() => loadSecp256k1Binding(() => binding)).to.throw(TypeError, "lacks functions of version 5");
      expect(() => loadSecp256k1Binding(() => ({ ...binding, [missing]: 5 }))).to.throw(TypeError, "version 5");
    });
  }

  for (const value of [undefined, null, 5, "binding", Object.assign(() => undefined, bindingWith(FUNCTIONS))]) {
    it(`is refused if it is ${value === null ? "null" : typeof value}`, () => {
      expect(() => loadSecp256k1Binding(() => value)).to.throw(TypeError, "lacks functions of version 5");
    });
  }
});
