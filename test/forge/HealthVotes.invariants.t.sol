// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HealthVote} from "../../contracts/HealthVote.sol";
import {HealthVote__Mock} from "../../contracts/mocks/HealthVote__Mock.sol";
import {IHealthVote} from "../../contracts/interfaces/IHealthVote.sol";
import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {HealthHandler} from "./handlers/HealthHandler.sol";
import {NetworkHandler} from "./handlers/NetworkHandler.sol";
import {RoundLedger} from "./handlers/RoundLedger.sol";
import {Network} from "./NetworkFixture.sol";
import {NetworkInvariants} from "./NetworkInvariants.sol";
import {vm} from "./Vm.sol";

/// @title HealthInvariants
/// @notice The network of the escrow's invariants with the real health votes in it, small enough that committees of 32
/// seats are drawn from some hundreds, and rounds so short that a story sees many of them decided.
abstract contract HealthInvariants is NetworkInvariants {
    HealthVote internal votes;
    HealthHandler internal rounds;

    /// @param salt Makes each test contract go through calls of its own.
    constructor(uint256 salt) NetworkInvariants(salt) {}

    function newHealthVote(Network memory network) internal override returns (HealthVote__Mock) {
        votes = new HealthVote(network.escrow, network.registry, healthParameters());
        return HealthVote__Mock(address(votes));
    }

    function newHandler(uint256 salt) internal override returns (NetworkHandler) {
        rounds = new HealthHandler(net, escrowParameters(), healthParameters(), salt);
        return rounds;
    }

    /// @dev At most 150 seats a miner, but for rewards and gifts.
    function purse() internal pure override returns (uint256) {
        return 150 * NKMS;
    }

    function escrowParameters() internal pure virtual override returns (IStakeEscrow.Parameters memory) {
        IStakeEscrow.Parameters memory p = super.escrowParameters();
        p.firstIssue = 20 * NKMS;
        p.longestLock = 200;
        return p;
    }

    function healthParameters() internal pure virtual returns (IHealthVote.Parameters memory) {
        return IHealthVote.Parameters({minSeats: 32, gap: 8, seedBlocks: 5, commitBlocks: 5, revealBlocks: 5, ring: 6});
    }

    /* 1 THE VOTES HOLD WHAT THEY OWE */

    /// @dev Pay, carry and what rounds hold that are not decided, as the contract tells them: that it has; and not more,
    /// but for gifts.
    function _checkVotesHoldWhatTheyOwe() internal inStory {
        uint256 owed = votes.carry();
        for (uint256 i; i < miners.length; ++i) {
            (uint256 vested, uint256 unvested) = votes.payOf(miners[i]);
            owed += vested + unvested;
        }
        for (uint256 k = votes.rounds(); k > 0 && k + votes.RING() > votes.rounds(); --k)
            owed += _heldBy(votes.roundOf(k));
        uint256 held = net.token.balanceOf(address(votes));
        require(held >= owed, "1: the health votes hold less than they owe");
        require(held == owed + rounds.donatedToVotes(), "1: the health votes hold something that nothing explains");
        require(
            owed == votes.carry() + rounds.heldByRounds() + _payInBooks(),
            "1: the health votes owe another amount"
        );
    }

    function _heldBy(IHealthVote.Round memory round) internal pure returns (uint256) {
        if (round.state == IHealthVote.State.Decided || round.state == IHealthVote.State.Void) return 0;
        if (round.state != IHealthVote.State.Scoring) return round.budget;
        return (round.pot > round.budget ? round.pot : round.budget) - round.paid;
    }

    function _payInBooks() internal view returns (uint256 sum) {
        (uint256 present, uint256 vesting) = (net.escrow.currentPeriod(), net.escrow.VESTING());
        for (uint256 i; i < miners.length; ++i) {
            sum += rounds.unvestedOf(miners[i], present, vesting) + rounds.vestedOf(miners[i], present, vesting);
        }
    }

    /* 2 PAY IS WHAT VOTES EARNED */

    function _checkPayIsWhatVotesEarned() internal inStory {
        (uint256 present, uint256 vesting) = (net.escrow.currentPeriod(), net.escrow.VESTING());
        for (uint256 i; i < miners.length; ++i) {
            (uint256 vested, uint256 unvested) = votes.payOf(miners[i]);
            require(unvested == rounds.unvestedOf(miners[i], present, vesting), "2: other health pay is unvested");
            require(vested == rounds.vestedOf(miners[i], present, vesting), "2: other health pay has vested");
        }
        require(votes.carry() == rounds.carry(), "2: another amount is carried");
    }

    /* 6 REWARDS FALL ONLY BY VERDICTS */

    /// @dev Whoever is paused was named by more than half of the seats that count; all verdicts are those of the ballots.
    function _checkRewardsFallOnlyByVerdicts() internal inStory {
        RoundLedger.Pausing[] memory list = rounds.pausings();
        for (uint256 i; i < list.length; ++i) {
            require(2 * list[i].against > list[i].counting, "6: a miner was paused without a majority");
        }
        for (uint256 i; i < miners.length; ++i) {
            bool paused = net.escrow.minerOf(miners[i]).paused;
            require(paused == handler.accountOf(miners[i]).paused, "6: a miner is paused without a verdict");
        }
        for (uint256 k = votes.rounds(); k > 0 && k + votes.RING() > votes.rounds(); --k) _checkRound(k);
    }

    function _checkRound(uint256 number) internal view {
        RoundLedger.RoundBook memory book = rounds.roundAt(number);
        IHealthVote.Round memory round = votes.roundOf(number);
        require(round.wanted == book.wanted && round.targets == book.targets, "6: a round is another");
        require(round.votes == book.casts.length, "6: another number of votes was counted");
        require(
            (round.state == IHealthVote.State.Decided) == (book.stage == RoundLedger.Stage.Decided) &&
                (round.state == IHealthVote.State.Void) == (book.stage == RoundLedger.Stage.Void),
            "6: a round was decided otherwise"
        );
        uint256[] memory verdicts = votes.verdictsOf(number);
        uint256 found = verdicts.length == 0 ? 0 : verdicts[0];
        require(found == book.verdicts || book.stage == RoundLedger.Stage.Void, "6: a verdict is not the majority's");
        require(round.pot == book.pot && round.paid == book.paid, "2: a round shares out another amount");
    }
}

