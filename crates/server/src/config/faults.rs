//! Faults of a configuration, all of them at once.

use std::fmt;

use super::{Config, InForce};

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Key path, or the file's name.
    pub(crate) key: String,
    /// What is wrong and how to mend it.
    pub(crate) detail: String,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct ConfigError(pub Vec<Fault>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} fault(s):", self.0.len())?;
        self.0.iter().try_for_each(|fault| writeln!(f, "  {}: {}", fault.key, fault.detail))
    }
}

/// Collects faults and sources while a configuration is built.
#[derive(Debug, Default)]
pub(super) struct Collector {
    pub(super) in_force: Vec<InForce>,
    faults: Vec<Fault>,
}

impl Collector {
    pub(super) fn fault(&mut self, key: &str, detail: &str) {
        self.faults.push(Fault { key: key.to_owned(), detail: detail.to_owned() });
    }

    pub(super) fn note(&mut self, key: &'static str, value: String, source: &str) -> String {
        self.in_force.push(InForce { key, value: value.clone(), source: source.to_owned() });
        value
    }

    pub(super) fn finish(self, config: Config) -> Result<Config, ConfigError> {
        if self.faults.is_empty() { Ok(config) } else { Err(ConfigError(self.faults)) }
    }
}
