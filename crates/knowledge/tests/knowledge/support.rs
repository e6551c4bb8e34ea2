//! A town with documents: real models, real databases, workers driven by hand.

use std::{
    path::PathBuf,
    sync::{Arc, LazyLock},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use kaname_embed_core::{DIMENSIONS, Encoder, MODEL_ID};
use kaname_gateway::{EmbeddedEmbedder, EmbeddedError, Gateway};
use kaname_guard::Guard;
use kaname_identity::{Identity, NewUser, Password, console_principal, create_user};
use kaname_kernel::{
    Actor, CollectionId, DepartmentId, InstitutionId, Label, Principal, Role, UserId,
};
use kaname_knowledge::{
    Collection, Config, Document, ImportOptions, Imported, Knowledge, NewCollection, NewFile,
};
use kaname_lexicon_core::Lexicon;
use kaname_platform::{
    jobs::Workers,
    outbound::{Outbound, Permit, Target},
};
use kaname_testkit::TestPlatform;

pub(crate) fn models_dir() -> PathBuf {
    let set =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("KANAME_MODELS").unwrap_or_else(|| {
        set("XDG_DATA_HOME")
            .or_else(|| set("HOME").map(|home| home.join(".local/share")))
            .unwrap_or_default()
            .join("kaname/models")
    })
}

static ENCODER: LazyLock<Arc<Encoder>> = LazyLock::new(|| {
    Arc::new(Encoder::open(&models_dir().join(MODEL_ID)).unwrap_or_else(|error| panic!("{error}")))
});

/// The embedding model of the product, in this process.
#[derive(Debug)]
struct Embedding;

impl EmbeddedEmbedder for Embedding {
    fn model(&self) -> &str {
        MODEL_ID
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(
        &self,
        permit: Permit,
        texts: Vec<String>,
    ) -> BoxFuture<'static, Result<Vec<Vec<f32>>, EmbeddedError>> {
        Box::pin(async move {
            permit.spend(&Target::Embedded(MODEL_ID.to_owned())).unwrap();
            let work = move || {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                ENCODER.embed_all(&texts)
            };
            Ok(tokio::task::spawn_blocking(work).await.unwrap())
        })
    }
}

pub(crate) struct World {
    pub(crate) test: TestPlatform,
    pub(crate) knowledge: Knowledge,
    pub(crate) identity: Identity,
    pub(crate) administrator: Principal,
}

impl World {
    pub(crate) async fn new(test: TestPlatform) -> Self {
        Self::with(test, |_| {}).await
    }

    pub(crate) async fn with(test: TestPlatform, change: impl FnOnce(&mut Config)) -> Self {
        Self::embedding(test, Arc::new(Embedding), change).await
    }

    /// A world whose vectors come from `embedder`.
    pub(crate) async fn embedding(
        test: TestPlatform,
        embedder: Arc<dyn EmbeddedEmbedder>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let (knowledge, identity) = started(&test, embedder, change).await;
        let administrator = person(&test, test.institution, (Role::Administrator, None), "5");
        let everything = Label::of_rank(5);
        let everything = ["personal", "sensitive_personal", "my_number", "trade_secret", "child"]
            .into_iter()
            .fold(everything, |label, key| label.with_compartment(key).unwrap());
        let administrator = Principal { clearance: everything, ..administrator };
        Self { test, knowledge, identity, administrator }
    }

    pub(crate) fn person(&self, department: Option<DepartmentId>, clearance: &str) -> Principal {
        person(&self.test, self.test.institution, (Role::Staff, department), clearance)
    }

    pub(crate) async fn collection(&self, key: &str, label: &str) -> Collection {
        let new = NewCollection {
            key: key.to_owned(),
            name: key.to_owned(),
            description: String::new(),
            label: label.parse().unwrap(),
            readers_everyone: true,
            reader_departments: [].into(),
            editor_departments: [].into(),
        };
        self.knowledge.create_collection(&self.administrator, new).await.unwrap()
    }

    pub(crate) async fn send(&self, collection: CollectionId, files: &[(&str, &[u8])]) -> Imported {
        let files = files
            .iter()
            .map(|(name, bytes)| NewFile {
                file_name: (*name).to_owned(),
                bytes: Bytes::copy_from_slice(bytes),
            })
            .collect();
        let content = (files, ImportOptions::default());
        self.knowledge.import(&self.administrator, collection, content).await.unwrap()
    }

    /// Sends files and has them read.
    pub(crate) async fn add(&self, collection: CollectionId, files: &[(&str, &[u8])]) -> Imported {
        let imported = self.send(collection, files).await;
        self.work().await;
        imported
    }

    /// Runs every job that is ready.
    pub(crate) async fn work(&self) {
        let platform = self.test.platform.clone();
        let workers = Workers::new(platform, self.knowledge.job_handlers());
        while workers.run_next("test").await.unwrap() {}
    }

    pub(crate) async fn document(&self, imported: &Imported, place: usize) -> Document {
        let id = imported.documents[place].id;
        self.knowledge.find_document(&self.administrator, id).await.unwrap().0
    }

    pub(crate) async fn acts(&self, kind: &'static str) -> i64 {
        let mut tx = self.test.platform.db.read().await.unwrap();
        let row = tx
            .fetch_one(
                "SELECT COUNT(*) AS acts FROM act WHERE kind = $1",
                kaname_platform::params![kind],
            )
            .await
            .unwrap();
        row.get("acts").unwrap()
    }
}

/// Knowledge on `test`, as after a start of the program.
pub(crate) async fn knowledge(test: &TestPlatform, change: impl FnOnce(&mut Config)) -> Knowledge {
    started(test, Arc::new(Embedding), change).await.0
}

async fn started(
    test: &TestPlatform,
    embedder: Arc<dyn EmbeddedEmbedder>,
    change: impl FnOnce(&mut Config),
) -> (Knowledge, Identity) {
    let platform = test.platform.clone();
    let (outbound, mint) = Outbound::new(Duration::from_secs(20)).unwrap();
    let guard = Guard::new(platform.clone(), mint);
    let bounds = kaname_gateway::Config { allow_insecure: true, ..Default::default() };
    let gateway = Gateway::new(platform.clone(), guard, outbound, bounds).with_embedder(embedder);
    gateway.ensure_embedded_endpoints().await.unwrap();
    let cheap = kaname_identity::Config {
        hash_memory_kib: 64,
        hash_passes: 1,
        ..kaname_identity::Config::default()
    };
    let identity = Identity::new(platform, cheap).unwrap();
    let dictionary = Lexicon::prepare(&models_dir().join("ipadic")).unwrap();
    let mut config = Config::in_folder(test.folder.path().join("index"));
    change(&mut config);
    (Knowledge::new(identity.clone(), gateway, dictionary, config), identity)
}

pub(crate) fn person(
    test: &TestPlatform,
    institution: InstitutionId,
    (role, department): (Role, Option<DepartmentId>),
    clearance: &str,
) -> Principal {
    Principal {
        institution,
        user: test.platform.ids.next::<UserId>(),
        display_name: "職員".to_owned(),
        actor: Actor::Console,
        roles: [role].into(),
        department,
        clearance: clearance.parse().unwrap(),
    }
}

/// A person with an account, so that a key can be made.
pub(crate) async fn account(world: &World, name: &str, role: Role) -> Principal {
    let platform = &world.test.platform;
    let institution = world.test.institution;
    let by = console_principal(platform, institution, None).await.unwrap();
    let new = NewUser {
        user_name: name.to_owned(),
        display_name: name.to_owned(),
        roles: [role].into(),
        department: None,
        clearance: Label::of_rank(3),
        password: Some(Password::new(&format!("slow green kettle by the {name} window"))),
        must_change_password: false,
    };
    create_user(&world.identity, &by, new).await.unwrap();
    console_principal(platform, institution, Some(name)).await.unwrap()
}
