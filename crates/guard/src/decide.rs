//! The decision: a pure function of facts. Default deny; every refusal names its reason.

use kaname_kernel::{InstitutionId, Label, Role, Scope};

use crate::request::{Action, Caller, Request};

/// The text whose hash every decision carries. A change of a rule below is a change here.
pub(crate) const POLICY: &str = "kaname.guard/2: same institution; endpoint enabled; endpoint clearance \
    dominates the joined label; caller clearance dominates every label read; key scope and role by purpose; \
    the system only embeds, and asks whether an endpoint answers; every budget and rate above the caller holds the worst case";

/// Everything a decision depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The institution of the caller.
    pub caller_institution: InstitutionId,
    /// The institution of the endpoint.
    pub endpoint_institution: InstitutionId,
    /// Whether the endpoint is switched on.
    pub endpoint_enabled: bool,
    /// The highest label that the endpoint may handle.
    pub endpoint_clearance: Label,
    /// The join of everything in the request.
    pub label: Label,
    /// The labels of what the caller reads by this request.
    pub reads: Vec<Label>,
    /// The caller's clearance; none for the program itself.
    pub caller_clearance: Option<Label>,
    /// The scope that the caller lacks, if it lacks one.
    pub missing_scope: Option<Scope>,
    /// The role that the caller lacks, if it lacks one.
    pub missing_role: Option<Role>,
    /// What is to be done.
    pub action: Action,
}

impl Facts {
    pub(crate) fn of(request: &Request) -> Self {
        let place = &request.place;
        let (caller_clearance, missing_scope, missing_role) = match &request.caller {
            Caller::System(_) => (None, None, request.purpose.role()),
            Caller::Person(person) => {
                let scope = request.purpose.scope();
                (
                    Some(person.clearance.clone()),
                    (!person.may_use(scope)).then_some(scope),
                    request.purpose.role().filter(|role| !person.is(*role)),
                )
            }
        };
        Self {
            caller_institution: request.caller.institution(),
            endpoint_institution: place.institution,
            endpoint_enabled: place.enabled,
            endpoint_clearance: place.clearance.clone(),
            label: request.label.clone(),
            reads: request.reads.clone(),
            caller_clearance,
            missing_scope,
            missing_role,
            action: request.action,
        }
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The endpoint belongs to another institution.
    OtherInstitution,
    /// The endpoint is switched off.
    EndpointDisabled,
    /// The endpoint's clearance does not dominate the label.
    EndpointNotCleared,
    /// The caller's clearance does not dominate something that would be read.
    CallerNotCleared,
    /// The key lacks the scope.
    ScopeMissing(Scope),
    /// The person lacks the role.
    RoleMissing(Role),
    /// The program itself may embed, and ask whether an endpoint answers, and nothing else.
    SystemMayOnlyEmbed,
    /// A budget above the caller has too little left.
    BudgetExhausted,
    /// A rate above the caller is used up.
    RateLimited,
    /// A budget in money applies, and nobody knows what the call costs.
    PriceUnknown,
}

impl Reason {
    /// The stable name in acts and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherInstitution => "other_institution",
            Self::EndpointDisabled => "endpoint_disabled",
            Self::EndpointNotCleared => "endpoint_not_cleared",
            Self::CallerNotCleared => "caller_not_cleared",
            Self::ScopeMissing(_) => "scope_missing",
            Self::RoleMissing(_) => "role_missing",
            Self::SystemMayOnlyEmbed => "system_may_only_embed",
            Self::BudgetExhausted => "budget_exhausted",
            Self::RateLimited => "rate_limited",
            Self::PriceUnknown => "price_unknown",
        }
    }
}

/// Yes, or no with reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    reasons: Vec<Reason>,
}

impl Decision {
    /// No, for one reason.
    pub(crate) fn refused(reason: Reason) -> Self {
        Self { reasons: vec![reason] }
    }

