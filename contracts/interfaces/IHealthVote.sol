// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The health votes: committees that find out which miners are there
/// @notice About sqrt(N) times a period a round opens. A committee, drawn over stake by the round's randomness, checks
/// targets that nobody knew before, and says by commit and reveal which of them are unhealthy. More than half of its seats
/// decide; an unhealthy miner is paused. Whoever voted well is paid, by how much its ballot tells.
///
/// TIME     A round has four phases, counted in blocks from its opening: seed, commit, reveal, and then it is finalized,
///          before the second period after the one it opened in is over. Rounds overlap.
/// WHO      `voter` is the miner that votes. Its operator of the moment posts seeds and commits, or signs commitments for
///          anybody to send; a ballot that was committed to can be shown by anybody who has it.
/// SEATS    A voter has floor(16 earning stake / s_min) seats, by what earns in the period in which the round opened; each
///          that wins has one vote. Splitting stake over miners changes nothing.
/// TARGETS  Target i, i < k = ceil(sqrt N), is the holder of number 1 + permute(key, N, i), key = keccak256(abi.encode(seed,
///          mix)). If the number is nobody's, or somebody's only since the round's period, it is nobody: healthy.
/// UNITS    Pay in NKMS base units.
/// SOURCE   Whitepaper section VI.
interface IHealthVote {
    /* STRUCTS */

    /// @notice What is fixed at deployment.
    struct Parameters {
        uint256 minSeats; // n_min, 32 .. 1,024: a committee has at least so many seats, if there are as many
        uint256 gap; // h, blocks from a round's opening to the next, 1 .. 100,000
        uint256 seedBlocks; // each phase's length, 5 .. 10,000; all phases last two periods at most, by blocks of 24 seconds
        uint256 commitBlocks;
        uint256 revealBlocks;
        uint256 ring; // R, 4 .. 65,536: rounds that are kept; R h is at least twice all phases
    }

    enum State {
        None,
        Open, // votes, or waits to be finalized
        Tallying, // the winning seed is known
        Scoring, // verdicts are known, voters are being paid
        Decided,
        Void // no verdicts, no pay
    }

    /// @notice A round.
    // solhint-disable-next-line gas-struct-packing
    struct Round {
        uint32 number; // of the round
        uint48 openedBlock;
        uint48 openedAt; // Unix time in seconds
        uint32 period; // in which it opened
        uint24 numbers; // N: how many numbers there were
        uint16 votes; // how many voters revealed
        uint8 seeds; // how many were posted
        State state;
        uint32 decidedIn; // period, the second after its own at the latest: then verdicts begin to lapse
        uint64 seatsTotal; // W: seats there are, winning or not
        uint32 wanted; // n: seats the committee has, on average
        uint16 distance; // see {Committee}
        uint64 rim;
        uint16 targets; // k
        uint8 winner; // index of the seed that won
        uint32 cursor; // how far finalizing is: words, then votes
        uint96 budget; // B
        uint96 pot; // what is shared out among good votes
        uint32 revealed; // seats of all votes
        uint16 unhealthy; // targets found so
        uint96 paid;
        bytes32 randomness; // r
        bytes32 mix; // zero until the commit phase was opened
    }

    /// @notice A seed that was posted.
    struct Seed {
        bytes32 hash; // keccak256(abi.encode(seed))
        address voter;
        uint32 seat;
        uint32 seats; // revealed for it
    }

    /// @notice A commitment that its voter's operator has signed, for somebody else to send.
    struct SignedCommitment {
        address voter;
        bytes32 commitment; // as in {commit}
        bytes32 r; // of the operator's EIP-712 signature over BallotCommitment(round, voter, commitment)
        bytes32 vs; // EIP-2098: s, and v in the highest bit
    }

    /// @notice A vote, as it was committed to.
    struct Reveal {
        address voter;
        bytes32 seed; // one of those posted
        uint256[] ballot; // bit i of word w: target 256 w + i is unhealthy; ceil(k / 256) words
        bytes32 salt;
        uint256[] seats; // winning seats of the voter, in rising order
    }

    /* EVENTS */

