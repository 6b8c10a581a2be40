import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Terms } from "@nkms/protocol";
import { formatPack, makePack, packKfragHash } from "@nkms/verifier";
import { expect } from "chai";
import { AbiCoder, concat, hexlify, toUtf8Bytes } from "ethers";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { passPeriods } from "../helpers/time";
import { Policies } from "../models/policies";
import { draftPolicy, MINERS, OFFER, operatorOf, OWNER, PAYER, policyTaskNetwork, signerOf } from "./policyScene";
import { expectComplaint, expectRefusal } from "./refusals";
import { listener, run } from "./run";
import { load, PURSE, taskFolder } from "./scene";

const DRAW = { miners: 3n, spares: 1n, ...OFFER, seed: 7n };

describe("policy tasks", () => {
  const folder = taskFolder();
  const at = (name: string): string => join(folder, name);

  async function scene() {
    const network = await load(policyTaskNetwork);
    const { escrow, policies, token, parameters } = network;
    const model = new Policies(parameters.policies, await escrow.currentPeriod());
    const pass = async (periods: bigint): Promise<void> => model.toPeriod(await passPeriods(escrow, periods));
    /** What the payer has spent and what each miner can claim is as the model says. */
    const agrees = async (spent: bigint): Promise<void> => {
      expect(await token.balanceOf(signerOf(network, PAYER))).to.equal(PURSE - spent);
      expect(await token.balanceOf(policies)).to.equal(model.holds);
      expect(await policies.refundOf(signerOf(network, PAYER))).to.equal(model.refundOf("payer"));
      for (const miner of MINERS) {
        const address = signerOf(network, miner).address;
        expect(await policies.claimableFees(address), `fees of ${miner}`).to.equal(model.claimable(String(miner)));
        expect(await policies.reservedNow(address), `of ${miner}`).to.equal(model.reservedIn(String(miner)));
      }
    };
    return { ...network, model, pass, agrees };
  }

  /** A policy of three miners, created, and known to the model as "p". */
  async function granted(changes: { handOff?: boolean } = {}) {
    const known = await scene();
    const draft = await draftPolicy(known, folder, changes);
    const { terms, acceptances } = draft;
    const outcome = await run("policy", "create", { policy: terms, acceptances, account: BigInt(PAYER) });
    const fee = known.model.create("p", { payer: "payer", ...OFFER, miners: draft.miners.map(String) });
    return { ...known, ...draft, outcome, fee };
  }

  describe("draw", () => {
    it("draws whom the contract's own view draws with the same seed", async () => {
      const { escrow } = await scene();
      const { until, drawn, miners } = await run<{
        until: bigint;
        drawn: { miner: string }[];
        miners: { miner: string }[];
      }>("policy", "draw", DRAW);
      expect(until).to.equal((await escrow.currentPeriod()) + 1n + OFFER.periods + 3n);
      const expected = await escrow.draw(7n, 4n, until, 100_000n);
      expect(drawn.map(({ miner }) => miner)).to.deep.equal([...expected]);
      expect(miners).to.deep.equal(drawn.slice(0, 3));
    });

    it("draws fewer spares where there are fewer miners", async () => {
      const network = await scene();
      const { drawn } = await run<{ drawn: unknown[] }>("policy", "draw", { ...DRAW, spares: 9n });
      expect(drawn).to.have.lengthOf(MINERS.length);
      const two = await run<{ drawn: unknown[] }>("policy", "draw", { ...DRAW, miners: 1n, spares: undefined });
      expect(two.drawn, "two spares by default").to.have.lengthOf(3);
      const until = (await network.escrow.currentPeriod()) + 400n;
      expect(await network.escrow.lockedIn(signerOf(network, 1), until)).to.equal(0n);
      const long = run("policy", "draw", { ...DRAW, periods: 400n });
      await expectComplaint(
        long,
        "NOT_FOUND",
        "miners",
        "expected at most 0, as many as can be drawn with stake locked through",
      );
    });

    it("takes a spare for who can't take the offer, and says why", async () => {
      const network = await scene();
      const [first] = (await run<{ miners: { miner: string }[] }>("policy", "draw", DRAW)).miners;
      const number = MINERS.find((one) => signerOf(network, one).address === first?.miner) ?? 0;
      await run("miner", "set-pledge", { limit: nkms("34"), account: BigInt(number) });
      const io = listener();
      const { miners, drawn } = await run<{
        miners: { miner: string }[];
        drawn: { miner: string; obstacle: string }[];
      }>("policy", "draw", DRAW, io);
      expect(miners.map(({ miner }) => miner)).to.deep.equal(drawn.slice(1).map(({ miner }) => miner));
      expect(drawn[0]?.obstacle).to.equal("would need 35 NKMS to pledge");
      expect(io.lines.join("\n")).to.include("would need 35 NKMS to pledge");

      const greedy = run("policy", "draw", { ...DRAW, collateral: nkms("21") });
      await expectComplaint(greedy, "NOT_FOUND", "miners", "takes at most 20 NKMS of collateral");
      const many = run("policy", "draw", { ...DRAW, miners: 5n });
      await expectComplaint(
        many,
        "NOT_FOUND",
        "miners",
        "expected at most 4, as many as can be drawn with stake locked through",
      );
    });

    it("isn't stopped by an endpoint that is no text, and shows no characters that a terminal obeys", async () => {
      const network = await scene();
      const { registry } = network;
      const written = hexlify(toUtf8Bytes("x\u001b[2J\u202e\n"));
      const shown = "x\\u{1b}[2J\\u{202e}\\u{a}\ufffd";
      const data = concat([
        registry.interface.getFunction("setEndpoint").selector,
        AbiCoder.defaultAbiCoder().encode(["bytes"], [concat([written, "0xff"])]),
      ]);
      const miner = signerOf(network, 1);
      await miner.sendTransaction({ to: registry, data });

      const io = listener();
      await run("policy", "draw", { ...DRAW, miners: 4n, spares: 0n, out: at("draw.json") }, io);
      await run("stake", "status", { account: miner.address }, io);
      expect(io.lines.join("\n").split(shown), "in both").to.have.lengthOf(3);
      await run("network", "history", { out: at("history.csv") });
      expect(readFileSync(at("history.csv"), "utf8")).to.include(`answers at ${shown}`);
    });
  });

  describe("draft and accept", () => {
    it("write terms that say what each operator signs", async () => {
      const network = await scene();
      const { terms, miners, acceptances, policy } = await draftPolicy(network, folder);
      expect([...miners].sort()).to.have.lengthOf(3);
      const file = JSON.parse(readFileSync(terms, "utf8")) as {
        terms: { deadline: string; arrangements: { miner: string }[] };
      };
      const now = BigInt((await ethers.provider.getBlock("latest"))?.timestamp ?? 0);
      expect(Number(BigInt(file.terms.deadline) - now), "good for 7 days by default").to.be.closeTo(7 * 86_400, 60);
      const order = file.terms.arrangements.map(({ miner }) => BigInt(miner));
      expect(order).to.deep.equal([...order].sort((a, b) => (a < b ? -1 : 1)));
      const signed = JSON.parse(readFileSync(acceptances[0] ?? "", "utf8")) as Record<string, string>;
      expect(signed["policy"]).to.equal(policy);
      const operator = signerOf(network, operatorOf(miners[0] ?? 0)).address;
      expect(ethers.recoverAddress(policy, signed["signature"] ?? ""), "who signed the policy's id").to.equal(operator);
    });

    it("take the fragments of a challenge pack", async () => {
      const network = await scene();
      await run("policy", "draw", { ...DRAW, out: at("draw.json") });
      const pack = makePack({ capsules: 1, shares: 3, threshold: 2 });
      writeFileSync(at("pack.json"), formatPack(pack));
      const [owner, payer] = [signerOf(network, OWNER).address, signerOf(network, PAYER).address];
      const files = { draw: at("draw.json"), kfrags: at("pack.json"), out: at("packed.json") };
      const { terms } = await run<{ terms: Terms }>("policy", "draft", { ...files, owner, payer });
      const hashes = pack.kfrags.map((_, i) => packKfragHash(pack, i));
      expect(terms.arrangements.map(({ kfragHash }) => kfragHash)).to.have.members(hashes);
    });

    it("let an operator refuse, and refuse who isn't one and fragments that aren't the node's", async () => {
      const network = await scene();
      const { terms, miners } = await draftPolicy(network, folder);
      const account = BigInt(operatorOf(miners[0] ?? 0));
      const no = listener({ confirm: false });
      expect(await run("policy", "accept", { policy: terms, account, out: at("no.json"), yes: false }, no)).to.equal(
        undefined,
      );
      expect(no.lines.join("\n")).to.include("35 NKMS of its stake are reserved");
      const stranger = run("policy", "accept", { policy: terms, account: 7n, out: at("no.json") });
      await expectComplaint(stranger, "NO_SENDER", "sender", "one of the operators");
      const other = run("policy", "accept", {
        policy: terms,
        account,
        kfragHash: ethers.id("other"),
        out: at("no.json"),
      });
      await expectComplaint(other, "BAD_ARGUMENT", "fragment of arrangement 0");
    });

    it("refuse files that aren't what they must be", async () => {
      const network = await scene();
      const { terms } = await draftPolicy(network, folder);
      const draft = (kfrags: unknown) => {
        writeFileSync(at("kfrags.json"), JSON.stringify(kfrags));
        const [owner, payer] = [signerOf(network, OWNER).address, signerOf(network, PAYER).address];
        return run("policy", "draft", {
          draw: at("draw.json"),
          kfrags: at("kfrags.json"),
          owner,
          payer,
          out: at("t.json"),
        });
      };
      await expectComplaint(draft([ethers.id("a")]), "BAD_FILE", at("kfrags.json"), "3 hashes");
      await expectComplaint(
        draft([ethers.id("a"), ethers.id("b"), "0x12"]),
        "BAD_FILE",
        /kfrags\.json\.2$/,
        "32 bytes",
      );
      await expectComplaint(draft([ethers.id("a"), ethers.id("b"), ethers.id("a")]), "KFRAG_TWICE", /kfragHash$/);
      await expectComplaint(draft("none"), "BAD_FILE", /kfrags\.json/, "an array");

      const show = (text: string) => {
        writeFileSync(at("bad.json"), text);
        return run("policy", "show", { policy: at("bad.json") });
      };
      const good = readFileSync(terms, "utf8");
      await expectComplaint(show("{"), "BAD_FILE", at("bad.json"), "JSON");
      await expectComplaint(
        show(good.replace('"31337"', '"1"')),
        "OTHER_CHAIN",
        /domain\.chainId$/,
        "expected 31337, got 1",
      );
      await expectComplaint(show(good.replace('"rate"', '"fee"')), "BAD_FILE", /terms/);
      const none = run("policy", "show", { policy: at("none.json") });
      await expectComplaint(
        none,
        "BAD_FILE",
        "policy",
        "its id, 32 bytes as hex, or a file with its terms that is there",
      );
      await expectComplaint(run("policy", "show", { policy: ethers.id("none") }), "NOT_FOUND", "policy");
    });
  });

  describe("create", () => {
    it("pays the fee by one transaction, with a permit in it, and needs the acceptances in no order", async () => {
      const { agrees, fee, outcome, policies, policy, token, acceptances } = await granted();
      expect(fee).to.equal(nkms("60"));
      await agrees(fee);
      expect(outcome.transactions).to.have.lengthOf(1);
      expect(outcome.events.find(({ event }) => event === "Created")?.values["policy"]).to.equal(policy);
      expect(await token.allowance(outcome.account, policies)).to.equal(0n);
      expect(acceptances).to.have.lengthOf(3);
    });

    it("takes acceptances in any order", async () => {
      const network = await scene();
      const { terms, acceptances, policy } = await draftPolicy(network, folder);
      const reversed = [...acceptances].reverse();
      await run("policy", "create", { policy: terms, acceptances: reversed, account: BigInt(PAYER) });
      expect((await network.policies.policyOf(policy)).start).not.to.equal(0n);
    });

    it("sends nothing without all acceptances, with somebody else's, or from another account", async () => {
      const { agrees, ...network } = await scene();
      const { terms, acceptances } = await draftPolicy(network, folder);
      const create = (given: readonly string[], account = BigInt(PAYER)) =>
        run("policy", "create", { policy: terms, acceptances: given, account });
      await expectComplaint(create([]), "NOT_FOUND", "acceptances", "a file with the signature of 0x");
      await expectComplaint(create(acceptances.slice(1)), "NOT_FOUND", "acceptances");
      await expectComplaint(create(acceptances, 7n), "NO_SENDER", "sender", "the policy's payer");

      const forged = JSON.parse(readFileSync(acceptances[0] ?? "", "utf8")) as { policy: string; signature: string };
      const other = JSON.parse(readFileSync(acceptances[1] ?? "", "utf8")) as { signature: string };
      writeFileSync(at("forged.json"), JSON.stringify({ ...forged, signature: other.signature }));
      await expectComplaint(create([at("forged.json"), ...acceptances.slice(1)]), "WRONG_SIGNER", "acceptances[0]");
      writeFileSync(at("forged.json"), JSON.stringify({ ...forged, policy: ethers.id("other") }));
      await expectComplaint(create([at("forged.json")]), "OTHER_SIGNATURE", /forged\.json\.policy$/);
      await expectComplaint(create([terms]), "BAD_FILE", /terms\.json/);
      await agrees(0n);
    });

    it("refuses terms whose time is over, with dates", async () => {
      const { pass, ...network } = await scene();
      const { terms, acceptances } = await draftPolicy(network, folder);
      await pass(169n); // hours; the terms are good for 7 days
      const late = run("policy", "create", { policy: terms, acceptances, account: BigInt(PAYER) });
      await expectComplaint(late, "EXPIRED", "terms.deadline", " UTC or later; draft the policy anew, got ");
    });

    it("shows in words what a miner's own limits refuse", async () => {
      const network = await scene();
      const { terms, acceptances, miners } = await draftPolicy(network, folder);
      const miner = miners[0] ?? 0;
      await run("miner", "set-pledge", { limit: nkms("20"), account: BigInt(miner) });
      const refused = await expectRefusal(
        run("policy", "create", { policy: terms, acceptances, account: BigInt(PAYER) }),
        "PolicyManagerAbovePledge",
        { miner: signerOf(network, miner).address, needed: nkms("35"), limit: nkms("20") },
      );
      expect(refused.message)
        .to.include("needed = 35 NKMS, limit = 20 NKMS")
        .and.include("let the miner call `setPledge`");
    });
  });

  describe("revoke and refund", () => {
    it("give back what the model says, a part at once and a part after the window", async () => {
      const { model, pass, agrees, fee, policy, terms, miners } = await granted();
      await pass(3n);
      const revoked = await run("policy", "revoke", { policy, account: BigInt(OWNER) });
      const closings = [...model.revoke("p").values()];
      const [refunded, held] = [
        closings.reduce((all, one) => all + one.refunded, 0n),
        closings.reduce((all, one) => all + one.held, 0n),
      ];
      expect(revoked.answers.length).to.equal(2);
      expect([refunded, held]).to.deep.equal([nkms("30"), nkms("12")]);
      expect(revoked.words.join(" ")).to.include("30 NKMS at once, 12 NKMS from");
      await agrees(fee);

      const first = await run("policy", "refund", { account: BigInt(PAYER) });
      model.takeRefund("payer");
      await agrees(fee - refunded);
      expect(first.words.join(" ")).to.include("12 NKMS more can be fetched from");
      await expectComplaint(
        run("policy", "refund", { account: BigInt(PAYER) }),
        "NOT_FOUND",
        /^refunds of/,
        "12 NKMS from",
      );

      await pass(4n);
      await expectComplaint(run("policy", "refund", { account: BigInt(PAYER) }), "NOT_FOUND", /^refunds of/);
      await pass(1n);
      const heldFrom = closings[0]?.heldUntil ?? 0n;
      expect(model.now).to.equal(heldFrom);
      await run("policy", "refund", { account: BigInt(PAYER) });
      model.takeHeldRefund("payer", heldFrom);
      await agrees(fee - refunded - held);

      const miner = miners[0] ?? 0;
      const fees = model.claimable(String(miner));
      await run("miner", "claim-fees", { account: BigInt(miner) });
      expect(model.claim(String(miner))).to.equal(fees);
      await agrees(fee - refunded - held);

      const io = listener();
      await run("policy", "show", { policy: terms }, io);
      expect(io.lines.join("\n")).to.include("it was revoked").and.include("closed");
    });

    it("close one arrangement alone", async () => {
      const { model, agrees, fee, policy } = await granted();
      await run("policy", "revoke", { policy, index: 1n, account: BigInt(OWNER) });
      model.close("p", 1);
      await agrees(fee);
      await expectRefusal(
        run("policy", "revoke", { policy, index: 7n, account: BigInt(OWNER) }),
        "PolicyManagerNoArrangement",
        {
          policy,
          index: 7n,
        },
      );
    });

    it("take the owner's signature from anybody, once", async () => {
      const { model, agrees, fee, policy, accounts } = await granted();
      const signed = at("revocation.json");
      await run("policy", "sign-revocation", { policy, index: 1n, account: BigInt(OWNER), out: signed });
      await agrees(fee);
      await expectComplaint(
        run("policy", "revoke", { policy, signed, index: 2n, account: 7n }),
        "BAD_ARGUMENT",
        "index",
        "1, as in",
      );
      const { words } = await run("policy", "revoke", { policy, signed, account: 7n });
      expect(words.join(" ")).to.include("Close arrangement 1 of policy").and.include("has signed that");
      model.close("p", 1);
      await agrees(fee);
      await expectRefusal(run("policy", "revoke", { policy, signed, account: 7n }), "PolicyManagerNotOwner", {
        caller: accounts[7]?.address,
        owner: accounts[OWNER]?.address,
      });
    });

    it("let the owner sign away the whole policy, and nobody else", async () => {
      const { model, agrees, fee, policy } = await granted();
      const signed = at("all.json");
      await expectComplaint(
        run("policy", "sign-revocation", { policy, account: BigInt(PAYER), out: signed }),
        "NO_SENDER",
        "sender",
        "the policy's owner",
      );
      await run("policy", "sign-revocation", { policy, account: BigInt(OWNER), out: signed });
      const one = run("policy", "revoke", { policy, signed, index: 0n, account: 7n });
      await expectComplaint(one, "BAD_ARGUMENT", "index", "expected none: all arrangements, as in");
      await run("policy", "revoke", { policy, signed, account: 7n });
      model.revoke("p");
      await agrees(fee);
    });

    it("refuse who isn't the owner", async () => {
      const { policy, policies, accounts } = await granted();
      const [payer, owner] = [accounts[PAYER]?.address, accounts[OWNER]?.address];
      await expectRefusal(run("policy", "revoke", { policy, account: BigInt(PAYER) }), "PolicyManagerNotOwner", {
        caller: payer,
        owner,
      });
      expect((await policies.policyOf(policy)).closed).to.equal(0n);
    });
  });

  describe("renew", () => {
    it("takes the acceptances of open arrangements, and their fee", async () => {
      const { model, pass, agrees, fee, policy, miners } = await granted();
      await pass(2n);
      await run("policy", "revoke", { policy, index: 0n, account: BigInt(OWNER) });
      model.close("p", 0);
      const files: string[] = [];
      for (const miner of miners.slice(1)) {
        const out = at(`renewal-${miner}.json`);
        await run("policy", "accept-renewal", { policy, periods: 5n, account: BigInt(operatorOf(miner)), out });
        files.push(out);
      }
      const closed = run("policy", "accept-renewal", {
        policy,
        periods: 5n,
        account: BigInt(operatorOf(miners[0] ?? 0)),
        out: at("no.json"),
      });
      await expectComplaint(closed, "NO_SENDER", "sender", "one of the operators");
      await expectComplaint(
        run("policy", "renew", { policy, periods: 5n, acceptances: files.slice(1), account: BigInt(PAYER) }),
        "NOT_FOUND",
        "renewals",
      );
      const { words } = await run("policy", "renew", {
        policy,
        periods: 5n,
        acceptances: files,
        account: BigInt(PAYER),
      });
      const more = model.renew("p", 5n);
      expect(words.join(" ")).to.include("pay 20 NKMS for its 2 open arrangements");
      await agrees(fee + more);
    });
  });

  describe("take over, consent and hand off", () => {
    async function offered(handOff: boolean) {
      const known = await granted({ handOff });
      const { miners, policy, pass } = known;
      await pass(4n);
      const successor = MINERS.find((miner) => !miners.includes(miner)) ?? 0;
      const out = at("takeover.json");
      await run("policy", "take-over", { policy, index: 1n, account: BigInt(operatorOf(successor)), out });
      return { ...known, successor, out };
    }

    it("pass an arrangement on with the least collateral", async () => {
      const { model, agrees, fee, policy, miners, successor, out } = await offered(true);
      const collateral = model.leastCollateral("p", 1);
      expect(collateral).to.equal(nkms("9")); // 6 of 10 periods are left
      await run("miner", "hand-off", { policy, takeover: out, account: BigInt(miners[1] ?? 0) });
      model.handOff("p", 1, String(successor), collateral);
      await agrees(fee);

      const found = await run<{ policies: { arrangements: { index: bigint; policy: string; standing: string }[] } }>(
        "stake",
        "status",
        { account: String(successor) },
      );
      expect(found.policies.arrangements).to.have.lengthOf(1);
      expect(found.policies.arrangements[0]).to.include({ index: 3n, policy, standing: "open" });
    });

    it("need the owner's consent where the terms ask for it", async () => {
      const { model, agrees, fee, policy, miners, successor, out } = await offered(false);
      const account = BigInt(miners[1] ?? 0);
      await expectComplaint(run("miner", "hand-off", { policy, takeover: out, account }), "BAD_ARGUMENT", "consent");
      const consent = at("consent.json");
      await expectComplaint(
        run("policy", "consent", { policy, takeover: out, account: BigInt(PAYER), out: consent }),
        "NO_SENDER",
        "sender",
        "the policy's owner",
      );
      await run("policy", "consent", { policy, takeover: out, account: BigInt(OWNER), out: consent });
      await run("miner", "hand-off", { policy, takeover: out, consent, account });
      model.handOff("p", 1, String(successor), nkms("9"));
      await agrees(fee);

      await run("policy", "revoke", { policy, index: 3n, account: BigInt(OWNER) });
      const io = listener();
      await run("policy", "show", { policy }, io);
      await run("stake", "status", { account: String(successor) }, io);
      expect(io.lines.join("\n").match(/│ never +│/g), "it never served").to.have.lengthOf(2);
    });

    it("refuse who doesn't serve the arrangement, and whose miner nobody knows", async () => {
      const { policy, out, successor } = await offered(true);
      await expectComplaint(
        run("miner", "hand-off", { policy, takeover: out, account: 7n }),
        "NOT_FOUND",
        "arrangement",
      );
      const stranger = run("policy", "take-over", { policy, index: 0n, account: 7n, out: at("no.json") });
      await expectComplaint(stranger, "NOT_FOUND", "sender", "works for nobody");
      const account = BigInt(operatorOf(successor));
      const none = run("policy", "take-over", { policy, index: 7n, account, out: at("no.json") });
      await expectRefusal(none, "PolicyManagerNoArrangement", { policy, index: 7n });
    });
  });

  it("create and revoke for a payer and owner that is a contract, by what --unsigned writes", async () => {
    const network = await scene();
    const { token, policies, agrees, model } = network;
    const wallet = await ethers.deployContract("Wallet__Mock");
    const address = await wallet.getAddress();
    await token.transfer(address, nkms("100"));
    const { terms, acceptances, policy, miners } = await draftPolicy(network, folder, {
      owner: address,
      payer: address,
    });
    const execute = async (task: string, args: Record<string, unknown>): Promise<void> => {
      await run("policy", task, { from: address, unsigned: at("wallet.json"), ...args });
      const calls = JSON.parse(readFileSync(at("wallet.json"), "utf8")) as { to: string; data: string }[];
      await wallet.execute(
        calls.map(({ to }) => to),
        calls.map(() => 0n),
        calls.map(({ data }) => data),
      );
    };
    await execute("create", { policy: terms, acceptances });
    model.create("p", { payer: "wallet", ...OFFER, miners: miners.map(String) });
    await agrees(0n);
    expect(await token.balanceOf(address)).to.equal(nkms("40"));
    await execute("revoke", { policy });
    model.revoke("p");
    await execute("refund", {});
    expect(await token.balanceOf(address)).to.equal(nkms("40") + model.takeRefund("wallet"));
    expect(await token.balanceOf(policies)).to.equal(model.holds);
  });
});
