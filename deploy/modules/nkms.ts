import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import type { NetworkParameters } from "../parameters/types";

/**
 * Deploys and wires a whole network. Order: token, stake escrow, registry, policy manager, challenge manager, health votes; then each
 * contract's `wire`, the token's first, for the escrow opens its first period only when it can mint. After it the
 * deployer, account 0, has no rights left.
 */
export const nkmsModule = (parameters: NetworkParameters) =>
  buildModule("NKMS", (m) => {
    const distributor = m.getAccount(0);
    const token = m.contract("NKMSToken", [distributor, parameters.initialSupply, parameters.maxSupply]);
    const escrow = m.contract("StakeEscrow", [token, parameters.escrow]);
    const registry = m.contract("MinerRegistry", [escrow]);
    const policyManager = m.contract("PolicyManager", [escrow, registry, parameters.policies]);
    const challengeManager = m.contract("ChallengeManager", [policyManager, parameters.challenges]);
    const healthVote = m.contract("HealthVote", [escrow, registry, parameters.health]);

    const mintable = m.call(token, "wire", [escrow], { id: "wireToken" });
    m.call(escrow, "wire", [registry, policyManager, healthVote], { id: "wireEscrow", after: [mintable] });
    m.call(policyManager, "wire", [challengeManager], { id: "wirePolicyManager" });
    return { token, escrow, registry, policyManager, challengeManager, healthVote };
  });
