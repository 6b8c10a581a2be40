// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../libraries/PolicyTerms.sol";

/// @title The policies: paid, revocable grants of access
/// @notice An owner's policy has up to 160 arrangements, each one key fragment at one miner. The payer pays all fees at
/// once; a period's fee is earned by the miner with the period's first second; closing early pays the rest back. With
/// each arrangement the miner puts stake at risk, which a verdict of the challenges can take.
///
/// UNITS    Amounts are NKMS base units (18 decimals), times are periods of the stake escrow, unless a name says otherwise.
/// LETTERS  T: periods from an arrangement's start to its policy's end. t: how many of them it has served, the current
///          one included. f = rate T: its whole fee. c: its collateral. W = WINDOW.
/// NAMING   Whoever acts on a policy names it by its whole terms, as {Created} told them: the chain keeps a hash and a few
///          words. Arrangement i of a policy keeps its index for ever; one that is handed off to gets the
///          next free index behind the policy's own.
/// SOURCE   Whitepaper sections III-C (splits, collateral), VI (per-policy deposits) and VII (handing over keys).
interface IPolicyManager {
    /* STRUCTS */

    /// @notice What is fixed at deployment.
    struct Parameters {
        uint256 window; // W, periods after an arrangement's end in which evidence still counts, 1 .. 365, at most now
        uint256 minCollateral; // c_min, base units, 10^9 .. S_max
        uint256 floorPercent; // φ in per cent: fees of the first φT periods are not freed at once by closing. 0 .. 100
        uint256 leakPercent; // α in per cent: of the earned fee, to whoever shows a leaked key. 0 .. 20
        uint256 finderPercent; // of the collateral, to whoever proves a wrong re-encryption. 0 .. 25
    }

    /// @notice One slot per policy.
    struct Policy {
        uint32 start; // first period served; 0: there is no such policy
        uint32 end; // first period no longer served
        uint32 closed; // if not 0: the policy was revoked, and this is the first period not served
        uint160 records; // bit i: arrangement i has a record of its own
    }

    /// @notice One slot for an arrangement that departs from its policy: closed alone, handed off or convicted, or one that
    /// took over.
    struct Record {
        uint32 start; // first period served; 0: the policy's
        uint32 closed; // first period not served; 0: as the policy
        uint32 end; // if closed: the policy's end at that time, by which T is counted
        bool handedOff; // its keys live on elsewhere: for a leak it is liable until `end` + W
        bool convicted; // there was a verdict, there is no second one
        uint8 origin; // if it took over: whose kfrag it serves, an index of the policy's own arrangements
        uint64 collateral; // if it took over: its c, in 10^9 base units
    }

    /// @notice An arrangement as it stands. Never stored.
    // solhint-disable-next-line gas-struct-packing
    struct Standing {
        address miner;
        address operator; // the key that accepted, whatever the miner's operator is now
        bytes32 kfragHash;
        uint256 collateral; // c, base units
        uint256 start; // first period served
        uint256 stop; // first period no longer served, as things stand
        uint256 end; // T = end - start
        bool open; // not closed; it may have run out
        bool handedOff;
        bool convicted;
    }

    /// @notice What a verdict took, base units: collateral + earned from the miner, of it `fromFees` of unclaimed fees and
    /// the rest of stake; and `withheld` from the payer. `toChallenger` of it all was paid, the rest burned.
    struct Verdict {
        bool leaked; // its key fragment was shown; else it signed a wrong answer
        address challenger;
        uint256 collateral; // c
        uint256 earned; // rate t
        uint256 withheld; // fee of periods not served below the floor φT, in case of a leak
        uint256 fromFees;
        uint256 toChallenger;
    }

    /// @notice What a miner earns by policies, and what of its stake is reserved for them. One slot, in 10^9 base units.
    struct Account {
        uint64 rate; // fees per period of what is not closed and ends after `settled`
        uint80 earned; // fees of all periods up to `settled`, not claimed; modulo 2^80 while periods wait
        uint32 settled; // the last period that is counted
        uint80 reserved; // may be stale: then too large
    }

    /* EVENTS */

    /// @notice The deployment is finished.
    event Wired(address challengeManager);

