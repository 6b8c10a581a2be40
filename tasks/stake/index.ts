import { scope } from "hardhat/config";

import { account, amount, count } from "../lib/arguments";
import { looks, sends } from "../lib/declare";

const stake = scope("stake", "Lock NKMS, change locks, earn, withdraw");

const locking = () => require("./locking") as typeof import("./locking");
const changing = () => require("./changing") as typeof import("./changing");
const payingOut = () => require("./payingOut") as typeof import("./payingOut");

const LOCK = "the lock's number, as `stake status` shows it";

sends(stake.task("lock", "Locks NKMS, from the next period on"), () => locking().lock)
  .addParam("amount", "NKMS, such as 16,000.5", undefined, amount)
  .addParam("periods", "for how many periods", undefined, count);

sends(stake.task("top-up", "Adds NKMS to a lock"), () => locking().topUp)
  .addParam("lock", LOCK, undefined, count)
  .addParam("amount", "NKMS, such as 16,000.5", undefined, amount)
  .addOptionalParam("miner", "whose lock; default: the sender's", undefined, account);

sends(stake.task("compound", "Turns the whole vested reward into stake"), () => locking().compound).addParam(
  "lock",
  LOCK,
  undefined,
  count,
);

sends(stake.task("extend", "Moves a lock's end later"), () => changing().extend)
  .addParam("lock", LOCK, undefined, count)
  .addParam("periods", "by how many periods", undefined, count);

sends(stake.task("split", "Splits an amount off a lock, into a new one"), () => changing().split)
  .addParam("lock", LOCK, undefined, count)
  .addParam("amount", "NKMS, such as 16,000.5", undefined, amount);

sends(stake.task("merge", "Joins two locks that end together"), () => changing().merge)
  .addParam("lock", LOCK, undefined, count)
  .addParam("other", "the other lock's number", undefined, count);

sends(stake.task("roll", "Lets a lock roll, without an end until notice is given"), () => changing().roll)
  .addParam("lock", LOCK, undefined, count)
  .addParam("notice", "periods from notice to the end", undefined, count);

sends(stake.task("notice", "Gives notice of a rolling lock"), () => changing().notice).addParam(
  "lock",
  LOCK,
  undefined,
  count,
);

sends(stake.task("claim", "Pays the vested reward out"), () => payingOut().claim);

sends(stake.task("withdraw", "Pays ended stake back, and the vested reward out"), () => payingOut().withdraw) //
  .addOptionalParam("amount", "NKMS; default: all that can be", undefined, amount);

sends(stake.task("advance", "Closes periods that nobody has closed yet"), () => payingOut().advance) //
  .addOptionalParam("periods", "how many; default: all that wait, 600 at most", undefined, count);

sends(
  stake.task("send", "Sends NKMS to another account"),
  () => (require("./sending") as typeof import("./sending")).send,
)
  .addParam("to", "the account", undefined, account)
  .addParam("amount", "NKMS, such as 16,000.5", undefined, amount);

looks(
  stake.task("status", "Shows an account's locks, rewards, fees, policies, operator and health"),
  () => (require("./status") as typeof import("./status")).status,
).addPositionalParam("account", "an address, or on a local chain the number of an account", undefined, account);
