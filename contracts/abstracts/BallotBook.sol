// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IHealthVote} from "../interfaces/IHealthVote.sol";
import {KeyedPermutation} from "../libraries/KeyedPermutation.sol";
import {Standing} from "../libraries/Standing.sol";
import {RoundBook} from "./RoundBook.sol";

/// @title BallotBook
/// @notice The part of the health votes that takes commitments and ballots, each by its voter or many by anybody.
abstract contract BallotBook is RoundBook {
    using Standing for uint256;

    bytes32 public constant COMMITMENT_TYPEHASH = keccak256(
        "BallotCommitment(uint256 round,address voter,bytes32 commitment)"
    );
    bytes32 internal constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    uint256 internal constant NO_TARGET = type(uint16).max;
    /// @dev So many targets fit into a {Ballot}.
    uint256 internal constant SHORT = 200;

    /* COMMITTING */

    /// @inheritdoc IHealthVote
    function commit(uint256 number, address voter, bytes32 commitment) external {
        _checkMixed(number);
        _checkOperator(voter);
        if (!_commit(number, voter, commitment)) revert HealthVoteCommitted(number, voter);
    }

    /// @inheritdoc IHealthVote
    function commitFor(uint256 number, SignedCommitment[] calldata commitments) external {
        _checkMixed(number);
        bool counts;
        for (uint256 i; i < commitments.length; ++i) {
            SignedCommitment calldata signed = commitments[i];
            address operator = REGISTRY.operatorOf(signed.voter);
            if (operator == address(0) || operator != _signer(number, signed)) continue;
            if (_commit(number, signed.voter, signed.commitment)) counts = true;
        }
        if (!counts) revert HealthVoteNothingCounts(number);
    }

    /// @notice Of what operators sign, see {commitFor}; another one on another chain, if this one splits.
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return
            keccak256(
                abi.encode(DOMAIN_TYPEHASH, keccak256("NKMS HealthVote"), keccak256("1"), block.chainid, address(this))
            );
    }

    function _checkMixed(uint256 number) internal view {
        (, Head memory head) = _inPhase(number, SEEDS_END, COMMITS_END);
        if (!head.mixed) revert HealthVoteNotMixed(number);
    }

    /// @dev Zero: nobody. A second form of a signature is no harm: a voter's first commitment counts.
    function _signer(uint256 number, SignedCommitment calldata signed) internal view returns (address) {
        bytes32 structHash = keccak256(abi.encode(COMMITMENT_TYPEHASH, number, signed.voter, signed.commitment));
        bytes32 digest = MessageHashUtils.toTypedDataHash(DOMAIN_SEPARATOR(), structHash);
        uint256 vs = uint256(signed.vs);
        return ecrecover(digest, uint8((vs >> 255) + 27), signed.r, bytes32(vs & (type(uint256).max >> 1)));
    }

    /// @return Whether it is the voter's first in this round; a second one changes nothing.
    function _commit(uint256 number, address voter, bytes32 commitment) internal returns (bool) {
        uint256 place = number % RING;
        if (_ballots[voter][place].round == number) return false;
        _ballots[voter][place] = Ballot(_shortened(commitment), uint32(number), 0, true);
        emit Committed(number, voter);
        return true;
    }

    /* REVEALING */

    /// @inheritdoc IHealthVote
    function reveal(uint256 number, Reveal[] calldata reveals) external {
        (Place storage place, Head memory head) = _inPhase(number, COMMITS_END, REVEALS_END);
        uint256 before = Standing.current(place.standing, number);
        uint256 standing = before;
        address voter;
        for (uint256 i; i < reveals.length; ++i) {
            voter = reveals[i].voter;
            standing = _show(place, head, standing, reveals[i]);
        }
        if (standing == before) revert HealthVoteNotCommitted(number, voter);
        place.standing = standing;
    }

    /// @dev Keeps a vote, if it counts.
    /// @return How the round stands with it.
    function _show(
        Place storage place,
        Head memory head,
        uint256 standing,
        Reveal calldata shown
    ) internal returns (uint256) {
        if (!_matches(head.number, shown)) return standing;
        _checkBallot(head.targets, shown.ballot);
        Vote memory vote;
        vote.seats = uint24(_countSeats(place, head, shown.voter, shown.seats));
        if (vote.seats == 0) return standing;
        vote.voter = shown.voter;
        vote.seed = uint8(_seedIndex(place, head, shown.seed));
        vote.own = uint16(_ownTarget(place, head, shown.voter, shown.seed));
        _store(place, head, standing.votes(), vote, shown.ballot);
        emit Revealed(head.number, shown.voter, shown.seed, vote.seats, shown.ballot);
        return standing.plus(vote.seed, vote.seats);
    }

    /// @dev Whether there is a commitment that is open. Another one is refused.
    function _matches(uint256 number, Reveal calldata shown) internal view returns (bool) {
        Ballot memory made = _ballots[shown.voter][number % RING];
        if (made.round != number || !made.open) return false;
        bytes32 hash = keccak256(
            abi.encode(
                block.chainid,
                address(this),
                number,
                shown.voter,
                shown.seed,
                shown.ballot,
                shown.salt,
                shown.seats
            )
        );
        if (made.content != _shortened(hash)) revert HealthVoteOtherBallot(number, shown.voter);
        return true;
    }

    function _shortened(bytes32 hash) internal pure returns (uint200) {
        return uint200(uint256(hash) >> 56);
    }

    function _checkBallot(uint256 targets, uint256[] calldata ballot) internal pure {
        uint256 words = _words(targets);
        if (ballot.length != words) revert HealthVoteBallotTooLong(ballot.length, words);
        uint256 last = targets % 256;
        if (last != 0 && ballot[words - 1] >> last != 0) revert HealthVoteBallotTooLong(words + 1, words);
    }

    function _seedIndex(Place storage place, Head memory head, bytes32 seed) internal view returns (uint256 index) {
        bytes32 hash = keccak256(abi.encode(seed));
        while (index < head.seeds && place.seeds[index].hash != hash) ++index;
        if (index == head.seeds) revert HealthVoteUnknownSeed(head.number, hash);
    }

    /// @dev The target that the voter itself is with this seed, or NO_TARGET.
    function _ownTarget(
        Place storage place,
        Head memory head,
        address voter,
        bytes32 seed
    ) internal view returns (uint256) {
        uint256 own = ESCROW.minerOf(voter).number;
        if (own == 0 || own > head.numbers) return NO_TARGET;
        uint256 target = KeyedPermutation.invert(_key(seed, place.mix), head.numbers, own - 1);
        if (target >= head.targets || ESCROW.holderOf(own).since >= head.period) return NO_TARGET;
        return target;
    }

    /// @dev Closes the commitment and keeps the vote, with the ballot less the voter's own bit.
    function _store(
        Place storage place,
        Head memory head,
        uint256 index,
        Vote memory vote,
        uint256[] calldata ballot
    ) internal {
        uint256 first;
        for (uint256 w; w < ballot.length; ++w) {
            uint256 word = ballot[w];
            if (vote.own / 256 == w) word &= ~(1 << (vote.own % 256));
            if (word == 0) continue;
            vote.words |= uint32(1 << w);
            if (head.targets <= SHORT) first = word;
            else place.ballots[index][w] = word;
        }
        _ballots[vote.voter][head.number % RING] = Ballot(uint200(first), head.number, uint16(vote.seats), false);
        place.votes[index] = vote;
    }

    /// @dev A word of a ballot.
    function _wordOf(
        Place storage place,
        Round memory round,
        uint256 index,
        Vote memory vote,
        uint256 word
    ) internal view returns (uint256) {
        if ((vote.words >> word) & 1 == 0) return 0;
        return round.targets <= SHORT ? _ballots[vote.voter][round.number % RING].content : place.ballots[index][word];
    }
}
