// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Committee
/// @notice Who votes in a round: of all seats those whose hash is closest to the round's randomness, by Hamming distance.
///
/// SEATS    A seat is a number j of a miner m; its id is keccak256(abi.encode(r, m, j)), r being the round's randomness: an
///          address that is ground for one round is as good as any other in the next.
/// SHARE    Of W seats each shall win with probability n / W. The distance of a random id to r is that of 256 fair coins,
///          so all below a distance win, and those at it with the probability that is missing (the rim), by another hash.
/// TABLE    2^64 P(X <= d) for d = 54 .. 127, rounded down, 8 bytes each, from exact binomials: scripts/tables/hamming.ts.
///          Below it is 0, above 127 it follows by symmetry.
/// SOURCE   Whitepaper section VI: "closest to the block hash by Hamming distance", drawn over stake instead of nodes.
library Committee {
    uint256 private constant FIRST = 54;
    uint256 private constant LAST = 127;
    uint256 private constant ONE = 1 << 64;
    bytes private constant TABLE =
        hex"00000000000000000000000000000000000000000000000000000000000000010000000000000004000000000000000d"
        hex"000000000000002e000000000000009600000000000001dc00000000000005ca00000000000011a400000000000034a6"
        hex"00000000000099f4000000000001b93d000000000004d7b700000000000d57480000000000240b2700000000005f849d"
        hex"0000000000f8559800000000027983e70000000006320ea2000000000f398f120000000024ba952a0000000056ff7832"
        hex"00000000ca5bea3a00000001ce495fd1000000040d605a6300000008eef441f10000001359bc652f000000293056b53e"
        hex"000000562a517898000000b12d31caad000001662407a376000002c7bfbb27c10000056ed662745d00000a70b65c191d"
        hex"000013bb4d6cbf6f000024ae44dcb3c1000043141c762f82000078aeedfdf6780000d5a2e17f3184000174253d5e42ab"
        hex"00027dfa8771b21b0004347760a43a6a0006fbe3e59ac933000b6b4b4571dba0001261e0c4dfae50001d232d10080a8b"
        hex"002d7b1bfab6506c0045eab2e743939f0069dda22aa7167b009de7fa172d63c300e80a083f0e8491014ff6c85a408c47"
        hex"01df577c0dfe75ba02a2050fc2a2608103a62e2fe9900c4a04fc5faaec55585506b7644c76c70f5a08ebf2211e23dd64"
        hex"0bb01d4d8d4530b00f1a8c7dbd72cabe1341705500d65c11183945e29e0e0c251e13735789266cea24dcd53ba03c3df2"
        hex"2c9c5831187526303551bef4993c84143ef4b4ddb8863dd049744a2274a0724d54b6f06e3e61b6fc609b046429f68297"
        hex"6cf7e4518ea37ee9799f87040de1ab85";

    /// @dev Which ids win, so that n of W random ones do on average.
    /// @param wanted n, at most W.
    /// @param seats W, > 0.
    /// @return distance All below it win; above 256: all.
    /// @return rim Of those at it, the share that wins, times 2^64.
    function threshold(uint256 wanted, uint256 seats) internal pure returns (uint256 distance, uint256 rim) {
        bytes memory table = TABLE;
        uint256 share = (wanted << 64) / seats;
        if (share >= ONE) return (257, 0);
        uint256 high = 256; // the first distance that not all ids within can win
        // All of these are at most 2^64; below FIRST nothing is above any share, so distance >= FIRST.
        unchecked {
            while (distance < high) {
                uint256 middle = (distance + high) / 2;
                if (_within(table, middle) > share) high = middle;
                else distance = middle + 1;
            }
            uint256 below = _within(table, distance - 1);
            rim = ((share - below) << 64) / (_within(table, distance) - below);
        }
    }

    /// @dev Whether a seat is one of the committee's.
    function wins(
        bytes32 randomness,
        address miner,
        uint256 seat,
        uint256 distance,
        uint256 rim
    ) internal pure returns (bool) {
        bytes32 id = keccak256(abi.encode(randomness, miner, seat));
        uint256 found = ones(uint256(id ^ randomness));
        if (found != distance) return found < distance;
        return uint256(keccak256(abi.encode(id))) >> 192 < rim;
    }

    /// @dev How many bits are set.
    function ones(uint256 x) internal pure returns (uint256) {
        unchecked {
            uint256 max = type(uint256).max;
            x -= (x >> 1) & (max / 3);
            x = (x & (max / 5)) + ((x >> 2) & (max / 5));
            x = (x + (x >> 4)) & (max / 17);
            // Sixteen-bit lanes, or 256 ones would not fit into the sum's byte.
            x = (x + (x >> 8)) & (max / 257);
            return (x * (max / 65_535)) >> 240;
        }
    }

    /// @dev 2^64 P(X <= d), for d < 256.
    function _within(bytes memory table, uint256 d) private pure returns (uint256 share) {
        if (d < FIRST) return 0;
        uint256 offset;
        unchecked {
            if (d > LAST) return ONE - _within(table, 255 - d);
            offset = (d - FIRST) * 8 + 32;
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            share := shr(192, mload(add(table, offset)))
        }
    }
}
