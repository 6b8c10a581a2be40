import { expect } from "chai";
import { AbiCoder, type BaseContract, concat, type ParamType, type Result } from "ethers";
import { ethers } from "hardhat";

import { addressOf } from "../helpers/address";

/** One view call and what to do with what it returns. */
interface View {
  to: string;
  data: string;
  decode: (data: string) => Result;
  use: (result: Result) => void;
  label: () => string;
}

/** What is needed of a function to call it, looked up once. */
interface Door {
  selector: string;
  inputs: readonly ParamType[];
  outputs: readonly ParamType[];
}

const coder = AbiCoder.defaultAbiCoder();
const doors = new Map<string, Door>();

/** How many calls go into one request: what they return together must stay below 24,576 bytes. */
const PER_REQUEST = 48;

/**
 * Many view calls in a few requests: a check of everything is a few hundred calls, and a request takes longer than what
 * it asks for. Collect calls with {@link same} or {@link ask}, then {@link run} them.
 */
export class Views {
  private waiting: View[] = [];

  /** Expects that a call returns `expected`. `read` picks it out of what is returned, else it is the first value. */
  same(
    contract: BaseContract,
    method: string,
    args: readonly unknown[],
    expected: unknown,
    where: () => string,
    read: (result: Result) => unknown = (result) => result[0],
  ): void {
    const label = (): string => `${method}(${args.join(", ")}) ${where()}`;
    // Comparing is cheap, describing a difference is not.
    const use = (result: Result): void => {
      const got = read(result);
      if (got !== expected) expect(got, label()).to.deep.equal(expected);
    };
    this.add(contract, method, args, use, label);
  }

  /** Hands what a call returns to `use`. */
  ask(contract: BaseContract, method: string, args: readonly unknown[], use: (result: Result) => void): void {
    this.add(contract, method, args, use, () => `${method}(${args.join(", ")})`);
  }

  /** Makes all calls, on the latest block, and forgets them. */
  async run(): Promise<void> {
    const views = this.waiting;
    this.waiting = [];
    for (let from = 0; from < views.length; from += PER_REQUEST) {
      await request(views.slice(from, from + PER_REQUEST));
    }
  }

  private add(
    contract: BaseContract,
    method: string,
    args: readonly unknown[],
    use: (result: Result) => void,
    label: () => string,
  ): void {
    const { selector, inputs, outputs } = doorOf(contract, method);
    this.waiting.push({
      to: addressOf(contract),
      data: concat([selector, coder.encode(inputs, args)]),
      decode: (data) => coder.decode(outputs, data),
      use,
      label,
    });
  }
}

function doorOf(contract: BaseContract, method: string): Door {
  const key = `${addressOf(contract)} ${method}`;
  const known = doors.get(key);
  if (known) return known;
  const fragment = contract.interface.getFunction(method);
  if (!fragment) throw new Error(`expected a function ${method}, got a contract without`);
  const door = { selector: fragment.selector, inputs: fragment.inputs, outputs: fragment.outputs };
  doors.set(key, door);
  return door;
}

/** Where results begin in memory; the data of one call is shorter. */
const RESULTS = 0x1000;

/** What {@link creationCode} has before, for each call and after, bytes. */
const [BEFORE, PER_CALL, AFTER] = [3, 58, 9];

/** Makes the calls in one request, and reads the answers: for each success | length | data. */
async function request(views: readonly View[]): Promise<void> {
  const call = [{ data: creationCode(views) }, "latest"];
  const answer = String(await ethers.provider.send("eth_call", call));
  let at = 2;
  const digits = (count: number): string => `0x${answer.slice(at, (at += count))}`;
  for (const { decode, use, label } of views) {
    const success = BigInt(digits(64)) === 1n;
    const data = digits(2 * Number(BigInt(digits(64))));
    if (!success) throw new Error(`${label()} reverted with ${data}`);
    use(decode(data));
  }
}

/**
 * Creation code that makes calls and returns, in place of a contract's code, what they returned. The stack holds where
 * in memory the next result goes; the data of the calls comes after the code.
 */
function creationCode(views: readonly View[]): string {
  const calls = views.map(({ to, data }) => ({ to, length: (data.length - 2) / 2 }));
  let offset = BEFORE + PER_CALL * calls.length + AFTER;
  const code = [`0x61${hex(RESULTS, 2)}`];
  for (const { to, length } of calls) {
    code.push(
      `0x61${hex(length, 2)}62${hex(offset, 3)}5f39`, // codecopy(0, offset, length)
      `0x5f5f61${hex(length, 2)}5f73${to.slice(2)}5afa`, // staticcall(gas, to, 0, length, 0, 0)
      "0x8152", // mstore(at, success)
      "0x3d8160200152", // mstore(at + 32, returndatasize)
      "0x3d5f826040013e", // returndatacopy(at + 64, 0, returndatasize)
      "0x6040013d01", // at + 64 + returndatasize
    );
    offset += length;
  }
  code.push(`0x61${hex(RESULTS, 2)}900361${hex(RESULTS, 2)}f3`); // return(RESULTS, at - RESULTS)
  return concat([...code, ...views.map(({ data }) => data)]);
}

function hex(value: number, bytes: number): string {
  return value.toString(16).padStart(2 * bytes, "0");
}
