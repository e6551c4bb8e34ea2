//! The table of prices: the one that ships, or the administrator's own, signed by a key that the
//! administrator trusts. A table without such a signature is a fault of the configuration.

use kaname_gateway::{PriceTable, Prices};
use kaname_ledger_core::{Note, NoteSignature, VerifyingKey};

use super::{faults::Collector, raw};

const KEYS: &str = "gateway.price_keys";
const TABLE: &str = "gateway.price_table";
const RATES: &str = "gateway.yen_per";

/// The keys that may sign a table.
pub(super) fn keys(raw: &raw::Gateway, found: &mut Collector) -> Vec<VerifyingKey> {
    let mut keys = Vec::new();
    for text in raw.price_keys.iter().flatten() {
        match VerifyingKey::from_vkey(text) {
            Ok(key) => keys.push(key),
            Err(error) => found.fault(KEYS, &format!("each must be a public key: {error}")),
        }
    }
    if !keys.is_empty() {
        let names: Vec<&str> = keys.iter().map(VerifyingKey::name).collect();
        found.note(KEYS, names.join(", "), "file");
    }
    keys
}

/// The prices that are offered.
pub(super) fn prices(raw: &raw::Gateway, found: &mut Collector) -> Option<Prices> {
    let rates = raw.yen_per.clone().unwrap_or_default();
    for (currency, rate) in &rates {
        found.note(RATES, format!("{currency} {rate}"), "file");
    }
    let read = match &raw.price_table {
        None => PriceTable::shipped().map(|table| (table, None)).map_err(|error| error.to_string()),
        Some(path) => {
            found.note(TABLE, path.clone(), "file");
            let keys = keys(raw, &mut Collector::default());
            let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"));
            bytes.and_then(|bytes| signed(&bytes, &keys)).map(|(table, by)| (table, Some(by)))
        }
    };
    let (table, signed_by) = read.map_err(|fault| found.fault(TABLE, &fault)).ok()?;
    let unknown = |currency: String| {
        found.fault(RATES, &format!("{currency}: a rate is a decimal above 0, such as \"150.25\""));
    };
    Prices::new(table, signed_by, &rates).map_err(unknown).ok()
}

/// The table in the signed note `bytes`, and who signed it.
pub(crate) fn signed(bytes: &[u8], keys: &[VerifyingKey]) -> Result<(PriceTable, String), String> {
    let note = Note::parse(bytes).map_err(|error| format!("is no signed note: {error}"))?;
    let text = note.verify(&keys.iter().collect::<Vec<_>>()).map_err(|error| {
        format!("is not signed by a key of {KEYS}: {error}; see the administrator guide")
    })?;
    let known = |name: &str| keys.iter().any(|key| key.name() == name);
    let by = note.signatures().iter().map(NoteSignature::name).find(|name| known(name));
    let table = PriceTable::read(text).map_err(|error| error.to_string())?;
    Ok((table, by.unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use kaname_ledger_core::{SigningKey, sign_note};

    use super::*;

    const TEXT: &str = "{\"schema\":\"kaname.prices/1\",\"as_of\":\"2026-04-01\",\"entries\":[]}\n";

    fn raw(folder: &std::path::Path, note: &str, keys: &[String]) -> raw::Gateway {
        let path = folder.join("prices.note");
        std::fs::write(&path, note).unwrap();
        raw::Gateway {
            price_table: Some(path.display().to_string()),
            price_keys: Some(keys.to_vec()),
            ..raw::Gateway::default()
        }
    }

    #[test]
    fn a_table_is_taken_only_with_the_signature_of_a_key_that_was_named() {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::from_seed("town.example/prices", &[1; 32]).unwrap();
        let other = SigningKey::from_seed("town.example/prices", &[2; 32]).unwrap();
        let named = [key.verifying_key().to_vkey()];
        let good = sign_note(TEXT, &[&key]).unwrap();
        let taken = prices(&raw(folder.path(), &good, &named), &mut Collector::default()).unwrap();
        assert_eq!(taken.signed_by(), Some("town.example/prices"));
        let forged = sign_note(TEXT, &[&other]).unwrap();
        let changed = good.replace("2026-04-01", "2026-04-02");
        for (note, keys) in
            [(&forged, &named[..]), (&changed, &named), (&good, &[]), (&TEXT.to_owned(), &named)]
        {
            let refused = prices(&raw(folder.path(), note, keys), &mut Collector::default());
            assert!(refused.is_none(), "{note}");
        }
    }

    #[test]
    fn without_a_file_the_table_that_ships_is_offered() {
        let shipped = prices(&raw::Gateway::default(), &mut Collector::default()).unwrap();
        assert!(shipped.signed_by().is_none() && !shipped.table().entries.is_empty());
    }
}
