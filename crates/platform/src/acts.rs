//! The act log: every act is appended in the transaction of the state that it explains.
//!
//! An act's entry holds salted commitments, never content; content and salts lie beside it, so
//! that they can be disclosed, or forgotten, without touching the tree. The `ledger` slice
//! publishes and proves; everybody may append. What follows from a forgotten act is forgotten, too,
//! however late it comes.

use std::collections::BTreeMap;

use kaname_kernel::{ActId, Actor, InstitutionId, Label, Principal, UserId};
use kaname_ledger_core::{Entry, commitment};

use crate::{
    Platform,
    db::{Conn, DbError, Tx},
    params,
};

/// One thing worth proving, ready to be appended.
#[derive(Debug, Clone)]
pub struct Act {
    id: Option<ActId>,
    institution: InstitutionId,
    kind: &'static str,
    user: Option<UserId>,
    actor_name: String,
    via: &'static str,
    label: Option<Label>,
    parent: Option<ActId>,
    refs: BTreeMap<String, String>,
    content: BTreeMap<&'static str, Vec<u8>>,
}

impl Act {
    /// An act of `kind` (`area.verb`, stable) by `principal`.
    pub fn by(principal: &Principal, kind: &'static str) -> Self {
        let via = match &principal.actor {
            Actor::Session(_) => "session",
            Actor::Key { .. } => "key",
            Actor::Console => "console",
        };
        let mut act = Self::by_system(principal.institution, kind);
        act.user = Some(principal.user);
        act.actor_name.clone_from(&principal.display_name);
        act.via = via;
        if let Actor::Key { id, .. } = &principal.actor {
            act.refs.insert("key".to_owned(), id.to_string());
        }
        act
    }

    /// An act of `kind` that no person did: a sequenced job, a lockout, a start.
    pub fn by_system(institution: InstitutionId, kind: &'static str) -> Self {
        Self {
            id: None,
            institution,
            kind,
            user: None,
            actor_name: "system".to_owned(),
            via: "system",
            label: None,
            parent: None,
            refs: BTreeMap::new(),
            content: BTreeMap::new(),
        }
    }

    /// Gives the act an id that was made before.
    #[must_use]
    pub fn with_id(mut self, id: ActId) -> Self {
        self.id = Some(id);
        self
    }

    /// The label of what the act handled.
    #[must_use]
    pub fn label(mut self, label: &Label) -> Self {
        self.label = Some(label.clone());
        self
    }

    /// The act that this one follows from: decision to request, outcome to attempt.
    #[must_use]
    pub fn following(mut self, parent: ActId) -> Self {
        self.parent = Some(parent);
        self
    }

    /// A non-secret reference that stays readable for ever: an id, a count, a hash, a code.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers pass ids and counts, not references"
    )]
    pub fn reference(mut self, name: &'static str, value: impl ToString) -> Self {
        self.refs.insert(name.to_owned(), value.to_string());
        self
    }

    /// Content that the entry commits to without showing it.
    #[must_use]
    pub fn content(mut self, field: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.content.insert(field, value.into());
        self
    }
}

/// Inserts an act, and says since when the act that it follows from is forgotten.
const INSERT: &str = "INSERT INTO act (act_id, institution_id, at_ms, kind, user_id, actor_name, \
    via, label, parent_act_id, refs, entry, forgotten_at_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
    (SELECT forgotten_at_ms FROM act WHERE act_id = $9)) RETURNING forgotten_at_ms";

/// The same where several write at once: who forgets the parent goes wholly before or wholly after.
const INSERT_SHARED: &str = "INSERT INTO act (act_id, institution_id, at_ms, kind, user_id, actor_name, \
    via, label, parent_act_id, refs, entry, forgotten_at_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
    (SELECT forgotten_at_ms FROM act WHERE act_id = $9 FOR KEY SHARE)) RETURNING forgotten_at_ms";

