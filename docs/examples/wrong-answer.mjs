// Stands in for a miner's node that cheats, on a chain of your own: answers with random points, and signs that.
//   node docs/examples/wrong-answer.mjs TERMS FOLDER ACCOUNT ANSWER
// TERMS is what `policy draft` wrote, FOLDER what fragments.mjs wrote; ACCOUNT is the operator's number, from 0, among the
// accounts of `npx hardhat node` or anvil, whose keys everybody knows. Writes ANSWER, as a reader would keep it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { kfragHash } from "@nkms/protocol";
import { Capsule, KeyFrag } from "@nkms/umbral";
import { formatAnswer } from "@nkms/verifier";
import { cheats } from "@nkms/verifier/cheats";
import { Fields, parseJson, readDomain, readTerms } from "@nkms/verifier/tools";
import { HDNodeWallet } from "ethers";

const [file, folder, account, answer] = process.argv.slice(2);
if (answer === undefined) throw new Error("arguments: expected TERMS FOLDER ACCOUNT ANSWER, got fewer");
const fields = new Fields(file, parseJson(file, readFileSync(file, "utf8")), ["terms", "domain"]);
const [terms, domain] = [readTerms(fields), readDomain(fields)];

const phrase = "test test test test test test test test test test test junk";
const operator = HDNodeWallet.fromPhrase(phrase, undefined, `m/44'/60'/0'/0/${account}`);
const index = terms.arrangements.findIndex((one) => one.operator === operator.address);
if (index < 0) throw new Error(`ACCOUNT: expected an operator that ${file} names, got ${operator.address}`);

const fragments = readdirSync(folder)
  .filter((name) => name.startsWith("fragment-"))
  .map((name) => KeyFrag.fromBytes(readFileSync(join(folder, name))));
const kfrag = fragments.find((one) => hashOf(one) === terms.arrangements[index].kfragHash);
if (!kfrag) throw new Error(`FOLDER: expected the fragment of arrangement ${index}, got others`);

const capsule = Capsule.fromBytes(readFileSync(join(folder, "capsule")));
const scene = { terms, index: BigInt(index), domain, kfrag: kfrag.skipVerification(), capsule, operator };
writeFileSync(answer, formatAnswer(await cheats.randomPoints.answer(scene)));
console.log(`What miner ${terms.arrangements[index].miner} answers, wrong and signed, is in ${answer}.`);

function hashOf({ id, precursor, proof }) {
  return kfragHash({
    id,
    precursor: precursor.toBytes(),
    commitment: proof.commitment.toBytes(),
    receiverSignature: proof.signatureForReceiver.toBEBytes(),
  });
}
