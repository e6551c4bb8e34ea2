//! The command line: what can be said, and nothing of how it is done.

pub(crate) mod models;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use self::models::{EndpointCommand, RouteCommand};

/// Kaname (要): the AI platform that a public institution runs by itself.
///
/// Exit codes: 0 done; 1 refused or failed; 2 wrong usage; 3 no answer in the documents;
/// 4 verification failed; 5 the configuration or the data folder cannot be used.
#[derive(Debug, Parser)]
#[command(name = "kaname", version, propagate_version = true)]
pub(crate) struct Cli {
    /// Configuration file; without it, kaname.toml in the data folder.
    #[arg(long, global = true, env = "KANAME_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Prints JSON for programs instead of text for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The user in whose name to act; without it, the first administrator.
    #[arg(long = "as", global = true, value_name = "USER")]
    pub(crate) acting_as: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the server until it is stopped.
    Serve,
    /// Runs background jobs only (PostgreSQL; on SQLite they run inside `serve`).
    Worker,
    /// Brings the database to this version's schema.
    Migrate,
    /// Looks at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Manages people.
    #[command(subcommand)]
    User(UserCommand),
    /// Manages API keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Manages budgets and rates.
    #[command(subcommand)]
    Budget(BudgetCommand),
    /// Manages endpoints: the places where models answer.
    #[command(subcommand)]
    Endpoint(EndpointCommand),
    /// Manages routes: names that programs call, and the endpoints behind them.
    #[command(subcommand)]
    Route(RouteCommand),
    /// Shows on whom the institution depends, and what stops without them.
    #[command(subcommand)]
    Continuity(ContinuityCommand),
    /// Tries doing without an endpoint, a vendor or a country for a time.
    #[command(subcommand)]
    Drill(DrillCommand),
    /// Takes endpoints, vendors or countries out of service for a time.
    #[command(subcommand)]
    Block(BlockCommand),
    /// Tells how models are used: calls, tokens, yen, faults and times.
    Traffic(Traffic),
    /// Looks at batches of calls and stops them.
    #[command(subcommand)]
    Batch(BatchCommand),
    /// Looks at prices of models.
    #[command(subcommand)]
    Price(PriceCommand),
    /// Manages models and dictionaries.
    #[command(subcommand)]
    Model(ModelCommand),
    /// Manages documents.
    #[command(subcommand)]
    Docs(DocsCommand),
    /// Asks the documents a question.
    Ask(Ask),
    /// Looks at the ledger and proves what is in it.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Loads the demo town.
    #[command(subcommand)]
    Demo(DemoCommand),
    /// Writes records, files and keys to one archive.
    Backup {
        /// The archive to write; must not exist.
        file: PathBuf,
    },
    /// Makes a data folder from an archive.
    Restore {
        /// The archive to read.
        file: PathBuf,
    },
    /// Looks whether this version can open the data folder.
    #[command(subcommand)]
    Upgrade(UpgradeCommand),
    /// Prints the OpenAPI document of the API.
    Openapi,
    /// Prints completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Runs a model in this process: started by the server, never by hand.
    #[command(hide = true)]
    EngineChild,
}

/// `kaname config …`
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Prints what is in force and why, or every fault.
    Check,
}

/// `kaname user …`
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Adds a person; prints a temporary password.
    Add(UserAdd),
    /// Lists people.
    List,
    /// Disables a person and ends their sessions.
    Disable {
        /// The user name.
        user_name: String,
    },
    /// Gives a person a new temporary password.
    Passwd {
        /// The user name.
        user_name: String,
    },
}

/// `kaname user add …`
#[derive(Debug, Args)]
pub(crate) struct UserAdd {
    /// The name to sign in with.
    pub(crate) user_name: String,
    /// The name that others see.
    #[arg(long)]
    pub(crate) display_name: String,
    /// A role; may be given several times.
    #[arg(long = "role", default_value = "staff")]
    pub(crate) roles: Vec<String>,
    /// The highest label that the person may see, such as 2 or 3+personal.
    #[arg(long, default_value = "1")]
    pub(crate) clearance: String,
}

