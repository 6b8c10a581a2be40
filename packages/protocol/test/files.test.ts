import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { MAX_FILE_LENGTH, readFileIfAny, readTextFile, writeNewSecretFile, writeSecretFile } from "../src/files.js";
import { Failure } from "./helpers/failure.js";

const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => expect.fail("accepted"),
    (error: unknown) => (error instanceof Failure ? error : expect.fail(String(error))),
  );

describe("files", () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nkms-files-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("are written whole, for their owner alone, and leave nothing else behind", async () => {
    await writeNewSecretFile(Failure, at("new"), "a salt");
    await writeSecretFile(Failure, at("new"), "another");
    expect(await readFile(at("new"), "utf8")).to.equal("another");
    expect((await stat(at("new"))).mode & 0o777).to.equal(0o600);
    expect(await readdir(folder)).to.deep.equal(["new"]);
  });

  it("are not written over where a new one is wanted", async () => {
    await writeFile(at("old"), "mine");
    expect(await failureOf(writeNewSecretFile(Failure, at("old"), "a salt"))).to.include({
      code: "FILE_EXISTS",
      message: `${at("old")}: expected no such file, got one`,
    });
    expect(await readdir(folder)).to.deep.equal(["old"]);
    expect(await readFile(at("old"), "utf8")).to.equal("mine");
  });

  it("leave no copy of a secret behind where they can't be put", async () => {
    await mkdir(at("taken"));
    expect(await failureOf(writeSecretFile(Failure, at("taken"), "a salt"))).to.include({ code: "FILE" });
    expect(await readdir(folder)).to.deep.equal(["taken"]);
  });

  it("are read, if they are there", async () => {
    await writeFile(at("one"), "text");
    expect(await readTextFile(Failure, at("one"))).to.equal("text");
    expect(await readFileIfAny(Failure, at("none"))).to.equal(undefined);
    expect((await failureOf(readTextFile(Failure, at("none")))).message).to.equal(
      `${at("none")}: expected a file, got none`,
    );
    expect((await failureOf(readTextFile(Failure, folder))).message).to.equal(
      `${folder}: expected a file that can be read, got EISDIR`,
    );
  });

  it("are read up to a length that no file of ours has, whatever is behind it", async () => {
    const refusal = (path: string) => ({
      code: "FILE",
      message: `${path}: expected ${MAX_FILE_LENGTH} bytes or fewer, got more`,
    });
    await writeFile(at("large"), "");
    await truncate(at("large"), MAX_FILE_LENGTH);
    expect((await readTextFile(Failure, at("large"))).length).to.equal(MAX_FILE_LENGTH);
    await truncate(at("large"), 2 ** 40);
    expect(await failureOf(readTextFile(Failure, at("large")))).to.include(refusal(at("large")));
    if (process.platform === "win32") return;
    expect(await failureOf(readTextFile(Failure, "/dev/zero"))).to.include(refusal("/dev/zero"));
  });

  it("may be pipes, as a shell makes them of a command", async function () {
    if (process.platform === "win32") return this.skip(); // which has no such pipes
    execFileSync("mkfifo", [at("pipe")]);
    const [text] = await Promise.all([readTextFile(Failure, at("pipe")), writeFile(at("pipe"), "a password\n")]);
    expect(text).to.equal("a password\n");
  });
});