impl Platform {
    /// Appends `act` in `tx`; it is durable once `tx` commits, and in the ledger soon after.
    ///
    /// # Errors
    ///
    /// When the log cannot be written: then the caller must fail.
    pub async fn append(&self, tx: &mut Tx, act: Act) -> Result<ActId, DbError> {
        let id = act.id.unwrap_or_else(|| self.ids.next());
        let at = self.now();
        let mut commitments = BTreeMap::new();
        let mut salted = Vec::with_capacity(act.content.len());
        for (field, value) in act.content {
            let salt = self.random::<32>();
            commitments.insert(field.to_owned(), commitment(&salt, field, &value));
            salted.push((field, salt, value));
        }
        let mut refs = act.refs.clone();
        if let Some(parent) = act.parent {
            refs.insert("parent".to_owned(), parent.to_string());
        }
        let actor = act.user.map_or_else(|| "system".to_owned(), |user| user.to_string());
        let entry = Entry {
            id: id.to_string(),
            institution: act.institution.to_string(),
            kind: act.kind.to_owned(),
            at_ms: at.as_millis(),
            actor,
            refs,
            label: act.label.as_ref().map(ToString::to_string),
            commitments,
        };
        let bytes =
            entry.encode().map_err(|_| DbError::Inconsistent { column: "entry".to_owned() })?;
        let refs = serde_json::to_string(&act.refs)
            .map_err(|_| DbError::Inconsistent { column: "refs".to_owned() })?;
        let insert = if tx.is_postgres() { INSERT_SHARED } else { INSERT };
        let row = params![
            id,
            act.institution,
            at,
            act.kind,
            act.user,
            act.actor_name,
            act.via,
            act.label.as_ref(),
            act.parent,
            refs,
            bytes
        ];
        let forgotten: Option<i64> = tx.fetch_one(insert, row).await?.get("forgotten_at_ms")?;
        let kept = if forgotten.is_some() { Vec::new() } else { salted };
        for (field, salt, value) in kept {
            tx.execute_one(
                "INSERT INTO act_content (act_id, institution_id, field, salt, value) \
                 VALUES ($1, $2, $3, $4, $5)",
                params![id, act.institution, field, salt.as_slice(), value],
            )
            .await?;
        }
        tx.has_act();
        Ok(id)
    }

    /// Forgets what the act `root` and every act that follows from it commit to, salts included.
    ///
    /// The entries stay, and the tree still verifies; what they stand for can no longer be shown.
    /// What is appended later and follows from any of them keeps nothing either.
    pub async fn forget(
        &self,
        tx: &mut Tx,
        institution: InstitutionId,
        root: ActId,
    ) -> Result<u64, DbError> {
        if tx.is_postgres() {
            lock_tree(tx, institution, root).await?;
        }
        tx.execute_all(
            "WITH RECURSIVE chain (act_id) AS (\
             SELECT act_id FROM act WHERE institution_id = $1 AND act_id = $2 \
             UNION SELECT a.act_id FROM act a JOIN chain c ON a.parent_act_id = c.act_id \
             WHERE a.institution_id = $1) \
             UPDATE act SET forgotten_at_ms = $3 \
             WHERE forgotten_at_ms IS NULL AND act_id IN (SELECT act_id FROM chain)",
            params![institution, root, self.now()],
        )
        .await?;
        tx.execute_all(
            "WITH RECURSIVE chain (act_id) AS (\
             SELECT act_id FROM act WHERE institution_id = $1 AND act_id = $2 \
             UNION SELECT a.act_id FROM act a JOIN chain c ON a.parent_act_id = c.act_id \
             WHERE a.institution_id = $1) \
             DELETE FROM act_content WHERE act_id IN (SELECT act_id FROM chain)",
            params![institution, root],
        )
        .await
    }

    /// Whether what `act` of `institution` stood for was forgotten; one that is not there counts as so.
    pub async fn is_forgotten(
        &self,
        conn: &mut Conn,
        institution: InstitutionId,
        act: ActId,
    ) -> Result<bool, DbError> {
        let sql = "SELECT act_id FROM act WHERE institution_id = $1 AND act_id = $2 \
                   AND forgotten_at_ms IS NULL";
        Ok(conn.fetch_optional(sql, params![institution, act]).await?.is_none())
    }

    /// Appends `act` alone, in a transaction of its own.
    pub async fn record(&self, act: Act) -> Result<ActId, DbError> {
        let mut tx = self.db.begin().await?;
        let id = self.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(id)
    }
}

/// Waits for whoever appends to the tree under `root`, and lets nobody else, until `tx` ends.
async fn lock_tree(tx: &mut Tx, institution: InstitutionId, root: ActId) -> Result<(), DbError> {
    let mut known = 0;
    loop {
        // Each round sees what was committed while the one before waited.
        let acts = tx
            .fetch_all(
                "WITH RECURSIVE chain (act_id) AS (\
                 SELECT act_id FROM act WHERE institution_id = $1 AND act_id = $2 \
                 UNION SELECT a.act_id FROM act a JOIN chain c ON a.parent_act_id = c.act_id \
                 WHERE a.institution_id = $1) \
                 SELECT act_id FROM act WHERE act_id IN (SELECT act_id FROM chain) \
                 ORDER BY act_id FOR UPDATE",
                params![institution, root],
            )
            .await?;
        if acts.len() == known {
            return Ok(());
        }
        known = acts.len();
    }
}
