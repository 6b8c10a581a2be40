import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import {
  ALL_ARRANGEMENTS,
  type Arrangement,
  checkTerms,
  consentTypedData,
  describeAcceptance,
  kfragHash,
  leastCollateral,
  policyDomain,
  policyFee,
  policyId,
  policyTypedData,
  renewalFee,
  renewalTypedData,
  revocationTypedData,
  signerOf,
  sortArrangements,
  splitFee,
  takeoverTypedData,
  type Terms,
  verifyAcceptances,
} from "@nkms/protocol";
import { KeyFrag, SecretKey, Signer, generateKFrags } from "@nkms/umbral";
import { expect } from "chai";
import { ethers } from "hardhat";

import { nkms } from "../../deploy/parameters/units";
import { domainOf, policyNetwork, policyTypes, type PolicyMiner, type PolicyNetwork } from "../helpers/policies";
import { passPeriods } from "../helpers/time";

const DEADLINE = ethers.MaxUint256;

/** Everything here is written and signed with the package; the contract is the judge. */
async function scene() {
  const network = await policyNetwork();
  const { chainId } = await ethers.provider.getNetwork();
  const domain = policyDomain(chainId, await network.policies.getAddress());
  const terms = termsOf(network, network.miners.slice(0, 3));
  return { ...network, domain, terms, id: policyId(terms, domain) };
}
type Scene = Awaited<ReturnType<typeof scene>>;

function termsOf({ owner, payer }: PolicyNetwork, miners: readonly PolicyMiner[]): Terms {
  const hashes = kfragHashes(miners.length);
  const arrangements: Arrangement[] = miners.map(({ account, operator }, i) => ({
    miner: account.address,
    operator: operator.address,
    kfragHash: hashes[i] ?? "",
  }));
  return {
    owner: owner.address,
    payer: payer.address,
    periods: 10n,
    deadline: DEADLINE,
    rate: nkms("2"),
    collateral: nkms("15"),
    condition: ethers.ZeroAddress,
    handOff: false,
    salt: ethers.id("salt"),
    arrangements: sortArrangements(arrangements.reverse()),
  };
}

/** Of real fragments, as a node gets them. */
function kfragHashes(count: number): string[] {
  const signer = new Signer(SecretKey.random());
  const kfrags = generateKFrags(SecretKey.random(), SecretKey.random().publicKey(), signer, 2, count, true, true);
  return kfrags.map((sent) => {
    const { id, precursor, proof } = KeyFrag.fromBytes(sent.toBytes());
    const [commitment, receiverSignature] = [proof.commitment.toBytes(), proof.signatureForReceiver.toBEBytes()];
    const parts = { id, precursor: precursor.toBytes(), commitment, receiverSignature };
    const joined = ethers.concat([id, parts.precursor, commitment, receiverSignature]);
    expect(ethers.dataLength(joined)).to.equal(162);
    expect(kfragHash(parts)).to.equal(ethers.keccak256(joined));
    return kfragHash(parts);
  });
}

async function accept({ miners, domain }: Scene, terms: Terms): Promise<string[]> {
  const signers = terms.arrangements.map(({ operator }) => miners.find((one) => one.operator.address === operator));
  return Promise.all(
    signers.map((miner) => {
      if (!miner) throw new Error("expected an operator of the network");
      return miner.operator.signTypedData(...policyTypedData(terms, domain));
    }),
  );
}

/** The policy exists, created with signatures of the package. */
async function created() {
  const here = await scene();
  await here.policies.connect(here.payer).create(here.terms, await accept(here, here.terms));
  return here;
}

