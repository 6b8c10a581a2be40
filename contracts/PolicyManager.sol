// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {FeeBook} from "./abstracts/FeeBook.sol";
import {PolicyBook} from "./abstracts/PolicyBook.sol";
import {WiredOnce} from "./abstracts/WiredOnce.sol";
import {IMinerRegistry} from "./interfaces/IMinerRegistry.sol";
import {INKMSToken} from "./interfaces/INKMSToken.sol";
import {IPolicyManager} from "./interfaces/IPolicyManager.sol";
import {IStakeEscrow} from "./interfaces/IStakeEscrow.sol";
import {Arrangement, PolicyTerms, Terms} from "./libraries/PolicyTerms.sol";

/// @title PolicyManager
/// @notice See {IPolicyManager}. Here stands what happens to policies and arrangements; how they stand is in
/// {PolicyBook}, what a miner earns by all of them in {FeeBook}, what is signed in {PolicyTerms}.
///
/// LEDGER   TOKEN.balanceOf(this) >= all unearned fees + all unclaimed fees + all refunds, held ones included.
/// STAKE    Of a miner's stake no more is ever reserved through a period than is locked in it, and a slash takes no more
///          than the arrangement had reserved and frees that: so what a verdict may take is there.
/// TRUST    The challenge manager says who is guilty. There is no owner.
/// TOKENS   TOKEN is {NKMSToken}: it reverts on failure and calls nobody, so no guard against re-entry is needed.
contract PolicyManager is PolicyBook, WiredOnce, Nonces, Multicall {
    uint256 internal constant ALL = type(uint256).max;
    uint256 internal constant MAX_PERIODS = 3_650;

    /// @notice What fees are paid in.
    INKMSToken public immutable TOKEN;
    /// @notice Knows what is locked, and seizes stake.
    IStakeEscrow public immutable ESCROW;
    /// @notice Knows who works for a miner and what it lets policies reserve.
    IMinerRegistry public immutable REGISTRY;
    /// @notice c_min, base units.
    uint256 public immutable MIN_COLLATERAL;
    /// @notice φ, per cent: fees of the first φT periods are not freed at once by closing.
    uint256 public immutable FLOOR_PERCENT;
    /// @notice α, per cent of the earned fee: the challenger's share for a leaked key.
    uint256 public immutable LEAK_PERCENT;
    /// @notice Per cent of the collateral: the challenger's share for a wrong answer.
    uint256 public immutable FINDER_PERCENT;
    /// @dev No rate and no collateral is above it: the token's cap.
    uint256 internal immutable MAX_AMOUNT;

    /// @notice Says who is guilty.
    address public challengeManager;

    /// @inheritdoc IPolicyManager
    mapping(address account => uint256) public refundOf;
    /// @inheritdoc IPolicyManager
    mapping(address account => mapping(uint256 heldUntil => uint256)) public heldFor;

    constructor(IStakeEscrow escrow, IMinerRegistry registry, Parameters memory p) FeeBook(escrow.PERIOD(), p.window) {
        (TOKEN, ESCROW, REGISTRY) = (escrow.TOKEN(), escrow, registry);
        MAX_AMOUNT = TOKEN.cap();
        _checkParameter("cap", MAX_AMOUNT, GRAIN, GRAIN << 62);
        // No more than periods have passed since 1970: {_settled} looks back so far.
        _checkParameter("window", p.window, 1, Math.min(365, _period()));
        _checkParameter("minCollateral", p.minCollateral, GRAIN, MAX_AMOUNT);
        _checkParameter("floorPercent", p.floorPercent, 0, 100);
        _checkParameter("leakPercent", p.leakPercent, 0, 20);
        _checkParameter("finderPercent", p.finderPercent, 0, 25);
        MIN_COLLATERAL = p.minCollateral;
        FLOOR_PERCENT = p.floorPercent;
        LEAK_PERCENT = p.leakPercent;
        FINDER_PERCENT = p.finderPercent;
    }

    function _checkParameter(bytes32 parameter, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) revert PolicyManagerParameterOutOfBounds(parameter, value, least, most);
    }

    /// @inheritdoc IPolicyManager
    function wire(address challengeManager_) external wiring {
        challengeManager = _deployed(challengeManager_);
        emit Wired(challengeManager_);
    }

    /* CREATING AND RENEWING */

    /// @inheritdoc IPolicyManager
    function create(Terms calldata terms, bytes[] calldata acceptances) external returns (bytes32 policy) {
        _checkTerms(terms, acceptances.length);
        policy = policyId(terms);
        if (_policies[policy].start != 0) revert PolicyManagerUsed(policy);

        uint256 start = _period() + 1;
        uint256 end = start + terms.periods;
        _policies[policy] = Policy(uint32(start), uint32(end), 0, 0);
        for (uint256 i; i < terms.arrangements.length; ++i) {
            Arrangement calldata a = terms.arrangements[i];
            if (i != 0 && a.miner <= terms.arrangements[i - 1].miner) revert PolicyManagerOutOfOrder(i, a.miner);
            _checkSigner(a.miner, a.operator, policy, acceptances[i]);
            _take(a.miner, a.operator, terms.rate, terms.collateral, end);
        }
        uint256 fee = terms.rate * terms.periods * terms.arrangements.length;
        emit Created(policy, terms.owner, terms.payer, start, end, fee, terms);

        _collect(fee);
    }

    /// @inheritdoc IPolicyManager
    function renew(Terms calldata terms, uint256 periods, bytes[] calldata acceptances) external returns (uint256 fee) {
        if (msg.sender != terms.payer) revert PolicyManagerNotPayer(msg.sender, terms.payer);
        (bytes32 id, Policy memory policy) = _living(terms, 1);
        _checkTerm("periods", periods, 1, MAX_PERIODS - (policy.end - policy.start));
        uint256 newEnd = policy.end + periods;

        bytes32 digest = _hashTypedDataV4(PolicyTerms.hashRenewal(id, policy.end, newEnd));
        uint256 renewed;
        for (uint256 i; _has(policy, terms, i); ++i) {
            Standing memory s = _standing(id, policy, terms, i);
            if (!s.open) continue;
            if (renewed == acceptances.length) revert PolicyManagerAcceptances(acceptances.length, renewed + 1);
            _checkSigner(s.miner, s.operator, digest, acceptances[renewed++]);
            _prolongArrangement(s, terms.rate, newEnd);
        }
        if (renewed != acceptances.length) revert PolicyManagerAcceptances(acceptances.length, renewed);
        _policies[id].end = uint32(newEnd);
        fee = terms.rate * periods * renewed;
        emit Renewed(id, policy.end, newEnd, fee);

        _collect(fee);
    }

    /// @inheritdoc IPolicyManager
    function permit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // solhint-disable-next-line no-empty-blocks
        try TOKEN.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
    }

    function _checkTerms(Terms calldata terms, uint256 acceptances) internal view {
        uint256 arrangements = terms.arrangements.length;
        if (msg.sender != terms.payer) revert PolicyManagerNotPayer(msg.sender, terms.payer);
        if (terms.owner == address(0)) revert PolicyManagerNoOwner();
        _checkDeadline(terms.deadline);
        _checkTerm("periods", terms.periods, 1, MAX_PERIODS);
        _checkTerm("arrangements", arrangements, 1, MAX_ARRANGEMENTS);
        _checkAmount("rate", terms.rate, GRAIN);
        _checkAmount("collateral", terms.collateral, MIN_COLLATERAL);
        if (acceptances != arrangements) revert PolicyManagerAcceptances(acceptances, arrangements);
    }

    function _checkAmount(bytes32 term, uint256 value, uint256 least) internal view {
        _checkTerm(term, value, least, MAX_AMOUNT);
        if (value % GRAIN != 0) revert PolicyManagerTermNotWhole(term, value, GRAIN);
    }

    function _checkTerm(bytes32 term, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) revert PolicyManagerTermOutOfBounds(term, value, least, most);
    }

    function _checkDeadline(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert PolicyManagerExpired(deadline, block.timestamp);
    }

    function _checkSigner(address miner, address operator, bytes32 digest, bytes calldata signature) internal pure {
        (address signer, , ) = ECDSA.tryRecover(digest, signature);
        if (signer != operator || signer == address(0)) revert PolicyManagerWrongSigner(miner, signer, operator);
    }

    /// @dev A miner takes an arrangement for the periods from the next one to before `end`, if its own rules allow that.
    function _take(address miner, address operator, uint256 rate, uint256 collateral, uint256 end) internal {
        uint256 period = _period();
        uint256 fee = rate * (end - period - 1);
        uint256 reserve = collateral + fee;
        _checkMiner(miner, operator, collateral, fee, reserve, end);
        _enlist(miner, rate / GRAIN, reserve / GRAIN, end, period);
    }

    function _prolongArrangement(Standing memory s, uint256 rate, uint256 newEnd) internal {
        uint256 fee = rate * (newEnd - s.start);
        uint256 more = rate * (newEnd - s.end);
        _checkMiner(s.miner, s.operator, s.collateral, fee, more, newEnd);
        uint256 reserve = s.collateral + fee - more;
        _prolong(s.miner, rate / GRAIN, reserve / GRAIN, more / GRAIN, s.end, newEnd);
    }

    /// @dev What a miner's own account allows, and what it has. `more` is to be reserved through end + W.
    function _checkMiner(
        address miner,
        address operator,
        uint256 collateral,
        uint256 fee,
        uint256 more,
        uint256 end
    ) internal view {
        (address bonded, uint256 pledge, uint256 percent) = REGISTRY.pledgeOf(miner);
        if (bonded != operator) revert PolicyManagerOtherOperator(miner, operator, bonded);
        if (collateral > (fee * percent) / 100) {
            revert PolicyManagerAboveMaxCollateral(miner, collateral, (fee * percent) / 100);
        }
        uint256 needed = _accounts[miner].reserved * GRAIN + more;
        if (needed > pledge) revert PolicyManagerAbovePledge(miner, needed, pledge);
        uint256 locked = ESCROW.lockedIn(miner, end + WINDOW);
        if (needed > locked) revert PolicyManagerNotEnoughStake(miner, needed, locked, end + WINDOW);
    }

    /* CLOSING */

    /// @inheritdoc IPolicyManager
    function revoke(Terms calldata terms, uint256 index) external returns (uint256 refunded, uint256 held) {
        if (msg.sender != terms.owner) revert PolicyManagerNotOwner(msg.sender, terms.owner);
        (bytes32 id, Policy memory policy) = _living(terms, 1);
        return _revoke(terms, index, id, policy);
    }

    /// @inheritdoc IPolicyManager
    function revokeBySignature(
        Terms calldata terms,
        uint256 index,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 refunded, uint256 held) {
        (bytes32 id, Policy memory policy) = _living(terms, 1);
        _checkDeadline(deadline);
        _checkOwner(terms.owner, PolicyTerms.hashRevocation(id, index, _useNonce(terms.owner), deadline), signature);
        return _revoke(terms, index, id, policy);
    }

    /// @inheritdoc IPolicyManager
    function resign(Terms calldata terms, uint256 index) external {
        (bytes32 id, Policy memory policy) = _living(terms, 2);
        Standing memory s = _ownOpen(id, policy, terms, index);
        (uint256 refunded, uint256 held) = _close(id, index, s, terms.rate);
        _record(id, index, s, false, false);
        uint256 fromFees = _takeFees(s.miner, terms.rate / GRAIN, _period()) * GRAIN;
        _owe(terms.payer, refunded + fromFees, held);
        emit Resigned(id, index, s.miner, terms.rate, fromFees);

        // Burned: if payers got stake, a miner could pay itself, and no lock would last.
        uint256 rest = terms.rate - fromFees;
        if (rest != 0) ESCROW.slash(s.miner, rest, address(0), 0);
    }

    /// @inheritdoc IPolicyManager
    function handOff(Terms calldata terms, uint256 index, Takeover calldata t) external returns (uint256 newIndex) {
        (bytes32 id, Policy memory policy) = _living(terms, 2);
        Standing memory s = _ownOpen(id, policy, terms, index);
        uint256 stop = _period() + 1;
        _checkDeadline(t.deadline);
        if (!terms.handOff) {
            bytes32 consent = PolicyTerms.hashConsent(id, index, t.miner, _useNonce(terms.owner), t.deadline);
            _checkOwner(terms.owner, consent, t.consent);
        }
        newIndex = _freeIndex(id, policy, terms, t.miner);
        uint256 least = Math.mulDiv(s.collateral / GRAIN, s.end - stop, s.end - s.start, Math.Rounding.Ceil) * GRAIN;
        _checkAmount("collateral", t.collateral, Math.max(least, MIN_COLLATERAL));
        bytes32 takeover = PolicyTerms.hashTakeover(id, index, t.miner, t.operator, t.collateral, s.end, t.deadline);
        _checkSigner(t.miner, t.operator, _hashTypedDataV4(takeover), t.acceptance);

        // The old one is liable for a leak until the policy's end: only the fee that it will not earn is free.
        uint256 fee = terms.rate * (s.end - stop);
        _delist(s.miner, terms.rate / GRAIN, fee / GRAIN, s.end, stop - 1);
        s.stop = stop;
        _record(id, index, s, true, false);
        _take(t.miner, t.operator, terms.rate, t.collateral, s.end);
        _recordSuccessor(id, index, newIndex, terms.arrangements.length, t, stop);
        emit HandedOff(id, index, t.miner, newIndex, t.operator, t.collateral, stop, fee);
    }

    function _revoke(
        Terms calldata terms,
        uint256 index,
        bytes32 id,
        Policy memory policy
    ) internal returns (uint256 refunded, uint256 held) {
        if (index != ALL) {
            Standing memory s = _open(id, policy, terms, index);
            (refunded, held) = _close(id, index, s, terms.rate);
            _record(id, index, s, false, false);
        } else {
            for (uint256 i; _has(policy, terms, i); ++i) {
                Standing memory s = _standing(id, policy, terms, i);
                if (!s.open) continue;
                (uint256 now_, uint256 later) = _close(id, i, s, terms.rate);
                (refunded, held) = (refunded + now_, held + later);
            }
            _policies[id].closed = uint32(_period() + 1);
            emit Revoked(id, _period() + 1);
        }
        _owe(terms.payer, refunded, held);
    }

    /// @dev Closes an arrangement that is open and has not run out; what it served stays at stake through the window. Who
    /// calls records it.
    function _close(
        bytes32 id,
        uint256 index,
        Standing memory s,
        uint256 rate
    ) internal returns (uint256 refunded, uint256 held) {
        (refunded, held) = _stop(id, index, s, rate, false);
        _delist(s.miner, rate / GRAIN, (refunded + held) / GRAIN, s.end, s.stop - 1);
        _moveRelease(s.miner, _reserve(s, rate) / GRAIN, s.end, s.stop);
    }

    /// @dev Says when an arrangement stops: in `s` and to the world. If it is `free`, nothing is held back.
    function _stop(
        bytes32 id,
        uint256 index,
        Standing memory s,
        uint256 rate,
        bool free
    ) internal returns (uint256 refunded, uint256 held) {
        s.stop = _period() + 1;
        s.open = false;
        (refunded, held) = _unearned(s, rate);
        if (free) (refunded, held) = (refunded + held, 0);
        uint256 heldUntil = held == 0 ? 0 : s.stop + WINDOW + 1;
        emit Closed(id, index, s.miner, s.stop, rate * (s.stop - s.start), refunded, held, heldUntil);
    }

    /// @dev What was not earned of a fee by an arrangement that stops early: what is free at once, and what is not.
    function _unearned(Standing memory s, uint256 rate) internal view returns (uint256 refunded, uint256 held) {
        uint256 length = s.end - s.start;
        uint256 served = s.stop - s.start;
        uint256 floor = Math.max(served, Math.ceilDiv(length * FLOOR_PERCENT, 100));
        return (rate * (length - floor), rate * (floor - served));
    }

    /// @dev What is reserved for an arrangement that stops at s.stop.
    function _reserve(Standing memory s, uint256 rate) internal pure returns (uint256) {
        return s.collateral + rate * (s.stop - s.start);
    }

    /* VERDICTS */

    /// @inheritdoc IPolicyManager
    function convict(
        Terms calldata terms,
        uint256 index,
        bool leaked,
        address challenger
    ) external returns (bytes32 policy, Standing memory standing, uint256 toChallenger) {
        if (msg.sender != challengeManager) revert PolicyManagerNotChallengeManager(msg.sender, challengeManager);
        Policy memory book;
        (policy, book) = _known(terms);
        standing = _liable(policy, book, terms, index, leaked);
        if (!standing.convicted) toChallenger = _convict(policy, index, standing, terms, leaked, challenger);
    }

    function _convict(
        bytes32 id,
        uint256 index,
        Standing memory s,
        Terms calldata terms,
        bool leaked,
        address challenger
    ) internal returns (uint256) {
        Verdict memory verdict;
        verdict.withheld = _closeForVerdict(id, index, s, terms, leaked);
        s.convicted = true;
        _record(id, index, s, s.handedOff, true);

        verdict.leaked = leaked;
        verdict.challenger = challenger;
        verdict.collateral = s.collateral;
        verdict.earned = terms.rate * (s.stop - s.start);
        verdict.toChallenger =
            leaked ? (verdict.earned * LEAK_PERCENT) / 100 : (verdict.collateral * FINDER_PERCENT) / 100;
        verdict.fromFees = _takeFees(s.miner, verdict.earned / GRAIN, _period()) * GRAIN;
        emit Convicted(id, index, s.miner, verdict);

        _execute(s.miner, verdict);
        return verdict.toChallenger;
    }

    /// @dev Pays the challenger from the stake that it seizes, and beyond that from fees; burns the rest of both.
    function _execute(address miner, Verdict memory verdict) internal {
        uint256 fromStake = verdict.collateral + verdict.earned - verdict.fromFees;
        uint256 byStake = Math.min(verdict.toChallenger, fromStake);
        ESCROW.slash(miner, fromStake, verdict.challenger, byStake);
        uint256 byFees = verdict.toChallenger - byStake;
        if (byFees != 0) TOKEN.transfer(verdict.challenger, byFees);
        uint256 burned = verdict.fromFees + verdict.withheld - byFees;
        if (burned != 0) TOKEN.burn(burned);
    }

    /// @dev The arrangement, if evidence against it counts in this period.
    function _liable(
        bytes32 id,
        Policy memory policy,
        Terms calldata terms,
        uint256 index,
        bool leaked
    ) internal view returns (Standing memory s) {
        if (!_has(policy, terms, index)) revert PolicyManagerNoArrangement(id, index);
        s = _standing(id, policy, terms, index);
        uint256 until = WINDOW + (s.handedOff && leaked ? s.end : s.stop);
        if (_period() > until) revert PolicyManagerTooLate(id, index, until);
    }

    /// @dev Closes the arrangement if it is open, and frees what it reserved. Returns what the payer loses of the fee that
    /// was not earned: nothing for a wrong answer; for a leak what the floor holds back, or would hold back.
    function _closeForVerdict(
        bytes32 id,
        uint256 index,
        Standing memory s,
        Terms calldata terms,
        bool leaked
    ) internal returns (uint256 withheld) {
        if (s.open && s.end > _period()) {
            uint256 refunded;
            (refunded, withheld) = _stop(id, index, s, terms.rate, !leaked);
            uint256 reserve = s.collateral + terms.rate * (s.end - s.start);
            _delist(s.miner, terms.rate / GRAIN, reserve / GRAIN, s.end, s.stop - 1);
            _owe(terms.payer, refunded, 0);
            return withheld;
        }
        if (leaked && !s.open && !s.handedOff) {
            (, withheld) = _unearned(s, terms.rate);
            heldFor[terms.payer][s.stop + WINDOW + 1] -= withheld;
        }
        s.open = false;
        // A handed-off arrangement's collateral stays reserved through the policy's end, like its liability for a leak.
        _release(s.miner, _reserve(s, terms.rate) / GRAIN, s.handedOff ? s.end : s.stop);
    }

    /* PAYING OUT */

    /// @inheritdoc IPolicyManager
    function claimFees() external returns (uint256 amount) {
        amount = _takeFees(msg.sender, type(uint80).max, _period()) * GRAIN;
        if (amount == 0) revert PolicyManagerNothingToPay(msg.sender, 0);
        emit FeesClaimed(msg.sender, amount);
        TOKEN.transfer(msg.sender, amount);
    }

    /// @inheritdoc IPolicyManager
    function settle(address miner, uint256 maxPeriods) external {
        uint256 settled = _accounts[miner].settled;
        if (settled == 0) return;
        _accounts[miner] = _settled(miner, Math.min(_period(), settled + Math.min(maxPeriods, _period())));
    }

    /// @inheritdoc IPolicyManager
    function takeRefund() external returns (uint256 amount) {
        amount = refundOf[msg.sender];
        if (amount == 0) revert PolicyManagerNothingToPay(msg.sender, 0);
        delete refundOf[msg.sender];
        emit RefundTaken(msg.sender, amount);
        TOKEN.transfer(msg.sender, amount);
    }

    /// @inheritdoc IPolicyManager
    function takeHeldRefund(uint256 heldUntil) external returns (uint256 amount) {
        amount = heldFor[msg.sender][heldUntil];
        if (amount == 0 || _period() < heldUntil) revert PolicyManagerNothingToPay(msg.sender, heldUntil);
        delete heldFor[msg.sender][heldUntil];
        emit RefundTaken(msg.sender, amount);
        TOKEN.transfer(msg.sender, amount);
    }

    /// @dev `held` is due when the window of an arrangement that stops with the next period is over.
    function _owe(address payer, uint256 refunded, uint256 held) internal {
        if (refunded != 0) refundOf[payer] += refunded;
        if (held != 0) heldFor[payer][_period() + WINDOW + 2] += held;
    }

    function _collect(uint256 amount) internal {
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    function _checkOwner(address owner, bytes32 structHash, bytes calldata signature) internal view {
        if (!SignatureChecker.isValidSignatureNow(owner, _hashTypedDataV4(structHash), signature)) {
            revert PolicyManagerNotOwner(msg.sender, owner);
        }
    }
}
