// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Seat} from "../libraries/Sampler.sol";
import {IMinerRegistry} from "./IMinerRegistry.sol";
import {INKMSToken} from "./INKMSToken.sol";
import {IPolicyManager} from "./IPolicyManager.sol";

/// @title The stake escrow
/// @notice Where miners lock NKMS, earn issuance, are drawn by stake, and lose stake when it is proven that they
/// cheated. Amounts are NKMS base units (18 decimals). A period is `block.timestamp / PERIOD`, rounded down.
///
/// LOCKS    A lock made in period p for k periods counts and earns in p+1 .. p+k and can be withdrawn from p+1+k+V on.
///          Its number is its slot, 0 .. 31, as long as it lives; whoever names a lock names its end too, so that a
///          slot that was given to another lock meanwhile can't be hit by mistake.
/// CHANGES  Every change acts from the next period on, a slash and a pause from the current one; none rewrites the
///          past, so none loses, delays, doubles or back-dates a reward.
/// REWARDS  Come without any transaction of the miner. The reward of period q can be claimed from q+1+V on.
/// BEHIND   All functions but views, {advance}, {setPayout}, {poke} and {releaseNumber} first close the periods that wait.
///          They revert {StakeEscrowBehind} if more than M wait, and {StakeEscrowNotWired} before {wire}.
interface IStakeEscrow {
    /* TYPES */

    /// @notice What is fixed at deployment. Bounds: {StakeEscrowParameterOutOfBounds}.
    struct Parameters {
        uint256 period; // seconds per period, 1 hour .. 365 days
        uint256 firstIssue; // s0, base units: what the first issuing period mints. 1 .. S_max - S(0)
        uint256 healthPpm; // the health votes' share of each issue, parts per million, 0 .. 200,000
        uint256 minEarning; // L_min, base units: a period in which less earns issues nothing. minStake .. S_max
        uint256 minStake; // s_min, base units: a multiple of 16e9, at most 2^47 * 1e9
        uint256 shortestLock; // periods, 1 .. longestLock
        uint256 longestLock; // periods, at most 3,650
        uint256 vesting; // V, periods from the end of a period to its reward, 1 .. 30
        uint256 maxCatchUp; // M: the most periods that one call closes by the way, 1 .. 500
    }

    /// @notice One amount of stake. One slot, 64 bits spare. It counts in periods p with start <= p < end.
    struct Lock {
        uint96 amount; // base units; fits because the token's cap is below 2^96
        uint32 start; // first period in which it counts
        uint32 end; // first period in which it no longer counts; ROLLING while no notice is given
        uint32 notice; // periods from notice to end; 0: the end is fixed
    }

    /// @notice What the escrow knows of a miner beside its locks. One slot, 88 bits spare.
    struct Miner {
        uint32 lockMask; // bit i: lock i exists
        uint32 paidUntil; // the first period whose reward is neither paid nor forfeited; never moves back
        uint24 seat; // 1 + its place in the sampler (tier << 16 | index); 0: not in the sampler
        uint24 number; // the miner's number; 0: none
        bool paused; // found unhealthy and not resumed
        uint48 resumedAt; // Unix time of the last resume(), seconds; 0: never
    }

    /// @notice Who a number belongs to. One slot.
    struct Holder {
        address miner;
        uint32 since; // the period in which the number was given to `miner`
    }

    /* EVENTS */

    /// @notice The neighbours are known, for ever.
    event Wired(address registry, address policyManager, address healthVote);

    /// @notice `period` closed: `earning` stake shared `stakerReward`; `healthBudget` is there for the health votes of
    /// the next period; `burned` of the budget before was not drawn. Minted: stakerReward + healthBudget.
    event PeriodClosed(
        uint256 indexed period,
        uint256 earning,
        uint256 stakerReward,
        uint256 healthBudget,
        uint256 burned
    );

    /// @notice `miner` has number `number` from `period` on.
    event NumberGiven(address indexed miner, uint256 indexed number, uint256 period);

    /// @notice `miner` lost its number; the next new miner gets it.
    event NumberReleased(address indexed miner, uint256 indexed number);

