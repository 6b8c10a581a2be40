import { scope } from "hardhat/config";

import { account, count, file } from "./lib/arguments";
import { looks } from "./lib/declare";

looks(
  scope("network").task("history", "Writes the events of an account, or all, into a CSV file"),
  () => (require("./lib/history") as typeof import("./lib/history")).history,
)
  .addOptionalParam("of", "an address, or on a local chain the number of an account; default: all", undefined, account)
  .addOptionalParam("fromBlock", "default: the deployment's", undefined, count)
  .addParam("out", "where to write the CSV", undefined, file);
