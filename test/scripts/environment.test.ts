import { expect } from "chai";

import { countFromEnvironment } from "../../deploy/environment";

const NAME = "NKMS_A_VARIABLE_THAT_NOBODY_SETS";

describe("a number in the environment", () => {
  afterEach(() => {
    delete process.env[NAME];
  });

  it("is taken, or its default", () => {
    expect(countFromEnvironment(NAME, 5)).to.equal(5);
    for (const [text, value] of [
      ["", 5],
      ["0", 0],
      ["10000", 10_000],
    ] as const) {
      process.env[NAME] = text;
      expect(countFromEnvironment(NAME, 5)).to.equal(value);
    }
  });

  it("is refused where it is none: a campaign of NaN runs would find nothing wrong", () => {
    for (const text of ["abc", "-1", "1.5", "1e3", "10_000", " 7", "0x10", "9".repeat(16)]) {
      process.env[NAME] = text;
      expect(() => countFromEnvironment(NAME, 5)).to.throw(`${NAME}: expected a whole number, got ${text}`);
    }
  });
});