    /// @notice A round opened for `numbers` miners; of `seatsTotal` seats about `wanted` vote. It pays out of `budget`.
    event RoundOpened(
        uint256 indexed round,
        uint256 period,
        uint256 numbers,
        uint256 seatsTotal,
        uint256 wanted,
        uint256 budget,
        bytes32 randomness
    );

    /// @notice A member of the committee posted the hash of a seed.
    event SeedPosted(uint256 indexed round, address indexed voter, uint256 seat, bytes32 hash);

    /// @notice The commit phase began: with a seed this makes the targets.
    event Mixed(uint256 indexed round, bytes32 mix);

    /// @notice `voter` committed to a ballot.
    event Committed(uint256 indexed round, address indexed voter);

    /// @notice `voter` showed its ballot, for `seats` winning seats.
    event Revealed(uint256 indexed round, address indexed voter, bytes32 seed, uint256 seats, uint256[] ballot);

    /// @notice The round has verdicts: `unhealthy` of its targets are.
    event Tallied(uint256 indexed round, bytes32 seedHash, uint256 unhealthy, uint256 pot);

    /// @notice `voter` was right in part `score` (times 10^18, -10^18 .. 10^18); it got `paid`, or lost `taken`.
    event Scored(uint256 indexed round, address indexed voter, int256 score, uint256 paid, uint256 taken);

    /// @notice The round is over: of budget and carry `paid` went to voters, `carried` waits for another round, `burned`.
    event Decided(uint256 indexed round, uint256 paid, uint256 carried, uint256 burned);

    /// @notice The round has no verdicts; its budget was burned.
    event Voided(uint256 indexed round, uint256 burned);

    /// @notice `voter` committed and did not reveal `seats` of its seats, beside those reported before: it lost `taken`.
    event SilenceReported(uint256 indexed round, address indexed voter, uint256 seats, uint256 taken);

    /// @notice A verdict was applied: `miner` is paused, and lost `forfeited` of its health pay.
    event Enforced(uint256 indexed round, uint256 indexed target, address indexed miner, uint256 forfeited);

    /// @notice `miner` was paid what had vested.
    event PayClaimed(address indexed miner, uint256 amount);

    /* ERRORS */

