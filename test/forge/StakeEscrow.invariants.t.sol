// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {NetworkInvariants} from "./NetworkInvariants.sol";

// One contract per invariant: forge makes the same calls for all invariants of a contract, so that each further one in
// it would see nothing new. See NetworkInvariants for what is checked. The dearer checks are made after every second
// to fifth call only, and at the end: what they look for does not mend itself.

contract Invariant1_Solvency is NetworkInvariants(1) {
    /// forge-config: default.invariant.check-interval = 2
    function invariant_1_escrowHoldsWhatItOwes() public {
        _checkEscrowHoldsWhatItOwes();
    }
}

contract Invariant1_Supply is NetworkInvariants(2) {
    function invariant_1_supplyFollowsTheSchedule() public {
        _checkSupplyFollowsTheSchedule();
    }
}

contract Invariant2_Totals is NetworkInvariants(3) {
    function invariant_2_recordsSumToTotals() public {
        _checkRecordsSumToTotals();
    }
}

contract Invariant2_Rewards is NetworkInvariants(4) {
    /// forge-config: default.invariant.check-interval = 2
    function invariant_2_everyRewardIsAccountedFor() public {
        _checkEveryRewardIsAccountedFor();
    }
}

contract Invariant2_Past is NetworkInvariants(5) {
    /// forge-config: default.invariant.check-interval = 2
    function invariant_2_rewardsAreWhatThePastEarned() public {
        _checkRewardsAreWhatThePastEarned();
    }
}

contract Invariant3_Reservations is NetworkInvariants(6) {
    function invariant_3_reservedStakeIsThere() public {
        _checkReservedStakeIsThere();
    }
}

contract Invariant3_Views is NetworkInvariants(13) {
    /// forge-config: default.invariant.check-interval = 3
    function invariant_3_viewsTellTheRecords() public {
        _checkViewsTellTheRecords();
    }
}

contract Invariant4_Weights is NetworkInvariants(7) {
    function invariant_4_storedWeightCoversLiveWeight() public {
        _checkStoredWeightCoversLiveWeight();
    }
}

contract Invariant4_Seats is NetworkInvariants(8) {
    /// forge-config: default.invariant.check-interval = 2
    function invariant_4_seatsAndCountsAgree() public {
        _checkSeatsAndCountsAgree();
        _checkDrawnMinersAreStaked();
        _checkDrawsAreExact();
    }
}

contract Invariant4_Numbers is NetworkInvariants(9) {
    function invariant_4_numbersAreUnique() public {
        _checkNumbersAreUnique();
    }
}

contract Invariant7_Exit is NetworkInvariants(10) {
    /// forge-config: default.invariant.check-interval = 20
    function invariant_7_everybodyCanLeave() public {
        _checkEverybodyCanLeave();
    }
}

contract Invariant8_NoAdmin is NetworkInvariants(11) {
    /// forge-config: default.invariant.check-interval = 5
    function invariant_8_nobodyIsPrivileged() public {
        _checkNobodyIsPrivileged();
        _checkRecordsAreTheMinersOwn();
    }
}

/// @notice Everything at once with parameters on their bounds: the largest supply, half of what is left minted each
/// period, the smallest s_min and L_min, locks of 1 to 3 periods, the longest vesting, one period closed by the way.
contract InvariantsOnTheEdge is NetworkInvariants(12) {
    function supplies() internal pure override returns (uint256 initial, uint256 most) {
        return (10 * purse(), type(uint96).max);
    }

    function escrowParameters() internal pure override returns (IStakeEscrow.Parameters memory) {
        (uint256 initial, uint256 most) = supplies();
        return
            IStakeEscrow.Parameters({
                period: 365 days,
                firstIssue: (most - initial) / 2,
                healthPpm: 200_000,
                minEarning: 16 * GRAIN,
                minStake: 16 * GRAIN,
                shortestLock: 1,
                longestLock: 3,
                vesting: 30,
                maxCatchUp: 1
            });
    }

    /// forge-config: default.invariant.check-interval = 4
    function invariant_allHoldOnTheEdge() public {
        _checkSupplyFollowsTheSchedule();
        _checkRecordsSumToTotals();
        _checkReservedStakeIsThere();
        _checkViewsTellTheRecords();
        _checkStoredWeightCoversLiveWeight();
        _checkSeatsAndCountsAgree();
        _checkDrawnMinersAreStaked();
        _checkDrawsAreExact();
        _checkNumbersAreUnique();
        _checkRewardsAreWhatThePastEarned();
        _checkEscrowHoldsWhatItOwes();
        _checkEveryRewardIsAccountedFor();
    }

    /// @dev Once per run: with V = 30 and M = 1 it takes many calls.
    function afterInvariant() public {
        _checkEverybodyCanLeave();
    }
}

/// @notice The story begins shortly before 2^16 - 1 periods after deployment, from where on seats no longer tell when
/// their first lock ends.
contract InvariantsAfter65535Periods is NetworkInvariants(14) {
    function periodsBeforeWiring() internal pure override returns (uint256) {
        return type(uint16).max - 45;
    }

    /// forge-config: default.invariant.check-interval = 2
    function invariant_4_seatsStillTellTheTruth() public {
        _checkStoredWeightCoversLiveWeight();
        _checkSeatsAndCountsAgree();
        _checkDrawnMinersAreStaked();
        _checkDrawsAreExact();
    }
}
