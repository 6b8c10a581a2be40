import { TaskError } from "../lib/errors";
import { addressOf } from "../lib/keys";
import { call, type Plan, type Scene } from "../lib/plan";

/** Brings the weight that a miner is drawn by down to what it has locked still. */
export async function poke({ chain, sender }: Scene, args: { miner?: string | undefined }): Promise<Plan> {
  const miner = await addressOf(chain, args.miner ?? sender.address);
  return {
    calls: [await call(chain.escrow.poke.populateTransaction(miner))],
    words: [
      `Weigh ${miner} by what it has locked still. Draws are exact without it, but cheaper with it. Anybody may do this.`,
    ],
  };
}

/** Frees the number of a miner that has had no stake for V periods. */
export async function release({ chain, sender }: Scene, args: { miner?: string | undefined }): Promise<Plan> {
  const miner = await addressOf(chain, args.miner ?? sender.address);
  const { number } = await chain.escrow.minerOf(miner);
  if (number === 0n) throw new TaskError("NOT_FOUND", "number", `one that ${miner} has`, "none");
  return {
    calls: [await call(chain.escrow.releaseNumber.populateTransaction(miner))],
    words: [`Free number ${number} of ${miner}: health votes no longer ask for it. Anybody may do this.`],
  };
}
