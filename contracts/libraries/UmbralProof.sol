// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

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
///          all revert. Nothing but a proven fault returns.
/// OWNER    Precursor, U1, kfragId and receiver signature are the owner's bytes, E, V and s the encryptor's: nothing that is
///          odd about them is a fault.
/// SOURCE   D. Nunez, "Umbral: a threshold proxy re-encryption scheme", 2018, sections 3.2 and 4.3; hashing as in rust-umbral.
library UmbralProof {
    /// @dev The order of secp256k1.
    uint256 internal constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    /// @dev Its field.
    uint256 internal constant P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    /// @dev The point u: x; its y is odd.
    uint256 internal constant U_X = 0x079390d0fbe220fc34aab8ecbf49098098036820fadb98c03143e55db8ec73cd;

    /// @notice The capsule is not 98 bytes of two valid points with x < n and a scalar that fit together, or `y` is not the
    /// y coordinate of its V. Whoever was asked this need not have answered.
    error UmbralProofBadCapsule();

    /// @notice A hint for `fault` is not what it should be.
    error UmbralProofBadHint(Fault fault);

    /// @notice The answer does not have this fault, or it has another that makes this one unprovable.
    error UmbralProofNoFault(Fault fault);

    /// @notice The secret is not 1 .. n - 1 with secret u = U1, or `y` is not the y coordinate of U1.
    error UmbralProofOtherSecret();
}
