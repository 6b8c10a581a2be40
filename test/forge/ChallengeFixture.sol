// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CanaryBounty} from "../../contracts/CanaryBounty.sol";
import {ChallengeManager} from "../../contracts/ChallengeManager.sol";
import {HealthVote__Mock} from "../../contracts/mocks/HealthVote__Mock.sol";
import {IChallengeManager} from "../../contracts/interfaces/IChallengeManager.sol";
import {IPolicyManager} from "../../contracts/interfaces/IPolicyManager.sol";
import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {MinerRegistry} from "../../contracts/MinerRegistry.sol";
import {NKMSToken} from "../../contracts/NKMSToken.sol";
import {PolicyManager} from "../../contracts/PolicyManager.sol";
import {StakeEscrow} from "../../contracts/StakeEscrow.sol";
import {vm} from "./Vm.sol";

/// @notice A deployed and wired network with the real challenges.
struct ChallengeNetwork {
    NKMSToken token;
    StakeEscrow escrow;
    MinerRegistry registry;
    PolicyManager policies;
    ChallengeManager challenges;
    CanaryBounty bounties;
}

/// @title ChallengeFixture
/// @notice Deploys everything but the health votes. Windows and ages are short, so that a hundred calls see them end.
abstract contract ChallengeFixture {
    /// @notice Makes forge look for tests here.
    bool public constant IS_TEST = true;

    uint256 internal constant NKMS = 1e18;
    uint256 internal constant BOND = 0.05 ether;
    uint256 internal constant START = 1_800_000_000; // Unix time, seconds

    /// @dev The test contract deploys, wires, and holds the initial supply.
    function deployChallenges() internal returns (ChallengeNetwork memory net) {
        vm.warp(START);
        net.token = new NKMSToken(address(this), 1_000_000_000 * NKMS, 4_000_000_000 * NKMS);
        net.escrow = new StakeEscrow(
            net.token,
            IStakeEscrow.Parameters({
                period: 1 hours,
                firstIssue: 100_000 * NKMS,
                healthPpm: 100_000,
                minEarning: 100 * NKMS,
                minStake: 16 * NKMS,
                shortestLock: 2,
                longestLock: 3_650,
                vesting: 2,
                maxCatchUp: 64
            })
        );
        net.registry = new MinerRegistry(net.escrow);
        net.policies = new PolicyManager(
            net.escrow,
            net.registry,
            IPolicyManager.Parameters({
                window: 1,
                minCollateral: NKMS / 1_000,
                floorPercent: 50,
                leakPercent: 5,
                finderPercent: 20
            })
        );
        net.challenges = new ChallengeManager(
            net.policies,
            IChallengeManager.Parameters({bond: BOND, minAge: 3, maxAge: 25})
        );
        net.bounties = new CanaryBounty();
        net.token.wire(address(net.escrow));
        net.escrow.wire(address(net.registry), address(net.policies), address(new HealthVote__Mock()));
        net.policies.wire(address(net.challenges));
    }
}
