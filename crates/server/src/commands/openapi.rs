//! `kaname openapi`: the document that says what the API is.

use super::{Done, print};
use crate::openapi;

/// Prints the document; no server needs to run.
pub(crate) async fn run() -> anyhow::Result<Done> {
    print::line(&openapi::text().await?);
    Ok(Done::Yes)
}
