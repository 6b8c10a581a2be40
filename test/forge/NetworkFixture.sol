// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HealthVote__Mock} from "../../contracts/mocks/HealthVote__Mock.sol";
import {PolicyManager__Mock} from "../../contracts/mocks/PolicyManager__Mock.sol";
import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {MinerRegistry} from "../../contracts/MinerRegistry.sol";
import {NKMSToken} from "../../contracts/NKMSToken.sol";
import {StakeEscrow} from "../../contracts/StakeEscrow.sol";
import {vm} from "./Vm.sol";

/// @notice A deployed and wired network; policy manager and health votes do what a test says.
struct Network {
    NKMSToken token;
    StakeEscrow escrow;
    MinerRegistry registry;
    PolicyManager__Mock policyManager;
    HealthVote__Mock healthVote;
}

/// @title NetworkFixture
/// @notice Deploys the real token, escrow and registry, wired to mocks of the policy manager and the health votes, with
/// the parameters below. They are small, so that a hundred calls see locks end, rewards vest and M periods go by.
abstract contract NetworkFixture {
    /// @notice Makes forge look for tests here.
    bool public constant IS_TEST = true;

    uint256 internal constant NKMS = 1e18;

    uint256 internal constant START = 1_800_000_000; // Unix time, seconds

    /// @dev S(0) and S_max, base units.
    function supplies() internal pure virtual returns (uint256 initial, uint256 most) {
        return (1_000_000_000 * NKMS, 4_000_000_000 * NKMS);
    }

    function escrowParameters() internal pure virtual returns (IStakeEscrow.Parameters memory) {
        return
            IStakeEscrow.Parameters({
                period: 1 hours,
                firstIssue: 100_000 * NKMS,
                healthPpm: 100_000,
                minEarning: 100 * NKMS,
                minStake: 16 * NKMS,
                shortestLock: 2,
                longestLock: 40,
                vesting: 2,
                maxCatchUp: 12
            });
    }

    /// @dev How many periods after their deployment the contracts are wired.
    function periodsBeforeWiring() internal pure virtual returns (uint256) {
        return 0;
    }

    /// @dev The health votes, or what stands in for them.
    function newHealthVote(Network memory) internal virtual returns (HealthVote__Mock) {
        return new HealthVote__Mock();
    }

    /// @dev The test contract deploys, wires, and holds the initial supply.
    function deployNetwork() internal returns (Network memory net) {
        return deployNetwork(escrowParameters());
    }

    function deployNetwork(IStakeEscrow.Parameters memory parameters) internal returns (Network memory net) {
        vm.warp(START);
        (uint256 initial, uint256 most) = supplies();
        net.token = new NKMSToken(address(this), initial, most);
        net.escrow = new StakeEscrow(net.token, parameters);
        net.registry = new MinerRegistry(net.escrow);
        net.policyManager = new PolicyManager__Mock();
        net.healthVote = newHealthVote(net);
        vm.warp(START + periodsBeforeWiring() * parameters.period);
        net.token.wire(address(net.escrow));
        net.escrow.wire(address(net.registry), address(net.policyManager), address(net.healthVote));
    }
}
