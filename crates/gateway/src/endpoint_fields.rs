//! What an administrator says of an endpoint, checked field by field.

use kaname_guard::LabelPack;
use kaname_kernel::Label;
use serde::Deserialize;

use crate::{
    base_url,
    error::Error,
    model::{Capability, Endpoint, EndpointKind, Language, Price, Speaks},
};

/// The longest that an answer is kept: a week.
const CACHE_SECONDS_MAX: u32 = 7 * 86_400;

/// A new endpoint.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEndpoint {
    /// What administrators call it.
    pub name: String,
    /// `openai_compatible`; the embedded ones are made by the program.
    pub kind: EndpointKind,
    /// Where it is, often ending in `/v1`.
    pub base_url: Option<String>,
    /// Its API key, kept sealed and never shown.
    pub api_key: Option<String>,
    /// The model's name there.
    pub model: String,
    /// The name that callers write.
    pub public_name: String,
    /// What it can do.
    pub capabilities: Vec<Capability>,
    /// The languages that it can be trusted with.
    pub languages: Vec<Language>,
    /// The highest label that it may handle.
    #[schema(value_type = String)]
    pub clearance: Label,
    /// Who made the model.
    #[serde(default)]
    pub vendor: String,
    /// The country of who runs it.
    #[serde(default)]
    pub operator_country: String,
    /// The country where it runs.
    #[serde(default)]
    pub hosting_country: String,
    /// Whether the weights are open.
    #[serde(default)]
    pub open_weights: bool,
    /// The licence of the model, as an SPDX identifier or in words.
    #[serde(default)]
    pub licence: String,
    /// The dialects that it speaks; by its kind, if none is given.
    #[serde(default)]
    pub dialects: Vec<Speaks>,
    /// The region of the service; Bedrock needs one.
    #[serde(default)]
    pub region: String,
    /// The longest context in tokens.
    #[serde(default)]
    pub context_tokens: Option<u32>,
    /// Most calls at once.
    #[serde(default)]
    pub concurrent_max: Option<u32>,
    /// How long an answer is kept for whoever asked, to the same question; 0 for not at all.
    #[serde(default)]
    pub cache_seconds: u32,
    /// What it costs.
    #[serde(default)]
    pub price: Option<Price>,
}

/// A change of an endpoint; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointChange {
    /// What administrators call it.
    pub name: Option<String>,
    /// Where it is. Another server drops the API key unless a new one comes along.
    pub base_url: Option<String>,
    /// A new API key; empty to forget the one kept.
    pub api_key: Option<String>,
    /// The model's name there.
    pub model: Option<String>,
    /// The name that callers write.
    pub public_name: Option<String>,
    /// What it can do.
    pub capabilities: Option<Vec<Capability>>,
    /// The languages that it can be trusted with.
    pub languages: Option<Vec<Language>>,
    /// The highest label that it may handle.
    #[schema(value_type = Option<String>)]
    pub clearance: Option<Label>,
    /// Whether it is switched on.
    pub enabled: Option<bool>,
    /// Who made the model.
    pub vendor: Option<String>,
    /// The country of who runs it.
    pub operator_country: Option<String>,
    /// The country where it runs.
    pub hosting_country: Option<String>,
    /// Whether the weights are open.
    pub open_weights: Option<bool>,
    /// The licence of the model.
    pub licence: Option<String>,
    /// The dialects that it speaks.
    pub dialects: Option<Vec<Speaks>>,
    /// The region of the service.
    pub region: Option<String>,
    /// The longest context in tokens; 0 for not known.
    pub context_tokens: Option<u32>,
    /// Most calls at once; 0 for no bound.
    pub concurrent_max: Option<u32>,
    /// How long an answer is kept for whoever asked, to the same question; 0 for not at all.
    pub cache_seconds: Option<u32>,
    /// What it costs.
    pub price: Option<Price>,
}

impl EndpointChange {
    /// Puts the change on `endpoint`, but for the API key.
    ///
    /// # Errors
    ///
    /// When an embedded endpoint would become something that it is not.
    pub(crate) fn apply(&self, endpoint: &mut Endpoint) -> Result<(), Error> {
        if endpoint.kind.is_embedded() {
            self.check_embedded()?;
        }
        let set = |field: &mut String, new: &Option<String>| {
            if let Some(new) = new {
                new.trim().clone_into(field);
            }
        };
        set(&mut endpoint.name, &self.name);
        set(&mut endpoint.model, &self.model);
        set(&mut endpoint.public_name, &self.public_name);
        set(&mut endpoint.vendor, &self.vendor);
        set(&mut endpoint.operator_country, &self.operator_country);
        set(&mut endpoint.hosting_country, &self.hosting_country);
        set(&mut endpoint.licence, &self.licence);
        set(&mut endpoint.region, &self.region);
        if let Some(url) = &self.base_url {
            endpoint.base_url = Some(url.clone());
        }
        if let Some(capabilities) = &self.capabilities {
            endpoint.capabilities.clone_from(capabilities);
        }
        if let Some(languages) = &self.languages {
            endpoint.languages.clone_from(languages);
        }
        if let Some(clearance) = &self.clearance {
            endpoint.clearance.clone_from(clearance);
        }
        if let Some(dialects) = &self.dialects {
            endpoint.dialects.clone_from(dialects);
        }
        let bound = |field: &mut Option<u32>, new: Option<u32>| match new {
            Some(0) => *field = None,
            Some(new) => *field = Some(new),
            None => {}
        };
        bound(&mut endpoint.context_tokens, self.context_tokens);
        bound(&mut endpoint.concurrent_max, self.concurrent_max);
        endpoint.cache_seconds = self.cache_seconds.unwrap_or(endpoint.cache_seconds);
        if let Some(price) = &self.price {
            endpoint.price = Some(price.clone());
        }
        endpoint.enabled = self.enabled.unwrap_or(endpoint.enabled);
        endpoint.open_weights = self.open_weights.unwrap_or(endpoint.open_weights);
        Ok(())
    }

