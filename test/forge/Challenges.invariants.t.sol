// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyManager} from "../../contracts/interfaces/IPolicyManager.sol";
import {ChallengeFixture, ChallengeNetwork} from "./ChallengeFixture.sol";
import {ChallengeHandler} from "./handlers/ChallengeHandler.sol";
import {vm} from "./Vm.sol";

/// @title ChallengeInvariants
/// @notice A network of three miners, four challengers and a payer, the calls that forge may make, and what must hold
/// after each. The numbers in the messages are those of the rules' list of invariants.
abstract contract ChallengeInvariants is ChallengeFixture {
    /// @notice Forge reads from this which functions of a contract it may call.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    ChallengeNetwork internal net;
    ChallengeHandler internal handler;
    uint256 private immutable SALT;
    uint256 private _burnedBefore;

    /// @param salt Makes each test contract go through calls of its own.
    constructor(uint256 salt) {
        SALT = salt;
    }

    function setUp() public {
        net = deployChallenges();
        handler = new ChallengeHandler(net, SALT);
        for (uint256 i; i < handler.MINERS(); ++i) net.token.transfer(handler.miners(i), 60_000 * NKMS);
        net.token.transfer(handler.payer(), 1_000_000 * NKMS);
        _burnedBefore = address(0).balance;
        handler.begin();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), handler.calls());
    }

    /// @dev Every bond is here, or went back once, or burned once; every bounty likewise.
    function _checkBondsAndBounties() internal view {
        require(address(net.challenges).balance == handler.bondsHeld(), "9: the bonds are not all there");
        require(address(0).balance == _burnedBefore + handler.burned(), "9: another amount was burned");
        require(address(net.bounties).balance == handler.bountiesHeld(), "9: the bounties are not all there");
        for (uint256 i; i < handler.entryCount(); ++i) {
            ChallengeHandler.Entry memory e = handler.entryAt(i);
            bool gone = e.state == ChallengeHandler.State.Taken || e.state == ChallengeHandler.State.Burned;
            uint256 madeAt = net.challenges.commitmentOf(e.challenger, e.hash).madeAt;
            require(madeAt == (gone ? 0 : e.madeAt), "9: a commitment stands otherwise");
            bool founded = net.challenges.commitmentOf(e.challenger, e.hash).founded;
            require(founded == (e.state == ChallengeHandler.State.Founded), "9: a commitment is founded otherwise");
        }
    }

    /// @dev Who is convicted is who was proven guilty; the honest node never is, and its stake is whole.
    function _checkOnlyTheGuiltyAreConvicted() internal {
        vm.warp(handler.clock());
        for (uint256 p; p < handler.policyCount(); ++p) {
            for (uint256 i; i < handler.MINERS(); ++i) {
                IPolicyManager.Standing memory s = handler.standingOf(p, i);
                require(s.convicted == handler.convicted(p, i), "9: a verdict stands otherwise");
                require(i != 0 || !s.convicted, "6: an honest node was convicted");
            }
        }
        require(net.escrow.lockedIn(handler.miners(0), handler.period()) == 50_000 * NKMS, "6: an honest node lost");
    }
}

contract Invariant9_Bonds is ChallengeInvariants(1) {
    function invariant_9_everyBondGoesBackOrBurnsOnce() public view {
        _checkBondsAndBounties();
    }
}

contract Invariant6_Challenges is ChallengeInvariants(2) {
    /// forge-config: default.invariant.check-interval = 3
    function invariant_6_onlyTheGuiltyAreConvicted() public {
        _checkOnlyTheGuiltyAreConvicted();
    }
}

/// @notice One long story, in which each kind of call must have succeeded and have been refused: or nothing is tested.
contract ChallengeStories is ChallengeInvariants(3) {
    function test_everyCallIsMadeAndRefused() public {
        bytes4[] memory calls = handler.calls();
        for (uint256 i; i < 900; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("story", i)));
            (bool done, bytes memory reason) = address(handler).call(
                abi.encodeWithSelector(calls[seed % calls.length], seed)
            );
            // solhint-disable-next-line no-inline-assembly
            if (!done)
                assembly {
                    revert(add(reason, 32), mload(reason))
                }
        }
        bytes32[19] memory kinds = [
            bytes32("create"),
            "revoke",
            "revoke refused",
            "commit",
            "reveal",
            "reveal refused",
            "verdict",
            "frame refused",
            "copy",
            "rotate",
            "take",
            "take refused",
            "burn",
            "burn refused",
            "post",
            "claim",
            "claim refused",
            "take back",
            "take back refused"
        ];
        for (uint256 i; i < kinds.length; ++i) {
            require(handler.times(kinds[i]) >= 5, string.concat("too rare: ", string(abi.encodePacked(kinds[i]))));
        }
        require(handler.times("reveal") > handler.times("verdict"), "no reveal came second");
        _checkBondsAndBounties();
        _checkOnlyTheGuiltyAreConvicted();
    }
}
