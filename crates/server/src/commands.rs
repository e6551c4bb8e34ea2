//! Every command: what was said on the command line becomes a call, and its answer is printed.

mod ask;
mod backup;
mod batches;
mod blocks;
mod budgets;
mod config_check;
mod continuity;
mod demo;
mod docs;
mod drills;
mod endpoints;
pub(crate) mod engine_child;
mod keys;
mod ledger;
mod migrate;
mod model;
mod openapi;
mod prices;
pub(crate) mod print;
mod restore;
mod routes;
mod traffic;
mod upgrade;
mod users;
mod without;
mod worker;

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::{
    cli::{Cli, Command, ConfigCommand, DemoCommand, PriceCommand, UpgradeCommand},
    config::{Config, ConfigError},
    data_dir::DataDirError,
    door::Door,
    serve,
};

/// How a command ended, when it ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// Done.
    Yes,
    /// The documents hold no answer.
    NoAnswer,
    /// A verification failed.
    NotVerified,
}

/// Runs one command; see [`Cli`] for the exit codes.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let json = cli.json;
    match start(cli) {
        Ok(Done::Yes) => ExitCode::SUCCESS,
        Ok(Done::NoAnswer) => ExitCode::from(3),
        Ok(Done::NotVerified) => ExitCode::from(4),
        Err(error) => {
            print::error(&error, json);
            let unusable = error.downcast_ref::<ConfigError>().is_some()
                || error.downcast_ref::<DataDirError>().is_some();
            ExitCode::from(if unusable { 5 } else { 1 })
        }
    }
}

/// Threads for what waits for a disk or computes for long; more would wait for the same cores, and each
/// keeps memory of its own.
const BLOCKING_THREADS: usize = 16;

fn start(cli: Cli) -> anyhow::Result<Done> {
    let config = Config::load(cli.config.as_deref());
    if let Command::Config(ConfigCommand::Check) = cli.command {
        return Ok(config_check::run(&config?, cli.json));
    }
    if let Command::Completions { shell } = cli.command {
        clap_complete::generate(shell, &mut Cli::command(), "kaname", &mut std::io::stdout());
        return Ok(Done::Yes);
    }
    let config = config?;
    let serves = matches!(cli.command, Command::Serve | Command::Worker);
    kaname_platform::telemetry::start_logging(
        if config.json_logs {
            kaname_platform::telemetry::LogFormat::Json
        } else {
            kaname_platform::telemetry::LogFormat::Human
        },
        if serves { &config.log_filter } else { "warn" },
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(Box::pin(dispatch(cli, config)))
}

async fn dispatch(cli: Cli, config: Config) -> anyhow::Result<Done> {
    let json = cli.json;
    match cli.command {
        Command::Serve => serve::run(&config, json).await,
        Command::Worker => worker::run(&config).await,
        Command::Migrate => migrate::run(&config, json).await,
        Command::Model(command) => model::run(command, &config, json),
        Command::Price(PriceCommand::Check { file }) => prices::check(&config, &file, json),
        Command::Price(PriceCommand::NewKey { name, file }) => prices::new_key(&name, &file),
        Command::Price(PriceCommand::Sign { table, key }) => prices::sign(&table, &key),
        Command::Openapi => openapi::run().await,
        Command::Restore { file } => restore::run(&config, &file, json).await,
        Command::Upgrade(UpgradeCommand::Check) => upgrade::run(&config, json).await,
        Command::Ledger(command) if ledger::is_offline(&command) => {
            ledger::run_offline(command, json)
        }
        command => {
            let mut door = Door::open(&config, cli.acting_as).await?;
            let done = through_the_door(command, &mut door, json).await;
            door.close().await;
            done
        }
    }
}

async fn through_the_door(command: Command, door: &mut Door, json: bool) -> anyhow::Result<Done> {
    match command {
        Command::User(command) => users::run(command, door, json).await,
        Command::Key(command) => keys::run(command, door, json).await,
        Command::Budget(command) => budgets::run(command, door, json).await,
        Command::Endpoint(command) => endpoints::run(command, door, json).await,
        Command::Route(command) => routes::run(command, door, json).await,
        Command::Continuity(command) => continuity::run(command, door, json).await,
        Command::Drill(command) => drills::run(command, door, json).await,
        Command::Block(command) => blocks::run(command, door, json).await,
        Command::Traffic(asked) => traffic::run(&asked, door, json).await,
        Command::Batch(command) => batches::run(command, door, json).await,
        Command::Price(_) => prices::list(door, json).await,
        Command::Docs(command) => docs::run(command, door, json).await,
        Command::Ask(ask) => ask::run(&ask, door, json).await,
        Command::Ledger(command) => ledger::run(command, door, json).await,
        Command::Demo(DemoCommand::Load) => demo::run(door, json).await,
        Command::Backup { file } => backup::run(&file, door, json).await,
        // Every other command was dealt with before the door was opened.
        _ => Ok(Done::Yes),
    }
}
