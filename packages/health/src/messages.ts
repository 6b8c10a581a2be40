import { signerOf, type TypedData } from "@nkms/protocol";
import type { TypedDataField } from "ethers";

import type { Vote } from "./ballot.js";
import { Fields, formatJson, parseJson } from "./json.js";
import { checkAddress, checkBytes32, checkRange, encodedHash, MAX_UINT256 } from "./values.js";

/** Which health votes a signature is for: on another chain or contract it is worth nothing. */
export interface HealthDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: bigint;
  readonly verifyingContract: string;
}

/** What every message says: its round, and by r in which history of the chain. */
interface OfRound {
  readonly round: bigint;
  /** The round's r: a reorganisation makes another round of the same number. */
  readonly randomness: string;
}

interface BySomebody {
  /** The miner for which its operator signs. */
  readonly voter: string;
  /** The operator's, 65 bytes. */
  readonly signature: string;
}

interface Signed extends OfRound, BySomebody {}

/** A member takes part, and is bound to its random bytes. */
export interface Commitment extends Signed {
  readonly kind: "commitment";
  /** A winning seat of the voter: what makes it a member. */
  readonly seat: bigint;
  /** {@link valueCommitment} */
  readonly commitment: string;
}

/** The random bytes. Secret: for members alone. */
export interface Opening extends Signed {
  readonly kind: "opening";
  /** 32 bytes. */
  readonly value: string;
}

/** Which of the posted seeds a member will vote with. */
export interface Choice extends Signed {
  readonly kind: "choice";
  /** As it was posted. */
  readonly seedHash: string;
  /** Whether it would commit and show for others together with itself. */
  readonly collects: boolean;
}

/** A member asks for what makes a posted seed. */
export interface Request extends Signed {
  readonly kind: "request";
  readonly seedHash: string;
}

/** What makes a seed: all commitments and openings, by rising voter and seat. Secret. It needs no signature of its own. */
export interface Transcript extends OfRound {
  readonly kind: "transcript";
  readonly entries: readonly TranscriptEntry[];
}

/** One member's part of a seed. */
export interface TranscriptEntry {
  readonly commitment: Commitment;
  readonly opening: Opening;
}

/** A commitment to a ballot, for whoever sends several together: what the contract's `commitFor` takes. */
export interface BallotCommitment extends BySomebody {
  readonly kind: "ballot";
  readonly round: bigint;
  /** See `commitmentFor`. */
  readonly commitment: string;
}

/** A vote, for whoever shows several together. Never sent before the commit phase is over. */
export interface Preimage extends Signed, Vote {
  readonly kind: "preimage";
}

/** What members send each other. */
export type Message = Commitment | Opening | Choice | Request | Transcript | BallotCommitment | Preimage;

/** What an operator signs. */
export type SignedMessage = Exclude<Message, Transcript>;

/** A message before it is signed. */
export type Unsigned<M extends SignedMessage> = M extends SignedMessage ? Omit<M, "signature"> : never;

