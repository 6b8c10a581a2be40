// Does what only a chain of your own allows: `npx hardhat node`, or anvil.
//   node docs/examples/local-chain.mjs ether ADDRESS    gives an account 10 ether
//   node docs/examples/local-chain.mjs blocks NUMBER    makes blocks
// NKMS_LOCALHOST_RPC_URL names a chain elsewhere than at http://127.0.0.1:8545.
import { getAddress, parseEther, toQuantity } from "ethers";

const calls = {
  ether: (address) => ["hardhat_setBalance", [getAddress(address), toQuantity(parseEther("10"))]],
  blocks: (number) => ["hardhat_mine", [toQuantity(BigInt(number))]],
};
const [what, value] = process.argv.slice(2);
if (!(what in calls) || value === undefined) throw new Error("arguments: expected ether ADDRESS or blocks NUMBER");
const [method, params] = calls[what](value);
const answer = await fetch(process.env.NKMS_LOCALHOST_RPC_URL || "http://127.0.0.1:8545", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
});
const { error } = await answer.json();
if (error) throw new Error(error.message);
console.log("Done.");
