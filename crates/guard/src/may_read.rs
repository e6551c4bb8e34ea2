//! Who may read a document: a pure question, asked before anything of it is scored or shown.

use std::collections::BTreeSet;

use kaname_kernel::{DepartmentId, InstitutionId, Label, Principal};

/// Who a collection is open to, inside its institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readers {
    /// The institution that it belongs to.
    pub institution: InstitutionId,
    /// Everyone of the institution whose clearance allows it.
    pub everyone: bool,
    /// Otherwise the people of these departments.
    pub departments: BTreeSet<DepartmentId>,
}

/// Whether `principal` may read what is labelled `label` and open to `readers`.
///
/// Default deny: institution, clearance and membership must all hold. No role overrides this.
pub fn may_read(principal: &Principal, label: &Label, readers: &Readers) -> bool {
    let member = principal.department.is_some_and(|own| readers.departments.contains(&own));
    principal.institution == readers.institution
        && principal.clearance.dominates(label)
        && (readers.everyone || member)
}

#[cfg(test)]
mod tests {
    use kaname_kernel::{Actor, IdSource, Role};
    use kaname_testkit::{FixedClock, SeededEntropy};
    use proptest::prelude::*;

    use super::*;

    fn ids() -> IdSource {
        IdSource::new(
            std::sync::Arc::new(FixedClock::default()),
            std::sync::Arc::new(SeededEntropy::new(3)),
        )
    }

    proptest! {
        #[test]
        fn nobody_reads_over_the_clearance_or_outside_department_and_institution(
            own in 0_u8..4, asked in 0_u8..4, everyone: bool, member: bool, same: bool
        ) {
            let ids = ids();
            let (institution, department) = (ids.next(), ids.next());
            let principal = Principal {
                institution: if same { institution } else { ids.next() },
                user: ids.next(),
                display_name: "職員".to_owned(),
                actor: Actor::Console,
                roles: Role::ALL.into(),
                department: Some(if member { department } else { ids.next() }),
                clearance: Label::of_rank(own),
            };
            let readers = Readers { institution, everyone, departments: [department].into() };
            let expected = same && own >= asked && (everyone || member);
            prop_assert_eq!(may_read(&principal, &Label::of_rank(asked), &readers), expected);
        }
    }
}