    /// @notice `payer` paid `fee` for a policy that is served in [start, end).
    event Created(
        bytes32 indexed policy,
        address indexed owner,
        address indexed payer,
        uint256 start,
        uint256 end,
        uint256 fee,
        Terms terms
    );

    /// @notice An arrangement serves no longer from `stop` on. Of its fee the miner earned `earned`, `refunded` went back,
    /// `held` goes back from period `heldUntil` on, unless a leak is shown before. The three sum to rate (end - start).
    event Closed(
        bytes32 indexed policy,
        uint256 indexed index,
        address indexed miner,
        uint256 stop,
        uint256 earned,
        uint256 refunded,
        uint256 held,
        uint256 heldUntil
    );

    /// @notice The owner ended the whole policy; each arrangement that was open has its {Closed} before this.
    event Revoked(bytes32 indexed policy, uint256 stop);

    /// @notice All open arrangements go on until `newEnd`; `fee` was paid for that.
    event Renewed(bytes32 indexed policy, uint256 oldEnd, uint256 newEnd, uint256 fee);

    /// @notice A miner left its arrangement and lost `penalty`: `fromFees` of its unclaimed fees, which are the payer's, the
    /// rest of its stake, which was burned.
    event Resigned(
        bytes32 indexed policy,
        uint256 indexed index,
        address indexed miner,
        uint256 penalty,
        uint256 fromFees
    );

    /// @notice From `start` on `miner` serves, as `newIndex`, the kfrag that `index` served, and earns `fee` until the end.
    event HandedOff(
        bytes32 indexed policy,
        uint256 indexed index,
        address indexed miner,
        uint256 newIndex,
        address operator,
        uint256 collateral,
        uint256 start,
        uint256 fee
    );

    /// @notice There was a verdict. What a closing by it refunds is told by {Closed}, before.
    event Convicted(bytes32 indexed policy, uint256 indexed index, address indexed miner, Verdict verdict);

    /// @notice `miner` was paid the fees of all periods through the current one.
    event FeesClaimed(address indexed miner, uint256 amount);

    /// @notice `account` took `amount` of what was paid back to it.
    event RefundTaken(address indexed account, uint256 amount);

    /* ERRORS */