describe("@nkms/protocol and the policy manager", () => {
  it("agree about the domain", async () => {
    const { policies, domain } = await loadFixture(scene);
    expect(await domainOf(policies)).to.deep.equal(domain);
  });

  it("agree about ids, for every field and for 1 and 160 arrangements", async () => {
    const { policies, terms, domain } = await loadFixture(scene);
    const many = Array.from({ length: 160 }, (_, i) => ({
      miner: ethers.toBeHex(i + 1, 20),
      operator: ethers.toBeHex(i + 1_000, 20),
      kfragHash: ethers.id(`${i}`),
    }));
    const condition = ethers.toBeHex(9, 20);
    const changes: Partial<Terms>[] = [
      {},
      { handOff: true, condition, periods: 1n, rate: 1n, collateral: 2n ** 256n - 1n, deadline: 0n },
      { arrangements: terms.arrangements.slice(0, 1) },
      { arrangements: many },
      { arrangements: [] },
    ];
    for (const change of changes) {
      const changed = { ...terms, ...change };
      expect(await policies.policyId(changed)).to.equal(policyId(changed, domain));
    }
  });

  it("agree about acceptances, and so does a second definition of the types", async () => {
    const here = await loadFixture(scene);
    const { policies, escrow, payer, terms, domain, id, miners } = here;
    checkTerms(terms, { minCollateral: await policies.MIN_COLLATERAL() });
    const acceptances = await accept(here, terms);
    verifyAcceptances(terms, acceptances, domain);
    expect(acceptances[0]).to.equal(await miners[0]?.operator.signTypedData(domain, policyTypes, terms));
    await expect(policies.connect(payer).create(terms, acceptances)).to.changeTokenBalances(
      here.token,
      [payer, policies],
      [-policyFee(terms), policyFee(terms)],
    );
    expect((await policies.policyOf(id)).start).to.equal((await escrow.currentPeriod()) + 1n);
  });

  it("agree about who signed what isn't signed well", async () => {
    const here = await loadFixture(scene);
    const { policies, payer, terms, domain, stranger } = here;
    const [good = "", ...others] = await accept(here, terms);
    const { r, s, yParity, compactSerialized } = ethers.Signature.from(good);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = ethers.toBeHex(order - BigInt(s), 32);
    const data = policyTypedData(terms, domain);
    for (const wrong of [
      "0x",
      compactSerialized,
      `${good}00`,
      ethers.concat([r, s, ethers.toBeHex(yParity, 1)]),
      ethers.concat([r, high, yParity === 0 ? "0x1c" : "0x1b"]),
      await stranger.signTypedData(...data),
      await stranger.signTypedData(...policyTypedData(terms, { ...domain, chainId: 1n })),
    ]) {
      const [{ miner, operator } = { miner: "", operator: "" }] = terms.arrangements;
      await expect(policies.connect(payer).create(terms, [wrong, ...others]))
        .to.be.revertedWithCustomError(policies, "PolicyManagerWrongSigner")
        .withArgs(miner, signerOf(data, wrong) ?? ethers.ZeroAddress, operator);
      expect(() => verifyAcceptances(terms, [wrong, ...others], domain)).to.throw(/^acceptances\[0\]: expected/);
    }
  });

  it("agree about renewals and their price", async () => {
    const { policies, payer, token, terms, domain, id, miners } = await loadFixture(created);
    const { end } = await policies.policyOf(id);
    const renewal = { policy: id, oldEnd: end, newEnd: end + 5n };
    const acceptances = await Promise.all(
      miners.slice(0, 3).map(({ operator }) => operator.signTypedData(...renewalTypedData(renewal, domain))),
    );
    await expect(policies.connect(payer).renew(terms, 5n, acceptances)).to.changeTokenBalance(
      token,
      payer,
      -renewalFee(terms, 5n, 3n),
    );
    expect((await policies.policyOf(id)).end).to.equal(end + 5n);
  });

  it("agree about takeovers, consents, and the least collateral", async () => {
    const { policies, owner, terms, domain, id, miners, escrow } = await loadFixture(created);
    const [, from, , to] = miners;
    if (!from || !to) throw new Error("expected four miners");
    await passPeriods(escrow, 4n); // the fourth is served through, 6 are left
    const collateral = leastCollateral(await policies.MIN_COLLATERAL(), terms.collateral, 10n, 6n);
    const [miner, operator, index, deadline] = [to.account.address, to.operator.address, 1n, DEADLINE];
    const { end } = await policies.policyOf(id);
    const consent = { policy: id, index, miner, nonce: await policies.nonces(owner), deadline };
    expect(consent.nonce, "index and nonce must differ to be told apart").to.equal(0n);
    const signed = async (amount: bigint) => {
      const takeover = { policy: id, index, miner, operator, collateral: amount, end, deadline };
      return {
        ...takeover,
        acceptance: await to.operator.signTypedData(...takeoverTypedData(takeover, domain)),
        consent: await owner.signTypedData(...consentTypedData(consent, domain)),
      };
    };
    const grain = 10n ** 9n;
    await expect(policies.connect(from.account).handOff(terms, index, await signed(collateral - grain)))
      .to.be.revertedWithCustomError(policies, "PolicyManagerTermOutOfBounds")
      .withArgs(ethers.encodeBytes32String("collateral"), collateral - grain, collateral, await maxAmount(policies));
    await policies.connect(from.account).handOff(terms, index, await signed(collateral));
    expect((await policies.standingOf(terms, 3n)).miner).to.equal(miner);
  });

  it("agree about revocations of one arrangement and of all, and what comes back", async () => {
    const { policies, owner, stranger, terms, domain, id, escrow, parameters } = await loadFixture(created);
    const floor = parameters.policies.floorPercent;
    await passPeriods(escrow, 3n); // the third is served through
    for (const [index, arrangements] of [
      [1n, 1n],
      [ALL_ARRANGEMENTS, 2n],
    ] as const) {
      const revocation = { policy: id, index, nonce: await policies.nonces(owner), deadline: DEADLINE };
      const signature = await owner.signTypedData(...revocationTypedData(revocation, domain));
      const { refunded, held } = splitFee(terms, 3n, floor);
      const call = policies.connect(stranger).revokeBySignature;
      expect(await call.staticCall(terms, index, DEADLINE, signature)).to.deep.equal([
        refunded * arrangements,
        held * arrangements,
      ]);
      await call(terms, index, DEADLINE, signature);
    }
    expect((await policies.policyOf(id)).closed).to.equal((await escrow.currentPeriod()) + 1n);
  });

  it("agree about the latest end that an acceptance is described with", async () => {
    const here = await loadFixture(scene);
    const { policies, payer, terms, domain, escrow } = here;
    const [secondsPerPeriod, window] = [await escrow.PERIOD(), await policies.WINDOW()];
    const next = ((await escrow.currentPeriod()) + 1n) * secondsPerPeriod;
    const soon = { ...terms, deadline: next - 1n };
    await policies.connect(payer).create(soon, await accept(here, soon));
    const { end } = await policies.policyOf(policyId(soon, domain));
    const words = describeAcceptance(soon, 0, domain, { secondsPerPeriod, window }).join("\n");
    expect(words).to.include(`ends before period ${end} (`);
    expect(words).to.include(`at the latest through period ${end + window} (`);
  });
});

/** The largest amount, as the contract knows it: the token's cap. */
async function maxAmount(policies: PolicyNetwork["policies"]): Promise<bigint> {
  const token = await ethers.getContractAt("NKMSToken", await policies.TOKEN());
  return token.cap();
}
