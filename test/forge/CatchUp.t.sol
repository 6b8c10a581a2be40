// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {StakeEscrow} from "../../contracts/StakeEscrow.sol";
import {Network, NetworkFixture} from "./NetworkFixture.sol";
import {vm, log_named_uint} from "./Vm.sol";

/// @title CatchUp
/// @notice What it costs to close periods, and the dearest calls of all: those of a miner with 32 locks after the
/// longest silence that a call closes by the way. All storage is cold, all slots of the accumulator are fresh. A
/// transaction costs 21,000 and its calldata on top of the gas measured here.
contract CatchUp is NetworkFixture {
    uint256 internal constant MAX_CATCH_UP = 500;
    uint256 internal constant MAX_LOCKS = 32;
    uint256 internal constant MOST_FOR_CLOSING = 12_000_000;
    uint256 internal constant MOST_FOR_A_CALL = 16_777_216 - 100_000;
    uint256 internal constant MOST_PER_PERIOD = 24_000;
    uint256 internal constant BASE_OF_A_CALL = 60_000;

    Network internal net;
    address internal constant MINER = address(0xA11CE);
    address internal constant FINDER = address(0xF17D);

    function escrowParameters() internal pure override returns (IStakeEscrow.Parameters memory p) {
        p = super.escrowParameters();
        (p.longestLock, p.maxCatchUp) = (1_000, MAX_CATCH_UP);
    }

    /// @dev A miner with 32 locks, no two ends in one slot of the totals; one period has been closed.
    function setUp() public {
        net = deployNetwork();
        net.token.transfer(MINER, 1_000_000 * NKMS);
        vm.prank(MINER);
        net.token.approve(address(net.escrow), type(uint256).max);
        for (uint256 i; i < MAX_LOCKS; ++i) _lock(100 * NKMS, MAX_CATCH_UP - 80 + 7 * i);
        vm.warp(block.timestamp + net.escrow.PERIOD());
        net.escrow.advance(1);
    }

    function _lock(uint256 amount, uint256 periods) internal {
        vm.prank(MINER);
        net.escrow.lock(amount, periods);
    }

    function _passPeriods(uint256 count) internal {
        vm.warp(block.timestamp + count * net.escrow.PERIOD());
        vm.cool(address(net.escrow));
        vm.cool(address(net.token));
    }

    function _used() internal view returns (uint256) {
        return vm.lastCallGas().gasTotalUsed;
    }

    /* CLOSING */

    /// @notice The constructor allows 500 periods at most.
    function testFuzz_maxCatchUpIsBounded(uint256 maxCatchUp) public {
        IStakeEscrow.Parameters memory p = escrowParameters();
        p.maxCatchUp = maxCatchUp;
        try new StakeEscrow(net.token, p) {
            require(maxCatchUp >= 1 && maxCatchUp <= MAX_CATCH_UP, "M beyond its bound was accepted");
        } catch (bytes memory reason) {
            require(maxCatchUp == 0 || maxCatchUp > MAX_CATCH_UP, "M within its bound was refused");
            require(bytes4(reason) == IStakeEscrow.StakeEscrowParameterOutOfBounds.selector, "another error");
        }
    }

    /// @notice 500 periods, each of which mints, with stake earning and locks ending on the way: below 12 M gas.
    function test_closing500PeriodsStaysBelowTheBound() public {
        _passPeriods(MAX_CATCH_UP);
        net.escrow.advance(MAX_CATCH_UP);
        uint256 used = _used();
        require(net.escrow.openPeriod() == net.escrow.currentPeriod(), "not all periods were closed");
        emit log_named_uint("gas, 500 periods in one call", used);
        emit log_named_uint("gas per period", used / MAX_CATCH_UP);
        require(used < MOST_FOR_CLOSING, "closing M periods costs too much");
    }

    /// @notice Two periods share a slot: the first of them pays for it. So a period on its own may cost more than the
    /// bound on the average of many, and two in a row never do.
    function test_twoPeriodsStayBelowTheirBound() public {
        uint256 dearestPair;
        uint256 dearestOne;
        uint256 cheapestOne = type(uint256).max;
        for (uint256 i; i < 100; ++i) {
            _passPeriods(2);
            net.escrow.advance(2);
            dearestPair = Math.max(dearestPair, _used());
            _passPeriods(1);
            net.escrow.advance(1);
            dearestOne = Math.max(dearestOne, _used());
            cheapestOne = Math.min(cheapestOne, _used());
        }
        emit log_named_uint("gas, dearest call for two periods", dearestPair);
        emit log_named_uint("gas, dearest call for one period", dearestOne);
        emit log_named_uint("gas, cheapest call for one period", cheapestOne);
        require(dearestPair < BASE_OF_A_CALL + 2 * MOST_PER_PERIOD, "two periods cost too much");
    }

    /// @notice However many periods wait and however they are closed, it is always below what 24,000 a period allow.
    function testFuzz_closingIsLinear(uint256 waiting, uint256 step) public {
        waiting = 1 + (waiting % 600);
        step = 1 + (step % 600);
        _passPeriods(waiting);
        while (net.escrow.openPeriod() < net.escrow.currentPeriod()) {
            uint256 left = net.escrow.currentPeriod() - net.escrow.openPeriod();
            vm.cool(address(net.escrow));
            vm.cool(address(net.token));
            net.escrow.advance(step);
            uint256 closed = left < step ? left : step;
            require(_used() < BASE_OF_A_CALL + closed * MOST_PER_PERIOD, "closing costs more than its bound");
            require(net.escrow.currentPeriod() - net.escrow.openPeriod() == left - closed, "closed another number");
        }
    }

    /* THE DEAREST CALLS: 32 LOCKS AFTER 500 PERIODS */

    function test_claimAfterLongSilence() public {
        _passPeriods(MAX_CATCH_UP);
        vm.prank(MINER);
        net.escrow.claim();
        _requireBounded("gas, claim of 32 locks after 500 periods", _used());
    }

    function test_withdrawalAfterLongSilence() public {
        _passPeriods(MAX_CATCH_UP / 2);
        net.escrow.advance(MAX_CATCH_UP);
        _passPeriods(MAX_CATCH_UP);
        uint256 all = 32 * 100 * NKMS;
        vm.cool(address(net.escrow));
        vm.prank(MINER);
        net.escrow.withdraw(all);
        _requireBounded("gas, withdrawal of 32 locks after 500 periods", _used());
    }

    function test_pauseAfterLongSilence() public {
        _passPeriods(MAX_CATCH_UP);
        net.healthVote.pause(net.escrow, MINER);
        _requireBounded("gas, pause of 32 locks after 500 periods", _used());
    }

    function test_slashAfterLongSilence() public {
        _passPeriods(MAX_CATCH_UP);
        net.policyManager.slash(net.escrow, MINER, 32 * 100 * NKMS, FINDER, NKMS);
        _requireBounded("gas, slash of 32 locks after 500 periods", _used());
        require(net.escrow.minerOf(MINER).lockMask == 0, "a lock outlived the slash of everything");
    }

    function test_resumeAfterLongSilence() public {
        net.healthVote.pause(net.escrow, MINER);
        _passPeriods(MAX_CATCH_UP);
        vm.prank(MINER);
        net.escrow.resume(MINER);
        _requireBounded("gas, resume of 32 locks after 500 periods", _used());
    }

    function _requireBounded(string memory name, uint256 used) internal {
        emit log_named_uint(name, used);
        require(used < MOST_FOR_A_CALL, "a call does not fit into a transaction");
    }
}
