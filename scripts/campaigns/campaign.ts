import type { VerifiedKeyFrag } from "@nkms/umbral";

import { Random } from "../../test/invariants/random";
import {
  add,
  answerTo,
  attackHonest,
  type Case,
  convictWrong,
  type Court,
  honestAnswer,
  inCase,
  learnReasons,
  newCapsule,
  oddCapsule,
  oddPublicPart,
  openCourt,
  sign,
  type Tally,
  wrongCfrag,
} from "./answers";
import { withSeededRandomness } from "./seeded";

/** How many answers of one policy's arrangements are looked at before the next policy. */
const ANSWERS_A_CASE = 12;

export interface CampaignOptions {
  seed: bigint;
  /** How many answers. */
  runs: number;
  /** How many of an honest answer's 522 bytes are changed, one at a time; from 522 on, each of them. */
  flips?: number;
}

type Player = (it: Case, random: Random, options: CampaignOptions) => Promise<Tally>;

/** Plays `runs` answers of a kind, in policies of random grants. */
async function play(
  { seed, ...options }: CampaignOptions,
  player: Player,
  makeKfrags?: (random: Random) => (kfrags: VerifiedKeyFrag[]) => Uint8Array[],
): Promise<Tally> {
  return withSeededRandomness(seed, async () => {
    const court: Court = await openCourt();
    learnReasons(court.challenges);
    const random = new Random(seed);
    const sum: Tally = { answers: 0, attempts: 0, wrong: [] };
    while (sum.answers < options.runs && sum.wrong.length === 0) {
      const story = async (it: Case): Promise<void> => {
        for (let i = 0; i < ANSWERS_A_CASE && sum.answers < options.runs; i++) {
          add(sum, await player(it, random, { seed, ...options }));
        }
      };
      await inCase(court, random, story, makeKfrags?.(random));
    }
    return sum;
  });
}

const anyIndex = (it: Case, random: Random): number => Number(random.between(0n, BigInt(it.staff.length - 1)));

/** Honest answers: nothing may be provable. */
export const honestCampaign = (options: CampaignOptions): Promise<Tally> =>
  play(options, async (it, random, { flips = 8 }) => {
    const answer = await honestAnswer(it, anyIndex(it, random));
    return attackHonest(it, answer, random, flips);
  });

/** Whatever else a node signs for a valid capsule: something must be provable. */
export const wrongCampaign = (options: CampaignOptions): Promise<Tally> =>
  play(options, async (it, random) => {
    const index = anyIndex(it, random);
    const capsule = newCapsule(it);
    const [kind, cfrag] = wrongCfrag(it, index, capsule, random);
    return convictWrong(it, kind, await sign(it, index, capsule.toBytesSimple(), cfrag));
  });

/** Honest answers where owner or encryptor chose odd bytes: nothing may be provable. */
export const oddCampaign = (options: CampaignOptions): Promise<Tally> => {
  let parts: Uint8Array[] = [];
  return play(
    options,
    async (it, random, { flips = 8 }) => {
      const index = anyIndex(it, random);
      const [kfrag, part] = [it.kfrags[index], parts[index]];
      if (!kfrag || !part) throw new Error(`expected an arrangement ${index}`);
      const capsule = random.oneIn(2n) ? oddCapsule(random) : newCapsule(it).toBytesSimple();
      return attackHonest(it, await sign(it, index, capsule, answerTo(capsule, kfrag, part)), random, flips, part);
    },
    (random) => (kfrags) => (parts = kfrags.map((kfrag) => oddPublicPart(kfrag, random))),
  );
};
