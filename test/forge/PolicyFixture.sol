// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChallengeManager__Mock} from "../../contracts/mocks/ChallengeManager__Mock.sol";
import {HealthVote__Mock} from "../../contracts/mocks/HealthVote__Mock.sol";
import {IPolicyManager} from "../../contracts/interfaces/IPolicyManager.sol";
import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {MinerRegistry} from "../../contracts/MinerRegistry.sol";
import {NKMSToken} from "../../contracts/NKMSToken.sol";
import {PolicyManager} from "../../contracts/PolicyManager.sol";
import {StakeEscrow} from "../../contracts/StakeEscrow.sol";
import {vm} from "./Vm.sol";

/// @notice A deployed and wired network; who is guilty and who is unhealthy is what a test says.
struct PolicyNetwork {
    NKMSToken token;
    StakeEscrow escrow;
    MinerRegistry registry;
    PolicyManager policies;
    ChallengeManager__Mock challenges;
    HealthVote__Mock healthVote;
}

/// @title PolicyFixture
/// @notice Deploys the real token, escrow, registry and policy manager, wired to mocks of the challenges and the health
/// votes, with the parameters below. Windows are short, so that a hundred calls see them end.
abstract contract PolicyFixture {
    /// @notice Makes forge look for tests here.
    bool public constant IS_TEST = true;

    uint256 internal constant NKMS = 1e18;
    uint256 internal constant GRAIN = 1e9;
    uint256 internal constant START = 1_800_000_000; // Unix time, seconds

    function stakeParameters() internal pure virtual returns (IStakeEscrow.Parameters memory) {
        return
            IStakeEscrow.Parameters({
                period: 1 hours,
                firstIssue: 100_000 * NKMS,
                healthPpm: 100_000,
                minEarning: 100 * NKMS,
                minStake: 16 * NKMS,
                shortestLock: 2,
                longestLock: 120,
                vesting: 2,
                maxCatchUp: 64
            });
    }

    function policyParameters() internal pure virtual returns (IPolicyManager.Parameters memory) {
        return
            IPolicyManager.Parameters({
                window: 3,
                minCollateral: NKMS / 1_000,
                floorPercent: 50,
                leakPercent: 5,
                finderPercent: 20
            });
    }

    /// @dev The test contract deploys, wires, and holds the initial supply.
    function deployPolicies() internal returns (PolicyNetwork memory net) {
        vm.warp(START);
        net.token = new NKMSToken(address(this), 1_000_000_000 * NKMS, 4_000_000_000 * NKMS);
        net.escrow = new StakeEscrow(net.token, stakeParameters());
        net.registry = new MinerRegistry(net.escrow);
        net.policies = new PolicyManager(net.escrow, net.registry, policyParameters());
        net.challenges = new ChallengeManager__Mock();
        net.healthVote = new HealthVote__Mock();
        net.token.wire(address(net.escrow));
        net.escrow.wire(address(net.registry), address(net.policies), address(net.healthVote));
        net.policies.wire(address(net.challenges));
    }
}
