/** Why no test can tell a mutant from the contract, by its id. */
export const EQUIVALENT: Record<string, string> = {};

/** What survived until a test was added. */
export interface Addition {
  subject: string;
  /** What nobody would have noticed. */
  mistake: string;
  test: string;
}

export const ADDITIONS: readonly Addition[] = [];
