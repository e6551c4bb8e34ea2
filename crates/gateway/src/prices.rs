//! The table of prices: dated, each with its source. It is offered where an endpoint is described and
//! never applied by itself; nothing of it is fetched.
//!
//! What ships is part of the program and pinned. An administrator's own table is checked by the
//! server before it comes here. A price in another currency is worth nothing in yen until the
//! administrator states a rate.

pub(crate) mod http;

use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{endpoint_fields::is_day, model::Price};

/// The table that ships.
const SHIPPED: &str = include_str!("../../../packs/prices/prices.json");
/// What its bytes hash to: a table that changed by accident is not one.
const SHIPPED_SHA256: &str = "f30fb7cbe3d685f2e411d3e4c470d3cb7b8eb276fb17d66b41971d1b1b65f347";
/// The form of tables that this version reads.
const SCHEMA: &str = "kaname.prices/1";
/// Most entries of a table.
const ENTRIES_MAX: usize = 10_000;
/// Digits after the point, of amounts and of rates.
const DECIMALS: usize = 6;

/// Why a text is no table of prices.
#[derive(Debug, thiserror::Error)]
pub enum PriceTableError {
    /// It does not have the form.
    #[error("this is no table of prices: {0}")]
    Form(#[from] serde_json::Error),
    /// It has another schema, or too many entries.
    #[error("the table must have the schema {SCHEMA} and at most {ENTRIES_MAX} entries")]
    Table,
    /// An entry cannot be.
    #[error("entry {number} ({model}): {why}")]
    Entry {
        /// Its place, from 1.
        number: usize,
        /// Its model.
        model: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The table that ships was changed.
    #[error("the table that ships is not the one that was pinned")]
    NotPinned,
}

/// Whether somebody compared a price with its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceStatus {
    /// Taken over from a note; compare it with the source before it is used.
    Unverified,
    /// Compared with the source on the day it says.
    Verified,
}

/// What one price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// A million tokens.
    MillionTokens,
}

/// The price of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceEntry {
    /// Who sells it.
    pub vendor: String,
    /// The model's name at the vendor.
    pub model: String,
    /// What the amounts are for.
    pub unit: PriceUnit,
    /// The currency of the source, as `JPY` or `USD`.
    pub currency: String,
    /// Tokens in: a decimal with at most six digits after the point.
    pub input: String,
    /// Tokens in that the vendor had kept.
    #[serde(default)]
    pub cached_input: Option<String>,
    /// Tokens out.
    pub output: String,
    /// The day from which it holds, as `2026-04-01`.
    pub as_of: String,
    /// Where it is written.
    pub source: String,
    /// Whether somebody compared it with the source.
    pub status: PriceStatus,
}

/// A table of prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    schema: String,
    /// The day of the table.
    pub as_of: String,
    /// The prices.
    pub entries: Vec<PriceEntry>,
}

impl PriceTable {
    /// Reads a table and checks every entry.
    ///
    /// # Errors
    ///
    /// [`PriceTableError`] with the first entry that cannot be.
    pub fn read(text: &str) -> Result<Self, PriceTableError> {
        let table: Self = serde_json::from_str(text)?;
        if table.schema != SCHEMA || table.entries.len() > ENTRIES_MAX || !is_day(&table.as_of) {
            return Err(PriceTableError::Table);
        }
        for (place, entry) in table.entries.iter().enumerate() {
            entry.check().map_err(|why| PriceTableError::Entry {
                number: place + 1,
                model: entry.model.clone(),
                why,
            })?;
        }
        Ok(table)
    }

    /// The table that ships.
    ///
    /// # Errors
    ///
    /// [`PriceTableError::NotPinned`] when its bytes are not the ones that were pinned.
    pub fn shipped() -> Result<Self, PriceTableError> {
        let hash = Sha256::digest(SHIPPED.as_bytes());
        let hex = hash.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a text never fails.
            let _written = write!(hex, "{byte:02x}");
            hex
        });
        if hex != SHIPPED_SHA256 {
            return Err(PriceTableError::NotPinned);
        }
        Self::read(SHIPPED)
    }
}

impl PriceEntry {
    fn check(&self) -> Result<(), &'static str> {
        let named = |text: &str| (1..=200).contains(&text.chars().count());
        if !named(&self.vendor) || !named(&self.model) {
            return Err("vendor and model have 1 to 200 characters");
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            return Err("the currency is three capital letters, JPY say");
        }
        let amounts = [Some(&self.input), self.cached_input.as_ref(), Some(&self.output)];
        if amounts.into_iter().flatten().any(|amount| micro(amount).is_none()) {
            return Err("an amount is a decimal with at most six digits after the point");
        }
        if !is_day(&self.as_of) {
            return Err("as_of is a day as 2026-04-01");
        }
        if self.source.is_empty() || self.source.chars().count() > 300 {
            return Err("a source of at most 300 characters is needed");
        }
        Ok(())
    }
}

/// A table, whose it is, and what other currencies are worth.
#[derive(Debug, Clone)]
pub struct Prices {
    table: PriceTable,
    /// Who vouches for it: the name of the key that signed, or nothing for the one that ships.
    signed_by: Option<String>,
    /// Millionths of a yen for one unit of a currency.
    yen_per: BTreeMap<String, u64>,
}

