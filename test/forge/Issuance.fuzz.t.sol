// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Issuance} from "../../contracts/abstracts/Issuance.sol";
import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {NKMSToken} from "../../contracts/NKMSToken.sol";
import {EscrowHarness} from "./EscrowHarness.sol";

/// @title IssuanceFuzz
/// @notice One period's close under every choice of parameters that the constructors allow.
contract IssuanceFuzz {
    /// @notice Makes forge look for tests here.
    bool public constant IS_TEST = true;

    uint256 internal constant GRAIN = 1e9;
    uint256 internal constant LEAST_STAKE = 16 * GRAIN;
    uint256 internal constant SCALE = 1 << 64;
    uint256 internal constant PPM = 1e6;
    uint256 internal constant PERIODS = 40;

    /// @notice What the schedule depends on.
    struct Schedule {
        uint256 initialSupply;
        uint256 maxSupply;
        uint256 firstIssue;
        uint256 healthPpm;
        uint256 minEarning;
    }

    uint256 private _entropy;

    function _random(uint256 least, uint256 most) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return least + (_entropy % (most - least + 1));
    }

    /// @dev The bounds themselves, or any magnitude between.
    function _magnitude(uint256 least, uint256 most) internal returns (uint256) {
        uint256 dice = _random(0, 4);
        if (dice == 0) return least;
        if (dice == 1) return most;
        return _random(least, least + ((most - least) >> _random(0, 90)));
    }

    function _anySchedule() internal returns (Schedule memory s) {
        s.maxSupply = _magnitude(LEAST_STAKE, type(uint96).max);
        s.initialSupply = _magnitude(1, s.maxSupply - 1);
        s.firstIssue = _magnitude(1, s.maxSupply - s.initialSupply);
        s.healthPpm = _magnitude(0, 200_000);
        s.minEarning = _magnitude(LEAST_STAKE, s.maxSupply);
    }

    function _deploy(Schedule memory s) internal returns (EscrowHarness) {
        NKMSToken token = new NKMSToken(address(this), s.initialSupply, s.maxSupply);
        return
            new EscrowHarness(
                token,
                IStakeEscrow.Parameters({
                    period: 1 days,
                    firstIssue: s.firstIssue,
                    healthPpm: s.healthPpm,
                    minEarning: s.minEarning,
                    minStake: LEAST_STAKE,
                    shortestLock: 1,
                    longestLock: 1,
                    vesting: 1,
                    maxCatchUp: 500
                })
            );
    }

    /* ONE CLOSE */

    /// @notice Issue = floor((S_max - S) s0 / (S_max - S(0))) <= S_max - S, all of it given out, and the division by
    /// the earning stake loses nothing: gain * earning + remainder after = reward + remainder before.
    function testFuzz_oneCloseLosesNothing(uint256 seed) public {
        _entropy = seed;
        Schedule memory s = _anySchedule();
        EscrowHarness escrow = _deploy(s);
        Issuance.Books memory books;
        books.issued = uint96(_magnitude(s.initialSupply, s.maxSupply));
        uint256 earning = _magnitude(1, type(uint96).max);
        books.remainder = uint96(_magnitude(0, type(uint96).max - 1));
        uint256 acc = _magnitude(0, 1 << 126);

        (uint256 nextAcc, uint256 reward, uint256 budget, Issuance.Books memory next) = escrow.closePeriod(
            uint96(earning),
            books,
            acc
        );
        uint256 issue = next.issued - books.issued;
        if (earning < s.minEarning) {
            require(issue == 0 && reward == 0 && budget == 0, "issued although too little earned");
            require(nextAcc == acc && next.remainder == books.remainder, "changed although too little earned");
            return;
        }
        uint256 open = s.maxSupply - books.issued;
        require(issue <= open, "issued beyond the cap");
        uint256 share = s.maxSupply - s.initialSupply;
        require(issue * share <= open * s.firstIssue, "issued more than the schedule");
        require((issue + 1) * share > open * s.firstIssue, "issued less than the schedule");
        require(reward + budget == issue, "parts do not sum to the issue");
        require(budget * PPM <= issue * s.healthPpm, "the health votes got more than their share");
        require(next.remainder < earning, "a remainder was not divided");
        require(
            (nextAcc - acc) * earning + next.remainder == reward * SCALE + books.remainder,
            "the division lost something"
        );
    }

    /* MANY CLOSES */

    /// @notice Issues never grow, their sum stays below the cap, and the accumulator stays below 2^128, whatever earns.
    function testFuzz_accumulatorFits128Bits(uint256 seed) public {
        _entropy = seed;
        Schedule memory s = _anySchedule();
        _closeMany(s, false);
    }

    /// @notice The same where it grows fastest: the largest supply, no health share, the least stake earning.
    function testFuzz_accumulatorFits128BitsAtExtremes(uint256 seed) public {
        _entropy = seed;
        uint256 most = type(uint96).max - 1;
        _closeMany(Schedule(1, type(uint96).max, _magnitude(1, most), 0, LEAST_STAKE), true);
    }

    function _closeMany(Schedule memory s, bool leastEarns) internal {
        EscrowHarness escrow = _deploy(s);
        Issuance.Books memory books;
        books.issued = uint96(s.initialSupply);
        uint256 acc;
        uint256 lastIssue = type(uint256).max;
        for (uint256 i; i < PERIODS; ++i) {
            uint256 earning = leastEarns ? s.minEarning : _magnitude(s.minEarning, type(uint96).max);
            Issuance.Books memory next;
            (acc, , , next) = escrow.closePeriod(uint96(earning), books, acc);
            require(acc <= type(uint128).max, "the accumulator outgrew its slot");
            require(next.issued >= books.issued && next.issued <= s.maxSupply, "issued beyond the cap");
            require(next.issued - books.issued <= lastIssue, "an issue was larger than the one before");
            lastIssue = next.issued - books.issued;
            books = next;
        }
        // What any further periods could add: all that is open, to the least stake that can earn it.
        uint256 open = s.maxSupply - books.issued;
        require(
            acc + (open * SCALE) / s.minEarning + PERIODS <= type(uint128).max,
            "the accumulator will outgrow its slot"
        );
    }
}
