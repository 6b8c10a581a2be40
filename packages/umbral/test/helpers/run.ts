import { spawnSync } from "node:child_process";

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs Node in a folder and waits for its end. `env` is added to the environment; `undefined` takes a variable away. */
export function runNode(
  folder: string,
  args: readonly string[],
  env: Record<string, string | undefined> = {},
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, UMBRAL_BACKEND: undefined, ...env },
    encoding: "utf8",
  });
  if (error) throw error;
  return { code: status, out: stdout.trim(), error: stderr };
}
