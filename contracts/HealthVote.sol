// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {VerdictBook} from "./abstracts/VerdictBook.sol";
import {RoundBook} from "./abstracts/RoundBook.sol";
import {IHealthVote} from "./interfaces/IHealthVote.sol";
import {IMinerRegistry} from "./interfaces/IMinerRegistry.sol";
import {IStakeEscrow} from "./interfaces/IStakeEscrow.sol";
import {Committee} from "./libraries/Committee.sol";

/// @title HealthVote
/// @notice See {IHealthVote}. Here rounds begin, and what was decided is applied; the books are in {RoundBook} (rounds, seats,
/// targets), {BallotBook} (commitments, ballots), {VerdictBook} (tally, score, what is left) and {HealthPay} (what voters
/// have earned).
///
/// LEDGER  TOKEN.balanceOf(this) >= all pay + carry + budgets of rounds that are not decided.
/// TRUST   Randomness is block.prevrandao: a proposer can withhold its block and so choose between two values, once per
///         proposal that it gives up. It is known one block ahead: so stake counts that was there 1/64 of a period before,
///         and seeds that were posted a fifth of their phase before. Whoever alone opens rounds or commit phases can wait
///         for a block that it likes: voters open both as soon as they can. There is no owner.
contract HealthVote is VerdictBook {
    constructor(IStakeEscrow escrow, IMinerRegistry registry, Parameters memory p) RoundBook(escrow, registry, p) {} // solhint-disable-line no-empty-blocks

    /* OPENING */

    /// @inheritdoc IHealthVote
    function openRound() external returns (uint256 number) {
        uint256 size = ESCROW.numbers();
        if (size == 0) revert HealthVoteNobody();
        uint256 pace = Math.sqrt(size, Math.Rounding.Ceil);
        _checkPace(pace);
        uint256 budget = ESCROW.drawHealthBudget(pace); // closes what waits
        uint256 seatsTotal = ESCROW.earningIn(_period()) / SEAT;
        if (seatsTotal == 0) revert HealthVoteNobody();

        number = ++rounds;
        Place storage place = _places[number % RING];
        State before = place.progress.state;
        if (before != State.None && before < State.Decided) _void(place, _read(place));
        uint256 wanted = Math.min(seatsTotal, Math.max(pace, MIN_SEATS));
        place.head = _headOf(number, size, wanted, seatsTotal);
        place.terms = Terms(uint48(block.timestamp), uint64(seatsTotal), uint16(wanted), uint96(budget), 0);
        place.progress = Progress(State.Open, 0, 0, 0, 0, 0);
        place.randomness = bytes32(block.prevrandao);
        emit RoundOpened(number, _period(), size, seatsTotal, wanted, budget, bytes32(block.prevrandao));
    }

    /// @dev One round in each of `pace` equal parts of a period, GAP blocks between any two, and none while whoever locked at
    /// the end of the last period may have known this block's randomness.
    function _checkPace(uint256 pace) internal view {
        Place storage last = _places[rounds % RING];
        uint256 fromBlock = rounds == 0 ? 0 : last.head.openedBlock + GAP;
        uint256 period = PERIOD;
        uint256 slot = Math.max(period / pace, 1);
        uint256 fromTime = (last.terms.openedAt / slot + 1) * slot;
        uint256 earliest = Math.max(fromTime, block.timestamp);
        fromTime = Math.max(fromTime, earliest - (earliest % period) + period / SETTLING);
        if (block.number < fromBlock || block.timestamp < fromTime) revert HealthVoteTooSoon(fromBlock, fromTime);
    }

    function _headOf(
        uint256 number,
        uint256 size,
        uint256 wanted,
        uint256 seatsTotal
    ) internal view returns (Head memory head) {
        (uint256 distance, uint256 rim) = Committee.threshold(wanted, seatsTotal);
        (head.number, head.openedBlock, head.period) = (uint32(number), uint48(block.number), uint32(_period()));
        (head.numbers, head.targets) = (uint24(size), uint16(Math.sqrt(size, Math.Rounding.Ceil)));
        (head.distance, head.rim) = (uint16(distance), uint64(rim));
    }

    /// @inheritdoc IHealthVote
    function postSeed(uint256 number, address voter, uint256 seat, bytes32 hash) external {
        (Place storage place, Head memory head) = _inPhase(number, 0, POSTS_END);
        _checkOperator(voter);
        if (seat >= _seatsOf(head, voter, SEATS_PER_MIN_STAKE)) revert HealthVoteNotASeat(number, voter, seat);
        _checkSeat(head, place.randomness, voter, seat);
        uint256 count = head.seeds;
        for (uint256 i; i < count; ++i) {
            Seed storage other = place.seeds[i];
            if (other.hash == hash || (other.voter == voter && other.seat == seat)) {
                revert HealthVoteSeedTwice(number, hash);
            }
        }
        if (count == MAX_SEEDS) revert HealthVoteTooManySeeds(number, MAX_SEEDS);
        place.seeds[count] = Seed(hash, voter, uint32(seat), 0);
        place.head.seeds = uint8(count + 1);
        emit SeedPosted(number, voter, seat, hash);
    }

    /// @inheritdoc IHealthVote
    function openCommits(uint256 number) external {
        (Place storage place, Head memory head) = _inPhase(number, SEEDS_END, COMMITS_END);
        if (head.mixed) revert HealthVoteMixed(number);
        // Never zero: in {roundOf} that means "not yet".
        bytes32 mix = bytes32(block.prevrandao | 1);
        (place.mix, place.head.mixed) = (mix, true);
        emit Mixed(number, mix);
    }

    /* AFTERWARDS */

    /// @inheritdoc IHealthVote
    function enforce(uint256 number, uint256 target, bytes32 seed) external {
        (Place storage place, Round memory round) = _decided(number);
        if (_period() > round.decidedIn + 1) revert HealthVoteTooLate(number, round.decidedIn + 1);
        bool found = target < round.targets && (place.verdicts[target / 256] >> (target % 256)) & 1 != 0;
        if (!found) revert HealthVoteNotUnhealthy(number, target);
        bytes32 hash = keccak256(abi.encode(seed));
        if (place.seeds[round.winner].hash != hash) revert HealthVoteUnknownSeed(number, hash);
        address miner = targetOf(number, seed, target);
        if (miner == address(0)) return;
        IStakeEscrow.Miner memory header = ESCROW.minerOf(miner);
        if (header.paused || header.resumedAt >= round.openedAt) return;

        uint256 forfeited = _takeBack(miner, type(uint256).max, _period());
        emit Enforced(number, target, miner, forfeited);
        ESCROW.pause(miner);
        _burn(forfeited);
    }

    /// @inheritdoc IHealthVote
    function reportSilence(uint256 number, address voter, uint256[] calldata seats) external {
        (Place storage place, Round memory round) = _decided(number);
        if (_period() > round.period + 2) revert HealthVoteTooLate(number, round.period + 2);
        Ballot storage made = _ballots[voter][number % RING];
        // A voter that has shown some of its seats, or was reported for some by a friend, still answers for the others.
        uint256 known = made.seats;
        if (made.round != number || seats.length <= known) revert HealthVoteNotCommitted(number, voter);
        // Also of who has fallen below s_min since: or to let one grain be slashed would buy silence.
        uint256 held = _countSeats(place, place.head, voter, seats, 0);
        if (held != seats.length) revert HealthVoteNotASeat(number, voter, seats[held]);
        (made.open, made.seats) = (false, uint16(seats.length));
        uint256 silent = seats.length - known;
        uint256 most = _tells(round) ? (round.pot * silent) / Math.max(round.wanted, round.revealed) : 0;
        uint256 taken = _takeBack(voter, most, _period());
        emit SilenceReported(number, voter, silent, taken);
        _burn(taken);
    }

    /// @inheritdoc IHealthVote
    function claimPay() external returns (uint256 amount) {
        amount = _takeVested(msg.sender, _period());
        if (amount == 0) revert HealthVoteNothingToPay(msg.sender);
        emit PayClaimed(msg.sender, amount);
        TOKEN.transfer(msg.sender, amount);
    }
}
