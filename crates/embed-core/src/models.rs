//! For tests: the encoder with the weights of this machine, loaded once.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::{Encoder, MODEL_ID};

/// Where fetched models live: `$KANAME_MODELS`, else the data folder of the user.
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

/// The encoder that tests share. Fails, and says how to put it right, when the model is not there.
pub(crate) fn encoder() -> &'static Encoder {
    static SHARED: LazyLock<Encoder> = LazyLock::new(|| {
        Encoder::open(&models_dir().join(MODEL_ID)).unwrap_or_else(|error| panic!("{error}"))
    });
    &SHARED
}
