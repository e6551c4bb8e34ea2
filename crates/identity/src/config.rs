//! What an administrator may set about identity, with the defaults and their reasons.

use kaname_kernel::Label;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// The slice's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Send cookies over TLS only. On unless the server listens on loopback without TLS.
    pub secure_cookies: bool,
    /// Where browsers reach the server (`https://ai.example.lg.jp`), when a proxy rewrites `Host`.
    pub public_origin: Option<String>,
    /// A session ends after this long without a request.
    pub session_idle_ms: i64,
    /// A session ends this long after sign-in, whatever happens.
    pub session_lifetime_ms: i64,
    /// Least number of characters of a password.
    ///
    /// # Source
    ///
    /// NIST SP 800-63B-4, 3.1.1.2: 15 where the password is the only factor, as it is here; 8
    /// would do beside a second factor.
    pub password_length_min: usize,
    /// Argon2id memory, in KiB. The defaults are OWASP's 19 MiB and two passes, so that two
    /// hashes at a time stay below 40 MiB on a small machine.
    pub hash_memory_kib: u32,
    /// Argon2id passes.
    pub hash_passes: u32,
    /// Wrong passwords in a row until an account is locked for the first time.
    pub failures_before_lock: i64,
    /// How long the first lock holds; each further failure doubles it.
    pub lock_first_ms: i64,
    /// How long a lock holds at most.
    pub lock_longest_ms: i64,
    /// Wrong passwords in a row until only an administrator can open the account again.
    ///
    /// # Source
    ///
    /// NIST SP 800-63B-4, 3.2.2: at most 100.
    pub failures_max: i64,
    /// Failures are forgotten after this long without another.
    pub failures_kept_ms: i64,
    /// What the first administrator may see until somebody changes it.
    pub first_clearance: Label,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            secure_cookies: true,
            public_origin: None,
            session_idle_ms: HOUR_MS,
            session_lifetime_ms: 12 * HOUR_MS,
            password_length_min: 15,
            hash_memory_kib: 19_456,
            hash_passes: 2,
            failures_before_lock: 5,
            lock_first_ms: MINUTE_MS,
            lock_longest_ms: HOUR_MS,
            failures_max: 100,
            failures_kept_ms: 30 * 24 * HOUR_MS,
            first_clearance: Label::of_rank(2),
        }
    }
}
