//! The currency of a shop.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::words::UnknownWord;

/// A currency of ISO 4217 that is used for payments.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

/// What was wrong with a currency.
#[derive(Debug, thiserror::Error)]
#[error("must be a current ISO 4217 code such as USD, EUR or JPY")]
pub struct BadCurrency;

impl Currency {
    /// The currency of a shop that names none.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The number of decimal digits of its minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        // `FromStr` accepts only currencies that have one.
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = BadCurrency;

    fn from_str(code: &str) -> Result<Self, BadCurrency> {
        let currency = iso_currency::Currency::from_code(code).ok_or(BadCurrency)?;
        // Gold, test codes and fund units have no minor unit, or are not used for payments.
        let payable = currency.exponent().is_some() && !currency.is_special() && !currency.is_fund();
        if payable { Ok(Self(currency)) } else { Err(BadCurrency) }
    }
}

impl PartialSchema for Currency {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A current ISO 4217 code."))
            .pattern(Some("^[A-Z]{3}$"))
            .examples(["USD", "EUR", "JPY"])
            .into()
    }
}

impl ToSchema for Currency {}

impl TryFrom<String> for Currency {
    type Error = BadCurrency;

    fn try_from(code: String) -> Result<Self, BadCurrency> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// Parses a currency from the database.
pub fn known_currency(code: &str) -> Result<Currency, UnknownWord> {
    code.parse().map_err(|_| UnknownWord { kind: "currency", value: code.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_know_their_minor_units() {
        let exponent = |code: &str| code.parse::<Currency>().map(Currency::exponent).ok();
        assert_eq!(exponent("USD"), Some(2));
        assert_eq!(exponent("JPY"), Some(0));
        assert_eq!(exponent("KWD"), Some(3));
        assert_eq!(exponent("XAU"), None, "gold is not paid with");
        assert_eq!(exponent("usd"), None);
        assert_eq!(exponent(""), None);
    }
}