    /// @notice A constructor argument; `parameter` is its name.
    error HealthVoteParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);

    /// @notice There is nobody to check or nobody to vote.
    error HealthVoteNobody();

    /// @notice The next round opens in block `fromBlock` at the earliest, and not before `fromTime`, Unix time in seconds.
    error HealthVoteTooSoon(uint256 fromBlock, uint256 fromTime);

    /// @notice There is no such round, or it is too old to be kept.
    error HealthVoteUnknownRound(uint256 round);

    /// @notice This is for blocks `from` to `to` of the round; it is block `current`.
    error HealthVoteWrongPhase(uint256 round, uint256 current, uint256 from, uint256 to);

    /// @notice The round is in another state than this needs.
    error HealthVoteWrongState(uint256 round, State state);

    /// @notice Only `operator`, who works for `voter` now, votes for it (zero: nobody does).
    error HealthVoteNotOperator(address caller, address voter, address operator);

    /// @notice The voter has no such seat, or it is not one of the committee's.
    error HealthVoteNotASeat(uint256 round, address voter, uint256 seat);

    /// @notice Seats stand in rising order.
    error HealthVoteSeatsOutOfOrder(uint256 position);

    /// @notice A seed was posted for this seat, or this seed by another.
    error HealthVoteSeedTwice(uint256 round, bytes32 hash);

    /// @notice A round has at most `most` seeds.
    error HealthVoteTooManySeeds(uint256 round, uint256 most);

    /// @notice Nobody posted this seed.
    error HealthVoteUnknownSeed(uint256 round, bytes32 hash);

    /// @notice The commit phase was opened already.
    error HealthVoteMixed(uint256 round);

    /// @notice The commit phase must be opened first, with {openCommits}.
    error HealthVoteNotMixed(uint256 round);

    /// @notice The voter has committed in this round.
    error HealthVoteCommitted(uint256 round, address voter);

    /// @notice None of these commitments counts: signed by another than the voter's operator, or not the voter's first.
    error HealthVoteNothingCounts(uint256 round);

    /// @notice The voter, the last one of those listed, has no open commitment in this round: it made none, or has revealed
    /// it, or was reported; for so many seats, if it is to be reported. Or none of its seats is left.
    error HealthVoteNotCommitted(uint256 round, address voter);

    /// @notice This ballot is not what was committed to.
    error HealthVoteOtherBallot(uint256 round, address voter);

    /// @notice A ballot has `words` words, no more and no fewer, and no bits beyond the targets: with such bits `given` is
    /// words + 1.
    error HealthVoteBallotTooLong(uint256 given, uint256 words);

    /// @notice Verdicts apply through period `until`.
    error HealthVoteTooLate(uint256 round, uint256 until);

    /// @notice Target `target` was not found unhealthy, or there is none.
    error HealthVoteNotUnhealthy(uint256 round, uint256 target);

    /// @notice Nothing of the miner's pay has vested.
    error HealthVoteNothingToPay(address miner);

    /* ROUNDS */

    /// @notice Opens the next round: draws its share of the health budget and notes the block's randomness.
    /// @dev Who: anyone. When: {GAP} blocks after the last, once in each PERIOD / ceil(sqrt N) seconds, and never in the first
    /// PERIOD / 64 seconds of a period: a block's randomness is known to whoever proposes the one before (EIP-4399), who
    /// could else lock in it at addresses with winning seats. If the place in the ring is held by a round that was not
    /// finalized, that one becomes void. Emits {RoundOpened}. Reverts {HealthVoteTooSoon}, {HealthVoteNobody},
    /// {StakeEscrowBehind}.
    function openRound() external returns (uint256 round);

    /// @notice Posts the hash of random bytes that the committee made together.
    /// @dev Who: the operator of a member. When: in the first four fifths of the seed phase, the last rounded up: whoever
    /// knows the mix of a later block can't choose a seed by it. One a seat, eight a round. Emits {SeedPosted}. Reverts
    /// {HealthVoteUnknownRound}, {HealthVoteWrongPhase}, {HealthVoteNotOperator}, {HealthVoteNotASeat},
    /// {HealthVoteSeedTwice}, {HealthVoteTooManySeeds}.
    /// @param hash keccak256(abi.encode(seed)).
    function postSeed(uint256 round, address voter, uint256 seat, bytes32 hash) external;

    /// @notice Opens the commit phase: notes the block's randomness, which with a seed makes the targets.
    /// @dev Who: anyone. When: in the commit phase, once. Emits {Mixed}. Reverts {HealthVoteUnknownRound},
    /// {HealthVoteWrongPhase}, {HealthVoteMixed}.
    function openCommits(uint256 round) external;

    /// @notice Commits to a ballot.
    /// @dev Who: the operator of any miner; whether it has a seat is asked at the reveal. When: in the commit phase. Emits
    /// {Committed}. Reverts {HealthVoteUnknownRound}, {HealthVoteWrongPhase}, {HealthVoteNotOperator},
    /// {HealthVoteNotMixed}, {HealthVoteCommitted}.
    /// @param commitment keccak256(abi.encode(chain id, this contract, round, voter, seed, ballot, salt, seats)), the last five
    /// as in {Reveal}. The salt is 32 random bytes: who could guess it could copy the ballot.
    function commit(uint256 round, address voter, bytes32 commitment) external;

    /// @notice Commits to ballots of others, as their operators have signed. So the members of a committee can commit in one
    /// transaction, at half of the gas, and an operator needs no ether.
    /// @dev Who: anyone. When: in the commit phase. What another than the voter's operator of the moment signed is left out,
    /// and a second commitment of a voter: nobody spoils it for the others. Emits {Committed} for each that counts. Reverts
    /// {HealthVoteUnknownRound}, {HealthVoteWrongPhase}, {HealthVoteNotMixed}, {HealthVoteNothingCounts}.
    function commitFor(uint256 round, SignedCommitment[] calldata commitments) external;

    /// @notice Shows ballots that were committed to. A ballot's bit for the voter itself is ignored.
    /// @dev Who: anyone who has them; the commitment is the voter's consent. So the members of a committee can show all their
    /// ballots in one transaction, at little more than half of the gas. When: in the reveal phase. What was not committed to,
    /// or has been shown meanwhile, is left out, as are seats that the voter's stake no longer has: nobody spoils it for
    /// the others. Emits {Revealed} for each that counts. Reverts {HealthVoteUnknownRound}, {HealthVoteWrongPhase},
    /// {HealthVoteNotCommitted} if none counts, {HealthVoteOtherBallot}, {HealthVoteBallotTooLong}, {HealthVoteUnknownSeed},
    /// {HealthVoteSeatsOutOfOrder}, {HealthVoteNotASeat}.
    function reveal(uint256 round, Reveal[] calldata reveals) external;

    /// @notice Decides a round, up to `maxSteps` steps: a word of 256 targets tallied, or a voter scored. Too late, or
    /// without a seed that has more seats than any other, and at least half of the wanted, the round becomes void.
    /// @dev Who: anyone. When: after the reveal phase. Emits {Tallied}, {Scored}, {Decided}, {Voided}. Reverts
    /// {HealthVoteUnknownRound}, {HealthVoteWrongPhase}, {HealthVoteWrongState}.
    function finalize(uint256 round, uint256 maxSteps) external;

    /// @notice Pauses a miner that was found unhealthy and burns its unvested health pay. Does nothing to a miner that is
    /// paused, or has resumed since the round opened, or to nobody.
    /// @dev Who: anyone. When: through the period after the one in which the round was decided. Emits {Enforced}. Reverts
    /// {HealthVoteUnknownRound}, {HealthVoteWrongState}, {HealthVoteTooLate}, {HealthVoteNotUnhealthy},
    /// {HealthVoteUnknownSeed}, {StakeEscrowBehind}.
    /// @param seed The one that won.
    function enforce(uint256 round, uint256 target, bytes32 seed) external;

    /// @notice Takes from a voter that committed, for each seat that it did not reveal, what the worst vote would have lost:
    /// also if it revealed others, and again if more are found. So nobody gains by showing few seats with a bad ballot, or
    /// by having a friend report few.
    /// @dev Who: anyone. When: the round is decided, and the second period after its own is not over. Emits
    /// {SilenceReported}. Reverts {HealthVoteUnknownRound}, {HealthVoteWrongState}, {HealthVoteTooLate},
    /// {HealthVoteNotCommitted}, {HealthVoteSeatsOutOfOrder}, {HealthVoteNotASeat}.
    /// @param seats Winning seats of the voter, in rising order: more than it revealed and was reported for, together.
    /// Seats that its stake still has, also if that has fallen below s_min since it committed.
    function reportSilence(uint256 round, address voter, uint256[] calldata seats) external;

    /// @notice Pays the caller what has vested of its health pay.
    /// @dev Who: a miner. Emits {PayClaimed}. Reverts {HealthVoteNothingToPay}.
    function claimPay() external returns (uint256 amount);

    /* VIEWS */

    /// @notice A miner's health pay, base units.
    function payOf(address miner) external view returns (uint256 vested, uint256 unvested);

    /// @notice A round that is kept. Reverts {HealthVoteUnknownRound}.
    function roundOf(uint256 round) external view returns (Round memory);

    /// @notice The seeds of a round, in the order they were posted. Reverts {HealthVoteUnknownRound}.
    function seedsOf(uint256 round) external view returns (Seed[] memory);

    /// @notice How many rounds have opened; the last one's number.
    function rounds() external view returns (uint256);

    /// @notice Which of `seats` [from, from + count) of the voter win in a round. Reverts {HealthVoteUnknownRound}.
    function winningSeats(
        uint256 round,
        address voter,
        uint256 from,
        uint256 count
    ) external view returns (uint256[] memory);

    /// @notice How many seats the voter has in a round, winning or not. Reverts {HealthVoteUnknownRound}.
    function seatsOf(uint256 round, address voter) external view returns (uint256);

    /// @notice The miner that target `target` is with this seed; zero: nobody, or there is no such target, or not yet.
    /// Reverts {HealthVoteUnknownRound}.
    function targetOf(uint256 round, bytes32 seed, uint256 target) external view returns (address);

    /// @notice The verdicts of a round: bit i of word w: target 256 w + i is unhealthy. Empty while there are none. Reverts
    /// {HealthVoteUnknownRound}.
    function verdictsOf(uint256 round) external view returns (uint256[] memory);

    /// @notice What the votes of a round with an unhealthy and a healthy target will share besides its budget.
    function carry() external view returns (uint256);
}
