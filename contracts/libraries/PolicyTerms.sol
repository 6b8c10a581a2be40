// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One key fragment at one miner.
struct Arrangement {
    address miner; // its stake is at risk; fees are its
    address operator; // the key that accepted and signs receipts
    bytes32 kfragHash; // keccak256(kfragId, precursor, U1, receiver signature), 162 bytes
}

/// @notice A policy in full.
struct Terms {
    address owner; // may revoke
    address payer; // pays, and gets refunds
    uint256 periods; // T, 1 .. 3,650: fees are paid and served for so many
    uint256 deadline; // Unix time in seconds, included: the policy must be created until then
    uint256 rate; // base units per arrangement and period, a multiple of 10^9
    uint256 collateral; // c, base units per arrangement, a multiple of 10^9
    address condition; // an {ICondition} that nodes ask before they re-encrypt; zero: none
    bool handOff; // whether a miner may hand off without the owner's signature
    bytes32 salt; // makes two policies with equal terms two
    Arrangement[] arrangements; // 1 .. 160, in rising order of miner
}

/// @title PolicyTerms
/// @notice The EIP-712 domain and types of policies: what owners and operators sign. An acceptance of a policy is an
/// operator's signature over the policy's digest itself, which is also its id. Receipts are of the same domain.
library PolicyTerms {
    string internal constant NAME = "NKMS PolicyManager";
    string internal constant VERSION = "1";
    bytes32 internal constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    bytes32 internal constant ARRANGEMENT_TYPEHASH = keccak256(
        "Arrangement(address miner,address operator,bytes32 kfragHash)"
    );
    bytes32 internal constant POLICY_TYPEHASH = keccak256(
        "Policy(address owner,address payer,uint256 periods,uint256 deadline,uint256 rate,uint256 collateral,address condition,bool handOff,bytes32 salt,Arrangement[] arrangements)Arrangement(address miner,address operator,bytes32 kfragHash)"
    );
    bytes32 internal constant RENEWAL_TYPEHASH = keccak256("Renewal(bytes32 policy,uint256 oldEnd,uint256 newEnd)");
    bytes32 internal constant TAKEOVER_TYPEHASH = keccak256(
        "Takeover(bytes32 policy,uint256 index,address miner,address operator,uint256 collateral,uint256 end,uint256 deadline)"
    );
    bytes32 internal constant CONSENT_TYPEHASH = keccak256(
        "Consent(bytes32 policy,uint256 index,address miner,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant REVOCATION_TYPEHASH = keccak256(
        "Revocation(bytes32 policy,uint256 index,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(bytes32 policy,uint256 index,bytes32 capsuleHash,bytes32 cfragHash)"
    );

    /// @dev The EIP-712 domain of the policy manager at this address, on this chain.
    function domainSeparator(address policyManager) internal view returns (bytes32) {
        bytes32 name = keccak256(bytes(NAME));
        return keccak256(abi.encode(DOMAIN_TYPEHASH, name, keccak256(bytes(VERSION)), block.chainid, policyManager));
    }

    function hash(Terms calldata t) internal pure returns (bytes32) {
        Arrangement[] calldata list = t.arrangements;
        bytes32[] memory leaves = new bytes32[](list.length);
        for (uint256 i; i < list.length; ++i) {
            Arrangement calldata a = list[i];
            leaves[i] = keccak256(abi.encode(ARRANGEMENT_TYPEHASH, a.miner, a.operator, a.kfragHash));
        }
        bytes32 arrangements = keccak256(abi.encodePacked(leaves));
        return
            keccak256(
                bytes.concat(
                    abi.encode(POLICY_TYPEHASH, t.owner, t.payer, t.periods, t.deadline, t.rate),
                    abi.encode(t.collateral, t.condition, t.handOff, t.salt, arrangements)
                )
            );
    }

    function hashRenewal(bytes32 policy, uint256 oldEnd, uint256 newEnd) internal pure returns (bytes32) {
        return keccak256(abi.encode(RENEWAL_TYPEHASH, policy, oldEnd, newEnd));
    }

    function hashTakeover(
        bytes32 policy,
        uint256 index,
        address miner,
        address operator,
        uint256 collateral,
        uint256 end,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(TAKEOVER_TYPEHASH, policy, index, miner, operator, collateral, end, deadline));
    }

    function hashConsent(
        bytes32 policy,
        uint256 index,
        address miner,
        uint256 nonce,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(CONSENT_TYPEHASH, policy, index, miner, nonce, deadline));
    }

    function hashRevocation(
        bytes32 policy,
        uint256 index,
        uint256 nonce,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION_TYPEHASH, policy, index, nonce, deadline));
    }

    function hashReceipt(
        bytes32 policy,
        uint256 index,
        bytes32 capsuleHash,
        bytes32 cfragHash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPEHASH, policy, index, capsuleHash, cfragHash));
    }
}