/// `kaname key …`
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Makes a key and prints it once.
    Create {
        /// What the key is for.
        name: String,
        /// A scope; may be given several times: models, knowledge, documents, ledger.
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// Days until it ends.
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// Lists keys.
    List,
    /// Ends a key at once.
    Revoke {
        /// The key's id.
        id: String,
    },
}

/// `kaname budget …`
#[derive(Debug, Subcommand)]
pub(crate) enum BudgetCommand {
    /// Lists budgets and rates with what is used of each.
    List,
    /// Makes a budget, or changes the one of the same subject, unit and period.
    Set(BudgetSet),
    /// Removes a budget.
    Remove {
        /// The budget's id.
        id: String,
    },
}

/// `kaname budget set …`
#[derive(Debug, Args)]
pub(crate) struct BudgetSet {
    /// Whose: institution, department:KEY, person:USER, team:ID, key:ID, app:NAME or system:NAME.
    pub(crate) subject: String,
    /// How much, in whole yen, tokens or requests.
    #[arg(long)]
    pub(crate) limit: u64,
    /// yen, tokens or requests.
    #[arg(long)]
    pub(crate) unit: String,
    /// day, month or fiscal_year; minute or at_once for a rate.
    #[arg(long)]
    pub(crate) period: String,
    /// Whom to ask for more.
    #[arg(long)]
    pub(crate) contact: Option<String>,
    /// Keeps it without holding anybody to it.
    #[arg(long)]
    pub(crate) off: bool,
}

/// `kaname continuity …`
#[derive(Debug, Subcommand)]
pub(crate) enum ContinuityCommand {
    /// Shares of calls, tokens and yen by vendor and country, and how concentrated they are.
    Shares {
        /// How many days to look back.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=3_660))]
        days: i64,
    },
    /// What stops if an endpoint, a vendor or a country is gone.
    Exit {
        /// What would be gone.
        #[command(flatten)]
        without: Without,
    },
}

/// What is done without: one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Without {
    /// An endpoint by its name in the API, its name or its id.
    #[arg(long)]
    pub(crate) endpoint: Option<String>,
    /// A vendor, as the endpoints state it.
    #[arg(long)]
    pub(crate) vendor: Option<String>,
    /// A country from which endpoints are operated.
    #[arg(long)]
    pub(crate) operator_country: Option<String>,
    /// A country in which endpoints are hosted.
    #[arg(long)]
    pub(crate) hosting_country: Option<String>,
}

/// What is taken out of service, for how long, and why.
#[derive(Debug, Args)]
pub(crate) struct OutOfService {
    /// What.
    #[command(flatten)]
    pub(crate) without: Without,
    /// For how many minutes, 1 to 10,080.
    #[arg(long)]
    pub(crate) minutes: u32,
    /// Why; kept in the ledger.
    #[arg(long)]
    pub(crate) reason: String,
}

/// `kaname drill …`
#[derive(Debug, Subcommand)]
pub(crate) enum DrillCommand {
    /// Starts a drill. It ends by itself.
    Start {
        /// What is left out, for how long, and why.
        #[command(flatten)]
        wanted: OutOfService,
        /// A JSON file with check questions, asked before the drill and again in it.
        #[arg(long)]
        checks: Option<PathBuf>,
    },
    /// Lists the drills, the newest first.
    List,
    /// Prints the report of a drill, as of now while it runs.
    Show {
        /// The drill's id.
        id: String,
    },
    /// Ends a drill before its time.
    End {
        /// The drill's id.
        id: String,
    },
}

