//! `cargo xtask api`: what the crates that are taken alone show to others, kept as text beside each, written or checked.
//!
//! The text is the source without its private parts, bodies and docs. Unlike rustdoc's JSON it asks for no nightly
//! toolchain and stays the same from one toolchain to the next; what a change of it means for those who depend on the
//! crate is for its author to say.

mod skeleton;

use std::fs;
use std::path::{Path, PathBuf};

use syn::{File, Ident, Item, Visibility};

use crate::generate::{Current, Mode};
use crate::repository::root;
use crate::step::Failed;

/// A text: of a crate, from the file of its source where it begins, without one module.
struct Text {
    krate: &'static str,
    from: &'static str,
    but: Option<&'static str>,
    kept_in: &'static str,
}

/// What is made from dictionaries stands apart: it is long, and changes with them.
const TEXTS: [Text; 3] = [
    Text {
        krate: "sip-message",
        from: "src/lib.rs",
        but: None,
        kept_in: "public-api.txt",
    },
    Text {
        krate: "diameter-codec",
        from: "src/lib.rs",
        but: Some("generated"),
        kept_in: "public-api.txt",
    },
    Text {
        krate: "diameter-codec",
        from: "src/generated/mod.rs",
        but: None,
        kept_in: "public-api-generated.txt",
    },
];

impl Text {
    /// As it is by the source, and where it is kept.
    fn made(&self) -> Result<(String, PathBuf), Failed> {
        let folder = root().join("crates").join(self.krate);
        let text = text_of(&folder.join(self.from), self.but)?;
        Ok((text, folder.join(self.kept_in)))
    }
}

/// Makes the text of every crate; with [`Mode::Check`] nothing is written.
pub(crate) fn run(mode: Mode) -> Result<Current, Failed> {
    let mut outcome = Current::Yes;
    for text in TEXTS {
        let (text, path) = text.made()?;
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
            println!("current  {}", path.display());
            continue;
        }
        match mode {
            Mode::Write => {
                fs::write(&path, text).map_err(|error| cannot("write", &path, &error))?;
                println!("written  {}", path.display());
            }
            Mode::Check => {
                println!(
                    "STALE    {}: run `cargo xtask api`, and if what others use changed, say it in CHANGELOG.md",
                    path.display()
                );
                outcome = Current::No;
            }
        }
    }
    Ok(outcome)
}

/// The text of the modules whose root is `path`.
fn text_of(path: &Path, but: Option<&str>) -> Result<String, Failed> {
    let file = read(path)?;
    let modules = path.parent().unwrap_or(path).to_owned();
    let mut hidden = Vec::new();
    let items = items_of(file.items, &modules, but, &mut hidden)?;
    let items = skeleton::without_impls_of(items, &hidden);
    Ok(prettyplease::unparse(&File {
        shebang: None,
        attrs: Vec::new(),
        items,
    }))
}

/// What is public of `items`, whose modules are in `folder`; what is in a private module is where it is exported.
/// Types that nobody else sees are added to `hidden`.
fn items_of(
    items: Vec<Item>,
    folder: &Path,
    but: Option<&str>,
    hidden: &mut Vec<Ident>,
) -> Result<Vec<Item>, Failed> {
    let mut public = Vec::new();
    for item in items {
        let Item::Mod(mut module) = item else {
            hidden.extend(skeleton::hidden_type(&item));
            public.extend(skeleton::of(item));
            continue;
        };
        let name = module.ident.to_string();
        if skeleton::is_for_tests(&module.attrs) || but == Some(name.as_str()) {
            continue;
        }
        let inner = match module.content.take() {
            Some((_, items)) => items,
            None => read(&file_of(folder, &name))?.items,
        };
        let inner = items_of(inner, &folder.join(&name), but, hidden)?;
        match module.vis {
            Visibility::Public(_) => public.push(skeleton::module(module, inner)),
            _ => public.extend(inner),
        }
    }
    Ok(skeleton::sorted(public))
}

fn file_of(folder: &Path, module: &str) -> PathBuf {
    let file = folder.join(format!("{module}.rs"));
    if file.exists() {
        file
    } else {
        folder.join(module).join("mod.rs")
    }
}

fn read(path: &Path) -> Result<File, Failed> {
    let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    syn::parse_file(&text).map_err(|error| cannot("parse", path, &error))
}

fn cannot(what: &str, path: &Path, error: &dyn std::fmt::Display) -> Failed {
    Failed(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_the_crates_show() {
        for text in TEXTS {
            let (text, path) = text.made().unwrap();
            let known = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                text == known,
                "{}: run `cargo xtask api` and look at the difference",
                path.display()
            );
        }
    }

    #[test]
    fn what_is_made_from_dictionaries_and_every_limit_are_part_of_it() {
        let [sip, diameter, generated] = TEXTS.map(|text| text.made().unwrap().0);
        for (text, shown) in [
            (&sip, "pub const MAX_HEAD: usize = 65_535;"),
            (&diameter, "pub const MAX_MESSAGE: usize = 1 << 20;"),
            (&diameter, "pub const MAX_FAILED_DATA: usize = 64 << 10;"),
            (&generated, "pub struct ServerAssignmentRequest<'a> {"),
            (&generated, "pub user_name: Option<&'a str>,"),
            (
                &generated,
                "pub const USER_DATA: AvpCode = AvpCode::new(10415, 606);",
            ),
        ] {
            assert!(text.contains(shown), "{shown}");
        }
    }

    #[test]
    fn private_parts_are_no_part_of_it() {
        let text = text_of(&root().join("crates/sip-message/src/lib.rs"), None).unwrap();
        assert!(text.contains("pub fn parse(bytes: Bytes) -> Result<Message, ParseError> {}"));
        assert!(text.contains("pub mod header {"));
        for private in [
            "Scan",
            "LineElements",
            "id_of",
            "pub(crate)",
            "mod tests",
            "///",
        ] {
            assert!(!text.contains(private), "{private}");
        }
    }
}
