// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IChallengeManager} from "../../contracts/interfaces/IChallengeManager.sol";
import {Fault} from "../../contracts/libraries/UmbralProof.sol";
import {UmbralProof__Harness} from "../../contracts/mocks/UmbralProof__Harness.sol";
import {AnswerSamples, Sample} from "./AnswerSamples.sol";
import {ChallengeFixture, ChallengeNetwork} from "./ChallengeFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Nothing is proven against a right answer, whatever hint, fault or changed byte comes with it; and of what is
/// wrong a right hint proves it.
contract UmbralProofFuzz is ChallengeFixture {
    uint256 internal constant KEY = 9_000;
    bytes32 internal constant POLICY = keccak256("policy");

    ChallengeNetwork internal net;
    UmbralProof__Harness internal harness;

    function setUp() public {
        net = deployChallenges();
        harness = new UmbralProof__Harness();
    }

    function testFuzz_noHintMakesARightAnswerWrong(uint8 i, uint8 fault, uint256[3] calldata hint) public view {
        Sample memory s = AnswerSamples.sample(i % AnswerSamples.COUNT);
        require(!_proves(s.capsule, s.honest, s, Fault(fault % 13), hint), "a hint made a right answer wrong");
    }

    /// @dev Right hints, and right hints with one word or one bit changed.
    function testFuzz_noChangedHintMakesARightAnswerWrong(uint8 i, uint8 k, uint8 word, uint8 bit) public view {
        Sample memory s = AnswerSamples.sample(i % AnswerSamples.COUNT);
        Fault fault = Fault(uint8(Fault.EquationE) + (k % 3));
        uint256[3] memory hint = s.hints[k % 3];
        require(!_proves(s.capsule, s.honest, s, fault, hint), "a right answer is wrong");
        hint[word % 3] ^= 1 << bit;
        require(!_proves(s.capsule, s.honest, s, fault, hint), "a changed hint made a right answer wrong");
    }

    function testFuzz_aRightAnswerIsFoundRightOrNothing(uint8 i, uint8 k, uint8 word, uint256 value) public view {
        Sample memory s = AnswerSamples.sample(i % AnswerSamples.COUNT);
        bytes32 kfragHash = keccak256(s.kfrag);
        require(harness.findFault(s.capsule, s.honest, kfragHash, s.hints) == Fault.None, "a right answer is wrong");
        s.hints[k % 3][word % 3] = value;
        try harness.findFault(s.capsule, s.honest, kfragHash, s.hints) returns (Fault fault) {
            require(fault == Fault.None, "a changed hint found a fault");
        } catch {}
    }

    /// @dev The whole check, with the receipt of the right answer.
    function testFuzz_noChangedByteOfWhatWasSignedCounts(uint8 i, uint16 at, uint8 by) public view {
        Sample memory s = AnswerSamples.sample(i % AnswerSamples.COUNT);
        bytes32 digest = net.challenges.receiptDigest(POLICY, i, keccak256(s.capsule), keccak256(s.honest));
        (uint8 v, bytes32 r, bytes32 t) = vm.sign(KEY, digest);
        IChallengeManager.Answer memory answer = IChallengeManager.Answer(
            s.capsule,
            s.honest,
            abi.encodePacked(r, t, v)
        );
        require(_check(i, s, answer), "a right answer was refused");
        uint256 place = at % 522;
        bytes1 change = bytes1(by == 0 ? 1 : by);
        if (place < 98) answer.capsule[place] ^= change;
        else if (place < 457) answer.cfrag[place - 98] ^= change;
        else answer.receipt[place - 457] ^= change;
        require(!_check(i, s, answer), "another answer counted as signed");
    }

    function testFuzz_noChangedCapsuleIsValid(uint8 at, uint8 by) public view {
        Sample memory s = AnswerSamples.sample(0);
        harness.checkCapsule(s.capsule, s.capsuleY);
        s.capsule[at % 98] ^= bytes1(by == 0 ? 1 : by);
        try harness.checkCapsule(s.capsule, s.capsuleY) {
            revert("a changed capsule is valid");
        } catch {}
    }

    function testFuzz_noOtherSecretLeaks(uint8 i, uint256 secret) public view {
        Sample memory s = AnswerSamples.sample(i % AnswerSamples.COUNT);
        harness.checkSecret(s.secret, s.kfrag, s.commitmentY);
        vm.assume(secret != s.secret);
        try harness.checkSecret(secret, s.kfrag, s.commitmentY) {
            revert("another secret is the fragment's");
        } catch {}
    }

    /// @dev Each wrong answer is wrong in one equation, and only the hint of that one shows it.
    function testFuzz_aWrongAnswerIsProvenByItsHintAlone(uint8 i, uint8 k, uint8 word, uint8 bit) public view {
        Sample memory s = AnswerSamples.sample(i % AnswerSamples.COUNT);
        Fault fault = Fault(uint8(Fault.EquationE) + (k % 3));
        uint256[3] memory hint = s.wrongHints[k % 3];
        require(_proves(s.capsule, s.wrong[k % 3], s, fault, hint), "a wrong answer can't be proven wrong");
        hint[word % 3] ^= 1 << bit;
        require(!_proves(s.capsule, s.wrong[k % 3], s, fault, hint), "a changed hint proved something");
    }

    function _proves(
        bytes memory capsule,
        bytes memory cfrag,
        Sample memory s,
        Fault fault,
        uint256[3] memory hint
    ) internal view returns (bool) {
        try harness.checkFault(capsule, cfrag, keccak256(s.kfrag), fault, hint) {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev Whether it counts as signed, and is right.
    function _check(uint8 i, Sample memory s, IChallengeManager.Answer memory answer) internal view returns (bool) {
        address operator = vm.addr(KEY);
        bytes32 kfragHash = keccak256(s.kfrag);
        try net.challenges.checkAnswer(POLICY, i, operator, kfragHash, answer, s.capsuleY, s.hints) returns (
            Fault fault
        ) {
            require(fault == Fault.None, "a right answer is wrong");
            return true;
        } catch {
            return false;
        }
    }
}
