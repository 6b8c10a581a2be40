// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyManager} from "../../../contracts/interfaces/IPolicyManager.sol";
import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {Terms} from "../../../contracts/libraries/PolicyTerms.sol";
import {PolicyNetwork} from "../PolicyFixture.sol";
import {vm} from "../Vm.sol";
import {FickleWallet} from "./FickleWallet.sol";
import {PolicyLedger} from "./PolicyLedger.sol";

/// @title PolicyBase
/// @notice What all calls about policies share: who is there, time, choices and signatures. Forge gives each call one
/// number and everything else is drawn from it.
abstract contract PolicyBase is PolicyLedger {
    uint256 internal constant NKMS = 1e18;
    uint256 internal constant GRAIN = 1e9;
    uint256 internal constant ALL = type(uint256).max;
    uint256 internal constant FIRST_KEY = 5_000;
    uint256 internal constant FIRST_OPERATOR_KEY = 6_000;

    /// @notice Two owners, two payers and a challenger, behind the miners.
    uint256 public constant OTHERS = 5;
    /// @notice An owner with code, and the key that it stands by.
    FickleWallet public immutable WALLET;
    uint256 internal constant WALLET_KEY = 7_000;

    uint256 private immutable SALT;
    uint256 private _entropy;

    constructor(
        PolicyNetwork memory network,
        IStakeEscrow.Parameters memory stakes_,
        IPolicyManager.Parameters memory rules_,
        uint256 salt
    ) {
        (net, stakes, rules, SALT) = (network, stakes_, rules_, salt);
        clock = block.timestamp;
        WALLET = new FickleWallet(vm.addr(WALLET_KEY));
        privateKeyOf[address(WALLET)] = WALLET_KEY;
        for (uint256 i; i < MINERS + OTHERS; ++i) _insert(FIRST_KEY + i, i < MINERS ? 0 : MINERS);
        for (uint256 i; i < people.length; ++i) {
            vm.prank(people[i]);
            net.token.approve(address(net.escrow), type(uint256).max);
            vm.prank(people[i]);
            net.token.approve(address(net.policies), type(uint256).max);
        }
        for (uint256 k; k < 2 * MINERS; ++k) privateKeyOf[vm.addr(FIRST_OPERATOR_KEY + k)] = FIRST_OPERATOR_KEY + k;
    }

    /// @dev Keeps people from `from` on in rising order.
    function _insert(uint256 key, uint256 from) private {
        address person = vm.addr(key);
        privateKeyOf[person] = key;
        people.push(person);
        for (uint256 i = people.length - 1; i > from && people[i - 1] > person; --i) {
            (people[i], people[i - 1]) = (people[i - 1], person);
        }
    }

    /* TIME */

    /// @dev In one of five calls time passes before.
    modifier story(uint256 seed) {
        _entropy = uint256(keccak256(abi.encode(SALT, seed)));
        uint256 dice = _random(1, 100);
        if (dice <= 15) clock += stakes.period;
        else if (dice <= 19) clock += _random(2, 6) * stakes.period;
        vm.warp(clock);
        while (period() - net.escrow.openPeriod() > stakes.maxCatchUp) net.escrow.advance(stakes.maxCatchUp);
        _;
    }

    /* CHOOSING */

    function _random(uint256 least, uint256 most) internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return least + (_entropy % (most - least + 1));
    }

    function _chance(uint256 percent) internal returns (bool) {
        return _random(1, 100) <= percent;
    }

    function _miner() internal returns (address) {
        return people[_random(0, MINERS - 1)];
    }

    function _anybody() internal returns (address) {
        return people[_random(0, people.length - 1)];
    }

    /// @dev A whole number of grains; small ones, large ones and the bounds are all likely.
    function _grains(uint256 least, uint256 most) internal returns (uint256) {
        if (most <= least || _chance(15)) return least;
        if (_chance(15)) return (most / GRAIN) * GRAIN;
        uint256 span = (most - least) / GRAIN;
        return least + GRAIN * _random(0, _chance(50) ? span : span >> _random(0, 40));
    }

    /// @dev Some entry that is open in a policy that lasts through period + ahead. Discards the call if there is none.
    function _pickOpen(uint256 ahead) internal returns (uint256) {
        uint256 first = _random(0, _entries.length);
        for (uint256 k; k < _entries.length; ++k) {
            uint256 i = (first + k) % _entries.length;
            if (!_entries[i].closed && _entries[i].end >= period() + ahead) return i;
        }
        vm.assume(false);
        return 0;
    }

    function _termsOf(uint256 policy) internal view returns (Terms memory) {
        return abi.decode(_policies[policy].terms, (Terms));
    }

    /* CALLING */

    /// @dev Some calls go through {multicall}.
    function _call(address caller, bytes memory data) internal returns (bool done, bytes memory answer) {
        bool wrapped = _chance(15);
        if (wrapped) {
            bytes[] memory one = new bytes[](1);
            one[0] = data;
            data = abi.encodeCall(net.policies.multicall, (one));
        }
        vm.prank(caller);
        (done, answer) = address(net.policies).call(data);
        if (wrapped && done) answer = abi.decode(answer, (bytes[]))[0];
    }

    function _refused(address caller, bytes memory data, string memory reason) internal {
        (bool done, ) = _call(caller, data);
        require(!done, reason);
    }

    /* SIGNING */

    function _sign(address signer, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKeyOf[signer], digest);
        return abi.encodePacked(r, s, v);
    }

    function _digest(string memory name, address verifier, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _policyDigest(bytes32 structHash) internal view returns (bytes32) {
        return _digest("NKMS PolicyManager", address(net.policies), structHash);
    }

    function _signRenewal(address operator, bytes32 id, uint256 end, uint256 to) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("Renewal(bytes32 policy,uint256 oldEnd,uint256 newEnd)");
        return _sign(operator, _policyDigest(keccak256(abi.encode(typeHash, id, end, to))));
    }

    function _signRevocation(address owner, bytes32 id, uint256 index) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("Revocation(bytes32 policy,uint256 index,uint256 nonce,uint256 deadline)");
        uint256 nonce = net.policies.nonces(owner);
        return _sign(owner, _policyDigest(keccak256(abi.encode(typeHash, id, index, nonce, clock))));
    }

    function _signConsent(address owner, bytes32 id, uint256 index, address to) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "Consent(bytes32 policy,uint256 index,address miner,uint256 nonce,uint256 deadline)"
        );
        uint256 nonce = net.policies.nonces(owner);
        return _sign(owner, _policyDigest(keccak256(abi.encode(typeHash, id, index, to, nonce, clock))));
    }

    function _signTakeover(
        bytes32 id,
        uint256 index,
        uint256 end,
        IPolicyManager.Takeover memory t
    ) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "Takeover(bytes32 policy,uint256 index,address miner,address operator,uint256 collateral,uint256 end,uint256 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, id, index, t.miner, t.operator, t.collateral, end, t.deadline)
        );
        return _sign(t.operator, _policyDigest(structHash));
    }

    /// @dev Bonds one of the miner's two operators; it counts from the next period on.
    function _bond(uint256 miner, bool spare) internal {
        address operator = vm.addr(FIRST_OPERATOR_KEY + miner + (spare ? MINERS : 0));
        if (net.registry.minerOf(operator) != address(0)) {
            vm.prank(people[miner]);
            net.registry.unbondOperator();
        }
        bytes32 typeHash = keccak256("OperatorBond(address miner,address operator,uint256 nonce,uint256 deadline)");
        uint256 nonce = net.registry.nonces(operator);
        bytes32 structHash = keccak256(abi.encode(typeHash, people[miner], operator, nonce, clock));
        bytes memory signature = _sign(operator, _digest("NKMS MinerRegistry", address(net.registry), structHash));
        vm.prank(people[miner]);
        net.registry.bondOperator(operator, clock, signature);
    }
}
