//! Reads the arguments of a benchmark that has sections.

/// The chosen sections; with `--test`, each uses a small bucket.
pub(crate) struct Sections {
    pub(crate) small: bool,
    named: Vec<String>,
}

impl Sections {
    pub(crate) fn read() -> Self {
        let (options, named): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|a| a.starts_with('-'));
        Self { small: options.iter().any(|a| a == "--test"), named }
    }

    /// Returns true if a section is to run; if none is named, all run.
    pub(crate) fn chosen(&self, name: &str) -> bool {
        self.named.is_empty() || self.named.iter().any(|a| a == name)
    }
}
