import { loadFixture, setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import type { CombinedCondition } from "../../typechain-types";
import {
  CAPSULE,
  GAS_LIMIT,
  POLICY,
  answering,
  answeringNumber,
  looping,
  nodeAllows,
  people,
  reverting,
} from "./fixtures";

const MODES = { all: 0n, any: 1n, not: 2n } as const;
type Mode = keyof typeof MODES;
type Child = { getAddress(): Promise<string> };

async function combine(mode: Mode, ...children: Child[]): Promise<CombinedCondition> {
  const addresses = await Promise.all(children.map((child) => child.getAddress()));
  return ethers.deployContract("CombinedCondition", [MODES[mode], addresses]);
}

/** One of each kind of children. */
async function family() {
  const gone = await answeringNumber(1n);
  const short = ethers.toBeHex(1n, 31);
  const failing = {
    "a revert": await reverting(),
    "an endless loop": await looping(),
    "no contract any more": gone,
    "no bytes": await answering("0x"),
    "31 bytes": await answering(short),
    "the word 2": await answeringNumber(2n),
    "the highest word": await answeringNumber(ethers.MaxUint256),
    "a bit beyond the lowest byte": await answeringNumber(256n),
  };
  return { ...(await people()), yes: await answeringNumber(1n), no: await answeringNumber(0n), failing, gone };
}

/** The family after one of its members is gone: parents must be deployed before. */
const leave = async (child: Child): Promise<void> => setCode(await child.getAddress(), "0x");

const ask = (condition: CombinedCondition, reader: string, gasLimit = GAS_LIMIT) =>
  condition.isAllowed(POLICY, reader, CAPSULE, { gasLimit });

describe("CombinedCondition", () => {
  describe("constructor", () => {
    it("keeps mode and children, 1 and 16 of them", async () => {
      const { yes, no } = await loadFixture(family);
      for (const [mode, children] of [
        ["all", [yes]],
        ["any", [no, yes, no]],
        ["not", [no]],
        ["all", Array.from({ length: 16 }, (_, i) => (i % 2 ? yes : no))],
      ] as const) {
        const condition = await combine(mode, ...children);
        expect(await condition.MODE()).to.equal(MODES[mode]);
        expect(await condition.children()).to.deep.equal(await Promise.all(children.map((one) => one.getAddress())));
      }
    });

    it("reverts with CombinedConditionChildren(given, 1, most) for none, 17, and not of two", async () => {
      const { yes } = await loadFixture(family);
      const factory = await ethers.getContractFactory("CombinedCondition");
      for (const [mode, given, most] of [
        ["all", 0, 16],
        ["any", 0, 16],
        ["not", 0, 1],
        ["all", 17, 16],
        ["any", 17, 16],
        ["not", 2, 1],
      ] as const) {
        const children = Array.from({ length: given }, () => yes.getAddress());
        await expect(factory.deploy(MODES[mode], await Promise.all(children)))
          .to.be.revertedWithCustomError(factory, "CombinedConditionChildren")
          .withArgs(given, 1, most);
      }
    });

    it("reverts with CombinedConditionNoCode(index, child) for a child that isn't a contract", async () => {
      const { yes, alice } = await loadFixture(family);
      const factory = await ethers.getContractFactory("CombinedCondition");
      for (const nobody of [alice.address, ethers.ZeroAddress]) {
        await expect(factory.deploy(MODES.any, [await yes.getAddress(), nobody]))
          .to.be.revertedWithCustomError(factory, "CombinedConditionNoCode")
          .withArgs(1, nobody);
      }
    });

    it("reverts for a mode that there isn't", async () => {
      const { yes } = await loadFixture(family);
      const factory = await ethers.getContractFactory("CombinedCondition");
      await expect(factory.deploy(3, [await yes.getAddress()])).to.be.revertedWithoutReason();
    });
  });

  describe("isAllowed", () => {
    it("is what all, any and not say, for every answer of three children, a failure being neither yes nor no", async () => {
      const { yes, no, failing, alice } = await loadFixture(family);
      const failure = failing["a revert"];
      const answers = [no, failure, yes]; // by rising truth: all is the least of its children, any the most
      const outcome = async (condition: CombinedCondition): Promise<number> => {
        try {
          return (await ask(condition, alice.address)) ? 2 : 0;
        } catch {
          return 1;
        }
      };
      for (const a of [0, 1, 2]) {
        const alone = answers[a];
        if (!alone) throw new Error("expected an answer");
        expect(await outcome(await combine("not", alone)), `not ${a}`).to.equal(2 - a);
        for (const b of [0, 1, 2]) {
          for (const c of [0, 1, 2]) {
            const children = [a, b, c].map((i) => answers[i] ?? failure);
            expect(await outcome(await combine("all", ...children)), `all ${a}${b}${c}`).to.equal(Math.min(a, b, c));
            expect(await outcome(await combine("any", ...children)), `any ${a}${b}${c}`).to.equal(Math.max(a, b, c));
          }
        }
      }
    });

    it("asks children what it is asked", async () => {
      const { token, alice, bob } = await loadFixture(family);
      const holds = await ethers.deployContract("TokenBalanceCondition", [await token.getAddress(), 1n]);
      const prices = [1n, 0n, 0n] as const;
      const paid = await ethers.deployContract("PaidContentCondition", [
        await token.getAddress(),
        bob.address,
        ...prices,
      ]);
      await token.connect(alice).approve(paid, 1n);
      await paid.connect(alice).payContent(POLICY, bob, ethers.keccak256(CAPSULE));
      const either = await combine("any", holds, paid);
      const only = await combine("all", await combine("not", holds), paid);
      const [policy, data] = [ethers.id("another"), "0x12"];
      expect(await nodeAllows(either, alice.address)).to.equal(true);
      expect(await nodeAllows(either, bob.address)).to.equal(true); // has a base unit now, and the content
      expect(await nodeAllows(only, bob.address)).to.equal(false);
      await token.connect(bob).transfer(alice, 1n);
      expect(await nodeAllows(either, bob.address)).to.equal(true);
      expect(await nodeAllows(only, bob.address)).to.equal(true);
      expect(await nodeAllows(only, bob.address, { policy })).to.equal(false);
      expect(await nodeAllows(only, bob.address, { data })).to.equal(false);
      expect(await nodeAllows(only, bob.address, { data: `${CAPSULE}00` })).to.equal(false);
    });

    it("is a no, by CombinedConditionUndecided(index, child), if the answer depends on a child that fails", async () => {
      const { yes, no, failing, gone, alice } = await loadFixture(family);
      for (const [kind, child] of Object.entries(failing)) {
        const parents = [
          [0, await combine("all", child)],
          [0, await combine("any", child)],
          [0, await combine("not", child)],
          [1, await combine("all", yes, child)],
          [1, await combine("any", no, child)],
        ] as const;
        const code = await ethers.provider.getCode(child);
        if (child === gone) await leave(gone);
        for (const [index, parent] of parents) {
          await expect(ask(parent, alice.address), kind)
            .to.be.revertedWithCustomError(parent, "CombinedConditionUndecided")
            .withArgs(index, await child.getAddress());
          expect(await nodeAllows(parent, alice.address), kind).to.equal(false);
        }
        await setCode(await child.getAddress(), code);
      }
    });

    it("is any's yes and all's no whatever else fails, in whatever order", async () => {
      const { yes, no, failing, alice } = await loadFixture(family);
      for (const [kind, child] of Object.entries(failing)) {
        for (const order of [
          [child, yes],
          [yes, child],
        ]) {
          expect(await ask(await combine("any", ...order), alice.address), kind).to.equal(true);
        }
        for (const order of [
          [child, no],
          [no, child],
        ]) {
          const all = await combine("all", ...order);
          expect(await ask(all, alice.address), kind).to.equal(false);
          expect(await ask(await combine("not", all), alice.address), kind).to.equal(true);
        }
      }
    });

    it("never turns a failure into a yes by not, however deep it stands", async () => {
      const { yes, no, failing, gone, alice } = await loadFixture(family);
      for (const [kind, child] of Object.entries(failing)) {
        if (child === gone) continue; // it still has code here
        for (const inner of [
          await combine("any", child, no),
          await combine("all", yes, child),
          await combine("not", child),
          await combine("any", no, await combine("all", child)),
        ]) {
          const outer = await combine("not", inner);
          await expect(ask(outer, alice.address), kind)
            .to.be.revertedWithCustomError(outer, "CombinedConditionUndecided")
            .withArgs(0, await inner.getAddress());
          const twice = await combine("not", outer);
          expect(await nodeAllows(twice, alice.address), kind).to.equal(false);
        }
      }
    });

    it("reads the first word of a long answer", async () => {
      const { alice } = await loadFixture(family);
      const long = (first: bigint) =>
        answering(ethers.concat([ethers.toBeHex(first, 32), new Uint8Array(320).fill(255)]));
      expect(await ask(await combine("any", await long(1n)), alice.address)).to.equal(true);
      expect(await ask(await combine("any", await long(0n)), alice.address)).to.equal(false);
    });

    it("says nothing with too little gas that it wouldn't say with enough @uninstrumented", async () => {
      const { token, yes, no, alice, bob } = await loadFixture(family);
      const holds = await ethers.deployContract("TokenBalanceCondition", [await token.getAddress(), 1n]);
      const conditions: CombinedCondition[] = [
        await combine("not", holds),
        await combine("not", await combine("any", holds, no)),
        await combine("not", await combine("not", holds)),
        await combine("all", yes, await combine("not", await combine("all", holds, yes))),
      ];
      for (const condition of conditions) {
        for (const reader of [alice.address, bob.address]) {
          const right = await ask(condition, reader);
          for (let gasLimit = 22_000n; gasLimit < 90_000n; gasLimit += 300n) {
            const said = await nodeAllows(condition, reader, { gasLimit });
            expect(said && !right, `${gasLimit} gas`).to.equal(false);
          }
        }
      }
    });

    it("asks the last of 16 children although all others run for ever", async () => {
      const { yes, failing, alice } = await loadFixture(family);
      const loops = Array.from({ length: 15 }, () => failing["an endless loop"]);
      const any = await combine("any", ...loops, yes);
      expect(await ask(any, alice.address, 1_000_000n)).to.equal(true);
      expect(await ask(await combine("any", yes, ...loops), alice.address)).to.equal(true);
    });

    it("leaves the last of 16 children all the gas that the others did not need @uninstrumented", async () => {
      const { yes, alice } = await loadFixture(family);
      const cheap = Array.from({ length: 15 }, () => yes);
      const dear = await combine("all", ...cheap, yes);
      expect(await ask(await combine("all", ...cheap, dear), alice.address)).to.equal(true);
    });

    it("asks 16 children of balances within the gas that a node gives", async () => {
      const { token, alice } = await loadFixture(family);
      const holds = await ethers.deployContract("TokenBalanceCondition", [await token.getAddress(), 1n]);
      const all = await combine("all", ...Array.from({ length: 16 }, () => holds));
      expect(await ask(all, alice.address)).to.equal(true);
    });
  });
});
