import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { type AddressLike, resolveAddress } from "ethers";
import { ethers } from "hardhat";

/** A signer for an account whose key isn't here, such as a contract; with ether for gas. */
export async function actingAs(account: AddressLike): Promise<HardhatEthersSigner> {
  const address = await resolveAddress(account);
  if ((await ethers.provider.getBalance(address)) === 0n) await setBalance(address, ethers.parseEther("1"));
  return ethers.getImpersonatedSigner(address);
}
