// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PolicyManager} from "../../contracts/PolicyManager.sol";

/// @title FeeSplits
/// @notice How the policy manager parts a fee that is not earned, and what a verdict takes.
abstract contract FeeSplits__Proof is PolicyManager {
    function _assumeStopped(Standing memory s, uint256 rate) internal view {
        require(s.start <= s.stop && s.stop <= s.end && s.end <= type(uint32).max);
        require(rate <= GRAIN << 62 && FLOOR_PERCENT <= 100);
    }

    /// @notice Of an arrangement that stops early, what is earned, refunded and held back sum to its fee.
    /// @custom:rule 6, closing; 9.5
    function partsOfAFeeSum(Standing memory s, uint256 rate) external view {
        _assumeStopped(s, rate);
        (uint256 refunded, uint256 held) = _unearned(s, rate);
        assert(rate * (s.stop - s.start) + refunded + held == rate * (s.end - s.start));
    }

    /// @notice What is refunded at once leaves at least the share φ of the fee, earned or held back.
    /// @custom:rule 6, closing
    function floorStaysBehind(Standing memory s, uint256 rate) external view {
        _assumeStopped(s, rate);
        (uint256 refunded, ) = _unearned(s, rate);
        assert(100 * refunded <= (100 - FLOOR_PERCENT) * rate * (s.end - s.start));
    }

    /// @notice Once the share φ was served, nothing is held back.
    /// @custom:rule 6, closing
    function nothingHeldAboveTheFloor(Standing memory s, uint256 rate) external view {
        _assumeStopped(s, rate);
        (, uint256 held) = _unearned(s, rate);
        if (100 * (s.stop - s.start) >= FLOOR_PERCENT * (s.end - s.start)) assert(held == 0);
    }

    /// @notice What an arrangement reserves while it is open is what a closed one reserves, and what closing frees.
    /// @custom:rule 6, reserved
    function closingFreesTheRest(Standing memory s, uint256 rate) external view {
        _assumeStopped(s, rate);
        require(s.collateral <= GRAIN << 62);
        (uint256 refunded, uint256 held) = _unearned(s, rate);
        assert(_reserve(s, rate) + refunded + held == s.collateral + rate * (s.end - s.start));
    }

    /// @notice Paying out a verdict can't fail by arithmetic, whatever part of the earned fee is in unclaimed fees: neither
    /// the challenger's part nor what is burned is ever negative.
    /// @custom:rule 6, verdicts; 9.7
    /// @custom:targets underflow overflow
    function verdictIsPaidOut(address miner, Verdict memory verdict) external {
        require(verdict.collateral <= GRAIN << 62 && verdict.earned <= (GRAIN << 62) * MAX_PERIODS);
        require(verdict.withheld <= (GRAIN << 62) * MAX_PERIODS && verdict.fromFees <= verdict.earned);
        require(FINDER_PERCENT <= 25 && LEAK_PERCENT <= 20);
        verdict.toChallenger =
            verdict.leaked ? (verdict.earned * LEAK_PERCENT) / 100 : (verdict.collateral * FINDER_PERCENT) / 100;
        _execute(miner, verdict);
    }
}
