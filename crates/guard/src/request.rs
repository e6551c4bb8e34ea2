//! What asks to pass: who, why, to do what, with what label, and to which place.

use kaname_budget_core::{Estimate, Price};
use kaname_kernel::{ActId, EndpointId, InstitutionId, Label, Principal, Role, RouteId, Scope};
use kaname_platform::{Act, outbound::Target};
use serde::{Deserialize, Serialize};

use crate::budgets::Subject;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person, or a key on a person's behalf.
    Person(Principal),
    /// The program itself for an institution: a job that indexes, say.
    System(InstitutionId),
}

impl Caller {
    /// The institution that the caller belongs to.
    pub fn institution(&self) -> InstitutionId {
        match self {
            Self::Person(principal) => principal.institution,
            Self::System(institution) => *institution,
        }
    }

    /// An act of `kind` by this caller.
    pub(crate) fn act(&self, kind: &'static str) -> Act {
        match self {
            Self::Person(principal) => Act::by(principal, kind),
            Self::System(institution) => Act::by_system(*institution, kind),
        }
    }
}

impl From<Principal> for Caller {
    fn from(principal: Principal) -> Self {
        Self::Person(principal)
    }
}

impl From<&Principal> for Caller {
    fn from(principal: &Principal) -> Self {
        Self::Person(principal.clone())
    }
}

/// What is done with the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Text is generated.
    Chat,
    /// Text becomes vectors.
    Embed,
    /// Documents are put in order by a question.
    Rerank,
    /// The endpoint is asked which models it has; nothing of the institution is sent.
    Probe,
}

impl Action {
    /// The stable name in acts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embed => "embed",
            Self::Rerank => "rerank",
            Self::Probe => "probe",
        }
    }
}

/// Why the call is made. Each purpose says what the caller must be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An application calls a model by itself (`/v1/…`).
    DirectCall,
    /// A question to the institution's documents.
    Ask,
    /// A search in the institution's documents.
    Search,
    /// A turn of a conversation.
    Conversation,
    /// Documents are made searchable.
    Index,
    /// An administrator tries an endpoint.
    EndpointTest,
    /// The program itself asks whether an endpoint answers.
    HealthCheck,
}

impl Purpose {
    /// The stable name in acts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DirectCall => "direct_call",
            Self::Ask => "ask",
            Self::Search => "search",
            Self::Conversation => "conversation",
            Self::Index => "index",
            Self::EndpointTest => "endpoint_test",
            Self::HealthCheck => "health_check",
        }
    }

    /// The scope that a key needs for it.
    pub fn scope(self) -> Scope {
        match self {
            Self::DirectCall | Self::EndpointTest | Self::HealthCheck => Scope::Models,
            Self::Ask | Self::Search | Self::Conversation => Scope::Knowledge,
            Self::Index => Scope::Documents,
        }
    }

    /// The role that a person needs for it, if it takes one.
    pub fn role(self) -> Option<Role> {
        (self == Self::EndpointTest).then_some(Role::Administrator)
    }
}

/// Where the call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The endpoint; none while one is tried before it is saved.
    pub endpoint: Option<EndpointId>,
    /// The institution that the endpoint belongs to.
    pub institution: InstitutionId,
    /// What the permit will open.
    pub target: Target,
    /// The highest label that it may handle.
    pub clearance: Label,
    /// Whether it is switched on.
    pub enabled: bool,
    /// The model's name there.
    pub model: String,
    /// On whom a call there depends.
    pub origin: Origin,
}

/// On whom a call depends; empty where it is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Who made the model.
    pub vendor: String,
    /// The country of who runs it.
    pub operator_country: String,
    /// The country where it runs.
    pub hosting_country: String,
    /// Whether the weights are open.
    pub open_weights: bool,
}

/// One call that asks to pass.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) caller: Caller,
    pub(crate) purpose: Purpose,
    pub(crate) action: Action,
    pub(crate) place: Place,
    pub(crate) label: Label,
    pub(crate) reads: Vec<Label>,
    pub(crate) content: Vec<(&'static str, Vec<u8>)>,
    pub(crate) again: Option<ActId>,
    pub(crate) route: Option<RouteId>,
    pub(crate) parent: Option<ActId>,
    pub(crate) estimate: Option<Estimate>,
    pub(crate) within: Vec<Subject>,
}

impl Request {
    /// A call by `caller` for `purpose` at `place`, with text labelled `label`.
    pub fn new(
        caller: impl Into<Caller>,
        purpose: Purpose,
        action: Action,
        place: Place,
        label: Label,
    ) -> Self {
        Self {
            caller: caller.into(),
            purpose,
            action,
            place,
            label,
            reads: Vec::new(),
            content: Vec::new(),
            again: None,
            route: None,
            parent: None,
            estimate: None,
            within: Vec::new(),
        }
    }

    /// Says which act led to this call: a question, say. What forgets that act forgets this too.
    #[must_use]
    pub fn following(mut self, parent: ActId) -> Self {
        self.parent = Some(parent);
        self
    }

    /// Adds the label of a document, an earlier turn or anything else that is sent along.
    ///
    /// It joins the label of the whole, and the caller must be cleared for it.
    #[must_use]
    pub fn reading(mut self, label: &Label) -> Self {
        self.label = self.label.join(label);
        self.reads.push(label.clone());
        self
    }

    /// Adds content that the request's act commits to: the messages, the texts.
    #[must_use]
    pub fn content(mut self, field: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.content.push((field, value.into()));
        self
    }

    /// Says which route was asked for.
    #[must_use]
    pub fn by_route(mut self, route: RouteId) -> Self {
        self.route = Some(route);
        self
    }

    /// Asks once more, of another place: decision and attempt follow the request `asked`, which is
    /// on record with its content.
    #[must_use]
    pub fn again(mut self, asked: ActId) -> Self {
        self.again = Some(asked);
        self
    }

    /// Says that the answer is kept from an earlier call: it uses nothing and costs nothing, but it
    /// is a request like any other to every rate.
    #[must_use]
    pub fn kept(self) -> Self {
        self.reserving(Estimate::new(0, 0, Price::FREE))
    }

    /// Says what the call uses at most, and at which price: that much is reserved before it is made.
    ///
    /// Without it the guard takes a bound of its own, and no budget in money lets the call pass unless
    /// the model runs here.
    #[must_use]
    pub fn reserving(mut self, estimate: Estimate) -> Self {
        self.estimate = Some(estimate);
        self
    }

    /// Counts the call against the budgets of an app or a system as well.
    #[must_use]
    pub fn within(mut self, subject: Subject) -> Self {
        self.within.push(subject);
        self
    }

    /// Whether it asks once more under a request that is on record.
    pub fn is_again(&self) -> bool {
        self.again.is_some()
    }

    /// The join of everything in the request.
    pub fn label(&self) -> &Label {
        &self.label
    }
}
