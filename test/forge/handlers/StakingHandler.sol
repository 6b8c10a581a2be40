// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {vm} from "../Vm.sol";
import {HandlerBase} from "./HandlerBase.sol";

/// @title StakingHandler
/// @notice What miners do with their stake and rewards, and what others do for them.
abstract contract StakingHandler is HandlerBase {
    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /* LOCKING */

    function lock(uint256 seed) external acting(seed) {
        address miner = _miner();
        (uint256 amount, uint256 length) = (_lockAmount(miner), _length());

        vm.prank(miner);
        uint256 number = net.escrow.lock(amount, length);
        _entered(miner, number, amount);
    }

    function lockWithPermit(uint256 seed) external acting(seed) {
        address miner = _miner();
        (uint256 amount, uint256 length) = (_lockAmount(miner), _length());
        Permit memory permit = _permit(miner, amount);

        vm.prank(miner);
        uint256 number = net.escrow.lockWithPermit(amount, length, permit.deadline, permit.v, permit.r, permit.s);
        _entered(miner, number, amount);
        _approveAll(miner);
    }

    function topUp(uint256 seed) external acting(seed) {
        Pick memory pick = _pick(Want.Lasting);
        uint256 amount = _topUpAmount(pick, pick.miner);

        vm.prank(pick.miner);
        uint256 number = net.escrow.topUp(pick.miner, pick.number, pick.held.end, amount);
        _entered(pick.miner, number, amount);
    }

    function topUpAnother(uint256 seed) external acting(seed) {
        Pick memory pick = _pick(Want.Lasting);
        address payer = _anybodyBut(pick.miner);
        uint256 amount = _topUpAmount(pick, payer);

        vm.prank(payer);
        uint256 number = net.escrow.topUp(pick.miner, pick.number, pick.held.end, amount);
        _entered(pick.miner, number, amount);
    }

    function topUpWithPermit(uint256 seed) external acting(seed) {
        Pick memory pick = _pick(Want.Lasting);
        address payer = _anybody();
        uint256 amount = _topUpAmount(pick, payer);
        Permit memory permit = _permit(payer, amount);

        vm.prank(payer);
        uint256 number = net.escrow.topUpWithPermit(
            pick.miner,
            pick.number,
            pick.held.end,
            amount,
            permit.deadline,
            permit.v,
            permit.r,
            permit.s
        );
        _entered(pick.miner, number, amount);
        _approveAll(payer);
    }

    /// @dev Many small locks: strangers top up as often as they may, or the miner splits until no number is left. It
    /// meets two miners only: with many locks each call takes its time.
    function crowd(uint256 seed) external acting(seed) {
        (bool found, Pick memory pick) = _pickOf(_chance(50) ? people[0] : people[MINERS - 1], Want.Lasting);
        vm.assume(found);
        uint256 used = _locks(pick.miner).length;
        bool byStranger = _chance(50) && pick.held.start <= period();
        uint256 most = byStranger ? MAX_LOCKS_BY_OTHERS : MAX_LOCKS;
        address payer = _stranger();
        vm.assume(used < most && pick.held.amount > MAX_LOCKS);
        if (byStranger) {
            vm.assume(Math.min(_room(pick.miner), _balance(payer)) >= (most - used) * parameters.minStake);
        }
        for (; used < most; ++used) {
            if (byStranger) {
                vm.prank(payer);
                uint256 number = net.escrow.topUp(pick.miner, pick.number, pick.held.end, parameters.minStake);
                _entered(pick.miner, number, parameters.minStake);
            } else {
                vm.prank(pick.miner);
                net.escrow.split(pick.number, pick.held.end, 1);
            }
        }
    }

    function compound(uint256 seed) external acting(seed) {
        Pick memory pick = _pickToCompound();
        uint256 reward = _enterPayment(pick.miner);

        vm.prank(pick.miner);
        uint256 number = net.escrow.compound(pick.number, pick.held.end);
        rewardsCompounded += reward;
        _entered(pick.miner, number, reward);
    }

    function _lockAmount(address miner) internal returns (uint256) {
        vm.assume(_locks(miner).length < MAX_LOCKS);
        uint256 least = net.escrow.lockedIn(miner, period() + 1) < parameters.minStake ? parameters.minStake : 1;
        return _amount(least, Math.min(_room(miner), _balance(miner)));
    }

    function _topUpAmount(Pick memory pick, address payer) internal returns (uint256) {
        bool own = payer == pick.miner;
        uint256 used = _locks(pick.miner).length;
        if (own) vm.assume(used < MAX_LOCKS || pick.held.start == period() + 1);
        else vm.assume(used < MAX_LOCKS_BY_OTHERS);
        return _amount(own ? 1 : parameters.minStake, Math.min(_room(pick.miner), _balance(payer)));
    }

    /// @dev Some miner with a vested reward, and a lock of its that can take it.
    function _pickToCompound() internal returns (Pick memory pick) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            address miner = people[(first + i) % MINERS];
            uint256 reward = _rewardOfLocks(miner, accountOf(miner).paidUntil, period() - parameters.vesting);
            bool found;
            (found, pick) = _pickOf(miner, Want.Lasting);
            if (!found || reward == 0 || reward > _room(miner)) continue;
            if (pick.held.start == period() + 1 || _locks(miner).length < MAX_LOCKS) return pick;
        }
        vm.assume(false);
    }

    /// @dev A permit of exactly `amount`; sometimes a stranger was faster and sent it to the token.
    function _permit(address owner, uint256 amount) internal returns (Permit memory permit) {
        vm.prank(owner);
        net.token.approve(address(net.escrow), 0);
        permit.deadline = clock + _random(0, 1 days);
        bytes32 digest = _permitDigest(owner, address(net.escrow), amount, net.token.nonces(owner), permit.deadline);
        (permit.v, permit.r, permit.s) = vm.sign(privateKeyOf[owner], digest);
        if (_chance(25)) {
            vm.prank(_stranger());
            net.token.permit(owner, address(net.escrow), amount, permit.deadline, permit.v, permit.r, permit.s);
        }
    }

    function _approveAll(address person) internal {
        require(net.token.allowance(person, address(net.escrow)) == 0, "a permit left an allowance");
        vm.prank(person);
        net.token.approve(address(net.escrow), type(uint256).max);
    }

    /// @dev Enters new stake; the lock that holds it must start in the next period.
    function _entered(address miner, uint256 number, uint256 amount) internal {
        Account storage account = _accounts[miner];
        account.stake += amount;
        if (account.paidUntil == 0) account.paidUntil = period() + 1;
        IStakeEscrow.Lock memory held = _lockOf(miner, number);
        require(held.start == period() + 1, "new stake counts from another period than the next");
        require(held.amount >= amount, "new stake is not in the lock that was named");
    }

    function _lockOf(address miner, uint256 number) internal view returns (IStakeEscrow.Lock memory) {
        (uint256[] memory numbers, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(miner);
        for (uint256 k; k < locks.length; ++k) if (numbers[k] == number) return locks[k];
        revert("the lock that was named does not exist");
    }

    /* CHANGING LOCKS */

    function extend(uint256 seed) external acting(seed) {
        Pick memory pick = _pick(Want.Fixed);
        uint256 end = pick.held.end;
        vm.assume(_mayOutlastNextPeriod(pick));
        uint256 most = period() + 1 + parameters.longestLock - end;
        vm.assume(most > 0);
        uint256 periods = _random(1, most);

        vm.prank(pick.miner);
        net.escrow.extend(pick.number, end, periods);
        _requireLock(pick, pick.held.amount, pick.held.start, end + periods, 0);
    }

    function roll(uint256 seed) external acting(seed) {
        Pick memory pick = _pick(Want.Live);
        uint256 end = pick.held.end;
        vm.assume(_mayOutlastNextPeriod(pick));
        uint256 least = end == ROLLING ? pick.held.notice + 1 : end - period() - 1;
        least = Math.max(least, parameters.shortestLock);
        vm.assume(least <= parameters.longestLock);
        uint256 notice = _random(
            least,
            _chance(50) ? Math.min(least + 2, parameters.longestLock) : parameters.longestLock
        );

        vm.prank(pick.miner);
        net.escrow.roll(pick.number, end, notice);
        _requireLock(pick, pick.held.amount, pick.held.start, ROLLING, notice);
    }

    function giveNotice(uint256 seed) external acting(seed) {
        Pick memory pick = _pick(Want.Rolling);
        _giveNotice(pick);
    }

    function _giveNotice(Pick memory pick) internal {
        vm.prank(pick.miner);
        net.escrow.giveNotice(pick.number, ROLLING);
        _measure();
        _requireLock(pick, pick.held.amount, pick.held.start, period() + 1 + pick.held.notice, 0);
    }

    function split(uint256 seed) external acting(seed) {
        Pick memory pick = _pick(Want.Lasting);
        vm.assume(pick.held.amount > 1 && _locks(pick.miner).length < MAX_LOCKS);
        uint256 amount = _amount(1, pick.held.amount - 1);

        vm.prank(pick.miner);
        uint256 part = net.escrow.split(pick.number, pick.held.end, amount);
        _requireLock(pick, pick.held.amount - amount, pick.held.start, pick.held.end, pick.held.notice);
        pick.number = part;
        _requireLock(pick, amount, pick.held.start, pick.held.end, pick.held.notice);
    }

    function merge(uint256 seed) external acting(seed) {
        (Pick memory one, Pick memory other) = _pickPair();

        vm.prank(one.miner);
        net.escrow.merge(one.number, other.number, one.held.end);
        uint256 start = Math.min(one.held.start, other.held.start);
        one.number = Math.min(one.number, other.number);
        _requireLock(one, one.held.amount + other.held.amount, start, one.held.end, one.held.notice);
    }

    /// @dev Extending stake that would leave in the next period adds to what the sampler must hold.
    function _mayOutlastNextPeriod(Pick memory pick) internal view returns (bool) {
        return pick.held.end > period() + 1 || pick.held.amount <= _room(pick.miner);
    }

    /// @dev Two locks of some miner that may be merged, in any order. Discards the call if there are none.
    function _pickPair() internal returns (Pick memory one, Pick memory other) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            address miner = people[(first + i) % MINERS];
            (uint256[] memory numbers, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(miner);
            for (uint256 a; a < locks.length; ++a) {
                for (uint256 b; b < locks.length; ++b) {
                    if (a == b || !_mayMerge(miner, locks[a], locks[b]) || _chance(30)) continue;
                    return (Pick(miner, numbers[a], locks[a]), Pick(miner, numbers[b], locks[b]));
                }
            }
        }
        vm.assume(false);
    }

    function _mayMerge(
        address miner,
        IStakeEscrow.Lock memory one,
        IStakeEscrow.Lock memory other
    ) internal view returns (bool) {
        if (one.end != other.end || one.notice != other.notice) return false;
        return one.start == other.start || Math.max(one.start, other.start) <= _paidForMerging(miner);
    }

    function _requireLock(Pick memory pick, uint256 amount, uint256 start, uint256 end, uint256 notice) internal view {
        IStakeEscrow.Lock memory held = _lockOf(pick.miner, pick.number);
        require(held.amount == amount && held.start == start, "a change touched what it had to leave alone");
        require(held.end == end && held.notice == notice, "a change did not do what was asked");
    }

    /* PAYING OUT */

    function claim(uint256 seed) external acting(seed) {
        _claim(_chance(95) ? _miner() : _stranger());
    }

    function _claim(address miner) internal {
        address payout = net.escrow.payoutOf(miner);
        uint256 held = _balance(payout);
        uint256 reward = _enterPayment(miner);

        vm.prank(miner);
        uint256 amount = net.escrow.claim();
        _measure();
        require(amount == reward, "a claim paid something else than what vested");
        require(_balance(payout) == held + reward, "a claim's payment did not arrive");
        rewardsPaid += reward;
    }

    function withdraw(uint256 seed) external acting(seed) {
        address miner = _pick(Want.Ended).miner;
        uint256 most = net.escrow.withdrawable(miner);
        _withdraw(miner, _chance(60) ? most : _amount(1, most));
    }

    function _withdraw(address miner, uint256 amount) internal {
        address payout = net.escrow.payoutOf(miner);
        (uint256 held, uint256 heldByPayout) = (_balance(miner), _balance(payout));
        uint256 reward = _enterPayment(miner);

        vm.prank(miner);
        net.escrow.withdraw(amount);
        _measure();
        _accounts[miner].stake -= amount;
        rewardsPaid += reward;
        if (payout == miner) {
            require(_balance(miner) == held + amount + reward, "a withdrawal paid another amount");
        } else {
            require(_balance(miner) == held + amount, "a withdrawal paid another amount");
            require(_balance(payout) == heldByPayout + reward, "a withdrawal paid another reward");
        }
    }

    function setPayout(uint256 seed) external aside(seed) {
        address miner = _miner();
        address payout = _chance(40) ? address(0) : _anybody();

        vm.prank(miner);
        net.escrow.setPayout(payout);
        require(net.escrow.payoutOf(miner) == (payout == address(0) ? miner : payout), "the payout address is another");
    }

    function resume(uint256 seed) external acting(seed) {
        (bool found, address miner) = _pickPaused();
        vm.assume(found);
        address operator = net.registry.operatorOf(miner);
        address caller = operator != address(0) && _chance(50) ? operator : miner;

        vm.prank(caller);
        net.escrow.resume(miner);
        Account storage account = _accounts[miner];
        (account.paused, account.earnsFrom, account.paidUntil) = (false, period() + 1, period() + 1);
    }

    function _pickPaused() internal returns (bool, address) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            address miner = people[(first + i) % MINERS];
            if (accountOf(miner).paused) return (true, miner);
        }
        return (false, address(0));
    }
}
