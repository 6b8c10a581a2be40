// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyManager} from "../interfaces/IPolicyManager.sol";
import {Terms} from "../libraries/PolicyTerms.sol";

/// @notice Stands in for the challenges: convicts whomever a test says, without evidence.
contract ChallengeManager__Mock {
    function convict(
        IPolicyManager policies,
        Terms calldata terms,
        uint256 index,
        bool leaked,
        address challenger
    ) external returns (bytes32 policy, IPolicyManager.Standing memory standing, uint256 toChallenger) {
        return policies.convict(terms, index, leaked, challenger);
    }
}
