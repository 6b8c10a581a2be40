// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {Network} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";
import {Ledger} from "./Ledger.sol";

/// @title HandlerBase
/// @notice What all handlers share. Forge gives each call one number; everything else, who acts, on which lock, how
/// much, after which time, is drawn from it, so that every call is valid by construction. When there is nothing that
/// could be done, the call is thrown away and shows up under "Discards".
abstract contract HandlerBase is Ledger {
    uint256 internal constant ROLLING = type(uint32).max;
    uint256 internal constant MAX_LOCKS = 32;
    uint256 internal constant MAX_LOCKS_BY_OTHERS = 24;
    uint256 internal constant STAKE_LIMIT_IN_MIN_STAKES = 65_536;

    /// @dev Per cent of all calls before which some seconds, one period, or some, up to M, pass.
    uint256 internal constant SECONDS_PASS = 15;
    uint256 internal constant PERIOD_PASSES = 12;
    uint256 internal constant PERIODS_PASS = 2;

    /// @dev Salts what is drawn, so that campaigns with the same seed of forge tell different stories.
    uint256 private immutable SALT;
    uint256 private _entropy;

    /// @dev The private keys of people[i] and of the two operators that may work for miner i.
    uint256 internal constant FIRST_KEY = 1_000;
    uint256 internal constant FIRST_OPERATOR_KEY = 2_000;

    constructor(Network memory network, IStakeEscrow.Parameters memory parameters_, uint256 salt) {
        SALT = salt;
        _openBooks(network, parameters_);
        for (uint256 i; i < MINERS + STRANGERS; ++i) {
            address person = vm.addr(FIRST_KEY + i);
            people.push(person);
            privateKeyOf[person] = FIRST_KEY + i;
            vm.prank(person);
            net.token.approve(address(net.escrow), type(uint256).max);
        }
    }

    /* TIME */

    /// @dev For calls that close periods: at most M are waiting when the body runs, and the books have closed them.
    modifier acting(uint256 seed) {
        _begin(seed);
        _catchUp();
        _closeBooks(period());
        _;
        require(net.escrow.openPeriod() == period(), "a call left periods open");
    }

    /// @dev For calls that close none.
    modifier aside(uint256 seed) {
        _begin(seed);
        _;
        require(net.escrow.openPeriod() == open, "a call closed periods that had no business to");
    }

    function _begin(uint256 seed) internal {
        _entropy = uint256(keccak256(abi.encode(SALT, seed)));
        _passTime();
        vm.warp(clock);
    }

    function _passTime() internal virtual {
        uint256 dice = _random(1, 100);
        if (dice <= SECONDS_PASS) clock += _random(1, parameters.period / 2);
        else if (dice <= SECONDS_PASS + PERIOD_PASSES) clock += parameters.period;
        else if (dice <= SECONDS_PASS + PERIOD_PASSES + PERIODS_PASS) _passPeriods(_random(1, parameters.maxCatchUp));
    }

    function _passPeriods(uint256 count) internal {
        clock += count * parameters.period;
        vm.warp(clock);
    }

    /// @dev Leaves between 0 and M periods for the next call to close.
    function _catchUp() internal {
        uint256 waiting = period() - open;
        if (waiting <= parameters.maxCatchUp) return;
        _advance(waiting - _random(0, parameters.maxCatchUp));
    }

    /// @dev Anybody closes up to `count` periods.
    function _advance(uint256 count) internal {
        _closeBooks(Math.min(open + count, period()));
        vm.prank(_anybody());
        net.escrow.advance(count);
        _measure();
        require(net.escrow.openPeriod() == open, "advance closed another number of periods");
    }

    /* GAS */

    /// @dev What a call that closes periods or lets a miner leave may cost; a transaction has at most 16,777,216 gas.
    uint256 internal constant MOST_GAS = 12_000_000;

    /// @notice The most gas that one of these calls took.
    uint256 public dearestCall;

    /// @dev To be called right after the call that is measured. Views before it may have warmed its storage.
    function _measure() internal {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        require(used < MOST_GAS, "7: a way out costs too much gas");
        dearestCall = Math.max(dearestCall, used);
    }

    /* CHOOSING */

    function _random(uint256 least, uint256 most) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return least + (_entropy % (most - least + 1));
    }

    function _chance(uint256 percent) internal returns (bool) {
        return _random(1, 100) <= percent;
    }

    function _miner() internal returns (address) {
        return people[_random(0, MINERS - 1)];
    }

    function _stranger() internal returns (address) {
        return people[_random(MINERS, MINERS + STRANGERS - 1)];
    }

    function _anybody() internal returns (address) {
        return people[_random(0, people.length - 1)];
    }

    function _anybodyBut(address person) internal returns (address other) {
        uint256 i = _random(0, people.length - 1);
        other = people[i] == person ? people[(i + 1) % people.length] : people[i];
    }

    /// @dev The bounds themselves, amounts near the lower one, and amounts of every magnitude between. Discards the call
    /// if there is nothing between the bounds.
    function _amount(uint256 least, uint256 most) internal returns (uint256 amount) {
        vm.assume(least <= most);
        uint256 dice = _random(0, 9);
        if (dice == 0) return least;
        if (dice == 1) return most;
        return Math.min(most, least + _random(0, 1 << _random(0, 80)));
    }

    /// @dev Half of all locks are short and so have ends in common.
    function _length() internal returns (uint256) {
        (uint256 shortest, uint256 longest) = (parameters.shortestLock, parameters.longestLock);
        return _random(shortest, _chance(50) ? Math.min(shortest + 4, longest) : longest);
    }

    /// @dev What a lock must be to be picked. Lasting: its end is after the next period.
    enum Want {
        Any,
        Live,
        Lasting,
        Fixed,
        Rolling,
        Ended
    }

    struct Pick {
        address miner;
        uint256 number;
        IStakeEscrow.Lock held;
    }

    /// @dev Some lock that is as wanted, of any miner. Discards the call if there is none.
    function _pick(Want want) internal returns (Pick memory pick) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            bool found;
            (found, pick) = _pickOf(people[(first + i) % MINERS], want);
            if (found) return pick;
        }
        vm.assume(false);
    }

    function _pickOf(address miner, Want want) internal returns (bool found, Pick memory pick) {
        (uint256[] memory numbers, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(miner);
        if (locks.length == 0) return (false, pick);
        uint256 first = _random(0, locks.length - 1);
        for (uint256 k; k < locks.length; ++k) {
            uint256 i = (first + k) % locks.length;
            if (_is(want, locks[i])) return (true, Pick(miner, numbers[i], locks[i]));
        }
    }

    function _is(Want want, IStakeEscrow.Lock memory held) internal view returns (bool) {
        uint256 next = period() + 1;
        if (want == Want.Live) return held.end >= next;
        if (want == Want.Lasting) return held.end > next;
        if (want == Want.Fixed) return held.end >= next && held.end != ROLLING;
        if (want == Want.Rolling) return held.end == ROLLING;
        if (want == Want.Ended) return held.end + parameters.vesting < next;
        return true;
    }

    /// @dev How much more stake the miner may have in the periods after the next.
    function _room(address miner) internal view returns (uint256 room) {
        room = STAKE_LIMIT_IN_MIN_STAKES * parameters.minStake - 1;
        IStakeEscrow.Lock[] memory locks = _locks(miner);
        for (uint256 k; k < locks.length; ++k) {
            if (locks[k].end > period() + 1) room -= locks[k].amount;
        }
    }

    function _sum(IStakeEscrow.Lock[] memory locks) internal pure returns (uint256 sum) {
        for (uint256 k; k < locks.length; ++k) sum += locks[k].amount;
    }

    function _balance(address person) internal view returns (uint256) {
        return net.token.balanceOf(person);
    }

    /* SIGNING */

    function _permitDigest(
        address owner,
        address spender,
        uint256 amount,
        uint256 nonce,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, owner, spender, amount, nonce, deadline));
        return keccak256(abi.encodePacked(hex"1901", net.token.DOMAIN_SEPARATOR(), structHash));
    }

    function _consentDigest(
        address miner,
        address operator,
        uint256 nonce,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("NKMS MinerRegistry"),
                keccak256("1"),
                block.chainid,
                address(net.registry)
            )
        );
        bytes32 typeHash = keccak256("OperatorBond(address miner,address operator,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, miner, operator, nonce, deadline));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
