import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { nkms } from "../../deploy/parameters/units";
import { lockOf, locksOf } from "../helpers/locks";
import { nextTransactionAt } from "../helpers/time";
import { type Permit, STAKE, type SceneWithLock, aliceEarns, aliceJustLocked, signPermit } from "./fixtures";
import { eventsOf, moved, unchanged } from "./observe";

const ADDITION = nkms("160");

/** {@link aliceEarns}, but now nobody allows the escrow anything: permits are all there is. */
async function aliceEarnsAndTrustsNobody(): Promise<SceneWithLock> {
  const scene = await aliceEarns();
  await scene.token.connect(scene.alice).approve(scene.escrow, 0n);
  return scene;
}

/** `caller` adds {@link ADDITION} to alice's lock with a permit. */
const topUpWith = ({ escrow, alice, held }: SceneWithLock, caller: HardhatEthersSigner, permit: Permit) =>
  escrow
    .connect(caller)
    .topUpWithPermit(alice, held.number, held.end, ADDITION, permit.deadline, permit.v, permit.r, permit.s);

async function expectNoAllowance(scene: SceneWithLock, caller: HardhatEthersSigner, permit: Permit): Promise<void> {
  await unchanged(scene, async () =>
    expect(topUpWith(scene, caller, permit))
      .to.be.revertedWithCustomError(scene.token, "ERC20InsufficientAllowance")
      .withArgs(await scene.escrow.getAddress(), 0n, ADDITION),
  );
}

/** The addition is lock 1 of alice and ends with her lock 0. */
async function expectAdded({ escrow, alice, held, now }: SceneWithLock): Promise<void> {
  expect(await locksOf(escrow, alice.address)).to.deep.equal([
    held,
    { number: 1, amount: ADDITION, start: now + 1n, end: held.end, notice: 0n },
  ]);
}

describe("StakeEscrow.topUpWithPermit", () => {
  describe("when the permit is good", () => {
    it("tops up like topUp, uses the permit up and leaves no allowance", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      const { escrow, token, alice, held, now } = scene;
      const permit = await signPermit(scene, alice, ADDITION);
      const moves = await moved(scene, async () =>
        expect(await eventsOf(escrow, topUpWith(scene, alice, permit))).to.deep.equal([
          ["LockOpened", alice.address, 1n, ADDITION, now + 1n, held.end, 0n],
        ]),
      );
      expect(moves).to.deep.equal({ alice: -ADDITION, escrow: ADDITION });
      await expectAdded(scene);
      expect(await token.allowance(alice, escrow)).to.equal(0n);
      expect(await token.nonces(alice)).to.equal(1n);
    });

    it("takes a permit in the second of its deadline", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      const deadline = BigInt(await time.latest()) + 100n;
      const permit = await signPermit(scene, scene.alice, ADDITION, { deadline });
      await nextTransactionAt(deadline);
      await topUpWith(scene, scene.alice, permit);
      await expectAdded(scene);
    });

    it("raises a lock that starts in the next period", async () => {
      const scene = await loadFixture(aliceJustLocked);
      const { escrow, token, alice, held } = scene;
      await token.connect(alice).approve(escrow, 0n);
      const { deadline, v, r, s } = await signPermit(scene, alice, ADDITION);
      const call = [alice, held.number, held.end, ADDITION, deadline, v, r, s] as const;
      expect(await escrow.connect(alice).topUpWithPermit.staticCall(...call)).to.equal(held.number);
      await escrow.connect(alice).topUpWithPermit(...call);
      expect((await lockOf(escrow, alice.address, held.number)).amount).to.equal(STAKE + ADDITION);
    });
  });

  describe("when a stranger tops up", () => {
    it("takes the stranger's permit, not the miner's", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      const { token, alice, stranger } = scene;
      const permit = await signPermit(scene, stranger, ADDITION);
      const moves = await moved(scene, () => topUpWith(scene, stranger, permit));
      expect(moves).to.deep.equal({ stranger: -ADDITION, escrow: ADDITION });
      await expectAdded(scene);
      expect([await token.nonces(stranger), await token.nonces(alice)]).to.deep.equal([1n, 0n]);
    });

    it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) for the miner's permit", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      await expectNoAllowance(scene, scene.stranger, await signPermit(scene, scene.alice, ADDITION));
    });
  });

  describe("when somebody sent the permit ahead", () => {
    it("tops up, for the allowance is there", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      const { escrow, token, alice, bob } = scene;
      const permit = await signPermit(scene, alice, ADDITION);
      await token.connect(bob).permit(alice, escrow, ADDITION, permit.deadline, permit.v, permit.r, permit.s);
      await topUpWith(scene, alice, permit);
      await expectAdded(scene);
      expect(await token.allowance(alice, escrow)).to.equal(0n);
    });
  });

  describe("when the permit is worth nothing", () => {
    it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) one second after the deadline", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      const deadline = BigInt(await time.latest()) + 100n;
      const permit = await signPermit(scene, scene.alice, ADDITION, { deadline });
      await nextTransactionAt(deadline + 1n);
      await expectNoAllowance(scene, scene.alice, permit);
    });

    it("reverts with ERC20InsufficientAllowance(escrow, 0, amount) for a signature for another chain", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      await expectNoAllowance(scene, scene.alice, await signPermit(scene, scene.alice, ADDITION, { chainId: 1n }));
    });

    it("tops up if there is an allowance", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      const { escrow, token, alice } = scene;
      await token.connect(alice).approve(escrow, ADDITION);
      await topUpWith(scene, alice, await signPermit(scene, alice, ADDITION, { deadline: 1n }));
      await expectAdded(scene);
    });
  });

  describe("when topUp itself refuses", () => {
    it("reverts with topUp's error and does not use the permit up", async () => {
      const scene = await loadFixture(aliceEarnsAndTrustsNobody);
      const { escrow, alice, held } = scene;
      const { deadline, v, r, s } = await signPermit(scene, alice, ADDITION);
      await unchanged(scene, () =>
        expect(escrow.connect(alice).topUpWithPermit(alice, held.number, held.end + 1n, ADDITION, deadline, v, r, s))
          .to.be.revertedWithCustomError(escrow, "StakeEscrowOtherEnd")
          .withArgs(held.number, held.end, held.end + 1n),
      );
    });
  });
});
