import { expect } from "chai";
import { backend } from "../../src/index.js";
import { chooseBackend } from "../../src/chooseBackend.js";
import { loadNativeBackend } from "../../src/nativeBackend.js";
import { nobleBackend } from "../../src/nobleBackend.js";
import { expectRefusal, refusal } from "../helpers/errors.js";

const native = loadNativeBackend();
const load = () => native;
const reason = new Error("no native build was found");
const fail = () => {
  throw reason;
};

describe("the backend for a process on Node", () => {
  it("is native where that loads and nothing else is asked for", () => {
    expect(chooseBackend(undefined, load)).to.equal(native);
    expect(chooseBackend("native", load)).to.equal(native);
    expect(native.name).to.equal("native");
  });

  it("is noble where native doesn't load", () => {
    expect(chooseBackend(undefined, fail)).to.equal(nobleBackend);
    expect(nobleBackend.name).to.equal("noble");
  });

  it("is noble, without an attempt to load native code, when noble is asked for", () => {
    const loads = () => expect.fail("loaded native code");
    expect(chooseBackend("noble", loads)).to.equal(nobleBackend);
  });

  it("is an error with its cause when native is asked for and doesn't load", () => {
    expectRefusal(
      () => chooseBackend("native", fail),
      "BACKEND_UNAVAILABLE",
      "UMBRAL_BACKEND: expected native code that loads, got none",
    );
    expect(refusal(() => chooseBackend("native", fail)).cause).to.equal(reason);
  });

  for (const wanted of ["", "Native", "elliptic"]) {
    it(`is an error when "${wanted}" is asked for`, () => {
      expectRefusal(
        () => chooseBackend(wanted, load),
        "BACKEND_UNAVAILABLE",
        `UMBRAL_BACKEND: expected native or noble, got ${wanted}`,
      );
    });
  }

  it("is the one these tests run on", () => {
    expect(backend()).to.equal("native");
  });
});