    /// Whether the request may pass.
    pub fn allowed(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Every reason for refusal; empty when allowed.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The reasons' names, joined by commas; `allowed` when there is none.
    pub fn summary(&self) -> String {
        if self.allowed() {
            return "allowed".to_owned();
        }
        self.reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>().join(",")
    }
}

/// Decides. Every rule is asked, so that the answer carries all its reasons.
pub fn decide(facts: &Facts) -> Decision {
    let unread = |clearance: &Label| facts.reads.iter().any(|label| !clearance.dominates(label));
    let system = facts.caller_clearance.is_none();
    let rules = [
        (facts.caller_institution != facts.endpoint_institution)
            .then_some(Reason::OtherInstitution),
        (!facts.endpoint_enabled).then_some(Reason::EndpointDisabled),
        (!facts.endpoint_clearance.dominates(&facts.label)).then_some(Reason::EndpointNotCleared),
        facts.caller_clearance.as_ref().is_some_and(unread).then_some(Reason::CallerNotCleared),
        facts.missing_scope.map(Reason::ScopeMissing),
        facts.missing_role.map(Reason::RoleMissing),
        (system && facts.action == Action::Chat).then_some(Reason::SystemMayOnlyEmbed),
    ];
    Decision { reasons: rules.into_iter().flatten().collect() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kaname_kernel::IdSource;
    use kaname_testkit::{FixedClock, SeededEntropy};
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn any_label() -> impl Strategy<Value = Label> {
        (0_u8..4, proptest::collection::btree_set("[a-c]", 0..3)).prop_map(|(rank, parts)| {
            parts
                .iter()
                .try_fold(Label::of_rank(rank), |label, part| label.with_compartment(part))
                .unwrap()
        })
    }

    fn any_facts() -> impl Strategy<Value = Facts> {
        let labels =
            (any_label(), any_label(), vec(any_label(), 0..3), proptest::option::of(any_label()));
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), 0_usize..3);
        (labels, flags).prop_map(
            |((clearance, label, reads, caller), (same, enabled, scope, role, action))| {
                let ids =
                    IdSource::new(Arc::new(FixedClock::default()), Arc::new(SeededEntropy::new(1)));
                let institution = ids.next();
                Facts {
                    caller_institution: institution,
                    endpoint_institution: if same { institution } else { ids.next() },
                    endpoint_enabled: enabled,
                    endpoint_clearance: clearance,
                    label,
                    reads,
                    caller_clearance: caller,
                    missing_scope: scope.then_some(Scope::Models),
                    missing_role: role.then_some(Role::Administrator),
                    action: [Action::Chat, Action::Embed, Action::Probe][action],
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// The obvious model: one sentence per rule, each on its own.
        #[test]
        fn a_request_passes_exactly_when_every_rule_holds(facts in any_facts()) {
            let cleared = facts.caller_clearance.as_ref()
                .is_none_or(|own| facts.reads.iter().all(|label| own.dominates(label)));
            let expected = facts.caller_institution == facts.endpoint_institution
                && facts.endpoint_enabled
                && facts.endpoint_clearance.dominates(&facts.label)
                && cleared
                && facts.missing_scope.is_none()
                && facts.missing_role.is_none()
                && (facts.caller_clearance.is_some() || facts.action != Action::Chat);
            prop_assert_eq!(decide(&facts).allowed(), expected);
        }

        #[test]
        fn raising_a_label_never_opens_a_door(facts in any_facts(), more in any_label()) {
            let raised = Facts { label: facts.label.join(&more), ..facts.clone() };
            prop_assert!(!decide(&raised).allowed() || decide(&facts).allowed());
        }
    }

    #[test]
    fn each_rule_alone_refuses_by_its_own_name() {
        let ids = IdSource::new(Arc::new(FixedClock::default()), Arc::new(SeededEntropy::new(1)));
        let institution = ids.next();
        let good = Facts {
            caller_institution: institution,
            endpoint_institution: institution,
            endpoint_enabled: true,
            endpoint_clearance: Label::of_rank(3),
            label: Label::of_rank(2),
            reads: vec![Label::of_rank(2)],
            caller_clearance: Some(Label::of_rank(2)),
            missing_scope: None,
            missing_role: None,
            action: Action::Chat,
        };
        assert!(decide(&good).allowed());
        let cases = [
            (Facts { endpoint_institution: ids.next(), ..good.clone() }, "other_institution"),
            (Facts { endpoint_enabled: false, ..good.clone() }, "endpoint_disabled"),
            (Facts { label: Label::of_rank(4), ..good.clone() }, "endpoint_not_cleared"),
            (Facts { reads: vec![Label::of_rank(3)], ..good.clone() }, "caller_not_cleared"),
            (Facts { missing_scope: Some(Scope::Models), ..good.clone() }, "scope_missing"),
            (Facts { missing_role: Some(Role::Administrator), ..good.clone() }, "role_missing"),
            (Facts { caller_clearance: None, ..good }, "system_may_only_embed"),
        ];
        for (facts, name) in cases {
            assert_eq!(decide(&facts).summary(), name);
        }
    }
}
