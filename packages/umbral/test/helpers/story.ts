import {
  type Capsule,
  type CapsuleFrag,
  encrypt,
  generateKFrags,
  type KeyFrag,
  reencrypt,
  type VerifiedCapsuleFrag,
  type VerifiedKeyFrag,
} from "../../src/index.js";
import { type Actors, actors } from "./actors.js";
import { utf8 } from "./bytes.js";

/** A message from Alice that Bob may read with 2 of 3 proxies, and all that comes up on the way. */
export interface Story extends Actors {
  readonly message: Uint8Array;
  readonly capsule: Capsule;
  readonly ciphertext: Uint8Array;
  readonly vkfrags: readonly VerifiedKeyFrag[];
  readonly vcfrags: readonly VerifiedCapsuleFrag[];
  readonly kfrag: KeyFrag;
  readonly cfrag: CapsuleFrag;
}

export function tell(
  seed: string,
  {
    threshold = 2,
    shares = 3,
    signDelegatingKey = true,
    signReceivingKey = true,
  }: Partial<Record<"threshold" | "shares", number> & Record<"signDelegatingKey" | "signReceivingKey", boolean>> = {},
): Story {
  const cast = actors(seed);
  const message = utf8(`peace at dawn, ${seed}`);
  const [capsule, ciphertext] = encrypt(cast.alice.publicKey(), message);
  const vkfrags = generateKFrags(
    cast.alice,
    cast.bob.publicKey(),
    cast.aliceSigner,
    threshold,
    shares,
    signDelegatingKey,
    signReceivingKey,
  );
  const vcfrags = vkfrags.map((kfrag) => reencrypt(capsule, kfrag));
  const [vkfrag] = vkfrags;
  const [vcfrag] = vcfrags;
  if (!vkfrag || !vcfrag) throw new Error("a story needs a proxy");
  return {
    ...cast,
    message,
    capsule,
    ciphertext,
    vkfrags,
    vcfrags,
    kfrag: vkfrag.unverify(),
    cfrag: vcfrag.unverify(),
  };
}
