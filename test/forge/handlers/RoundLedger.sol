// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title RoundLedger
/// @notice Books of our own, beside those of the health votes: rounds, who said what, verdicts, pay.
///
/// PAY     What each miner has earned in each period and has neither been paid nor lost.
/// HELD    What each round holds: its budget, the carry once it has taken it, less what it has paid. It ends at 0.
/// Verdicts and scores are counted target by target from what voters have shown.
abstract contract RoundLedger {
    uint256 internal constant NOBODY = type(uint256).max;
    uint256 internal constant ONE = 1e18;
    uint256 internal constant MAX_CARRY = 16;

    enum Stage {
        Voting,
        Paying,
        Decided,
        Void
    }

    /// @notice A ballot that was shown.
    struct Cast {
        address voter;
        uint256 seed; // its place in `seeds`
        uint256 seats;
        uint256 ballot; // bit i: target i
        uint256 own; // the target that the voter itself is, or NOBODY
    }

    struct RoundBook {
        uint256 openedBlock;
        uint256 openedAt;
        uint256 period;
        uint256 numbers;
        uint256 targets;
        uint256 wanted;
        uint256 budget;
        uint256 held;
        bytes32 mix; // zero: the commit phase was not opened
        bytes32[] seeds;
        bytes32[] seats; // that posted them
        Cast[] casts;
        Stage stage;
        uint256 winner;
        uint256 verdicts; // bit i: target i is unhealthy
        uint256 unhealthy;
        uint256 pot;
        uint256 scored; // votes
        uint256 decidedIn;
        uint256 paid;
    }

    /// @notice What a voter committed to in a round.
    struct Slip {
        bool made;
        bool open; // neither shown nor reported
        bool valid; // keeps to the rules
        uint256 known; // seats that were shown or reported
        bytes32 seed;
        bytes32 salt;
        uint256 ballot;
        uint256[] seats;
    }

    /// @notice A verdict that was applied: so many seats said so, of so many that count.
    struct Pausing {
        uint256 against;
        uint256 counting;
    }

    uint256 public roundCount;
    uint256 public carry;
    uint256 public donatedToVotes;
    Pausing[] internal _pausings;
    mapping(uint256 round => RoundBook) internal _rounds;
    mapping(uint256 round => mapping(address voter => Slip)) internal _slips;
    /// @dev Seats of a voter that won, by those that it had at the opening.
    mapping(uint256 round => mapping(address voter => uint256[])) internal _won;
    mapping(address miner => mapping(uint256 period => uint256)) internal _pay;
    mapping(address miner => uint256) internal _payOfAllPeriods;

    /// @notice How often things happened.
    mapping(bytes32 what => uint256) public times;

    function roundAt(uint256 round) external view returns (RoundBook memory) {
        return _rounds[round];
    }

    function pausings() external view returns (Pausing[] memory) {
        return _pausings;
    }

    /// @notice What undecided rounds hold, all of them.
    function heldByRounds() external view returns (uint256 sum) {
        for (uint256 i = 1; i <= roundCount; ++i) sum += _rounds[i].held;
    }

    /* PAY */

    function unvestedOf(address miner, uint256 period, uint256 vesting) public view returns (uint256 sum) {
        for (uint256 p = period; p + vesting >= period; --p) sum += _pay[miner][p];
    }

    function vestedOf(address miner, uint256 period, uint256 vesting) public view returns (uint256) {
        return _payOfAllPeriods[miner] - unvestedOf(miner, period, vesting);
    }

    function _credit(address miner, uint256 amount, uint256 period) internal {
        _pay[miner][period] += amount;
        _payOfAllPeriods[miner] += amount;
    }

    /// @dev Up to `most` of what is not vested, the newest first.
    function _takeBack(address miner, uint256 most, uint256 period, uint256 vesting) internal returns (uint256 taken) {
        for (uint256 p = period; p + vesting >= period; --p) {
            uint256 part = Math.min(_pay[miner][p], most - taken);
            _pay[miner][p] -= part;
            taken += part;
        }
        _payOfAllPeriods[miner] -= taken;
    }

    function _takeVested(address miner, uint256 period, uint256 vesting) internal returns (uint256 amount) {
        amount = vestedOf(miner, period, vesting);
        _payOfAllPeriods[miner] -= amount;
    }

    /* DECIDING */

    /// @dev What a round that ends without verdicts burns.
    function _enterVoid(uint256 number) internal returns (uint256 burned) {
        RoundBook storage round = _rounds[number];
        (burned, round.held, round.stage) = (round.held, 0, Stage.Void);
        ++times["void"];
    }

    /// @dev Seats shown for each seed; all of them together.
    function _seatsShown(uint256 number) internal view returns (uint256[8] memory bySeed, uint256 all) {
        Cast[] storage casts = _rounds[number].casts;
        for (uint256 i; i < casts.length; ++i) {
            bySeed[casts[i].seed] += casts[i].seats;
            all += casts[i].seats;
        }
    }

    function _findWinner(uint256 number) internal view returns (bool found, uint256 winner) {
        (uint256[8] memory bySeed, ) = _seatsShown(number);
        for (uint256 s; s < 8; ++s) if (bySeed[s] > bySeed[winner]) winner = s;
        uint256 leaders;
        for (uint256 s; s < 8; ++s) if (bySeed[s] == bySeed[winner]) ++leaders;
        found = bySeed[winner] != 0 && leaders == 1 && 2 * bySeed[winner] >= _rounds[number].wanted;
    }

    /// @dev Seats that say a target is unhealthy, and how many count: silence is no accusation.
    function _against(uint256 number, uint256 target) internal view returns (uint256 seats, uint256 counting) {
        RoundBook storage round = _rounds[number];
        for (uint256 i; i < round.casts.length; ++i) {
            Cast storage cast = round.casts[i];
            if (cast.seed != round.winner) continue;
            counting += cast.seats;
            if (cast.own != target && _has(cast.ballot, target)) seats += cast.seats;
        }
        counting = Math.max(counting, round.wanted);
    }

    function _enterVerdicts(uint256 number, uint256 winner) internal {
        RoundBook storage round = _rounds[number];
        round.winner = winner;
        for (uint256 t; t < round.targets; ++t) {
            (uint256 seats, uint256 counting) = _against(number, t);
            if (2 * seats <= counting) continue;
            round.verdicts |= 1 << t;
            ++round.unhealthy;
        }
        if (_tells(round)) {
            round.held += carry;
            carry = 0;
            round.pot = round.held;
            ++times["telling"];
        } else {
            round.pot = round.budget / 4;
        }
        round.stage = Stage.Paying;
    }

    function _tells(RoundBook storage round) internal view returns (bool) {
        return round.unhealthy > 0 && round.unhealthy < round.targets;
    }

    /// @dev Pays or takes back from the next voter. Returns what burns.
    function _enterScore(uint256 number, uint256 period, uint256 vesting) internal returns (uint256 burned) {
        RoundBook storage round = _rounds[number];
        Cast memory cast = round.casts[round.scored++];
        if (cast.seed != round.winner) return 0;
        (, uint256 shown) = _seatsShown(number);
        int256 score = _scoreOf(round, cast);
        uint256 size = uint256(score < 0 ? -score : score);
        uint256 part = (size * round.pot * cast.seats) / (ONE * Math.max(round.wanted, shown));
        if (score > 0) {
            _credit(cast.voter, part, period);
            round.held -= part;
            round.paid += part;
            ++times["paid"];
        } else {
            burned = _takeBack(cast.voter, part, period, vesting);
            if (burned > 0) ++times["lost"];
        }
    }

    /// @dev Sensitivity + specificity - 1, times ONE, over the targets that are not the voter.
    function _scoreOf(RoundBook storage round, Cast memory cast) internal view returns (int256) {
        (int256 sick, int256 found, int256 well, int256 cleared) = (0, 0, 0, 0);
        for (uint256 t; t < round.targets; ++t) {
            if (t == cast.own) continue;
            bool says = _has(cast.ballot, t);
            if (_has(round.verdicts, t)) (sick, found) = (sick + 1, says ? found + 1 : found);
            else (well, cleared) = (well + 1, says ? cleared : cleared + 1);
        }
        if (!_tells(round)) return found == sick && cleared == well ? int256(ONE) : int256(0);
        if (sick == 0 || well == 0) return 0;
        return (int256(ONE) * (found * well + cleared * sick - sick * well)) / (sick * well);
    }

    /// @dev The last step. Returns what burns.
    function _enterDecision(uint256 number, uint256 period) internal returns (uint256 burned) {
        RoundBook storage round = _rounds[number];
        round.stage = Stage.Decided;
        round.decidedIn = Math.min(period, round.period + 2);
        if (!_tells(round)) {
            uint256 most = MAX_CARRY * round.budget;
            uint256 carried = Math.min(round.budget - round.pot, most > carry ? most - carry : 0);
            carry += carried;
            round.held -= carried;
        }
        (burned, round.held) = (round.held, 0);
        ++times["decided"];
    }

    function _has(uint256 word, uint256 bit) internal pure returns (bool) {
        return bit < 256 && (word >> bit) & 1 == 1;
    }
}
