// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {vm} from "../Vm.sol";
import {HandlerBase} from "./HandlerBase.sol";

/// @title NeighbourHandler
/// @notice The policy manager and the health votes. Towards the first half of the miners the policy manager keeps to
/// its rules: it reserves only what is locked long enough, and seizes only what it reserved. From the others it seizes
/// what it likes.
abstract contract NeighbourHandler is HandlerBase {
    uint256 internal constant MOST_RESERVATIONS = 8;

    /// @notice The miners before this one are reserved and slashed by the rules.
    uint256 public constant RULED_MINERS = MINERS / 2;

    /// @notice The stake of an arrangement: reserved through period `until`.
    struct Reservation {
        uint256 amount;
        uint256 until;
    }

    mapping(address miner => Reservation[]) internal _reservations;

    /// @notice Gets the rewards of slashes.
    address public constant FINDER = address(0xF17D);

    uint256 public seizures;

    function reservationsOf(address miner) external view returns (Reservation[] memory) {
        return _reservations[miner];
    }

    /* RESERVING */

    function reserve(uint256 seed) external aside(seed) {
        uint256 until = period() + _random(1, _chance(70) ? 8 : parameters.longestLock);
        uint256 first = _random(0, RULED_MINERS - 1);
        for (uint256 i; i < RULED_MINERS; ++i) {
            address miner = people[(first + i) % RULED_MINERS];
            uint256 free = net.escrow.freeCollateral(miner, until);
            if (free == 0 || _reservations[miner].length == MOST_RESERVATIONS) continue;
            _reservations[miner].push(Reservation(_amount(1, free), until));
            _noteReserved(miner);
            return;
        }
        vm.assume(false);
    }

    /// @dev Lets go of what was reserved only through periods that are over; until then the sum is too large.
    function settle(uint256 seed) external aside(seed) {
        uint256 gone;
        for (uint256 m; m < RULED_MINERS; ++m) {
            Reservation[] storage list = _reservations[people[m]];
            for (uint256 i = list.length; i > 0; --i) {
                if (list[i - 1].until >= period()) continue;
                _removeReservation(people[m], i - 1);
                ++gone;
            }
            _noteReserved(people[m]);
        }
        vm.assume(gone > 0);
    }

    function _removeReservation(address miner, uint256 i) internal {
        Reservation[] storage list = _reservations[miner];
        list[i] = list[list.length - 1];
        list.pop();
    }

    function _noteReserved(address miner) internal {
        Reservation[] storage list = _reservations[miner];
        uint256 sum;
        for (uint256 i; i < list.length; ++i) sum += list[i].amount;
        net.policyManager.setReserved(miner, sum);
    }

    /* SLASHING */

    /// @dev A verdict: seizes at most what one arrangement reserved, all of it there, and frees the rest.
    function slashReserved(uint256 seed) external acting(seed) {
        (address miner, uint256 i) = _pickReservation();
        uint256 reserved = _reservations[miner][i].amount;
        uint256 amount = _chance(50) ? reserved : _amount(1, reserved);
        _removeReservation(miner, i);
        _noteReserved(miner);

        require(_slash(miner, amount, _random(0, amount)) == amount, "3: reserved stake was not there to seize");
    }

    /// @dev No rules: any amount, also of what has ended, also more than there is; a stranger has nothing to lose.
    function slashAnything(uint256 seed) external acting(seed) {
        address miner = people[_random(RULED_MINERS, MINERS)];
        uint256 amount = _amount(0, 2 * accountOf(miner).stake + 1);
        _slash(miner, amount, _random(0, _chance(50) ? amount : 2 * amount));
    }

    function _pickReservation() internal returns (address miner, uint256 i) {
        uint256 first = _random(0, RULED_MINERS - 1);
        for (uint256 m; m < RULED_MINERS; ++m) {
            miner = people[(first + m) % RULED_MINERS];
            Reservation[] storage list = _reservations[miner];
            for (i = 0; i < list.length; ++i) if (list[i].until >= period()) return (miner, i);
        }
        vm.assume(false);
    }

    struct Slash {
        uint256[] numbers;
        IStakeEscrow.Lock[] locks;
        uint256 stake;
        uint256 supply;
        uint256 finderHad;
        uint256[4] periods; // later ones, in which ..
        uint256[4] locked; // .. so much was locked
    }

    function _slash(address miner, uint256 amount, uint256 reward) internal returns (uint256 seized) {
        Slash memory before = _beforeSlash(miner);

        seized = net.policyManager.slash(net.escrow, miner, amount, FINDER, reward);
        ++seizures;
        require(seized == Math.min(amount, before.stake), "a slash seized another amount");
        _enterSlash(miner, before, seized, Math.min(reward, seized));
    }

    function _beforeSlash(address miner) internal returns (Slash memory before) {
        (before.numbers, before.locks) = net.escrow.locksOf(miner);
        before.stake = accountOf(miner).stake;
        before.finderHad = _balance(FINDER);
        for (uint256 i; i < before.periods.length; ++i) {
            before.periods[i] = period() + _random(1, i < 2 ? 6 : parameters.longestLock + 1);
            before.locked[i] = net.escrow.lockedIn(miner, before.periods[i]);
        }
        before.supply = supply();
    }

    /// @dev Checks and enters: which locks gave, that the soonest gave first, what was paid and what burned.
    function _enterSlash(address miner, Slash memory before, uint256 seized, uint256 paid) internal {
        uint256 gone;
        uint256 rewardBurned;
        for (uint256 k; k < before.locks.length; ++k) {
            uint256 part = before.locks[k].amount - _amountOf(miner, before.numbers[k]);
            rewardBurned += _rewardOf(miner, before.locks[k], part, accountOf(miner).paidUntil, period());
            _enterSeizure(miner, before.locks[k], part);
            gone += part;
        }
        require(gone == seized, "locks gave another amount than was seized");
        uint256 left = before.stake - seized;
        for (uint256 i; i < before.periods.length; ++i) {
            // Soonest ends first: what ends later is touched only when nothing else is left.
            require(
                net.escrow.lockedIn(miner, before.periods[i]) == Math.min(before.locked[i], left),
                "3: a slash took stake that ends later before stake that ends sooner"
            );
        }
        if (left == 0) _accounts[miner].paidUntil = Math.max(accountOf(miner).paidUntil, period());

        require(_balance(FINDER) == before.finderHad + paid, "a slash paid another amount");
        require(
            net.token.totalSupply() == before.supply - (seized - paid) - rewardBurned,
            "a slash burned another amount"
        );
        burned += seized - paid + rewardBurned;
        rewardsSeized += rewardBurned;
        roundings += before.locks.length;
    }

    /// @dev 0: there is no such lock any more.
    function _amountOf(address miner, uint256 number) internal view returns (uint256) {
        (uint256[] memory numbers, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(miner);
        for (uint256 k; k < locks.length; ++k) if (numbers[k] == number) return locks[k].amount;
        return 0;
    }

    /* HEALTH */

    /// @dev A verdict against anybody: a miner, one without stake, one that is paused already.
    function pause(uint256 seed) external acting(seed) {
        address miner = people[_random(0, MINERS)];
        if (accountOf(miner).paused) {
            net.healthVote.pause(net.escrow, miner);
            return;
        }
        Pause memory due = _beforePause(miner);
        net.healthVote.pause(net.escrow, miner);
        _enterPause(miner, due);
    }

    /// @notice What a pause must do.
    struct Pause {
        address payout;
        uint256 held; // by the payout address
        uint256 reward; // paid
        uint256 forfeited; // burned
    }

    function _beforePause(address miner) internal returns (Pause memory due) {
        due.payout = net.escrow.payoutOf(miner);
        due.held = _balance(due.payout);
        due.reward = _enterPayment(miner);
        due.forfeited = _rewardOfLocks(miner, accountOf(miner).paidUntil, period());
        roundings += _locks(miner).length;
    }

    function _enterPause(address miner, Pause memory due) internal {
        require(_balance(due.payout) == due.held + due.reward, "a pause did not pay what had vested");
        require(net.token.totalSupply() == supply() - due.forfeited, "a pause burned another amount than the unvested");
        rewardsPaid += due.reward;
        rewardsForfeited += due.forfeited;
        burned += due.forfeited;
        Account storage account = _accounts[miner];
        account.paused = true;
        account.paidUntil = Math.max(account.paidUntil, period());
    }

    function drawHealthBudget(uint256 seed) external acting(seed) {
        uint256 parts = _random(1, 6);
        uint256 amount = Math.min(budget / parts, undrawn);
        uint256 held = _balance(address(net.healthVote));

        require(net.healthVote.drawHealthBudget(net.escrow, parts) == amount, "another part of the health budget");
        undrawn -= amount;
        require(_balance(address(net.healthVote)) == held + amount, "the health budget did not arrive");
    }
}
