// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fault} from "../../../contracts/libraries/UmbralProof.sol";
import {IChallengeManager} from "../../../contracts/interfaces/IChallengeManager.sol";
import {ICanaryBounty} from "../../../contracts/interfaces/ICanaryBounty.sol";
import {IPolicyManager} from "../../../contracts/interfaces/IPolicyManager.sol";
import {Arrangement, Terms} from "../../../contracts/libraries/PolicyTerms.sol";
import {AnswerSamples, Sample} from "../AnswerSamples.sol";
import {ChallengeNetwork} from "../ChallengeFixture.sol";
import {vm} from "../Vm.sol";

/// @title ChallengeHandler
/// @notice Challengers, three miners with real fragments, and books of every bond and bounty. Miner 0 is honest: it signs
/// right answers, and its secret never gets out. The others sign anything and lose
/// their keys. Of each call these books know beforehand whether it must succeed.
contract ChallengeHandler {
    uint256 internal constant NKMS = 1e18;
    uint256 internal constant PERIOD = 1 hours;
    uint256 internal constant FIRST_KEY = 8_000;
    uint256 internal constant FIRST_OPERATOR_KEY = 8_100;
    uint256 internal constant CANARY_KEY = 80_200;
    uint256 internal constant PAYER_KEY = 80_300;
    uint256 internal constant PERIODS = 8;
    uint256 internal constant WINDOW = 1;
    uint256 internal constant RATE = 2 * NKMS;
    uint256 internal constant COLLATERAL = 10 * NKMS;
    address internal constant NOBODY = address(0);

    uint256 public constant MINERS = 3;
    uint256 public constant CHALLENGERS = 4;

    enum State {
        Open,
        Founded,
        Taken,
        Burned
    }

    /// @notice A commitment, and the evidence behind it.
    struct Entry {
        address challenger;
        bytes32 hash;
        bytes32 salt;
        uint256 policy;
        uint256 index;
        bool leaked;
        bool good; // whether the evidence proves something
        Fault fault;
        uint256 madeAt;
        State state;
    }

    struct Bounty {
        uint256 amount;
        uint256 end;
        uint256 key;
        address poster;
        bool gone;
    }

    ChallengeNetwork internal net;
    uint256 private immutable SALT;
    uint256 private _entropy;
    uint256 private _salts;

    /// @notice block.timestamp and block.number of the story.
    uint256 public clock;
    uint256 public height;

    address[] public miners;
    address[] public challengers;
    uint256[] private _operatorKeys; // of the miners, as they are bonded now
    uint256 private _nextKey = FIRST_OPERATOR_KEY;
    address private immutable PAYER;

    bytes[] private _terms;
    uint256[] private _ends;
    mapping(uint256 policy => uint256[]) private _keys; // that accepted
    mapping(uint256 policy => mapping(uint256 index => bool)) public convicted;
    mapping(uint256 policy => mapping(uint256 index => uint256)) private _stops;

    Entry[] private _entries;
    /// @dev Whoever has copied a commitment does not copy it again, also when the first bond is gone.
    mapping(address rival => mapping(bytes32 commitment => bool)) private _hasCopied;
    Bounty[] private _bounties;
    /// @notice Bonds that went to the zero address, wei.
    uint256 public burned;
    mapping(bytes32 what => uint256) public times;

    constructor(ChallengeNetwork memory network, uint256 salt) {
        (net, SALT) = (network, salt);
        (clock, height) = (block.timestamp, 1_000);
        PAYER = vm.addr(PAYER_KEY);
        for (uint256 i; i < MINERS; ++i) {
            miners.push(vm.addr(FIRST_KEY + i));
            for (uint256 k = i; k > 0 && miners[k - 1] > miners[k]; --k) {
                (miners[k - 1], miners[k]) = (miners[k], miners[k - 1]);
            }
        }
        for (uint256 i; i < CHALLENGERS; ++i) challengers.push(address(uint160(0xC0FFEE00 + i)));
    }

    function payer() external view returns (address) {
        return PAYER;
    }

    /// @notice The beginning of every story: stakes, operators, pledges, two policies, a commitment and a
    /// bounty.
    /// @dev Not one of the calls that forge makes.
    function begin() external {
        for (uint256 i; i < MINERS; ++i) {
            vm.prank(miners[i]);
            net.token.approve(address(net.escrow), type(uint256).max);
            vm.prank(miners[i]);
            net.escrow.lock(50_000 * NKMS, 3_000);
            vm.prank(miners[i]);
            net.registry.setPledge(type(uint96).max, 100);
            _operatorKeys.push(0);
            _bond(i);
        }
        vm.prank(PAYER);
        net.token.approve(address(net.policies), type(uint256).max);
        for (uint256 i; i < CHALLENGERS; ++i) vm.deal(challengers[i], 1_000_000 ether);
        clock += PERIOD;
        vm.warp(clock);
        this.create(0);
        this.create(1);
        this.commit(2);
        this.post(3);
    }

    /* TIME AND CHOICE */

    /// @dev Before each call some blocks pass, now and then a period.
    modifier story(uint256 seed) {
        _entropy = uint256(keccak256(abi.encode(SALT, seed)));
        uint256 blocks = _random(0, 3);
        if (_random(1, 10) == 1) blocks += _random(3, 30);
        height += blocks;
        clock += 12 * blocks;
        if (_random(1, 12) == 1) clock += PERIOD;
        vm.roll(height);
        vm.warp(clock);
        _;
    }

    function _random(uint256 least, uint256 most) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return least + (_entropy % (most - least + 1));
    }

    function period() public view returns (uint256) {
        return clock / PERIOD;
    }

    function _challenger() internal returns (address) {
        return challengers[_random(0, CHALLENGERS - 1)];
    }

    /* POLICIES */

    /// @notice One more policy, of all three miners, with the same fragments.
    function create(uint256 seed) external story(seed) {
        Terms memory terms;
        (terms.owner, terms.payer) = (PAYER, PAYER);
        (terms.periods, terms.deadline, terms.rate, terms.collateral) = (PERIODS, clock, RATE, COLLATERAL);
        terms.salt = bytes32(++_salts);
        terms.arrangements = new Arrangement[](MINERS);
        for (uint256 i; i < MINERS; ++i) {
            terms.arrangements[i] = Arrangement(
                miners[i],
                vm.addr(_operatorKeys[i]),
                keccak256(AnswerSamples.sample(i).kfrag)
            );
        }
        bytes32 id = net.policies.policyId(terms);
        bytes[] memory acceptances = new bytes[](MINERS);
        for (uint256 i; i < MINERS; ++i) acceptances[i] = _sign(_operatorKeys[i], id);
        vm.prank(PAYER);
        net.policies.create(terms, acceptances);
        _keys[_terms.length] = _operatorKeys;
        _terms.push(abi.encode(terms));
        _ends.push(period() + 1 + PERIODS);
        ++times["create"];
    }

    /// @notice The owner closes a whole policy; what was served stays at stake through the window.
    function revoke(uint256 seed) external story(seed) {
        uint256 policy = _random(0, _terms.length - 1);
        vm.prank(PAYER);
        try net.policies.revoke(_termsOf(policy), type(uint256).max) {
            for (uint256 i; i < MINERS; ++i) {
                if (_stops[policy][i] == 0) _stops[policy][i] = period() + 1;
            }
            ++times["revoke"];
        } catch {
            ++times["revoke refused"];
        }
    }

    /// @notice Some miner changes its operator; a period passes, so that the new one counts.
    function rotate(uint256 seed) external story(seed) {
        uint256 i = _random(0, MINERS - 1);
        vm.prank(miners[i]);
        net.registry.unbondOperator();
        _bond(i);
        clock += PERIOD;
        vm.warp(clock);
        ++times["rotate"];
    }

    function _termsOf(uint256 policy) internal view returns (Terms memory) {
        return abi.decode(_terms[policy], (Terms));
    }

    /// @dev Whether evidence counts in this period. After a verdict: until where it would have.
    function _counts(uint256 policy, uint256 index) internal view returns (bool) {
        uint256 stop = _stops[policy][index];
        if (stop == 0) stop = _ends[policy];
        return period() <= stop + WINDOW;
    }

    /* EVIDENCE */

    /// @dev What node `index` answered, and the hint of the fault. The honest node's is right, whatever is said of it.
    function _answer(
        uint256 policy,
        uint256 index,
        Fault fault
    ) internal view returns (IChallengeManager.Answer memory answer, uint256[3] memory hint, uint256 y) {
        Sample memory s = AnswerSamples.sample(index);
        (answer.capsule, answer.cfrag, y) = (s.capsule, s.honest, s.capsuleY);
        if (fault >= Fault.EquationE && fault <= Fault.EquationU) {
            uint256 k = uint8(fault) - uint8(Fault.EquationE);
            hint = index == 0 ? s.hints[k] : s.wrongHints[k];
            if (index != 0) answer.cfrag = s.wrong[k];
        } else if (index != 0) {
            answer.cfrag = _spoiled(s.honest, fault);
        }
        answer.receipt = _receipt(policy, index, answer);
    }

    function _receipt(
        uint256 policy,
        uint256 index,
        IChallengeManager.Answer memory answer
    ) internal view returns (bytes memory) {
        bytes32 digest = net.challenges.receiptDigest(
            net.policies.policyId(_termsOf(policy)),
            index,
            keccak256(answer.capsule),
            keccak256(answer.cfrag)
        );
        return _sign(_keys[policy][index], digest);
    }

    /// @dev The cfrag with a fault that needs no arithmetic; as it is for faults that are none.
    function _spoiled(bytes memory cfrag, Fault fault) internal pure returns (bytes memory) {
        if (fault == Fault.Length) return bytes.concat(cfrag, hex"00");
        if (fault == Fault.PointE1) cfrag[0] = 0x04;
        else if (fault == Fault.PointV1) cfrag[33] = 0x00;
        else if (fault == Fault.PointE2) _fill(cfrag, 132, 32, 0xff);
        else if (fault == Fault.PointV2) _fill(cfrag, 165, 32, 0x00);
        else if (fault == Fault.PointU2) _fill(cfrag, 231, 32, 0xff);
        else if (fault == Fault.ScalarZ) _fill(cfrag, 263, 32, 0xff);
        else if (fault == Fault.Kfrag) cfrag[358] ^= 0x01;
        return cfrag;
    }

    function _fill(bytes memory data, uint256 from, uint256 length, bytes1 value) internal pure {
        for (uint256 i = from; i < from + length; ++i) data[i] = value;
    }

    function _isProvable(Fault fault) internal pure returns (bool) {
        return fault != Fault.None && fault != Fault.Leak;
    }

    function _leak(uint256 index) internal pure returns (IChallengeManager.LeakedKey memory leak) {
        Sample memory s = AnswerSamples.sample(index);
        leak = IChallengeManager.LeakedKey(s.secret, s.commitmentY, s.kfrag);
        if (index == 0) leak.secret ^= 1; // nobody knows it
    }

    /* COMMITMENTS */

    function commit(uint256 seed) external story(seed) {
        Entry memory e;
        e.challenger = _challenger();
        e.policy = _random(_terms.length - 2, _terms.length - 1);
        e.index = _random(0, MINERS - 1);
        e.leaked = _random(1, 4) == 1;
        e.fault = e.leaked ? Fault.Leak : Fault(_random(0, uint8(Fault.Leak)));
        e.salt = bytes32(++_salts);
        e.good = e.index != 0 && (e.leaked || _isProvable(e.fault));
        e.madeAt = height;
        bytes32 id = net.policies.policyId(_termsOf(e.policy));
        bytes32 evidence;
        if (e.leaked) evidence = net.challenges.evidenceOfKey(_leak(e.index).secret);
        else {
            (IChallengeManager.Answer memory answer, , ) = _answer(e.policy, e.index, e.fault);
            evidence = net.challenges.evidenceOfAnswer(id, e.index, answer);
        }
        e.hash = net.challenges.commitmentFor(e.challenger, id, e.index, evidence, e.salt);
        uint256 bond = net.challenges.BOND();
        vm.prank(e.challenger);
        net.challenges.commit{value: bond}(e.hash);
        _entries.push(e);
        ++times["commit"];
        vm.prank(e.challenger);
        (bool again, ) = address(net.challenges).call{value: bond}(abi.encodeCall(net.challenges.commit, (e.hash)));
        require(!again, "9: a commitment was made twice");
        vm.prank(e.challenger);
        (again, ) = address(net.challenges).call{value: bond - 1}(
            abi.encodeCall(net.challenges.commit, (bytes32(++_salts)))
        );
        require(!again, "9: a commitment was made for less than the bond");
    }

    /// @notice A rival puts a bond on the hash that another committed to.
    function copyCommitment(uint256 seed) external story(seed) {
        Entry memory e = _entries[_pick(State.Open, 2)];
        address rival = _challenger();
        if (!e.good || rival == e.challenger || _hasCopied[rival][e.hash]) return;
        _hasCopied[rival][e.hash] = true;
        vm.prank(rival);
        net.challenges.commit{value: 0.05 ether}(e.hash);
        (e.challenger, e.good, e.madeAt, e.state) = (rival, false, height, State.Open);
        _entries.push(e);
        ++times["copy"];
        if (_random(1, 2) == 1) return;
        height += net.challenges.MIN_AGE();
        vm.roll(height);
        (bool done, ) = _reveal(e, rival);
        require(!done, "9: a copied commitment counted");
    }

    /// @notice Somebody reveals one of the latest commitments: mostly its challenger, at any age.
    function reveal(uint256 seed) external story(seed) {
        uint256 i = _random(1, 4) == 1 ? _pick(State.Open, 5) : _pickGood();
        Entry memory e = _entries[i];
        if (_random(1, 2) == 1 && height < e.madeAt + net.challenges.MIN_AGE()) {
            height = e.madeAt + net.challenges.MIN_AGE();
            vm.roll(height);
        }
        // The challenger of a copied commitment is another than the evidence's own.
        address sender = e.good && _random(1, 8) == 1 ? _challenger() : e.challenger;
        uint256 age = height - e.madeAt;
        bool ripe = age >= net.challenges.MIN_AGE() && age <= net.challenges.MAX_AGE();
        bool founded = e.good && ripe && e.state == State.Open && sender == e.challenger && _counts(e.policy, e.index);
        uint256 purse = net.token.balanceOf(sender);

        (bool done, uint256 reward) = _reveal(e, sender);
        require(done || !founded, "9: a founded reveal was refused");
        require(founded || !done, "9: a reveal convicted without reason");
        ++times[done ? bytes32("reveal") : bytes32("reveal refused")];
        if (!done) return;
        bool first = !convicted[e.policy][e.index];
        require(first || reward == 0, "9: a second verdict paid");
        require(net.token.balanceOf(sender) == purse + reward, "9: another reward was paid");
        if (first) {
            ++times["verdict"];
            if (_stops[e.policy][e.index] == 0 && period() + 1 < _ends[e.policy]) {
                _stops[e.policy][e.index] = period() + 1;
            }
            if (!e.leaked) require(reward == (COLLATERAL * 20) / 100, "9: another share was paid");
        }
        convicted[e.policy][e.index] = true;
        _entries[i].state = State.Founded;
    }

    function _reveal(Entry memory e, address sender) internal returns (bool done, uint256 reward) {
        Proof memory p;
        if (e.leaked) p.leak = _leak(e.index);
        else (p.answer, p.hint, p.capsuleY) = _answer(e.policy, e.index, e.fault);
        bytes memory data = _data(e, p);
        bytes memory answer;
        vm.prank(sender);
        (done, answer) = address(net.challenges).call(data);
        if (done) reward = abi.decode(answer, (uint256));
    }

    /// @notice What is revealed: one of the two.
    struct Proof {
        IChallengeManager.Answer answer;
        uint256[3] hint;
        uint256 capsuleY;
        IChallengeManager.LeakedKey leak;
    }

    /// @notice Everything that could be said against the honest node, with a commitment of the right age.
    function frame(uint256 seed) external story(seed) {
        Entry memory e;
        (e.challenger, e.policy, e.salt, e.madeAt) = (_challenger(), _terms.length - 1, bytes32(++_salts), height);
        (e.fault, e.leaked) = (Fault(_random(0, uint8(Fault.Leak))), _random(1, 4) == 1);
        Proof memory proof = _framed(e);
        bytes32 id = net.policies.policyId(_termsOf(e.policy));
        bytes32 evidence =
            e.leaked
                ? net.challenges.evidenceOfKey(proof.leak.secret)
                : net.challenges.evidenceOfAnswer(id, 0, proof.answer);
        e.hash = net.challenges.commitmentFor(e.challenger, id, 0, evidence, e.salt);
        vm.prank(e.challenger);
        net.challenges.commit{value: 0.05 ether}(e.hash);
        _entries.push(e);
        height += net.challenges.MIN_AGE();
        vm.roll(height);

        bytes memory data = _data(e, proof);
        vm.prank(e.challenger);
        (bool done, ) = address(net.challenges).call(data);
        require(!done, "9: an honest node was convicted");
        ++times["frame refused"];
    }

    function _data(Entry memory e, Proof memory p) internal view returns (bytes memory) {
        Terms memory terms = _termsOf(e.policy);
        if (e.leaked) return abi.encodeCall(net.challenges.revealLeakedKey, (terms, e.index, p.leak, e.salt));
        return
            abi.encodeCall(
                net.challenges.revealWrongAnswer,
                (terms, e.index, p.answer, e.fault, p.capsuleY, p.hint, e.salt)
            );
    }

    function _framed(Entry memory e) internal returns (Proof memory p) {
        (p.answer, p.hint, p.capsuleY) = _answer(e.policy, 0, e.fault);
        p.leak = _leak(_random(0, 1)); // a secret that is none, or another fragment and its secret
        uint256 kind = _random(0, 6);
        if (kind == 0) p.answer.cfrag = AnswerSamples.sample(0).wrong[0];
        else if (kind == 1) p.answer.capsule[_random(0, 97)] ^= bytes1(uint8(_random(1, 255)));
        else if (kind == 2) p.answer.cfrag = _spoiled(p.answer.cfrag, e.fault);
        else if (kind == 3) p.hint[_random(0, 2)] = _random(1, type(uint256).max);
        else if (kind == 4) (p.answer, p.hint, p.capsuleY) = _answer(e.policy, 1, e.fault);
        else if (kind == 5) {
            // What it was asked is no capsule: whatever it signed then.
            p.answer.capsule[97] ^= 0x01;
            (p.answer.cfrag, e.fault) = (hex"00", Fault.Length);
            p.answer.receipt = _receipt(e.policy, 0, p.answer);
        }
    }

    function takeBond(uint256 seed) external story(seed) {
        uint256 i = _pick(State.Founded, 20);
        Entry storage e = _entries[i];
        address sender = _random(1, 8) == 1 ? _challenger() : e.challenger;
        uint256 purse = sender.balance;
        bytes memory data = abi.encodeCall(net.challenges.takeBond, (e.hash));
        vm.prank(sender);
        (bool done, ) = address(net.challenges).call(data);
        bool may = e.state == State.Founded && sender == e.challenger;
        require(done == may, done ? "9: a bond went back without a founded reveal" : "9: a bond was kept");
        ++times[done ? bytes32("take") : bytes32("take refused")];
        if (!done) return;
        require(sender.balance == purse + 0.05 ether, "9: another bond went back");
        e.state = State.Taken;
    }

    function burnBond(uint256 seed) external story(seed) {
        uint256 i = _pick(State.Open, _random(1, 3) == 1 ? 0 : 50);
        Entry storage e = _entries[i];
        uint256 before = NOBODY.balance;
        bool may = e.state == State.Open && height > e.madeAt + net.challenges.MAX_AGE();
        address sender = _challenger();
        bytes memory data = abi.encodeCall(net.challenges.burnBond, (e.challenger, e.hash));
        vm.prank(sender);
        (bool done, ) = address(net.challenges).call(data);
        require(done == may, done ? "9: a bond was burned too early" : "9: an old bond was not burned");
        ++times[done ? bytes32("burn") : bytes32("burn refused")];
        if (!done) return;
        require(NOBODY.balance == before + 0.05 ether, "9: another bond was burned");
        burned += 0.05 ether;
        e.state = State.Burned;
    }

    /// @dev One of the two latest that prove something and are open; else the first.
    function _pickGood() internal returns (uint256 i) {
        uint256 back = _random(0, 1);
        for (uint256 k = _entries.length; k > 0; --k) {
            if (_entries[k - 1].state != State.Open || !_entries[k - 1].good) continue;
            i = k - 1;
            if (back == 0) return i;
            --back;
        }
    }

    /// @dev Mostly one in that state, of the latest ones or the next before them; else any, or the first.
    function _pick(State wanted, uint256 latest) internal returns (uint256 i) {
        if (_random(1, 12) == 1) return _random(0, _entries.length - 1);
        uint256 back = _random(0, latest);
        for (uint256 k = _entries.length; k > 0; --k) {
            if (_entries[k - 1].state != wanted) continue;
            i = k - 1;
            if (back == 0) return i;
            --back;
        }
    }

    /* CANARIES */

    function post(uint256 seed) external story(seed) {
        uint256 key = CANARY_KEY + _random(0, 3);
        uint256 amount = _random(1, 1 ether);
        uint256 end = clock + _random(1, 12 * PERIOD);
        address poster = _challenger();
        vm.prank(poster);
        uint256 id = net.bounties.post{value: amount}(vm.addr(key), end);
        _bounties.push(Bounty(amount, end, key, poster, false));
        require(id == _bounties.length, "9: a bounty has another number");
        ++times["post"];
    }

    function claim(uint256 seed) external story(seed) {
        uint256 id = _random(_bounties.length > 3 ? _bounties.length - 3 : 1, _bounties.length);
        Bounty storage b = _bounties[id - 1];
        address recipient = address(uint160(uint256(keccak256(abi.encode(seed)))));
        uint256 purse = recipient.balance; // the same seed may come again
        bool wrongKey = _random(1, 4) == 1;
        bytes memory signature = _claimSignature(wrongKey ? b.key + 1 : b.key, id, recipient);
        (bool done, ) = address(net.bounties).call(abi.encodeCall(net.bounties.claim, (id, recipient, signature)));
        bool may = !b.gone && !wrongKey && clock < b.end;
        require(done == may, done ? "9: a bounty was claimed against the rules" : "9: a claim was refused");
        ++times[done ? bytes32("claim") : bytes32("claim refused")];
        if (!done) return;
        require(recipient.balance == purse + b.amount, "9: a claim paid another amount");
        b.gone = true;
    }

    function takeBack(uint256 seed) external story(seed) {
        uint256 id = _random(1, _bounties.length);
        Bounty storage b = _bounties[id - 1];
        uint256 purse = b.poster.balance;
        (bool done, ) = address(net.bounties).call(abi.encodeCall(net.bounties.takeBack, (id)));
        bool may = !b.gone && clock >= b.end;
        require(done == may, done ? "9: a bounty went back too early" : "9: a bounty was kept");
        ++times[done ? bytes32("take back") : bytes32("take back refused")];
        if (!done) return;
        require(b.poster.balance == purse + b.amount, "9: another bounty went back");
        b.gone = true;
    }

    function _claimSignature(uint256 key, uint256 id, address recipient) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("NKMS CanaryBounty"),
                keccak256("1"),
                block.chainid,
                address(net.bounties)
            )
        );
        bytes32 structHash = keccak256(abi.encode(keccak256("Claim(uint256 bounty,address recipient)"), id, recipient));
        return _sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
    }

    /* WHAT THE BOOKS SAY */

    /// @notice Bonds that are neither taken nor burned.
    function bondsHeld() external view returns (uint256 held) {
        for (uint256 i; i < _entries.length; ++i) {
            if (_entries[i].state < State.Taken) held += 0.05 ether;
        }
    }

    function bountiesHeld() external view returns (uint256 held) {
        for (uint256 i; i < _bounties.length; ++i) if (!_bounties[i].gone) held += _bounties[i].amount;
    }

    function entryCount() external view returns (uint256) {
        return _entries.length;
    }

    function entryAt(uint256 i) external view returns (Entry memory) {
        return _entries[i];
    }

    function policyCount() external view returns (uint256) {
        return _terms.length;
    }

    function standingOf(uint256 policy, uint256 index) external view returns (IPolicyManager.Standing memory) {
        return net.policies.standingOf(_termsOf(policy), index);
    }

    /* SIGNING */

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev A key that nobody has used; it counts from the next period on.
    function _bond(uint256 i) internal {
        uint256 key = _nextKey++;
        address operator = vm.addr(key);
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
        bytes32 structHash = keccak256(abi.encode(typeHash, miners[i], operator, 0, clock));
        bytes memory consent = _sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        vm.prank(miners[i]);
        net.registry.bondOperator(operator, clock, consent);
        _operatorKeys[i] = key;
    }

    /// @notice The calls that forge may make, the more important ones several times.
    function calls() external pure returns (bytes4[] memory list) {
        bytes4[18] memory all = [
            this.commit.selector,
            this.commit.selector,
            this.commit.selector,
            this.commit.selector,
            this.reveal.selector,
            this.reveal.selector,
            this.reveal.selector,
            this.reveal.selector,
            this.frame.selector,
            this.copyCommitment.selector,
            this.rotate.selector,
            this.takeBond.selector,
            this.burnBond.selector,
            this.create.selector,
            this.revoke.selector,
            this.post.selector,
            this.claim.selector,
            this.takeBack.selector
        ];
        list = new bytes4[](all.length);
        for (uint256 i; i < all.length; ++i) list[i] = all[i];
    }
}
