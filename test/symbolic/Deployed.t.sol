// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHealthVote} from "../../contracts/interfaces/IHealthVote.sol";
import {IMinerRegistry} from "../../contracts/interfaces/IMinerRegistry.sol";
import {INKMSToken} from "../../contracts/interfaces/INKMSToken.sol";
import {IPolicyManager} from "../../contracts/interfaces/IPolicyManager.sol";
import {IStakeEscrow} from "../../contracts/interfaces/IStakeEscrow.sol";
import {HealthVote} from "../../contracts/HealthVote.sol";
import {PolicyManager} from "../../contracts/PolicyManager.sol";
import {StakeEscrow} from "../../contracts/StakeEscrow.sol";
import {BallotTally__Proof} from "../proofs/BallotTally__Proof.sol";
import {Committee__Proof} from "../proofs/Committee__Proof.sol";
import {Fees__Proof} from "../proofs/Fees__Proof.sol";
import {FeeSplits__Proof} from "../proofs/FeeSplits__Proof.sol";
import {HealthPay__Proof} from "../proofs/HealthPay__Proof.sol";
import {Issuance__Proof} from "../proofs/Issuance__Proof.sol";
import {KeyedPermutation__Proof} from "../proofs/KeyedPermutation__Proof.sol";
import {Locks__Proof} from "../proofs/Locks__Proof.sol";
import {Sampler__Proof} from "../proofs/Sampler__Proof.sol";
import {Seats__Proof} from "../proofs/Seats__Proof.sol";
import {Votes__Proof} from "../proofs/Votes__Proof.sol";
import {any, Neighbour, svm} from "./Symbols.sol";

// The contracts as they are deployed, with the proofs of test/proofs added, for Halmos: `npm run prove:symbolic`. Parameters are
// those of deploy/parameters/local.ts, but what `any` says may be anything in the constructor's bounds.

/// @notice Makes storage anything.
abstract contract Anything {
    function setUp() external {
        svm.enableSymbolicStorage(address(this));
    }
}

abstract contract Policies is PolicyManager, Anything {
    constructor()
        PolicyManager(
            IStakeEscrow(address(new Neighbour(2))),
            IMinerRegistry(address(0)),
            IPolicyManager.Parameters({
                window: any("window", 1, 365),
                minCollateral: 1e18,
                floorPercent: any("floorPercent", 0, 100),
                leakPercent: any("leakPercent", 0, 20),
                finderPercent: any("finderPercent", 0, 25)
            })
        )
    {} // solhint-disable-line no-empty-blocks
}

abstract contract Escrow is StakeEscrow, Anything {
    constructor()
        StakeEscrow(
            INKMSToken(address(new Neighbour(2))),
            IStakeEscrow.Parameters({
                period: 1 days,
                firstIssue: 1_000_000e18,
                healthPpm: 100_000,
                minEarning: 1_000_000e18,
                minStake: 16_000e18,
                shortestLock: 30,
                longestLock: 1_460,
                vesting: 2,
                maxCatchUp: 64
            })
        )
    {} // solhint-disable-line no-empty-blocks
}

abstract contract Health is HealthVote, Anything {
    constructor(
        uint256 vesting
    )
        HealthVote(
            IStakeEscrow(address(new Neighbour(vesting))),
            IMinerRegistry(address(0)),
            IHealthVote.Parameters({
                minSeats: 64,
                gap: 10,
                seedBlocks: 50,
                commitBlocks: 100,
                revealBlocks: 50,
                ring: 64
            })
        )
    {} // solhint-disable-line no-empty-blocks
}

contract FeeSplits__Symbolic is FeeSplits__Proof, Policies {}

contract Fees__Symbolic is Fees__Proof, Policies {}

contract Issuance__Symbolic is Issuance__Proof, Escrow {}

contract Locks__Symbolic is Locks__Proof, Escrow {}

contract HealthPay__Symbolic is HealthPay__Proof, Health {
    constructor() Health(1) {} // solhint-disable-line no-empty-blocks
}

contract Votes__Symbolic is Votes__Proof, Health {
    constructor() Health(2) {} // solhint-disable-line no-empty-blocks
}

contract Committee__Symbolic is Committee__Proof, Anything {}

contract BallotTally__Symbolic is BallotTally__Proof, Anything {}

contract KeyedPermutation__Symbolic is KeyedPermutation__Proof, Anything {}

contract Sampler__Symbolic is Sampler__Proof, Anything {}

contract Seats__Symbolic is Seats__Proof, Anything {}
