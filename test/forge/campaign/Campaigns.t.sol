// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChallengeInvariants} from "../Challenges.invariants.t.sol";
import {HealthInvariants} from "../HealthVotes.invariants.t.sol";
import {NetworkInvariants} from "../NetworkInvariants.sol";
import {PolicyInvariants} from "../Policies.invariants.t.sol";

// One contract per network, for long campaigns: each checks all of its invariants in the same story, the last time when
// the story ends. What the invariants look for does not mend itself, and the handlers compare with their books in every
// call; so the checks themselves, which cost most of the time, can be rare. `npm run campaign:forge` plays these, and
// nothing else does (foundry.toml).

contract CampaignOfStakes is NetworkInvariants(101) {
    /// forge-config: campaign.invariant.check-interval = 50
    function invariant_allHold() public {
        _checkSupplyFollowsTheSchedule();
        _checkRecordsSumToTotals();
        _checkReservedStakeIsThere();
        _checkViewsTellTheRecords();
        _checkStoredWeightCoversLiveWeight();
        _checkSeatsAndCountsAgree();
        _checkDrawnMinersAreStaked();
        _checkDrawsAreExact();
        _checkNumbersAreUnique();
        _checkNobodyIsPrivileged();
        _checkRecordsAreTheMinersOwn();
        _checkRewardsAreWhatThePastEarned();
        _checkEscrowHoldsWhatItOwes();
        _checkEveryRewardIsAccountedFor();
    }

    function afterInvariant() public {
        _checkEverybodyCanLeave();
    }
}

contract CampaignOfPolicies is PolicyInvariants(102) {
    /// forge-config: campaign.invariant.check-interval = 50
    function invariant_allHold() public {
        _checkReservedStakeIsThere();
        _checkFeesAreAccountedFor();
        _checkStakeFallsOnlyByVerdicts();
        _checkAccountsAreSumsOfArrangements();
    }
}

contract CampaignOfChallenges is ChallengeInvariants(103) {
    /// forge-config: campaign.invariant.check-interval = 50
    function invariant_allHold() public {
        _checkBondsAndBounties();
        _checkOnlyTheGuiltyAreConvicted();
    }
}

contract CampaignOfHealthVotes is HealthInvariants(104) {
    /// forge-config: campaign.invariant.check-interval = 50
    function invariant_allHold() public {
        _checkVotesHoldWhatTheyOwe();
        _checkPayIsWhatVotesEarned();
        _checkRewardsFallOnlyByVerdicts();
        _checkSupplyFollowsTheSchedule();
        _checkRecordsSumToTotals();
        _checkEveryRewardIsAccountedFor();
    }
}