    /// @notice A new lock: `amount` counts from `start` until `end`. `notice` > 0: rolling.
    event LockOpened(
        address indexed miner,
        uint256 indexed lock,
        uint256 amount,
        uint256 start,
        uint256 end,
        uint256 notice
    );

    /// @notice `amount` was added to a lock that starts in the next period.
    event LockRaised(address indexed miner, uint256 indexed lock, uint256 amount);

    /// @notice The lock's end or notice changed.
    event LockChanged(address indexed miner, uint256 indexed lock, uint256 end, uint256 notice);

    /// @notice `amount` moved from `lock` into the new lock `part`; same start, end and notice.
    event LockSplit(address indexed miner, uint256 indexed lock, uint256 indexed part, uint256 amount);

    /// @notice `gone`, with its `amount`, is now part of `kept`.
    event LocksMerged(address indexed miner, uint256 indexed kept, uint256 indexed gone, uint256 amount);

    /// @notice `amount` left the lock, by {Withdrawn} or {Slashed} of the same transaction; `left` stays.
    event LockLowered(address indexed miner, uint256 indexed lock, uint256 amount, uint256 left);

    /// @notice `amount` of ended stake went to `miner`.
    event Withdrawn(address indexed miner, uint256 amount);

    /// @notice `amount` of vested reward went to `payout`.
    event RewardPaid(address indexed miner, address indexed payout, uint256 amount);

    /// @notice `amount` of vested reward became stake, by {LockOpened} or {LockRaised} of the same transaction.
    event RewardCompounded(address indexed miner, uint256 amount);

    /// @notice The rewards of `miner` go to `payout` from now on; zero: to the miner itself.
    event PayoutSet(address indexed miner, address indexed payout);

    /// @notice `seized` stake was taken: `paid` went to `recipient`, the rest, seized - paid, was burned, and with it
    /// `rewardBurned`, what the seized stake had earned and not yet been paid.
    event Slashed(address indexed miner, address indexed recipient, uint256 seized, uint256 paid, uint256 rewardBurned);

    /// @notice `miner` was found unhealthy: `forfeited`, all that was earned and not vested, was burned. Its vested
    /// reward was paid, by {RewardPaid} of the same transaction. It earns nothing until it resumes.
    event Paused(address indexed miner, uint256 forfeited);

    /// @notice `miner` earns again, from `period` on.
    event Resumed(address indexed miner, uint256 period);

    /// @notice The health votes took `amount` of the last closed period's budget.
    event HealthBudgetDrawn(uint256 amount);

    /* ERRORS */

