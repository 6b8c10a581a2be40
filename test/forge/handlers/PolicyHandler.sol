// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IPolicyManager} from "../../../contracts/interfaces/IPolicyManager.sol";
import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {Arrangement, Terms} from "../../../contracts/libraries/PolicyTerms.sol";
import {PolicyNetwork} from "../PolicyFixture.sol";
import {vm} from "../Vm.sol";
import {PolicyBase} from "./PolicyBase.sol";
import {PolicyStakeHandler} from "./PolicyStakeHandler.sol";

/// @title PolicyHandler
/// @notice Everything that owners, payers, miners and the challenges can do with policies. Of each call these books know
/// beforehand whether it is allowed and what it must pay; both ways round.
contract PolicyHandler is PolicyStakeHandler {
    uint256 private _salt;

    /// @notice How often policies and arrangements were made, closed, passed on, judged, and something refused.
    mapping(bytes32 what => uint256) public times;

    constructor(
        PolicyNetwork memory network,
        IStakeEscrow.Parameters memory stakes_,
        IPolicyManager.Parameters memory rules_,
        uint256 salt
    ) PolicyBase(network, stakes_, rules_, salt) {}

    /// @notice The beginning of every story: all miners have stake, an operator and a pledge, and some policies.
    /// @dev Not one of the calls that forge makes.
    function begin() external {
        for (uint256 i; i < MINERS; ++i) {
            uint256 amount = (1_000 * NKMS) << i;
            vm.prank(people[i]);
            net.escrow.lock(amount, stakes.longestLock - 15 * i);
            stakeOf[people[i]] = amount;
            vm.prank(people[i]);
            net.registry.setPledge(type(uint96).max, 100 * (i + 1));
            _bond(i, false);
        }
        clock += stakes.period;
        for (uint256 i; i < 3; ++i) this.create(i);
    }

    /* CREATING AND RENEWING */

    /// @dev What is sent to create or renew a policy, and whether miners allow it.
    struct Plan {
        bytes32 id;
        uint256 end;
        uint256 fee; // of each arrangement, for the whole length
        uint256 paid; // for all, now
        bytes[] acceptances;
        bool fits;
    }

    function create(uint256 seed) external story(seed) {
        Terms memory terms = _randomTerms();
        Plan memory plan = _planFor(terms);
        bytes memory data = abi.encodeCall(net.policies.create, (terms, plan.acceptances));
        if (_sent(terms.payer, data, plan, "create", _chance(20))) return;

        uint256 policy = _policies.length;
        _policies.push(
            Policy(plan.id, abi.encode(terms), terms.owner, terms.payer, terms.handOff, period() + 1, plan.end, false)
        );
        for (uint256 i; i < plan.acceptances.length; ++i) {
            Arrangement memory a = terms.arrangements[i];
            _enter(policy, i, a.miner, a.operator, terms.rate, terms.collateral);
        }
        _refused(terms.payer, data, "a policy was made twice");
    }

    function _planFor(Terms memory terms) internal view returns (Plan memory plan) {
        plan.id = net.policies.policyId(terms);
        plan.end = period() + 1 + terms.periods;
        plan.fee = terms.rate * terms.periods;
        plan.acceptances = new bytes[](terms.arrangements.length);
        plan.paid = plan.fee * plan.acceptances.length;
        plan.fits = terms.collateral >= rules.minCollateral;
        for (uint256 i; i < plan.acceptances.length; ++i) {
            Arrangement memory a = terms.arrangements[i];
            plan.acceptances[i] = _sign(a.operator, plan.id);
            plan.fits =
                plan.fits &&
                _allows(a.miner, a.operator, terms.collateral, plan.fee, terms.collateral + plan.fee, plan.end);
        }
    }

    /// @dev Whether it was refused; and that it was, or wasn't, with reason.
    function _sent(
        address payer,
        bytes memory data,
        Plan memory plan,
        bytes32 what,
        bool withPermit
    ) internal returns (bool refused) {
        uint256 held = net.token.balanceOf(address(net.policies));
        bool done;
        if (withPermit) done = _callWithPermit(payer, plan.paid, data);
        else (done, ) = _call(payer, data);
        require(done == plan.fits, done ? "a policy against the rules" : "a policy was refused that miners allow");
        if (_counted(done, what)) return true;
        require(net.token.balanceOf(address(net.policies)) == held + plan.paid, "5: another fee was paid");
    }

    function renew(uint256 seed) external story(seed) {
        uint256 policy = _entries[_pickOpen(1)].policy;
        uint256 periods = _random(1, _chance(80) ? 6 : 40);
        Plan memory plan = _planRenewal(policy, periods);
        address payer = _policies[policy].payer;
        bytes memory data = abi.encodeCall(net.policies.renew, (_termsOf(policy), periods, plan.acceptances));
        if (_sent(payer, data, plan, "renew", _chance(20))) return;

        _policies[policy].end = plan.end;
        for (uint256 i; i < _entries.length; ++i) {
            Entry storage e = _entries[i];
            if (e.policy != policy || e.closed) continue;
            (e.end, e.stop) = (plan.end, plan.end);
            e.paid += e.rate * periods;
        }
        _refused(payer, data, "a renewal was good twice");
    }

    function _planRenewal(uint256 policy, uint256 periods) internal view returns (Plan memory plan) {
        Policy storage p = _policies[policy];
        (plan.id, plan.end, plan.fits) = (p.id, p.end + periods, true);
        plan.acceptances = new bytes[](_entries.length);
        uint256 count;
        for (uint256 i; i < _entries.length; ++i) {
            Entry memory e = _entries[i];
            if (e.policy != policy || e.closed) continue;
            plan.acceptances[count++] = _signRenewal(e.operator, p.id, p.end, plan.end);
            plan.paid += e.rate * periods;
            plan.fee = e.rate * (plan.end - e.start);
            plan.fits = plan.fits && _allows(e.miner, e.operator, e.collateral, plan.fee, e.rate * periods, plan.end);
        }
        bytes[] memory all = plan.acceptances;
        // solhint-disable-next-line no-inline-assembly
        assembly {
            mstore(all, count)
        }
    }

    /// @dev What the miner's own rules and its stake say. The reservations are those that its account still counts.
    function _allows(
        address miner,
        address operator,
        uint256 collateral,
        uint256 fee,
        uint256 more,
        uint256 end
    ) internal view returns (bool) {
        (address bonded, uint256 pledge, uint256 percent) = net.registry.pledgeOf(miner);
        uint256 needed = reservedThrough(miner, net.policies.accountOf(miner).settled) + more;
        return
            bonded == operator &&
            collateral * 100 <= fee * percent &&
            needed <= pledge &&
            needed <= net.escrow.lockedIn(miner, end + rules.window);
    }

    function _randomTerms() internal returns (Terms memory terms) {
        address[2] memory payers = [people[MINERS + 2], people[MINERS + 3]];
        address[3] memory owners = [people[MINERS], people[MINERS + 1], address(WALLET)];
        terms.owner = _chance(90) ? owners[_random(0, 2)] : _miner();
        terms.payer =
            _chance(80)
                ? payers[_random(0, 1)]
                : _chance(50)
                    ? terms.owner
                    : _miner();
        if (terms.payer == address(WALLET)) terms.payer = payers[0];
        terms.deadline = clock;
        terms.handOff = _chance(60);
        terms.salt = bytes32(++_salt);
        uint256 most;
        for (uint256 tries; tries < 6 && most < rules.minCollateral; ++tries) {
            terms.periods = _random(
                1,
                tries > 3
                    ? 3
                    : _chance(60)
                        ? 12
                        : 60
            );
            terms.rate = _grains(GRAIN, (10 * NKMS) >> (2 * tries));
            terms.arrangements = _someMiners();
            most = type(uint256).max;
            for (uint256 i; i < terms.arrangements.length; ++i) {
                most = Math.min(most, _mostCollateral(terms.arrangements[i], terms.rate, terms.periods));
            }
        }
        if (_chance(5)) terms.collateral = (most / GRAIN) * GRAIN + GRAIN;
        else if (_chance(5)) terms.collateral = _grains(0, rules.minCollateral);
        else terms.collateral = _grains(rules.minCollateral, most);
    }

    function _someMiners() internal returns (Arrangement[] memory list) {
        uint256 start = _random(0, MINERS - 1);
        uint256 count = _random(1, 3);
        bool[] memory chosen = new bool[](MINERS);
        for (uint256 k; k < count; ++k) chosen[(start + k) % MINERS] = true;
        list = new Arrangement[](count);
        for (uint256 m; m < MINERS; ++m) {
            if (!chosen[m]) continue;
            address operator = net.registry.operatorOf(people[m]);
            if (operator == address(0)) operator = vm.addr(FIRST_OPERATOR_KEY + m);
            list[list.length - count--] = Arrangement(people[m], operator, bytes32(m));
        }
    }

    /// @dev What the miner can take; that is decided once more, and by other books, when the policy is made.
    function _mostCollateral(Arrangement memory a, uint256 rate, uint256 periods) internal view returns (uint256) {
        (address bonded, uint256 pledge, uint256 percent) = net.registry.pledgeOf(a.miner);
        if (bonded != a.operator) return 0;
        uint256 free = Math.min(pledge, net.escrow.lockedIn(a.miner, period() + 1 + periods + rules.window));
        free = Math.saturatingSub(free, net.policies.reserved(a.miner) + rate * periods);
        return Math.min(free, (rate * periods * percent) / 100);
    }

    /// @dev The allowance comes by a signature, in the same transaction.
    function _callWithPermit(address payer, uint256 fee, bytes memory data) internal returns (bool done) {
        vm.prank(payer);
        net.token.approve(address(net.policies), 0);
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, payer, address(net.policies), fee, net.token.nonces(payer), clock)
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", net.token.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKeyOf[payer], digest);
        bytes[] memory both = new bytes[](2);
        both[0] = abi.encodeCall(net.policies.permit, (fee, clock, v, r, s));
        both[1] = data;
        (done, ) = _call(payer, abi.encodeCall(net.policies.multicall, (both)));
        vm.prank(payer);
        net.token.approve(address(net.policies), type(uint256).max);
    }

    /* CLOSING */

    function revoke(uint256 seed) external story(seed) {
        uint256 i = _pickOpen(1);
        Policy storage p = _policies[_entries[i].policy];
        _revoke(i, _chance(75) ? _entries[i].index : ALL, p.owner, false);
    }

    function revokeBySignature(uint256 seed) external story(seed) {
        uint256 i = _pickOpen(1);
        _revoke(i, _chance(75) ? _entries[i].index : ALL, _anybody(), true);
    }

    function _revoke(uint256 i, uint256 index, address caller, bool signed) internal {
        uint256 policy = _entries[i].policy;
        Policy storage p = _policies[policy];
        bytes memory data = abi.encodeCall(net.policies.revoke, (_termsOf(policy), index));
        if (signed) {
            bytes memory signature = _signRevocation(p.owner, p.id, index);
            data = abi.encodeCall(net.policies.revokeBySignature, (_termsOf(policy), index, clock, signature));
            if (p.owner == address(WALLET) && _chance(30)) {
                WALLET.setDenies(true);
                _refused(caller, data, "a wallet's signature counted that it denies");
                WALLET.setDenies(false);
            }
        }
        (bool done, bytes memory answer) = _call(caller, data);
        require(done, "a revocation was refused");
        _counted(true, index == ALL ? bytes32("revoke all") : bytes32("revoke"));
        (uint256 refunded, uint256 held) = abi.decode(answer, (uint256, uint256));

        uint256 now_;
        uint256 later;
        for (uint256 k; k < _entries.length; ++k) {
            if (_entries[k].policy != policy || _entries[k].closed || (index != ALL && k != i)) continue;
            (uint256 more, uint256 moreLater) = _closeEntry(k);
            (now_, later) = (now_ + more, later + moreLater);
        }
        require(refunded == now_ && held == later, "5: a revocation refunded another amount");
        if (index == ALL) p.revoked = true;
        _refused(caller, data, "a revocation was good twice");
    }

    function resign(uint256 seed) external story(seed) {
        uint256 i = _pickOpen(2);
        Entry storage e = _entries[i];
        uint256 fromFees = Math.min(unclaimedBy(e.miner), e.rate);
        uint256 stake = locksSum(e.miner);

        (bool done, ) = _call(e.miner, abi.encodeCall(net.policies.resign, (_termsOf(e.policy), e.index)));
        require(done, "a resignation was refused");
        _counted(true, "resign");
        _closeEntry(i);
        penalties[_payerOf(i)] += fromFees;
        feesGone[e.miner] += fromFees;
        require(locksSum(e.miner) + e.rate - fromFees == stake, "3: a resignation took another amount of stake");
        _seized(i, e.rate - fromFees);
    }

    function handOff(uint256 seed) external story(seed) {
        uint256 i = _pickOpen(2);
        Entry memory e = _entries[i];
        IPolicyManager.Takeover memory t;
        t.miner = _miner();
        t.operator = net.registry.operatorOf(t.miner);
        if (t.operator == address(0)) t.operator = vm.addr(FIRST_OPERATOR_KEY);
        t.deadline = clock;
        uint256 fee = e.rate * (e.end - period() - 1);
        uint256 share = Math.ceilDiv((e.collateral / GRAIN) * fee, e.rate * (e.end - e.start)) * GRAIN;
        uint256 least = Math.max(share, rules.minCollateral);
        t.collateral = _grains(least, 2 * least);
        if (_chance(10)) t.collateral = least - GRAIN;
        else if (_chance(40)) t.collateral = share;

        bool fits = t.collateral >= least && !_isIn(e.policy, t.miner) && _isLast(e.policy, 159);
        fits = fits && _allows(t.miner, t.operator, t.collateral, fee, t.collateral + fee, e.end);
        _handOff(i, t, fits, fee);
    }

    function _handOff(uint256 i, IPolicyManager.Takeover memory t, bool fits, uint256 fee) internal {
        Entry storage e = _entries[i];
        Policy storage p = _policies[e.policy];
        t.acceptance = _signTakeover(p.id, e.index, e.end, t);
        if (!p.handOff && _chance(90)) t.consent = _signConsent(p.owner, p.id, e.index, t.miner);
        else fits = fits && p.handOff;
        (bool done, bytes memory answer) = _call(
            e.miner,
            abi.encodeCall(net.policies.handOff, (_termsOf(e.policy), e.index, t))
        );
        require(done == fits, fits ? "a hand-off was refused" : "a hand-off went against the rules");
        if (_counted(done, "hand-off")) return;

        uint256 newIndex = abi.decode(answer, (uint256));
        (e.closed, e.handedOff, e.stop, e.passedOn) = (true, true, period() + 1, fee);
        _enter(e.policy, newIndex, t.miner, t.operator, e.rate, t.collateral);
        require(_isLast(e.policy, newIndex), "a hand-off got another index than the next");
    }

    function _isIn(uint256 policy, address miner) internal view returns (bool) {
        for (uint256 k; k < _entries.length; ++k) {
            if (_entries[k].policy == policy && _entries[k].miner == miner) return true;
        }
        return false;
    }

    /// @dev Whether no arrangement of the policy has a higher index.
    function _isLast(uint256 policy, uint256 index) internal view returns (bool) {
        for (uint256 k; k < _entries.length; ++k) {
            if (_entries[k].policy == policy && _entries[k].index > index) return false;
        }
        return true;
    }

    /* VERDICTS */

    /// @dev Against any arrangement there ever was, the later ones rather.
    function convict(uint256 seed) external story(seed) {
        vm.assume(_entries.length > 0);
        uint256 last = _entries.length - 1;
        _convict(_random(_chance(70) ? last - Math.min(last, 8) : 0, last), _chance(60));
    }

    /// @dev One arrangement, both kinds; the second must change nothing whatever it is.
    function convictTwice(uint256 seed) external story(seed) {
        uint256 i = _pickOpen(0);
        bool leaked = _chance(50);
        _convict(i, leaked);
        _convict(i, !leaked);
    }

    struct Before {
        uint256 fees;
        uint256 stake;
        uint256 held;
        uint256 finder;
        uint256 supply;
        uint256 refund;
    }

    function _convict(uint256 i, bool leaked) internal {
        Entry storage e = _entries[i];
        Terms memory terms = _termsOf(e.policy);
        address finder = _chance(70) ? people[MINERS + 4] : _anybody();
        net.escrow.advance(stakes.maxCatchUp);
        Before memory before = _standNow(e.miner, finder, terms.payer);
        bool inTime = isInTime(i, leaked);
        (bool done, bytes memory answer) = address(net.challenges).call(
            abi.encodeCall(net.challenges.convict, (net.policies, terms, e.index, leaked, finder))
        );
        require(done == inTime, inTime ? "somebody liable was not convicted" : "a verdict came that may not");
        bool first = !e.convicted;
        if (
            _counted(
                done,
                !first
                    ? bytes32("again")
                    : leaked
                        ? bytes32("leak")
                        : bytes32("wrong")
            )
        ) return;

        (bytes32 id, IPolicyManager.Standing memory s, uint256 share) = abi.decode(
            answer,
            (bytes32, IPolicyManager.Standing, uint256)
        );
        if (first) _enterVerdict(i, leaked);
        require(id == _policies[e.policy].id, "a verdict is about another policy");
        require(s.miner == e.miner && s.operator == e.operator, "a verdict is about somebody else");
        require(s.collateral == e.collateral && s.stop == e.stop, "a verdict is about something else");
        require(s.convicted && !s.open, "a verdict leaves an arrangement as it was");
        if (first) _checkVerdict(i, leaked, share, before, finder);
        else _checkNothing(share, before, _standNow(e.miner, finder, terms.payer));
    }

    function _standNow(address miner, address finder, address payer) internal view returns (Before memory) {
        return
            Before(
                net.policies.claimableFees(miner),
                locksSum(miner),
                net.token.balanceOf(address(net.policies)),
                net.token.balanceOf(finder),
                net.token.totalSupply(),
                net.policies.refundOf(payer)
            );
    }

    function _checkNothing(uint256 share, Before memory before, Before memory present) internal pure {
        require(share == 0, "5: a second verdict paid somebody");
        bytes32 same = keccak256(abi.encode(before));
        require(keccak256(abi.encode(present)) == same, "3, 5: a second verdict changed something");
    }

    /// @dev What a verdict does, by the rules: closes, takes what is held or would be held, or frees it.
    function _enterVerdict(uint256 i, bool leaked) internal {
        Entry storage e = _entries[i];
        e.convicted = true;
        bool wasOpen = !e.closed && e.end > period();
        if (wasOpen) {
            _closeEntry(i);
            if (!leaked) (e.refunded, e.held) = (e.refunded + e.held, 0);
        }
        if (leaked && e.held != 0) (e.burned, e.held) = (e.held, 0);
        e.closed = true;
    }

    function _checkVerdict(uint256 i, bool leaked, uint256 told, Before memory before, address finder) internal {
        Entry storage e = _entries[i];
        uint256 earned = earnedBy(i);
        uint256 fromFees = Math.min(before.fees, earned);
        require(before.fees - net.policies.claimableFees(e.miner) == fromFees, "5: a verdict takes other fees");
        uint256 share = leaked ? (earned * rules.leakPercent) / 100 : (e.collateral * rules.finderPercent) / 100;
        require(told == share, "5: the challenger gets another share");

        uint256 fromStake = e.collateral + earned - fromFees;
        require(locksSum(e.miner) + fromStake == before.stake, "3: a verdict seized less than it asked for");
        require(net.token.balanceOf(finder) == before.finder + share, "5: a challenger was paid another amount");
        uint256 gone = before.held - net.token.balanceOf(address(net.policies));
        require(gone == fromFees + e.burned, "5: another amount left the policies");
        uint256 burned = before.supply - net.token.totalSupply();
        require(burned + share >= e.collateral + earned + e.burned, "5: a verdict burned too little");
        feesGone[e.miner] += fromFees;
        _seized(i, fromStake);
    }

    /// @notice Everybody who is liable is convicted, of what each is liable for: all of it must be there.
    /// @dev Not one of the calls that forge makes.
    function convictAll() external {
        vm.warp(clock);
        while (period() > net.escrow.openPeriod()) net.escrow.advance(stakes.maxCatchUp);
        for (uint256 i; i < _entries.length; ++i) if (isLiable(i, i % 2 == 0)) _convict(i, i % 2 == 0);
    }

    function _seized(uint256 i, uint256 amount) internal {
        _entries[i].seized += amount;
        stakeOf[_entries[i].miner] -= amount;
    }

    /* PAYING OUT */

    function claimFees(uint256 seed) external story(seed) {
        address miner = _chance(95) ? _miner() : _anybody();
        uint256 due = unclaimedBy(miner);
        uint256 balance = net.token.balanceOf(miner);
        (bool done, bytes memory answer) = _call(miner, abi.encodeCall(net.policies.claimFees, ()));
        require(done == (due > 0), "5: a claim of fees went wrong");
        if (_counted(done, "claim")) return;
        require(abi.decode(answer, (uint256)) == due, "5: a claim paid another amount");
        require(net.token.balanceOf(miner) == balance + due, "5: claimed fees did not arrive");
        feesGone[miner] += due;
    }

    function settle(uint256 seed) external story(seed) {
        (bool done, ) = _call(_anybody(), abi.encodeCall(net.policies.settle, (_miner(), _random(0, 20))));
        require(done, "settling was refused");
    }

    function takeRefund(uint256 seed) external story(seed) {
        address payer = _chance(70) ? people[_random(MINERS + 2, MINERS + 3)] : _anybody();
        uint256 due = refundDue(payer);
        uint256 balance = net.token.balanceOf(payer);
        (bool done, ) = _call(payer, abi.encodeCall(net.policies.takeRefund, ()));
        require(done == (due > 0), "5: a refund went wrong");
        if (_counted(done, "refund")) return;
        require(net.token.balanceOf(payer) == balance + due, "5: a refund was another amount");
        refundsTaken[payer] += due;
    }

    function takeHeldRefund(uint256 seed) external story(seed) {
        vm.assume(_entries.length > 0);
        uint256 i = _random(0, _entries.length - 1);
        for (uint256 k; k < _entries.length && _entries[i].held == 0; ++k) i = (i + 1) % _entries.length;
        (address payer, uint256 heldUntil) = (_payerOf(i), _entries[i].heldUntil);
        if (_chance(10)) payer = _anybody();
        uint256 due = period() < heldUntil ? 0 : heldDue(payer, heldUntil);
        uint256 balance = net.token.balanceOf(payer);
        (bool done, ) = _call(payer, abi.encodeCall(net.policies.takeHeldRefund, (heldUntil)));
        require(done == (due > 0), "5: a held refund went wrong");
        if (_counted(done, "held refund")) return;
        require(net.token.balanceOf(payer) == balance + due, "5: a held refund was another amount");
        for (uint256 k; k < _entries.length; ++k) {
            if (_payerOf(k) == payer && _entries[k].heldUntil == heldUntil) _entries[k].heldTaken = true;
        }
    }

    function donate(uint256 seed) external story(seed) {
        uint256 amount = _random(0, NKMS);
        vm.prank(_anybody());
        net.token.transfer(address(net.policies), amount);
        donated += amount;
    }

    /* WHAT NOBODY MAY */

    /// @dev Everybody tries to close, pass on or judge what is not theirs.
    function hostile(uint256 seed) external story(seed) {
        uint256 i = _pickOpen(1);
        Entry storage e = _entries[i];
        Policy storage p = _policies[e.policy];
        Terms memory terms = _termsOf(e.policy);
        address villain =
            _chance(50)
                ? p.payer
                : _chance(50)
                    ? e.operator
                    : _anybody();
        if (villain != p.owner) {
            _refused(villain, abi.encodeCall(net.policies.revoke, (terms, e.index)), "somebody else revoked");
            bytes memory forged = _signRevocation(p.owner, p.id, e.index ^ 1);
            bytes memory data = abi.encodeCall(net.policies.revokeBySignature, (terms, e.index, clock, forged));
            _refused(villain, data, "a signature revoked something else");
            data = abi.encodeCall(net.policies.revokeBySignature, (terms, ALL, clock, forged));
            _refused(villain, data, "a signature for one revoked all");
        }
        if (villain != e.miner) {
            _refused(villain, abi.encodeCall(net.policies.resign, (terms, e.index)), "somebody else resigned");
        }
        bytes memory verdict = abi.encodeCall(net.policies.convict, (terms, e.index, true, villain));
        _refused(villain, verdict, "somebody convicted without being asked");
        _refused(villain, abi.encodeCall(net.policies.wire, (villain)), "somebody wired the policies again");
        terms.rate -= 1;
        _refused(p.owner, abi.encodeCall(net.policies.revoke, (terms, e.index)), "other terms were good too");
    }

    /* CALLS */

    function _counted(bool done, bytes32 what) internal returns (bool refused) {
        if (!done) ++times["refused"];
        else ++times[what];
        return !done;
    }

    /// @notice The calls that forge may make, the more important ones several times.
    function calls() external pure returns (bytes4[] memory list) {
        bytes4[26] memory all = [
            this.create.selector,
            this.create.selector,
            this.create.selector,
            this.create.selector,
            this.renew.selector,
            this.renew.selector,
            this.revoke.selector,
            this.revokeBySignature.selector,
            this.resign.selector,
            this.handOff.selector,
            this.handOff.selector,
            this.handOff.selector,
            this.convict.selector,
            this.revoke.selector,
            this.convictTwice.selector,
            this.claimFees.selector,
            this.settle.selector,
            this.takeRefund.selector,
            this.takeHeldRefund.selector,
            this.donate.selector,
            this.hostile.selector,
            this.lock.selector,
            this.lock.selector,
            this.extend.selector,
            this.roll.selector,
            this.giveNotice.selector
        ];
        bytes4[7] memory rest = [
            this.withdraw.selector,
            this.pauseOrResume.selector,
            this.setPledge.selector,
            this.bond.selector,
            this.advance.selector,
            this.wait.selector,
            this.idle.selector
        ];
        list = new bytes4[](all.length + rest.length);
        for (uint256 i; i < all.length; ++i) list[i] = all[i];
        for (uint256 i; i < rest.length; ++i) list[all.length + i] = rest[i];
    }
}
