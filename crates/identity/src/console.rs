//! The principal of the machine's own command line: whoever may open the data folder.

use std::collections::BTreeSet;

use kaname_kernel::{Actor, InstitutionId, Label, Principal, Role, UserId};
use kaname_platform::Platform;
use uuid::Uuid;

use crate::{Error, field, store};

/// Acts as `user_name`, or as the institution's oldest administrator. While the institution has no
/// administrator, a nameless one that can only add people: its clearance is the lowest.
///
/// # Errors
///
/// [`Error::NotFound`] when `user_name` is nobody in the institution, or is switched off.
pub async fn console_principal(
    platform: &Platform,
    institution: InstitutionId,
    user_name: Option<&str>,
) -> Result<Principal, Error> {
    let mut tx = platform.db.read().await?;
    store::institutions::find(&mut tx, institution).await?.ok_or(Error::NotFound)?;
    let account = match user_name {
        Some(name) => {
            let name = field::user_name(name)?;
            let account = store::accounts::by_name(&mut tx, institution, &name).await?;
            Some(account.filter(|account| !account.user.disabled).ok_or(Error::NotFound)?)
        }
        None => store::accounts::first_administrator(&mut tx, institution).await?,
    };
    Ok(account
        .map_or_else(|| nameless(institution), |account| account.user.principal(Actor::Console)))
}

fn nameless(institution: InstitutionId) -> Principal {
    Principal {
        institution,
        user: UserId::from_uuid(Uuid::nil()),
        display_name: "console".to_owned(),
        actor: Actor::Console,
        roles: BTreeSet::from([Role::Administrator]),
        department: None,
        clearance: Label::default(),
    }
}
