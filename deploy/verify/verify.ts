import { type AddressBook, CONTRACTS, type ContractName, entryOf, writeAddressBook } from "../addressBook";
import type { Compilations } from "../compiled";
import { DeployError } from "../errors";
import type { Explorer } from "./explorer";
import { submissionOf } from "./submission";

/**
 * Shows every contract of an address book, or one of them, to explorers, and writes down what they say. Contracts that are
 * refused don't keep others from being shown.
 * @param only a contract's name; undefined: all
 * @throws {DeployError} `UNKNOWN_CONTRACT`; `NOT_VERIFIED` at the end, when any was refused
 */
export async function verifyDeployment(
  compilations: Compilations,
  book: AddressBook,
  explorers: readonly Explorer[],
  only: string | undefined,
  print: (line: string) => void,
): Promise<void> {
  const refused: string[] = [];
  for (const name of chosen(only)) {
    const submission = await submissionOf(compilations, book, name);
    for (const explorer of explorers) {
      try {
        const said = await explorer.verify(submission);
        entryOf(book, name).verified[explorer.service] = said;
        writeAddressBook(book);
        print(`${name}: ${explorer.service} says ${said}.`);
      } catch (cause) {
        if (!(cause instanceof DeployError)) throw cause;
        refused.push(`${name} (${explorer.service})`);
        print(cause.message);
      }
    }
  }
  if (refused.length === 0) return;
  throw new DeployError("NOT_VERIFIED", "verification", "every contract to be taken", `no ${refused.join(", ")}`);
}

function chosen(only: string | undefined): readonly ContractName[] {
  if (only === undefined) return CONTRACTS;
  const found = CONTRACTS.filter((name) => name === only);
  if (found.length > 0) return found;
  throw new DeployError("UNKNOWN_CONTRACT", "--only", `one of ${CONTRACTS.join(", ")}`, only);
}
