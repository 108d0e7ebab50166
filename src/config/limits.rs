//! The settings `limit_…`: one for each limit on rates and numbers, with the limit's name and default.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::limits::{Limit, Values};

/// What the names of these settings begin with.
const PREFIX: &str = "limit_";

/// A value for each limit.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LimitSettings(pub Values);

impl Serialize for LimitSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = |limit: Limit| self.0.get(limit).map_or(0, std::num::NonZero::get);
        serializer.collect_map(Limit::ALL.map(|limit| (format!("{PREFIX}{limit}"), value(limit))))
    }
}

/// Reads what is left of the settings when the others have been read. What is no limit either is unknown.
impl<'de> Deserialize<'de> for LimitSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = Values::default();
        for (key, value) in BTreeMap::<String, Value>::deserialize(deserializer)? {
            let limit = key.strip_prefix(PREFIX).and_then(|name| name.parse::<Limit>().ok());
            let limit = limit.ok_or_else(|| D::Error::unknown_field(&key, &[]))?;
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            let number = number.ok_or_else(|| {
                D::Error::custom(format!(
                    "{key} is {value}, but must be a whole number from 0 to {}",
                    u32::MAX
                ))
            })?;
            values = values.with(limit, number);
        }
        Ok(Self(values))
    }
}
