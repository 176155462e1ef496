use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::recover::RecoveryFile;

const README_LINES: usize = 16;

#[test]
fn every_directory_is_a_recipe_and_every_recipe_a_directory() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recipes");
    let entries = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path());
    let written: BTreeSet<_> = RECIPES
        .iter()
        .flat_map(|recipe| recipe.commands)
        .map(|file| file.name)
        .chain(["recovery.toml", "README.md"])
        .collect();
    let mut found = BTreeSet::new();
    for entry in entries {
        let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
        for file in std::fs::read_dir(&entry).unwrap().map(|file| file.unwrap().file_name()) {
            assert!(written.contains(file.to_str().unwrap()), "{name}: no recipe has {}", file.display());
        }
        found.insert(name);
    }
    let names: BTreeSet<_> = RECIPES.iter().map(|recipe| recipe.name.to_owned()).collect();
    assert_eq!(names.len(), RECIPES.len(), "a recipe stands twice");
    found.remove("common");
    assert_eq!(names, found);
}

#[test]
fn recovery_files_can_be_read_and_name_programs_that_are_written() {
    for recipe in RECIPES {
        RecoveryFile::parse("recovery.toml", recipe.recovery_file).unwrap();
        let named: BTreeSet<_> =
            recipe.recovery_file.split("\"./").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(!named.is_empty(), "{} names no program", recipe.name);
        for name in named {
            let program = recipe.commands.iter().find(|file| file.name == name);
            assert!(program.is_some_and(|file| file.is_program()), "{}: {name}", recipe.name);
        }
    }
}

#[test]
fn readmes_are_short_and_begin_with_the_name() {
    for recipe in RECIPES {
        let begin = format!("# {}: ", recipe.name);
        assert!(recipe.readme.starts_with(&begin), "{}", recipe.name);
        assert!(recipe.readme.lines().count() <= README_LINES, "{}", recipe.name);
    }
}
