// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {HealthVote} from "../../../contracts/HealthVote.sol";
import {IHealthVote} from "../../../contracts/interfaces/IHealthVote.sol";
import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {KeyedPermutation} from "../../../contracts/libraries/KeyedPermutation.sol";
import {Network} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";
import {NetworkHandler} from "./NetworkHandler.sol";
import {RoundLedger} from "./RoundLedger.sol";

/// @title HealthHandler
/// @notice Rounds of health votes among everything else that happens to stake. Each call makes some step of some round, by
/// somebody who may make it, or one that must be refused. What it does to tokens, pay and pauses is entered in the books.
contract HealthHandler is NetworkHandler, RoundLedger {
    HealthVote internal immutable VOTES;
    IHealthVote.Parameters internal rules;

    /// @dev Nobody has more seats than this that could win.
    uint256 internal constant SEATS_TO_SEE = 1_500;
    uint256 internal constant SECONDS_PER_BLOCK = 60;
    /// @dev No round opens in the first of so many parts of a period.
    uint256 internal constant SETTLING = 64;

    /// @notice block.number of the story.
    uint256 public height = 1_000;

    constructor(
        Network memory network,
        IStakeEscrow.Parameters memory parameters_,
        IHealthVote.Parameters memory rules_,
        uint256 salt
    ) NetworkHandler(network, parameters_, salt) {
        VOTES = HealthVote(address(network.healthVote));
        rules = rules_;
    }

    /// @notice All miners have stake and an operator that counts.
    function begin() external override {
        for (uint256 i; i < MINERS; ++i) {
            uint256 amount = (parameters.minStake * (4 + i)) / 2;
            vm.prank(people[i]);
            uint256 number = net.escrow.lock(amount, parameters.longestLock - i);
            _entered(people[i], number, amount);
        }
        for (uint256 i; i < MINERS; ++i) _bond(people[i], FIRST_OPERATOR_KEY + i);
        _passPeriods(1);
        _closeAll();
        _passPeriods(1);
    }

    function calls() external pure override returns (bytes4[] memory list) {
        list = _append(new bytes4[](0), _voteCalls(), 8);
        list = _append(list, _stakeCalls(), 1);
        list = _append(list, _payCalls(), 1);
        bytes4[] memory others = new bytes4[](9);
        others[0] = this.slashAnything.selector;
        others[1] = this.employ.selector;
        others[2] = this.unbondOperator.selector;
        others[3] = this.releaseNumber.selector;
        others[4] = this.donateToVotes.selector;
        others[5] = this.hostileRights.selector;
        others[6] = this.employ.selector;
        others[7] = this.employ.selector;
        others[8] = this.leaveAlone.selector;
        list = _append(list, others, 1);
    }

    function _voteCalls() private pure returns (bytes4[] memory list) {
        list = new bytes4[](12);
        for (uint256 i; i < 6; ++i) list[i] = this.goOn.selector;
        list[6] = this.openRound.selector;
        list[7] = this.applyVerdict.selector;
        list[8] = this.resume.selector;
        list[9] = this.reportSilence.selector;
        list[10] = this.claimPay.selector;
        list[11] = this.hostileVotes.selector;
    }

    /* TIME */

    /// @dev Blocks go by, now and then a period; rarely time runs ahead of the blocks, as when a chain stood still.
    function _passTime() internal override {
        uint256 dice = _random(1, 1_000);
        if (dice <= 400) _passBlocks(1);
        else if (dice <= 408) _passBlocks(parameters.period / SECONDS_PER_BLOCK);
        else if (dice <= 412) clock += parameters.period * _random(1, 4);
        vm.roll(height);
    }

    function _passBlocks(uint256 count) internal {
        height += count;
        clock += count * SECONDS_PER_BLOCK;
    }

    /// @dev Now and then nobody does anything until some stake can be withdrawn and numbers can be freed: locks are longer than
    /// what else passes of time in a story.
    function leaveAlone(uint256 seed) external aside(seed) {
        vm.assume(_chance(30));
        (uint256 timestamp, ) = net.escrow.nextUnlock(_miner());
        vm.assume(timestamp > clock);
        _passPeriods(Math.ceilDiv(timestamp - clock, parameters.period));
    }

    /// @dev Time passes, and nothing waits to be closed: so what a call of the votes burns is theirs.
    modifier voting(uint256 seed) {
        _begin(seed);
        _closeAll();
        _;
        require(net.token.totalSupply() == supply(), "1: the votes burned another amount");
    }

    /* OPERATORS */

    /// @dev A free operator goes to the miner without one that has most stake.
    function employ(uint256 seed) external aside(seed) {
        address miner;
        for (uint256 i; i < MINERS; ++i) {
            if (net.registry.bondOf(people[i]).operator != address(0)) continue;
            if (miner == address(0) || accountOf(people[i]).stake > accountOf(miner).stake) miner = people[i];
        }
        for (uint256 i; i < MINERS; ++i) {
            if (net.registry.minerOf(operatorAt(i)) == address(0)) return _bond(miner, FIRST_OPERATOR_KEY + i);
        }
        vm.assume(false);
    }

    /* OPENING */

    /// @dev Mostly when no other goes on: a story has few blocks.
    function openRound(uint256 seed) external acting(seed) {
        vm.assume(roundCount == 0 || _rounds[roundCount].stage >= Stage.Decided || _chance(15));
        if (_chance(10)) _toNextPeriod();
        uint256 size = net.escrow.numbers();
        uint256 pace = Math.sqrt(size, Math.Rounding.Ceil);
        bytes32 randomness = bytes32(_random(0, type(uint256).max - 1));
        vm.prevrandao(randomness);
        uint256 seatsTotal = (16 * _earningNow()) / parameters.minStake;
        (uint256 fromBlock, uint256 fromTime) = _opensFrom(pace);
        bool tooSoon = height < fromBlock || clock < fromTime;
        if (tooSoon || seatsTotal == 0) {
            // Alone it closes nothing: what is closed by the way is undone with it.
            _advanceAll();
            vm.prank(_anybody());
            (bool done, bytes memory answer) = address(VOTES).call(abi.encodeCall(VOTES.openRound, ()));
            require(!done, "6: a round opened that had to be refused");
            bytes memory expected =
                tooSoon
                    ? abi.encodeWithSelector(IHealthVote.HealthVoteTooSoon.selector, fromBlock, fromTime)
                    : abi.encodeWithSelector(IHealthVote.HealthVoteNobody.selector);
            require(keccak256(answer) == keccak256(expected), "a round that may not open was refused otherwise");
            if (clock % parameters.period < parameters.period / SETTLING) ++times["unsettled"];
            return;
        }
        _enterOpening(size, pace, seatsTotal);
        vm.prank(_anybody());
        VOTES.openRound();
        require(VOTES.rounds() == roundCount, "another round opened");
        require(net.token.totalSupply() == supply(), "1: a round that opened burned another amount");
        for (uint256 i; i < MINERS; ++i) {
            _won[roundCount][people[i]] = VOTES.winningSeats(roundCount, people[i], 0, SEATS_TO_SEE);
        }
    }

    /// @dev To the second from which rounds open in the next period, or to the one before.
    function _toNextPeriod() internal {
        clock = (period() + 1) * parameters.period + parameters.period / SETTLING - _random(0, 1);
        vm.warp(clock);
        _catchUp();
        _closeBooks(period());
    }

    /// @dev A part of the period after the last round's, and not the first 64th of that period, or of this one.
    function _opensFrom(uint256 pace) internal view returns (uint256 fromBlock, uint256 fromTime) {
        uint256 slot = parameters.period / pace;
        if (roundCount > 0) {
            fromBlock = _rounds[roundCount].openedBlock + rules.gap;
            fromTime = (_rounds[roundCount].openedAt / slot + 1) * slot;
        }
        uint256 begun = Math.max(fromTime, clock) / parameters.period;
        fromTime = Math.max(fromTime, begun * parameters.period + parameters.period / SETTLING);
    }

    function _earningNow() internal view returns (uint256 sum) {
        for (uint256 i; i < MINERS; ++i) sum += _earningOf(people[i], period());
    }

    function _enterOpening(uint256 size, uint256 pace, uint256 seatsTotal) internal {
        uint256 old = roundCount + 1 > rules.ring ? roundCount + 1 - rules.ring : 0;
        if (old > 0 && _rounds[old].stage < Stage.Decided) burned += _enterVoid(old);
        RoundBook storage round = _rounds[++roundCount];
        (round.openedBlock, round.openedAt, round.period) = (height, clock, period());
        (round.numbers, round.targets) = (size, pace);
        round.wanted = Math.min(seatsTotal, Math.max(pace, rules.minSeats));
        round.budget = Math.min(budget / pace, undrawn);
        round.held = round.budget;
        undrawn -= round.budget;
    }

    /// @dev What earns for a miner in a period, by the records as they are now.
    function _earningOf(address miner, uint256 p) internal view returns (uint256 sum) {
        if (accountOf(miner).paused || p < accountOf(miner).paidUntil) return 0;
        IStakeEscrow.Lock[] memory locks = _locks(miner);
        for (uint256 k; k < locks.length; ++k) if (locks[k].start <= p && p < locks[k].end) sum += locks[k].amount;
    }

    function _seatsOf(uint256 number, address miner) internal view returns (uint256) {
        uint256 earning = _earningOf(miner, _rounds[number].period);
        return earning < parameters.minStake ? 0 : (16 * earning) / parameters.minStake;
    }

    /// @dev Of seats in rising order those that the miner still has.
    function _stillHeld(uint256 number, address miner, uint256[] memory seats) internal view returns (uint256 count) {
        uint256 has = _seatsOf(number, miner);
        while (count < seats.length && seats[count] < has) ++count;
    }

    /* GOING ON WITH A ROUND */

    /// @dev Makes a step of some round that is not over, and lets it go on to its next phase when most is done.
    function goOn(uint256 seed) external voting(seed) {
        uint256 number = _someUnfinished();
        RoundBook storage round = _rounds[number];
        if (height == round.openedBlock) _skipTo(height + 1);
        if (_age(number) <= rules.seedBlocks) {
            if (round.seeds.length == 0 || _chance(25)) return _postSeed(number);
            if (_chance(15)) {
                _skipTo(round.openedBlock + rules.seedBlocks);
                return _postSeed(number);
            }
            _skipTo(round.openedBlock + rules.seedBlocks + 1);
        }
        if (_age(number) <= rules.seedBlocks + rules.commitBlocks) {
            if (round.mix == 0) return _openCommits(number);
            if (!_haveAll(number, true) && _chance(95)) return _commit(number);
            _skipTo(round.openedBlock + rules.seedBlocks + rules.commitBlocks + 1);
        }
        uint256 last = rules.seedBlocks + rules.commitBlocks + rules.revealBlocks;
        if (_age(number) <= last) {
            if (!_haveAll(number, false) && _chance(95)) return _reveal(number);
            _skipTo(round.openedBlock + last + 1);
        }
        _finalize(number, _chance(40) ? 1_000 : _random(0, 4));
    }

    function _age(uint256 number) internal view returns (uint256) {
        return height - _rounds[number].openedBlock;
    }

    /// @dev Whether everybody who could has committed; or has shown what it committed to.
    function _haveAll(uint256 number, bool committed) internal view returns (bool) {
        for (uint256 i; i < MINERS; ++i) {
            Slip storage slip = _slips[number][people[i]];
            if (committed && !slip.made && operatorOf(people[i]) != address(0)) return false;
            if (committed || !slip.open || !slip.valid) continue;
            if (_stillHeld(number, people[i], slip.seats) > 0) return false;
        }
        return true;
    }

    /// @dev One of those that are kept, the older ones too.
    function _someRound() internal returns (uint256) {
        return roundCount - Math.min(roundCount - 1, _random(0, rules.ring - 1));
    }

    /// @dev Mostly the oldest. Discards the call if there is none.
    function _someUnfinished() internal returns (uint256) {
        uint256 first = _chance(80) ? rules.ring - 1 : _random(0, rules.ring - 1);
        for (uint256 i; i < rules.ring; ++i) {
            uint256 age = (first + rules.ring - i) % rules.ring;
            if (age < roundCount && _rounds[roundCount - age].stage < Stage.Decided) return roundCount - age;
        }
        vm.assume(false);
        return 0;
    }

    function _skipTo(uint256 block_) internal {
        if (height < block_) _passBlocks(block_ - height);
        vm.warp(clock);
        vm.roll(height);
        _closeAll();
    }

    function _postSeed(uint256 number) internal {
        (bool found, address voter, uint256[] memory seats) = _someMember(number);
        if (!found) return _skipTo(_rounds[number].openedBlock + rules.seedBlocks + 1);
        RoundBook storage round = _rounds[number];
        if (round.seeds.length >= Math.min(8, seats.length)) return;
        bytes32 posted = keccak256(abi.encode("seed", number, round.seeds.length));
        uint256 seat = seats[round.seeds.length];
        bytes memory data = abi.encodeCall(VOTES.postSeed, (number, voter, seat, keccak256(abi.encode(posted))));
        if (_age(number) > rules.seedBlocks - rules.seedBlocks / 5) {
            _refused(operatorOf(voter), address(VOTES), data, IHealthVote.HealthVoteWrongPhase.selector);
            ++times["lateSeed"];
            return;
        }
        if (_isPosted(number, voter, seat)) {
            vm.prank(operatorOf(voter));
            (bool done, bytes memory answer) = address(VOTES).call(data);
            require(!done && bytes4(answer) == IHealthVote.HealthVoteSeedTwice.selector, "a seat posted two seeds");
            return;
        }
        vm.prank(operatorOf(voter));
        (bool posts, ) = address(VOTES).call(data);
        require(posts, "a seed was refused");
        round.seeds.push(posted);
        round.seats.push(keccak256(abi.encode(voter, seat)));
    }

    function _isPosted(uint256 number, address voter, uint256 seat) internal view returns (bool) {
        bytes32[] storage taken = _rounds[number].seats;
        for (uint256 i; i < taken.length; ++i) if (taken[i] == keccak256(abi.encode(voter, seat))) return true;
        return false;
    }

    /// @dev Somebody with an operator and winning seats.
    function _someMember(uint256 number) internal returns (bool, address, uint256[] memory) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            address voter = people[(first + i) % MINERS];
            uint256[] memory seats = _firstOf(_won[number][voter], _stillHeld(number, voter, _won[number][voter]));
            if (operatorOf(voter) != address(0) && seats.length > 0) return (true, voter, seats);
        }
        return (false, address(0), new uint256[](0));
    }

    function _firstOf(uint256[] memory list, uint256 count) internal pure returns (uint256[] memory some) {
        some = new uint256[](count);
        for (uint256 i; i < count; ++i) some[i] = list[i];
    }

    function _openCommits(uint256 number) internal {
        bytes32 mix = bytes32(_random(0, type(uint256).max - 1));
        vm.prevrandao(mix);
        vm.prank(_anybody());
        VOTES.openCommits(number);
        _rounds[number].mix = mix | bytes32(uint256(1));
    }

    /* COMMITTING */

    /// @dev One voter alone, or many together, some of which can't count.
    function _commit(uint256 number) internal {
        if (_chance(25)) {
            (bool found, address voter) = _someWhoCommits(number, _random(0, MINERS - 1));
            if (!found) return;
            bytes32 commitment = _makeSlip(number, voter);
            vm.prank(operatorOf(voter));
            VOTES.commit(number, voter, commitment);
            _slips[number][voter].made = true;
            ++times["commit"];
            return;
        }
        IHealthVote.SignedCommitment[] memory list = new IHealthVote.SignedCommitment[](MINERS + 2);
        uint256 counting;
        for (uint256 i; i < list.length; ++i) {
            address voter = people[i % MINERS];
            address operator = operatorOf(voter);
            bool counts = operator != address(0) && !_slips[number][voter].made && _chance(85);
            // Else: signed by another, over another round, or a second time.
            if (counts) {
                bytes32 commitment = _makeSlip(number, voter);
                list[i] = _signed(number, voter, commitment, operator);
                _slips[number][voter].made = true;
                ++counting;
            } else if (_chance(50) && operator != address(0)) {
                uint256 other = _slips[number][voter].made ? number : number + _random(1, 100);
                list[i] = _signed(other, voter, bytes32(_random(0, 1 << 255)), operator);
            } else {
                list[i] = _signed(number, voter, bytes32(seedOf(i)), vm.addr(FIRST_KEY + i));
                if (_chance(30)) (list[i].r, list[i].vs) = (0, 0);
            }
        }
        bytes memory data = abi.encodeCall(VOTES.commitFor, (number, list));
        if (counting == 0) {
            _refused(_anybody(), address(VOTES), data, IHealthVote.HealthVoteNothingCounts.selector);
            return;
        }
        vm.prank(_anybody());
        VOTES.commitFor(number, list);
        times["commitFor"] += counting;
    }

    function seedOf(uint256 i) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(i)));
    }

    function _someWhoCommits(uint256 number, uint256 first) internal view returns (bool, address) {
        for (uint256 i; i < MINERS; ++i) {
            address voter = people[(first + i) % MINERS];
            if (operatorOf(voter) != address(0) && !_slips[number][voter].made) return (true, voter);
        }
        return (false, address(0));
    }

    function _signed(
        uint256 number,
        address voter,
        bytes32 commitment,
        address signer
    ) internal view returns (IHealthVote.SignedCommitment memory) {
        bytes32 structHash = keccak256(abi.encode(VOTES.COMMITMENT_TYPEHASH(), number, voter, commitment));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", VOTES.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keyOf(signer), digest);
        return IHealthVote.SignedCommitment(voter, commitment, r, bytes32((uint256(v - 27) << 255) | uint256(s)));
    }

    function _keyOf(address signer) internal view returns (uint256) {
        if (privateKeyOf[signer] != 0) return privateKeyOf[signer];
        for (uint256 i; i < MINERS; ++i) if (operatorAt(i) == signer) return FIRST_OPERATOR_KEY + i;
        revert("a key that nobody has");
    }

    /// @dev Most tell the truth, with all their seats, about the first seed; some hide seats, lie, or break the rules.
    function _makeSlip(uint256 number, address voter) internal returns (bytes32) {
        RoundBook storage round = _rounds[number];
        Slip storage slip = _slips[number][voter];
        (slip.open, slip.valid) = (true, round.seeds.length > 0);
        slip.seed = round.seeds.length == 0 ? bytes32(0) : round.seeds[_chance(95) ? 0 : round.seeds.length - 1];
        slip.salt = bytes32(_random(0, type(uint256).max - 1));
        slip.ballot = _truth(number);
        if (_chance(12)) slip.ballot ^= (1 << round.targets) - 1;
        else if (_chance(15)) slip.ballot = _random(0, (1 << round.targets) - 1);
        uint256[] memory seats = _won[number][voter];
        slip.seats = _chance(90) ? seats : _firstOf(seats, _random(0, seats.length));
        if (_chance(6)) _spoil(round, slip, voter);
        return _commitmentTo(number, voter, slip);
    }

    /// @dev Which targets are ill, unless the round's voters are all mistaken.
    function _truth(uint256 number) internal view returns (uint256) {
        RoundBook storage round = _rounds[number];
        uint256 dice = uint256(keccak256(abi.encode("truth", number, round.mix)));
        return dice % 8 == 0 ? 0 : (dice >> 8) & ((1 << round.targets) - 1);
    }

    function _spoil(RoundBook storage round, Slip storage slip, address voter) internal {
        slip.valid = false;
        uint256 dice = _random(0, 2);
        if (dice == 0) slip.seed = keccak256(abi.encode(voter));
        else if (dice == 1) slip.ballot |= 1 << round.targets;
        else if (slip.seats.length > 0) slip.seats.push(slip.seats[slip.seats.length - 1]);
        else slip.seed = keccak256(abi.encode(voter));
    }

    function _commitmentTo(uint256 number, address voter, Slip storage slip) internal view returns (bytes32) {
        uint256[] memory ballot = new uint256[](1);
        ballot[0] = slip.ballot;
        return keccak256(abi.encode(block.chainid, VOTES, number, voter, slip.seed, ballot, slip.salt, slip.seats));
    }

    /* REVEALING */

    /// @dev Any of the ballots there are, in any order, by anybody; one may be shown twice, or by another salt.
    function _reveal(uint256 number) internal {
        IHealthVote.Reveal[] memory list = new IHealthVote.Reveal[](MINERS);
        uint256 count;
        bool refused;
        uint256 before = _rounds[number].casts.length;
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            address voter = people[(first + i) % MINERS];
            Slip storage slip = _slips[number][voter];
            if (!slip.made || _chance(15)) continue;
            if (!slip.valid && slip.open && _chance(80)) continue;
            list[count] = _shown(voter, slip);
            if (slip.open && _chance(3)) {
                list[count].salt = bytes32(uint256(slip.salt) ^ 1);
                refused = true;
            }
            ++count;
            // Seats stand before seeds in the contract's checks; without a seat nothing else is looked at.
            bool looked = slip.seats.length > 0 && _stillHeld(number, voter, slip.seats) > 0;
            if (slip.open && !slip.valid) refused = refused || looked || slip.ballot >> _rounds[number].targets > 0;
            if (slip.open && !slip.valid && _twice(slip.seats)) refused = true;
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(list, count)
        }
        bytes memory data = abi.encodeCall(VOTES.reveal, (number, list));
        if (!refused) for (uint256 i; i < count; ++i) _enterReveal(number, list[i].voter);
        if (refused || _rounds[number].casts.length == before) {
            vm.prank(_anybody());
            (bool done, ) = address(VOTES).call(data);
            require(!done, "a reveal went through in which nothing counts, or something is wrong");
            ++times["refusedReveal"];
            return;
        }
        vm.prank(_anybody());
        VOTES.reveal(number, list);
        times["reveal"] += _rounds[number].casts.length - before;
    }

    function _twice(uint256[] memory seats) internal pure returns (bool) {
        return seats.length > 1 && seats[seats.length - 1] == seats[seats.length - 2];
    }

    function _shown(address voter, Slip storage slip) internal view returns (IHealthVote.Reveal memory) {
        uint256[] memory ballot = new uint256[](1);
        ballot[0] = slip.ballot;
        return IHealthVote.Reveal(voter, slip.seed, ballot, slip.salt, slip.seats);
    }

    function _enterReveal(uint256 number, address voter) internal {
        RoundBook storage round = _rounds[number];
        Slip storage slip = _slips[number][voter];
        uint256 seats = _stillHeld(number, voter, slip.seats);
        if (!slip.open || seats == 0) return;
        uint256 place;
        while (round.seeds[place] != slip.seed) ++place;
        (slip.open, slip.known) = (false, seats);
        round.casts.push(Cast(voter, place, seats, slip.ballot, _ownTarget(number, voter, slip.seed)));
    }

    function _ownTarget(uint256 number, address voter, bytes32 seed) internal view returns (uint256) {
        RoundBook storage round = _rounds[number];
        uint256 own = net.escrow.minerOf(voter).number;
        if (own == 0 || own > round.numbers || net.escrow.holderOf(own).since >= round.period) return NOBODY;
        for (uint256 t; t < round.targets; ++t) if (_numberAt(number, seed, t) == own) return t;
        return NOBODY;
    }

    function _numberAt(uint256 number, bytes32 seed, uint256 target) internal view returns (uint256) {
        RoundBook storage round = _rounds[number];
        return 1 + KeyedPermutation.permute(keccak256(abi.encode(seed, round.mix)), round.numbers, target);
    }

    /* DECIDING */

    function _finalize(uint256 number, uint256 steps) internal {
        RoundBook storage round = _rounds[number];
        uint256 left = steps;
        if (round.stage == Stage.Voting) {
            (bool found, uint256 winner) = _findWinner(number);
            if (!found || period() > round.period + 2) {
                burned += _enterVoid(number);
            } else if (left > 0) {
                _enterVerdicts(number, winner);
                --left;
            }
        }
        if (round.stage == Stage.Paying) {
            for (; left > 0 && round.scored < round.casts.length; --left) {
                burned += _enterScore(number, period(), parameters.vesting);
            }
            if (round.scored == round.casts.length) burned += _enterDecision(number, period());
        }
        vm.prank(_anybody());
        VOTES.finalize(number, steps);
    }

    /* AFTERWARDS */

    function applyVerdict(uint256 seed) external acting(seed) {
        uint256 number = _someDecided();
        RoundBook storage round = _rounds[number];
        uint256 target = _random(0, round.targets - 1);
        if (!_has(round.verdicts, target)) target = (target + 1) % round.targets;
        bytes32 winner = round.seeds[round.winner];
        bytes memory data = abi.encodeCall(VOTES.enforce, (number, target, winner));
        if (period() > round.decidedIn + 1 || !_has(round.verdicts, target)) {
            bool late = period() > round.decidedIn + 1;
            _advanceAll();
            bytes4 expected =
                late ? IHealthVote.HealthVoteTooLate.selector : IHealthVote.HealthVoteNotUnhealthy.selector;
            _refused(_anybody(), address(VOTES), data, expected);
            return;
        }
        _enforce(number, target, data);
    }

    /// @dev Mostly one with something to apply. Discards the call if there is none.
    function _someDecided() internal returns (uint256) {
        uint256 first = _random(0, rules.ring - 1);
        for (uint256 i; i < 2 * rules.ring; ++i) {
            uint256 age = (first + i) % rules.ring;
            if (age >= roundCount || _rounds[roundCount - age].stage != Stage.Decided) continue;
            if (i >= rules.ring || _rounds[roundCount - age].verdicts != 0) return roundCount - age;
        }
        vm.assume(false);
        return 0;
    }

    function _advanceAll() internal {
        while (net.escrow.openPeriod() < period()) net.escrow.advance(parameters.maxCatchUp);
    }

    function _enforce(uint256 number, uint256 target, bytes memory data) internal {
        RoundBook storage round = _rounds[number];
        IStakeEscrow.Holder memory holder = net.escrow.holderOf(_numberAt(number, round.seeds[round.winner], target));
        address miner = holder.since < round.period ? holder.miner : address(0);
        bool nothing =
            miner == address(0) || accountOf(miner).paused || net.escrow.minerOf(miner).resumedAt >= round.openedAt;
        if (nothing) {
            _advanceAll();
            vm.prank(_anybody());
            (bool done, ) = address(VOTES).call(data);
            require(done, "a verdict with nothing to do was refused");
            return;
        }
        (uint256 against, uint256 counting) = _against(number, target);
        _pausings.push(Pausing(against, counting));
        Pause memory due = _beforePause(miner);
        burned += _takeBack(miner, type(uint256).max, period(), parameters.vesting);
        vm.prank(_anybody());
        (bool paused, ) = address(VOTES).call(data);
        require(paused, "6: a verdict could not be applied");
        _enterPause(miner, due);
        ++times["pause"];
    }

    function reportSilence(uint256 seed) external voting(seed) {
        uint256 number = _someDecided();
        RoundBook storage round = _rounds[number];
        (bool found, address voter, uint256[] memory seats) = _someSilent(number);
        vm.assume(found);
        Slip storage slip = _slips[number][voter];
        bytes memory data = abi.encodeCall(VOTES.reportSilence, (number, voter, seats));
        if (period() > round.period + 2) {
            _refused(_anybody(), address(VOTES), data, IHealthVote.HealthVoteTooLate.selector);
            return;
        }
        uint256 silent = seats.length - slip.known;
        (slip.open, slip.known) = (false, seats.length);
        (, uint256 shown) = _seatsShown(number);
        uint256 most = _tells(round) ? (round.pot * silent) / Math.max(round.wanted, shown) : 0;
        burned += _takeBack(voter, most, period(), parameters.vesting);
        vm.prank(_anybody());
        VOTES.reportSilence(number, voter, seats);
        ++times["silence"];
        _refused(_anybody(), address(VOTES), data, IHealthVote.HealthVoteNotCommitted.selector);
    }

    function _someSilent(uint256 number) internal returns (bool, address, uint256[] memory) {
        uint256 first = _random(0, MINERS - 1);
        for (uint256 i; i < MINERS; ++i) {
            address voter = people[(first + i) % MINERS];
            Slip storage slip = _slips[number][voter];
            uint256 has = _stillHeld(number, voter, _won[number][voter]);
            if (!slip.made || has <= slip.known) continue;
            uint256 count = _chance(50) ? has : _random(slip.known + 1, has);
            return (true, voter, _firstOf(_won[number][voter], count));
        }
        return (false, address(0), new uint256[](0));
    }

    function claimPay(uint256 seed) external voting(seed) {
        address miner = _miner();
        uint256 amount = _takeVested(miner, period(), parameters.vesting);
        if (amount == 0) {
            bytes memory data = abi.encodeCall(VOTES.claimPay, ());
            _refused(miner, address(VOTES), data, IHealthVote.HealthVoteNothingToPay.selector);
            return;
        }
        uint256 had = _balance(miner);
        vm.prank(miner);
        (bool done, bytes memory answer) = address(VOTES).call(abi.encodeCall(VOTES.claimPay, ()));
        require(done, "2: vested health pay could not be claimed");
        require(abi.decode(answer, (uint256)) == amount, "2: another amount of health pay vested");
        require(_balance(miner) == had + amount, "2: health pay did not arrive");
        ++times["claim"];
    }

    function donateToVotes(uint256 seed) external aside(seed) {
        address person = _anybody();
        uint256 amount = _amount(0, _balance(person) / 1_000);
        vm.prank(person);
        net.token.transfer(address(VOTES), amount);
        donatedToVotes += amount;
    }

    /* REFUSALS */

    /// @dev What is out of its phase or state, or comes from somebody else, is refused, whatever the round.
    function hostileVotes(uint256 seed) external voting(seed) {
        vm.assume(roundCount > 0);
        uint256 number = _someRound();
        _hostileCommit(number);
        _hostileDecision(number);
        uint256 gone = roundCount > rules.ring ? roundCount - rules.ring : roundCount + 1;
        _refusedByVotes(abi.encodeCall(VOTES.finalize, (gone, 1)), IHealthVote.HealthVoteUnknownRound.selector);
        _refusedByVotes(abi.encodeCall(VOTES.claimPay, ()), IHealthVote.HealthVoteNothingToPay.selector);
    }

    function _refusedByVotes(bytes memory data, bytes4 expected) internal {
        _refused(_stranger(), address(VOTES), data, expected);
    }

    function _hostileCommit(uint256 number) internal {
        RoundBook storage round = _rounds[number];
        uint256 age = height - round.openedBlock;
        bool commits = age > rules.seedBlocks && age <= rules.seedBlocks + rules.commitBlocks;
        (bytes4 opening, bytes4 committing) = (
            IHealthVote.HealthVoteWrongPhase.selector,
            IHealthVote.HealthVoteWrongPhase.selector
        );
        if (commits) {
            opening = IHealthVote.HealthVoteMixed.selector;
            committing =
                round.mix == 0 ? IHealthVote.HealthVoteNotMixed.selector : IHealthVote.HealthVoteNotOperator.selector;
        }
        if (!commits || round.mix != 0) _refusedByVotes(abi.encodeCall(VOTES.openCommits, (number)), opening);
        _refusedByVotes(abi.encodeCall(VOTES.commit, (number, _miner(), bytes32(number))), committing);
    }

    function _hostileDecision(uint256 number) internal {
        RoundBook storage round = _rounds[number];
        uint256 last = round.openedBlock + rules.seedBlocks + rules.commitBlocks + rules.revealBlocks;
        bytes4 wrongState = IHealthVote.HealthVoteWrongState.selector;
        bytes memory finalizing = abi.encodeCall(VOTES.finalize, (number, 1));
        if (height <= last) _refusedByVotes(finalizing, IHealthVote.HealthVoteWrongPhase.selector);
        else if (round.stage >= Stage.Decided) _refusedByVotes(finalizing, wrongState);
        if (round.stage == Stage.Decided) return;
        _refusedByVotes(abi.encodeCall(VOTES.enforce, (number, 0, bytes32(0))), wrongState);
        _refusedByVotes(abi.encodeCall(VOTES.reportSilence, (number, _miner(), new uint256[](0))), wrongState);
    }
}
