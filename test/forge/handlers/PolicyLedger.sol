// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {IPolicyManager} from "../../../contracts/interfaces/IPolicyManager.sol";
import {PolicyNetwork} from "../PolicyFixture.sol";

/// @title PolicyLedger
/// @notice Books of our own, beside those of the policy manager: one entry per arrangement, in which stands everything
/// that happened to it. Every sum is made anew from the entries, whenever it is asked for.
///
/// FEES     An entry's fee is in five parts: earned, served later, refunded, held or burned; or it was passed on.
/// STAKE    What an entry reserves and through which period follows from how it stands now.
abstract contract PolicyLedger {
    uint256 public constant MINERS = 6;

    struct Policy {
        bytes32 id;
        bytes terms; // abi.encode(Terms)
        address owner;
        address payer;
        bool handOff;
        uint256 start;
        uint256 end;
        bool revoked;
    }

    /// @notice An arrangement.
    struct Entry {
        uint256 policy; // its number here
        uint256 index;
        address miner;
        address operator;
        uint256 rate;
        uint256 collateral;
        uint256 start;
        uint256 stop; // first period not served, as things stand
        uint256 end; // T = end - start
        bool closed;
        bool handedOff;
        bool convicted;
        uint256 paid; // fees that were paid for it, or passed on to it
        uint256 refunded; // of them: back to the payer at once
        uint256 held; // back to the payer from `heldUntil` on
        uint256 heldUntil;
        bool heldTaken;
        uint256 burned; // of the fee that was never earned
        uint256 passedOn;
        uint256 seized; // of its miner's stake, by its verdict or its resignation
    }

    PolicyNetwork internal net;
    IStakeEscrow.Parameters internal stakes;
    IPolicyManager.Parameters internal rules;

    /// @notice Miners first, by rising address.
    address[] public people;
    mapping(address person => uint256) internal privateKeyOf;

    /// @notice block.timestamp of the story.
    uint256 public clock;

    Policy[] internal _policies;
    Entry[] internal _entries;

    /// @notice Locked and neither withdrawn nor seized.
    mapping(address miner => uint256) public stakeOf;
    /// @notice Of the fees that a miner earned: claimed, or taken by verdicts and resignations.
    mapping(address miner => uint256) public feesGone;
    /// @notice Refunds taken; and what resignations added to those that can be taken.
    mapping(address payer => uint256) public refundsTaken;
    mapping(address payer => uint256) public penalties;
    uint256 public donated;

    function period() public view returns (uint256) {
        return clock / stakes.period;
    }

    function policyAt(uint256 i) external view returns (Policy memory) {
        return _policies[i];
    }

    function entryCount() external view returns (uint256) {
        return _entries.length;
    }

    function entryAt(uint256 i) external view returns (Entry memory) {
        return _entries[i];
    }

    function peopleCount() external view returns (uint256) {
        return people.length;
    }

    /* FEES */

    /// @notice What entry i has earned, the current period included.
    function earnedBy(uint256 i) public view returns (uint256) {
        Entry storage e = _entries[i];
        uint256 stop = Math.min(e.stop, period() + 1);
        return stop > e.start ? e.rate * (stop - e.start) : 0;
    }

    /// @notice What entry i will earn in periods to come, as it stands.
    function earnedLaterBy(uint256 i) public view returns (uint256) {
        Entry storage e = _entries[i];
        uint256 from = Math.max(e.start, period() + 1);
        return e.stop > from ? e.rate * (e.stop - from) : 0;
    }

    function unclaimedBy(address miner) public view returns (uint256 sum) {
        for (uint256 i; i < _entries.length; ++i) if (_entries[i].miner == miner) sum += earnedBy(i);
        sum -= feesGone[miner];
    }

    function refundDue(address payer) public view returns (uint256 sum) {
        for (uint256 i; i < _entries.length; ++i) if (_payerOf(i) == payer) sum += _entries[i].refunded;
        sum += penalties[payer];
        sum -= refundsTaken[payer];
    }

    function heldDue(address payer, uint256 heldUntil) public view returns (uint256 sum) {
        for (uint256 i; i < _entries.length; ++i) {
            Entry storage e = _entries[i];
            if (_payerOf(i) == payer && e.heldUntil == heldUntil && !e.heldTaken) sum += e.held;
        }
    }

    /// @notice Of a closed arrangement's fee what goes back at once and what is held, period by period.
    function unservedParts(Entry memory e) public view returns (uint256 now_, uint256 later) {
        for (uint256 p = e.stop; p < e.end; ++p) {
            if (100 * (p - e.start) < rules.floorPercent * (e.end - e.start)) later += e.rate;
            else now_ += e.rate;
        }
    }

    /// @notice The rates of all that the miner's account still has to count down.
    function rateOf(address miner, uint256 settled) external view returns (uint256 sum) {
        for (uint256 i; i < _entries.length; ++i) {
            Entry storage e = _entries[i];
            if (e.miner == miner && !e.closed && e.end > settled) sum += e.rate;
        }
    }

    /* STAKE */

    /// @notice The last period through which entry i reserves anything.
    function reservedUntil(uint256 i) public view returns (uint256) {
        Entry storage e = _entries[i];
        return (e.handedOff ? e.end : e.stop) + rules.window;
    }

    /// @notice What entry i reserves: as much as a verdict may take.
    function reservedBy(uint256 i) public view returns (uint256) {
        Entry storage e = _entries[i];
        return e.convicted ? 0 : e.collateral + e.rate * (e.stop - e.start);
    }

    /// @notice What is reserved of the miner's stake through period t and no longer.
    function releasedAfter(address miner, uint256 t) external view returns (uint256 sum) {
        for (uint256 i; i < _entries.length; ++i) {
            if (_entries[i].miner == miner && reservedUntil(i) == t) sum += reservedBy(i);
        }
    }

    /// @notice What is reserved of the miner's stake through period t.
    function reservedThrough(address miner, uint256 t) public view returns (uint256 sum) {
        for (uint256 i; i < _entries.length; ++i) {
            if (_entries[i].miner == miner && reservedUntil(i) >= t) sum += reservedBy(i);
        }
    }

    function isLiable(uint256 i, bool leaked) public view returns (bool) {
        return !_entries[i].convicted && isInTime(i, leaked);
    }

    /// @notice Whether evidence against the arrangement counts now, whether or not there was a verdict.
    function isInTime(uint256 i, bool leaked) public view returns (bool) {
        Entry storage e = _entries[i];
        return period() <= rules.window + (e.handedOff && leaked ? e.end : e.stop);
    }

    function locksSum(address miner) public view returns (uint256 sum) {
        (, IStakeEscrow.Lock[] memory locks) = net.escrow.locksOf(miner);
        for (uint256 k; k < locks.length; ++k) sum += locks[k].amount;
    }

    function _payerOf(uint256 i) internal view returns (address) {
        return _policies[_entries[i].policy].payer;
    }

    /* WHAT HAPPENS */

    function _enter(uint256 policy, uint256 index, address miner, address operator, uint256 rate, uint256 c) internal {
        Entry storage e = _entries.push();
        (e.policy, e.index, e.miner, e.operator) = (policy, index, miner, operator);
        (e.rate, e.collateral) = (rate, c);
        (e.start, e.stop, e.end) = (period() + 1, _policies[policy].end, _policies[policy].end);
        e.paid = rate * (e.end - e.start);
    }

    function payerOf(uint256 i) external view returns (address) {
        return _payerOf(i);
    }

    /// @dev Entry i serves no longer from the next period on. Returns what its payer must get.
    function _closeEntry(uint256 i) internal returns (uint256 now_, uint256 later) {
        Entry storage e = _entries[i];
        (e.closed, e.stop) = (true, period() + 1);
        (now_, later) = unservedParts(e);
        (e.refunded, e.held, e.heldUntil) = (now_, later, e.stop + rules.window + 1);
    }
}
