// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {vm} from "../Vm.sol";
import {StakingHandler} from "./StakingHandler.sol";

/// @title UpkeepHandler
/// @notice What anybody may do: let time pass, close periods, poke, free numbers, send tokens where they don't belong.
abstract contract UpkeepHandler is StakingHandler {
    function advance(uint256 seed) external aside(seed) {
        uint256 waiting = period() - open;
        _advance(_random(0, waiting + 2));
    }

    function poke(uint256 seed) external aside(seed) {
        address miner = people[_random(0, MINERS)];
        IStakeEscrow.Miner memory before = net.escrow.minerOf(miner);

        vm.prank(_anybody());
        net.escrow.poke(miner);
        require(before.seat > 0 || net.escrow.minerOf(miner).seat == 0, "4: a poke seated somebody");
    }

    function releaseNumber(uint256 seed) external aside(seed) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            address miner = people[(first + i) % MINERS];
            if (!_mayLoseNumber(miner)) continue;
            vm.prank(_anybody());
            net.escrow.releaseNumber(miner);
            require(net.escrow.minerOf(miner).number == 0, "a released number is still held");
            return;
        }
        vm.assume(false);
    }

    function _mayLoseNumber(address miner) internal view returns (bool) {
        if (net.escrow.minerOf(miner).number == 0) return false;
        uint256 end = accountOf(miner).paidUntil;
        IStakeEscrow.Lock[] memory locks = _locks(miner);
        for (uint256 k; k < locks.length; ++k) end = Math.max(end, locks[k].end);
        return end + parameters.vesting <= period();
    }

    function wait(uint256 seed) external aside(seed) {
        _passPeriods(_random(1, 3));
    }

    /// @dev Longer than M: until somebody calls advance, every change is refused.
    function idle(uint256 seed) external aside(seed) {
        vm.assume(_chance(40));
        _passPeriods(_random(parameters.maxCatchUp + 1, 3 * parameters.maxCatchUp));
        (bool done, bytes memory answer) = address(net.escrow).call(abi.encodeCall(net.escrow.claim, ()));
        require(
            !done && bytes4(answer) == IStakeEscrow.StakeEscrowBehind.selector,
            "a call closed more than M periods"
        );
    }

    function donate(uint256 seed) external aside(seed) {
        address person = _anybody();
        uint256 amount = _amount(0, _balance(person) / 1_000);

        vm.prank(person);
        net.token.transfer(address(net.escrow), amount);
        donated += amount;
    }

    /* EVERYBODY LEAVES */

    /// @notice From here on everybody takes out what is theirs: notice on all that rolls, waiting, withdrawing, claiming.
    /// The paused need not resume for it. Each call runs on cold storage and must stay below MOST_GAS.
    /// @dev Not one of the calls that forge makes.
    function everybodyLeaves() external {
        vm.warp(clock);
        _closeAll();
        uint256 last = period();
        for (uint256 i; i < MINERS; ++i) last = Math.max(last, _giveAllNotice(people[i]));
        _passPeriods(last + parameters.vesting - period());
        _closeAll();
        for (uint256 i; i < MINERS; ++i) _leave(people[i]);
        require(net.escrow.members() == 0, "7: somebody stayed in the sampler");

        // A miner that resumed or was slashed just now is the last one to lose its number.
        _passPeriods(parameters.vesting + 1);
        _closeAll();
        for (uint256 i; i < MINERS; ++i) {
            if (net.escrow.minerOf(people[i]).number != 0) net.escrow.releaseNumber(people[i]);
        }
    }

    /// @notice Closes all periods that are over.
    /// @dev Not one of the calls that forge makes.
    function closeAll() external {
        vm.warp(clock);
        _closeAll();
    }

    /// @dev In steps of M.
    function _closeAll() internal {
        while (open < period()) {
            _closeBooks(Math.min(open + parameters.maxCatchUp, period()));
            vm.cool(address(net.escrow));
            net.escrow.advance(parameters.maxCatchUp);
            _measure();
        }
    }

    /// @dev Returns the first period in which nothing of the miner is locked.
    function _giveAllNotice(address miner) internal returns (uint256 last) {
        (uint256[] memory numbers, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(miner);
        for (uint256 k; k < locks.length; ++k) {
            if (locks[k].end == ROLLING) {
                vm.cool(address(net.escrow));
                _giveNotice(Pick(miner, numbers[k], locks[k]));
                locks[k].end = uint32(period() + 1 + locks[k].notice);
            }
            last = Math.max(last, locks[k].end);
        }
    }

    function _leave(address miner) internal {
        uint256 stake = accountOf(miner).stake;
        require(net.escrow.withdrawable(miner) == stake, "7: some stake can't be withdrawn after its end");
        vm.cool(address(net.escrow));
        if (stake > 0) _withdraw(miner, stake);
        else _claim(miner);
        require(_locks(miner).length == 0, "7: a lock outlived the withdrawal of everything");
        require(net.escrow.claimable(miner) + net.escrow.vesting(miner) == 0, "7: a reward outlived its locks");
        net.escrow.poke(miner);
    }
}
