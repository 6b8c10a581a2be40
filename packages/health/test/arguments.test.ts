import { expect } from "chai";
import { getAddress, id, toBeHex, Wallet } from "ethers";

import * as health from "../src/index.js";

const miner = getAddress(toBeHex(1, 20));
const place = { chainId: 1n, contract: miner, voter: miner, round: 7n, randomness: id("r") };
const vote = { voter: miner, seed: id("seed"), ballot: [1n], salt: id("salt"), seats: [1n] };
const drawing = { randomness: id("r"), distance: 101n, rim: 5n };
const deal = { seed: id("seed"), mix: id("mix"), numbers: 100n };
const terms = { wanted: 64n, targets: 10, budget: 100n, revealed: 64n };
const cast = { seats: 2n, ballot: [1n] };
const phases = { seedsEnd: 12n, commitsEnd: 32n, revealsEnd: 52n };
const domain = health.healthDomain(1n, miner);
const opening = { round: 7n, randomness: id("r"), voter: miner, value: id("value") };
const check = (): Promise<health.Health> => Promise.resolve("healthy");

/** Opens a voter on a chain that is asked for nothing but its rules. */
function open(options: object): Promise<health.HealthVoter> {
  const chain = { rules: () => Promise.resolve({}) } as unknown as health.HealthChain;
  const good = { voter: miner, signer: Wallet.createRandom(), folder: "nowhere", check };
  return health.HealthVoter.open(chain, { ...good, ...options });
}

/** A call as a program without types makes it: what errors call the argument, and the call with something else there. */
const calls: readonly (readonly [name: string, argument: string, call: (wrong: never) => unknown])[] = [
  ["commitmentFor", "chainId", (chainId) => health.commitmentFor({ ...place, chainId }, vote)],
  ["commitmentFor", "contract", (contract) => health.commitmentFor({ ...place, contract }, vote)],
  ["commitmentFor", "ballot", (ballot) => health.commitmentFor(place, { ...vote, ballot })],
  ["commitmentFor", "seats", (seats) => health.commitmentFor(place, { ...vote, seats })],
  ["commitmentFor", "seed", (seed) => health.commitmentFor(place, { ...vote, seed })],
  ["makeBallot", "targets", (targets) => health.makeBallot([], targets)],
  ["makeBallot", "target", (target) => health.makeBallot([target], 3)],
  ["readBallot", "targets", (targets) => health.readBallot([], targets)],
  ["readBallot", "ballot", (ballot) => health.readBallot(ballot, 3)],
  ["seatsFor", "earning", (earning) => health.seatsFor(earning, 16n)],
  ["seatsFor", "minStake", (minStake) => health.seatsFor(1n, minStake)],
  ["committeeSize", "numbers", (numbers) => health.committeeSize(numbers, 1n, 1n)],
  ["committeeSize", "seatsTotal", (seatsTotal) => health.committeeSize(1n, seatsTotal, 1n)],
  ["committeeSize", "minSeats", (minSeats) => health.committeeSize(1n, 1n, minSeats)],
  ["threshold", "wanted", (wanted) => health.threshold(wanted, 10n)],
  ["seatId", "randomness", (randomness) => health.seatId(randomness, miner, 1n)],
  ["seatId", "miner", (wrong) => health.seatId(id("r"), wrong, 1n)],
  ["seatId", "seat", (seat) => health.seatId(id("r"), miner, seat)],
  ["isWinner", "randomness", (randomness) => health.isWinner({ ...drawing, randomness }, miner, 1n)],
  ["isWinner", "distance", (distance) => health.isWinner({ ...drawing, distance }, miner, 1n)],
  ["isWinner", "rim", (rim) => health.isWinner({ ...drawing, rim }, miner, 1n)],
  ["winningSeats", "miner", (wrong) => health.winningSeats(drawing, wrong, 5n)],
  ["winningSeats", "seats", (seats) => health.winningSeats(drawing, miner, seats)],
  ["isMember", "seats", (seats) => health.isMember(drawing, miner, seats)],
  ["newJournal", "value", (value) => health.newJournal(place, value)],
  ["newJournal", "voter", (voter) => health.newJournal({ ...place, voter }, id("value"))],
  ["newJournal", "contract", (contract) => health.newJournal({ ...place, contract }, id("value"))],
  ["journalPathOf", "randomness", (randomness) => health.journalPathOf("folder", { ...place, randomness })],
  ["journalPathOf", "round", (round) => health.journalPathOf("folder", { ...place, round })],
  ["valueCommitment", "value", (value) => health.valueCommitment(domain, { ...opening, value })],
  ["valueCommitment", "voter", (voter) => health.valueCommitment(domain, { ...opening, voter })],
  ["valueCommitment", "round", (round) => health.valueCommitment(domain, { ...opening, round })],
  ["parseMessage", "message", (text) => health.parseMessage(text)],
  ["parseJournal", "journal", (text) => health.parseJournal(text)],
  ["quorum", "wanted", (wanted) => health.quorum(wanted)],
  ["seatsToConvict", "wanted", (wanted) => health.seatsToConvict(wanted)],
  ["seatsToConvict", "seatsForSeed", (seats) => health.seatsToConvict(1n, seats)],
  ["scoreOf", "targets", (targets) => health.scoreOf(targets, [1n], cast)],
  ["tellPay", "wanted", (wanted) => health.tellPay({ ...terms, wanted }, 0n, [1n], cast)],
  ["tellPay", "budget", (budget) => health.tellPay({ ...terms, budget }, 0n, [1n], cast)],
  ["tellPay", "revealed", (revealed) => health.tellPay({ ...terms, revealed }, 0n, [1n], cast)],
  ["tellPay", "carry", (carry) => health.tellPay(terms, carry, [1n], cast)],
  ["tellPay", "seats", (seats) => health.tellPay(terms, 0n, [1n], { ...cast, seats })],
  ["silenceCosts", "silent", (silent) => health.silenceCosts(terms, 0n, [1n], silent)],
  ["silenceCosts", "wanted", (wanted) => health.silenceCosts({ ...terms, wanted }, 0n, [1n], 1n)],
  ["permute", "key", (key) => health.permute(key, 5n, 1n)],
  ["permute", "size", (size) => health.permute(id("key"), size, 1n)],
  ["invert", "value", (value) => health.invert(id("key"), 5n, value)],
  ["numberOf", "target", (target) => health.numberOf(deal, target)],
  ["targetNumbers", "seed", (seed) => health.targetNumbers({ ...deal, seed })],
  ["targetNumbers", "mix", (mix) => health.targetNumbers({ ...deal, mix })],
  ["targetOfNumber", "number", (number) => health.targetOfNumber(deal, number)],
  ["timetableOf", "openedBlock", (openedBlock) => health.timetableOf(openedBlock, phases)],
  ["timetableOf", "seedsEnd", (seedsEnd) => health.timetableOf(100n, { ...phases, seedsEnd })],
  ["timetableOf", "commitsEnd", (commitsEnd) => health.timetableOf(100n, { ...phases, commitsEnd })],
  ["Checks", "timeout", (timeout) => new health.Checks([], { check, timeout })],
  ["Checks", "concurrency", (concurrency) => new health.Checks([], { check, concurrency })],
  ["open", "voter", (voter) => open({ voter })],
  ["open", "folder", (folder) => open({ folder })],
  ["open", "check", (wrong) => open({ check: wrong })],
  ["open", "timeout", (timeout) => open({ timeout })],
  ["open", "concurrency", (concurrency) => open({ concurrency })],
  ["open", "maxJoint", (maxJoint) => open({ maxJoint })],
  ["open", "pollInterval", (pollInterval) => open({ pollInterval })],
  ["open", "confirmations", (confirmations) => open({ confirmations })],
  ["open", "spareBlocks", (spareBlocks) => open({ spareBlocks })],
  ["open", "bumpBlocks", (bumpBlocks) => open({ bumpBlocks })],
  ["open", "maxFeePerGas", (maxFeePerGas) => open({ maxFeePerGas })],
  ["open", "maxSteps", (maxSteps) => open({ maxSteps })],
];

