// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HealthVote} from "../../contracts/HealthVote.sol";

/// @title VotesProof
/// @notice A voter's score and pay, and what becomes of a round's pot.
abstract contract Votes__Proof is HealthVote {
    uint256 internal constant MOST_TARGETS = 4_096;

    /// @dev A ballot names targets: at most the unhealthy ones rightly, and the healthy ones wrongly; never the voter.
    function _assumeBallot(
        Round memory round,
        uint256 own,
        uint256[] memory verdicts,
        uint256 found,
        uint256 wrong
    ) internal pure returns (uint256 sick, uint256 well) {
        require(round.targets <= MOST_TARGETS && round.unhealthy <= round.targets);
        (sick, well) = (round.unhealthy, round.targets - round.unhealthy);
        require(own == NO_TARGET); // a voter that is a target is one of its kind, and is left out of both
        require(verdicts.length < 17 && found <= sick && wrong <= well);
    }

    /// @notice A score is between -1 and 1, for a voter that is no target itself.
    /// @custom:rule 8, pay
    function scoreIsBounded(
        Round memory round,
        uint256 own,
        uint256[] memory verdicts,
        uint256 found,
        uint256 wrong
    ) external pure {
        _assumeBallot(round, own, verdicts, found, wrong);
        int256 score = _scoreOf(round, own, verdicts, found, wrong);
        assert(score <= ONE);
        assert(score >= -ONE);
    }

    /// @notice Nobody is paid who names no unhealthy target while there is one, for a voter that is no target itself.
    /// @custom:rule 8, pay
    function silenceEarnsNothing(
        Round memory round,
        uint256 own,
        uint256[] memory verdicts,
        uint256 wrong
    ) external pure {
        (uint256 sick, ) = _assumeBallot(round, own, verdicts, 0, wrong);
        require(sick > 0);
        assert(_scoreOf(round, own, verdicts, 0, wrong) <= 0);
    }

    /// @notice Full agreement scores 1, for a voter that is no target itself.
    /// @custom:rule 8, pay
    function agreementScoresOne(Round memory round, uint256 own, uint256[] memory verdicts) external pure {
        (uint256 sick, ) = _assumeBallot(round, own, verdicts, round.unhealthy, 0);
        assert(_scoreOf(round, own, verdicts, sick, 0) == ONE);
    }

    /// @notice Nothing overflows or divides by zero where a score is computed, for a voter that is no target itself.
    /// @custom:rule 8, pay
    /// @custom:twin contracts/abstracts/VerdictBook.sol _scoreOf
    /// @custom:instead test/healthVote/finalize.test.ts, against test/models/health.ts
    function scoreDoesNotWrap(
        Round memory round,
        uint256 own,
        uint256[] memory verdicts,
        uint256 found,
        uint256 wrong
    ) external pure {
        _assumeBallot(round, own, verdicts, found, wrong);
        _scoreOf(round, own, verdicts, found, wrong);
    }

    /// @notice Nothing overflows or divides by zero where a voter's part of the pot is computed.
    /// @custom:rule 8, pay
    /// @custom:twin contracts/abstracts/VerdictBook.sol _settle
    /// @custom:instead test/healthVote/finalize.test.ts, against test/models/health.ts
    function partDoesNotWrap(Round memory round, Vote memory vote, int256 score) external {
        require(score >= -ONE && score <= ONE && round.wanted > 0);
        _settle(round, vote, score);
    }
}
