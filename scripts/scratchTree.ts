import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..");

/** That a test fails is enough: failing histories are not made shorter here. */
const ENV: NodeJS.ProcessEnv = {
  ...process.env,
  FORCE_COLOR: "0",
  FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: "0",
  NKMS_SHRINK_SECONDS: "0",
};

/** A copy of the working tree, without what git ignores, beside the same packages: for mistakes made on purpose. */
export function copyTree(prefix: string): string {
  const scratch = mkdtempSync(join(tmpdir(), prefix));
  const { output } = run(ROOT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard");
  for (const file of output.split("\0")) {
    if (file && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(scratch, file));
  }
  const packages = readdirSync(join(ROOT, "packages")).map((name) => join("packages", name, "dist"));
  for (const folder of ["node_modules", ...packages]) {
    if (existsSync(join(ROOT, folder))) symlinkSync(join(ROOT, folder), join(scratch, folder));
  }
  return scratch;
}

/** Runs a command in a folder and waits for it. */
export function run(folder: string, command: string, ...args: string[]): { status: number | null; output: string } {
  const options = { cwd: folder, env: ENV, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error) throw error;
  return { status, output: stderr + stdout };
}
