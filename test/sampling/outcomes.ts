import { drawWithSeed, ProtocolError, type SamplerState, type SeededDrawRequest } from "@nkms/protocol";
import type { StakeEscrow__Harness } from "../../typechain-types";
import type { Sampling } from "./networks";

/** How a draw ended, in the contract's words: the miners in the order of their drawing, or the error. */
export type Outcome = { drawn: string[] } | { error: string; args: bigint[] };

/** The contract's name of each refusal, and the order of its arguments. */
const contractErrors: Readonly<Record<string, { error: string; args: readonly string[] }>> = {
  DRAW_TOO_EARLY: { error: "StakeEscrowDrawTooEarly", args: ["until", "least"] },
  TOO_FEW_MEMBERS: { error: "StakeEscrowTooFewMembers", args: ["members", "wanted"] },
  TRIALS_USED_UP: { error: "StakeEscrowTrialsUsedUp", args: ["drawn", "wanted", "trials"] },
};

/** How the draw ends off chain. */
export async function offChain(state: SamplerState, request: SeededDrawRequest): Promise<Outcome> {
  try {
    return { drawn: await drawWithSeed(state, request) };
  } catch (error) {
    const known = error instanceof ProtocolError ? contractErrors[error.code] : undefined;
    if (!(error instanceof ProtocolError) || !known) throw error;
    const { values } = error;
    return {
      error: known.error,
      args: known.args.map((name) => {
        const value = values[name];
        if (value === undefined) throw new Error(`${error.code}: expected a value "${name}", got none`);
        return value;
      }),
    };
  }
}

/** How to ask the contract. */
interface CallOptions {
  /** Draws per call: as many as 16.7 million gas, the most that a call has, are enough for. */
  batch: number;
  blockTag?: number | "latest";
}

/** How the draws end on chain, by the contract's own view. */
export async function onChain(
  { escrow, tally }: Pick<Sampling, "escrow" | "tally">,
  requests: readonly SeededDrawRequest[],
  { batch, blockTag = "latest" }: CallOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let from = 0; from < requests.length; from += batch) {
    const results = await tally.drawAll(escrow, requests.slice(from, from + batch), { blockTag });
    outcomes.push(
      ...results.map(({ drawn, failure }) => (failure === "0x" ? { drawn: [...drawn] } : errorOf(escrow, failure))),
    );
  }
  return outcomes;
}

function errorOf(escrow: StakeEscrow__Harness, failure: string): Outcome {
  const parsed = escrow.interface.parseError(failure);
  if (!parsed) throw new Error(`failure: expected an error of the escrow, got ${failure}`);
  return { error: parsed.name, args: parsed.args.map((arg: bigint) => arg) };
}