    /// What an embedded model is and can do is a fact, not a setting.
    fn check_embedded(&self) -> Result<(), Error> {
        let facts = [
            ("base_url", self.base_url.is_some()),
            ("api_key", self.api_key.is_some()),
            ("model", self.model.is_some()),
            ("capabilities", self.capabilities.is_some()),
            ("languages", self.languages.is_some()),
            ("dialects", self.dialects.is_some()),
        ];
        match facts.iter().find(|(_, changed)| *changed) {
            Some((field, _)) => Err(Error::invalid(field, "this is fixed for an embedded model")),
            None => Ok(()),
        }
    }
}

/// Checks every field of `endpoint` and puts its base URL and lists in order.
pub(crate) fn check(
    endpoint: &mut Endpoint,
    pack: &LabelPack,
    allow_insecure: bool,
) -> Result<(), Error> {
    text("name", &endpoint.name, 1..=100)?;
    text("model", &endpoint.model, 1..=200)?;
    check_public_name(&endpoint.public_name)?;
    text("licence", &endpoint.licence, 0..=100)?;
    text("region", &endpoint.region, 0..=40)?;
    text("vendor", &endpoint.vendor, 0..=100)?;
    text("operator_country", &endpoint.operator_country, 0..=100)?;
    text("hosting_country", &endpoint.hosting_country, 0..=100)?;
    endpoint.capabilities.sort_unstable();
    endpoint.capabilities.dedup();
    endpoint.languages.sort_unstable();
    endpoint.languages.dedup();
    if endpoint.capabilities.is_empty() {
        return Err(Error::invalid("capabilities", "an endpoint must be able to do something"));
    }
    if !pack.knows(&endpoint.clearance) {
        return Err(Error::invalid(
            "clearance",
            "the institution's label pack does not know this label",
        ));
    }
    check_service(endpoint)?;
    if !endpoint.kind.is_embedded() {
        let url = endpoint.base_url.as_deref().unwrap_or_default();
        endpoint.base_url = Some(base_url::check(url, allow_insecure)?);
    }
    Ok(())
}

/// What only the kind of service can say: its dialects, its region, what it may cost.
fn check_service(endpoint: &mut Endpoint) -> Result<(), Error> {
    endpoint.dialects.sort_unstable();
    endpoint.dialects.dedup();
    if endpoint.dialects.is_empty() {
        endpoint.dialects = vec![match endpoint.kind {
            EndpointKind::Anthropic => Speaks::Messages,
            _ => Speaks::ChatCompletions,
        }];
    }
    if endpoint.kind == EndpointKind::Bedrock && endpoint.region.is_empty() {
        return Err(Error::invalid("region", "Bedrock is called in a region, ap-northeast-1 say"));
    }
    if endpoint.cache_seconds > CACHE_SECONDS_MAX {
        let detail = format!("an answer is kept for at most {CACHE_SECONDS_MAX} seconds");
        return Err(Error::invalid("cache_seconds", detail));
    }
    if let Some(price) = &endpoint.price {
        text("price", &price.source, 0..=300)?;
        if !is_day(&price.as_of) {
            return Err(Error::invalid("price", "as_of is a day as 2026-04-01"));
        }
    }
    Ok(())
}

/// Whether `text` has the form of a day: four, two and two digits.
pub(crate) fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, most: u32| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number))
    };
    matches!(parts.as_slice(), [year, month, day]
        if year.len() == 4 && month.len() == 2 && day.len() == 2
            && digits(year, 9_999) && digits(month, 12) && digits(day, 31))
}

/// Checks a name that callers write, of an endpoint or a route.
pub(crate) fn check_public_name(name: &str) -> Result<(), Error> {
    text("public_name", name, 1..=100)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/:-".contains(c);
    if !name.chars().all(plain) || name.matches('/').count() > 1 {
        let detail = "only letters, digits, . _ : - and one / may be used";
        return Err(Error::invalid("public_name", detail));
    }
    Ok(())
}

/// Checks an API key; an empty one is none.
pub(crate) fn check_key(key: Option<&str>) -> Result<Option<&str>, Error> {
    match key.map(str::trim) {
        None | Some("") => Ok(None),
        Some(key) if key.len() <= 4_096 && key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(Some(key))
        }
        Some(_) => {
            Err(Error::invalid("api_key", "an API key has at most 4,096 visible ASCII characters"))
        }
    }
}

pub(crate) fn text(
    field: &'static str,
    value: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Result<(), Error> {
    if !length.contains(&value.chars().count()) {
        return Err(Error::invalid(
            field,
            format!("this must have {} to {} characters", length.start(), length.end()),
        ));
    }
    if value.chars().any(char::is_control) {
        return Err(Error::invalid(field, "control characters are not allowed"));
    }
    Ok(())
}
