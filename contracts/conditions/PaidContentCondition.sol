// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ICondition} from "../interfaces/ICondition.sol";

/// @title PaidContentCondition
/// @notice Pay to read: lets read who paid for the content, or has a subscription. Anybody may pay for any reader; the
/// price goes straight to the beneficiary. There is no owner; prices never change.
///
/// UNITS    Prices are base units of TOKEN, times are Unix times in seconds.
/// LIMITS   What is paid stays paid: there is no refund, whether the policy is revoked or runs out. Readers look first
///          whether the policy names this condition, and until when it lasts.
/// TOKENS   TOKEN is meant to be {NKMSToken}. Of another one the beneficiary gets what its transfers bring.
contract PaidContentCondition is ICondition {
    using SafeERC20 for IERC20;

    uint256 internal constant MAX_PRICE = type(uint128).max;
    uint256 internal constant MAX_SECONDS = 3_650 days;
    uint256 internal constant MAX_PERIODS = 3_650;

    /// @notice What is paid with.
    IERC20 public immutable TOKEN;
    /// @notice Who is paid.
    address public immutable BENEFICIARY;
    /// @notice Base units for one content and one reader, for ever. 0: contents aren't sold one by one.
    uint256 public immutable PRICE_PER_CONTENT;
    /// @notice Base units for one period of all contents and one reader. 0: there are no subscriptions.
    uint256 public immutable PRICE_PER_PERIOD;
    /// @notice The length of a subscription's period, seconds.
    uint256 public immutable PERIOD;

    /// @notice Whether the content was paid for; `content` is the keccak256 of its capsule's bytes.
    mapping(bytes32 policy => mapping(address reader => mapping(bytes32 content => bool))) public isPaid;
    /// @notice The first second that a reader's subscription no longer covers; 0: there never was one.
    mapping(bytes32 policy => mapping(address reader => uint256)) public paidUntil;

    /// @notice `payer` paid `price` for `reader` to read one content for ever.
    event ContentPaid(
        bytes32 indexed policy,
        address indexed reader,
        bytes32 indexed content,
        address payer,
        uint256 price
    );

    /// @notice `payer` paid `price` for `periods` periods, so that `reader` can read everything before `until`.
    event Subscribed(
        bytes32 indexed policy,
        address indexed reader,
        address payer,
        uint256 periods,
        uint256 price,
        uint256 until
    );

    /// @notice A constructor argument; `parameter` is its name.
    error PaidContentConditionParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);

    /// @notice There is no contract at `token`.
    error PaidContentConditionNoCode(address token);

    /// @notice Somebody must be paid.
    error PaidContentConditionNoBeneficiary();

    /// @notice Both prices are 0: nobody could ever read.
    error PaidContentConditionNothingOffered();

    /// @notice Contents aren't sold one by one here.
    error PaidContentConditionNoContents();

    /// @notice There are no subscriptions here.
    error PaidContentConditionNoSubscriptions();

    /// @notice Nobody can read as the zero address.
    error PaidContentConditionNoReader();

    /// @notice The reader can read this content already.
    error PaidContentConditionPaidAlready(bytes32 policy, address reader, bytes32 content);

    /// @notice At once one can subscribe to `least` .. `most` periods.
    error PaidContentConditionPeriods(uint256 periods, uint256 least, uint256 most);

    /// @param pricePerContent 0 .. 2^128 - 1; 0: not offered.
    /// @param pricePerPeriod 0 .. 2^128 - 1; 0: not offered.
    /// @param period Seconds, 1 .. 3,650 days; 0 if there are no subscriptions.
    constructor(address token, address beneficiary, uint256 pricePerContent, uint256 pricePerPeriod, uint256 period) {
        if (token.code.length == 0) revert PaidContentConditionNoCode(token);
        if (beneficiary == address(0)) revert PaidContentConditionNoBeneficiary();
        if (pricePerContent == 0 && pricePerPeriod == 0) revert PaidContentConditionNothingOffered();
        _checkParameter("pricePerContent", pricePerContent, 0, MAX_PRICE);
        _checkParameter("pricePerPeriod", pricePerPeriod, 0, MAX_PRICE);
        if (pricePerPeriod == 0) _checkParameter("period", period, 0, 0);
        else _checkParameter("period", period, 1, MAX_SECONDS);
        (TOKEN, BENEFICIARY) = (IERC20(token), beneficiary);
        (PRICE_PER_CONTENT, PRICE_PER_PERIOD, PERIOD) = (pricePerContent, pricePerPeriod, period);
    }

    function _checkParameter(bytes32 parameter, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) {
            revert PaidContentConditionParameterOutOfBounds(parameter, value, least, most);
        }
    }

    /* PAYING */

    /// @notice Pays for `reader` to read one content for ever.
    /// @dev Who: anyone, by allowance. Emits {ContentPaid}. Reverts {PaidContentConditionNoContents},
    /// {PaidContentConditionNoReader}, {PaidContentConditionPaidAlready}, and the token's errors.
    /// @param content The keccak256 of the capsule's bytes.
    function payContent(bytes32 policy, address reader, bytes32 content) external {
        if (PRICE_PER_CONTENT == 0) revert PaidContentConditionNoContents();
        if (reader == address(0)) revert PaidContentConditionNoReader();
        if (isPaid[policy][reader][content]) revert PaidContentConditionPaidAlready(policy, reader, content);

        isPaid[policy][reader][content] = true;
        emit ContentPaid(policy, reader, content, msg.sender, PRICE_PER_CONTENT);

        TOKEN.safeTransferFrom(msg.sender, BENEFICIARY, PRICE_PER_CONTENT);
    }

    /// @notice Pays for `reader` to read everything of a policy for some periods: from now on, or from the end of the
    /// subscription that it has.
    /// @dev Who: anyone, by allowance. Emits {Subscribed}. Reverts {PaidContentConditionNoSubscriptions},
    /// {PaidContentConditionNoReader}, {PaidContentConditionPeriods}, and the token's errors.
    /// @param periods 1 .. 3,650.
    function subscribe(bytes32 policy, address reader, uint256 periods) external {
        if (PRICE_PER_PERIOD == 0) revert PaidContentConditionNoSubscriptions();
        if (reader == address(0)) revert PaidContentConditionNoReader();
        if (periods == 0 || periods > MAX_PERIODS) revert PaidContentConditionPeriods(periods, 1, MAX_PERIODS);

        uint256 from = paidUntil[policy][reader];
        if (from < block.timestamp) from = block.timestamp;
        uint256 until = from + periods * PERIOD;
        paidUntil[policy][reader] = until;
        uint256 price = periods * PRICE_PER_PERIOD;
        emit Subscribed(policy, reader, msg.sender, periods, price, until);

        TOKEN.safeTransferFrom(msg.sender, BENEFICIARY, price);
    }

    /* READING */

    /// @inheritdoc ICondition
    function isAllowed(bytes32 policy, address reader, bytes calldata data) external view returns (bool) {
        return block.timestamp < paidUntil[policy][reader] || isPaid[policy][reader][keccak256(data)];
    }
}
