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

/// The crates, and the module of each that is made from dictionaries and checked against them.
const CRATES: [(&str, Option<&str>); 2] =
    [("sip-message", None), ("diameter-codec", Some("generated"))];

/// Makes the text of every crate; with [`Mode::Check`] nothing is written.
pub(crate) fn run(mode: Mode) -> Result<Current, Failed> {
    let mut outcome = Current::Yes;
    for (name, generated) in CRATES {
        let folder = root().join("crates").join(name);
        let text = text_of(&folder.join("src/lib.rs"), generated)?;
        let path = folder.join("public-api.txt");
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

/// The text of the crate whose root is `path`.
fn text_of(path: &Path, generated: Option<&str>) -> Result<String, Failed> {
    let file = read(path)?;
    let modules = path.parent().unwrap_or(path).to_owned();
    let mut hidden = Vec::new();
    let items = items_of(file.items, &modules, generated, &mut hidden)?;
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
    generated: Option<&str>,
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
        if skeleton::is_for_tests(&module.attrs) || generated == Some(name.as_str()) {
            continue;
        }
        let inner = match module.content.take() {
            Some((_, items)) => items,
            None => read(&file_of(folder, &name))?.items,
        };
        let inner = items_of(inner, &folder.join(&name), generated, hidden)?;
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
        for (name, generated) in CRATES {
            let folder = root().join("crates").join(name);
            let text = text_of(&folder.join("src/lib.rs"), generated).unwrap();
            let known = fs::read_to_string(folder.join("public-api.txt")).unwrap_or_default();
            assert!(
                text == known,
                "{name}: run `cargo xtask api` and look at the difference"
            );
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
