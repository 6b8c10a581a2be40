import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { passPeriods } from "../helpers/time";
import { Economy } from "../models/economy";
import { Policies } from "../models/policies";
import { draftPolicy, MINER_STAKE, OFFER, operatorOf, PAYER, policyTaskNetwork, signerOf } from "./policyScene";
import { expectComplaint, expectRefusal } from "./refusals";
import { listener, run } from "./run";
import { load, taskFolder, taskNetwork } from "./scene";

describe("miner tasks", () => {
  const folder = taskFolder();
  const at = (name: string): string => join(folder, name);

  const miner = (task: string, args: Record<string, unknown> = {}, io = listener()) =>
    run("miner", task, { account: 1n, ...args }, io);

  describe("bond and unbond an operator", () => {
    async function consented() {
      const network = await load(taskNetwork);
      const out = at("consent.json");
      const io = listener();
      await run("miner", "consent", { account: 11n, miner: signerOf(network, 1).address, out }, io);
      return { ...network, out, io };
    }

    it("with its own signed consent, from the next period on", async () => {
      const network = await consented();
      const { registry, escrow, out, io } = network;
      const operator = signerOf(network, 11).address;
      expect(io.lines.join("\n")).to.include(`You work as the operator of miner ${signerOf(network, 1).address}`);
      await miner("bond-operator", { consent: out });
      const bond = await registry.bondOf(signerOf(network, 1));
      expect([bond.operator, bond.since]).to.deep.equal([operator, (await escrow.currentPeriod()) + 1n]);

      const { words } = await miner("unbond-operator");
      expect(words.join(" ")).to.include(`${operator} stops working`);
      expect(await registry.minerOf(operator)).to.equal(ethers.ZeroAddress);
      await expectRefusal(miner("unbond-operator"), "MinerRegistryNotBonded", { miner: signerOf(network, 1).address });
    });

    it("not for another miner, and not by another file", async () => {
      const network = await consented();
      const other = miner("bond-operator", { consent: network.out, account: 2n });
      await expectComplaint(other, "OTHER_SIGNATURE", /consent\.json\.miner$/, signerOf(network, 2).address);
      await expectComplaint(miner("bond-operator", { consent: at("none.json") }), "BAD_FILE", at("none.json"));
      const file = JSON.parse(readFileSync(network.out, "utf8")) as Record<string, string>;
      expect(Object.keys(file)).to.deep.equal(["kind", "miner", "operator", "nonce", "deadline", "signature"]);
    });
  });

  it("set pledge, advice, endpoint and payout", async () => {
    const network = await load(taskNetwork);
    const { registry, escrow } = network;
    const account = signerOf(network, 1);
    await miner("set-pledge", { limit: nkms("500"), maxCollateralPercent: 50n });
    await miner("set-pledge", { limit: nkms("600") });
    await miner("set-advice", { minFee: nkms("1"), maxPeriods: 90n });
    expect((await registry.termsOf(account)).maxPolicyPeriods).to.equal(90n);
    await miner("set-advice", { minFee: nkms("0.5") });
    await miner("set-endpoint", { url: "https://node.example" });
    await miner("set-payout", { to: signerOf(network, 2).address });
    const terms = await registry.termsOf(account);
    expect([terms.pledgeLimit, terms.maxCollateralPercent]).to.deep.equal([nkms("600"), 50n]);
    expect([terms.minFeePerPeriod, terms.maxPolicyPeriods]).to.deep.equal([nkms("0.5"), 0n]);
    expect(await registry.endpointOf(account)).to.equal("https://node.example");
    expect(await escrow.payoutOf(account)).to.equal(signerOf(network, 2).address);

    await miner("set-endpoint", { url: "" });
    await miner("set-payout", { to: account.address });
    expect(await registry.endpointOf(account)).to.equal("");
    expect(await escrow.payoutOf(account)).to.equal(account.address);

    await expectRefusal(miner("set-endpoint", { url: "x".repeat(257) }), "MinerRegistryEndpointTooLong", {
      length: 257n,
      most: 256n,
    });
    await expectRefusal(miner("set-pledge", { limit: 1n, maxCollateralPercent: 0n }), "MinerRegistryTermOutOfBounds", {
      value: 0n,
      least: 1n,
      most: 2n ** 32n - 1n,
    });
    await expectRefusal(miner("set-payout", { to: await escrow.getAddress() }), "StakeEscrowPayoutIsEscrow", {});
  });

  it("claim health pay only when there is some, and resume only who is paused", async () => {
    const network = await load(policyTaskNetwork);
    const address = signerOf(network, 1).address;
    await expectRefusal(miner("claim-health-pay"), "HealthVoteNothingToPay", { miner: address });
    await expectRefusal(miner("resume"), "StakeEscrowNotPaused", { miner: address });
    await expectRefusal(miner("claim-fees"), "PolicyManagerNothingToPay", { account: address, from: 0n });
  });

  it("resume a paused miner, by itself or by its operator", async () => {
    const network = await load(policyTaskNetwork);
    const { escrow, health, parameters, wiredIn } = network;
    const economy = new Economy(parameters, wiredIn);
    economy.toPeriod((await escrow.currentPeriod()) - 1n);
    for (const name of ["1", "2", "3", "4"]) economy.lock(name, MINER_STAKE, 300n);
    economy.toPeriod(await escrow.currentPeriod());

    const voters = await ethers.getImpersonatedSigner(await health.getAddress());
    await ethers.provider.send("hardhat_setBalance", [voters.address, ethers.toBeHex(ethers.parseEther("1"))]);
    for (const number of [1, 2]) await escrow.connect(voters).pause(signerOf(network, number));
    economy.pause("1");
    economy.pause("2");
    const io = listener();
    await run("stake", "status", { account: "1" }, io);
    expect(io.lines.join("\n")).to.match(/health +paused by the health votes in block \d+: `miner resume` ends that/);

    await expectRefusal(
      miner("resume", { account: 3n, miner: signerOf(network, 1).address }),
      "StakeEscrowNotMinerOrOperator",
      {
        caller: signerOf(network, 3).address,
        miner: signerOf(network, 1).address,
        operator: signerOf(network, operatorOf(1)).address,
      },
    );
    await miner("resume");
    await miner("resume", { account: BigInt(operatorOf(2)), miner: signerOf(network, 2).address });
    economy.resume("1", "1", "");
    economy.resume("2", "2", "");
    economy.toPeriod(await passPeriods(escrow, 5n));
    for (const number of [1, 2, 3]) {
      const address = signerOf(network, number).address;
      expect(await escrow.claimable(address)).to.equal(economy.claimable(String(number)));
    }
  });

  it("take a miner out of draws and free its number, by anybody, once its stake has ended", async () => {
    const network = await load(taskNetwork);
    const { escrow, parameters } = network;
    const [gone, nobody] = [signerOf(network, 1).address, signerOf(network, 2).address];
    const periods = parameters.escrow.shortestLock;
    await run("stake", "lock", { amount: nkms("20,000"), periods, account: 1n });
    const { number } = await escrow.minerOf(gone);
    const freeFrom = (await escrow.currentPeriod()) + 1n + periods + parameters.escrow.vesting;
    await expectRefusal(miner("release-number"), "StakeEscrowNumberInUse", { miner: gone, freeFrom });

    await passPeriods(escrow, periods + 1n);
    expect(await escrow.members()).to.equal(1n);
    await miner("update-weight", { miner: gone, account: 3n });
    expect(await escrow.members()).to.equal(0n);

    await passPeriods(escrow, parameters.escrow.vesting);
    await run("stake", "withdraw", { account: 1n });
    const { words } = await miner("release-number", { miner: gone, account: 3n });
    expect(words.join(" ")).to.include(`Free number ${number} of ${gone}`);
    expect((await escrow.holderOf(number)).miner).to.equal(ethers.ZeroAddress);
    await expectComplaint(miner("release-number", { miner: nobody }), "NOT_FOUND", "number", nobody);
  });

  describe("in a policy", () => {
    async function serving() {
      const network = await load(policyTaskNetwork);
      const { escrow, parameters } = network;
      const model = new Policies(parameters.policies, await escrow.currentPeriod());
      const { terms, acceptances, policy, miners } = await draftPolicy(network, folder);
      await run("policy", "create", { policy: terms, acceptances, account: BigInt(PAYER) });
      model.create("p", { payer: "payer", ...OFFER, miners: miners.map(String) });
      const pass = async (periods: bigint): Promise<void> => model.toPeriod(await passPeriods(escrow, periods));
      const [first = 0] = miners;
      return { ...network, model, policy, pass, first, address: signerOf(network, first).address };
    }

    it("claim the fees of all periods through the current one", async () => {
      const { model, pass, first, address, token } = await serving();
      await pass(3n);
      const before = await token.balanceOf(address);
      const { words } = await miner("claim-fees", { account: BigInt(first) });
      expect(words.join(" ")).to.include("Pay 6 NKMS of fees to you");
      expect((await token.balanceOf(address)) - before).to.equal(model.claim(String(first)));
    });

    it("resign for one period's fee, as the words and the model say", async () => {
      const { model, pass, first, address, policies, policy, token } = await serving();
      await pass(4n);
      const { words } = await miner("resign", { policy, account: BigInt(first) });
      const { closing, penalty } = model.resign("p", 0);
      expect(words.join(" "))
        .to.include("You keep 8 NKMS of its fee; 12 NKMS go back to the payer.")
        .and.include("That costs you one period's fee, 2 NKMS");
      expect([closing.earned, closing.refunded + closing.held, penalty]).to.deep.equal([
        nkms("8"),
        nkms("12"),
        nkms("2"),
      ]);
      expect(await policies.claimableFees(address)).to.equal(model.claimable(String(first)));
      expect(await token.balanceOf(policies)).to.equal(model.holds);
      expect(await policies.reservedNow(address)).to.equal(model.reservedIn(String(first)));
      await expectComplaint(miner("resign", { policy, account: BigInt(first) }), "NOT_FOUND", "arrangement");
    });

    it("settle what is reserved no longer", async () => {
      const { model, pass, address, policies, first } = await serving();
      await pass(15n);
      expect(await policies.reserved(address)).to.equal(nkms("35"));
      const { words } = await miner("settle", { account: 7n, miner: address });
      expect(words.join(" ")).to.include("0 NKMS instead of 35 NKMS");
      expect(await policies.reserved(address)).to.equal(model.reservedIn(String(first)));
    });
  });
});
