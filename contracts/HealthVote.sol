// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {HealthPay} from "./abstracts/HealthPay.sol";
import {IHealthVote} from "./interfaces/IHealthVote.sol";
import {IMinerRegistry} from "./interfaces/IMinerRegistry.sol";
import {INKMSToken} from "./interfaces/INKMSToken.sol";
import {IStakeEscrow} from "./interfaces/IStakeEscrow.sol";
import {BallotTally, PLANES} from "./libraries/BallotTally.sol";
import {Committee} from "./libraries/Committee.sol";
import {KeyedPermutation} from "./libraries/KeyedPermutation.sol";
import {Standing} from "./libraries/Standing.sol";

/// @title HealthVote
/// @notice See {IHealthVote}. Here stand rounds and ballots; what voters have earned is in {HealthPay}, who is in a committee
/// in {Committee}, how votes add up in {BallotTally}, which miners are targets in {KeyedPermutation}.
///
/// LEDGER  TOKEN.balanceOf(this) >= all pay + carry + budgets of rounds that are not decided.
/// RING    Round i lives at i mod R, with its seeds, votes and ballots; whatever is read of it is first known to be its own.
///         Nothing is cleared: to write over an old value is cheaper.
/// TRUST   Randomness is block.prevrandao: a proposer can withhold its block and so choose between two values, once per
///         proposal that it gives up. Whoever alone opens rounds or commit phases can wait for a block that it likes: voters
///         open both in the first block they can. There is no owner.
contract HealthVote is HealthPay {
    using BallotTally for uint256[PLANES];
    using Standing for uint256;

    bytes32 public constant COMMITMENT_TYPEHASH = keccak256(
        "BallotCommitment(uint256 round,address voter,bytes32 commitment)"
    );
    bytes32 internal constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    uint256 internal constant MAX_SEEDS = 8;
    uint256 internal constant SEATS_PER_MIN_STAKE = 16;
    /// @dev The carry is at most so many times the budget of the round that adds to it.
    uint256 internal constant MAX_CARRY = 16;
    int256 internal constant ONE = 1e18;
    uint256 internal constant NO_TARGET = type(uint16).max;
    /// @dev So many targets fit into a {Ballot}.
    uint256 internal constant SHORT = 200;

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

    /// @dev One round in each of `pace` equal parts of a period, and GAP blocks between any two.
    function _checkPace(uint256 pace) internal view {
        Place storage last = _places[rounds % RING];
        uint256 fromBlock = last.head.openedBlock + GAP;
        uint256 slot = Math.max(PERIOD / pace, 1);
        uint256 fromTime = (last.terms.openedAt / slot + 1) * slot;
        if (rounds != 0 && (block.number < fromBlock || block.timestamp < fromTime)) {
            revert HealthVoteTooSoon(fromBlock, fromTime);
        }
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
        (Place storage place, Head memory head) = _inPhase(number, 0, SEEDS_END);
        _checkOperator(voter);
        if (seat >= _seatsOf(head, voter)) revert HealthVoteNotASeat(number, voter, seat);
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

    /* VOTING */

    /// @inheritdoc IHealthVote
    function commit(uint256 number, address voter, bytes32 commitment) external {
        _checkMixed(number);
        _checkOperator(voter);
        if (!_commit(number, voter, commitment)) revert HealthVoteCommitted(number, voter);
    }

    /// @inheritdoc IHealthVote
    function commitFor(uint256 number, SignedCommitment[] calldata commitments) external {
        _checkMixed(number);
        bool counts;
        for (uint256 i; i < commitments.length; ++i) {
            SignedCommitment calldata signed = commitments[i];
            address operator = REGISTRY.operatorOf(signed.voter);
            if (operator == address(0) || operator != _signer(number, signed)) continue;
            if (_commit(number, signed.voter, signed.commitment)) counts = true;
        }
        if (!counts) revert HealthVoteNothingCounts(number);
    }

    /// @notice Of what operators sign, see {commitFor}; another one on another chain, if this one splits.
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return
            keccak256(
                abi.encode(DOMAIN_TYPEHASH, keccak256("NKMS HealthVote"), keccak256("1"), block.chainid, address(this))
            );
    }

    function _checkMixed(uint256 number) internal view {
        (, Head memory head) = _inPhase(number, SEEDS_END, COMMITS_END);
        if (!head.mixed) revert HealthVoteNotMixed(number);
    }

    /// @dev Zero: nobody. A second form of a signature is no harm: a voter's first commitment counts.
    function _signer(uint256 number, SignedCommitment calldata signed) internal view returns (address) {
        bytes32 structHash = keccak256(abi.encode(COMMITMENT_TYPEHASH, number, signed.voter, signed.commitment));
        bytes32 digest = MessageHashUtils.toTypedDataHash(DOMAIN_SEPARATOR(), structHash);
        uint256 vs = uint256(signed.vs);
        return ecrecover(digest, uint8((vs >> 255) + 27), signed.r, bytes32(vs & (type(uint256).max >> 1)));
    }

    /// @return Whether it is the voter's first in this round; a second one changes nothing.
    function _commit(uint256 number, address voter, bytes32 commitment) internal returns (bool) {
        uint256 place = number % RING;
        if (_ballots[voter][place].round == number) return false;
        _ballots[voter][place] = Ballot(_shortened(commitment), uint32(number), 0, true);
        emit Committed(number, voter);
        return true;
    }

    /// @inheritdoc IHealthVote
    function reveal(uint256 number, Reveal[] calldata reveals) external {
        (Place storage place, Head memory head) = _inPhase(number, COMMITS_END, REVEALS_END);
        uint256 before = Standing.current(place.standing, number);
        uint256 standing = before;
        address voter;
        for (uint256 i; i < reveals.length; ++i) {
            voter = reveals[i].voter;
            standing = _show(place, head, standing, reveals[i]);
        }
        if (standing == before) revert HealthVoteNotCommitted(number, voter);
        place.standing = standing;
    }

    /// @dev Keeps a vote, if it counts.
    /// @return How the round stands with it.
    function _show(
        Place storage place,
        Head memory head,
        uint256 standing,
        Reveal calldata shown
    ) internal returns (uint256) {
        if (!_matches(head.number, shown)) return standing;
        _checkBallot(head.targets, shown.ballot);
        Vote memory vote;
        vote.seats = uint24(_countSeats(place, head, shown.voter, shown.seats));
        if (vote.seats == 0) return standing;
        vote.voter = shown.voter;
        vote.seed = uint8(_seedIndex(place, head, shown.seed));
        vote.own = uint16(_ownTarget(place, head, shown.voter, shown.seed));
        _store(place, head, standing.votes(), vote, shown.ballot);
        emit Revealed(head.number, shown.voter, shown.seed, vote.seats, shown.ballot);
        return standing.plus(vote.seed, vote.seats);
    }

    /// @dev Whether there is a commitment that is open. Another one is refused.
    function _matches(uint256 number, Reveal calldata shown) internal view returns (bool) {
        Ballot memory made = _ballots[shown.voter][number % RING];
        if (made.round != number || !made.open) return false;
        bytes32 hash = keccak256(
            abi.encode(
                block.chainid,
                address(this),
                number,
                shown.voter,
                shown.seed,
                shown.ballot,
                shown.salt,
                shown.seats
            )
        );
        if (made.content != _shortened(hash)) revert HealthVoteOtherBallot(number, shown.voter);
        return true;
    }

    function _shortened(bytes32 hash) internal pure returns (uint200) {
        return uint200(uint256(hash) >> 56);
    }

    function _checkBallot(uint256 targets, uint256[] calldata ballot) internal pure {
        uint256 words = _words(targets);
        if (ballot.length != words) revert HealthVoteBallotTooLong(ballot.length, words);
        uint256 last = targets % 256;
        if (last != 0 && ballot[words - 1] >> last != 0) revert HealthVoteBallotTooLong(words + 1, words);
    }

    function _seedIndex(Place storage place, Head memory head, bytes32 seed) internal view returns (uint256 index) {
        bytes32 hash = keccak256(abi.encode(seed));
        while (index < head.seeds && place.seeds[index].hash != hash) ++index;
        if (index == head.seeds) revert HealthVoteUnknownSeed(head.number, hash);
    }

    /// @dev The target that the voter itself is with this seed, or NO_TARGET.
    function _ownTarget(
        Place storage place,
        Head memory head,
        address voter,
        bytes32 seed
    ) internal view returns (uint256) {
        uint256 own = ESCROW.minerOf(voter).number;
        if (own == 0 || own > head.numbers) return NO_TARGET;
        uint256 target = KeyedPermutation.invert(_key(seed, place.mix), head.numbers, own - 1);
        if (target >= head.targets || ESCROW.holderOf(own).since >= head.period) return NO_TARGET;
        return target;
    }

    /// @dev Closes the commitment and keeps the vote, with the ballot less the voter's own bit.
    function _store(
        Place storage place,
        Head memory head,
        uint256 index,
        Vote memory vote,
        uint256[] calldata ballot
    ) internal {
        uint256 first;
        for (uint256 w; w < ballot.length; ++w) {
            uint256 word = ballot[w];
            if (vote.own / 256 == w) word &= ~(1 << (vote.own % 256));
            if (word == 0) continue;
            vote.words |= uint32(1 << w);
            if (head.targets <= SHORT) first = word;
            else place.ballots[index][w] = word;
        }
        _ballots[vote.voter][head.number % RING] = Ballot(uint200(first), head.number, uint16(vote.seats), false);
        place.votes[index] = vote;
    }

    /* DECIDING */

    /// @inheritdoc IHealthVote
    function finalize(uint256 number, uint256 maxSteps) external {
        (Place storage place, ) = _inPhase(number, REVEALS_END, type(uint256).max);
        Round memory round = _read(place);
        if (round.state >= State.Decided) revert HealthVoteWrongState(number, round.state);
        if (_period() > round.period + 2 && round.state != State.Scoring) return _void(place, round);
        if (round.state == State.Open) {
            (bool found, uint256 winner) = _winner(place, round);
            if (!found) return _void(place, round);
            (round.winner, round.state) = (uint8(winner), State.Tallying);
        }
        uint256 steps = maxSteps;
        if (round.state == State.Tallying) steps = _tally(place, round, steps);
        if (round.state == State.Scoring) _score(place, round, steps);
        place.progress = Progress(round.state, round.winner, round.cursor, round.unhealthy, round.pot, round.paid);
        if (round.state == State.Decided) _close(place, round);
    }

    /// @dev The seed with most seats, if no other has as many and they are at least half of those wanted.
    function _winner(Place storage place, Round memory round) internal view returns (bool found, uint256 winner) {
        uint256 standing = Standing.current(place.standing, round.number);
        uint256 most;
        for (uint256 i; i < round.seeds; ++i) {
            uint256 seats = standing.seatsFor(i);
            if (seats > most) (most, winner, found) = (seats, i, true);
            else if (seats == most) found = false;
        }
        found = found && 2 * most >= round.wanted;
    }

    /// @dev Words of verdicts, one a step; then what there is to share out.
    function _tally(Place storage place, Round memory round, uint256 steps) internal returns (uint256) {
        uint256 least = Math.max(round.wanted, place.standing.seatsFor(round.winner)) / 2;
        uint256 words = _words(round.targets);
        uint256 word = round.cursor;
        for (; word < words && steps > 0; (++word, --steps)) {
            uint256 verdict = _tallyWord(place, round, word, least);
            place.verdicts[word] = verdict;
            round.unhealthy += uint16(Committee.ones(verdict));
        }
        round.cursor = uint32(word);
        if (word == words) _openPot(place, round);
        return steps;
    }

    function _tallyWord(
        Place storage place,
        Round memory round,
        uint256 word,
        uint256 least
    ) internal view returns (uint256) {
        uint256[PLANES] memory planes;
        for (uint256 i; i < round.votes; ++i) {
            Vote memory vote = place.votes[i];
            if (vote.seed == round.winner) planes.add(_wordOf(place, round, i, vote, word), vote.seats);
        }
        return planes.above(least);
    }

    /// @dev A word of a ballot.
    function _wordOf(
        Place storage place,
        Round memory round,
        uint256 index,
        Vote memory vote,
        uint256 word
    ) internal view returns (uint256) {
        if ((vote.words >> word) & 1 == 0) return 0;
        return round.targets <= SHORT ? _ballots[vote.voter][round.number % RING].content : place.ballots[index][word];
    }

    function _openPot(Place storage place, Round memory round) internal {
        uint256 pot = round.budget;
        if (_tells(round)) {
            pot += carry;
            carry = 0;
        } else {
            pot /= 4;
        }
        (round.pot, round.state, round.cursor) = (uint96(pot), State.Scoring, 0);
        emit Tallied(round.number, place.seeds[round.winner].hash, round.unhealthy, pot);
    }

    /// @dev Whether there is both an unhealthy and a healthy target.
    function _tells(Round memory round) internal pure returns (bool) {
        return round.unhealthy != 0 && round.unhealthy != round.targets;
    }

    /// @dev Pays voters, one a step.
    function _score(Place storage place, Round memory round, uint256 steps) internal {
        uint256[] memory verdicts = _verdictsOf(place, round.targets);
        uint256 i = round.cursor;
        for (; i < round.votes && steps > 0; (++i, --steps)) {
            Vote memory vote = place.votes[i];
            if (vote.seed != round.winner) continue;
            (uint256 found, uint256 wrong) = (0, 0);
            for (uint256 w; w < verdicts.length; ++w) {
                uint256 word = _wordOf(place, round, i, vote, w);
                if (word == 0) continue;
                found += Committee.ones(word & verdicts[w]);
                wrong += Committee.ones(word & ~verdicts[w]);
            }
            _settle(round, vote, _scoreOf(round, vote.own, verdicts, found, wrong));
        }
        round.cursor = uint32(i);
        if (i == round.votes) round.state = State.Decided;
    }

    /// @dev Sensitivity + specificity - 1, over the targets other than the voter, times ONE. Without both an unhealthy and a
    /// healthy one: full agreement is ONE, anything else 0.
    /// @param found Unhealthy targets that the ballot names. @param wrong Healthy ones.
    function _scoreOf(
        Round memory round,
        uint256 own,
        uint256[] memory verdicts,
        uint256 found,
        uint256 wrong
    ) internal pure returns (int256) {
        // Each is at most 4,096, the number of targets; a target that is the voter is one of its kind.
        unchecked {
            uint256 sick = round.unhealthy; // among the others
            uint256 well = round.targets - sick;
            if (own != NO_TARGET) {
                if ((verdicts[own / 256] >> (own % 256)) & 1 != 0) --sick;
                else --well;
            }
            if (!_tells(round)) return found == sick && wrong == 0 ? ONE : int256(0);
            if (sick == 0 || well == 0) return 0;
            return (ONE * (int256(found * well) - int256(wrong * sick))) / int256(sick * well);
        }
    }

    /// @dev Pays, or takes back.
    function _settle(Round memory round, Vote memory vote, int256 score) internal {
        uint256 part;
        // 60, 96 and 24 bits, over at least ONE.
        unchecked {
            uint256 share = uint256(score < 0 ? -score : score) * round.pot * vote.seats;
            part = share / (uint256(ONE) * Math.max(round.wanted, round.revealed));
        }
        (uint256 paid, uint256 taken) = (0, 0);
        if (score > 0) {
            paid = part;
            round.paid += uint96(paid);
            _credit(vote.voter, paid, _period());
        } else if (part != 0) {
            taken = _takeBack(vote.voter, part, _period());
            _burn(taken);
        }
        emit Scored(round.number, vote.voter, score, paid, taken);
    }

    /// @dev Burns or carries what is left.
    function _close(Place storage place, Round memory round) internal {
        // Verdicts do not last longer because nobody had the voters scored.
        place.terms.decidedIn = uint32(Math.min(_period(), round.period + 2));
        uint256 left = round.pot - round.paid;
        uint256 carried;
        if (!_tells(round)) {
            uint256 rest = round.budget - round.pot;
            carried = Math.min(rest, Math.saturatingSub(MAX_CARRY * round.budget, carry));
            carry += carried;
            left += rest - carried;
        }
        emit Decided(round.number, round.paid, carried, left);
        _burn(left);
    }

    /// @dev What the round holds and has not paid is burned.
    function _void(Place storage place, Round memory round) internal {
        uint256 held = round.state == State.Scoring ? Math.max(round.pot, round.budget) - round.paid : round.budget;
        place.progress.state = State.Void;
        emit Voided(round.number, held);
        _burn(held);
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
        uint256 held = _countSeats(place, place.head, voter, seats);
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

    function _burn(uint256 amount) internal {
        if (amount != 0) TOKEN.burn(amount);
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

    /// @dev How many of the seats the voter still has. All must be the committee's, in rising order.
    function _countSeats(
        Place storage place,
        Head memory head,
        address voter,
        uint256[] calldata seats
    ) internal view returns (uint256 count) {
        uint256 has = _seatsOf(head, voter);
        bytes32 randomness = place.randomness;
        uint256 least;
        for (uint256 i; i < seats.length; ++i) {
            uint256 seat = seats[i];
            if (seat < least) revert HealthVoteSeatsOutOfOrder(i);
            _checkSeat(head, randomness, voter, seat);
            if (seat < has) ++count;
            least = seat + 1;
        }
    }

    function _checkSeat(Head memory head, bytes32 randomness, address voter, uint256 seat) internal pure {
        bool wins = Committee.wins(randomness, voter, seat, head.distance, head.rim);
        if (!wins) revert HealthVoteNotASeat(head.number, voter, seat);
    }

    function _seatsOf(Head memory head, address voter) internal view returns (uint256) {
        uint256 earning = ESCROW.earningOf(voter, head.period);
        return earning < SEATS_PER_MIN_STAKE * SEAT ? 0 : earning / SEAT;
    }

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
        return _seatsOf(head, voter);
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
        uint256 until = Math.min(from + count, _seatsOf(head, voter));
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
