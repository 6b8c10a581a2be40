// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {HealthPay} from "./abstracts/HealthPay.sol";
import {IHealthVote} from "./interfaces/IHealthVote.sol";
import {IMinerRegistry} from "./interfaces/IMinerRegistry.sol";
import {INKMSToken} from "./interfaces/INKMSToken.sol";
import {IStakeEscrow} from "./interfaces/IStakeEscrow.sol";
import {BallotTally, PLANES} from "./libraries/BallotTally.sol";
import {Committee} from "./libraries/Committee.sol";
import {KeyedPermutation} from "./libraries/KeyedPermutation.sol";

/// @title HealthVote
/// @notice See {IHealthVote}. Here stand rounds and ballots; what voters have earned is in {HealthPay}, who is in a committee
/// in {Committee}, how votes add up in {BallotTally}, which miners are targets in {KeyedPermutation}.
///
/// LEDGER  TOKEN.balanceOf(this) >= all pay + carry + budgets of rounds that are not decided.
/// RING    Round i lives at i mod R, with its seeds, votes and ballots; whatever is read of it is first known to be its own.
/// TRUST   Randomness is block.prevrandao: a proposer can withhold its block and so choose between two values, once per
///         proposal that it gives up. There is no owner.
contract HealthVote is HealthPay {
    using BallotTally for uint256[PLANES];

    uint256 internal constant MAX_SEEDS = 8;
    uint256 internal constant SEATS_PER_MIN_STAKE = 16;
    /// @dev The carry is at most so many times the budget of the round that adds to it.
    uint256 internal constant MAX_CARRY = 16;
    int256 internal constant ONE = 1e18;
    uint256 internal constant NO_TARGET = type(uint16).max;

    INKMSToken public immutable TOKEN;
    IStakeEscrow public immutable ESCROW;
    IMinerRegistry public immutable REGISTRY;
    /// @notice Seconds.
    uint256 public immutable PERIOD;
    /// @notice Base units per seat.
    uint256 public immutable SEAT;
    /// @notice n_min.
    uint256 public immutable MIN_SEATS;
    /// @notice h, blocks.
    uint256 public immutable GAP;
    /// @notice The last block of each phase, counted from the opening.
    uint256 public immutable SEEDS_END;
    uint256 public immutable COMMITS_END;
    uint256 public immutable REVEALS_END;
    /// @notice R.
    uint256 public immutable RING;

    /// @dev One slot.
    struct Ballot {
        uint216 commitment; // the first 27 bytes of the hash
        uint32 round;
        bool open; // neither revealed nor reported
    }

    /// @dev One slot.
    struct Vote {
        address voter;
        uint16 seats;
        uint16 own; // the target that the voter itself is, or NO_TARGET
        uint8 seed;
        uint32 words; // bit w: word w of the ballot is not zero
    }

    mapping(uint256 place => Round) internal _rounds;
    mapping(uint256 place => Seed[MAX_SEEDS]) internal _seeds;
    mapping(uint256 place => mapping(uint256 vote => Vote)) internal _votes;
    mapping(uint256 place => mapping(uint256 vote => mapping(uint256 word => uint256))) internal _ballots;
    mapping(uint256 place => mapping(uint256 word => uint256)) internal _verdicts;
    mapping(address voter => mapping(uint256 place => Ballot)) internal _commitments;

    /// @inheritdoc IHealthVote
    uint256 public rounds;
    /// @inheritdoc IHealthVote
    uint256 public carry;

    constructor(IStakeEscrow escrow, IMinerRegistry registry, Parameters memory p) HealthPay(escrow.VESTING()) {
        (TOKEN, ESCROW, REGISTRY, PERIOD) = (escrow.TOKEN(), escrow, registry, escrow.PERIOD());
        SEAT = escrow.MIN_STAKE() / SEATS_PER_MIN_STAKE;
        _checkParameter("minSeats", p.minSeats, 32, 1_024);
        _checkParameter("seedBlocks", p.seedBlocks, 5, 10_000);
        _checkParameter("commitBlocks", p.commitBlocks, 5, 10_000);
        _checkParameter("revealBlocks", p.revealBlocks, 5, 10_000);
        uint256 phases = p.seedBlocks + p.commitBlocks + p.revealBlocks;
        _checkParameter("ring", p.ring, 4, 65_536);
        _checkParameter("gap", p.gap, Math.ceilDiv(2 * phases, p.ring), 100_000);
        (MIN_SEATS, GAP, RING) = (p.minSeats, p.gap, p.ring);
        (SEEDS_END, COMMITS_END, REVEALS_END) = (p.seedBlocks, p.seedBlocks + p.commitBlocks, phases);
    }

    function _checkParameter(bytes32 parameter, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) revert HealthVoteParameterOutOfBounds(parameter, value, least, most);
    }

    function _period() internal view override returns (uint256) {
        return block.timestamp / PERIOD;
    }

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
        Round storage round = _rounds[number % RING];
        if (round.state != State.None && round.state < State.Decided) _void(round);
        uint256 wanted = Math.min(seatsTotal, Math.max(pace, MIN_SEATS));
        (uint256 distance, uint256 rim) = Committee.threshold(wanted, seatsTotal);
        Round memory fresh;
        (fresh.number, fresh.period, fresh.numbers) = (uint32(number), uint32(_period()), uint24(size));
        (fresh.openedBlock, fresh.openedAt, fresh.state) = (uint48(block.number), uint48(block.timestamp), State.Open);
        (fresh.seatsTotal, fresh.wanted) = (uint64(seatsTotal), uint32(wanted));
        (fresh.distance, fresh.rim, fresh.targets) = (uint16(distance), uint64(rim), uint16(pace));
        (fresh.budget, fresh.randomness) = (uint96(budget), bytes32(block.prevrandao));
        _rounds[number % RING] = fresh;
        emit RoundOpened(number, _period(), size, seatsTotal, wanted, budget, fresh.randomness);
    }

    /// @dev One round in each of `pace` equal parts of a period, and GAP blocks between any two.
    function _checkPace(uint256 pace) internal view {
        Round storage last = _rounds[rounds % RING];
        uint256 fromBlock = last.openedBlock + GAP;
        uint256 slot = Math.max(PERIOD / pace, 1);
        uint256 fromTime = (last.openedAt / slot + 1) * slot;
        if (rounds != 0 && (block.number < fromBlock || block.timestamp < fromTime)) {
            revert HealthVoteTooSoon(fromBlock, fromTime);
        }
    }

    /// @inheritdoc IHealthVote
    function postSeed(uint256 number, address voter, uint256 seat, bytes32 hash) external {
        Round storage round = _inPhase(number, 0, SEEDS_END);
        _checkOperator(voter);
        _checkSeat(round, voter, seat, seatsOf(number, voter));
        uint256 count = round.seeds;
        Seed[MAX_SEEDS] storage seeds = _seeds[number % RING];
        for (uint256 i; i < count; ++i) {
            if (seeds[i].hash == hash || (seeds[i].voter == voter && seeds[i].seat == seat)) {
                revert HealthVoteSeedTwice(number, hash);
            }
        }
        if (count == MAX_SEEDS) revert HealthVoteTooManySeeds(number, MAX_SEEDS);
        seeds[count] = Seed(hash, voter, uint32(seat), 0);
        round.seeds = uint8(count + 1);
        emit SeedPosted(number, voter, seat, hash);
    }

    /// @inheritdoc IHealthVote
    function openCommits(uint256 number) external {
        Round storage round = _inPhase(number, SEEDS_END, COMMITS_END);
        if (round.mix != 0) revert HealthVoteMixed(number);
        // Never zero: that means "not yet".
        bytes32 mix = bytes32(block.prevrandao | 1);
        round.mix = mix;
        emit Mixed(number, mix);
    }

    /* VOTING */

    /// @inheritdoc IHealthVote
    function commit(uint256 number, address voter, bytes32 commitment) external {
        Round storage round = _inPhase(number, SEEDS_END, COMMITS_END);
        _checkOperator(voter);
        if (round.mix == 0) revert HealthVoteNotMixed(number);
        Ballot storage ballot = _commitments[voter][number % RING];
        if (ballot.round == number) revert HealthVoteCommitted(number, voter);
        _commitments[voter][number % RING] = Ballot(uint216(uint256(commitment) >> 40), uint32(number), true);
        emit Committed(number, voter);
    }

    /// @inheritdoc IHealthVote
    function reveal(
        uint256 number,
        address voter,
        bytes32 seed,
        uint256[] calldata ballot,
        bytes32 salt,
        uint256[] calldata seats
    ) external {
        Round storage round = _inPhase(number, COMMITS_END, REVEALS_END);
        _checkOperator(voter);
        bytes32 hash = keccak256(abi.encode(block.chainid, address(this), number, voter, seed, ballot, salt));
        _redeem(number, voter, hash);
        _checkBallot(round, ballot);
        _checkSeats(round, voter, seats);
        uint256 winner = _addSeats(round, seed, seats.length);
        uint256 own = _ownTarget(round, voter, seed);
        _store(round, voter, winner, own, seats.length, ballot);
        emit Revealed(number, voter, seed, seats.length, ballot);
    }

    /// @dev Closes the voter's commitment, if it is to this ballot.
    function _redeem(uint256 number, address voter, bytes32 hash) internal {
        Ballot storage made = _commitments[voter][number % RING];
        if (made.round != number || !made.open) revert HealthVoteNotCommitted(number, voter);
        if (made.commitment != uint256(hash) >> 40) revert HealthVoteOtherBallot(number, voter);
        made.open = false;
    }

    function _checkBallot(Round storage round, uint256[] calldata ballot) internal view {
        uint256 words = _words(round.targets);
        if (ballot.length != words) revert HealthVoteBallotTooLong(ballot.length, words);
        uint256 last = round.targets % 256;
        if (last != 0 && ballot[words - 1] >> last != 0) revert HealthVoteBallotTooLong(words + 1, words);
    }

    /// @dev Counts seats for a seed and for the round. Returns the seed's index.
    function _addSeats(Round storage round, bytes32 seed, uint256 seats) internal returns (uint256) {
        bytes32 hash = keccak256(abi.encode(seed));
        Seed[MAX_SEEDS] storage seeds = _seeds[round.number % RING];
        for (uint256 i; i < round.seeds; ++i) {
            if (seeds[i].hash != hash) continue;
            seeds[i].seats += uint32(seats);
            round.revealed += uint32(seats);
            return i;
        }
        revert HealthVoteUnknownSeed(round.number, hash);
    }

    /// @dev The target that the voter itself is with this seed, or NO_TARGET.
    function _ownTarget(Round storage round, address voter, bytes32 seed) internal view returns (uint256) {
        uint256 own = ESCROW.minerOf(voter).number;
        if (own == 0 || own > round.numbers || ESCROW.holderOf(own).since >= round.period) return NO_TARGET;
        uint256 target = KeyedPermutation.invert(_key(round, seed), round.numbers, own - 1);
        return target < round.targets ? target : NO_TARGET;
    }

    function _store(
        Round storage round,
        address voter,
        uint256 seed,
        uint256 own,
        uint256 seats,
        uint256[] calldata ballot
    ) internal {
        (uint256 place, uint256 vote) = (round.number % RING, round.votes);
        uint256 words;
        for (uint256 w; w < ballot.length; ++w) {
            uint256 word = ballot[w];
            if (own / 256 == w) word &= ~(1 << (own % 256));
            if (word == 0) continue;
            _ballots[place][vote][w] = word;
            words |= 1 << w;
        }
        _votes[place][vote] = Vote(voter, uint16(seats), uint16(own), uint8(seed), uint32(words));
        round.votes = uint16(vote + 1);
    }

    /* DECIDING */

    /// @inheritdoc IHealthVote
    function finalize(uint256 number, uint256 maxSteps) external {
        Round storage round = _inPhase(number, REVEALS_END, type(uint256).max);
        if (round.state >= State.Decided) revert HealthVoteWrongState(number, round.state);
        if (_period() > round.period + 2 && round.state != State.Scoring) return _void(round);
        if (round.state == State.Open) {
            (bool found, uint256 winner) = _winner(round);
            if (!found) return _void(round);
            (round.winner, round.state) = (uint8(winner), State.Tallying);
        }
        uint256 steps = maxSteps;
        if (round.state == State.Tallying) steps = _tally(round, steps);
        if (round.state == State.Scoring) _score(round, steps);
    }

    /// @dev The seed with most seats, if no other has as many and they are at least half of those wanted.
    function _winner(Round storage round) internal view returns (bool found, uint256 winner) {
        Seed[MAX_SEEDS] storage seeds = _seeds[round.number % RING];
        uint256 most;
        for (uint256 i; i < round.seeds; ++i) {
            uint256 seats = seeds[i].seats;
            if (seats > most) (most, winner, found) = (seats, i, true);
            else if (seats == most) found = false;
        }
        found = found && 2 * most >= round.wanted;
    }

    /// @dev Words of verdicts, one a step; then what there is to share out.
    function _tally(Round storage round, uint256 steps) internal returns (uint256) {
        uint256 place = round.number % RING;
        uint256 least = Math.max(round.wanted, _seeds[place][round.winner].seats) / 2;
        uint256 words = _words(round.targets);
        uint256 word = round.cursor;
        uint256 unhealthy = round.unhealthy;
        for (; word < words && steps > 0; (++word, --steps)) {
            uint256 verdict = _tallyWord(round, place, word, least);
            _verdicts[place][word] = verdict;
            unhealthy += Committee.ones(verdict);
        }
        (round.cursor, round.unhealthy) = (uint32(word), uint16(unhealthy));
        if (word == words) _openPot(round, unhealthy);
        return steps;
    }

    function _tallyWord(
        Round storage round,
        uint256 place,
        uint256 word,
        uint256 least
    ) internal view returns (uint256) {
        uint256[PLANES] memory planes;
        uint256 votes = round.votes;
        uint256 winner = round.winner;
        for (uint256 i; i < votes; ++i) {
            Vote memory vote = _votes[place][i];
            if (vote.seed == winner && (vote.words >> word) & 1 != 0) planes.add(_ballots[place][i][word], vote.seats);
        }
        return planes.above(least);
    }

    function _openPot(Round storage round, uint256 unhealthy) internal {
        uint256 pot = round.budget;
        if (unhealthy != 0 && unhealthy != round.targets) {
            pot += carry;
            carry = 0;
        } else {
            pot /= 4;
        }
        (round.pot, round.state, round.cursor) = (uint96(pot), State.Scoring, 0);
        emit Tallied(round.number, _seeds[round.number % RING][round.winner].hash, unhealthy, pot);
    }

    /// @dev Pays voters, one a step; at the end burns or carries what is left.
    function _score(Round storage round, uint256 steps) internal {
        uint256 place = round.number % RING;
        uint256[] memory verdicts = _verdictsOf(round);
        uint256 divisor = Math.max(round.wanted, round.revealed);
        uint256 i = round.cursor;
        uint256 paid = round.paid;
        for (; i < round.votes && steps > 0; (++i, --steps)) {
            Vote memory vote = _votes[place][i];
            if (vote.seed != round.winner) continue;
            int256 score = _scoreOf(round, place, i, vote, verdicts);
            paid += _settle(round, vote, score, divisor);
        }
        (round.cursor, round.paid) = (uint32(i), uint96(paid));
        if (i == round.votes) _close(round, paid);
    }

    /// @dev Sensitivity + specificity - 1, over the targets other than the voter, times ONE. Without both an unhealthy and a
    /// healthy one: full agreement is ONE, anything else 0.
    function _scoreOf(
        Round storage round,
        uint256 place,
        uint256 index,
        Vote memory vote,
        uint256[] memory verdicts
    ) internal view returns (int256) {
        uint256 sick = round.unhealthy; // among the others
        uint256 well = round.targets - sick;
        bool one = sick == 0 || well == 0;
        if (vote.own != NO_TARGET) {
            if ((verdicts[vote.own / 256] >> (vote.own % 256)) & 1 != 0) --sick;
            else --well;
        }
        (uint256 found, uint256 wrong) = (0, 0);
        for (uint256 w; w < verdicts.length; ++w) {
            uint256 word = (vote.words >> w) & 1 == 0 ? 0 : _ballots[place][index][w];
            found += Committee.ones(word & verdicts[w]);
            wrong += Committee.ones(word & ~verdicts[w]);
        }
        if (one) return found == sick && wrong == 0 ? ONE : int256(0);
        if (sick == 0 || well == 0) return 0;
        return (ONE * (int256(found * well) - int256(wrong * sick))) / int256(sick * well);
    }

    /// @dev Pays, or takes back.
    function _settle(
        Round storage round,
        Vote memory vote,
        int256 score,
        uint256 divisor
    ) internal returns (uint256 paid) {
        uint256 part = (uint256(score < 0 ? -score : score) * round.pot * vote.seats) / (uint256(ONE) * divisor);
        uint256 taken;
        if (score > 0) {
            _credit(vote.voter, part, _period());
            paid = part;
        } else if (part != 0) {
            taken = _takeBack(vote.voter, part, _period());
            _burn(taken);
        }
        emit Scored(round.number, vote.voter, score, paid, taken);
    }

    function _close(Round storage round, uint256 paid) internal {
        uint256 left = round.pot - paid;
        uint256 carried;
        if (round.unhealthy == 0 || round.unhealthy == round.targets) {
            uint256 rest = round.budget - round.pot;
            carried = Math.min(rest, Math.saturatingSub(MAX_CARRY * round.budget, carry));
            carry += carried;
            left += rest - carried;
        }
        (round.state, round.decidedIn) = (State.Decided, uint32(_period()));
        emit Decided(round.number, paid, carried, left);
        _burn(left);
    }

    /// @dev What the round holds and has not paid is burned.
    function _void(Round storage round) internal {
        uint256 held = round.state == State.Scoring ? Math.max(round.pot, round.budget) - round.paid : round.budget;
        round.state = State.Void;
        emit Voided(round.number, held);
        _burn(held);
    }

    /* AFTERWARDS */

    /// @inheritdoc IHealthVote
    function enforce(uint256 number, uint256 target, bytes32 seed) external {
        Round storage round = _decided(number);
        if (_period() > round.decidedIn + 1) revert HealthVoteTooLate(number, round.decidedIn + 1);
        bool found = target < round.targets && (_verdicts[number % RING][target / 256] >> (target % 256)) & 1 != 0;
        if (!found) revert HealthVoteNotUnhealthy(number, target);
        bytes32 hash = keccak256(abi.encode(seed));
        if (_seeds[number % RING][round.winner].hash != hash) revert HealthVoteUnknownSeed(number, hash);
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
        Round storage round = _decided(number);
        if (_period() > round.period + 2) revert HealthVoteTooLate(number, round.period + 2);
        Ballot storage made = _commitments[voter][number % RING];
        if (made.round != number || !made.open) revert HealthVoteNotCommitted(number, voter);
        _checkSeats(round, voter, seats);
        made.open = false;
        bool scored = round.unhealthy != 0 && round.unhealthy != round.targets;
        uint256 divisor = Math.max(round.wanted, round.revealed);
        uint256 taken = scored ? _takeBack(voter, (round.pot * seats.length) / divisor, _period()) : 0;
        emit SilenceReported(number, voter, seats.length, taken);
        _burn(taken);
    }

    /// @inheritdoc IHealthVote
    function claimPay() external returns (uint256 amount) {
        amount = _takeVested(msg.sender, _period());
        if (amount == 0) revert HealthVoteNothingToPay(msg.sender);
        emit PayClaimed(msg.sender, amount);
        TOKEN.transfer(msg.sender, amount);
    }

    function _burn(uint256 amount) internal {
        if (amount != 0) TOKEN.burn(amount);
    }

    /* WHAT MUST BE SO */

    function _known(uint256 number) internal view returns (Round storage round) {
        round = _rounds[number % RING];
        if (number == 0 || round.number != number) revert HealthVoteUnknownRound(number);
    }

    function _decided(uint256 number) internal view returns (Round storage round) {
        round = _known(number);
        if (round.state != State.Decided) revert HealthVoteWrongState(number, round.state);
    }

    /// @dev The round, in blocks (opened + after, opened + until].
    function _inPhase(uint256 number, uint256 after_, uint256 until) internal view returns (Round storage round) {
        round = _known(number);
        uint256 from = round.openedBlock + after_ + 1;
        uint256 to = until == type(uint256).max ? until : round.openedBlock + until;
        if (block.number < from || block.number > to) revert HealthVoteWrongPhase(number, block.number, from, to);
    }

    function _checkOperator(address voter) internal view {
        address operator = REGISTRY.operatorOf(voter);
        if (msg.sender != operator) revert HealthVoteNotOperator(msg.sender, voter, operator);
    }

    function _checkSeats(Round storage round, address voter, uint256[] calldata seats) internal view {
        uint256 has = seatsOf(round.number, voter);
        if (seats.length == 0) revert HealthVoteSeatsOutOfOrder(0);
        for (uint256 i; i < seats.length; ++i) {
            if (i != 0 && seats[i] <= seats[i - 1]) revert HealthVoteSeatsOutOfOrder(i);
            _checkSeat(round, voter, seats[i], has);
        }
    }

    function _checkSeat(Round storage round, address voter, uint256 seat, uint256 has) internal view {
        bool wins = Committee.wins(round.randomness, voter, seat, round.distance, round.rim);
        if (seat >= has || !wins) revert HealthVoteNotASeat(round.number, voter, seat);
    }

    function _words(uint256 targets) internal pure returns (uint256) {
        return Math.ceilDiv(targets, 256);
    }

    function _key(Round storage round, bytes32 seed) internal view returns (bytes32) {
        return keccak256(abi.encode(seed, round.mix));
    }

    function _verdictsOf(Round storage round) internal view returns (uint256[] memory verdicts) {
        verdicts = new uint256[](_words(round.targets));
        for (uint256 w; w < verdicts.length; ++w) verdicts[w] = _verdicts[round.number % RING][w];
    }

    /* VIEWS */

    /// @inheritdoc IHealthVote
    function seatsOf(uint256 number, address voter) public view returns (uint256) {
        uint256 earning = ESCROW.earningOf(voter, _known(number).period);
        return earning < SEATS_PER_MIN_STAKE * SEAT ? 0 : earning / SEAT;
    }

    /// @inheritdoc IHealthVote
    function targetOf(uint256 number, bytes32 seed, uint256 target) public view returns (address) {
        Round storage round = _known(number);
        uint256 held = 1 + KeyedPermutation.permute(_key(round, seed), round.numbers, target);
        IStakeEscrow.Holder memory holder = ESCROW.holderOf(held);
        return holder.since < round.period ? holder.miner : address(0);
    }

    /// @inheritdoc IHealthVote
    function winningSeats(
        uint256 number,
        address voter,
        uint256 from,
        uint256 count
    ) external view returns (uint256[] memory won) {
        Round storage round = _known(number);
        uint256 until = Math.min(from + count, seatsOf(number, voter));
        won = new uint256[](count);
        uint256 found;
        for (uint256 seat = from; seat < until; ++seat) {
            if (Committee.wins(round.randomness, voter, seat, round.distance, round.rim)) won[found++] = seat;
        }
        assembly ("memory-safe") {
            mstore(won, found)
        }
    }

    /// @inheritdoc IHealthVote
    function roundOf(uint256 number) external view returns (Round memory) {
        return _known(number);
    }

    /// @inheritdoc IHealthVote
    function seedsOf(uint256 number) external view returns (Seed[] memory seeds) {
        seeds = new Seed[](_known(number).seeds);
        for (uint256 i; i < seeds.length; ++i) seeds[i] = _seeds[number % RING][i];
    }

    /// @inheritdoc IHealthVote
    function verdictsOf(uint256 number) external view returns (uint256[] memory) {
        return _verdictsOf(_known(number));
    }
}
