// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMinerRegistry} from "../../../contracts/interfaces/IMinerRegistry.sol";
import {vm} from "../Vm.sol";
import {HandlerBase} from "./HandlerBase.sol";

/// @title RegistryHandler
/// @notice Miners bond and unbond operators and publish their terms. There are more miners than operators, so operators
/// move from one to the other.
abstract contract RegistryHandler is HandlerBase {
    uint256 public constant OPERATORS = 6;

    /// @notice The records as they must be.
    struct Published {
        address operator;
        uint256 since;
        uint256 pledgeLimit;
        uint256 maxCollateralPercent;
        uint256 minFeePerPeriod;
        uint256 maxPolicyPeriods;
        bytes32 endpointHash;
    }

    mapping(address miner => Published) internal _published;

    function publishedBy(address miner) external view returns (Published memory published) {
        published = _published[miner];
        if (published.maxCollateralPercent == 0) published.maxCollateralPercent = 100;
        if (published.endpointHash == 0) published.endpointHash = keccak256("");
    }

    function operatorAt(uint256 i) public pure returns (address) {
        return vm.addr(FIRST_OPERATOR_KEY + i);
    }

    function bondOperator(uint256 seed) external aside(seed) {
        _bond(_miner(), FIRST_OPERATOR_KEY + _random(0, OPERATORS - 1));
    }

    function _bond(address miner, uint256 key) internal {
        address operator = vm.addr(key);
        vm.assume(net.registry.minerOf(operator) == address(0));
        uint256 deadline = clock + _random(0, 1 days);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            _consentDigest(miner, operator, net.registry.nonces(operator), deadline)
        );

        vm.prank(miner);
        net.registry.bondOperator(operator, deadline, abi.encodePacked(r, s, v));
        (_published[miner].operator, _published[miner].since) = (operator, period() + 1);
        require(net.registry.operatorOf(miner) == address(0), "an operator counts before the next period");
    }

    function unbondOperator(uint256 seed) external aside(seed) {
        uint256 first = _random(0, OPERATORS - 1);
        for (uint256 i; i < OPERATORS; ++i) {
            address miner = net.registry.minerOf(operatorAt((first + i) % OPERATORS));
            if (miner == address(0)) continue;
            vm.prank(miner);
            net.registry.unbondOperator();
            (_published[miner].operator, _published[miner].since) = (address(0), 0);
            return;
        }
        vm.assume(false);
    }

    function setPledge(uint256 seed) external aside(seed) {
        address miner = _miner();
        uint256 limit = _random(0, type(uint96).max);
        uint256 percent = _random(1, _chance(50) ? 400 : type(uint32).max);

        vm.prank(miner);
        net.registry.setPledge(limit, percent);
        (_published[miner].pledgeLimit, _published[miner].maxCollateralPercent) = (limit, percent);
    }

    function setAdvice(uint256 seed) external aside(seed) {
        address miner = _miner();
        uint256 fee = _random(0, type(uint96).max);
        uint256 periods = _random(0, type(uint32).max);

        vm.prank(miner);
        net.registry.setAdvice(fee, periods);
        (_published[miner].minFeePerPeriod, _published[miner].maxPolicyPeriods) = (fee, periods);
    }

    function setEndpoint(uint256 seed) external aside(seed) {
        address miner = _miner();
        string memory url = string(new bytes(_random(0, 256)));

        vm.prank(miner);
        net.registry.setEndpoint(url);
        _published[miner].endpointHash = keccak256(bytes(url));
    }

    /// @notice The record of a miner, as the registry must show it now.
    function operatorOf(address miner) public view returns (address) {
        Published storage published = _published[miner];
        return published.since <= period() ? published.operator : address(0);
    }
}
