//! `kaname price …`: the table of prices.

use std::{fmt, fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use anyhow::{Context as _, anyhow, bail};
use http::Method;
use kaname_gateway::PriceTable;
use kaname_kernel::Entropy as _;
use kaname_ledger_core::{SigningKey, sign_note};
use kaname_platform::SystemEntropy;
use serde_json::json;

use super::{Done, print};
use crate::{
    config::{Config, signed_prices},
    door::Door,
};

/// Prints the prices that are offered.
pub(crate) async fn list(door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let answer = door.json(Method::GET, "/api/v1/prices", None).await?;
    if as_json {
        print::json(&answer);
        return Ok(Done::Yes);
    }
    let items = answer.get("items").and_then(|items| items.as_array());
    for item in items.into_iter().flatten().filter_map(|item| item.get("entry")) {
        let words = ["vendor", "model", "currency", "input", "output", "as_of", "status", "source"];
        let line: Vec<String> =
            words.iter().map(|word| print::text(item, word).to_owned()).collect();
        print::line(&line.join("  "));
    }
    Ok(Done::Yes)
}

/// Checks a table and prints how many prices it has and who signed it.
pub(crate) fn check(config: &Config, file: &Path, as_json: bool) -> anyhow::Result<Done> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let (table, by) = signed_prices(&bytes, &config.price_keys)
        .map_err(|fault| anyhow!("{} {fault}", file.display()))?;
    if as_json {
        print::json(
            &json!({ "entries": table.entries.len(), "as_of": table.as_of, "signed_by": by }),
        );
    } else {
        print::line(&format!(
            "{} prices as of {}, signed by {by}",
            table.entries.len(),
            table.as_of
        ));
    }
    Ok(Done::Yes)
}

/// Makes a key: its name and seed go into `file`, which nobody else may read.
pub(crate) fn new_key(name: &str, file: &Path) -> anyhow::Result<Done> {
    let mut seed = [0; 32];
    SystemEntropy.fill(&mut seed);
    let key = SigningKey::from_seed(name, &seed).context("this cannot be a key's name")?;
    let hex = seed.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a text never fails.
        let _written = fmt::Write::write_fmt(&mut hex, format_args!("{byte:02x}"));
        hex
    });
    let mut made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("{} cannot be made", file.display()))?;
    made.write_all(format!("{name}\n{hex}\n").as_bytes())?;
    made.sync_all()?;
    print::line(&key.verifying_key().to_vkey());
    Ok(Done::Yes)
}

/// Signs `table`, which must be one, and prints the note.
pub(crate) fn sign(table: &Path, key: &Path) -> anyhow::Result<Done> {
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
    };
    let text = read(table)?;
    PriceTable::read(&text).with_context(|| table.display().to_string())?;
    let note = sign_note(&format!("{}\n", text.trim_end()), &[&key_of(&read(key)?)?])?;
    print::line(note.trim_end());
    Ok(Done::Yes)
}

fn key_of(text: &str) -> anyhow::Result<SigningKey> {
    let mut lines = text.lines();
    let (Some(name), Some(hex)) = (lines.next(), lines.next()) else {
        bail!("the key's file has a name and a line of 64 hexadecimal digits");
    };
    let digits: Vec<u8> =
        hex.trim().chars().filter_map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|two| two.iter().fold(0, |all, digit| all * 16 + digit))
        .collect();
    let seed = <[u8; 32]>::try_from(bytes).map_err(|_| anyhow!("the key is not 64 digits long"))?;
    Ok(SigningKey::from_seed(name, &seed)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::signed_prices;

    #[test]
    fn a_new_key_signs_a_table_that_is_then_taken_and_its_file_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        new_key("town.example/prices", &file).unwrap();
        assert!(new_key("town.example/prices", &file).is_err());
        let key = key_of(&fs::read_to_string(&file).unwrap()).unwrap();
        let text = "{\"schema\":\"kaname.prices/1\",\"as_of\":\"2026-04-01\",\"entries\":[]}\n";
        let note = sign_note(text, &[&key]).unwrap();
        let (table, by) = signed_prices(note.as_bytes(), &[key.verifying_key()]).unwrap();
        assert_eq!((table.entries.len(), by.as_str()), (0, "town.example/prices"));
        assert!(key_of("town.example/prices\nabc\n").is_err());
    }
}
