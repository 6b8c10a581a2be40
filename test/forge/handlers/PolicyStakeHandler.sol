// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {vm} from "../Vm.sol";
import {PolicyBase} from "./PolicyBase.sol";

/// @title PolicyStakeHandler
/// @notice What miners do with the stake that policies rely on, and time.
abstract contract PolicyStakeHandler is PolicyBase {
    uint256 internal constant ROLLING = type(uint32).max;
    uint256 internal constant MAX_LOCKS = 32;

    function lock(uint256 seed) external story(seed) {
        address miner = _miner();
        (, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(miner);
        vm.assume(locks.length < 8);
        uint256 amount = stakes.minStake + _random(0, 1 << _random(0, 70));
        _lock(miner, amount, _random(stakes.shortestLock, _chance(30) ? 12 : stakes.longestLock));
    }

    function _lock(address miner, uint256 amount, uint256 length) internal {
        vm.prank(miner);
        net.escrow.lock(amount, length);
        stakeOf[miner] += amount;
    }

    function extend(uint256 seed) external story(seed) {
        (address miner, uint256 number, IStakeEscrow.Lock memory held) = _pickLock(false);
        uint256 most = period() + 1 + stakes.longestLock - held.end;
        vm.assume(most > 0);
        uint256 periods = _random(1, most);
        vm.prank(miner);
        net.escrow.extend(number, held.end, periods);
    }

    function roll(uint256 seed) external story(seed) {
        (address miner, uint256 number, IStakeEscrow.Lock memory held) = _pickLock(false);
        uint256 least = Math.max(stakes.shortestLock, held.end - period() - 1);
        vm.prank(miner);
        net.escrow.roll(number, held.end, _random(least, stakes.longestLock));
    }

    function giveNotice(uint256 seed) external story(seed) {
        (address miner, uint256 number, ) = _pickLock(true);
        vm.prank(miner);
        net.escrow.giveNotice(number, ROLLING);
    }

    /// @dev A miner takes out all that it can, or a part.
    function withdraw(uint256 seed) external story(seed) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            address miner = people[(first + i) % MINERS];
            uint256 most = net.escrow.withdrawable(miner);
            if (most == 0) continue;
            uint256 amount = _chance(60) ? most : _random(1, most);
            vm.prank(miner);
            net.escrow.withdraw(amount);
            stakeOf[miner] -= amount;
            return;
        }
        vm.assume(false);
    }

    function pauseOrResume(uint256 seed) external story(seed) {
        address miner = _miner();
        if (!net.escrow.minerOf(miner).paused) {
            net.healthVote.pause(net.escrow, miner);
        } else {
            vm.prank(miner);
            net.escrow.resume(miner);
        }
    }

    function setPledge(uint256 seed) external story(seed) {
        address miner = _miner();
        uint256 limit = _chance(80) ? type(uint96).max : _grains(0, stakeOf[miner]);
        uint256 percent = _chance(50) ? 100 : _random(1, 2_000);
        vm.prank(miner);
        net.registry.setPledge(limit, percent);
    }

    function bond(uint256 seed) external story(seed) {
        _bond(_random(0, MINERS - 1), _chance(50));
    }

    function advance(uint256 seed) external story(seed) {
        net.escrow.advance(stakes.maxCatchUp);
    }

    function wait(uint256 seed) external story(seed) {
        clock += _random(1, 3) * stakes.period;
    }

    /// @dev In one of four calls so long that everything ends. Then miners come back.
    function idle(uint256 seed) external story(seed) {
        bool long = _chance(25);
        clock += _random(0, long ? 400 : 12) * stakes.period;
        vm.warp(clock);
        if (!long || _chance(30)) return;
        while (period() > net.escrow.openPeriod()) net.escrow.advance(stakes.maxCatchUp);
        for (uint256 i; i < MINERS; ++i) {
            (, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(people[i]);
            if (locks.length < 8) _lock(people[i], 1_000 * NKMS, _random(20, stakes.longestLock));
        }
    }

    /// @dev Some lock with more than a period left. Discards the call if there is none.
    function _pickLock(bool rolling) internal returns (address miner, uint256 number, IStakeEscrow.Lock memory held) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            miner = people[(first + i) % MINERS];
            (uint256[] memory numbers, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(miner);
            for (uint256 k; k < locks.length; ++k) {
                if (locks[k].end > period() + 1 && (locks[k].end == ROLLING) == rolling) {
                    return (miner, numbers[k], locks[k]);
                }
            }
        }
        vm.assume(false);
    }
}
