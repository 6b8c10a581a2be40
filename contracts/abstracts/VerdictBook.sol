// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IHealthVote} from "../interfaces/IHealthVote.sol";
import {BallotTally, PLANES} from "../libraries/BallotTally.sol";
import {Committee} from "../libraries/Committee.sol";
import {Standing} from "../libraries/Standing.sol";
import {BallotBook} from "./BallotBook.sol";

/// @title VerdictBook
/// @notice The part of the health votes that decides a round: adds its ballots up, pays its voters, and burns, carries or
/// voids what is left.
abstract contract VerdictBook is BallotBook {
    using BallotTally for uint256[PLANES];
    using Standing for uint256;

    /// @dev The carry is at most so many times the budget of the round that adds to it.
    uint256 internal constant MAX_CARRY = 16;
    int256 internal constant ONE = 1e18;

    /// @inheritdoc IHealthVote
    uint256 public carry;

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

    function _burn(uint256 amount) internal {
        if (amount != 0) TOKEN.burn(amount);
    }
}
