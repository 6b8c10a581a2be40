import { scope } from "hardhat/config";

import { account, address, amount, count, file, hash, policy as named, positive, seed } from "../lib/arguments";
import { looks, sends, signs } from "../lib/declare";

const policy = scope("policy", "Grant and revoke access: draw miners, collect acceptances, pay, get refunds");

const drawing = () => require("./drawing") as typeof import("./drawing");
const signing = () => require("./signing") as typeof import("./signing");
const paying = () => require("./paying") as typeof import("./paying");

const POLICY = "its id, or the file with its terms";
const GOOD_FOR = "days until it is no longer good; default: 7";

looks(
  policy.task("draw", "Draws miners by stake, with spares for those that can't take the offer"),
  () => drawing().draw,
)
  .addParam("miners", "how many", undefined, positive)
  .addOptionalParam("spares", "how many more are drawn; default: 2", undefined, count)
  .addParam("periods", "for how many periods", undefined, positive)
  .addParam("rate", "NKMS per miner and period", undefined, amount)
  .addParam("collateral", "NKMS that each miner puts at risk besides its fee", undefined, amount)
  .addOptionalParam("seed", "default: a random one", undefined, seed)
  .addOptionalParam("out", "where to write who was drawn, for `policy draft`", undefined, file);

looks(
  policy.task("draft", "Writes the terms of a policy: the drawn miners, each with a fragment"),
  () => drawing().draft,
)
  .addParam("draw", "the file that `policy draw` wrote", undefined, file)
  .addParam(
    "kfrags",
    "a JSON file: the hashes of the key fragments, one for each miner; or a challenge pack",
    undefined,
    file,
  )
  .addParam("owner", "who may revoke", undefined, account)
  .addParam("payer", "who pays and gets refunds", undefined, account)
  .addOptionalParam("condition", "a contract that nodes ask before each answer", undefined, address)
  .addFlag("handOff", "let miners hand their fragments on without the owner's signature")
  .addOptionalParam("goodFor", GOOD_FOR, undefined, positive)
  .addParam("out", "where to write the terms", undefined, file);

signs(policy.task("accept", "An operator accepts a policy for its miner: signs its terms"), () => signing().accept)
  .addPositionalParam("policy", "the file with its terms", undefined, named)
  .addOptionalParam("kfragHash", "of the fragment that the node got: refuse terms with another", undefined, hash);

sends(policy.task("create", "Creates a policy and pays for it"), () => paying().create)
  .addPositionalParam("policy", "the file with its terms", undefined, named)
  .addOptionalVariadicPositionalParam("acceptances", "the files that `policy accept` wrote", [], file);

sends(policy.task("revoke", "The owner ends a policy, or one arrangement"), () => paying().revoke)
  .addPositionalParam("policy", POLICY, undefined, named)
  .addOptionalParam("index", "of one arrangement; default: all", undefined, count)
  .addOptionalParam("signed", "the file that `policy sign-revocation` wrote; then anybody may send", undefined, file);

signs(
  policy.task("sign-revocation", "The owner signs that a policy ends, or one arrangement, for others to send"),
  () => signing().signRevocation,
)
  .addPositionalParam("policy", POLICY, undefined, named)
  .addOptionalParam("index", "of one arrangement; default: all", undefined, count)
  .addOptionalParam("goodFor", GOOD_FOR, undefined, positive);

signs(policy.task("accept-renewal", "An operator accepts that a policy ends later"), () => signing().acceptRenewal)
  .addPositionalParam("policy", POLICY, undefined, named)
  .addParam("periods", "how many more", undefined, count);

sends(policy.task("renew", "Lets a policy end later, and pays for that"), () => paying().renew)
  .addPositionalParam("policy", POLICY, undefined, named)
  .addParam("periods", "how many more", undefined, count)
  .addOptionalVariadicPositionalParam("acceptances", "the files that `policy accept-renewal` wrote", [], file);

sends(policy.task("refund", "Fetches what policies owe their payer"), () => paying().refund);

signs(
  policy.task("take-over", "The operator of another miner offers to take an arrangement over"),
  () => signing().takeOver,
)
  .addPositionalParam("policy", POLICY, undefined, named)
  .addParam("index", "of the arrangement", undefined, count)
  .addOptionalParam("collateral", "NKMS; default: the least that is allowed", undefined, amount)
  .addOptionalParam("goodFor", GOOD_FOR, undefined, positive);

signs(policy.task("consent", "The owner lets an arrangement be taken over"), () => signing().consent)
  .addPositionalParam("policy", POLICY, undefined, named)
  .addParam("takeover", "the file that `policy take-over` wrote", undefined, file);

looks(
  policy.task("show", "Shows a policy's terms and how its arrangements stand"),
  () => (require("./show") as typeof import("./show")).show,
).addPositionalParam("policy", POLICY, undefined, named);
