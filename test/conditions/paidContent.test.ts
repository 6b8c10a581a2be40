import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { FunctionFragment } from "ethers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { nextTransactionAt } from "../helpers/time";
import { CAPSULE, CONTENT, POLICY, PURSE, answeringNumber, mineAt, nodeAllows, people } from "./fixtures";

const PRICE = nkms("3");
const PER_DAY = nkms("0.5");
const DAY = 86_400n;
const MOST = 2n ** 128n - 1n;
const OTHER = ethers.id("another policy");

/** Both kinds are offered, for carol; alice has approved all she has. */
async function market() {
  const here = await people();
  const { token, alice, carol } = here;
  const condition = await offer({ ...here, perContent: PRICE, perPeriod: PER_DAY, period: DAY });
  await token.connect(alice).approve(condition, ethers.MaxUint256);
  return { ...here, condition, beneficiary: carol };
}

async function offer({
  token,
  carol,
  perContent,
  perPeriod,
  period,
}: Pick<Awaited<ReturnType<typeof people>>, "token" | "carol"> &
  Record<"perContent" | "perPeriod" | "period", bigint>) {
  const address = await token.getAddress();
  return ethers.deployContract("PaidContentCondition", [address, carol.address, perContent, perPeriod, period]);
}

describe("PaidContentCondition", () => {
  describe("constructor", () => {
    it("keeps what it is given: contents, subscriptions or both, up to the highest prices and longest period", async () => {
      const here = await loadFixture(people);
      for (const [perContent, perPeriod, period] of [
        [1n, 0n, 0n],
        [0n, 1n, 1n],
        [MOST, MOST, 3_650n * DAY],
      ] as const) {
        const condition = await offer({ ...here, perContent, perPeriod, period });
        expect(await condition.TOKEN()).to.equal(await here.token.getAddress());
        expect(await condition.BENEFICIARY()).to.equal(here.carol.address);
        expect([
          await condition.PRICE_PER_CONTENT(),
          await condition.PRICE_PER_PERIOD(),
          await condition.PERIOD(),
        ]).to.deep.equal([perContent, perPeriod, period]);
      }
    });

    it("reverts with PaidContentConditionNoCode(token), NoBeneficiary() and NothingOffered()", async () => {
      const { token, alice, carol } = await loadFixture(people);
      const factory = await ethers.getContractFactory("PaidContentCondition");
      for (const nobody of [alice.address, ethers.ZeroAddress]) {
        await expect(factory.deploy(nobody, carol, 1n, 0n, 0n))
          .to.be.revertedWithCustomError(factory, "PaidContentConditionNoCode")
          .withArgs(nobody);
      }
      const none = factory.deploy(token, ethers.ZeroAddress, 1n, 0n, 0n);
      await expect(none).to.be.revertedWithCustomError(factory, "PaidContentConditionNoBeneficiary");
      const nothing = factory.deploy(token, carol, 0n, 0n, 0n);
      await expect(nothing).to.be.revertedWithCustomError(factory, "PaidContentConditionNothingOffered");
    });

    it("reverts with PaidContentConditionParameterOutOfBounds(parameter, value, least, most)", async () => {
      const { token, carol } = await loadFixture(people);
      const factory = await ethers.getContractFactory("PaidContentCondition");
      for (const [[perContent, perPeriod, period], name, value, least, most] of [
        [[MOST + 1n, 0n, 0n], "pricePerContent", MOST + 1n, 0n, MOST],
        [[0n, MOST + 1n, DAY], "pricePerPeriod", MOST + 1n, 0n, MOST],
        [[1n, 0n, 1n], "period", 1n, 0n, 0n],
        [[0n, 1n, 0n], "period", 0n, 1n, 3_650n * DAY],
        [[0n, 1n, 3_650n * DAY + 1n], "period", 3_650n * DAY + 1n, 1n, 3_650n * DAY],
        [[0n, 1n, ethers.MaxUint256], "period", ethers.MaxUint256, 1n, 3_650n * DAY],
      ] as const) {
        await expect(factory.deploy(token, carol, perContent, perPeriod, period))
          .to.be.revertedWithCustomError(factory, "PaidContentConditionParameterOutOfBounds")
          .withArgs(ethers.encodeBytes32String(name), value, least, most);
      }
    });
  });

  describe("payContent", () => {
    it("takes the price from the payer to the beneficiary and keeps nothing", async () => {
      const { token, condition, alice, bob, beneficiary, distributor } = await loadFixture(market);
      await expect(condition.connect(alice).payContent(POLICY, bob, CONTENT)).to.changeTokenBalances(
        token,
        [alice, bob, beneficiary, condition, distributor],
        [-PRICE, 0n, PRICE, 0n, 0n],
      );
    });

    it("emits ContentPaid(policy, reader, content, payer, price)", async () => {
      const { condition, alice, bob } = await loadFixture(market);
      await expect(condition.connect(alice).payContent(POLICY, bob, CONTENT))
        .to.emit(condition, "ContentPaid")
        .withArgs(POLICY, bob.address, CONTENT, alice.address, PRICE);
    });

    it("lets the reader read that content of that policy for ever, and nobody and nothing else", async () => {
      const { condition, alice, bob, carol } = await loadFixture(market);
      expect(await nodeAllows(condition, bob.address)).to.equal(false);
      await condition.connect(alice).payContent(POLICY, bob, CONTENT);
      expect(await condition.isPaid(POLICY, bob, CONTENT)).to.equal(true);
      expect(await nodeAllows(condition, bob.address)).to.equal(true);
      for (const reader of [alice, carol]) expect(await nodeAllows(condition, reader.address)).to.equal(false);
      expect(await nodeAllows(condition, bob.address, { policy: OTHER })).to.equal(false);
      for (const data of ["0x", `${CAPSULE}00`, CAPSULE.slice(0, -2), CONTENT]) {
        expect(await nodeAllows(condition, bob.address, { data })).to.equal(false);
      }
      await mineAt(BigInt(await time.latest()) + 36_500n * DAY);
      expect(await nodeAllows(condition, bob.address)).to.equal(true);
    });

    it("sells the same content to two readers, and two contents to one", async () => {
      const { token, condition, alice, bob, beneficiary } = await loadFixture(market);
      const own = condition.connect(alice);
      await own.payContent(POLICY, alice, CONTENT);
      await own.payContent(POLICY, bob, CONTENT);
      await own.payContent(POLICY, bob, ethers.keccak256("0x"));
      await own.payContent(OTHER, bob, CONTENT);
      expect(await nodeAllows(condition, bob.address, { data: "0x" })).to.equal(true);
      expect(await token.balanceOf(beneficiary)).to.equal(4n * PRICE);
      expect(await token.balanceOf(alice)).to.equal(PURSE - 4n * PRICE);
    });

    it("reverts with PaidContentConditionPaidAlready(policy, reader, content), whoever pays", async () => {
      const { token, condition, alice, bob } = await loadFixture(market);
      await condition.connect(alice).payContent(POLICY, bob, CONTENT);
      for (const payer of [alice, bob]) {
        await expect(condition.connect(payer).payContent(POLICY, bob, CONTENT))
          .to.be.revertedWithCustomError(condition, "PaidContentConditionPaidAlready")
          .withArgs(POLICY, bob.address, CONTENT);
      }
      expect(await token.balanceOf(alice)).to.equal(PURSE - PRICE);
    });

    it("reverts with PaidContentConditionNoReader() and, if contents aren't sold, NoContents()", async () => {
      const here = await loadFixture(market);
      const { condition, alice, bob } = here;
      const noReader = condition.connect(alice).payContent(POLICY, ethers.ZeroAddress, CONTENT);
      await expect(noReader).to.be.revertedWithCustomError(condition, "PaidContentConditionNoReader");
      const other = await offer({ ...here, perContent: 0n, perPeriod: 1n, period: 1n });
      const notSold = other.connect(alice).payContent(POLICY, bob, CONTENT);
      await expect(notSold).to.be.revertedWithCustomError(other, "PaidContentConditionNoContents");
    });

    it("reverts with the token's errors, and nothing is paid then", async () => {
      const { token, condition, alice, bob } = await loadFixture(market);
      await token.connect(alice).approve(condition, PRICE - 1n);
      await expect(condition.connect(alice).payContent(POLICY, bob, CONTENT))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await condition.getAddress(), PRICE - 1n, PRICE);
      await token.connect(bob).approve(condition, PRICE);
      await expect(condition.connect(bob).payContent(POLICY, bob, CONTENT))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
        .withArgs(bob.address, 0n, PRICE);
      expect(await condition.isPaid(POLICY, bob, CONTENT)).to.equal(false);
      expect(await nodeAllows(condition, bob.address)).to.equal(false);
    });
  });

  describe("subscribe", () => {
    it("takes price times periods from the payer to the beneficiary and keeps nothing", async () => {
      const { token, condition, alice, bob, beneficiary } = await loadFixture(market);
      await expect(condition.connect(alice).subscribe(POLICY, bob, 7n)).to.changeTokenBalances(
        token,
        [alice, bob, beneficiary, condition],
        [-7n * PER_DAY, 0n, 7n * PER_DAY, 0n],
      );
    });

    it("emits Subscribed(policy, reader, payer, periods, price, until)", async () => {
      const { condition, alice, bob } = await loadFixture(market);
      const moment = BigInt(await time.latest()) + 10n;
      await nextTransactionAt(moment);
      await expect(condition.connect(alice).subscribe(POLICY, bob, 7n))
        .to.emit(condition, "Subscribed")
        .withArgs(POLICY, bob.address, alice.address, 7n, 7n * PER_DAY, moment + 7n * DAY);
    });

    it("lets the reader read everything of that policy until the last second, and nobody else", async () => {
      const { condition, alice, bob } = await loadFixture(market);
      await condition.connect(alice).subscribe(POLICY, bob, 2n);
      const until = await condition.paidUntil(POLICY, bob);
      expect(until).to.equal(BigInt(await time.latest()) + 2n * DAY);
      for (const [moment, allowed] of [
        [until - DAY, true],
        [until - 1n, true],
        [until, false],
        [until + 1n, false],
      ] as const) {
        await mineAt(moment);
        for (const data of ["0x", CAPSULE])
          expect(await nodeAllows(condition, bob.address, { data })).to.equal(allowed);
        expect(await nodeAllows(condition, bob.address, { policy: OTHER })).to.equal(false);
        expect(await nodeAllows(condition, alice.address)).to.equal(false);
      }
    });

    it("goes on from the end of a subscription that runs, and from now if it is over", async () => {
      const { condition, alice, bob } = await loadFixture(market);
      const own = condition.connect(alice);
      await own.subscribe(POLICY, bob, 1n);
      const first = await condition.paidUntil(POLICY, bob);
      await own.subscribe(POLICY, bob, 2n);
      expect(await condition.paidUntil(POLICY, bob)).to.equal(first + 2n * DAY);
      for (const late of [0n, 1n, 5n * DAY]) {
        const end = await condition.paidUntil(POLICY, bob);
        await nextTransactionAt(end + late);
        await own.subscribe(POLICY, bob, 1n);
        expect(await condition.paidUntil(POLICY, bob)).to.equal(end + late + DAY);
      }
    });

    it("takes 1 and 3,650 periods, and reverts with PaidContentConditionPeriods(periods, 1, 3650) for others", async () => {
      const here = await loadFixture(market);
      const { token, alice, bob } = here;
      const condition = await offer({ ...here, perContent: 0n, perPeriod: 1n, period: 3_650n * DAY });
      await token.connect(alice).approve(condition, ethers.MaxUint256);
      const own = condition.connect(alice);
      await own.subscribe(POLICY, bob, 1n);
      await own.subscribe(POLICY, bob, 3_650n);
      expect(await token.balanceOf(alice)).to.equal(PURSE - 3_651n);
      for (const periods of [0n, 3_651n, 2n ** 32n + 1n, ethers.MaxUint256]) {
        await expect(own.subscribe(POLICY, bob, periods))
          .to.be.revertedWithCustomError(condition, "PaidContentConditionPeriods")
          .withArgs(periods, 1n, 3_650n);
      }
    });

    it("reverts with PaidContentConditionNoReader() and, if there are no subscriptions, NoSubscriptions()", async () => {
      const here = await loadFixture(market);
      const { condition, alice, bob } = here;
      const noReader = condition.connect(alice).subscribe(POLICY, ethers.ZeroAddress, 1n);
      await expect(noReader).to.be.revertedWithCustomError(condition, "PaidContentConditionNoReader");
      const other = await offer({ ...here, perContent: 1n, perPeriod: 0n, period: 0n });
      const notSold = other.connect(alice).subscribe(POLICY, bob, 1n);
      await expect(notSold).to.be.revertedWithCustomError(other, "PaidContentConditionNoSubscriptions");
    });

    it("reverts with the token's errors, and nothing is paid then", async () => {
      const { token, condition, alice, bob } = await loadFixture(market);
      await expect(condition.connect(alice).subscribe(POLICY, bob, 201n))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
        .withArgs(alice.address, PURSE, 201n * PER_DAY);
      expect(await condition.paidUntil(POLICY, bob)).to.equal(0n);
      await condition.connect(alice).subscribe(POLICY, bob, 200n);
      expect(await token.balanceOf(alice)).to.equal(0n);
    });
  });

  it("doesn't take false for a payment, from a token that doesn't revert", async () => {
    const { alice, bob, carol } = await loadFixture(people);
    const token = await answeringNumber(0n);
    const parameters = [await token.getAddress(), carol.address, 1n, 1n, 1n] as const;
    const condition = await ethers.deployContract("PaidContentCondition", [...parameters]);
    for (const call of [
      () => condition.connect(alice).payContent(POLICY, bob, CONTENT),
      () => condition.connect(alice).subscribe(POLICY, bob, 1n),
    ]) {
      await expect(call())
        .to.be.revertedWithCustomError(condition, "SafeERC20FailedOperation")
        .withArgs(await token.getAddress());
    }
  });

  it("has no other function that changes state, whoever calls", async () => {
    const { condition } = await loadFixture(market);
    const changing = condition.interface.fragments.filter(
      (fragment): fragment is FunctionFragment => FunctionFragment.isFragment(fragment) && !fragment.constant,
    );
    expect(changing.map((fragment) => fragment.format()).sort()).to.deep.equal([
      "payContent(bytes32,address,bytes32)",
      "subscribe(bytes32,address,uint256)",
    ]);
  });
});
