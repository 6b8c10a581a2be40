// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice What can be wrong. The first is none, the last is not a fault of an answer; between them, in the order in which
/// a full check looks for them, is what can be wrong in the part of a re-encryption that the node computed.
enum Fault {
    None,
    Length, // not 359 bytes
    PointE1, // a point with a wrong prefix, off the curve, or with x >= n
    PointV1,
    PointE2,
    PointV2,
    PointU2,
    ScalarZ, // z = 0 or z >= n
    Kfrag, // kfragId, precursor, U1 or receiver signature of another key fragment
    EquationE, // z E != E2 + h E1
    EquationV, // z V != V2 + h V1
    EquationU, // z u != U2 + h U1
    Leak // the secret of the key fragment is known
}

/// @title UmbralProof
/// @notice Proves, by one named fault, that a re-encryption is wrong, or that a secret belongs to a key fragment. No curve
/// arithmetic: the products come ready and the precompile `ecrecover` checks them.
///
/// WORDS    A capsule is E, V, s; a re-encryption by the key fragment with secret rk, U1 = rk u has E1 = rk E, V1 = rk V
///          and a proof of that: E2, V2, U2 and z with z X = X2 + h X1 for (X, X1, X2) = (E, E1, E2), (V, V1, V2), (u, U1,
///          U2). Lengths 98 and 359; u is a constant; h hashes all nine points.
/// PRODUCT  ecrecover(0, parity of R, x of R, k x mod n) is the address of the key k R (x of R below n; k not 0 mod n).
/// SUM      W + X2 for W = h X1 needs the slope of the line through both as a hint: it gives the y of X2, which must lie on
///          the curve with the parity that X2 has, and then the sum. It is the only slope that does.
/// DOUBT    A hint that is wrong, an `ecrecover` that gives nothing, a point that is not valid where another fault is named:
///          none of them proves anything. To forge a hint is to find a second preimage of an address, 160 bits.
/// OWNER    Precursor, U1, kfragId and receiver signature are the owner's bytes, E, V and s the encryptor's: nothing that is
///          odd about them is a fault.
/// SOURCE   D. Nunez, "Umbral: a threshold proxy re-encryption scheme", 2018; hashing as in rust-umbral. ecrecover as a
///          multiplication: V. Buterin, "You can *kinda* abuse ECRECOVER to do ECMUL in secp256k1 today", 2018.
library UmbralProof {
    /// @dev The order of secp256k1.
    uint256 internal constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    /// @dev Its field.
    uint256 internal constant P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    /// @dev The point u: x; its y is odd.
    uint256 internal constant U_X = 0x079390d0fbe220fc34aab8ecbf49098098036820fadb98c03143e55db8ec73cd;

    uint256 private constant CAPSULE_LENGTH = 98;
    uint256 private constant CFRAG_LENGTH = 359;

    /* Where a part begins: of a capsule */
    uint256 private constant E = 0;
    uint256 private constant V = 33;
    uint256 private constant S = 66;

    /* of a cfrag */
    uint256 private constant E1 = 0;
    uint256 private constant V1 = 33;
    uint256 private constant KFRAG_ID = 66; // and the precursor behind it
    uint256 private constant E2 = 131;
    uint256 private constant V2 = 164;
    uint256 private constant U1 = 197;
    uint256 private constant U2 = 230;
    uint256 private constant Z = 263;
    uint256 private constant RECEIVER_SIGNATURE = 295;

    /* of the public part of a kfrag */
    uint256 private constant KFRAG_U1 = 65;

    /// @notice The capsule is not 98 bytes of two valid points with x < n and a scalar that fit together, or `y` is not the
    /// y coordinate of its V. Whoever was asked this need not have answered.
    error UmbralProofBadCapsule(uint256 y);

    /// @notice A hint for `fault` is not what it should be, or belongs to a point that has none.
    error UmbralProofBadHint(Fault fault);

    /// @notice The answer does not have this fault, or it has another that makes this one unprovable.
    error UmbralProofNoFault(Fault fault);

    /// @notice The secret is not one of 1 .. n - 1 with secret u = U1, or `y` is not the y coordinate of U1.
    error UmbralProofOtherSecret(uint256 y);

    /* THE QUESTION */

    /// @dev s G = V + h E, as V = s G - h E: one ecrecover with R = E.
    /// @param y The y coordinate of V.
    function checkCapsule(bytes calldata capsule, uint256 y) internal pure {
        if (capsule.length != CAPSULE_LENGTH) revert UmbralProofBadCapsule(y);
        (uint256 x, uint256 vx, uint256 s) = (_word(capsule, E + 1), _word(capsule, V + 1), _word(capsule, S));
        bool formed = _isFormed(capsule, E) && _isFormed(capsule, V) && _hasParity(capsule, V, y) && _isScalar(s);
        if (!formed) revert UmbralProofBadCapsule(y);

        uint256 h = _toScalar(sha256(bytes.concat(hex"0000000e", "CAPSULE_POINTS", capsule[E:S])));
        bytes32 sx = bytes32(N - mulmod(s, x, N));
        bytes32 hx = bytes32(N - mulmod(h, x, N));
        if (ecrecover(sx, _v(capsule, E), bytes32(x), hx) != _addressOf(vx, y)) revert UmbralProofBadCapsule(y);
    }

    /* THE ANSWER */

    /// @dev Reverts unless the cfrag has this fault. The capsule is a valid one.
    /// @param kfragHash Of the key fragment that had to be used.
    /// @param hint For an equation: x and y of W = h X1, slope of the line through W and X2.
    function checkFault(
        bytes calldata capsule,
        bytes calldata cfrag,
        bytes32 kfragHash,
        Fault fault,
        uint256[3] calldata hint
    ) internal pure {
        bool proven;
        if (fault == Fault.Length) proven = cfrag.length != CFRAG_LENGTH;
        else if (cfrag.length != CFRAG_LENGTH) proven = false;
        else if (_isOfPoint(fault)) proven = !_isPoint(cfrag, _pointOf(fault));
        else if (fault == Fault.ScalarZ) proven = !_isScalar(_word(cfrag, Z));
        else if (fault == Fault.Kfrag) proven = _kfragHashOf(cfrag) != kfragHash;
        else if (_isEquation(fault)) proven = _fails(capsule, cfrag, fault, hint);
        if (!proven) revert UmbralProofNoFault(fault);
    }

    /// @dev A fault of the cfrag, or None. The capsule is a valid one. Whether points are on the curve is asked only if a
    /// hint fails: what a right hint speaks of is there.
    /// @param hints As for {checkFault}, of the three equations.
    function findFault(
        bytes calldata capsule,
        bytes calldata cfrag,
        bytes32 kfragHash,
        uint256[3][3] calldata hints
    ) internal pure returns (Fault) {
        if (cfrag.length != CFRAG_LENGTH) return Fault.Length;
        for (Fault point = Fault.PointE1; _isOfPoint(point); point = _next(point)) {
            if (!_isFormed(cfrag, _pointOf(point))) return point;
        }
        if (!_isScalar(_word(cfrag, Z))) return Fault.ScalarZ;
        if (_kfragHashOf(cfrag) != kfragHash) return Fault.Kfrag;
        uint256 h = _proofHash(capsule, cfrag);
        for (Fault equation = Fault.EquationE; _isEquation(equation); equation = _next(equation)) {
            uint256[3] calldata hint = hints[uint8(equation) - uint8(Fault.EquationE)];
            (bool shown, bool holds) = _check(capsule, cfrag, equation, h, hint);
            if (!shown) return _findPoint(cfrag, equation);
            if (!holds) return equation;
        }
        return Fault.None;
    }

    /// @dev The first point that is off the curve; there must be one, or the hint of `equation` was wrong.
    function _findPoint(bytes calldata cfrag, Fault equation) private pure returns (Fault) {
        for (Fault point = Fault.PointE1; _isOfPoint(point); point = _next(point)) {
            if (!_isPoint(cfrag, _pointOf(point))) return point;
        }
        revert UmbralProofBadHint(equation);
    }

    function _next(Fault fault) private pure returns (Fault) {
        return Fault(uint8(fault) + 1);
    }

    function _isOfPoint(Fault fault) private pure returns (bool) {
        return fault >= Fault.PointE1 && fault <= Fault.PointU2;
    }

    function _isEquation(Fault fault) private pure returns (bool) {
        return fault >= Fault.EquationE && fault <= Fault.EquationU;
    }

    /// @dev Where the point begins that a fault is about.
    function _pointOf(Fault fault) private pure returns (uint256) {
        if (fault == Fault.PointE1) return E1;
        if (fault == Fault.PointV1) return V1;
        if (fault == Fault.PointE2) return E2;
        return fault == Fault.PointV2 ? V2 : U2;
    }

    function _kfragHashOf(bytes calldata cfrag) private pure returns (bytes32) {
        return keccak256(bytes.concat(cfrag[KFRAG_ID:E2], cfrag[U1:U2], cfrag[RECEIVER_SIGNATURE:CFRAG_LENGTH]));
    }

    /// @dev Whether not z X = X2 + h X1.
    function _fails(
        bytes calldata capsule,
        bytes calldata cfrag,
        Fault equation,
        uint256[3] calldata hint
    ) private pure returns (bool) {
        (bool shown, bool holds) = _check(capsule, cfrag, equation, _proofHash(capsule, cfrag), hint);
        if (!shown) revert UmbralProofBadHint(equation);
        return !holds;
    }

    /// @return shown Whether the hint is right and so shows anything.
    /// @return holds Whether z X = X2 + h X1.
    function _check(
        bytes calldata capsule,
        bytes calldata cfrag,
        Fault equation,
        uint256 h,
        uint256[3] calldata hint
    ) private pure returns (bool shown, bool holds) {
        address left = _left(capsule, equation, _word(cfrag, Z));
        address right = _right(cfrag, equation, h, hint);
        shown = left != address(0) && right != address(0); // z = 0 mod n is a fault, but not this one
        holds = left == right;
    }

    /// @dev The address of z X.
    function _left(bytes calldata capsule, Fault equation, uint256 z) private pure returns (address) {
        if (equation == Fault.EquationE) return _product(capsule, E, z);
        if (equation == Fault.EquationV) return _product(capsule, V, z);
        return _productOfU(z);
    }

    /// @dev The address of X2 + h X1; zero if the hint is wrong.
    function _right(
        bytes calldata cfrag,
        Fault equation,
        uint256 h,
        uint256[3] calldata hint
    ) private pure returns (address) {
        (uint256 offset1, uint256 offset2) = (U1, U2);
        if (equation == Fault.EquationE) (offset1, offset2) = (E1, E2);
        if (equation == Fault.EquationV) (offset1, offset2) = (V1, V2);
        (uint256 wx, uint256 wy, uint256 slope) = (hint[0], hint[1], hint[2]);
        if (_product(cfrag, offset1, h) != _addressOf(wx, wy)) return address(0);

        uint256 x2 = _word(cfrag, offset2 + 1);
        uint256 run = addmod(x2, P - wx, P);
        uint256 y2 = addmod(wy, mulmod(slope, run, P), P);
        if (run == 0 || !_hasParity(cfrag, offset2, y2) || !_onCurve(x2, y2)) return address(0);
        uint256 x = addmod(mulmod(slope, slope, P), P - addmod(wx, x2, P), P);
        return _addressOf(x, addmod(mulmod(slope, addmod(wx, P - x, P), P), P - wy, P));
    }

    /// @dev h of the proof: rust-umbral's CFRAG_VERIFICATION over E, E1, E2, V, V1, V2, u, U1, U2.
    function _proofHash(bytes calldata capsule, bytes calldata cfrag) private pure returns (uint256) {
        bytes memory e = bytes.concat(capsule[E:V], cfrag[E1:V1], cfrag[E2:V2]);
        bytes memory v = bytes.concat(capsule[V:S], cfrag[V1:KFRAG_ID], cfrag[V2:U1]);
        bytes memory tag = bytes.concat(hex"00000012", "CFRAG_VERIFICATION");
        return _toScalar(sha256(bytes.concat(tag, e, v, hex"03", bytes32(U_X), cfrag[U1:Z])));
    }

    /* THE SECRET */

    /// @dev secret u = U1, one ecrecover.
    /// @param kfrag kfragId, precursor, U1, receiver signature: 162 bytes.
    /// @param y The y coordinate of U1.
    function checkSecret(uint256 secret, bytes calldata kfrag, uint256 y) internal pure {
        uint256 x = _word(kfrag, KFRAG_U1 + 1);
        bool formed = _isScalar(secret) && _hasParity(kfrag, KFRAG_U1, y) && _onCurve(x, y);
        if (!formed || _productOfU(secret) != _addressOf(x, y)) revert UmbralProofOtherSecret(y);
    }

    /* POINTS */

    /// @dev Whether 33 bytes are a point that ecrecover takes: a valid prefix, x < n, on the curve.
    function _isPoint(bytes calldata data, uint256 offset) private pure returns (bool) {
        bytes32 x = bytes32(_word(data, offset + 1));
        return _isFormed(data, offset) && ecrecover(0, 27, x, bytes32(uint256(1))) != address(0);
    }

    /// @dev Whether the prefix is valid and x < n.
    function _isFormed(bytes calldata data, uint256 offset) private pure returns (bool) {
        return _prefixed(data, offset) && _word(data, offset + 1) < N;
    }

    function _prefixed(bytes calldata data, uint256 offset) private pure returns (bool) {
        return _prefix(data, offset) | 1 == 3;
    }

    /// @dev Whether the point's prefix is one, and says the parity of `y`.
    function _hasParity(bytes calldata data, uint256 offset, uint256 y) private pure returns (bool) {
        return _prefix(data, offset) == 2 + (y & 1);
    }

    function _onCurve(uint256 x, uint256 y) private pure returns (bool) {
        return mulmod(y, y, P) == addmod(mulmod(mulmod(x, x, P), x, P), 7, P);
    }

    /// @dev The address of the key k R, R being the point at `offset`; zero if R is none with x < n, or k = 0 mod n.
    function _product(bytes calldata data, uint256 offset, uint256 k) private pure returns (address) {
        uint256 x = _word(data, offset + 1);
        return ecrecover(0, _v(data, offset), bytes32(x), bytes32(mulmod(k, x, N)));
    }

    /// @dev The same for u, whose y is odd.
    function _productOfU(uint256 k) private pure returns (address) {
        return ecrecover(0, 28, bytes32(U_X), bytes32(mulmod(k, U_X, N)));
    }

    /// @dev ecrecover's word for the parity: 27 or 28, or something that it refuses.
    function _v(bytes calldata data, uint256 offset) private pure returns (uint8) {
        return uint8(_prefixed(data, offset) ? 25 + _prefix(data, offset) : 0);
    }

    function _addressOf(uint256 x, uint256 y) private pure returns (address) {
        return address(uint160(uint256(Hashes.efficientKeccak256(bytes32(x), bytes32(y)))));
    }

    function _isScalar(uint256 value) private pure returns (bool) {
        return value != 0 && value < N;
    }

    /// @dev 32 bytes. The length of `data` is checked by whoever starts reading it.
    function _word(bytes calldata data, uint256 offset) private pure returns (uint256 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, offset))
        }
    }

    function _prefix(bytes calldata data, uint256 offset) private pure returns (uint256) {
        return _word(data, offset) >> 248;
    }

    /// @dev rust-umbral's hash to a scalar.
    function _toScalar(bytes32 digest) private pure returns (uint256) {
        return (uint256(digest) % (N - 1)) + 1;
    }
}
