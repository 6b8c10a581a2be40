// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {INKMSToken} from "../interfaces/INKMSToken.sol";
import {IStakeEscrow} from "../interfaces/IStakeEscrow.sol";

/// @title Issuance
/// @notice The part of the stake escrow that closes periods: what each one mints (whitepaper eqs. 30-32), and what a
/// unit of stake earned in it. It knows totals, no miners.
///
/// TOTALS   `earning` is the sum of all locks that earn in the open period, `pending` of those that start in the next,
///          _ending[p] of the fixed ones among them whose first period outside is p. Paused miners are in none.
/// REWARDS  _acc[p] is what one unit that earned from the beginning would have got up to the start of p. It is written
///          once, at that start, and never changed. The division's remainder is carried into the next period.
/// TIME     A period is PERIOD seconds, counted from 1970. Periods close when somebody next calls.
abstract contract Issuance is IStakeEscrow {
    uint256 internal constant PPM = 1_000_000;

    /// @inheritdoc IStakeEscrow
    INKMSToken public immutable TOKEN;
    /// @inheritdoc IStakeEscrow
    uint256 public immutable PERIOD;
    /// @inheritdoc IStakeEscrow
    uint256 public immutable FIRST_ISSUE;
    /// @inheritdoc IStakeEscrow
    uint256 public immutable HEALTH_PPM;
    /// @inheritdoc IStakeEscrow
    uint256 public immutable MIN_EARNING;
    /// @inheritdoc IStakeEscrow
    uint256 public immutable MAX_CATCH_UP;
    uint256 internal immutable MAX_SUPPLY;
    uint256 internal immutable INITIAL_SUPPLY;

    /// @dev One slot, 32 bits spare.
    struct Totals {
        uint32 open; // the oldest period that is not closed; 0 before `wire`
        uint96 earning; // stake that earns in it
        uint96 pending; // stake that starts to earn in the next
    }

    /// @dev One slot, 64 bits spare.
    struct Books {
        uint96 issued; // S, base units
        uint96 remainder; // what the last division of a reward by the earning stake left, in units of 2^-64
    }

    /// @dev One slot, 64 bits spare.
    struct HealthBudget {
        uint96 budget; // the last closed period's, base units
        uint96 undrawn; // what is left of it
    }

    Totals internal _totals;
    Books internal _books;
    HealthBudget internal _health;
    /// @dev Reward per base unit up to the start of a period, times 2^64. Two periods a slot. Fits in 128 bits: nothing is
    /// issued while less than MIN_EARNING >= 16e9 earns, so it stays below 2^96 * 2^64 / 2^33.
    uint128[1 << 32] private _acc;
    /// @dev Fixed stake whose first period outside is this one, of miners that are not paused. Two periods a slot.
    uint128[1 << 32] internal _ending;

    constructor(INKMSToken token, Parameters memory p) {
        TOKEN = token;
        MAX_SUPPLY = token.cap();
        INITIAL_SUPPLY = token.INITIAL_SUPPLY();
        _checkBounds("period", p.period, 1 hours, 365 days);
        _checkBounds("firstIssue", p.firstIssue, 1, MAX_SUPPLY - INITIAL_SUPPLY);
        _checkBounds("healthPpm", p.healthPpm, 0, 200_000);
        _checkBounds("minEarning", p.minEarning, p.minStake, MAX_SUPPLY);
        _checkBounds("maxCatchUp", p.maxCatchUp, 1, 500);
        PERIOD = p.period;
        FIRST_ISSUE = p.firstIssue;
        HEALTH_PPM = p.healthPpm;
        MIN_EARNING = p.minEarning;
        MAX_CATCH_UP = p.maxCatchUp;
        _books.issued = uint96(INITIAL_SUPPLY);
    }

    function _checkBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) revert StakeEscrowParameterOutOfBounds(parameter, value, least, most);
    }

    /* CLOSING PERIODS */

    /// @inheritdoc IStakeEscrow
    function advance(uint256 maxPeriods) external {
        _advance(maxPeriods);
    }

    /// @dev Every state change starts here. Returns the current period, with all before it closed.
    function _present() internal returns (uint256 period) {
        period = currentPeriod();
        uint256 open = _totals.open;
        if (open != 0 && period - open > MAX_CATCH_UP) revert StakeEscrowBehind(open, period);
        _advance(MAX_CATCH_UP);
    }

    function _advance(uint256 maxPeriods) internal {
        Totals memory totals = _totals;
        if (totals.open == 0) revert StakeEscrowNotWired();
        uint256 closing = Math.min(currentPeriod() - totals.open, maxPeriods);
        if (closing == 0) return;

        Books memory books = _books;
        uint256 undrawn = _health.undrawn;
        uint256 budget;
        uint256 burned;
        uint256 acc = _acc[totals.open];
        uint256 issuedBefore = books.issued;
        for (; closing > 0; --closing) {
            uint256 earning = totals.earning;
            uint256 stakerReward;
            (acc, stakerReward, budget) = _close(totals, books, acc);
            _acc[totals.open] = uint128(acc);
            emit PeriodClosed(totals.open - 1, earning, stakerReward, budget, undrawn);
            burned += undrawn;
            undrawn = budget;
        }
        _totals = totals;
        _books = books;
        (_health.budget, _health.undrawn) = (uint96(budget), uint96(budget));
        if (books.issued > issuedBefore) TOKEN.mint(books.issued - issuedBefore);
        _burn(burned);
    }

    /// @dev Closes the open period, in memory: whitepaper eq. 32 for one period, and the totals of the next.
    /// @return nextAcc `acc` plus what each unit earned, noted before ended stake drops out.
    function _close(
        Totals memory totals,
        Books memory books,
        uint256 acc
    ) internal view returns (uint256 nextAcc, uint256 stakerReward, uint256 budget) {
        nextAcc = acc;
        if (totals.earning >= MIN_EARNING) {
            uint256 issue = ((MAX_SUPPLY - books.issued) * FIRST_ISSUE) / (MAX_SUPPLY - INITIAL_SUPPLY);
            budget = (issue * HEALTH_PPM) / PPM;
            stakerReward = issue - budget;
            uint256 scaled = (stakerReward << 64) + books.remainder;
            nextAcc += scaled / totals.earning;
            books.remainder = uint96(scaled % totals.earning);
            books.issued += uint96(issue);
        }
        ++totals.open;
        totals.earning = uint96(totals.earning + totals.pending - _ending[totals.open]);
        totals.pending = 0;
    }

    /// @dev Periods begin with the one in which the neighbours become known.
    function _openFirstPeriod() internal {
        _totals.open = uint32(currentPeriod());
    }

    function _burn(uint256 amount) internal {
        if (amount > 0) TOKEN.burn(amount);
    }

    /* VIEWS */

    /// @inheritdoc IStakeEscrow
    function currentPeriod() public view returns (uint256) {
        return block.timestamp / PERIOD;
    }

    /// @inheritdoc IStakeEscrow
    function openPeriod() external view returns (uint256) {
        return _totals.open;
    }

    /// @inheritdoc IStakeEscrow
    function issued() external view returns (uint256) {
        return _books.issued;
    }

    /// @inheritdoc IStakeEscrow
    function earningIn(uint256 period) external view returns (uint256) {
        (Totals memory totals, ) = _stateAt(period);
        return totals.earning;
    }

    /// @inheritdoc IStakeEscrow
    function accumulated(uint256 period) public view returns (uint256 acc) {
        if (period <= _totals.open) return _acc[period];
        (, acc) = _stateAt(period);
    }

    /// @dev Closes all periods before `period`, in memory.
    function _stateAt(uint256 period) internal view returns (Totals memory totals, uint256 acc) {
        totals = _totals;
        acc = _acc[totals.open];
        Books memory books = _books;
        while (totals.open < period) (acc, , ) = _close(totals, books, acc);
    }

    /// @inheritdoc IStakeEscrow
    function healthBudget() external view returns (uint256 budget, uint256 undrawn) {
        return (_health.budget, _health.undrawn);
    }
}
