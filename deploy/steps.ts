import { type Future, FutureType } from "@nomicfoundation/ignition-core";

import { CONTRACTS, type ContractName } from "./addressBook";
import { DeployError } from "./errors";
import { nkmsModule } from "./modules/nkms";
import type { NetworkParameters } from "./parameters/types";

/** One transaction of a deployment. */
export interface Step {
  /** Ignition's name of it. */
  id: string;
  contract: ContractName;
  /** Whether it deploys the contract; else it calls its `wire`. */
  deploys: boolean;
}

/** The transactions of a deployment, in their order. */
export function stepsOf(parameters: NetworkParameters): Step[] {
  return [...nkmsModule(parameters).futures].map(toStep);
}

/** `StakeEscrow` or `StakeEscrow.wire`. */
export const titleOf = ({ contract, deploys }: Step): string => (deploys ? contract : `${contract}.wire`);

function toStep(future: Future): Step {
  if (future.type === FutureType.NAMED_ARTIFACT_CONTRACT_DEPLOYMENT) {
    return { id: future.id, contract: known(future.contractName), deploys: true };
  }
  if (future.type === FutureType.CONTRACT_CALL && "contractName" in future.contract) {
    return { id: future.id, contract: known(future.contract.contractName), deploys: false };
  }
  throw new DeployError("BAD_PARAMETER", "module", "deployments and calls of contracts", future.id);
}

function known(name: string): ContractName {
  const contract = CONTRACTS.find((each) => each === name);
  if (contract) return contract;
  throw new DeployError("UNKNOWN_CONTRACT", "module", `one of ${CONTRACTS.join(", ")}`, name);
}
