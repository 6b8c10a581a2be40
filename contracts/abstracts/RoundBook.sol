// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IHealthVote} from "../interfaces/IHealthVote.sol";
import {IMinerRegistry} from "../interfaces/IMinerRegistry.sol";
import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {IStakeEscrow} from "../interfaces/IStakeEscrow.sol";
import {Committee} from "../libraries/Committee.sol";
import {KeyedPermutation} from "../libraries/KeyedPermutation.sol";
import {Standing} from "../libraries/Standing.sol";
import {HealthPay} from "./HealthPay.sol";

/// @title RoundBook
/// @notice The part of the health votes that keeps rounds: what each was opened with, in which phase it is, who has seats in
/// its committee and which miners are its targets. It changes nothing of a round.
///
/// RING  Round i lives at i mod R, with its seeds, votes and ballots; whatever is read of it is first known to be its own.
///       Nothing is cleared: to write over an old value is cheaper.
abstract contract RoundBook is HealthPay {
    using Standing for uint256;

    uint256 internal constant MAX_SEEDS = 8;
    uint256 internal constant SEATS_PER_MIN_STAKE = 16;
    /// @dev No round opens in the first 64th of a period.
    uint256 internal constant SETTLING = 64;
    /// @dev Seconds: no block takes longer on average.
    uint256 internal constant SLOWEST_BLOCK = 24;

    /// @notice What voters are paid in.
    INKMSToken public immutable TOKEN;
    /// @notice Knows stakes and numbers, pays the health budget, and pauses.
    IStakeEscrow public immutable ESCROW;
    /// @notice Knows who works for a voter.
    IMinerRegistry public immutable REGISTRY;
    /// @notice Seconds per period, the stake escrow's.
    uint256 public immutable PERIOD;
    /// @notice Base units per seat.
    uint256 public immutable SEAT;
    /// @notice n_min.
    uint256 public immutable MIN_SEATS;
    /// @notice h, blocks.
    uint256 public immutable GAP;
    /// @dev The last block in which a seed can be posted, counted from the round's opening: four fifths of the seed phase.
    uint256 internal immutable POSTS_END;
    /// @notice The last block of the seed phase, counted so.
    uint256 public immutable SEEDS_END;
    /// @notice The last block of the commit phase, counted so.
    uint256 public immutable COMMITS_END;
    /// @notice The last block of the reveal phase, counted so.
    uint256 public immutable REVEALS_END;
    /// @notice R: how many rounds are kept.
    uint256 public immutable RING;

    /// @dev One slot: all that a commit and a reveal ask of a round beside its randomness.
    struct Head {
        uint32 number;
        uint48 openedBlock;
        uint32 period;
        uint24 numbers;
        uint16 targets;
        uint16 distance;
        uint64 rim;
        uint8 seeds;
        bool mixed; // whether `mix` is this round's
    }

    /// @dev One slot: what is known at the opening and asked again at the end.
    struct Terms {
        uint48 openedAt;
        uint64 seatsTotal;
        uint16 wanted; // at most ceil(sqrt(2^24)) = 4,096
        uint96 budget;
        uint32 decidedIn;
    }

    /// @dev One slot: what finalizing changes.
    struct Progress {
        State state;
        uint8 winner;
        uint32 cursor;
        uint16 unhealthy;
        uint96 pot;
        uint96 paid;
    }

    /// @dev One slot.
    struct Vote {
        address voter;
        uint24 seats;
        uint16 own; // the target that the voter itself is, or NO_TARGET
        uint8 seed;
        uint32 words; // bit w: word w of the ballot is not zero
    }

    /// @dev One slot: the commitment, and in its stead later the ballot, if there are at most SHORT targets.
    struct Ballot {
        uint200 content; // of the commitment the first 25 bytes
        uint32 round;
        uint16 seats; // how many of the voter's seats were revealed, or reported as silent
        bool open; // neither revealed nor reported
    }

    /// @dev A place in the ring. Nothing but `head` says whose the rest is; see {RING}.
    struct Place {
        Head head;
        bytes32 randomness;
        bytes32 mix;
        Terms terms;
        Progress progress;
        uint256 standing; // see {Standing}
        Seed[MAX_SEEDS] seeds; // without their seats
        mapping(uint256 vote => Vote) votes;
        mapping(uint256 vote => mapping(uint256 word => uint256)) ballots; // of more than SHORT targets
        mapping(uint256 word => uint256) verdicts;
    }

    mapping(uint256 place => Place) internal _places;
    mapping(address voter => mapping(uint256 place => Ballot)) internal _ballots;

    /// @inheritdoc IHealthVote
    uint256 public rounds;

    constructor(IStakeEscrow escrow, IMinerRegistry registry, Parameters memory p) HealthPay(escrow.VESTING()) {
        (TOKEN, ESCROW, REGISTRY, PERIOD) = (escrow.TOKEN(), escrow, registry, escrow.PERIOD());
        SEAT = escrow.MIN_STAKE() / SEATS_PER_MIN_STAKE;
        _checkParameter("minSeats", p.minSeats, 32, 1_024);
        _checkParameter("seedBlocks", p.seedBlocks, 5, 10_000);
        _checkParameter("commitBlocks", p.commitBlocks, 5, 10_000);
        _checkParameter("revealBlocks", p.revealBlocks, 5, 10_000);
        uint256 phases = p.seedBlocks + p.commitBlocks + p.revealBlocks;
        // Or a round that opens in a period's last block could not be decided before its deadline.
        _checkParameter("phases", phases, 15, (2 * PERIOD) / SLOWEST_BLOCK);
        _checkParameter("ring", p.ring, 4, 65_536);
        _checkParameter("gap", p.gap, Math.ceilDiv(2 * phases, p.ring), 100_000);
        (MIN_SEATS, GAP, RING) = (p.minSeats, p.gap, p.ring);
        POSTS_END = p.seedBlocks - p.seedBlocks / 5;
        (SEEDS_END, COMMITS_END, REVEALS_END) = (p.seedBlocks, p.seedBlocks + p.commitBlocks, phases);
    }

    function _checkParameter(bytes32 parameter, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) revert HealthVoteParameterOutOfBounds(parameter, value, least, most);
    }

    function _period() internal view override returns (uint256) {
        return block.timestamp / PERIOD;
    }

    /* WHAT MUST BE SO */

    function _known(uint256 number) internal view returns (Place storage place, Head memory head) {
        place = _places[number % RING];
        head = place.head;
        if (number == 0 || head.number != number) revert HealthVoteUnknownRound(number);
    }

    function _decided(uint256 number) internal view returns (Place storage place, Round memory round) {
        (place, ) = _known(number);
        round = _read(place);
        if (round.state != State.Decided) revert HealthVoteWrongState(number, round.state);
    }

    /// @dev The round, in blocks (opened + after, opened + until].
    function _inPhase(
        uint256 number,
        uint256 after_,
        uint256 until
    ) internal view returns (Place storage place, Head memory head) {
        (place, head) = _known(number);
        uint256 from = head.openedBlock + after_ + 1;
        uint256 to = until == type(uint256).max ? until : head.openedBlock + until;
        if (block.number < from || block.number > to) revert HealthVoteWrongPhase(number, block.number, from, to);
    }

    function _checkOperator(address voter) internal view {
        address operator = REGISTRY.operatorOf(voter);
        if (msg.sender != operator) revert HealthVoteNotOperator(msg.sender, voter, operator);
    }

    /* SEATS */

    /// @dev How many of the seats the voter still has, if it has `least`. All must be the committee's, in rising order.
    function _countSeats(
        Place storage place,
        Head memory head,
        address voter,
        uint256[] calldata seats,
        uint256 least
    ) internal view returns (uint256 count) {
        uint256 has = _seatsOf(head, voter, least);
        bytes32 randomness = place.randomness;
        uint256 next;
        for (uint256 i; i < seats.length; ++i) {
            uint256 seat = seats[i];
            if (seat < next) revert HealthVoteSeatsOutOfOrder(i);
            _checkSeat(head, randomness, voter, seat);
            if (seat < has) ++count;
            next = seat + 1;
        }
    }

    function _checkSeat(Head memory head, bytes32 randomness, address voter, uint256 seat) internal pure {
        bool wins = Committee.wins(randomness, voter, seat, head.distance, head.rim);
        if (!wins) revert HealthVoteNotASeat(head.number, voter, seat);
    }

    /// @dev None if it has fewer than `least`. With less than s_min one has no vote.
    function _seatsOf(Head memory head, address voter, uint256 least) internal view returns (uint256 seats) {
        seats = ESCROW.earningOf(voter, head.period) / SEAT;
        if (seats < least) seats = 0;
    }

    /* READING */

    function _words(uint256 targets) internal pure returns (uint256) {
        return Math.ceilDiv(targets, 256);
    }

    function _key(bytes32 seed, bytes32 mix) internal pure returns (bytes32) {
        return keccak256(abi.encode(seed, mix));
    }

    function _verdictsOf(Place storage place, uint256 targets) internal view returns (uint256[] memory verdicts) {
        verdicts = new uint256[](_words(targets));
        for (uint256 w; w < verdicts.length; ++w) verdicts[w] = place.verdicts[w];
    }

    /// @dev The round that has this place.
    function _read(Place storage place) internal view returns (Round memory round) {
        Head memory head = place.head;
        (round.number, round.openedBlock, round.period) = (head.number, head.openedBlock, head.period);
        (round.numbers, round.targets, round.seeds) = (head.numbers, head.targets, head.seeds);
        (round.distance, round.rim) = (head.distance, head.rim);
        round.randomness = place.randomness;
        if (head.mixed) round.mix = place.mix;
        Terms memory terms = place.terms;
        (round.openedAt, round.seatsTotal, round.wanted) = (terms.openedAt, terms.seatsTotal, terms.wanted);
        (round.budget, round.decidedIn) = (terms.budget, terms.decidedIn);
        Progress memory progress = place.progress;
        (round.state, round.winner, round.cursor) = (progress.state, progress.winner, progress.cursor);
        (round.unhealthy, round.pot, round.paid) = (progress.unhealthy, progress.pot, progress.paid);
        uint256 standing = Standing.current(place.standing, head.number);
        round.votes = uint16(standing.votes());
        for (uint256 i; i < head.seeds; ++i) round.revealed += uint32(standing.seatsFor(i));
    }

    /* VIEWS */

    /// @inheritdoc IHealthVote
    function seatsOf(uint256 number, address voter) external view returns (uint256) {
        (, Head memory head) = _known(number);
        return _seatsOf(head, voter, SEATS_PER_MIN_STAKE);
    }

    /// @inheritdoc IHealthVote
    function targetOf(uint256 number, bytes32 seed, uint256 target) public view returns (address) {
        (Place storage place, Head memory head) = _known(number);
        if (!head.mixed || target >= head.targets) return address(0);
        uint256 held = 1 + KeyedPermutation.permute(_key(seed, place.mix), head.numbers, target);
        IStakeEscrow.Holder memory holder = ESCROW.holderOf(held);
        return holder.since < head.period ? holder.miner : address(0);
    }

    /// @inheritdoc IHealthVote
    function winningSeats(
        uint256 number,
        address voter,
        uint256 from,
        uint256 count
    ) external view returns (uint256[] memory won) {
        (Place storage place, Head memory head) = _known(number);
        uint256 until = Math.min(from + count, _seatsOf(head, voter, SEATS_PER_MIN_STAKE));
        bytes32 randomness = place.randomness;
        won = new uint256[](count);
        uint256 found;
        for (uint256 seat = from; seat < until; ++seat) {
            if (Committee.wins(randomness, voter, seat, head.distance, head.rim)) won[found++] = seat;
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(won, found)
        }
    }

    /// @inheritdoc IHealthVote
    function roundOf(uint256 number) external view returns (Round memory) {
        (Place storage place, ) = _known(number);
        return _read(place);
    }

    /// @inheritdoc IHealthVote
    function seedsOf(uint256 number) external view returns (Seed[] memory seeds) {
        (Place storage place, Head memory head) = _known(number);
        uint256 standing = Standing.current(place.standing, number);
        seeds = new Seed[](head.seeds);
        for (uint256 i; i < seeds.length; ++i) {
            seeds[i] = place.seeds[i];
            seeds[i].seats = uint32(standing.seatsFor(i));
        }
    }

    /// @inheritdoc IHealthVote
    function verdictsOf(uint256 number) external view returns (uint256[] memory verdicts) {
        (Place storage place, Head memory head) = _known(number);
        State state = place.progress.state;
        if (state == State.Scoring || state == State.Decided) return _verdictsOf(place, head.targets);
    }
}
