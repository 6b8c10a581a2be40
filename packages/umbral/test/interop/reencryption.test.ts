import { expect } from "chai";
import { actors } from "../helpers/actors.js";
import { effort } from "../helpers/effort.js";
import { both, type Implementation, type KFragOptions, ours } from "../helpers/implementations.js";
import { seeded } from "../helpers/random.js";

/** Who plays which part. */
interface Cast {
  readonly encryptor: Implementation;
  readonly owner: Implementation;
  readonly proxies: Implementation;
  readonly reader: Implementation;
}

/** Every cast in which we play at least one part. */
const casts: Cast[] = both
  .flatMap((encryptor) =>
    both.flatMap((owner) => both.flatMap((proxies) => both.map((reader) => ({ encryptor, owner, proxies, reader })))),
  )
  .filter((cast) => Object.values(cast).includes(ours));

/** From encryption to reading; the last `used` fragments are used. */
function play(seed: string, cast: Cast, options: KFragOptions, used: number): { sent: Uint8Array; read: Uint8Array } {
  const { alice, aliceSigning, bob, keyBytes } = actors(seed);
  const random = seeded(`${seed}/message`);
  const sent = random((random(1)[0] ?? 0) * 3);
  const sealed = cast.encryptor.encrypt(keyBytes.delegatingPk, sent);
  const kfrags = cast.owner.generateKFrags(alice.toBEBytes(), keyBytes.receivingPk, aliceSigning.toBEBytes(), options);
  expect(kfrags).to.have.length(options.shares);
  const cfrags = kfrags
    .slice(options.shares - used)
    .map((kfrag) => cast.proxies.reencrypt(sealed.capsule, kfrag, keyBytes));
  return { sent, read: cast.reader.decryptReencrypted(bob.toBEBytes(), keyBytes, cfrags, sealed) };
}

describe("re-encryption with parts played by either implementation", () => {
  for (const cast of casts) {
    const { encryptor, owner, proxies, reader } = cast;
    const names = `encryptor ${encryptor.name}, owner ${owner.name}, proxies ${proxies.name}, reader ${reader.name}`;

    for (const signDelegatingKey of [true, false]) {
      for (const signReceivingKey of [true, false]) {
        it(`reads 2 of 3 with signed keys ${signDelegatingKey}, ${signReceivingKey}: ${names}`, () => {
          const options = { threshold: 2, shares: 3, signDelegatingKey, signReceivingKey };
          const { sent, read } = play(`${names} ${signDelegatingKey} ${signReceivingKey}`, cast, options, 2);
          expect(read).to.deep.equal(sent);
        });
      }
    }

    for (const [threshold, shares, used] of [
      [1, 1, 1],
      [1, 3, 2],
      [3, 3, 3],
      [3, 5, 4],
    ] as const) {
      it(`reads ${threshold} of ${shares} with ${used} fragments: ${names}`, () => {
        const options = { threshold, shares, signDelegatingKey: true, signReceivingKey: true };
        const { sent, read } = play(`${names} ${threshold} ${shares}`, cast, options, used);
        expect(read).to.deep.equal(sent);
      });
    }
  }

  for (const owner of both) {
    for (const reader of both) {
      if (owner !== ours && reader !== ours) continue;
      it(`reads 16 of 32: owner ${owner.name}, reader ${reader.name}`, () => {
        const cast = { encryptor: owner, owner, proxies: reader, reader };
        const options = { threshold: 16, shares: 32, signDelegatingKey: true, signReceivingKey: false };
        const { sent, read } = play(`16 of 32 ${owner.name} ${reader.name}`, cast, options, 16);
        expect(read).to.deep.equal(sent);
      });
    }
  }

  for (let i = 0; i < effort(120, 40); i += 1) {
    const [pick = 0, t = 0, more = 0, extra = 0, flags = 0] = seeded(`random shape ${i}`)(5);
    const cast = casts[pick % casts.length] ?? expect.fail();
    const threshold = 1 + (t % 6);
    const shares = threshold + (more % 4);
    const used = threshold + (extra % (shares - threshold + 1));
    const [signDelegatingKey, signReceivingKey] = [(flags & 1) === 1, (flags & 2) === 2];

    it(`reads random case ${i}: ${threshold} of ${shares} with ${used}`, () => {
      const options = { threshold, shares, signDelegatingKey, signReceivingKey };
      const { sent, read } = play(`random ${i}`, cast, options, used);
      expect(read).to.deep.equal(sent);
    });
  }
});
