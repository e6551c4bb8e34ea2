//! Time and randomness as parameters: the only two sources of surprise a core may have.

use std::fmt;

/// A moment: milliseconds since 1970-01-01T00:00:00Z, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `ms` milliseconds after the epoch; a negative value becomes the epoch.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms.max(0))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment `ms` later; `ms` may be negative. Saturates at the ends.
    #[must_use]
    pub fn plus_millis(self, ms: i64) -> Self {
        Self::from_millis(self.0.saturating_add(ms))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Tells the time. The system's clock in service, a fixed one in tests.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present moment. May go backwards: callers must not rely on order.
    fn now(&self) -> Timestamp;
}

/// Gives unpredictable bytes. The operating system in service, a seeded stream in tests.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills `buffer` whole. An implementation that cannot must stop the process.
    fn fill(&self, buffer: &mut [u8]);
}
