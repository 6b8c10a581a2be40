import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import type { NetworkParameters } from "../parameters/types";

/**
 * Deploys and wires a whole network. Order: every contract after those that it is told of; then each contract's `wire`,
 * the token's first, for the escrow opens its first period only when it can mint. After it the deployer, account 0, has
 * no rights left.
 *
 * Each step waits for the one before, also where it needn't: so they are the same transactions with the same nonces
 * however often the deployment is interrupted, and addresses are known before anything is sent.
 *
 * Conditions are no part of it. Whoever writes a policy deploys its own: their constructors take what it asks for.
 */
export const nkmsModule = (parameters: NetworkParameters) =>
  buildModule("NKMS", (m) => {
    const distributor = parameters.distributor ?? m.getAccount(0);
    const token = m.contract("NKMSToken", [distributor, parameters.initialSupply, parameters.maxSupply]);
    const escrow = m.contract("StakeEscrow", [token, parameters.escrow]);
    const registry = m.contract("MinerRegistry", [escrow]);
    const policyManager = m.contract("PolicyManager", [escrow, registry, parameters.policies]);
    const challengeManager = m.contract("ChallengeManager", [policyManager, parameters.challenges]);
    const healthVote = m.contract("HealthVote", [escrow, registry, parameters.health], { after: [challengeManager] });
    const canaryBounty = m.contract("CanaryBounty", [], { after: [healthVote] });

    const mintable = m.call(token, "wire", [escrow], { id: "wireToken", after: [canaryBounty] });
    const wired = m.call(escrow, "wire", [registry, policyManager, healthVote], {
      id: "wireEscrow",
      after: [mintable],
    });
    m.call(policyManager, "wire", [challengeManager], { id: "wirePolicyManager", after: [wired] });
    return { token, escrow, registry, policyManager, challengeManager, healthVote, canaryBounty };
  });
