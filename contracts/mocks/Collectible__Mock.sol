// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @notice An ERC-721 token of which anybody may mint.
contract Collectible__Mock is ERC721 {
    constructor() ERC721("Collectible", "C") {}

    function mint(address to, uint256 id) external {
        _mint(to, id);
    }
}
