//! Makes an institution with its ledger, in which this is among the first acts.

use kaname_platform::{Act, DbError, Platform, Sequencer, Tx};

use crate::{Error, FieldError, Institution, field, store};

/// The key of an institution when nobody chose one.
pub const DEFAULT_KEY: &str = "main";
/// The label packs that may be chosen.
const LABEL_PACKS: [&str; 2] = ["municipality", "ministry"];

/// What an institution is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewInstitution<'a> {
    /// Its key in addresses, such as [`DEFAULT_KEY`].
    pub key: &'a str,
    /// Its name.
    pub name: &'a str,
    /// `municipality` or `ministry`.
    pub label_pack: &'a str,
}

/// Founds an institution; people are added by the console's principal.
///
/// # Errors
///
/// [`FieldError::Taken`] when the key is in use.
pub async fn found_institution(
    platform: &Platform,
    new: NewInstitution<'_>,
) -> Result<Institution, Error> {
    let institution = new.check(platform)?;
    let mut tx = platform.db.begin().await?;
    found_in(platform, &mut tx, &institution).await?;
    tx.commit().await?;
    Ok(institution)
}

impl NewInstitution<'_> {
    /// The institution this will be, with an id.
    pub(crate) fn check(&self, platform: &Platform) -> Result<Institution, FieldError> {
        if !LABEL_PACKS.contains(&self.label_pack) {
            return Err(FieldError::LabelPack);
        }
        Ok(Institution {
            id: platform.ids.next(),
            key: field::key(self.key)?,
            name: field::name(self.name, "institution_name")?,
            label_pack: self.label_pack.to_owned(),
        })
    }
}

pub(crate) async fn found_in(
    platform: &Platform,
    tx: &mut Tx,
    new: &Institution,
) -> Result<(), Error> {
    store::institutions::insert(tx, new, platform.now()).await.map_err(|error| match error {
        DbError::Conflict(_) => FieldError::Taken { field: "key" }.into(),
        other => Error::Db(other),
    })?;
    Sequencer::new(platform.clone()).found(tx, new.id).await?;
    let act = Act::by_system(new.id, "identity.institution_founded")
        .reference("key", &new.key)
        .reference("label_pack", &new.label_pack)
        .content("name", new.name.as_str());
    platform.append(tx, act).await?;
    Ok(())
}
