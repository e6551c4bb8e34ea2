//! The embedded generation engine.
