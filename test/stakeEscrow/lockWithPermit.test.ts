import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ZeroHash } from "ethers";

import { locksOf } from "../helpers/locks";
import { MIN_STAKE } from "../helpers/network";
import { nextTransactionAt } from "../helpers/time";
import { type Permit, type Scene, STAKE, TERM, nobodyApproved, signPermit } from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

/** Alice locks {@link STAKE} for {@link TERM} periods with a permit. */
const lockWith = ({ escrow, alice }: Scene, { deadline, v, r, s }: Permit) =>
  escrow.connect(alice).lockWithPermit(STAKE, TERM, deadline, v, r, s);

/** What the token says when nothing was allowed. */
async function expectNoAllowance(scene: Scene, permit: Permit): Promise<void> {
  await unchanged(scene, async () =>
    expect(lockWith(scene, permit))
      .to.be.revertedWithCustomError(scene.token, "ERC20InsufficientAllowance")
      .withArgs(await scene.escrow.getAddress(), 0n, STAKE),
  );
}

async function expectLocked({ escrow, alice, now }: Scene): Promise<void> {
  expect(await locksOf(escrow, alice.address)).to.deep.equal([
    { number: 0, amount: STAKE, start: now + 1n, end: now + 1n + TERM, notice: 0n },
  ]);
}

describe("StakeEscrow.lockWithPermit", () => {
  describe("when the permit is good", () => {
    it("locks like lock, uses the permit up and leaves no allowance", async () => {
      const scene = await loadFixture(nobodyApproved);
      const { escrow, token, alice, now } = scene;
      const permit = await signPermit(scene, alice, STAKE);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, lockWith(scene, permit))).to.deep.equal([
          ["NumberGiven", alice.address, 1n, now],
          ["LockOpened", alice.address, 0n, STAKE, now + 1n, now + 1n + TERM, 0n],
        ]),
      );
      expect(moves).to.deep.equal({ alice: -STAKE, escrow: STAKE });
      await expectLocked(scene);
      expect(await token.allowance(alice, escrow)).to.equal(0n);
      expect(await token.nonces(alice)).to.equal(1n);
    });

    it("takes a permit in the second of its deadline", async () => {
      const scene = await loadFixture(nobodyApproved);
      const deadline = BigInt(await time.latest()) + 100n;
      const permit = await signPermit(scene, scene.alice, STAKE, { deadline });
      await nextTransactionAt(deadline);
      await lockWith(scene, permit);
      await expectLocked(scene);
    });

    it("returns the number of the lock", async () => {
      const scene = await loadFixture(nobodyApproved);
      const { escrow, alice } = scene;
      await lockWith(scene, await signPermit(scene, alice, STAKE));
      const { deadline, v, r, s } = await signPermit(scene, alice, 5n);
      expect(await escrow.connect(alice).lockWithPermit.staticCall(5n, TERM, deadline, v, r, s)).to.equal(1n);
    });
  });

  describe("when somebody sent the permit ahead", () => {
    it("locks, for the allowance is there", async () => {
      const scene = await loadFixture(nobodyApproved);
      const { escrow, token, alice, stranger } = scene;
      const permit = await signPermit(scene, alice, STAKE);
      const { deadline, v, r, s } = permit;
      await token.connect(stranger).permit(alice, escrow, STAKE, deadline, v, r, s);
      const moves = await moved(scene, () => lockWith(scene, permit));
      expect(moves).to.deep.equal({ alice: -STAKE, escrow: STAKE });
      await expectLocked(scene);
      expect(await token.allowance(alice, escrow)).to.equal(0n);
    });
  });

  describe("when the permit is worth nothing", () => {
    describe("given no allowance", () => {
      it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) one second after the deadline", async () => {
        const scene = await loadFixture(nobodyApproved);
        const deadline = BigInt(await time.latest()) + 100n;
        const permit = await signPermit(scene, scene.alice, STAKE, { deadline });
        await nextTransactionAt(deadline + 1n);
        await expectNoAllowance(scene, permit);
      });

      it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) for a signature for another chain", async () => {
        const scene = await loadFixture(nobodyApproved);
        await expectNoAllowance(scene, await signPermit(scene, scene.alice, STAKE, { chainId: 1n }));
      });

      it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) for somebody else's signature", async () => {
        const scene = await loadFixture(nobodyApproved);
        await expectNoAllowance(scene, await signPermit(scene, scene.alice, STAKE, { signer: scene.bob }));
      });

      it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) for a permit of another amount", async () => {
        const scene = await loadFixture(nobodyApproved);
        await expectNoAllowance(scene, await signPermit(scene, scene.alice, STAKE, { value: STAKE + 1n }));
      });

      it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) for a permit that was used before", async () => {
        const scene = await loadFixture(nobodyApproved);
        const permit = await signPermit(scene, scene.alice, STAKE);
        await lockWith(scene, permit);
        await expectNoAllowance(scene, permit);
      });

      it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) for bytes that are no signature", async () => {
        const scene = await loadFixture(nobodyApproved);
        const { deadline } = await signPermit(scene, scene.alice, STAKE);
        await expectNoAllowance(scene, { deadline, v: 27, r: ZeroHash, s: ZeroHash });
      });
    });

    describe("given an allowance", () => {
      it("locks with an expired permit", async () => {
        const scene = await loadFixture(nobodyApproved);
        const { escrow, token, alice } = scene;
        await token.connect(alice).approve(escrow, STAKE);
        await lockWith(scene, await signPermit(scene, alice, STAKE, { deadline: 1n }));
        await expectLocked(scene);
        expect(await token.nonces(alice)).to.equal(0n);
      });

      it("locks with a signature for another chain", async () => {
        const scene = await loadFixture(nobodyApproved);
        const { escrow, token, alice } = scene;
        await token.connect(alice).approve(escrow, STAKE + 1n);
        const permit = await signPermit(scene, alice, STAKE, { chainId: 1n });
        const moves = await moved(scene, () => lockWith(scene, permit));
        expect(moves).to.deep.equal({ alice: -STAKE, escrow: STAKE });
        await expectLocked(scene);
        expect(await token.allowance(alice, escrow), "only what was locked is used").to.equal(1n);
      });
    });
  });

  describe("when lock itself refuses", () => {
    it("reverts with lock's error and does not use the permit up", async () => {
      const scene = await loadFixture(nobodyApproved);
      const { escrow, token, alice } = scene;
      const { deadline, v, r, s } = await signPermit(scene, alice, MIN_STAKE - 1n);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).lockWithPermit(MIN_STAKE - 1n, TERM, deadline, v, r, s))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowTooSmall")
          .withArgs(MIN_STAKE - 1n, MIN_STAKE),
      );
      expect(await token.nonces(alice)).to.equal(0n);
    });
  });
});
