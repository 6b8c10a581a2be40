import { setCode, setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { FunctionFragment, ZeroAddress, keccak256, toBeHex, toBigInt } from "ethers";
import hre from "hardhat";

import { type AddressBook, CONTRACTS, type ContractName, entryOf } from "../../deploy/addressBook";
import { type Difference, type Findings, checkDeployment, findingsInWords } from "../../deploy/check";
import { Compilations } from "../../deploy/compiled";
import { expectationsOf } from "../../deploy/expectations";
import type { NetworkDefinition } from "../../deploy/networks";
import type { NetworkParameters } from "../../deploy/parameters/types";
import { chain, cleanSlate, deployed, network, wallet } from "./fixtures";

/** Views whose answers change as the network lives. */
const MOVING = [
  "totalSupply",
  "currentPeriod",
  "openPeriod",
  "issued",
  "members",
  "numbers",
  "seatCounts",
  "healthBudget",
  "rounds",
  "carry",
  "bounties",
];

/** A parameter, and the views that show it. */
const SHOWN: Readonly<Record<string, string[]>> = {
  initialSupply: ["NKMSToken.INITIAL_SUPPLY", "StakeEscrow.INITIAL_SUPPLY"],
  maxSupply: ["NKMSToken.cap", "NKMSToken._cap", "StakeEscrow.MAX_SUPPLY", "PolicyManager.MAX_AMOUNT"],
  "escrow.period": [
    "StakeEscrow.PERIOD",
    "StakeEscrow.GENESIS",
    "MinerRegistry.PERIOD",
    "PolicyManager.PERIOD",
    "HealthVote.PERIOD",
  ],
  "escrow.firstIssue": ["StakeEscrow.FIRST_ISSUE"],
  "escrow.healthPpm": ["StakeEscrow.HEALTH_PPM"],
  "escrow.minEarning": ["StakeEscrow.MIN_EARNING"],
  "escrow.minStake": ["StakeEscrow.MIN_STAKE", "HealthVote.SEAT"],
  "escrow.shortestLock": ["StakeEscrow.SHORTEST_LOCK"],
  "escrow.longestLock": ["StakeEscrow.LONGEST_LOCK"],
  "escrow.vesting": ["StakeEscrow.VESTING", "HealthVote.VESTING"],
  "escrow.maxCatchUp": ["StakeEscrow.MAX_CATCH_UP"],
  "policies.window": ["PolicyManager.WINDOW"],
  "policies.minCollateral": ["PolicyManager.MIN_COLLATERAL"],
  "policies.floorPercent": ["PolicyManager.FLOOR_PERCENT"],
  "policies.leakPercent": ["PolicyManager.LEAK_PERCENT"],
  "policies.finderPercent": ["PolicyManager.FINDER_PERCENT"],
  "challenges.bond": ["ChallengeManager.BOND"],
  "challenges.minAge": ["ChallengeManager.MIN_AGE"],
  "challenges.maxAge": ["ChallengeManager.MAX_AGE"],
  "health.minSeats": ["HealthVote.MIN_SEATS"],
  "health.gap": ["HealthVote.GAP"],
  "health.seedBlocks": [
    "HealthVote.POSTS_END",
    "HealthVote.SEEDS_END",
    "HealthVote.COMMITS_END",
    "HealthVote.REVEALS_END",
  ],
  "health.commitBlocks": ["HealthVote.COMMITS_END", "HealthVote.REVEALS_END"],
  "health.revealBlocks": ["HealthVote.REVEALS_END"],
  "health.ring": ["HealthVote.RING"],
};

/** Who is told of whom by `wire`. */
const NEIGHBOURS: readonly [ContractName, string][] = [
  ["NKMSToken", "escrow"],
  ["StakeEscrow", "registry"],
  ["StakeEscrow", "policyManager"],
  ["StakeEscrow", "healthVote"],
  ["PolicyManager", "challengeManager"],
];

describe("check", () => {
  cleanSlate();
  const compilations = new Compilations(hre.artifacts);
  let book: AddressBook;

  beforeEach(async () => {
    book = await deployed();
  });

  const check = (on: NetworkDefinition = network, by = book): Promise<Findings> =>
    checkDeployment(compilations, on, chain, by);

  const names = (differences: readonly Difference[]): string[] => differences.map(({ what }) => what).sort();

  /** Overwrites a state variable, wherever it is packed. */
  async function overwrite(name: ContractName, variable: string, value: string): Promise<void> {
    const { source, buildInfo } = await compilations.of(name);
    const output = buildInfo.output.contracts[source]?.[name] as unknown as {
      storageLayout: { storage: { label: string; slot: string; offset: number }[] };
    };
    const place = output.storageLayout.storage.find(({ label }) => label === variable);
    if (!place) throw new Error(`expected a variable ${variable} of ${name}, got none`);
    const [address, slot] = [entryOf(book, name).address, toBeHex(place.slot)];
    const before = toBigInt(await hre.ethers.provider.getStorage(address, slot));
    const shift = 8n * BigInt(place.offset);
    const others = before & ~(((1n << 160n) - 1n) << shift);
    await setStorageAt(address, slot, toBeHex(others | (BigInt(value) << shift), 32));
  }

  async function flipByte(name: ContractName, at: number): Promise<void> {
    const { address } = entryOf(book, name);
    const code = await chain.code(address);
    const [from, to] = [2 + 2 * at, 4 + 2 * at];
    const flipped = (parseInt(code.slice(from, to), 16) ^ 1).toString(16).padStart(2, "0");
    await setCode(address, code.slice(0, from) + flipped + code.slice(to));
    entryOf(book, name).codeHash = keccak256(await chain.code(address)); // the book isn't what is tested
  }

  it("finds nothing after a deployment", async () => {
    const findings = await check();
    expect(findings).to.deep.include({ differences: [], admins: [] });
    expect(findings.compared).to.be.greaterThan(150);
    expect(findingsInWords(findings)).to.deep.equal([
      `${findings.compared} values compared: all as they should be.`,
      "No account holds admin rights.",
    ]);
  });

  it("has an expectation for every constant view and every immutable", async () => {
    for (const name of CONTRACTS) {
      const { contract, immutables } = await compilations.of(name);
      const { views, hidden } = expectationsOf(network, book, 0n)[name];
      const constant = contract.fragments
        .filter((fragment) => FunctionFragment.isFragment(fragment))
        .filter(({ constant, inputs }) => constant && inputs.length === 0)
        .map((view) => view.name)
        .filter((view) => !MOVING.includes(view));
      expect(Object.keys(views).sort(), name).to.deep.equal(constant.sort());
      const unseen = immutables.map((immutable) => immutable.name).filter((immutable) => !(immutable in views));
      expect(Object.keys(hidden).sort(), name).to.deep.equal(unseen.sort());
    }
  });

  describe("with one parameter that is another", () => {
    it("names it for every parameter", async () => {
      for (const [path, shown] of Object.entries(SHOWN)) {
        const { differences, admins } = await check({ ...network, parameters: raised(network.parameters, path) });
        const inBook = names(differences).filter((what) => what.startsWith("address book: "));
        expect(inBook.length, path).to.equal(1);
        expect(inBook[0], path).to.match(/^address book: \w+ constructor argument \d(, \w+)?$/);
        expect(
          names(differences).filter((what) => !inBook.includes(what)),
          path,
        ).to.deep.equal([...shown].sort());
        expect(admins, path).to.deep.equal([]);
      }
    });

    it("says what was expected and what was found, in words", async () => {
      const findings = await check({ ...network, parameters: raised(network.parameters, "escrow.minStake") });
      expect(findingsInWords(findings)).to.deep.equal([
        `3 of ${findings.compared} values differ:`,
        "  address book: StakeEscrow constructor argument 2, minStake: expected 32000000000000000000000, found 16000000000000000000000",
        "  StakeEscrow.MIN_STAKE: expected 32,000 NKMS, found 16,000 NKMS",
        "  HealthVote.SEAT: expected 2,000 NKMS, found 1,000 NKMS",
        "No account holds admin rights.",
      ]);
    });

    it("finds a difference of a base unit, and shows it", async () => {
      const { parameters } = network;
      const minEarning = parameters.escrow.minEarning + 1n;
      const findings = await check({
        ...network,
        parameters: { ...parameters, escrow: { ...parameters.escrow, minEarning } },
      });
      expect(findingsInWords(findings)).to.include(
        "  StakeEscrow.MIN_EARNING: expected 1,000,000.000000000000000001 NKMS, found 1,000,000 NKMS",
      );
    });

    it("names another distributor", async () => {
      const { differences } = await check({
        ...network,
        parameters: { ...network.parameters, distributor: ZeroAddress },
      });
      expect(differences).to.deep.equal([
        {
          what: "address book: NKMSToken constructor argument 1",
          expected: ZeroAddress,
          found: wallet.address,
        },
      ]);
    });
  });

  describe("with one right or neighbour that is another", () => {
    for (const name of ["NKMSToken", "StakeEscrow", "PolicyManager"] as const) {
      it(`names who may still wire ${name}`, async () => {
        await overwrite(name, "deployer", wallet.address);
        const findings = await check();
        expect(findings.admins).to.deep.equal([`${wallet.address} may still wire ${name}`]);
        expect(findings.differences).to.deep.equal([
          { what: `${name}.deployer`, expected: ZeroAddress, found: wallet.address },
        ]);
        expect(findingsInWords(findings)).to.include(`Admin: ${wallet.address} may still wire ${name}.`);
      });
    }

    for (const [name, neighbour] of NEIGHBOURS) {
      it(`names another ${neighbour} of ${name}`, async () => {
        const contract = hre.ethers.getContractAt(name, entryOf(book, name).address) as Promise<unknown>;
        const views = (await contract) as Record<string, () => Promise<string>>;
        const expected = await views[neighbour]?.();
        await overwrite(name, neighbour, wallet.address);
        expect((await check()).differences).to.deep.equal([
          { what: `${name}.${neighbour}`, expected, found: wallet.address },
        ]);
      });
    }
  });

  describe("with one byte of code that is another", () => {
    for (const name of CONTRACTS) {
      it(`names ${name}`, async () => {
        const { runtime } = await compilations.of(name);
        const at = runtime.length / 2 - 30; // in the compiler's metadata: the contract works as before
        await flipByte(name, at);
        expect((await check()).differences).to.deep.equal([
          {
            what: `${name} code`,
            expected: `${runtime.length / 2 - 1} bytes as compiled`,
            found: `another byte at ${at}`,
          },
        ]);
      });
    }

    it("names an immutable that no view shows", async () => {
      const { immutables } = await compilations.of("PolicyManager");
      const [place] = immutables.find((immutable) => immutable.name === "MAX_AMOUNT")?.places ?? [];
      if (place === undefined) throw new Error("expected a place of MAX_AMOUNT, got none");
      await flipByte("PolicyManager", place + 31);
      const most = network.parameters.maxSupply;
      expect((await check()).differences).to.deep.equal([
        { what: "PolicyManager.MAX_AMOUNT", expected: toBeHex(most, 32), found: toBeHex(most ^ 1n, 32) },
      ]);
    });

    it("names an immutable of which only one copy is another", async () => {
      const { immutables } = await compilations.of("HealthVote");
      const places = immutables.find((immutable) => immutable.name === "RING")?.places ?? [];
      for (const place of [places[0], places.at(-1)]) {
        if (place === undefined) throw new Error("expected places of RING, got none");
        await flipByte("HealthVote", place + 31);
        expect(names((await check()).differences), `copy at ${place}`).to.deep.equal(["HealthVote.RING"]);
        await flipByte("HealthVote", place + 31);
      }
    });
  });

  describe("with an address book that says something else", () => {
    it("names an address where nothing is, and who was told of it", async () => {
      const { address } = entryOf(book, "CanaryBounty");
      entryOf(book, "CanaryBounty").address = wallet.address;
      expect((await check()).differences).to.deep.equal([
        { what: "CanaryBounty address", expected: wallet.address, found: address },
        { what: "CanaryBounty code", expected: `a contract at ${wallet.address}`, found: "none" },
      ]);
    });

    it("names an address where another contract is", async () => {
      const { address } = entryOf(book, "ChallengeManager");
      entryOf(book, "ChallengeManager").address = entryOf(book, "CanaryBounty").address;
      const { differences } = await check();
      expect(names(differences)).to.include.members([
        "ChallengeManager address",
        "ChallengeManager code",
        "ChallengeManager code hash in the address book",
        "ChallengeManager.BOND",
        "PolicyManager.challengeManager",
      ]);
      expect(differences).to.deep.include({
        what: "PolicyManager.challengeManager",
        expected: entryOf(book, "CanaryBounty").address,
        found: address,
      });
    });

    const lies: readonly [string, (entry: AddressBook["contracts"][string]) => void, string[]][] = [
      ["block", (entry) => (entry.block += 1), ["HealthVote block"]],
      ["transaction", (entry) => (entry.transaction = keccak256("0x")), ["HealthVote transaction"]],
      ["code hash", (entry) => (entry.codeHash = keccak256("0x")), ["HealthVote code hash in the address book"]],
      [
        "constructor argument",
        (entry) => (entry.constructorArguments[1] = wallet.address),
        ["HealthVote constructor arguments as sent", "address book: HealthVote constructor argument 2"],
      ],
    ];
    for (const [what, lie, expected] of lies) {
      it(`names another ${what}`, async () => {
        lie(entryOf(book, "HealthVote"));
        expect(names((await check()).differences)).to.deep.equal([...expected].sort());
      });
    }

    it("names another network", async () => {
      book.network = "hoodi";
      expect((await check()).differences).to.deep.equal([
        { what: "address book: network", expected: "localhost", found: "hoodi" },
      ]);
    });
  });
});

/** The parameters with one of them doubled. */
function raised(parameters: NetworkParameters, path: string): NetworkParameters {
  const copy = structuredClone(parameters);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let group = copy as unknown as Record<string, unknown>;
  for (const key of keys) group = group[key] as Record<string, unknown>;
  group[last] = 2n * (group[last] as bigint);
  return copy;
}
