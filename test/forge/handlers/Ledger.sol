// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {Network} from "../NetworkFixture.sol";

/// @title Ledger
/// @notice Books of our own, beside those of the escrow: what should have been minted, earned, paid, seized and burned.
///
/// SCHEDULE  Whitepaper eq. 32 period by period, fed with what the locks' records said before the period was closed.
/// EARNED    What each miner earned up to the start of each period, kept as a running sum per miner. Whatever happens to
///           a lock afterwards can't change it here; in the escrow it follows from the records as they are now.
/// FLOWS     What left the escrow or was burned, and why.
/// The escrow is asked for nothing but its records of locks.
abstract contract Ledger {
    uint256 public constant MINERS = 8;
    /// @notice Hold tokens but never lock for themselves: they top up, poke, release and try what is forbidden.
    uint256 public constant STRANGERS = 2;

    /// @notice Everything that has happened to a miner's reward.
    struct Account {
        uint256 stake; // locked and not yet withdrawn or seized, base units
        uint256 paidUntil; // the first period whose reward is neither paid nor forfeited
        uint256 earnsFrom; // after a resume, the first period that counts again
        bool paused;
    }

    Network internal net;
    IStakeEscrow.Parameters internal parameters;
    uint256 internal maxSupply;
    uint256 internal initialSupply;

    /// @notice Miners first, then strangers.
    address[] public people;
    mapping(address person => uint256) internal privateKeyOf;

    /// @notice block.timestamp of the story.
    uint256 public clock;

    /* SCHEDULE */

    /// @notice The oldest period that is open.
    uint256 public open;
    /// @notice S: initial supply and everything minted since.
    uint256 public issued;
    /// @notice What the last division of a reward left, in 2^-64 base units.
    uint256 public remainder;
    /// @notice The last closed period's health budget and what is left of it.
    uint256 public budget;
    uint256 public undrawn;
    /// @notice How often the schedule minted, and how often too little earned for it.
    uint256 public periodsIssued;
    uint256 public periodsSilent;
    /// @notice Reward of a base unit up to the start of a period, times 2^64.
    mapping(uint256 period => uint256) public accumulated;

    /* EARNED */

    mapping(address miner => Account) internal _accounts;
    /// @notice What a miner earned up to the start of a period, paid or not, times 2^64; seized stake's part taken out.
    mapping(address miner => mapping(uint256 period => uint256)) internal _earned;

    /* FLOWS */

    uint256 public minted;
    uint256 public burned;
    uint256 public stakerRewards;
    uint256 public rewardsPaid;
    uint256 public rewardsCompounded;
    uint256 public rewardsForfeited;
    uint256 public rewardsSeized;
    uint256 public donated;
    /// @notice How often a reward of a lock was rounded down for good: each time less than one base unit stays behind.
    uint256 public roundings;

    function accountOf(address miner) public view returns (Account memory) {
        return _accounts[miner];
    }

    /// @notice What the token's supply must be.
    function supply() public view returns (uint256) {
        return initialSupply + minted - burned;
    }

    function period() public view returns (uint256) {
        return clock / parameters.period;
    }

    function _openBooks(Network memory network, IStakeEscrow.Parameters memory parameters_) internal {
        net = network;
        parameters = parameters_;
        maxSupply = net.token.cap();
        initialSupply = net.token.INITIAL_SUPPLY();
        clock = block.timestamp;
        open = period();
        issued = initialSupply;
    }

    /* CLOSING PERIODS */

    /// @dev Closes the periods before `until` in these books, from the records as they are: call it before anything
    /// changes them.
    function _closeBooks(uint256 until) internal {
        if (until <= open) return;
        uint256[][] memory live = _liveStake(open, until);
        uint256 first = open;
        for (uint256 p = first; p < until; ++p) _closePeriod(p, live[p - first]);
        open = until;
    }

    function _closePeriod(uint256 p, uint256[] memory live) internal {
        uint256 earning;
        for (uint256 i; i < MINERS; ++i) earning += live[i];
        burned += undrawn;
        budget = 0;
        uint256 gain;
        if (earning >= parameters.minEarning) {
            uint256 issue = ((maxSupply - issued) * parameters.firstIssue) / (maxSupply - initialSupply);
            budget = (issue * parameters.healthPpm) / 1e6;
            stakerRewards += issue - budget;
            uint256 scaled = ((issue - budget) << 64) + remainder;
            (gain, remainder) = (scaled / earning, scaled % earning);
            (issued, minted) = (issued + issue, minted + issue);
            ++periodsIssued;
        } else {
            ++periodsSilent;
        }
        undrawn = budget;
        accumulated[p + 1] = accumulated[p] + gain;
        for (uint256 i; i < MINERS; ++i) {
            _earned[people[i]][p + 1] = _earned[people[i]][p] + live[i] * gain;
        }
    }

    /// @dev live[p - from][i]: what earns for miner i in period p, from <= p < until.
    function _liveStake(uint256 from, uint256 until) internal view returns (uint256[][] memory live) {
        live = new uint256[][](until - from);
        for (uint256 p; p < live.length; ++p) live[p] = new uint256[](MINERS);
        for (uint256 i; i < MINERS; ++i) {
            if (_accounts[people[i]].paused) continue;
            uint256 begins = Math.max(from, _accounts[people[i]].earnsFrom);
            IStakeEscrow.Lock[] memory locks = _locks(people[i]);
            for (uint256 k; k < locks.length; ++k) {
                uint256 end = Math.min(locks[k].end, until);
                for (uint256 p = Math.max(locks[k].start, begins); p < end; ++p) live[p - from][i] += locks[k].amount;
            }
        }
    }

    /// @notice The stake that earns in each of some periods, the open one or later, by the records.
    function earningIn(uint256[] memory periods) external view returns (uint256[] memory sums) {
        sums = new uint256[](periods.length);
        for (uint256 i; i < MINERS; ++i) {
            Account memory account = _accounts[people[i]];
            if (account.paused) continue;
            IStakeEscrow.Lock[] memory locks = _locks(people[i]);
            for (uint256 k; k < locks.length; ++k) {
                uint256 start = Math.max(locks[k].start, account.earnsFrom);
                for (uint256 j; j < periods.length; ++j) {
                    if (start <= periods[j] && periods[j] < locks[k].end) sums[j] += locks[k].amount;
                }
            }
        }
    }

    /* REWARDS */

    /// @notice What a miner earned in the periods [paidUntil, until), times 2^64; until <= open.
    function unpaid(address miner, uint256 until) public view returns (uint256) {
        uint256 from = _accounts[miner].paidUntil;
        return until <= from ? 0 : _earned[miner][until] - _earned[miner][from];
    }

    /// @dev What the locks earned in [from, until), each rounded down on its own, in base units.
    function _rewardOfLocks(address miner, uint256 from, uint256 until) internal view returns (uint256 reward) {
        IStakeEscrow.Lock[] memory locks = _locks(miner);
        for (uint256 k; k < locks.length; ++k) reward += _rewardOf(miner, locks[k], locks[k].amount, from, until);
    }

    /// @dev What a part of a lock earned in [from, until), rounded down, in base units.
    function _rewardOf(
        address miner,
        IStakeEscrow.Lock memory held,
        uint256 part,
        uint256 from,
        uint256 until
    ) internal view returns (uint256) {
        return _accounts[miner].paused ? 0 : (part * _gain(held, from, until)) >> 64;
    }

    /// @dev What a unit of the lock earned in [from, until), times 2^64.
    function _gain(IStakeEscrow.Lock memory held, uint256 from, uint256 until) internal view returns (uint256) {
        uint256 begins = Math.max(held.start, from);
        uint256 ends = Math.min(held.end, until);
        return ends <= begins ? 0 : accumulated[ends] - accumulated[begins];
    }

    /// @dev Enters that everything vested was paid; returns how much that must be.
    function _enterPayment(address miner) internal returns (uint256 reward) {
        uint256 vested = period() - parameters.vesting;
        reward = _rewardOfLocks(miner, _accounts[miner].paidUntil, vested);
        roundings += _locks(miner).length;
        _accounts[miner].paidUntil = Math.max(_accounts[miner].paidUntil, vested);
    }

    /// @dev Enters that `amount` of a lock was seized: it has never earned, as far as it was not paid.
    function _enterSeizure(address miner, IStakeEscrow.Lock memory held, uint256 amount) internal {
        Account storage account = _accounts[miner];
        account.stake -= amount;
        if (account.paused) return;
        for (uint256 p = Math.max(held.start, account.paidUntil) + 1; p <= open; ++p) {
            _earned[miner][p] -= amount * _gain(held, account.paidUntil, p);
        }
    }

    /// @dev A resume pays ahead; still no lock may grow into periods before it began that are not past and vested.
    function _paidForMerging(address miner) internal view returns (uint256) {
        return Math.min(accountOf(miner).paidUntil, period() - parameters.vesting);
    }

    function _locks(address miner) internal view returns (IStakeEscrow.Lock[] memory locks) {
        (, locks) = net.escrow.locksOf(miner);
    }
}
