//! For tests: the dictionary of this machine, built once when it is missing.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::Lexicon;

/// Where fetched models live: `$KANAME_MODELS`, else the data folder of the user.
fn models_dir() -> PathBuf {
    let set =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("KANAME_MODELS").unwrap_or_else(|| {
        set("XDG_DATA_HOME")
            .or_else(|| set("HOME").map(|home| home.join(".local/share")))
            .unwrap_or_default()
            .join("kaname/models")
    })
}

/// The lexicon that tests share. Fails, and says how to put it right, when the source is not there.
pub(crate) fn lexicon() -> Lexicon {
    static SHARED: LazyLock<Lexicon> = LazyLock::new(|| {
        let folder = models_dir().join("ipadic");
        let dictionary = Lexicon::prepare(&folder).unwrap_or_else(|error| panic!("{error}"));
        Lexicon::open(&dictionary).unwrap()
    });
    SHARED.clone()
}