    /// @notice A constructor argument is out of bounds; see {Parameters} for the units.
    error StakeEscrowParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);

    /// @notice s_min must be a whole multiple of 16e9 base units, so that it, its 16 seats and the sampler's grains
    /// are whole numbers.
    error StakeEscrowMinStakeNotWhole(uint256 minStake, uint256 unit);

    /// @notice `wire` was not called yet.
    error StakeEscrowNotWired();

    /// @notice The token's escrow must be this contract before it is wired.
    error StakeEscrowNotMinter(address escrow);

    /// @notice Only `neighbour` may call this.
    error StakeEscrowOnlyNeighbour(address caller, address neighbour);

    /// @notice Only the miner itself or the operator that counts now may call this.
    error StakeEscrowNotMinerOrOperator(address caller, address miner, address operator);

    /// @notice More than MAX_CATCH_UP periods wait to be closed: call advance() first. `open` is the oldest of them,
    /// `period` the current one.
    error StakeEscrowBehind(uint256 open, uint256 period);

    /// @notice At least `least` base units are needed here: s_min from a miner that has less locked and from a stranger
    /// who tops up, 1 from everybody else.
    error StakeEscrowTooSmall(uint256 amount, uint256 least);

    /// @notice A miner's locked stake stays below `limit` = 65,536 s_min; it would become `stake`.
    error StakeEscrowAboveLimit(uint256 stake, uint256 limit);

    /// @notice A lock or a notice has between `shortest` and `longest` periods. For extend(): it adds at least 1 and at
    /// most `longest` periods, so that LONGEST_LOCK remain after the current one.
    error StakeEscrowLockLength(uint256 periods, uint256 shortest, uint256 longest);

    /// @notice All 32 lock numbers of the miner are in use (a stranger may fill 24): merge or withdraw some.
    error StakeEscrowTooManyLocks(uint256 used, uint256 limit);

    /// @notice The miner has no lock with this number.
    error StakeEscrowUnknownLock(address miner, uint256 lock);

    /// @notice The lock's end is not the one that was named: look it up again.
    error StakeEscrowOtherEnd(uint256 lock, uint256 end, uint256 named);

    /// @notice The lock ends in `end`; this needs one that ends in `least` or later.
    error StakeEscrowEndsTooSoon(uint256 lock, uint256 end, uint256 least);

    /// @notice A rolling lock has no end to extend: it ends by notice.
    error StakeEscrowLockIsRolling(uint256 lock);

    /// @notice Only a rolling lock takes notice.
    error StakeEscrowLockIsFixed(uint256 lock);

    /// @notice To roll a lock, now + 1 + notice must reach its end, and a rolling lock's notice must grow.
    error StakeEscrowNoticeTooShort(uint256 lock, uint256 notice, uint256 least);

    /// @notice A split takes more than nothing and less than all.
    error StakeEscrowSplitOutOfBounds(uint256 lock, uint256 amount, uint256 lockAmount);

    /// @notice A lock can't be merged with itself.
    error StakeEscrowSameLock(uint256 lock);

    /// @notice Locks merge only with equal end and equal notice.
    error StakeEscrowNoticesDiffer(uint256 lock, uint256 notice, uint256 otherLock, uint256 otherNotice);

    /// @notice Locks that began in different periods merge once both are paid past their start: claim when
    /// now - V reaches `laterStart`.
    error StakeEscrowNotPaidYet(uint256 laterStart, uint256 paidUntil);

    /// @notice Only `withdrawable` base units are past their lock and its vesting.
    error StakeEscrowAboveWithdrawable(uint256 amount, uint256 withdrawable);

    /// @notice The miner is not paused.
    error StakeEscrowNotPaused(address miner);

    /// @notice The miner has had stake in the last V periods: `freeFrom` is the first period in which its number can be
    /// released, as its locks stand; 2^32 or later if one rolls. 2^256 - 1: it has no number.
    error StakeEscrowNumberInUse(address miner, uint256 freeFrom);

    /// @notice The escrow itself can't be a payout address.
    error StakeEscrowPayoutIsEscrow();

    /// @notice A draw is for periods to come: `until` must be at least `least`.
    error StakeEscrowDrawTooEarly(uint256 until, uint256 least);

    /// @notice `members` miners are in the sampler; `wanted` distinct ones can't be drawn.
    error StakeEscrowTooFewMembers(uint256 members, uint256 wanted);

    /// @notice `trials` candidates gave only `drawn` of `wanted` miners: allow more trials, or ask for less.
    error StakeEscrowTrialsUsedUp(uint256 drawn, uint256 wanted, uint256 trials);

    /* DEPLOYMENT */

    /// @notice Names the neighbours, once and for all, and opens the first period.
    /// @dev Who: the deployer. When: once, after the token was wired to this contract; the call ends the deployer's right.
    /// @dev Emits {Wired}. Reverts {WiredOnceNotDeployer}, {WiredOnceNoCode}, {StakeEscrowNotMinter}.
    function wire(address registry, address policyManager, address healthVote) external;

    /// @notice Who works for the miners; its operators may {resume}. Zero before {wire}.
    function registry() external view returns (IMinerRegistry);

    /// @notice Who may {slash}. Zero before {wire}.
    function policyManager() external view returns (IPolicyManager);

    /// @notice Who may {pause} and {drawHealthBudget}. Zero before {wire}.
    function healthVote() external view returns (address);

    /* PERIODS */

    /// @notice Closes at most `maxPeriods` periods, oldest first: mints each one's issue and notes what a unit of stake
    /// earned in it. Every other call does this by the way, for up to MAX_CATCH_UP periods.
    /// @dev Who: anyone. Cost: about 17,000 gas a period, below 24,000 at worst. Emits {PeriodClosed} for each.
    /// @dev Reverts {StakeEscrowNotWired}.
    /// @param maxPeriods 0 changes nothing.
    function advance(uint256 maxPeriods) external;

    /* LOCKING */

    /// @notice Locks `amount` of the caller's NKMS for `periods` periods, the first of them the next one.
    /// @dev Who: a miner, for itself; it must have approved `amount` to this contract. Emits {LockOpened} and, the first
    /// time, {NumberGiven}.
    /// @dev Reverts {StakeEscrowLockLength}, {StakeEscrowTooSmall}, {StakeEscrowAboveLimit}, {StakeEscrowTooManyLocks},
    /// {SamplerFull}, {StakeEscrowBehind}, {StakeEscrowNotWired}, and the token's own errors.
    /// @param amount Base units. At least s_min if the caller has less than s_min locked in the next period, else > 0.
    /// @param periods SHORTEST_LOCK .. LONGEST_LOCK.
    /// @return number The new lock's number.
    function lock(uint256 amount, uint256 periods) external returns (uint256 number);

    /// @notice {lock} with an EIP-2612 permit of `amount` to this contract instead of an approval before.
    /// @dev A permit that was used already by somebody who saw it in the mempool does no harm: its allowance counts.
    function lockWithPermit(
        uint256 amount,
        uint256 periods,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 number);

    /// @notice Adds `amount` to a miner's lock, from the next period until the lock's end. If the lock itself starts in
    /// the next period it grows; else the addition is a lock of its own with the same end and notice.
    /// @dev Who: the miner; anybody else with at least s_min and while fewer than 24 lock numbers are used. The caller
    /// pays and must have approved; the stake is the miner's.
    /// @dev Emits {LockOpened} or {LockRaised}. Reverts {StakeEscrowUnknownLock}, {StakeEscrowOtherEnd},
    /// {StakeEscrowEndsTooSoon} unless end > now + 1, {StakeEscrowTooSmall}, {StakeEscrowTooManyLocks},
    /// {StakeEscrowAboveLimit}, {SamplerFull}, {StakeEscrowBehind}.
    /// @param lockEnd The end of `lockNumber`, to be sure that it is the one that is meant; ROLLING for a rolling lock.
    /// @param amount Base units, > 0.
    /// @return number The number of the lock that holds the addition.
    function topUp(
        address miner,
        uint256 lockNumber,
        uint256 lockEnd,
        uint256 amount
    ) external returns (uint256 number);

    /// @notice {topUp} with an EIP-2612 permit of the caller; see {lockWithPermit}.
    function topUpWithPermit(
        address miner,
        uint256 lockNumber,
        uint256 lockEnd,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint256 number);

    /// @notice Turns the caller's whole vested reward into stake, like a {topUp} of `lockNumber`.
    /// @dev Who: the miner, nobody for it. Emits {RewardCompounded} and {LockOpened} or {LockRaised}.
    /// @dev Reverts like {topUp}; {StakeEscrowTooSmall} if nothing is vested.
    /// @return number The number of the lock that holds the addition.
    function compound(uint256 lockNumber, uint256 lockEnd) external returns (uint256 number);

    /* CHANGING LOCKS */

    /// @notice Moves the caller's lock's end `periods` later.
    /// @dev Who: the miner. When: end > now. Emits {LockChanged}. Reverts {StakeEscrowUnknownLock},
    /// {StakeEscrowOtherEnd}, {StakeEscrowLockIsRolling}, {StakeEscrowEndsTooSoon}, {StakeEscrowLockLength} if nothing is
    /// added or more than LONGEST_LOCK periods after the current one would remain. A lock that was to end with the current
    /// period counts again: {StakeEscrowAboveLimit}, {SamplerFull}.
    /// @param periods Periods to add, > 0.
    function extend(uint256 lockNumber, uint256 lockEnd, uint256 periods) external;

    /// @notice Splits `amount` off the caller's lock into a new lock with the same start, end and notice.
    /// @dev Who: the miner. When: end > now + 1. Emits {LockSplit}. Reverts {StakeEscrowUnknownLock},
    /// {StakeEscrowOtherEnd}, {StakeEscrowEndsTooSoon}, {StakeEscrowSplitOutOfBounds}, {StakeEscrowTooManyLocks}.
    /// @param amount Base units, 0 < amount < the lock's amount.
    /// @return part The new lock's number.
    function split(uint256 lockNumber, uint256 lockEnd, uint256 amount) external returns (uint256 part);

    /// @notice Joins two of the caller's locks with equal end and notice; the lower number stays.
    /// @dev Who: the miner. When: both started in the same period, or both are paid past their start (claim does that).
    /// @dev Emits {LocksMerged}. Reverts {StakeEscrowUnknownLock}, {StakeEscrowOtherEnd}, {StakeEscrowSameLock},
    /// {StakeEscrowNoticesDiffer}, {StakeEscrowNotPaidYet}.
    /// @param lockEnd The end of both.
    function merge(uint256 oneLock, uint256 otherLock, uint256 lockEnd) external;

    /// @notice Makes the caller's lock roll: it has no end until {giveNotice}, and then ends `notice` periods after the
    /// current one. On a rolling lock: makes its notice longer.
    /// @dev Who: the miner. When: end > now. Emits {LockChanged}. Reverts {StakeEscrowUnknownLock},
    /// {StakeEscrowOtherEnd}, {StakeEscrowEndsTooSoon}, {StakeEscrowLockLength}, {StakeEscrowNoticeTooShort} if
    /// now + 1 + notice < end or a rolling lock's notice would not grow; as for {extend}, {StakeEscrowAboveLimit} and
    /// {SamplerFull}.
    /// @param notice Periods, SHORTEST_LOCK .. LONGEST_LOCK.
    function roll(uint256 lockNumber, uint256 lockEnd, uint256 notice) external;

    /// @notice Gives notice: the caller's rolling lock counts through now + its notice and then ends.
    /// @dev Who: the miner. Emits {LockChanged}. Reverts {StakeEscrowUnknownLock}, {StakeEscrowOtherEnd},
    /// {StakeEscrowLockIsFixed}.
    /// @param lockEnd ROLLING, 4294967295: the end of every rolling lock.
    function giveNotice(uint256 lockNumber, uint256 lockEnd) external;

    /* PAYING OUT */

    /// @notice Pays the caller's whole vested reward to its payout address.
    /// @dev Who: the miner. Nothing vested: pays nothing and does not revert. Emits {RewardPaid}.
    /// @return amount Base units paid.
    function claim() external returns (uint256 amount);

    /// @notice Pays `amount` of the caller's ended stake back to it, soonest end first, and its whole vested reward to
    /// its payout address.
    /// @dev Who: the miner. When: end + V <= now for the locks that are to give it. Emits {LockLowered} per lock,
    /// {Withdrawn}, {RewardPaid}. Reverts {StakeEscrowTooSmall} for 0, {StakeEscrowAboveWithdrawable}.
    /// @param amount Base units; see {withdrawable}.
    function withdraw(uint256 amount) external;

    /// @notice Sends the caller's rewards to `payout` from now on. Stake always goes back to the miner itself.
    /// @dev Who: the miner. Emits {PayoutSet}. Reverts {StakeEscrowPayoutIsEscrow}.
    /// @param payout Zero: the miner itself.
    function setPayout(address payout) external;

    /* UPKEEP, BY ANYONE */

    /// @notice Brings the sampler's weight of `miner` down to what is locked still.
    /// @dev Who: anyone. A draw is exact without it; it makes draws cheaper, and counts the miner out of {members} once
    /// its locks have ended.
    function poke(address miner) external;

    /// @notice Frees the number of a miner that has had no stake for V periods.
    /// @dev Who: anyone. Emits {NumberReleased}. Reverts {StakeEscrowNumberInUse}.
    function releaseNumber(address miner) external;

    /// @notice Lets a paused miner earn again: its locks that end after the next period count from the next period on.
    /// @dev Who: the miner or its operator. Emits {Resumed}. Reverts {StakeEscrowNotPaused},
    /// {StakeEscrowNotMinerOrOperator}, {SamplerFull}.
    function resume(address miner) external;

    /* FOR THE POLICY MANAGER */

    /// @notice Seizes `amount` of a miner's stake: what has ended first, then by guaranteed end. Pays `reward` of it to
    /// `recipient` and burns the rest, together with what the seized stake had earned and not yet been paid.
    /// @dev Who: the policy manager. Acts from the current period. Reaches all that was not withdrawn, never more; the
    /// miner can't block it. Emits {LockLowered} per lock and {Slashed}. Reverts {StakeEscrowOnlyNeighbour},
    /// {StakeEscrowBehind}.
    /// @param amount Base units. The policy manager keeps it at or below what it has reserved, so it is always there.
    /// @param recipient Not zero if reward > 0.
    /// @param reward Base units, part of `amount`.
    /// @return seized Base units taken: min(amount, all that is not withdrawn).
    function slash(address miner, uint256 amount, address recipient, uint256 reward) external returns (uint256 seized);

    /* FOR THE HEALTH VOTES */

    /// @notice Pauses an unhealthy miner: pays its vested reward, burns what is earned and unvested, and takes its stake
    /// out of what earns and out of the sampler, from the current period until {resume}.
    /// @dev Who: the health votes. A paused miner: nothing happens. Emits {Paused} and {RewardPaid}. Reverts
    /// {StakeEscrowOnlyNeighbour}, {StakeEscrowBehind}.
    function pause(address miner) external;

    /// @notice Sends one part in `parts` of the last closed period's health budget to the health votes, to pay out or
    /// burn; as much of it as is left.
    /// @dev Who: the health votes. What is not drawn when the current period closes is burned. Emits
    /// {HealthBudgetDrawn}. Reverts {StakeEscrowOnlyNeighbour}, {StakeEscrowBehind}.
    /// @param parts > 0.
    /// @return amount Base units: min(budget / parts rounded down, what was not drawn).
    function drawHealthBudget(uint256 parts) external returns (uint256 amount);

    /* VIEWS FOR STAKERS */

    /// @notice What {withdraw} pays now, base units.
    function withdrawable(address miner) external view returns (uint256);

    /// @notice What {claim} pays now, base units; right also when periods are waiting to be closed.
    function claimable(address miner) external view returns (uint256);

    /// @notice What is earned and not vested: what an unhealthy verdict now would burn. Base units; right also when
    /// periods are waiting to be closed.
    function vesting(address miner) external view returns (uint256);

    /// @notice When the next of the miner's locks can be withdrawn that can't be yet, and how much that frees.
    /// @return timestamp Unix time, seconds; 0: no lock with a fixed end is waiting.
    /// @return amount Base units.
    function nextUnlock(address miner) external view returns (uint256 timestamp, uint256 amount);

    /// @notice How much of the miner's stake is locked through period `until` and not reserved for a policy: what it can
    /// put behind new policies whose end and challenge window are over by then. Base units.
    /// @dev Reverts before {wire}.
    function freeCollateral(address miner, uint256 until) external view returns (uint256);

    /// @notice The miner's stake locked in `period`, counting every rolling lock as if notice were given now; paused or
    /// not. Base units.
    /// @param period The current one or a later one; also the V periods before, of what has not been slashed since.
    function lockedIn(address miner, uint256 period) external view returns (uint256);

    /// @notice The miner's part of {earningIn}: its stake that earns in `period`, as things stand. Nothing while it is
    /// paused, nor in the period in which it resumed. Base units.
    /// @param period The current one or a later one; also the V periods before, of what has not been slashed since.
    function earningOf(address miner, uint256 period) external view returns (uint256);

    /// @notice All locks of a miner: numbers[i] is the number of locks[i].
    function locksOf(address miner) external view returns (uint256[] memory numbers, Lock[] memory locks);

    /// @notice What the escrow knows of a miner beside its locks.
    function minerOf(address miner) external view returns (Miner memory);

    /// @notice Where rewards of `miner` go.
    function payoutOf(address miner) external view returns (address);

    /* VIEWS FOR THE NETWORK */

    /// @notice The current period: block.timestamp / PERIOD.
    function currentPeriod() external view returns (uint256);

    /// @notice The oldest period not closed yet; 0 before {wire}.
    function openPeriod() external view returns (uint256);

    /// @notice S: the initial supply plus everything minted in closed periods, burned or not. Base units.
    function issued() external view returns (uint256);

    /// @notice L(period): the stake that earns in it, as things stand: the open period or a later one. Base units.
    /// @dev Cost: O(period - openPeriod).
    function earningIn(uint256 period) external view returns (uint256);

    /// @notice The reward of one base unit of stake up to the start of `period`, times 2^64. A unit that earned in
    /// [a, b) got (accumulated(b) - accumulated(a)) / 2^64.
    /// @dev Cost: O(period - openPeriod). Periods to come are counted as if nobody changed anything.
    function accumulated(uint256 period) external view returns (uint256);

    /// @notice The health budget of the period before {openPeriod} and what is left of it to draw. Base units.
    function healthBudget() external view returns (uint256 budget, uint256 undrawn);

    /// @notice How many numbers there are: 1 .. numbers().
    function numbers() external view returns (uint256);

    /// @notice Who number `number` belongs to; zero: nobody.
    function holderOf(uint256 number) external view returns (Holder memory);

    /* SAMPLING (whitepaper eqs. 25-29) */

    /// @notice Draws `wanted` distinct miners, each with probability proportional to its stake locked in period
    /// `until`, without replacement. The same seed on the same state gives the same miners, in the same order.
    /// @dev Who: anyone, by a call. Whoever uses it chooses the seed: nothing on chain can tell a random one from a
    /// ground one, so draw with a seed of your own and don't rely on anybody else's. Bias below 2^-170 per trial.
    /// @dev Warning: while `until` cuts through many miners' locks a draw can cost millions of gas: for views only.
    /// @dev Reverts {StakeEscrowDrawTooEarly}, {StakeEscrowTooFewMembers}, {StakeEscrowTrialsUsedUp}.
    /// @param until A period after the current one; a miner with less than s_min locked in it is not drawn.
    /// @param maxTrials Candidates to try. 4 * wanted + 64 is plenty, unless `until` is beyond most locks, `wanted` is
    /// near {members}, or a few miners hold almost all stake: then it takes as many as it takes to hit the small ones.
    function draw(
        uint256 seed,
        uint256 wanted,
        uint256 until,
        uint256 maxTrials
    ) external view returns (address[] memory drawn);

    /// @notice How many miners are in the sampler. It may count some whose locks have ended, until {poke}.
    function members() external view returns (uint256);

    /// @notice How many seats each tier of the sampler has: counts[c] seats of weight [2^c, 2^(c+1)) * s_min or less.
    function seatCounts() external view returns (uint256[16] memory counts);

    /// @notice Seats `from` .. `from + count - 1` of a tier, as they are stored; see {Seat}.
    /// @dev Seats move when members leave: read all pages of one block.
    function seats(uint256 tier, uint256 from, uint256 count) external view returns (Seat[] memory page);

    /* WHAT IS FIXED */

    /// @notice The token that is staked.
    function TOKEN() external view returns (INKMSToken);

    /// @notice Seconds per period.
    function PERIOD() external view returns (uint256);

    /// @notice The period of deployment.
    function GENESIS() external view returns (uint256);

    /// @notice s_min, base units.
    function MIN_STAKE() external view returns (uint256);

    /// @notice s0: what the first issuing period mints, base units.
    function FIRST_ISSUE() external view returns (uint256);

    /// @notice The health votes' share of each issue, parts per million.
    function HEALTH_PPM() external view returns (uint256);

    /// @notice L_min: a period in which less earns issues nothing. Base units.
    function MIN_EARNING() external view returns (uint256);

    /// @notice The shortest lock and notice, periods.
    function SHORTEST_LOCK() external view returns (uint256);

    /// @notice The longest lock and notice, periods.
    function LONGEST_LOCK() external view returns (uint256);

    /// @notice M: the most periods that a call closes by the way.
    function MAX_CATCH_UP() external view returns (uint256);

    /// @notice V, periods.
    function VESTING() external view returns (uint256);

    /// @notice The end of a rolling lock: 2^32 - 1.
    function ROLLING() external view returns (uint256);
}