impl Prices {
    /// `table`, vouched for by `signed_by`; `yen_per` says in decimals what a currency is worth.
    ///
    /// # Errors
    ///
    /// The currency whose rate is no decimal, or is nothing.
    pub fn new(
        table: PriceTable,
        signed_by: Option<String>,
        yen_per: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let rates = yen_per.iter().map(|(currency, rate)| {
            let rate = micro(rate).filter(|rate| *rate > 0).ok_or_else(|| currency.clone())?;
            Ok((currency.clone(), rate))
        });
        let mut yen_per: BTreeMap<String, u64> = rates.collect::<Result<_, String>>()?;
        yen_per.insert("JPY".to_owned(), 1_000_000);
        Ok(Self { table, signed_by, yen_per })
    }

    /// The table.
    pub fn table(&self) -> &PriceTable {
        &self.table
    }

    /// The name of the key that signed it; nothing for the one that ships.
    pub fn signed_by(&self) -> Option<&str> {
        self.signed_by.as_deref()
    }

    /// What an endpoint would cost by `entry`; nothing without a rate.
    pub fn in_yen(&self, entry: &PriceEntry) -> Option<Price> {
        let rate = *self.yen_per.get(&entry.currency)?;
        let yen = |amount: &str| in_yen(micro(amount)?, rate);
        let cached_input = match &entry.cached_input {
            Some(amount) => Some(yen(amount)?),
            None => None,
        };
        Some(Price {
            input: yen(&entry.input)?,
            cached_input,
            output: yen(&entry.output)?,
            request: 0,
            as_of: entry.as_of.clone(),
            source: entry.source.clone(),
        })
    }
}

/// Millionths of `text`, a decimal.
fn micro(text: &str) -> Option<u64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(rest) || whole.len() > 9 || rest.len() > DECIMALS {
        return None;
    }
    format!("{whole}{rest:0<DECIMALS$}").parse().ok()
}

/// An amount at a rate, both in millionths; rounded up, so that a budget never falls short.
fn in_yen(amount: u64, rate: u64) -> Option<u64> {
    let product = u128::from(amount).checked_mul(u128::from(rate))?;
    u64::try_from(product.div_ceil(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(entry: &str) -> String {
        format!(r#"{{"schema":"kaname.prices/1","as_of":"2026-04-01","entries":[{entry}]}}"#)
    }

    fn entry(currency: &str, input: &str) -> String {
        format!(
            r#"{{"vendor":"例","model":"m","unit":"million_tokens","currency":"{currency}","input":"{input}","output":"1.5","as_of":"2026-04-01","source":"test","status":"unverified"}}"#
        )
    }

    #[test]
    fn the_table_that_ships_is_the_one_that_was_pinned() {
        let shipped = PriceTable::shipped().unwrap();
        assert!(!shipped.entries.is_empty());
    }

    #[test]
    fn an_entry_that_cannot_be_is_named() {
        for (currency, input) in [
            ("yen", "1"),
            ("JPY", "1e3"),
            ("JPY", "-1"),
            ("JPY", ".5"),
            ("JPY", "1.1234567"),
            ("JPY", ""),
        ] {
            let refused = PriceTable::read(&table(&entry(currency, input))).unwrap_err();
            assert!(matches!(&refused, PriceTableError::Entry { number: 1, .. }), "{refused}");
        }
        let unknown = table(&entry("JPY", "1")).replace("\"entries\"", "\"x\":1,\"entries\"");
        assert!(matches!(PriceTable::read(&unknown), Err(PriceTableError::Form(_))));
        let other = table(&entry("JPY", "1")).replace("prices/1", "prices/2");
        assert!(matches!(PriceTable::read(&other), Err(PriceTableError::Table)));
    }

    #[test]
    fn another_currency_is_yen_only_at_a_rate_that_was_stated_and_is_rounded_up() {
        let read = |currency: &str, input: &str| {
            PriceTable::read(&table(&entry(currency, input))).unwrap()
        };
        let none = Prices::new(read("USD", "2"), None, &BTreeMap::new()).unwrap();
        assert_eq!(none.in_yen(&none.table.entries[0]), None);
        let yen = Prices::new(read("JPY", "0.25"), None, &BTreeMap::new()).unwrap();
        assert_eq!(yen.in_yen(&yen.table.entries[0]).unwrap().input, 250_000);
        let rate = BTreeMap::from([("USD".to_owned(), "150.5".to_owned())]);
        let stated = Prices::new(read("USD", "0.000001"), Some("x".to_owned()), &rate).unwrap();
        let price = stated.in_yen(&stated.table.entries[0]).unwrap();
        assert_eq!((price.input, price.output), (151, 225_750_000));
        for wrong in ["0", "", "x"] {
            let rate = BTreeMap::from([("USD".to_owned(), wrong.to_owned())]);
            assert_eq!(Prices::new(read("USD", "2"), None, &rate).unwrap_err(), "USD");
        }
    }
}
