// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

import {IMinerRegistry} from "../../../contracts/interfaces/IMinerRegistry.sol";
import {INKMSToken} from "../../../contracts/interfaces/INKMSToken.sol";
import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {WiredOnce} from "../../../contracts/abstracts/WiredOnce.sol";
import {vm} from "../Vm.sol";
import {HandlerBase} from "./HandlerBase.sol";

/// @title HostileHandler
/// @notice Calls that must be refused, each with the error that its interface names. None changes anything.
abstract contract HostileHandler is HandlerBase {
    /// @dev Calls `target` as `caller`; it must refuse with `expected`.
    function _refused(address caller, address target, bytes memory data, bytes4 expected) internal {
        vm.prank(caller);
        (bool done, bytes memory answer) = target.call(data);
        require(!done, "8: a call went through that had to be refused");
        require(bytes4(answer) == expected, "a call was refused with another error");
    }

    function _refusedByEscrow(address caller, bytes memory data, bytes4 expected) internal {
        _refused(caller, address(net.escrow), data, expected);
    }

    /* RIGHTS THAT NOBODY HAS */

    /// @dev Everybody, the contracts and their deployer included, tries what only the wired contracts may do.
    function hostileRights(uint256 seed) external aside(seed) {
        _catchUp();
        address caller = _chance(70) ? _anybody() : _contractOrDeployer();
        address victim = _miner();
        bytes4 notDeployer = WiredOnce.WiredOnceNotDeployer.selector;
        _refused(caller, address(net.token), abi.encodeCall(net.token.wire, (caller)), notDeployer);
        _refusedByEscrow(caller, abi.encodeCall(net.escrow.wire, (caller, caller, caller)), notDeployer);
        bytes4 notEscrow = INKMSToken.NKMSTokenNotEscrow.selector;
        if (caller != address(net.escrow)) {
            _refused(caller, address(net.token), abi.encodeCall(net.token.mint, (_amount(0, 1e30))), notEscrow);
        }
        bytes4 notNeighbour = IStakeEscrow.StakeEscrowOnlyNeighbour.selector;
        if (caller != address(net.policyManager)) {
            bytes memory slash = abi.encodeCall(net.escrow.slash, (victim, _amount(0, 1e30), caller, _amount(0, 1e30)));
            _refusedByEscrow(caller, slash, notNeighbour);
        }
        if (caller != address(net.healthVote)) {
            _refusedByEscrow(caller, abi.encodeCall(net.escrow.pause, (victim)), notNeighbour);
            _refusedByEscrow(caller, abi.encodeCall(net.escrow.drawHealthBudget, (_amount(0, 1e30))), notNeighbour);
        }
    }

    function _contractOrDeployer() internal returns (address) {
        uint256 dice = _random(0, 5);
        if (dice == 0) return address(net.token);
        if (dice == 1) return address(net.escrow);
        if (dice == 2) return address(net.registry);
        if (dice == 3) return address(net.policyManager);
        if (dice == 4) return address(net.healthVote);
        return deployer;
    }

    /// @notice Deployed and wired everything.
    address public immutable deployer = msg.sender;

    /* LOCKING */

    function hostileLocking(uint256 seed) external aside(seed) {
        _catchUp();
        address caller = _anybody();
        (uint256 shortest, uint256 longest) = (parameters.shortestLock, parameters.longestLock);
        uint256 limit = STAKE_LIMIT_IN_MIN_STAKES * parameters.minStake;
        uint256 dice = _random(0, 4);
        if (dice == 0) {
            uint256 length = _chance(50) ? _random(0, shortest - 1) : _amount(longest + 1, type(uint256).max);
            bytes memory data = abi.encodeCall(net.escrow.lock, (parameters.minStake, length));
            _refusedByEscrow(caller, data, IStakeEscrow.StakeEscrowLockLength.selector);
        } else if (dice == 1) {
            uint256 least = net.escrow.lockedIn(caller, period() + 1) < parameters.minStake ? parameters.minStake : 1;
            bytes memory data = abi.encodeCall(net.escrow.lock, (_random(0, least - 1), shortest));
            _refusedByEscrow(caller, data, IStakeEscrow.StakeEscrowTooSmall.selector);
        } else if (dice == 2) {
            uint256 amount = _chance(50) ? limit : _amount(limit, type(uint256).max);
            bytes memory data = abi.encodeCall(net.escrow.lock, (amount, longest));
            _refusedByEscrow(caller, data, IStakeEscrow.StakeEscrowAboveLimit.selector);
        } else if (dice == 3) {
            address miner = _miner();
            uint256 amount = _room(miner) + 1;
            vm.assume(_locks(miner).length < MAX_LOCKS && amount >= parameters.minStake);
            bytes memory data = abi.encodeCall(net.escrow.lock, (amount, longest));
            _refusedByEscrow(miner, data, IStakeEscrow.StakeEscrowAboveLimit.selector);
        } else {
            address miner = _miner();
            vm.assume(_locks(miner).length == MAX_LOCKS);
            bytes memory data = abi.encodeCall(net.escrow.lock, (parameters.minStake, shortest));
            _refusedByEscrow(miner, data, IStakeEscrow.StakeEscrowTooManyLocks.selector);
        }
    }

    function hostileTopUp(uint256 seed) external aside(seed) {
        _catchUp();
        Pick memory pick = _pick(Want.Any);
        (address miner, uint256 number, uint256 end) = (pick.miner, pick.number, pick.held.end);
        address other = _anybodyBut(miner);
        uint256 dice = _random(0, 4);
        if (dice == 0) {
            vm.assume(end > period() + 1 && _locks(miner).length < MAX_LOCKS_BY_OTHERS);
            bytes memory data = abi.encodeCall(
                net.escrow.topUp,
                (miner, number, end, _random(0, parameters.minStake - 1))
            );
            _refusedByEscrow(other, data, IStakeEscrow.StakeEscrowTooSmall.selector);
        } else if (dice == 1) {
            bytes memory data = abi.encodeCall(net.escrow.topUp, (miner, number, end ^ _random(1, ROLLING), 1));
            _refusedByEscrow(miner, data, IStakeEscrow.StakeEscrowOtherEnd.selector);
        } else if (dice == 2) {
            vm.assume(end <= period() + 1);
            bytes memory data = abi.encodeCall(net.escrow.topUp, (miner, number, end, 1));
            _refusedByEscrow(miner, data, IStakeEscrow.StakeEscrowEndsTooSoon.selector);
        } else if (dice == 3) {
            vm.assume(_locks(miner).length >= MAX_LOCKS_BY_OTHERS);
            bytes memory data = abi.encodeCall(net.escrow.topUp, (miner, number, end, parameters.minStake));
            _refusedByEscrow(other, data, IStakeEscrow.StakeEscrowTooManyLocks.selector);
        } else {
            bytes memory data = abi.encodeCall(net.escrow.topUp, (miner, _noLock(miner), end, 1));
            _refusedByEscrow(miner, data, IStakeEscrow.StakeEscrowUnknownLock.selector);
        }
    }

    /// @dev A number that the miner has no lock with.
    function _noLock(address miner) internal returns (uint256 number) {
        uint256 mask = net.escrow.minerOf(miner).lockMask;
        number = _random(0, 40);
        while (number < MAX_LOCKS && (mask >> number) & 1 == 1) ++number;
    }

    /* CHANGING LOCKS */

    function hostileChange(uint256 seed) external aside(seed) {
        _catchUp();
        Pick memory pick = _pick(Want.Any);
        (uint256 number, uint256 end) = (pick.number, pick.held.end);
        uint256 dice = _random(0, 6);
        if (dice == 0) {
            // Nobody can name another's lock: without locks of its own a caller has none with this number.
            address stranger = _stranger();
            bytes4 unknown = IStakeEscrow.StakeEscrowUnknownLock.selector;
            _refusedByEscrow(stranger, abi.encodeCall(net.escrow.roll, (number, end, parameters.longestLock)), unknown);
            _refusedByEscrow(stranger, abi.encodeCall(net.escrow.giveNotice, (number, end)), unknown);
            _refusedByEscrow(stranger, abi.encodeCall(net.escrow.split, (number, end, 1)), unknown);
            _refusedByEscrow(stranger, abi.encodeCall(net.escrow.merge, (number, number + 1, end)), unknown);
            if (end != ROLLING) {
                _refusedByEscrow(stranger, abi.encodeCall(net.escrow.extend, (number, end, 1)), unknown);
            }
        } else if (dice == 1) {
            bytes4 otherEnd = IStakeEscrow.StakeEscrowOtherEnd.selector;
            uint256 wrong = end - 1;
            _refusedByEscrow(pick.miner, abi.encodeCall(net.escrow.extend, (number, wrong, 1)), otherEnd);
            _refusedByEscrow(pick.miner, abi.encodeCall(net.escrow.roll, (number, wrong, 2)), otherEnd);
            _refusedByEscrow(pick.miner, abi.encodeCall(net.escrow.giveNotice, (number, wrong)), otherEnd);
            _refusedByEscrow(pick.miner, abi.encodeCall(net.escrow.split, (number, wrong, 1)), otherEnd);
        } else if (dice == 2) {
            vm.assume(end != ROLLING);
            bytes memory data = abi.encodeCall(net.escrow.giveNotice, (number, end));
            _refusedByEscrow(pick.miner, data, IStakeEscrow.StakeEscrowLockIsFixed.selector);
        } else if (dice == 3) {
            vm.assume(end == ROLLING);
            bytes memory data = abi.encodeCall(net.escrow.extend, (number, end, 1));
            _refusedByEscrow(pick.miner, data, IStakeEscrow.StakeEscrowLockIsRolling.selector);
        } else if (dice == 4) {
            _hostileLengths(pick);
        } else if (dice == 5) {
            vm.assume(end > period() + 1);
            uint256 amount = _chance(50) ? 0 : _amount(pick.held.amount, type(uint256).max);
            bytes memory data = abi.encodeCall(net.escrow.split, (number, end, amount));
            _refusedByEscrow(pick.miner, data, IStakeEscrow.StakeEscrowSplitOutOfBounds.selector);
        } else {
            _hostileMerge(pick);
        }
    }

    function _hostileLengths(Pick memory pick) internal {
        (uint256 number, uint256 end) = (pick.number, pick.held.end);
        vm.assume(end > period());
        (uint256 shortest, uint256 longest) = (parameters.shortestLock, parameters.longestLock);
        if (_chance(30)) {
            uint256 notice = _chance(50) ? _random(0, shortest - 1) : _amount(longest + 1, type(uint256).max);
            bytes memory data = abi.encodeCall(net.escrow.roll, (number, end, notice));
            _refusedByEscrow(pick.miner, data, IStakeEscrow.StakeEscrowLockLength.selector);
        } else if (end == ROLLING) {
            bytes memory data = abi.encodeCall(net.escrow.roll, (number, end, _random(shortest, pick.held.notice)));
            _refusedByEscrow(pick.miner, data, IStakeEscrow.StakeEscrowNoticeTooShort.selector);
        } else if (_chance(50) && end > period() + 1 + shortest) {
            bytes memory data = abi.encodeCall(net.escrow.roll, (number, end, _random(shortest, end - period() - 2)));
            _refusedByEscrow(pick.miner, data, IStakeEscrow.StakeEscrowNoticeTooShort.selector);
        } else {
            uint256 most = period() + 1 + longest - end;
            uint256 periods = _chance(50) ? 0 : _amount(most + 1, type(uint256).max);
            bytes memory data = abi.encodeCall(net.escrow.extend, (number, end, periods));
            _refusedByEscrow(pick.miner, data, IStakeEscrow.StakeEscrowLockLength.selector);
        }
    }

    /// @dev The lock with itself, or with any other that it may not be merged with.
    function _hostileMerge(Pick memory one) internal {
        (, Pick memory other) = _pickOf(one.miner, Want.Any);
        bytes4 expected;
        if (one.number == other.number) expected = IStakeEscrow.StakeEscrowSameLock.selector;
        else if (one.held.end != other.held.end) expected = IStakeEscrow.StakeEscrowOtherEnd.selector;
        else if (one.held.notice != other.held.notice) expected = IStakeEscrow.StakeEscrowNoticesDiffer.selector;
        else expected = IStakeEscrow.StakeEscrowNotPaidYet.selector;
        if (expected == IStakeEscrow.StakeEscrowNotPaidYet.selector) {
            uint256 paidUntil = _paidForMerging(one.miner);
            bool paid = one.held.start <= paidUntil && other.held.start <= paidUntil;
            vm.assume(one.held.start != other.held.start && !paid);
        }
        bytes memory data = abi.encodeCall(net.escrow.merge, (one.number, other.number, one.held.end));
        _refusedByEscrow(one.miner, data, expected);
    }

    /* PAYING OUT AND UPKEEP */

    function hostileExit(uint256 seed) external aside(seed) {
        _catchUp();
        address miner = _miner();
        uint256 dice = _random(0, 5);
        if (dice == 0) {
            uint256 amount = _amount(net.escrow.withdrawable(miner) + 1, type(uint256).max);
            bytes memory data = abi.encodeCall(net.escrow.withdraw, (amount));
            _refusedByEscrow(miner, data, IStakeEscrow.StakeEscrowAboveWithdrawable.selector);
        } else if (dice == 1) {
            bytes memory data = abi.encodeCall(net.escrow.withdraw, (0));
            _refusedByEscrow(miner, data, IStakeEscrow.StakeEscrowTooSmall.selector);
        } else if (dice == 2) {
            bytes memory data = abi.encodeCall(net.escrow.setPayout, (address(net.escrow)));
            _refusedByEscrow(miner, data, IStakeEscrow.StakeEscrowPayoutIsEscrow.selector);
        } else if (dice == 3) {
            bool paused = accountOf(miner).paused;
            address caller = paused ? _anybodyBut(miner) : miner;
            bytes4 expected =
                paused
                    ? IStakeEscrow.StakeEscrowNotMinerOrOperator.selector
                    : IStakeEscrow.StakeEscrowNotPaused.selector;
            _refusedByEscrow(caller, abi.encodeCall(net.escrow.resume, (miner)), expected);
        } else if (dice == 4) {
            vm.assume(net.escrow.lockedIn(miner, period()) > 0 || net.escrow.minerOf(miner).number == 0);
            bytes memory data = abi.encodeCall(net.escrow.releaseNumber, (miner));
            _refusedByEscrow(_anybody(), data, IStakeEscrow.StakeEscrowNumberInUse.selector);
        } else {
            Pick memory pick = _pick(Want.Any);
            vm.assume(net.escrow.claimable(pick.miner) == 0);
            bytes memory data = abi.encodeCall(net.escrow.compound, (pick.number, pick.held.end));
            _refusedByEscrow(pick.miner, data, IStakeEscrow.StakeEscrowTooSmall.selector);
        }
    }

    function hostileNeighbour(uint256 seed) external aside(seed) {
        _catchUp();
        bytes4 divisionByZero = bytes4(keccak256("Panic(uint256)"));
        bytes memory data = abi.encodeCall(net.escrow.drawHealthBudget, (0));
        _refusedByEscrow(address(net.healthVote), data, divisionByZero);
    }

    function hostileDraw(uint256 seed) external aside(seed) {
        uint256 members = net.escrow.members();
        bytes memory data = abi.encodeCall(net.escrow.draw, (seed, members + 1, period() + 1, 1_000));
        _refusedByEscrow(_anybody(), data, IStakeEscrow.StakeEscrowTooFewMembers.selector);
        data = abi.encodeCall(net.escrow.draw, (seed, members, _random(0, period()), 1_000));
        _refusedByEscrow(_anybody(), data, IStakeEscrow.StakeEscrowDrawTooEarly.selector);
        vm.assume(members > 0);
        data = abi.encodeCall(net.escrow.draw, (seed, members, period() + 1, members - 1));
        _refusedByEscrow(_anybody(), data, IStakeEscrow.StakeEscrowTrialsUsedUp.selector);
    }

    /* TOKEN AND REGISTRY */

    function hostileToken(uint256 seed) external aside(seed) {
        address caller = _anybody();
        address victim = _anybodyBut(caller);
        uint256 amount = _amount(_balance(caller) + 1, type(uint256).max);
        bytes4 expected = IERC20Errors.ERC20InsufficientBalance.selector;
        _refused(caller, address(net.token), abi.encodeCall(net.token.transfer, (victim, amount)), expected);
        _refused(caller, address(net.token), abi.encodeCall(net.token.burn, (amount)), expected);

        amount = _amount(net.token.allowance(victim, caller) + 1, type(uint256).max);
        bytes memory data = abi.encodeCall(net.token.transferFrom, (victim, caller, amount));
        _refused(caller, address(net.token), data, IERC20Errors.ERC20InsufficientAllowance.selector);

        bytes32 digest = _permitDigest(victim, caller, amount, net.token.nonces(victim), clock);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKeyOf[caller], digest);
        data = abi.encodeCall(net.token.permit, (victim, caller, amount, clock, v, r, s));
        _refused(caller, address(net.token), data, ERC20Permit.ERC2612InvalidSigner.selector);
        data = abi.encodeCall(net.token.permit, (victim, caller, amount, clock - 1, v, r, s));
        _refused(caller, address(net.token), data, ERC20Permit.ERC2612ExpiredSignature.selector);
    }

    function hostileRegistry(uint256 seed) external aside(seed) {
        (address miner, address registry) = (_miner(), address(net.registry));
        // A free key's consent for somebody else, or for a time that is over, is none; a taken key's never is.
        uint256 key = FIRST_OPERATOR_KEY + _random(0, 9);
        address operator = vm.addr(key);
        bytes32 digest = _consentDigest(_anybodyBut(miner), operator, net.registry.nonces(operator), clock);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        bytes memory consent = abi.encodePacked(r, s, v);
        bool taken = net.registry.minerOf(operator) != address(0);
        bytes4 expected =
            taken
                ? IMinerRegistry.MinerRegistryOperatorTaken.selector
                : IMinerRegistry.MinerRegistryWrongSigner.selector;
        _refused(miner, registry, abi.encodeCall(net.registry.bondOperator, (operator, clock, consent)), expected);
        if (!taken) expected = IMinerRegistry.MinerRegistryConsentExpired.selector;
        _refused(miner, registry, abi.encodeCall(net.registry.bondOperator, (operator, clock - 1, consent)), expected);
        _refused(
            miner,
            registry,
            abi.encodeCall(net.registry.bondOperator, (address(0), clock, consent)),
            IMinerRegistry.MinerRegistryNoOperator.selector
        );
        _refused(
            _stranger(),
            registry,
            abi.encodeCall(net.registry.unbondOperator, ()),
            IMinerRegistry.MinerRegistryNotBonded.selector
        );
        expected = IMinerRegistry.MinerRegistryTermOutOfBounds.selector;
        uint256 large = _amount(1 << 96, type(uint256).max);
        _refused(miner, registry, abi.encodeCall(net.registry.setPledge, (large, 100)), expected);
        _refused(miner, registry, abi.encodeCall(net.registry.setPledge, (1, _chance(50) ? 0 : 1 << 32)), expected);
        _refused(miner, registry, abi.encodeCall(net.registry.setAdvice, (large, 1)), expected);
        _refused(miner, registry, abi.encodeCall(net.registry.setAdvice, (1, _amount(1 << 32, large))), expected);
        expected = IMinerRegistry.MinerRegistryEndpointTooLong.selector;
        string memory url = string(new bytes(_random(257, 1_000)));
        _refused(miner, registry, abi.encodeCall(net.registry.setEndpoint, (url)), expected);
    }
}
