// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakeEscrow} from "../../../contracts/interfaces/IStakeEscrow.sol";
import {Network} from "../NetworkFixture.sol";
import {vm} from "../Vm.sol";
import {HandlerBase} from "./HandlerBase.sol";
import {HostileHandler} from "./HostileHandler.sol";
import {NeighbourHandler} from "./NeighbourHandler.sol";
import {RegistryHandler} from "./RegistryHandler.sol";
import {TokenHandler} from "./TokenHandler.sol";
import {UpkeepHandler} from "./UpkeepHandler.sol";

/// @title NetworkHandler
/// @notice Everything that everybody can do to the token, the escrow and the registry, in one contract, so that all of
/// it goes into the same books.
contract NetworkHandler is UpkeepHandler, NeighbourHandler, TokenHandler, RegistryHandler, HostileHandler {
    constructor(
        Network memory network,
        IStakeEscrow.Parameters memory parameters_,
        uint256 salt
    ) HandlerBase(network, parameters_, salt) {}

    /// @notice The beginning of every story: all miners but two lock something, and a period passes.
    /// @dev Not one of the calls that forge makes.
    function begin() external virtual {
        for (uint256 i = 2; i < MINERS; ++i) {
            uint256 amount = parameters.minStake << (2 * i);
            uint256 length = Math.max(parameters.longestLock >> (i % 4), parameters.shortestLock);
            vm.prank(people[i]);
            uint256 number = net.escrow.lock(amount, length);
            _entered(people[i], number, amount);
        }
        _passPeriods(1);
    }

    /// @notice The calls that forge may make, the more important ones several times, so that it makes them more often.
    function calls() external pure virtual returns (bytes4[] memory list) {
        list = new bytes4[](0);
        list = _append(list, _stakeCalls(), 4);
        list = _append(list, _payCalls(), 2);
        list = _append(list, _neighbourCalls(), 3);
        list = _append(list, _otherCalls(), 1);
        list = _append(list, _hostileCalls(), 1);
    }

    function _append(
        bytes4[] memory list,
        bytes4[] memory more,
        uint256 times
    ) internal pure returns (bytes4[] memory joined) {
        joined = new bytes4[](list.length + times * more.length);
        for (uint256 i; i < list.length; ++i) joined[i] = list[i];
        for (uint256 i; i < times * more.length; ++i) joined[list.length + i] = more[i % more.length];
    }

    function _stakeCalls() internal pure returns (bytes4[] memory list) {
        list = new bytes4[](11);
        list[0] = this.lock.selector;
        list[1] = this.lockWithPermit.selector;
        list[2] = this.topUp.selector;
        list[3] = this.topUpAnother.selector;
        list[4] = this.topUpWithPermit.selector;
        list[5] = this.compound.selector;
        list[6] = this.extend.selector;
        list[7] = this.roll.selector;
        list[8] = this.giveNotice.selector;
        list[9] = this.split.selector;
        list[10] = this.merge.selector;
    }

    function _payCalls() internal pure returns (bytes4[] memory list) {
        list = new bytes4[](5);
        list[0] = this.claim.selector;
        list[1] = this.withdraw.selector;
        list[2] = this.resume.selector;
        list[3] = this.advance.selector;
        list[4] = this.poke.selector;
    }

    function _neighbourCalls() private pure returns (bytes4[] memory list) {
        list = new bytes4[](6);
        list[0] = this.reserve.selector;
        list[1] = this.settle.selector;
        list[2] = this.slashReserved.selector;
        list[3] = this.slashAnything.selector;
        list[4] = this.pause.selector;
        list[5] = this.drawHealthBudget.selector;
    }

    function _otherCalls() private pure returns (bytes4[] memory list) {
        list = new bytes4[](15);
        list[0] = this.setPayout.selector;
        list[1] = this.releaseNumber.selector;
        list[2] = this.wait.selector;
        list[3] = this.idle.selector;
        list[4] = this.donate.selector;
        list[5] = this.transfer.selector;
        list[6] = this.transferFrom.selector;
        list[7] = this.permit.selector;
        list[8] = this.burn.selector;
        list[9] = this.bondOperator.selector;
        list[10] = this.unbondOperator.selector;
        list[11] = this.setPledge.selector;
        list[12] = this.setAdvice.selector;
        list[13] = this.setEndpoint.selector;
        list[14] = this.crowd.selector;
    }

    function _hostileCalls() private pure returns (bytes4[] memory list) {
        list = new bytes4[](9);
        list[0] = this.hostileRights.selector;
        list[1] = this.hostileLocking.selector;
        list[2] = this.hostileTopUp.selector;
        list[3] = this.hostileChange.selector;
        list[4] = this.hostileExit.selector;
        list[5] = this.hostileNeighbour.selector;
        list[6] = this.hostileDraw.selector;
        list[7] = this.hostileToken.selector;
        list[8] = this.hostileRegistry.selector;
    }
}
