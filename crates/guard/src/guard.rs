//! The guard itself: holder of the one mint of permits.

use std::{fmt::Write as _, sync::Arc};

use kaname_kernel::{InstitutionId, Label};
use kaname_platform::{Conn, Platform, outbound::PermitMint, params};
use sha2::{Digest as _, Sha256};

use crate::{decide::POLICY, error::Error, pack::LabelPack};

/// The one way to a model; clones share the mint.
#[derive(Debug, Clone)]
pub struct Guard {
    pub(crate) platform: Platform,
    pub(crate) mint: Arc<PermitMint>,
    pub(crate) policy: Arc<str>,
}

impl Guard {
    /// The guard over `platform`. Who gives `mint` away here cannot make a permit any more.
    pub fn new(platform: Platform, mint: PermitMint) -> Self {
        let digest = Sha256::digest(POLICY.as_bytes());
        let policy = digest.iter().fold(String::new(), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02x}");
            hex
        });
        Self { platform, mint: Arc::new(mint), policy: policy.into() }
    }

    /// The label pack of `institution`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownPack`] when there is no such institution or its pack is not shipped.
    pub async fn pack(&self, institution: InstitutionId) -> Result<&'static LabelPack, Error> {
        let mut tx = self.platform.db.read().await?;
        self.pack_in(&mut tx, institution).await
    }

    /// As [`Guard::pack`], in a transaction that reads more.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn pack_in(
        &self,
        conn: &mut Conn,
        institution: InstitutionId,
    ) -> Result<&'static LabelPack, Error> {
        let row = conn
            .fetch_optional(
                "SELECT label_pack FROM institution WHERE institution_id = $1",
                params![institution],
            )
            .await?;
        let id: String = row.ok_or(Error::UnknownPack)?.get("label_pack")?;
        LabelPack::shipped(&id).ok_or(Error::UnknownPack)
    }

    /// The label of text of `institution` that says nothing of its own.
    pub async fn default_label(&self, institution: InstitutionId) -> Result<Label, Error> {
        Ok(self.pack(institution).await?.default_label())
    }
}