/** What is needed to sign: any ethers signer. */
export interface MessageSigner {
  signTypedData(
    domain: HealthDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string>;
}

/** Entries of a transcript that are read, at most: a committee has some thousand seats at the very most. */
export const MAX_ENTRIES = 8_192;

/** What is signed: the EIP-712 type of each kind, and its fields in their order. */
const TYPES = {
  commitment: ["SeedCommitment", "uint256 round,bytes32 randomness,address voter,uint256 seat,bytes32 commitment"],
  opening: ["SeedOpening", "uint256 round,bytes32 randomness,address voter,bytes32 value"],
  choice: ["SeedChoice", "uint256 round,bytes32 randomness,address voter,bytes32 seedHash,bool collects"],
  request: ["SeedRequest", "uint256 round,bytes32 randomness,address voter,bytes32 seedHash"],
  ballot: ["BallotCommitment", "uint256 round,address voter,bytes32 commitment"],
  preimage: [
    "BallotPreimage",
    "uint256 round,bytes32 randomness,address voter,bytes32 seed,uint256[] ballot,bytes32 salt,uint256[] seats",
  ],
} as const;

const KINDS = ["commitment", "opening", "choice", "request", "transcript", "ballot", "preimage"] as const;

/**
 * The domain of the health votes at an address.
 * @example const domain = healthDomain(1n, healthVoteAddress);
 */
export const healthDomain = (chainId: bigint, verifyingContract: string): HealthDomain => ({
  name: "NKMS HealthVote",
  version: "1",
  chainId,
  verifyingContract,
});

/** What ethers' `signTypedData` takes to sign a message. */
export function messageTypedData(
  message: Unsigned<SignedMessage>,
  domain: HealthDomain,
): TypedData<Record<string, unknown>> {
  const [name, list] = TYPES[message.kind];
  const fields = list.split(",").map((field): TypedDataField => {
    const [type = "", field_ = ""] = field.split(" ");
    return { name: field_, type };
  });
  const values = message as unknown as Readonly<Record<string, unknown>>;
  return [domain, { [name]: fields }, Object.fromEntries(fields.map((field) => [field.name, values[field.name]]))];
}

/** Signs a message as the voter's operator. */
export async function signMessage<M extends Unsigned<SignedMessage>>(
  message: M,
  domain: HealthDomain,
  signer: MessageSigner,
): Promise<M & { readonly signature: string }> {
  return { ...message, signature: await signer.signTypedData(...messageTypedData(message, domain)) };
}

/** Who signed a message; undefined: the bytes are no signature. */
export const signerOfMessage = (message: SignedMessage, domain: HealthDomain): string | undefined =>
  signerOf(messageTypedData(message, domain), message.signature);

/**
 * What a member commits to: keccak256(abi.encode(chain id, contract, round, r, voter, value)). With the voter in it, nobody
 * can commit to what somebody else committed to and open it with the other's opening.
 * @throws {HealthError} `BAD_ARGUMENT`; the message never shows the value
 */
export const valueCommitment = (
  { chainId, verifyingContract }: HealthDomain,
  { round, randomness, voter, value }: Pick<Opening, "round" | "randomness" | "voter" | "value">,
): string =>
  encodedHash(
    ["uint256", "address", "uint256", "bytes32", "address", "bytes32"],
    [
      chainId,
      verifyingContract,
      checkRange("round", round, 0n, MAX_UINT256),
      checkBytes32("randomness", randomness),
      checkAddress("voter", voter),
      checkBytes32("value", value, true),
    ],
  );

/**
 * The seed that members' bytes make: keccak256(abi.encode(chain id, contract, round, r, (voter, seat, value)[])), by rising
 * voter and seat.
 */
export function joinedSeed({ chainId, verifyingContract }: HealthDomain, transcript: Transcript): string {
  const { round, randomness } = transcript;
  const parts = transcript.entries.map(({ commitment, opening }) => [commitment.voter, commitment.seat, opening.value]);
  return encodedHash(
    ["uint256", "address", "uint256", "bytes32", "tuple(address, uint256, bytes32)[]"],
    [chainId, verifyingContract, round, randomness, parts],
  );
}

/** How entries stand in a transcript: negative if `a` comes first. */
export function compareEntries(a: TranscriptEntry, b: TranscriptEntry): number {
  const [first, second] = [BigInt(a.commitment.voter), BigInt(b.commitment.voter)];
  const [low, high] = first === second ? [a.commitment.seat, b.commitment.seat] : [first, second];
  return low < high ? -1 : low > high ? 1 : 0;
}

/** A message as JSON: bytes as hex, numbers as strings of decimal digits. */
export const formatMessage = (message: Message): string => formatJson(message);

/**
 * Reads what {@link formatMessage} wrote. Whether it is true, nobody has asked yet.
 * @throws {HealthError} `BAD_JSON`, `BAD_FIELD`
 */
export const parseMessage = (text: string): Message => readMessage("message", parseJson("message", text));

/** Reads a message out of JSON. @throws {HealthError} `BAD_FIELD` */
export function readMessage(path: string, value: unknown): Message {
  const isObject = typeof value === "object" && value !== null && "kind" in value;
  const kind = new Fields(path, { kind: isObject ? value.kind : undefined }, ["kind"]).word("kind", KINDS);
  return kind === "transcript" ? readTranscript(path, value) : readSigned(path, value, kind);
}

function readTranscript(path: string, value: unknown): Transcript {
  const fields = new Fields(path, value, ["kind", "round", "randomness", "entries"]);
  const entries = fields.array("entries", MAX_ENTRIES).map((item, i): TranscriptEntry => {
    const at = `${path}.entries[${i}]`;
    const entry = new Fields(at, item, ["commitment", "opening"]);
    const commitment = readSigned(`${at}.commitment`, entry.raw("commitment"), "commitment") as Commitment;
    const opening = readSigned(`${at}.opening`, entry.raw("opening"), "opening") as Opening;
    return { commitment, opening };
  });
  return { kind: "transcript", round: fields.uint("round"), randomness: fields.hex("randomness", 32), entries };
}

/** How a field of each Solidity type stands in JSON. */
const READ: Readonly<Record<string, (fields: Fields, name: string) => unknown>> = {
  uint256: (fields, name) => fields.uint(name),
  address: (fields, name) => fields.address(name),
  bytes32: (fields, name) => fields.hex(name, 32),
  bool: (fields, name) => fields.boolean(name),
  "uint256[]": (fields, name) => fields.uints(name, MAX_ENTRIES),
};

function readSigned(path: string, value: unknown, kind: SignedMessage["kind"]): SignedMessage {
  const types = TYPES[kind][1].split(",").map((field) => field.split(" "));
  const fields = new Fields(path, value, ["kind", "signature", ...types.map(([, name = ""]) => name)]);
  const read = types.map(([type = "", name = ""]) => [name, READ[type]?.(fields, name)]);
  const named = { kind: fields.word("kind", [kind]), signature: fields.hex("signature", 65) };
  return { ...named, ...(Object.fromEntries(read) as object) } as SignedMessage;
}
