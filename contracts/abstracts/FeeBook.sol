// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyManager} from "../interfaces/IPolicyManager.sol";

/// @title FeeBook
/// @notice The part of the policy manager that knows miners and not policies: what each earns per period and when that
/// ends, what of its stake is reserved and until when. No function's cost depends on the number of policies.
///
/// UNITS    Amounts in grains: 10^9 base units. Rate, earned and reserved of a miner fit in one slot by that.
/// WIDTHS   No more is reserved of a miner than it has locked, below 2^62 grains as the token's cap is. Each arrangement
///          reserves its fee, so the rate is at most that; and what was earned was paid in. So no cast cuts anything off.
/// LEDGER   For a miner settled through period s: rate = fees per period of all its arrangements that are not closed and
///          end after s, those that begin with s + 1 included; earned = its fees through s, not claimed; reserved = sum of
///          what its arrangements reserve through s or later.
/// TIME     Fees are earned with a period's first second, so a miner settled through now has earned now's fee. Whoever
///          changes an account that is not settled corrects `earned` for the periods that a later settling will count with
///          the new rate; till then `earned` is meant modulo 2^80.
/// ENDINGS  At `end` the rate falls by endings[end].rate; what its arrangements reserved goes W + 1 periods later.
abstract contract FeeBook is IPolicyManager {
    uint256 internal constant GRAIN = 1e9;

    /// @inheritdoc IPolicyManager
    uint256 public immutable WINDOW;

    /// @inheritdoc IPolicyManager
    uint256 public immutable PERIOD;

    /// @dev One slot, 64 bits spare. Grains.
    struct Ending {
        uint96 rate; // by so much the miner's rate falls
        uint96 release; // so much of what is reserved goes W + 1 periods later
    }

    mapping(address miner => Account) internal _accounts;
    mapping(address miner => mapping(uint256 end => Ending)) internal _endings;

    constructor(uint256 period, uint256 window) {
        (PERIOD, WINDOW) = (period, window);
    }

    function _period() internal view returns (uint256) {
        return block.timestamp / PERIOD;
    }

    /// @dev Joins an arrangement: it earns `rate` in [now + 1, end) and reserves `reserve` through end + W.
    function _enlist(address miner, uint256 rate, uint256 reserve, uint256 end, uint256 period) internal {
        Account memory account = _accounts[miner];
        if (account.settled == 0) account.settled = uint32(period);
        unchecked {
            account.earned -= uint80(rate * (period - account.settled));
        }
        account.rate += uint64(rate);
        account.reserved += uint80(reserve);
        _accounts[miner] = account;

        Ending storage ending = _endings[miner][end];
        ending.rate += uint96(rate);
        ending.release += uint96(reserve);
    }

    /// @dev An arrangement that would earn until `end`, which is to come, earns nothing after the current period. `freed`
    /// of what it reserved is free at once.
    function _delist(address miner, uint256 rate, uint256 freed, uint256 end, uint256 period) internal {
        Account memory account = _accounts[miner];
        unchecked {
            account.earned += uint80(rate * (period - account.settled));
        }
        account.rate -= uint64(rate);
        account.reserved -= uint80(freed);
        _accounts[miner] = account;

        Ending storage ending = _endings[miner][end];
        ending.rate -= uint96(rate);
        ending.release -= uint96(freed);
    }

    /// @dev What goes W + 1 periods after `from` goes W + 1 periods after `to`.
    function _moveRelease(address miner, uint256 amount, uint256 from, uint256 to) internal {
        _endings[miner][from].release -= uint96(amount);
        _endings[miner][to].release += uint96(amount);
    }

    /// @dev An arrangement that would end at `end` ends at `newEnd` and reserves `more`.
    function _prolong(
        address miner,
        uint256 rate,
        uint256 reserve,
        uint256 more,
        uint256 end,
        uint256 newEnd
    ) internal {
        _accounts[miner].reserved += uint80(more);
        Ending storage old = _endings[miner][end];
        old.rate -= uint96(rate);
        old.release -= uint96(reserve);
        Ending storage ending = _endings[miner][newEnd];
        ending.rate += uint96(rate);
        ending.release += uint96(reserve + more);
    }

    /// @dev Frees what an arrangement that ends or ended at `end` has reserved still.
    function _release(address miner, uint256 amount, uint256 end) internal {
        _accounts[miner].reserved -= uint80(amount);
        _endings[miner][end].release -= uint96(amount);
    }

    /// @dev Takes up to `most` of the miner's unclaimed fees.
    function _takeFees(address miner, uint256 most, uint256 period) internal returns (uint256 taken) {
        Account memory account = _settled(miner, period);
        taken = account.earned < most ? account.earned : most;
        account.earned -= uint80(taken);
        _accounts[miner] = account;
    }

    /// @dev The account once all periods through `period` are counted.
    function _settled(address miner, uint256 period) internal view returns (Account memory account) {
        account = _accounts[miner];
        if (account.settled == 0) account.settled = uint32(period);
        mapping(uint256 end => Ending) storage endings = _endings[miner];
        for (uint256 p = uint256(account.settled) + 1; p <= period; ++p) {
            account.rate -= uint64(endings[p].rate);
            account.reserved -= uint80(endings[p - WINDOW - 1].release);
            unchecked {
                account.earned += account.rate;
            }
        }
        if (account.settled < period) account.settled = uint32(period);
    }

    /* VIEWS */

    /// @inheritdoc IPolicyManager
    function reserved(address miner) external view returns (uint256) {
        return _accounts[miner].reserved * GRAIN;
    }

    /// @inheritdoc IPolicyManager
    function accountOf(address miner) external view returns (Account memory) {
        return _accounts[miner];
    }

    /// @inheritdoc IPolicyManager
    function endingsOf(
        address miner,
        uint256 from,
        uint256 count
    ) external view returns (uint256[] memory rates, uint256[] memory releases) {
        (rates, releases) = (new uint256[](count), new uint256[](count));
        for (uint256 i; i < count; ++i) {
            Ending memory ending = _endings[miner][from + i];
            (rates[i], releases[i]) = (ending.rate * GRAIN, ending.release * GRAIN);
        }
    }

    /// @inheritdoc IPolicyManager
    function claimableFees(address miner) external view returns (uint256) {
        return _settled(miner, _period()).earned * GRAIN;
    }

    /// @inheritdoc IPolicyManager
    function reservedNow(address miner) external view returns (uint256) {
        return _settled(miner, _period()).reserved * GRAIN;
    }
}