/// `kaname batch …`: one's own, so say whose with `--as`.
#[derive(Debug, Subcommand)]
pub(crate) enum BatchCommand {
    /// Lists batches, newest first.
    List,
    /// Shows how far a batch is, and the faults of its file.
    Show {
        /// The batch's id.
        id: String,
    },
    /// Stops a batch: calls under way end, no further one begins.
    Cancel {
        /// The batch's id.
        id: String,
    },
}

/// `kaname block …`
#[derive(Debug, Subcommand)]
pub(crate) enum BlockCommand {
    /// Lists what is out of service.
    List,
    /// Takes something out of service for a time, without a report.
    Add(OutOfService),
    /// Ends a block before its time.
    End {
        /// The block's id.
        id: String,
    },
}

/// `kaname traffic`
#[derive(Debug, Args)]
pub(crate) struct Traffic {
    /// Counted by department, app, model, endpoint, route, vendor, purpose or outcome.
    #[arg(long, default_value = "endpoint")]
    pub(crate) by: String,
    /// The last so many hours, up to 9600.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=9_600))]
    pub(crate) hours: u32,
}

/// `kaname price …`
#[derive(Debug, Subcommand)]
pub(crate) enum PriceCommand {
    /// Lists the prices that are offered, with day and source.
    List,
    /// Checks a table: its form, its entries, and that a configured key signed it.
    Check {
        /// The table, as a signed note.
        file: PathBuf,
    },
    /// Makes a key that signs tables, and prints its public half.
    NewKey {
        /// Its name, such as town.example/prices.
        name: String,
        /// Where it is written; there must be no such file yet.
        file: PathBuf,
    },
    /// Prints a table as a signed note.
    Sign {
        /// The table.
        table: PathBuf,
        /// The key's file.
        #[arg(long)]
        key: PathBuf,
    },
}

/// `kaname model …`
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Fetches what quotation needs, or the model named.
    Fetch {
        /// The model's id in the catalogue.
        id: Option<String>,
    },
    /// Compiles the dictionary from its source, once it has been fetched.
    BuildDictionary,
    /// Lists the catalogue with licences and what is there.
    List,
    /// Compares what is there with the catalogue's hashes.
    Check,
}

/// `kaname docs …`
#[derive(Debug, Subcommand)]
pub(crate) enum DocsCommand {
    /// Adds files, or every file in a folder, to a collection.
    Add {
        /// Files and folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The collection's key or id; made if it is not there.
        #[arg(long)]
        collection: String,
        /// The label of the documents, if higher than the collection's.
        #[arg(long)]
        label: Option<String>,
    },
    /// Lists the documents of a collection, or the collections.
    List {
        /// The collection's key or id.
        #[arg(long)]
        collection: Option<String>,
    },
    /// Removes a document.
    Remove {
        /// The document's id.
        id: String,
    },
}

/// `kaname ask …`
#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// The question.
    pub(crate) question: String,
    /// A collection's key or id; may be given several times. Without it, all that may be read.
    #[arg(long = "collection")]
    pub(crate) collections: Vec<String>,
    /// Quotes only, even if a model could write.
    #[arg(long)]
    pub(crate) quotation: bool,
}

/// `kaname ledger …`
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Prints the signed head.
    Head,
    /// Prints the receipt of an act.
    Prove {
        /// The act's id.
        act_id: String,
    },
    /// Replays the whole ledger, or checks one receipt.
    Verify {
        /// A receipt's file; without it, the whole ledger.
        receipt: Option<PathBuf>,
        /// The ledger's public key (vkey) to check a receipt with.
        #[arg(long, requires = "receipt")]
        vkey: Option<String>,
    },
}

/// `kaname demo …`
#[derive(Debug, Subcommand)]
pub(crate) enum DemoCommand {
    /// Loads the fictional town: people, collections and documents.
    Load,
}

/// `kaname upgrade …`
#[derive(Debug, Subcommand)]
pub(crate) enum UpgradeCommand {
    /// Tells what this version would change.
    Check,
}