const SECRETS = ["seed", "value", "salt"];
const MAY_BE_TEXT = ["folder"];

/** None of them is a good value of any argument above. */
const wrongValues: readonly unknown[] = [NaN, -1, 1.5, -1n, true, {}, Object.create(null), Symbol("s"), new Date()];
const wrongTexts: readonly string[] = ["x", "0x/../../x", `0x${"ab".repeat(31)}`, "y".repeat(100_000)];

describe("an error calls the argument by its name", () => {
  for (const [name, argument, call] of calls) {
    it(`${argument} of ${name}`, async () => {
      for (const wrong of [...wrongValues, "", ...(MAY_BE_TEXT.includes(argument) ? [] : wrongTexts)]) {
        let thrown: unknown;
        try {
          await call(wrong as never);
        } catch (error) {
          thrown = error;
        }
        if (!(thrown instanceof health.HealthError)) return expect.fail(`${String(thrown)} for ${typeof wrong}`);
        expect(thrown.argument, thrown.message).to.equal(argument);
        expect(thrown.code).to.be.oneOf(["BAD_ARGUMENT", "BAD_JSON"]);
        expect(thrown.got.length, thrown.message).to.be.below(120);
        if (SECRETS.includes(argument) && name !== "invert") expect(thrown.got).to.equal("something else");
      }
    });
  }

  it("and what is too much", async () => {
    const tooMuch: [argument: string, call: () => unknown][] = [
      ["targets", () => health.makeBallot([], 1e12)],
      ["targets", () => health.readBallot([], 1e12)],
      ["seats", () => health.winningSeats(drawing, miner, 2n ** 20n)],
      ["seats", () => health.isMember({ ...drawing, distance: 0n }, miner, 2n ** 20n)],
      ["timeout", () => new health.Checks([], { check, timeout: 2 ** 31 })],
      ["concurrency", () => new health.Checks([], { check, concurrency: Infinity })],
      ["concurrency", () => new health.Checks([], { check, concurrency: 0 })],
      ["pollInterval", () => open({ pollInterval: 2 ** 31 })],
      ["bumpBlocks", () => open({ bumpBlocks: 0n })],
      ["wanted", () => health.tellPay({ ...terms, wanted: 0n, revealed: 0n }, 0n, [1n], cast)],
    ];
    for (const [argument, call] of tooMuch) {
      const error: unknown = await new Promise((resolve) => resolve(call())).catch((thrown: unknown) => thrown);
      if (!(error instanceof health.HealthError)) expect.fail(`${String(error)} for ${argument}`);
      expect(error.argument, error.message).to.equal(argument);
    }
  });
});
