//! `kaname worker`: background jobs only, beside other nodes on PostgreSQL.

use super::Done;
use crate::{
    app::App,
    config::{Config, Database},
    serve,
};

/// Works until stopped.
pub(crate) async fn run(config: &Config) -> anyhow::Result<Done> {
    anyhow::ensure!(
        config.database != Database::Sqlite,
        "on SQLite the workers run inside `kaname serve`; a worker of its own needs database.url"
    );
    let app = App::open(config).await?;
    app.start_background(config).await?;
    serve::stop_signal().await;
    app.close().await;
    Ok(Done::Yes)
}