contract Invariant1_HealthSolvency is HealthInvariants(21) {
    function invariant_1_votesHoldWhatTheyOwe() public {
        _checkVotesHoldWhatTheyOwe();
    }
}

contract Invariant1_HealthSupply is HealthInvariants(22) {
    function invariant_1_supplyFollowsTheSchedule() public {
        _checkSupplyFollowsTheSchedule();
    }
}

contract Invariant2_HealthPay is HealthInvariants(23) {
    function invariant_2_payIsWhatVotesEarned() public {
        _checkPayIsWhatVotesEarned();
    }
}

contract Invariant2_HealthTotals is HealthInvariants(24) {
    /// forge-config: default.invariant.check-interval = 2
    function invariant_2_recordsSumToTotalsAndRewards() public {
        _checkRecordsSumToTotals();
        _checkEveryRewardIsAccountedFor();
    }
}

contract Invariant6_HealthVerdicts is HealthInvariants(25) {
    function invariant_6_rewardsFallOnlyByVerdicts() public {
        _checkRewardsFallOnlyByVerdicts();
    }
}

/// @notice A fixed story, so long that everything must have come up in it; and what can't happen in a story.
contract HealthStories is HealthInvariants(26) {
    /// @dev A chain that splits keeps its history on both sides, under two names.
    function test_whatIsSignedCountsOnOneSideOfASplit() public {
        bytes32 before = votes.DOMAIN_SEPARATOR();
        vm.chainId(block.chainid + 1);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("NKMS HealthVote"),
                keccak256("1"),
                block.chainid,
                address(votes)
            )
        );
        require(
            votes.DOMAIN_SEPARATOR() == domain && domain != before,
            "8: a signature counts on both sides of a split"
        );
    }

    function test_everythingHappens() public {
        bytes4[] memory calls = handler.calls();
        // Without the last: one story is too short to begin anew each time that everybody's locks have ended.
        uint256 length = calls.length - 1;
        require(calls[length] == rounds.leaveAlone.selector, "another call is left out");
        for (uint256 i; i < 2_500; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("story", i)));
            (bool done, bytes memory reason) = address(handler).call(
                abi.encodeWithSelector(calls[seed % length], seed)
            );
            // solhint-disable-next-line no-inline-assembly
            if (!done && keccak256(reason) != keccak256("FOUNDRY::ASSUME"))
                assembly {
                    revert(add(reason, 32), mload(reason))
                }
        }
        bytes32[14] memory kinds = [
            bytes32("unsettled"),
            "lateSeed",
            "commit",
            "commitFor",
            "reveal",
            "refusedReveal",
            "void",
            "decided",
            "telling",
            "paid",
            "lost",
            "pause",
            "silence",
            "claim"
        ];
        for (uint256 i; i < kinds.length; ++i) {
            require(rounds.times(kinds[i]) >= 5, string.concat("too rare: ", string(abi.encodePacked(kinds[i]))));
        }
        _checkVotesHoldWhatTheyOwe();
        _checkPayIsWhatVotesEarned();
        _checkRewardsFallOnlyByVerdicts();
    }
}
