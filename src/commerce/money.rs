//! Money: amounts in the minor unit of a currency, such as cents.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::Integer;
use crate::tenancy::Currency;

/// The largest amount, in minor units: the largest integer that every JSON client reads exactly.
pub const MAX_AMOUNT: i64 = (1 << 53) - 1;

/// An amount of money.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
pub struct Money {
    /// In minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A price in a request body. The currency may be left out; it is the shop's.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In the minor unit of the currency, such as cents.
    amount: Amount,
    currency: Option<Currency>,
}

/// An amount in the minor unit of its currency.
pub type Amount = Integer<0, MAX_AMOUNT>;

/// Why an amount of money was refused.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadMoney {
    /// Below zero or too large.
    #[error("must be an amount from 0 to {MAX_AMOUNT} minor units")]
    OutOfRange,
    /// In another currency than the shop's.
    #[error("must be in the shop's currency, {0}")]
    OtherCurrency(Currency),
    /// Not a decimal number.
    #[error("must be a decimal number such as 12.50")]
    NotANumber,
    /// More digits after the point than the currency has.
    #[error("has more decimal digits than {0} has")]
    TooPrecise(Currency),
}

impl Price {
    /// The amount, if it is in the shop's currency.
    ///
    /// # Errors
    /// [`BadMoney::OtherCurrency`].
    pub fn in_currency(self, shop: Currency) -> Result<i64, BadMoney> {
        match self.currency {
            Some(other) if other != shop => Err(BadMoney::OtherCurrency(shop)),
            _ => Ok(self.amount.get()),
        }
    }
}

/// Reads a decimal number such as `12.50`, `12` or `.5` as minor units.
///
/// # Errors
/// When the text is not such a number, has more decimal digits than the currency, or is out of range.
pub fn parse_decimal(text: &str, currency: Currency) -> Result<i64, BadMoney> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(BadMoney::NotANumber);
    }
    let exponent = currency.exponent() as usize;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > exponent {
        return Err(BadMoney::TooPrecise(currency));
    }
    let minor = format!("{whole}{fraction:0<exponent$}");
    let significant = minor.trim_start_matches('0');
    let amount = if significant.is_empty() { Ok(0) } else { significant.parse::<i64>() };
    let amount = amount.ok().and_then(|amount| Amount::try_from(amount).ok());
    amount.map(Amount::get).ok_or(BadMoney::OutOfRange)
}

/// Formats minor units as the decimal number that [`parse_decimal`] reads.
pub fn format_decimal(amount: i64, currency: Currency) -> String {
    let exponent = currency.exponent() as usize;
    if exponent == 0 {
        return amount.to_string();
    }
    let digits = format!("{amount:0>width$}", width = exponent + 1);
    let (whole, fraction) = digits.split_at(digits.len() - exponent);
    format!("{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, currency: &str) -> Result<i64, BadMoney> {
        parse_decimal(text, currency.parse().unwrap())
    }

    #[test]
    fn decimals_become_minor_units() {
        assert_eq!(parse("50", "USD"), Ok(5000));
        assert_eq!(parse("9.99", "USD"), Ok(999));
        assert_eq!(parse("9.9", "USD"), Ok(990));
        assert_eq!(parse(".5", "USD"), Ok(50));
        assert_eq!(parse("0.00", "USD"), Ok(0));
        assert_eq!(parse("1.500", "USD"), Ok(150));
        assert_eq!(parse("50.00", "JPY"), Ok(50));
        assert_eq!(parse("1.234", "KWD"), Ok(1234));
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (amount, currency, text) in
            [(5000, "USD", "50.00"), (5, "USD", "0.05"), (0, "KWD", "0.000"), (1200, "JPY", "1200")]
        {
            assert_eq!(format_decimal(amount, currency.parse().unwrap()), text);
            assert_eq!(parse(text, currency), Ok(amount));
        }
        assert_eq!(parse(&format_decimal(MAX_AMOUNT, "USD".parse().unwrap()), "USD"), Ok(MAX_AMOUNT));
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in ["", ".", "-1", "1,50", "1e3", "$5", "1.2.3", "١"] {
            assert_eq!(parse(text, "USD"), Err(BadMoney::NotANumber), "{text}");
        }
        let usd = "USD".parse().unwrap();
        assert_eq!(parse("1.005", "USD"), Err(BadMoney::TooPrecise(usd)));
        assert_eq!(parse("90071992547409.91", "USD"), Ok(MAX_AMOUNT));
        assert_eq!(parse("90071992547409.92", "USD"), Err(BadMoney::OutOfRange));
        assert_eq!(parse(&"9".repeat(400), "USD"), Err(BadMoney::OutOfRange));
    }
}
