// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Issuance} from "../../contracts/abstracts/Issuance.sol";

/// @title IssuanceProof
/// @notice One period's close, for all parameters that the constructors allow.
abstract contract Issuance__Proof is Issuance {
    struct Closed {
        uint256 issue; // what both parts are of
        uint256 noted; // in S
        uint256 stakerReward;
        uint256 budget;
        uint256 nextAcc;
    }

    /// @dev Closes a period in which enough earned, from any state that can be.
    function _anyClose(Totals memory totals, Books memory books, uint256 acc) internal view returns (Closed memory c) {
        require(INITIAL_SUPPLY > 0 && INITIAL_SUPPLY < MAX_SUPPLY && MAX_SUPPLY <= type(uint96).max);
        require(FIRST_ISSUE > 0 && FIRST_ISSUE <= MAX_SUPPLY - INITIAL_SUPPLY && HEALTH_PPM <= 200_000);
        require(MIN_EARNING >= 16e9 && totals.earning >= MIN_EARNING && totals.open < type(uint32).max);
        require(books.issued >= INITIAL_SUPPLY && books.issued <= MAX_SUPPLY && acc <= type(uint128).max);
        uint256 issuedBefore = books.issued;
        (c.nextAcc, c.stakerReward, c.budget) = _close(totals, books, acc);
        c.issue = c.stakerReward + c.budget;
        c.noted = books.issued - issuedBefore;
    }

    /// @notice An issue is at most what is left below S_max.
    /// @custom:rule 2; 9.1
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets (issue * HEALTH_PPM) / PPM ; scaled / totals.earning ; uint96(scaled % totals.earning) ; uint96(totals.earning + totals.pending - _ending[totals.open]) ; uint96(issue)
    function issueStaysBelowTheCap(Totals memory totals, Books memory books, uint256 acc) external view {
        uint256 left = MAX_SUPPLY - books.issued;
        Closed memory c = _anyClose(totals, books, acc);
        assert(c.issue <= left);
    }

    /// @notice What is noted as issued is what stakers and health votes get, no more and no less.
    /// @custom:rule 2; 9.1
    /// @custom:engine halmos
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    function partsOfAnIssueSum(Totals memory totals, Books memory books, uint256 acc) external view {
        Closed memory c = _anyClose(totals, books, acc);
        assert(c.noted == c.issue);
    }

    /// @notice An issue is what eq. 32 says, rounded down.
    /// @custom:rule 2
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets (issue * HEALTH_PPM) / PPM ; scaled / totals.earning ; uint96(scaled % totals.earning) ; uint96(totals.earning + totals.pending - _ending[totals.open]) ; uint96(issue)
    function issueIsScheduled(Totals memory totals, Books memory books, uint256 acc) external view {
        uint256 left = MAX_SUPPLY - books.issued;
        Closed memory c = _anyClose(totals, books, acc);
        uint256 range = MAX_SUPPLY - INITIAL_SUPPLY;
        assert(c.issue * range <= left * FIRST_ISSUE);
        assert(left * FIRST_ISSUE < (c.issue + 1) * range);
    }

    /// @notice The health budget is at most its share of the issue.
    /// @custom:rule 2
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets ((MAX_SUPPLY - books.issued) * FIRST_ISSUE) / (MAX_SUPPLY - INITIAL_SUPPLY) ; scaled / totals.earning ; uint96(scaled % totals.earning) ; uint96(totals.earning + totals.pending - _ending[totals.open]) ; uint96(issue)
    function budgetIsAShare(Totals memory totals, Books memory books, uint256 acc) external view {
        Closed memory c = _anyClose(totals, books, acc);
        assert(c.budget * PPM <= c.issue * HEALTH_PPM);
    }

    /// @notice The division of a reward by the stake that earns loses nothing and pays nothing twice: the growth of the
    /// accumulator times the stake, and the new remainder, are the reward and the old remainder.
    /// @custom:rule 2; 9.2
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets ((MAX_SUPPLY - books.issued) * FIRST_ISSUE) / (MAX_SUPPLY - INITIAL_SUPPLY) ; (issue * HEALTH_PPM) / PPM ; uint96(totals.earning + totals.pending - _ending[totals.open]) ; uint96(issue)
    function divisionLosesNothing(Totals memory totals, Books memory books, uint256 acc) external view {
        (uint256 earning, uint256 remainder) = (totals.earning, books.remainder);
        Closed memory c = _anyClose(totals, books, acc);
        require(c.issue <= MAX_SUPPLY); // issueStaysBelowTheCap
        assert((c.nextAcc - acc) * earning + books.remainder == c.stakerReward * 2 ** 64 + remainder);
        assert(books.remainder < earning);
    }

    /// @notice The accumulator never falls.
    /// @custom:rule 3, rewards
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets ((MAX_SUPPLY - books.issued) * FIRST_ISSUE) / (MAX_SUPPLY - INITIAL_SUPPLY) ; (issue * HEALTH_PPM) / PPM ; uint96(totals.earning + totals.pending - _ending[totals.open]) ; uint96(issue) ; uint96(scaled % totals.earning)
    function accumulatorNeverFalls(Totals memory totals, Books memory books, uint256 acc) external view {
        Closed memory c = _anyClose(totals, books, acc);
        require(c.issue <= MAX_SUPPLY); // issueStaysBelowTheCap
        assert(c.nextAcc >= acc);
    }

    /// @notice The accumulator grows by no more than the reward over L_min, and one for the remainder: so it fits in 128 bits.
    /// @custom:rule 10, L_min
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets ((MAX_SUPPLY - books.issued) * FIRST_ISSUE) / (MAX_SUPPLY - INITIAL_SUPPLY) ; (issue * HEALTH_PPM) / PPM ; uint96(totals.earning + totals.pending - _ending[totals.open]) ; uint96(issue) ; uint96(scaled % totals.earning)
    function accumulatorGrowsSlowly(Totals memory totals, Books memory books, uint256 acc) external view {
        require(books.remainder < totals.earning);
        Closed memory c = _anyClose(totals, books, acc);
        require(c.issue <= MAX_SUPPLY); // issueStaysBelowTheCap
        assert((c.nextAcc - acc) * MIN_EARNING < c.stakerReward * 2 ** 64 + MIN_EARNING);
    }

    /// @notice The issue of a period is at most that of the one before.
    /// @custom:rule 2
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets (issue * HEALTH_PPM) / PPM ; scaled / totals.earning ; uint96(scaled % totals.earning) ; uint96(totals.earning + totals.pending - _ending[totals.open])
    function issuesNeverGrow(Totals memory totals, Books memory books, uint256 acc) external view {
        Closed memory first = _anyClose(totals, books, acc);
        require(first.nextAcc <= type(uint128).max);
        Closed memory second = _anyClose(totals, books, first.nextAcc);
        assert(second.issue <= first.issue);
    }

    /// @notice While less than L_min earns nothing is issued, and accumulator and remainder stay.
    /// @custom:rule 2
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets ((MAX_SUPPLY - books.issued) * FIRST_ISSUE) / (MAX_SUPPLY - INITIAL_SUPPLY) ; (issue * HEALTH_PPM) / PPM ; scaled / totals.earning ; uint96(totals.earning + totals.pending - _ending[totals.open])
    function nothingIsIssuedBelowTheLeast(Totals memory totals, Books memory books, uint256 acc) external view {
        require(totals.earning < MIN_EARNING && totals.open < type(uint32).max);
        (uint256 issuedBefore, uint256 remainder) = (books.issued, books.remainder);
        (uint256 nextAcc, uint256 stakerReward, uint256 budget) = _close(totals, books, acc);
        assert(books.issued == issuedBefore && books.remainder == remainder);
        assert(nextAcc == acc && stakerReward == 0 && budget == 0);
    }

    /// @notice The stake that earns next is the stake that earned and the stake that starts, less what ended.
    /// @custom:rule 9.2
    /// @custom:instead test/forge/Issuance.fuzz.t.sol, all parameters at random
    /// @custom:forgets ((MAX_SUPPLY - books.issued) * FIRST_ISSUE) / (MAX_SUPPLY - INITIAL_SUPPLY) ; (issue * HEALTH_PPM) / PPM ; scaled / totals.earning ; uint96(scaled % totals.earning) ; uint96(issue)
    function totalsFlow(Totals memory totals, Books memory books, uint256 acc) external view {
        uint256 sum = uint256(totals.earning) + totals.pending;
        require(sum <= type(uint96).max);
        _anyClose(totals, books, acc);
        assert(totals.earning + _ending[totals.open] == sum && totals.pending == 0);
    }
}
