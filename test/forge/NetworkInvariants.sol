// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IMinerRegistry} from "../../contracts/interfaces/IMinerRegistry.sol";
import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {Seat} from "../../contracts/libraries/Sampler.sol";
import {Ledger} from "./handlers/Ledger.sol";
import {NeighbourHandler} from "./handlers/NeighbourHandler.sol";
import {NetworkHandler} from "./handlers/NetworkHandler.sol";
import {RegistryHandler} from "./handlers/RegistryHandler.sol";
import {Network, NetworkFixture} from "./NetworkFixture.sol";
import {vm} from "./Vm.sol";

/// @title NetworkInvariants
/// @notice A network with ten people in it, some of whom have locked already, the calls that forge may make, and what
/// must hold after each of them. The numbers in the messages are those of the rules' list of invariants.
/// @dev What an invariant function changes is not kept: forge throws it away. So the checks may close periods.
abstract contract NetworkInvariants is NetworkFixture {
    /// @notice Forge reads from this which functions of a contract it may call.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant PURSE = 4_000_000 * NKMS;
    uint256 internal constant GRAIN = 1e9;
    uint256 internal constant SCALE = 1 << 64;
    /// @dev How many locks of a miner a check looks at one by one, and how long it tries to draw.
    uint256 internal constant LOCKS_TO_SEE = 3;
    uint256 internal constant DRAW_TRIALS = 40;

    Network internal net;
    NetworkHandler internal handler;
    address[] internal miners;
    address[] internal strangers;
    uint256 internal genesis;
    uint256 internal minStake;
    uint256 private immutable SALT;

    /// @param salt Makes each test contract go through calls of its own.
    constructor(uint256 salt) {
        SALT = salt;
    }

    function setUp() public {
        net = deployNetwork();
        (genesis, minStake) = (net.escrow.GENESIS(), net.escrow.MIN_STAKE());
        handler = newHandler(SALT);
        for (uint256 i; i < handler.MINERS() + handler.STRANGERS(); ++i) {
            (i < handler.MINERS() ? miners : strangers).push(handler.people(i));
            net.token.transfer(handler.people(i), purse());
        }
        handler.begin();
    }

    function newHandler(uint256 salt) internal virtual returns (NetworkHandler) {
        return new NetworkHandler(net, escrowParameters(), salt);
    }

    /// @dev What everybody has in the beginning, base units.
    function purse() internal pure virtual returns (uint256) {
        return PURSE;
    }

    /// @dev A call that forge threw away may have left its time behind.
    modifier inStory() {
        vm.warp(handler.clock());
        _;
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), handler.calls());
    }

    /* 1 SOLVENCY AND SUPPLY */

    /// @dev The escrow holds all locks, all unpaid rewards and the undrawn health budget; beyond that exactly what was
    /// given to it and what is left over of rewards.
    function _checkEscrowHoldsWhatItOwes() internal inStory {
        handler.closeAll();
        (uint256 locked, uint256 unpaid) = (_sumOfLocks(), _sumOfUnpaid());
        uint256 held = net.token.balanceOf(address(net.escrow));
        (, uint256 undrawn) = net.escrow.healthBudget();
        require(held >= locked + unpaid + undrawn, "1: the escrow holds less than it owes");
        require(undrawn == handler.undrawn(), "1: the undrawn health budget is another");

        uint256 leftOver = handler.stakerRewards() - _rewardsGone() - unpaid;
        require(
            held == locked + unpaid + undrawn + leftOver + handler.donated(),
            "1: the escrow holds something that nothing explains"
        );
    }

    function _checkSupplyFollowsTheSchedule() internal inStory {
        require(net.token.totalSupply() == handler.supply(), "1: supply is not S(0) + minted - burned");
        require(net.escrow.issued() == handler.issued(), "1: something was minted outside the schedule");
        require(net.escrow.issued() <= net.token.cap(), "1: more was issued than the cap");
        require(net.escrow.openPeriod() == handler.open(), "1: another number of periods was closed");
        uint256 sum =
            net.token.balanceOf(address(this)) +
                net.token.balanceOf(address(net.escrow)) +
                net.token.balanceOf(address(net.healthVote)) +
                net.token.balanceOf(handler.FINDER());
        for (uint256 i; i < miners.length; ++i) sum += net.token.balanceOf(miners[i]);
        for (uint256 i; i < strangers.length; ++i) sum += net.token.balanceOf(strangers[i]);
        require(sum == net.token.totalSupply(), "1: balances do not sum to the supply");
    }

    function _sumOfLocks() internal view returns (uint256 sum) {
        for (uint256 i; i < miners.length; ++i) {
            uint256 stake;
            IStakeEscrow.Lock[] memory locks = _locksOf(miners[i]);
            for (uint256 k; k < locks.length; ++k) stake += locks[k].amount;
            require(
                stake == handler.accountOf(miners[i]).stake,
                "1: a miner's locks hold another amount than it locked"
            );
            sum += stake;
        }
    }

    function _sumOfUnpaid() internal view returns (uint256 sum) {
        for (uint256 i; i < miners.length; ++i) {
            sum += net.escrow.claimable(miners[i]) + net.escrow.vesting(miners[i]);
        }
    }

    /// @dev Rewards that the escrow no longer owes.
    function _rewardsGone() internal view returns (uint256) {
        return
            handler.rewardsPaid() + handler.rewardsCompounded() + handler.rewardsForfeited() + handler.rewardsSeized();
    }

    function _locksOf(address miner) internal view returns (IStakeEscrow.Lock[] memory locks) {
        (, locks) = net.escrow.locksOf(miner);
    }

    /* 2 TOTALS AND REWARDS */

    /// @dev For the open period, also while others wait to be closed, for the next ones and for some far ones.
    function _checkRecordsSumToTotals() internal inStory {
        uint256 open = net.escrow.openPeriod();
        uint256 present = net.escrow.currentPeriod();
        uint256 far = _dice() % net.escrow.LONGEST_LOCK();
        uint256[] memory periods = new uint256[](7);
        (periods[0], periods[1], periods[2]) = (open, open + 1, present);
        (periods[3], periods[4], periods[5]) = (present + 1, present + 2, present + 3);
        periods[6] = present + far;
        uint256[] memory sums = handler.earningIn(periods);
        for (uint256 i; i < periods.length; ++i) {
            require(net.escrow.earningIn(periods[i]) == sums[i], "2: records do not sum to the total of a period");
        }
    }

    /// @dev Some number that differs from check to check.
    function _dice() internal view returns (uint256) {
        return uint256(keccak256(abi.encode(handler.clock(), net.token.totalSupply(), net.escrow.numbers())));
    }

    /// @dev Minted for stakers = paid + compounded + forfeited + seized + unpaid + the division's remainder + dust; dust
    /// below one base unit each time that a lock's reward was rounded down, vested and unvested each by itself.
    function _checkEveryRewardIsAccountedFor() internal inStory {
        handler.closeAll();
        uint256 locks;
        for (uint256 i; i < miners.length; ++i) locks += _locksOf(miners[i]).length;
        uint256 earned = handler.stakerRewards() * SCALE - handler.remainder();
        uint256 accounted = (_rewardsGone() + _sumOfUnpaid()) * SCALE;
        require(accounted <= earned, "2: more reward was given than was minted");
        require(earned - accounted <= (handler.roundings() + 2 * locks) * SCALE, "2: more than dust was lost");
    }

    /// @dev Each miner has open, vested and unvested, what its stake earned in the periods as they were when they closed.
    function _checkRewardsAreWhatThePastEarned() internal inStory {
        uint256[2][] memory early = new uint256[2][](miners.length);
        for (uint256 i; i < miners.length; ++i) {
            early[i] = [net.escrow.claimable(miners[i]), net.escrow.vesting(miners[i])];
        }
        handler.closeAll();
        uint256 present = net.escrow.currentPeriod();
        require(net.escrow.accumulated(present) == handler.accumulated(present), "2: a unit earned something else");
        require(net.escrow.accumulated(present - 1) == handler.accumulated(present - 1), "2: the past was rewritten");
        for (uint256 i; i < miners.length; ++i) {
            (uint256 claimable, uint256 vesting) = (net.escrow.claimable(miners[i]), net.escrow.vesting(miners[i]));
            require(
                claimable == early[i][0] && vesting == early[i][1],
                "2: a view was wrong while periods waited to be closed"
            );
            uint256 locks = _locksOf(miners[i]).length;
            uint256 vested = handler.unpaid(miners[i], present - net.escrow.VESTING());
            require(_isRoundedDown(claimable, vested, locks), "2: a miner can claim another reward than it earned");
            uint256 unvested = handler.unpaid(miners[i], present) - vested;
            require(_isRoundedDown(vesting, unvested, locks), "2: a miner's unvested reward is another");
            require(
                net.escrow.minerOf(miners[i]).paidUntil == handler.accountOf(miners[i]).paidUntil,
                "2: a miner is paid up to another period"
            );
        }
    }

    /// @dev amount <= exact / 2^64, and less than `parts` below it.
    function _isRoundedDown(uint256 amount, uint256 exact, uint256 parts) internal pure returns (bool) {
        return amount * SCALE <= exact && exact <= (amount + parts) * SCALE;
    }

    /* 3 RESERVATIONS */

    /// @dev Between two ends of reservations what is locked can only fall: so looking at the ends is enough.
    function _checkReservedStakeIsThere() internal inStory {
        uint256 present = net.escrow.currentPeriod();
        for (uint256 i; i < handler.RULED_MINERS(); ++i) {
            NeighbourHandler.Reservation[] memory list = handler.reservationsOf(miners[i]);
            for (uint256 k; k < list.length; ++k) {
                uint256 through = list[k].until;
                if (through < present) continue;
                require(
                    _reservedThrough(list, through) <= _seizable(miners[i], through, present),
                    "3: more is reserved through a period than is locked through it"
                );
            }
            require(
                _reservedThrough(list, present) <= handler.accountOf(miners[i]).stake,
                "3: more is reserved than can be seized"
            );
        }
    }

    function _reservedThrough(
        NeighbourHandler.Reservation[] memory list,
        uint256 period
    ) internal pure returns (uint256 sum) {
        for (uint256 k; k < list.length; ++k) if (list[k].until >= period) sum += list[k].amount;
    }

    /// @dev What a verdict in `period` finds. In the current one it also finds what begins to count in the next.
    function _seizable(address miner, uint256 period, uint256 present) internal view returns (uint256 sum) {
        if (period > present) return net.escrow.lockedIn(miner, period);
        IStakeEscrow.Lock[] memory locks = _locksOf(miner);
        for (uint256 k; k < locks.length; ++k) if (locks[k].end > period) sum += locks[k].amount;
    }

    /* VIEWS */

    /// @dev What the other checks ask for, worked out from the records once more.
    function _checkViewsTellTheRecords() internal inStory {
        uint256 later = net.escrow.currentPeriod() + (_dice() % (net.escrow.LONGEST_LOCK() + 2));
        for (uint256 i; i < miners.length; ++i) {
            IStakeEscrow.Lock[] memory locks = _locksOf(miners[i]);
            _checkLockedIn(miners[i], locks, later);
            _checkUnlocks(miners[i], locks);
        }
    }

    function _checkLockedIn(address miner, IStakeEscrow.Lock[] memory locks, uint256 period) internal view {
        uint256 locked;
        for (uint256 k; k < locks.length; ++k) {
            uint256 guaranteed = locks[k].notice == 0 ? locks[k].end : net.escrow.currentPeriod() + 1 + locks[k].notice;
            if (locks[k].start <= period && period < guaranteed) locked += locks[k].amount;
        }
        require(net.escrow.lockedIn(miner, period) == locked, "3: another amount is locked than the records say");
        uint256 free = locked - Math.min(locked, net.policyManager.reserved(miner));
        require(net.escrow.freeCollateral(miner, period) == free, "3: another amount is free for policies");
    }

    function _checkUnlocks(address miner, IStakeEscrow.Lock[] memory locks) internal view {
        uint256 ended = net.escrow.currentPeriod() - net.escrow.VESTING();
        uint256 withdrawable;
        uint256 next;
        uint256 unlocks;
        for (uint256 k; k < locks.length; ++k) {
            if (locks[k].end <= ended) {
                withdrawable += locks[k].amount;
            } else if (locks[k].notice == 0 && (next == 0 || locks[k].end <= next)) {
                unlocks = locks[k].end == next ? unlocks + locks[k].amount : locks[k].amount;
                next = locks[k].end;
            }
        }
        require(net.escrow.withdrawable(miner) == withdrawable, "another amount is withdrawable");
        (uint256 timestamp, uint256 amount) = net.escrow.nextUnlock(miner);
        uint256 expected = next == 0 ? 0 : (next + net.escrow.VESTING()) * net.escrow.PERIOD();
        require(timestamp == expected && amount == unlocks, "another unlock is next");
    }

    /* 4 SAMPLING */

    function _checkStoredWeightCoversLiveWeight() internal inStory {
        (uint256 present, uint256 dice) = (net.escrow.currentPeriod(), _dice() >> 8);
        for (uint256 i; i < miners.length; ++i) {
            IStakeEscrow.Miner memory header = net.escrow.minerOf(miners[i]);
            require(header.paused == handler.accountOf(miners[i]).paused, "4: a miner is paused or not, wrongly");
            IStakeEscrow.Lock[] memory locks = _locksOf(miners[i]);
            if (header.seat == 0) {
                bool drawable = !header.paused && _lockedFrom(locks, present + 1) >= minStake;
                require(!drawable, "4: a miner with s_min locked in the next period has no seat");
                continue;
            }
            Seat seat = _seatOf(header.seat - 1);
            uint256 most = net.escrow.lockedIn(miners[i], present + 1);
            require(seat.weightOf() >= most / GRAIN, "4: a stored weight is too small");
            _checkSeatTells(seat, present + 1, most);
            if (locks.length == 0) continue;
            // Live weight falls only where a lock ends: the last period of any of them is where a seat could be wrong.
            for (uint256 k; k < LOCKS_TO_SEE; ++k) {
                IStakeEscrow.Lock memory held = locks[(dice + k) % locks.length];
                uint256 last = held.notice > 0 ? present + held.notice : held.end - 1;
                if (last <= present) continue;
                uint256 locked = net.escrow.lockedIn(miners[i], last);
                require(locked <= most, "4: more is locked in a later period than in the next");
                _checkSeatTells(seat, last, locked);
            }
        }
    }

    /// @dev While a period is before a seat's first end and within its notice, the seat's weight is what is locked.
    function _checkSeatTells(Seat seat, uint256 period, uint256 locked) internal view {
        if (period >= genesis + seat.firstEndOf() || period > net.escrow.currentPeriod() + seat.noticeOf()) return;
        require(seat.weightOf() == locked / GRAIN, "4: a seat tells another weight than is locked");
    }

    /// @dev The stake of all locks that end after `period`.
    function _lockedFrom(IStakeEscrow.Lock[] memory locks, uint256 period) internal pure returns (uint256 sum) {
        for (uint256 k; k < locks.length; ++k) if (locks[k].end > period) sum += locks[k].amount;
    }

    function _checkSeatsAndCountsAgree() internal inStory {
        uint256 seated;
        uint256[16] memory places;
        uint256[16] memory counts = net.escrow.seatCounts();
        for (uint256 i; i < miners.length; ++i) {
            IStakeEscrow.Miner memory header = net.escrow.minerOf(miners[i]);
            if (header.seat == 0) continue;
            uint256 place = header.seat - 1;
            Seat seat = _seatOf(place);
            require(seat.minerOf() == miners[i], "4: a miner's seat is another's");
            require(!header.paused, "4: a paused miner has a seat");
            require(place & 0xffff < counts[place >> 16], "4: a seat is beyond its tier's count");
            uint256 units = seat.weightOf() / (minStake / GRAIN);
            require(units >> (place >> 16) == 1, "4: a seat is in a tier that is not its weight's");
            ++places[place >> 16];
            ++seated;
        }
        require(seated == net.escrow.members(), "4: the sampler counts other members");
        for (uint256 tier; tier < 16; ++tier) {
            require(places[tier] == counts[tier], "4: a tier counts other seats");
        }
    }

    /// @dev Whoever is drawn has s_min through `until`, and is drawn once.
    function _checkDrawnMinersAreStaked() internal inStory {
        uint256 present = net.escrow.currentPeriod();
        uint256 dice = _dice();
        uint256 until = present + 1 + (dice % 8);
        uint256 wanted = Math.min(net.escrow.members(), 1 + ((dice >> 8) % 3));
        try net.escrow.draw(dice, wanted, until, DRAW_TRIALS) returns (address[] memory drawn) {
            require(drawn.length == wanted, "4: a draw gave another number of miners");
            for (uint256 i; i < wanted; ++i) {
                require(net.escrow.lockedIn(drawn[i], until) >= minStake, "4: drawn without stake");
                require(!net.escrow.minerOf(drawn[i]).paused, "4: a paused miner was drawn");
                for (uint256 k; k < i; ++k) require(drawn[k] != drawn[i], "4: a miner was drawn twice");
            }
        } catch (bytes memory reason) {
            require(bytes4(reason) == IStakeEscrow.StakeEscrowTrialsUsedUp.selector, "4: a draw was refused");
        }
    }

    /// @dev A draw takes whom its points hit, by what the records say is locked, whatever the seats say. Where locks end,
    /// seats are most likely to be wrong.
    function _checkDrawsAreExact() internal inStory {
        uint256 dice = _dice();
        uint256 present = net.escrow.currentPeriod();
        IStakeEscrow.Lock[] memory locks = _locksOf(miners[(dice >> 16) % miners.length]);
        uint256 until = locks.length == 0 || locks[0].notice > 0 ? 0 : locks[0].end;
        if (until <= present) until = present + 1 + (dice % 8);
        uint256 wanted = Math.min(net.escrow.members(), 3);
        (address[] memory expected, uint256 found) = _drawByHand(dice, wanted, until);
        try net.escrow.draw(dice, wanted, until, DRAW_TRIALS) returns (address[] memory drawn) {
            require(found == wanted, "4: a draw counted a point beyond what is locked");
            for (uint256 i; i < wanted; ++i)
                require(drawn[i] == expected[i], "4: a draw took whom its points don't hit");
        } catch {
            require(found < wanted, "4: a draw didn't count a point that hits");
        }
    }

    function _drawByHand(
        uint256 seed,
        uint256 wanted,
        uint256 until
    ) internal view returns (address[] memory drawn, uint256 found) {
        uint256[16] memory counts = net.escrow.seatCounts();
        uint256 line;
        for (uint256 tier; tier < 16; ++tier) line += (counts[tier] << (tier + 1)) * (minStake / GRAIN);
        drawn = new address[](wanted);
        for (uint256 trial; trial < DRAW_TRIALS && found < wanted; ++trial) {
            uint256 point = uint256(keccak256(abi.encode(seed, trial))) % line;
            (address miner, uint256 offset) = _hitByHand(counts, point);
            uint256 locked = net.escrow.lockedIn(miner, until);
            if (locked < minStake || offset >= locked / GRAIN) continue;
            bool again;
            for (uint256 i; i < found; ++i) again = again || drawn[i] == miner;
            if (!again) drawn[found++] = miner;
        }
    }

    /// @dev Goes along the line, segment by segment.
    function _hitByHand(uint256[16] memory counts, uint256 point) internal view returns (address, uint256) {
        for (uint256 tier; tier < 16; ++tier) {
            uint256 segment = (minStake / GRAIN) << (tier + 1);
            for (uint256 i; i < counts[tier]; ++i) {
                if (point < segment) return (net.escrow.seats(tier, i, 1)[0].minerOf(), point);
                point -= segment;
            }
        }
        revert("4: the line is shorter than its segments");
    }

    function _seatOf(uint256 place) internal view returns (Seat) {
        return net.escrow.seats(place >> 16, place & 0xffff, 1)[0];
    }

    /// @dev Every number has at most one holder, every holder that number, and everybody with stake a number.
    function _checkNumbersAreUnique() internal inStory {
        uint256 given = net.escrow.numbers();
        require(given <= miners.length, "4: released numbers are not given again");
        for (uint256 number = 1; number <= given; ++number) {
            IStakeEscrow.Holder memory holder = net.escrow.holderOf(number);
            if (holder.miner == address(0)) continue;
            require(net.escrow.minerOf(holder.miner).number == number, "4: a number's holder has another");
            require(holder.since <= net.escrow.currentPeriod(), "4: a number was given in a period to come");
        }
        for (uint256 i; i < miners.length; ++i) {
            uint256 number = net.escrow.minerOf(miners[i]).number;
            if (number > 0) {
                require(net.escrow.holderOf(number).miner == miners[i], "4: two miners have one number");
            } else {
                uint256 locked = _lockedFrom(_locksOf(miners[i]), net.escrow.currentPeriod());
                require(locked == 0, "4: a miner with stake has no number");
            }
        }
    }

    /* 7 EXIT */

    /// @dev From here everybody gets out with everything; what stays is dust, gifts and the health votes' budget.
    function _checkEverybodyCanLeave() internal inStory {
        handler.everybodyLeaves();
        for (uint256 i; i < miners.length; ++i) {
            require(handler.accountOf(miners[i]).stake == 0, "7: stake stayed in the escrow");
        }
        uint256 held = net.token.balanceOf(address(net.escrow));
        uint256 dust = held - handler.donated() - handler.undrawn();
        require(dust * SCALE <= handler.roundings() * SCALE + handler.remainder(), "7: more than dust stayed behind");
    }

    /* 8 NO ADMIN */

    function _checkNobodyIsPrivileged() internal inStory {
        require(net.token.deployer() == address(0), "8: the token's deployer kept its right");
        require(net.escrow.deployer() == address(0), "8: the escrow's deployer kept its right");
        require(net.token.escrow() == address(net.escrow), "8: another account mints");
        require(address(net.escrow.registry()) == address(net.registry), "8: the registry was exchanged");
        require(address(net.escrow.policyManager()) == address(net.policyManager), "8: the slasher was exchanged");
        require(net.escrow.healthVote() == address(net.healthVote), "8: the health votes were exchanged");
        for (uint256 i; i < miners.length; ++i) _checkHasNoRights(miners[i]);
        for (uint256 i; i < strangers.length; ++i) _checkHasNoRights(strangers[i]);
        _checkHasNoRights(address(this));
        _checkHasNoRights(address(net.registry));
    }

    function _checkHasNoRights(address person) internal {
        IStakeEscrow escrow = net.escrow;
        _checkRefused(person, address(net.token), abi.encodeCall(net.token.wire, (person)));
        _checkRefused(person, address(net.token), abi.encodeCall(net.token.mint, (1)));
        _checkRefused(person, address(escrow), abi.encodeCall(escrow.wire, (person, person, person)));
        _checkRefused(person, address(escrow), abi.encodeCall(escrow.slash, (miners[0], 1, person, 1)));
        _checkRefused(person, address(escrow), abi.encodeCall(escrow.pause, (miners[0])));
        _checkRefused(person, address(escrow), abi.encodeCall(escrow.drawHealthBudget, (0)));
    }

    function _checkRefused(address person, address target, bytes memory data) internal {
        vm.prank(person);
        (bool done, ) = target.call(data);
        require(!done, "8: somebody used a right that nobody has");
    }

    /* THE REGISTRY'S RECORDS */

    function _checkRecordsAreTheMinersOwn() internal inStory {
        for (uint256 i; i < miners.length; ++i) {
            address miner = miners[i];
            RegistryHandler.Published memory published = handler.publishedBy(miner);
            IMinerRegistry.Bond memory bond = net.registry.bondOf(miner);
            require(bond.operator == published.operator && bond.since == published.since, "a bond is another");
            require(net.registry.operatorOf(miner) == handler.operatorOf(miner), "another operator counts");
            if (bond.operator != address(0)) {
                require(net.registry.minerOf(bond.operator) == miner, "a miner's operator works for another");
            }
            IMinerRegistry.Terms memory terms = net.registry.termsOf(miner);
            require(
                terms.pledgeLimit == published.pledgeLimit &&
                    terms.maxCollateralPercent == published.maxCollateralPercent &&
                    terms.minFeePerPeriod == published.minFeePerPeriod &&
                    terms.maxPolicyPeriods == published.maxPolicyPeriods,
                "a miner's terms are not those that it set"
            );
            bytes32 endpointHash = keccak256(bytes(net.registry.endpointOf(miner)));
            require(endpointHash == published.endpointHash, "a miner's endpoint is not the one that it set");
        }
        for (uint256 i; i < handler.OPERATORS(); ++i) {
            address operator = handler.operatorAt(i);
            address miner = net.registry.minerOf(operator);
            if (miner == address(0)) continue;
            require(net.registry.bondOf(miner).operator == operator, "a free operator is noted as bonded");
        }
    }
}
