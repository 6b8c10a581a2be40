import { scope } from "hardhat/config";

import { count } from "./lib/arguments";
import { looks } from "./lib/declare";

looks(
  scope("network").task("pass", "Moves the clock of a local chain"),
  () => (require("./lib/clock") as typeof import("./lib/clock")).pass,
).addParam("periods", "by how many periods, to the start of that one", undefined, count);
