import { expect } from "chai";
import { POOL_LENGTH, pooled } from "../../src/randomPool.js";
import { join } from "../helpers/bytes.js";
import { seeded } from "../helpers/random.js";

/** A pool of bytes that are known, and the memory that the source was given to fill. */
function pool() {
  const random = seeded("random pool");
  const log = { filled: Array<Uint8Array>(), given: Array<Uint8Array>() };
  const draw = pooled((bytes) => {
    bytes.set(random(bytes.length));
    log.filled.push(bytes);
    log.given.push(bytes.slice());
  });
  return { draw, log };
}

const zeros = (length: number): Uint8Array => new Uint8Array(length);

describe("the pool of random bytes", () => {
  it("gives out what the source gave, each byte once and in order", () => {
    const { draw, log } = pool();
    const drawn = Array.from({ length: POOL_LENGTH / 32 }, () => draw(32));
    expect(log.given).to.have.length(1);
    expect(join(...drawn)).to.deep.equal(log.given[0]);
    const next = draw(32);
    expect(log.given).to.have.length(2);
    expect(next).to.deep.equal(log.given[1]?.slice(0, 32));
  });

  it("is asked nothing before the first bytes are drawn", () => {
    expect(pool().log.filled).to.have.length(0);
  });

  it("never asks a source twice for what it gives once: all draws differ", async () => {
    const { draw } = pool();
    const drawn = new Set<string>();
    for (let i = 0; i < 1000; i += 1) {
      drawn.add(String(draw(16 + (i % 30))));
      if (i % 7 === 0) await Promise.resolve();
    }
    expect(drawn.size).to.equal(1000);
  });

  it("overwrites in itself what it gives out", () => {
    const { draw, log } = pool();
    draw(5);
    const [memory = expect.fail(), given = expect.fail()] = [log.filled[0], log.given[0]];
    expect(memory.slice(0, 5)).to.deep.equal(zeros(5));
    expect(memory.slice(5)).to.deep.equal(given.slice(5));
    draw(POOL_LENGTH - 5);
    expect(memory).to.deep.equal(zeros(POOL_LENGTH));
  });

  it("overwrites the rest when the job ends, and asks the source again in the next", async () => {
    const { draw, log } = pool();
    for (let job = 1; job < 4; job += 1) {
      draw(32);
      draw(32);
      expect(log.filled).to.have.length(job);
      expect(log.filled[0]).not.to.deep.equal(zeros(POOL_LENGTH));
      await Promise.resolve();
      expect(log.filled[0]).to.deep.equal(zeros(POOL_LENGTH));
    }
  });

  it("gives memory of its own each time", () => {
    const { draw, log } = pool();
    const bytes = draw(32);
    expect(bytes.buffer).not.to.equal(log.filled[0]?.buffer);
    expect(bytes.buffer.byteLength).to.equal(32);
    bytes.fill(1);
    expect(draw(32)).to.deep.equal(log.given[0]?.slice(32, 64));
  });

  it("drops a rest that is too short: no draw spans two fills", () => {
    const { draw, log } = pool();
    draw(POOL_LENGTH - 31);
    expect(draw(32)).to.deep.equal(log.given[1]?.slice(0, 32));
    expect(draw(POOL_LENGTH - 32)).to.deep.equal(log.given[1]?.slice(32));
    expect(log.filled).to.have.length(2);
  });

  it("gives as many as it holds from itself, and asks the source for more than that", () => {
    const { draw, log } = pool();
    expect(draw(POOL_LENGTH)).to.deep.equal(log.given[0]);
    draw(1);
    const long = draw(POOL_LENGTH + 1);
    expect(long).to.have.length(POOL_LENGTH + 1);
    expect(long).to.deep.equal(log.given[2]);
    // What is in the pool stays.
    expect(draw(1)).to.deep.equal(log.given[1]?.slice(1, 2));
    expect(log.filled).to.have.length(3);
  });

  it("gives nothing for nothing", () => {
    const { draw, log } = pool();
    expect(draw(0)).to.have.length(0);
    expect(log.filled).to.have.length(0);
  });

  it("gives out nothing after its source failed, until it works again", () => {
    let fails = false;
    const error = new Error("no randomness");
    const draw = pooled((bytes) => {
      if (fails) throw error;
      bytes.fill(7);
    });
    draw(POOL_LENGTH - 1);
    fails = true;
    // The second draw would fit in what was left before the first.
    for (const length of [2, 1, 32, POOL_LENGTH + 1]) expect(() => draw(length)).to.throw(error);
    fails = false;
    expect(draw(32)).to.deep.equal(zeros(32).fill(7));
  });
});
