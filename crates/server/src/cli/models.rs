//! `kaname endpoint …` and `kaname route …`: what can be said. A key is never an argument, since
//! arguments are seen by everybody on the machine and kept in the shell's history.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `kaname endpoint …`
#[derive(Debug, Subcommand)]
pub(crate) enum EndpointCommand {
    /// Lists endpoints.
    List,
    /// Tells everything about one.
    Show {
        /// Its public name or id.
        endpoint: String,
    },
    /// Lets one answer a fixed question; exit code 4 when it does not.
    Test {
        /// Its public name or id.
        endpoint: String,
    },
    /// Adds one.
    Add(Box<EndpointAdd>),
    /// Changes one; what is not said stays.
    Change(Box<EndpointChange>),
    /// Removes one and its key.
    Remove {
        /// Its public name or id.
        endpoint: String,
    },
}

/// `kaname endpoint add …`
#[derive(Debug, Args)]
pub(crate) struct EndpointAdd {
    /// The name that callers write, such as kaname/standard.
    pub(crate) public_name: String,
    /// `openai_compatible`, `anthropic`, `gemini` or `bedrock`.
    #[arg(long, default_value = "openai_compatible")]
    pub(crate) kind: String,
    /// What it is.
    #[command(flatten)]
    pub(crate) facts: EndpointFacts,
}

/// `kaname endpoint change …`
#[derive(Debug, Args)]
pub(crate) struct EndpointChange {
    /// Its public name or id.
    pub(crate) endpoint: String,
    /// Another name for callers to write.
    #[arg(long)]
    pub(crate) public_name: Option<String>,
    /// Switches it on or off.
    #[arg(long, value_name = "true|false")]
    pub(crate) enabled: Option<bool>,
    /// Forgets the key that is kept.
    #[arg(long, conflicts_with_all = ["key_stdin", "key_env"])]
    pub(crate) forget_key: bool,
    /// What it is.
    #[command(flatten)]
    pub(crate) facts: EndpointFacts,
}

/// What an endpoint is.
#[derive(Debug, Default, Args)]
pub(crate) struct EndpointFacts {
    /// What administrators call it.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Where it is, often ending in /v1.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// The model's name there.
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Reads its API key from standard input.
    #[arg(long, conflicts_with = "key_env")]
    pub(crate) key_stdin: bool,
    /// Reads its API key from this environment variable.
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) key_env: Option<String>,
    /// chat, embeddings, rerank, tools, images, files or `structured_output`; may be given several times.
    #[arg(long = "capability")]
    pub(crate) capabilities: Vec<String>,
    /// ja or en; may be given twice.
    #[arg(long = "language")]
    pub(crate) languages: Vec<String>,
    /// `chat_completions`, responses or messages; may be given several times.
    #[arg(long = "dialect")]
    pub(crate) dialects: Vec<String>,
    /// The highest label that it may handle, such as 2 or 3+personal.
    #[arg(long)]
    pub(crate) clearance: Option<String>,
    /// Who made the model.
    #[arg(long)]
    pub(crate) vendor: Option<String>,
    /// The country of who runs it, such as JP.
    #[arg(long)]
    pub(crate) operator_country: Option<String>,
    /// The country where it runs, such as JP.
    #[arg(long)]
    pub(crate) hosting_country: Option<String>,
    /// Whether the weights are open.
    #[arg(long, value_name = "true|false")]
    pub(crate) open_weights: Option<bool>,
    /// The licence of the model.
    #[arg(long)]
    pub(crate) licence: Option<String>,
    /// The region of the service; Bedrock needs one.
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// The longest context in tokens.
    #[arg(long)]
    pub(crate) context_tokens: Option<u32>,
    /// Most calls at once.
    #[arg(long)]
    pub(crate) concurrent_max: Option<u32>,
    /// What it costs.
    #[command(flatten)]
    pub(crate) price: EndpointPrice,
}

/// What an endpoint costs, in yen for a million tokens.
#[derive(Debug, Default, Args)]
pub(crate) struct EndpointPrice {
    /// Yen for a million tokens in, with at most six decimals.
    #[arg(long = "price-input", requires = "output", requires = "as_of")]
    pub(crate) input: Option<String>,
    /// Yen for a million tokens in that the endpoint had kept.
    #[arg(long = "price-cached", requires = "input")]
    pub(crate) cached: Option<String>,
    /// Yen for a million tokens out.
    #[arg(long = "price-output", requires = "input")]
    pub(crate) output: Option<String>,
    /// The day from which the price holds, such as 2026-04-01.
    #[arg(long = "price-as-of", requires = "input")]
    pub(crate) as_of: Option<String>,
    /// Where the price is written.
    #[arg(long = "price-source", requires = "input")]
    pub(crate) source: Option<String>,
}

/// `kaname route …`
#[derive(Debug, Subcommand)]
pub(crate) enum RouteCommand {
    /// Lists routes.
    List,
    /// Tells everything about one.
    Show {
        /// Its public name or id.
        route: String,
    },
    /// Adds one.
    Add(RouteAdd),
    /// Changes one; what is not said stays.
    Change(RouteChange),
    /// Removes one; the endpoints stay.
    Remove {
        /// Its public name or id.
        route: String,
    },
}

/// `kaname route add …`
#[derive(Debug, Args)]
pub(crate) struct RouteAdd {
    /// The name that callers write, such as kaname/standard.
    pub(crate) public_name: String,
    /// What people call it; without it, the public name.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The institution's own screens go by it, and no longer by another route.
    #[arg(long)]
    pub(crate) serves_workspace: bool,
    /// Where it leads.
    #[command(flatten)]
    pub(crate) way: RouteWay,
}

/// `kaname route change …`
#[derive(Debug, Args)]
pub(crate) struct RouteChange {
    /// Its public name or id.
    pub(crate) route: String,
    /// Another name for callers to write.
    #[arg(long)]
    pub(crate) public_name: Option<String>,
    /// What people call it.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Switches it on or off.
    #[arg(long, value_name = "true|false")]
    pub(crate) enabled: Option<bool>,
    /// Whether the institution's own screens go by it, and no longer by another route.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true,
        default_missing_value = "true")]
    pub(crate) serves_workspace: Option<bool>,
    /// Where it leads.
    #[command(flatten)]
    pub(crate) way: RouteWay,
}

/// The endpoints of a route in the order to try, and what they must keep to.
#[derive(Debug, Default, Args)]
pub(crate) struct RouteWay {
    /// Endpoints of one turn by public name or id, with shares: `a/b=2,c/d`. Given again, the next
    /// turn. Endpoints that are there already keep their conditions.
    #[arg(long = "try", value_name = "ENDPOINT[=SHARE],…")]
    pub(crate) turns: Vec<String>,
    /// The endpoints with their conditions as JSON, as `show --json` prints them under `legs`.
    #[arg(long, value_name = "FILE", conflicts_with = "turns")]
    pub(crate) legs_file: Option<PathBuf>,
    /// Only endpoints hosted in this country; may be given several times, empty for any.
    #[arg(long = "hosting-country", value_name = "COUNTRY")]
    pub(crate) hosting_countries: Vec<String>,
    /// Only endpoints operated from this country; may be given several times, empty for any.
    #[arg(long = "operator-country", value_name = "COUNTRY")]
    pub(crate) operator_countries: Vec<String>,
    /// Only endpoints whose million tokens out cost at most this many yen; 0 for any.
    #[arg(long)]
    pub(crate) output_yen_most: Option<u64>,
    /// Whether another endpoint is tried when one fails before its first content.
    #[arg(long, value_name = "true|false")]
    pub(crate) failover: Option<bool>,
}
