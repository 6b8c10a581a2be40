// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {vm} from "../Vm.sol";
import {HandlerBase} from "./HandlerBase.sol";

/// @title TokenHandler
/// @notice What holders do with their tokens beside staking them.
abstract contract TokenHandler is HandlerBase {
    function transfer(uint256 seed) external aside(seed) {
        (address from, address to) = (_anybody(), _anybody());
        uint256 amount = _amount(0, _balance(from) / 100);

        vm.prank(from);
        net.token.transfer(to, amount);
    }

    function transferFrom(uint256 seed) external aside(seed) {
        address owner = _anybody();
        address spender = _anybodyBut(owner);
        uint256 amount = _amount(0, _balance(owner) / 100);

        vm.prank(owner);
        net.token.approve(spender, amount);
        vm.prank(spender);
        net.token.transferFrom(owner, _anybody(), amount);
        require(net.token.allowance(owner, spender) == 0, "an allowance outlived its use");
    }

    function permit(uint256 seed) external aside(seed) {
        address owner = _anybody();
        address spender = _anybodyBut(owner);
        uint256 amount = _amount(0, _balance(owner));
        bytes32 digest = _permitDigest(owner, spender, amount, net.token.nonces(owner), clock);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKeyOf[owner], digest);

        vm.prank(_anybody());
        net.token.permit(owner, spender, amount, clock, v, r, s);
        require(net.token.allowance(owner, spender) == amount, "a permit allowed another amount");
    }

    function burn(uint256 seed) external aside(seed) {
        address owner = _anybody();
        uint256 amount = _amount(0, _balance(owner) / 100);

        vm.prank(owner);
        net.token.burn(amount);
        burned += amount;
    }
}
