import { scope } from "hardhat/config";

import { account, amount, count, file, policy as named, positive, text } from "../lib/arguments";
import { sends, signs } from "../lib/declare";

const miner = scope("miner", "A miner's record, fees, health, and leaving policies");

const record = () => require("./record") as typeof import("./record");
const earning = () => require("./earning") as typeof import("./earning");
const leaving = () => require("./leaving") as typeof import("./leaving");
const upkeep = () => require("./upkeep") as typeof import("./upkeep");

const MINER = "default: the sender";
const POLICY = "its id, or the file with its terms";

signs(miner.task("consent", "An operator consents to work for a miner"), () => record().consent)
  .addParam("miner", "for whom", undefined, account)
  .addOptionalParam("goodFor", "days until it is no longer good; default: 7", undefined, positive);

sends(miner.task("bond-operator", "Bonds an operator"), () => record().bondOperator).addPositionalParam(
  "consent",
  "the file that `miner consent` wrote",
  undefined,
  file,
);

sends(miner.task("unbond-operator", "Ends the operator's work"), () => record().unbondOperator);

sends(miner.task("set-pledge", "Sets how much stake policies may reserve"), () => record().setPledge)
  .addParam("limit", "NKMS in all", undefined, amount)
  .addOptionalParam("maxCollateralPercent", "largest collateral, per cent of a fee", undefined, count);

sends(miner.task("set-advice", "Publishes what the miner asks for"), () => record().setAdvice)
  .addParam("minFee", "NKMS per period", undefined, amount)
  .addOptionalParam("maxPeriods", "the longest policy; default: of any length", undefined, count);

sends(miner.task("set-endpoint", "Publishes where the miner's node answers"), () => record().setEndpoint) //
  .addParam("url", 'at most 256 bytes; "": nowhere', undefined, text);

sends(miner.task("set-payout", "Sends rewards to another account"), () => record().setPayout) //
  .addParam("to", "the account; the miner's own: to itself", undefined, account);

sends(miner.task("claim-fees", "Pays the fees of all policies out"), () => earning().claimFees);

sends(miner.task("claim-health-pay", "Pays the vested health pay out"), () => earning().claimHealthPay);

sends(miner.task("resume", "Lets a paused miner earn again"), () => earning().resume) //
  .addOptionalParam("miner", "whose operator sends; default: the sender", undefined, account);

sends(miner.task("settle", "Brings up to date what policies reserve of a miner's stake"), () => earning().settle)
  .addOptionalParam("miner", MINER, undefined, account)
  .addOptionalParam("periods", "how many to count at most; default: 5,000", undefined, count);

sends(
  miner.task("update-weight", "Brings a miner's sampling weight down to what it has locked"),
  () => upkeep().poke,
).addOptionalParam("miner", MINER, undefined, account);

sends(
  miner.task("release-number", "Frees the number of a miner that has had no stake for a while"),
  () => upkeep().release,
).addOptionalParam("miner", MINER, undefined, account);

sends(miner.task("resign", "Leaves an arrangement"), () => leaving().resign)
  .addPositionalParam("policy", POLICY, undefined, named)
  .addOptionalParam("index", "of the arrangement; default: the miner's first that is open", undefined, count);

sends(miner.task("hand-off", "Passes an arrangement on to another miner"), () => leaving().handOff)
  .addPositionalParam("policy", POLICY, undefined, named)
  .addParam("takeover", "the file that `policy take-over` wrote", undefined, file)
  .addOptionalParam("consent", "the file that `policy consent` wrote, if the terms ask for it", undefined, file);