    /// @notice A constructor argument; `parameter` is its name.
    error PolicyManagerParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);

    /// @notice Only the challenge manager convicts.
    error PolicyManagerNotChallengeManager(address caller, address challengeManager);

    /// @notice One of the terms. `term` is its name.
    error PolicyManagerTermOutOfBounds(bytes32 term, uint256 value, uint256 least, uint256 most);

    /// @notice A rate and a collateral are whole multiples of `unit` base units.
    error PolicyManagerTermNotWhole(bytes32 term, uint256 value, uint256 unit);

    /// @notice A policy needs an owner.
    error PolicyManagerNoOwner();

    /// @notice Only `payer` pays.
    error PolicyManagerNotPayer(address caller, address payer);

    /// @notice Only `owner` may do this, or whoever has its signature.
    error PolicyManagerNotOwner(address caller, address owner);

    /// @notice Only `miner` may do this.
    error PolicyManagerNotMiner(address caller, address miner);

    /// @notice What was signed was good until `deadline`, Unix time in seconds.
    error PolicyManagerExpired(uint256 deadline, uint256 timestamp);

    /// @notice There is a policy with exactly these terms, or was: choose another salt.
    error PolicyManagerUsed(bytes32 policy);

    /// @notice There is no policy with exactly these terms.
    error PolicyManagerUnknown(bytes32 policy);

    /// @notice Each arrangement needs one signature.
    error PolicyManagerAcceptances(uint256 given, uint256 needed);

    /// @notice Miners stand in rising order: arrangement `index` has the address of the one before, or a lower one.
    error PolicyManagerOutOfOrder(uint256 index, address miner);

    /// @notice `bonded` works for the miner now (zero: nobody), not the operator in its arrangement.
    error PolicyManagerOtherOperator(address miner, address operator, address bonded);

    /// @notice The acceptance of `miner` must be signed by `operator`; it was signed by `signer` (zero: no signature).
    error PolicyManagerWrongSigner(address miner, address signer, address operator);

    /// @notice The miner takes no more than `most` base units of collateral for a fee of this size.
    error PolicyManagerAboveMaxCollateral(address miner, uint256 collateral, uint256 most);

    /// @notice `needed` base units of the miner's stake would be reserved, its own limit is `limit`.
    error PolicyManagerAbovePledge(address miner, uint256 needed, uint256 limit);

    /// @notice `needed` base units of the miner's stake would be reserved, `locked` are locked in period `until`. If the
    /// miner's account is stale, {settle} may help.
    error PolicyManagerNotEnoughStake(address miner, uint256 needed, uint256 locked, uint256 until);

    /// @notice The policy was revoked; `stop` is the first period not served.
    error PolicyManagerRevoked(bytes32 policy, uint256 stop);

    /// @notice The policy ends too soon for this: with period `end`, and it must end in `least` or later.
    error PolicyManagerEndsTooSoon(bytes32 policy, uint256 end, uint256 least);

    /// @notice The policy has no arrangement with this index.
    error PolicyManagerNoArrangement(bytes32 policy, uint256 index);

    /// @notice The arrangement is closed; `stop` is the first period not served.
    error PolicyManagerClosed(bytes32 policy, uint256 index, uint256 stop);

    /// @notice The miner is in the policy already, as `index`.
    error PolicyManagerInPolicy(bytes32 policy, address miner, uint256 index);

    /// @notice The policy has no index left; it has 160.
    error PolicyManagerFull(bytes32 policy);

    /// @notice Evidence counted through period `until`.
    error PolicyManagerTooLate(bytes32 policy, uint256 index, uint256 until);

    /// @notice Nothing is there to be paid out, or not before period `from`.
    error PolicyManagerNothingToPay(address account, uint256 from);

    /* SETUP */

    /// @notice Names the challenge manager, once and for all.
    /// @dev Who: the deployer. The call ends the deployer's right. Emits {Wired}.
    /// @dev Reverts {WiredOnceNotDeployer}, {WiredOnceNoCode}.
    function wire(address challengeManager_) external;

    /* FOR PAYERS AND OWNERS */

    /// @notice Creates a policy and pays for it: rate T for each arrangement, of the payer's tokens, by allowance. It is
    /// served from the next period on.
    /// @dev Who: the payer in the terms. Emits {Created}.
    /// @dev Reverts {PolicyManagerNotPayer}, {PolicyManagerNoOwner}, {PolicyManagerTermOutOfBounds},
    /// {PolicyManagerTermNotWhole}, {PolicyManagerExpired}, {PolicyManagerUsed}, {PolicyManagerAcceptances},
    /// {PolicyManagerOutOfOrder}, {PolicyManagerOtherOperator}, {PolicyManagerWrongSigner},
    /// {PolicyManagerAboveMaxCollateral}, {PolicyManagerAbovePledge}, {PolicyManagerNotEnoughStake}, and the token's errors.
    /// @param terms That kfragHashes differ is for owners and nodes to check.
    /// @param acceptances Signature i is that of arrangement i's operator over the policy's id, 65 bytes.
    /// @return policy The id: the EIP-712 digest of the terms in this contract's domain.
    function create(Terms calldata terms, bytes[] calldata acceptances) external returns (bytes32 policy);

    /// @notice Lets this contract take `amount` of the caller's tokens by an EIP-2612 signature. To be followed, in one
    /// {multicall}, by {create} or {renew}.
    /// @dev A permit that was used already, by anyone, does no harm: what counts is the allowance.
    function permit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Ends one arrangement, or all that are open. The current period is served still; periods to come are paid
    /// back: all but those before φT at once, to be fetched with {takeRefund}, those with {takeHeldRefund} after W.
    /// @dev Who: the owner. Emits {Closed} for each, and {Revoked} for all. A static call tells the amounts beforehand.
    /// @dev Reverts {PolicyManagerNotOwner}, {PolicyManagerUnknown}, {PolicyManagerRevoked}, {PolicyManagerEndsTooSoon},
    /// {PolicyManagerNoArrangement}, {PolicyManagerClosed}.
    /// @param index 2^256 - 1: all.
    /// @return refunded What goes back at once.
    /// @return held What goes back after the window.
    function revoke(Terms calldata terms, uint256 index) external returns (uint256 refunded, uint256 held);

    /// @notice {revoke} by anyone who has the owner's signature.
    /// @dev Reverts as {revoke}, {PolicyManagerExpired}; {PolicyManagerNotOwner}: it is not the owner's signature over this.
    /// @param deadline Unix time in seconds, included.
    /// @param signature Of the owner, by key or by EIP-1271, over
    /// `Revocation(bytes32 policy,uint256 index,uint256 nonce,uint256 deadline)`, nonce = `nonces(owner)`.
    function revokeBySignature(
        Terms calldata terms,
        uint256 index,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 refunded, uint256 held);

    /// @notice Makes a policy end later: all its open arrangements go on at the same rate, with more stake at risk.
    /// @dev Who: the payer. When: before its end. Emits {Renewed}. Reverts {PolicyManagerNotPayer},
    /// {PolicyManagerUnknown}, {PolicyManagerRevoked}, {PolicyManagerEndsTooSoon}, {PolicyManagerTermOutOfBounds},
    /// {PolicyManagerAcceptances}, as for {create} what a miner refuses, and the token's errors.
    /// @param periods How many more; in all a policy has at most 3,650.
    /// @param acceptances One for each open arrangement, in order of index: its operator's signature over
    /// `Renewal(bytes32 policy,uint256 oldEnd,uint256 newEnd)`, 65 bytes.
    /// @return fee What was paid.
    function renew(Terms calldata terms, uint256 periods, bytes[] calldata acceptances) external returns (uint256 fee);

    /// @notice Pays the caller all refunds that are due to it.
    /// @dev Who: a payer. Emits {RefundTaken}. Reverts {PolicyManagerNothingToPay}.
    function takeRefund() external returns (uint256 amount);

    /// @notice Pays the caller what was held back until period `heldUntil`, which {Closed} told.
    /// @dev Who: a payer. When: from period `heldUntil` on. Emits {RefundTaken}. Reverts {PolicyManagerNothingToPay}.
    function takeHeldRefund(uint256 heldUntil) external returns (uint256 amount);

    /* FOR MINERS */

    /// @notice Pays the caller the fees of all its policies and all periods through the current one.
    /// @dev Who: a miner. Cost: O(1) in the number of policies, ~3,500 gas for a period since the last call. Emits
    /// {FeesClaimed}. Reverts {PolicyManagerNothingToPay}.
    function claimFees() external returns (uint256 amount);

    /// @notice Leaves an arrangement. The payer gets back all periods to come. The miner loses one period's fee: of its
    /// unclaimed fees, to the payer, and if they are less the rest of its stake, burned.
    /// @dev Who: the arrangement's miner itself. When: its policy lasts beyond the next period's start. Emits {Closed},
    /// {Resigned}. Reverts {PolicyManagerNotMiner}, {PolicyManagerUnknown}, {PolicyManagerRevoked},
    /// {PolicyManagerEndsTooSoon}, {PolicyManagerNoArrangement}, {PolicyManagerClosed}; {StakeEscrowBehind} if stake pays.
    function resign(Terms calldata terms, uint256 index) external;

    /// @notice Passes an arrangement on: from the next period on another miner serves the same kfrag, earns the rest of the
    /// fee and puts up a collateral of its own. Until the policy's end, and W longer, both are liable if the key leaks.
    /// @dev Who: the arrangement's miner itself. When: the policy lasts beyond the next period's start. Emits {HandedOff}.
    /// @dev Reverts {PolicyManagerNotMiner}, {PolicyManagerUnknown}, {PolicyManagerRevoked}, {PolicyManagerEndsTooSoon},
    /// {PolicyManagerNoArrangement}, {PolicyManagerClosed}, {PolicyManagerInPolicy}, {PolicyManagerFull},
    /// {PolicyManagerExpired}, {PolicyManagerTermOutOfBounds} and {PolicyManagerTermNotWhole} for the collateral,
    /// {PolicyManagerNotOwner} if the terms need the owner's signature and it is wrong, and as for {create} what the new
    /// miner refuses.
    /// @param t See {Takeover}.
    /// @return newIndex The new arrangement's.
    function handOff(Terms calldata terms, uint256 index, Takeover calldata t) external returns (uint256 newIndex);

    /// @notice Who takes an arrangement over.
    struct Takeover {
        address miner; // not in the policy yet
        address operator; // the miner's operator now
        uint256 collateral; // base units, a multiple of 10^9, at least c_min and ceil(c T'/T), T' being the periods left
        uint256 deadline; // Unix time in seconds, included, for both signatures
        bytes acceptance; // of `operator` over Takeover(policy, index, miner, operator, collateral, end, deadline): 65 bytes
        bytes consent; // of the owner over Consent(policy, index, miner, nonce, deadline); empty if the terms allow hand-off
    }

    /// @notice Counts periods of a miner's account that have passed: lowers what is reserved if policies ended. Needed by
    /// who finds a miner's reservation too large; and if more than some 4,500 periods wait, which no transaction can count
    /// at once, before {claimFees}, {resign} and {convict}, which count them all.
    /// @dev Who: anyone. Cost: ~3,100 gas per period.
    /// @param maxPeriods Stops after so many.
    function settle(address miner, uint256 maxPeriods) external;

    /* FOR THE CHALLENGES */

    /// @notice A verdict against an arrangement: takes its collateral and the fee that it has earned, closes it, and pays
    /// the challenger. If there was a verdict before, does nothing. See whitepaper III-C; the splits are in
    /// docs/protocol.md.
    /// @dev Who: the challenge manager. Emits {Closed} if it was open, and {Convicted}.
    /// @dev Reverts {PolicyManagerNotChallengeManager}, {PolicyManagerUnknown}, {PolicyManagerNoArrangement},
    /// {PolicyManagerTooLate}, {StakeEscrowBehind}.
    /// @param leaked True: its key fragment was shown. False: it signed a wrong answer.
    /// @param challenger Gets its share.
    /// @return policy The id.
    /// @return standing The arrangement, after the verdict.
    /// @return toChallenger What the challenger was paid, base units; 0 if there was a verdict before.
    function convict(
        Terms calldata terms,
        uint256 index,
        bool leaked,
        address challenger
    ) external returns (bytes32 policy, Standing memory standing, uint256 toChallenger);

    /* VIEWS */

    /// @notice W: periods after an arrangement's end in which evidence against it counts, and its collateral is reserved.
    function WINDOW() external view returns (uint256);

    /// @notice Seconds per period, the stake escrow's.
    function PERIOD() external view returns (uint256);

    /// @notice The id of a policy with these terms, whether it exists or not.
    function policyId(Terms calldata terms) external view returns (bytes32);

    /// @notice The policy's slot.
    function policyOf(bytes32 policy) external view returns (Policy memory);

    /// @notice The record of an arrangement that has one; else zeros.
    function recordOf(bytes32 policy, uint256 index) external view returns (Record memory);

    /// @notice An arrangement as it stands. Reverts {PolicyManagerUnknown}, {PolicyManagerNoArrangement}.
    function standingOf(Terms calldata terms, uint256 index) external view returns (Standing memory);

    /// @notice What {claimFees} pays the miner now. Right also when periods wait.
    function claimableFees(address miner) external view returns (uint256);

    /// @notice How much of the miner's stake is reserved for its arrangements; stale while periods wait: then too large.
    /// @return Base units.
    function reserved(address miner) external view returns (uint256);

    /// @notice {reserved} once everything is settled.
    function reservedNow(address miner) external view returns (uint256);

    /// @notice The miner's account as it is stored.
    function accountOf(address miner) external view returns (Account memory);

    /// @notice For each period of [from, from + count): which rate ends with its start, and how much stake the end of those
    /// arrangements frees W + 1 periods later. Base units.
    function endingsOf(
        address miner,
        uint256 from,
        uint256 count
    ) external view returns (uint256[] memory rates, uint256[] memory releases);

    /// @notice What {takeRefund} pays the account.
    function refundOf(address account) external view returns (uint256);

    /// @notice What {takeHeldRefund} pays the account from period `heldUntil` on.
    function heldFor(address account, uint256 heldUntil) external view returns (uint256);
}
