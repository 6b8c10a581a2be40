// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fault, UmbralProof} from "../../contracts/libraries/UmbralProof.sol";

/// @title UmbralProofProof
/// @notice How evidence is read and what its checks take for a scalar, a point's prefix and a point of the curve. What is read
/// from calldata may be anything.
contract Umbral__Proof {
    /// @notice Scalars are 1 to n - 1.
    /// @custom:rule 7, guilt
    function scalarsAreInRange(uint256 value) external pure {
        assert(UmbralProof._isScalar(value) == (value >= 1 && value <= UmbralProof.N - 1));
    }

    /// @notice A hash becomes a scalar of 1 to n - 1, without overflow.
    /// @custom:rule 7, guilt
    /// @custom:targets assert overflow underflow divByZero
    function hashesBecomeScalars(bytes32 digest) external pure {
        assert(UmbralProof._isScalar(UmbralProof._toScalar(digest)));
    }

    /// @notice The curve check is y^2 = x^3 + 7 modulo p, also for coordinates that are not below p.
    /// @custom:rule 7, guilt
    /// @custom:targets assert divByZero
    function curveCheckIsTheEquation(uint256 x, uint256 y) external pure {
        uint256 p = UmbralProof.P;
        bool on = UmbralProof._onCurve(x, y);
        uint256 cube = mulmod(mulmod(x, x, p), x, p);
        assert(on == (mulmod(y, y, p) == (cube + 7) % p));
    }

    /// @notice ecrecover is given 27, 28, or 0, which it refuses.
    /// @custom:rule 7, guilt
    /// @custom:instead test/umbralProof
    function parityIsTwoValues(bytes calldata data, uint256 offset) external pure {
        uint256 v = UmbralProof._v(data, offset);
        assert(v == 0 || v == 27 || v == 28);
    }

    /// @notice The five points that a fault can name lie inside a cfrag, 33 bytes each, and are five.
    /// @custom:rule 7, faults
    function pointsLieInside(Fault fault) external pure {
        require(UmbralProof._isOfPoint(fault));
        uint256 offset = UmbralProof._pointOf(fault);
        assert(offset + 33 <= UmbralProof.CFRAG_LENGTH);
        assert(offset + 33 <= UmbralProof.KFRAG_ID || offset >= UmbralProof.E2);
        assert(offset < UmbralProof.U1 || offset >= UmbralProof.U1 + 33);
    }

    /// @notice Two faults of points name two points.
    /// @custom:rule 7, faults
    function faultsNameDifferentPoints(Fault a, Fault b) external pure {
        require(UmbralProof._isOfPoint(a) && UmbralProof._isOfPoint(b) && a != b);
        uint256 first = UmbralProof._pointOf(a);
        uint256 second = UmbralProof._pointOf(b);
        assert(first + 33 <= second || second + 33 <= first);
    }

    /// @notice The parts of a cfrag and of a capsule follow one another without gap, and end where these end.
    /// @custom:rule 7, receipt
    function partsFillTheBytes() external pure {
        assert(UmbralProof.E1 + 33 == UmbralProof.V1 && UmbralProof.V1 + 33 == UmbralProof.KFRAG_ID);
        assert(UmbralProof.KFRAG_ID + 32 + 33 == UmbralProof.E2 && UmbralProof.E2 + 33 == UmbralProof.V2);
        assert(UmbralProof.V2 + 33 == UmbralProof.U1 && UmbralProof.U1 + 33 == UmbralProof.U2);
        assert(UmbralProof.U2 + 33 == UmbralProof.Z && UmbralProof.Z + 32 == UmbralProof.RECEIVER_SIGNATURE);
        assert(UmbralProof.RECEIVER_SIGNATURE + 64 == UmbralProof.CFRAG_LENGTH);
        assert(UmbralProof.E + 33 == UmbralProof.V && UmbralProof.V + 33 == UmbralProof.S);
        assert(UmbralProof.S + 32 == UmbralProof.CAPSULE_LENGTH);
    }

    /// @notice A fault is of a point or of an equation, never of both.
    /// @custom:rule 7, faults
    function faultsAreOfOneKind(Fault fault) external pure {
        assert(!(UmbralProof._isOfPoint(fault) && UmbralProof._isEquation(fault)));
    }
}
