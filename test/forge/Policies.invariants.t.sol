// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyManager} from "../../contracts/interfaces/IPolicyManager.sol";
import {Terms} from "../../contracts/libraries/PolicyTerms.sol";
import {PolicyLedger} from "./handlers/PolicyLedger.sol";
import {PolicyHandler} from "./handlers/PolicyHandler.sol";
import {PolicyFixture, PolicyNetwork} from "./PolicyFixture.sol";
import {vm} from "./Vm.sol";

/// @title PolicyInvariants
/// @notice A network of six miners with policies, the calls that forge may make, and what must hold after each of them.
/// The numbers in the messages are those of the rules' list of invariants.
abstract contract PolicyInvariants is PolicyFixture {
    /// @notice Forge reads from this which functions of a contract it may call.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 internal constant PURSE = 400_000 * NKMS;

    PolicyNetwork internal net;
    PolicyHandler internal handler;
    address[] internal miners;
    uint256 private immutable SALT;

    /// @param salt Makes each test contract go through calls of its own.
    constructor(uint256 salt) {
        SALT = salt;
    }

    function setUp() public {
        net = deployPolicies();
        handler = new PolicyHandler(net, stakeParameters(), policyParameters(), SALT);
        for (uint256 i; i < handler.peopleCount(); ++i) net.token.transfer(handler.people(i), PURSE);
        for (uint256 i; i < handler.MINERS(); ++i) miners.push(handler.people(i));
        handler.begin();
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

    /* 3 RESERVATIONS */

    /// @dev At every period in which a reservation ends: between them nothing is released, and what is locked only falls.
    /// In the current period it is the stake that is not withdrawn which counts: a verdict reaches all of it.
    function _checkReservedStakeIsThere() internal inStory {
        uint256 present = handler.period();
        for (uint256 i; i < handler.entryCount(); ++i) {
            address miner = handler.entryAt(i).miner;
            uint256 t = handler.reservedUntil(i);
            if (t > present) {
                require(
                    handler.reservedThrough(miner, t) <= net.escrow.lockedIn(miner, t),
                    "3: more is reserved than is locked"
                );
            }
        }
        for (uint256 m; m < miners.length; ++m) {
            uint256 reserved = handler.reservedThrough(miners[m], present);
            require(reserved <= handler.locksSum(miners[m]), "3: more is reserved than there is");
        }
    }

    /// @dev The sums per miner and the map of endings are those of the entries.
    function _checkAccountsAreSumsOfArrangements() internal inStory {
        uint256 present = handler.period();
        for (uint256 m; m < miners.length; ++m) {
            address miner = miners[m];
            uint256 settled = net.policies.accountOf(miner).settled;
            if (settled == 0) continue;
            require(
                net.policies.reserved(miner) == handler.reservedThrough(miner, settled),
                "3: a miner's reservation is not the sum of its arrangements'"
            );
            require(
                net.policies.reservedNow(miner) == handler.reservedThrough(miner, present),
                "3: a settled reservation would not be the sum of those that last"
            );
            require(
                net.policies.accountOf(miner).rate * GRAIN == handler.rateOf(miner, settled),
                "5: a miner's rate is not the sum of its arrangements'"
            );
            net.policies.settle(miner, type(uint256).max);
            require(
                net.policies.accountOf(miner).rate * GRAIN == handler.rateOf(miner, present) &&
                    net.policies.accountOf(miner).earned * GRAIN == handler.unclaimedBy(miner),
                "5: settling counted something else"
            );
        }
        for (uint256 i; i < handler.entryCount(); ++i) {
            PolicyLedger.Entry memory e = handler.entryAt(i);
            uint256 last = handler.reservedUntil(i);
            if (last < present) continue;
            (, uint256[] memory releases) = net.policies.endingsOf(e.miner, last - net.policies.WINDOW(), 1);
            uint256 sum = handler.releasedAfter(e.miner, last);
            require(releases[0] == sum, "3: a release is at another place");
        }
    }

    /* 5 FEES */

    function _checkFeesAreAccountedFor() internal inStory {
        uint256 owed = handler.donated();
        for (uint256 i; i < handler.entryCount(); ++i) {
            PolicyLedger.Entry memory e = handler.entryAt(i);
            uint256 later = handler.earnedLaterBy(i);
            require(
                e.paid == handler.earnedBy(i) + later + e.refunded + e.held + e.burned + e.passedOn,
                "5: the parts of a fee do not sum to it"
            );
            owed += later;
            if (!e.heldTaken) owed += e.held;
            if (e.heldUntil != 0) {
                address payer = handler.payerOf(i);
                require(
                    net.policies.heldFor(payer, e.heldUntil) == handler.heldDue(payer, e.heldUntil),
                    "5: another amount is held"
                );
            }
        }
        for (uint256 k; k < handler.peopleCount(); ++k) {
            address person = handler.people(k);
            require(net.policies.claimableFees(person) == handler.unclaimedBy(person), "5: other fees can be claimed");
            require(net.policies.refundOf(person) == handler.refundDue(person), "5: another refund is due");
            owed += handler.unclaimedBy(person) + handler.refundDue(person);
        }
        require(net.token.balanceOf(address(net.policies)) == owed, "5: the policies hold another amount than is owed");
    }

    /* 6 WHAT A MINER CAN LOSE */

    /// @dev Its stake is what it locked and did not withdraw, less what verdicts and resignations took; and those took
    /// from no arrangement more than its collateral and its whole fee.
    function _checkStakeFallsOnlyByVerdicts() internal inStory {
        for (uint256 m; m < miners.length; ++m) {
            require(handler.locksSum(miners[m]) == handler.stakeOf(miners[m]), "6: stake is gone without a reason");
        }
        for (uint256 i; i < handler.entryCount(); ++i) {
            PolicyLedger.Entry memory e = handler.entryAt(i);
            require(e.seized <= e.collateral + e.rate * (e.end - e.start), "6: more was seized than was accepted");
        }
    }

    /// @dev Once per run.
    function afterInvariant() public {
        handler.convictAll();
        _checkFeesAreAccountedFor();
        _checkStakeFallsOnlyByVerdicts();
        for (uint256 m; m < miners.length; ++m) {
            require(net.policies.reservedNow(miners[m]) <= handler.locksSum(miners[m]), "3: too little is left");
        }
    }
}

contract Invariant3_PolicyReservations is PolicyInvariants(1) {
    function invariant_3_reservedStakeIsThere() public {
        _checkReservedStakeIsThere();
    }
}

contract Invariant3_PolicyAccounts is PolicyInvariants(2) {
    /// forge-config: default.invariant.check-interval = 3
    function invariant_3_accountsAreSumsOfArrangements() public {
        _checkAccountsAreSumsOfArrangements();
    }
}

contract Invariant5_PolicyFees is PolicyInvariants(3) {
    /// forge-config: default.invariant.check-interval = 2
    function invariant_5_feesAreAccountedFor() public {
        _checkFeesAreAccountedFor();
    }
}

contract Invariant6_PolicyLosses is PolicyInvariants(4) {
    function invariant_6_stakeFallsOnlyByVerdicts() public {
        _checkStakeFallsOnlyByVerdicts();
    }
}

/// @notice Everything at once with parameters on their upper bounds, but for the window: the shortest.
contract InvariantsOfStrictPolicies is PolicyInvariants(5) {
    function policyParameters() internal pure override returns (IPolicyManager.Parameters memory) {
        return
            IPolicyManager.Parameters({
                window: 1,
                minCollateral: GRAIN,
                floorPercent: 100,
                leakPercent: 20,
                finderPercent: 25
            });
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.check-interval = 5
    function invariant_allHoldWithNothingFreedAtOnce() public {
        _checkReservedStakeIsThere();
        _checkAccountsAreSumsOfArrangements();
        _checkFeesAreAccountedFor();
        _checkStakeFallsOnlyByVerdicts();
    }
}

/// @notice Everything at once with parameters on their lower bounds, but for the window: one that outlasts most policies.
contract InvariantsOfMildPolicies is PolicyInvariants(6) {
    function policyParameters() internal pure override returns (IPolicyManager.Parameters memory) {
        return
            IPolicyManager.Parameters({
                window: 15,
                minCollateral: GRAIN,
                floorPercent: 0,
                leakPercent: 0,
                finderPercent: 0
            });
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.check-interval = 5
    function invariant_allHoldWithNothingHeldBack() public {
        _checkReservedStakeIsThere();
        _checkAccountsAreSumsOfArrangements();
        _checkFeesAreAccountedFor();
        _checkStakeFallsOnlyByVerdicts();
    }
}

/// @notice What can't happen in a story.
contract PolicyStories is PolicyInvariants(7) {
    /// @dev A chain that splits keeps its history on both sides, under two names. What is signed names the chain, and so does
    /// a policy.
    function test_policiesAreUnknownButPaidOnTheOtherSideOfASplit() public {
        PolicyLedger.Policy memory policy = handler.policyAt(0);
        Terms memory terms = abi.decode(policy.terms, (Terms));
        require(net.policies.policyId(terms) == policy.id, "it has another name");
        vm.chainId(block.chainid + 1);
        bytes memory unknown = abi.encodeCall(net.policies.policyId, (terms));
        (, unknown) = address(net.policies).staticcall(unknown);
        require(abi.decode(unknown, (bytes32)) != policy.id, "8: a signature counts on both sides of a split");

        vm.prank(policy.owner);
        (bool done, bytes memory reason) = address(net.policies).call(
            abi.encodeCall(net.policies.revoke, (terms, type(uint256).max))
        );
        bytes memory expected = abi.encodePacked(IPolicyManager.PolicyManagerUnknown.selector, unknown);
        require(!done && keccak256(reason) == keccak256(expected), "its owner has revoked it");

        address miner = terms.arrangements[0].miner;
        vm.warp(policy.end * stakeParameters().period);
        require(net.policies.claimableFees(miner) >= terms.rate * terms.periods, "its miner is not paid");
    }
}
