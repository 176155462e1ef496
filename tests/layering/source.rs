//! Enough of Rust's grammar to find the paths in a file: comments, literals and test modules are cut out first.

/// A path into the crate: the top-level module it names, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) module: String,
    pub(crate) line: usize,
}

/// The text with comments, literals and `#[cfg(test)]` modules replaced by blanks; line numbers stay as they were.
pub(crate) fn code_of(text: &str) -> String {
    without_tests(&without_comments_and_literals(text))
}

fn without_comments_and_literals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_word = false;
    while let Some(first) = rest.chars().next() {
        let length = if after_word { None } else { raw_literal(rest) }
            .or_else(|| comment(rest))
            .or_else(|| literal(rest));
        if let Some(length) = length {
            let (cut, left) = rest.split_at(length);
            out.extend(cut.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = left;
            after_word = false;
        } else {
            out.push(first);
            after_word = is_word(first);
            rest = rest.split_at(first.len_utf8()).1;
        }
    }
    out
}

fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.starts_with("/*").then(|| {
        let (mut depth, mut at) = (0_usize, 0);
        while let Some(left) = rest.get(at..).filter(|left| !left.is_empty()) {
            if left.starts_with("/*") {
                depth += 1;
                at += 2;
            } else if left.starts_with("*/") {
                depth -= 1;
                at += 2;
            } else {
                at += left.chars().next().map_or(1, char::len_utf8);
            }
            if depth == 0 {
                break;
            }
        }
        at
    })
}

/// `r"…"`, `r#"…"#`, `br"…"`: to their end.
fn raw_literal(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let body = after.trim_start_matches('#');
    let hashes = after.len() - body.len();
    let body = body.strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close).map_or(body.len(), |at| at + close.len());
    Some(rest.len() - body.len() + end)
}

/// `"…"` and `'x'`; a lifetime is none.
fn literal(rest: &str) -> Option<usize> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    if quote == '\'' {
        let mut next = rest.chars().skip(1);
        let (first, second) = (next.next()?, next.next()?);
        if first != '\\' && second != '\'' {
            return None;
        }
    }
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return Some(at + 1);
        }
    }
    Some(rest.len())
}

/// Blanks `#[cfg(test)] mod name { … }`.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    let mut from = 0;
    while let Some(at) = out.get(from..).and_then(|left| left.find("#[cfg(test)]")).map(|at| at + from) {
        let attribute = at + "#[cfg(test)]".len();
        from = attribute;
        let Some(body) = out.get(attribute..) else { break };
        if !body.trim_start().starts_with("mod ") {
            continue;
        }
        let Some(length) = block_length(body) else { continue };
        let end = attribute + length;
        let blank: String =
            out.get(at..end).unwrap_or("").chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(at..end, &blank);
    }
    out
}

/// Returns the length of the text to the end of the first block, if one opens before the next `;`.
fn block_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            ';' if depth == 0 => return None,
            '{' => depth += 1,
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every place where `word` starts a word.
fn occurrences<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(|at| !code.get(..*at).and_then(|before| before.chars().next_back()).is_some_and(is_word))
}

fn line_of(code: &str, at: usize) -> usize {
    code.get(..at).unwrap_or("").matches('\n').count() + 1
}

/// The lines that name `word`: the whole word, or one that begins so when `word` ends in `_` or `:`.
pub(crate) fn lines_naming(code: &str, word: &str) -> Vec<usize> {
    let open_ended = word.ends_with(['_', ':']);
    let mut lines: Vec<usize> = occurrences(code, word)
        .filter(|at| {
            open_ended
                || !code.get(at + word.len()..).and_then(|after| after.chars().next()).is_some_and(is_word)
        })
        .map(|at| line_of(code, at))
        .collect();
    lines.dedup();
    lines
}

/// The top-level modules that the code names by `root::…` (`crate`, or `asof` in the binary), in groups too, and by
/// enough `super::` to arrive at the root.
pub(crate) fn imports(code: &str, root: &str, file: &str, known: &[&str]) -> Vec<Import> {
    let mut found = Vec::new();
    for at in occurrences(code, root) {
        let Some(after) = code.get(at + root.len()..).and_then(|after| after.trim_start().strip_prefix("::"))
        else {
            continue;
        };
        let line = line_of(code, at);
        found.extend(heads(after).into_iter().map(|module| Import { module, line }));
    }
    found.extend(climbing(code, file, known));
    found
}

/// The first name of the path, or of each path of a group.
fn heads(path: &str) -> Vec<String> {
    let path = path.trim_start();
    let Some(group) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(name(group.get(start..at).unwrap_or("").trim_start()));
                start = at + 1;
            }
            _ => continue,
        }
        if c == '}' && start == at + 1 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn name(path: &str) -> String {
    path.chars().take_while(|c| is_word(*c) || *c == '*').collect()
}

/// `super::…` that leaves the file's top-level module. Inside an inline module one `super` less arrives there, so only
/// names of modules that exist are taken.
fn climbing(code: &str, file: &str, known: &[&str]) -> Vec<Import> {
    let depth = file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count();
    let mut found = Vec::new();
    for at in occurrences(code, "super") {
        let Some(mut rest) = code.get(at..) else { continue };
        let mut climbed = 0;
        while let Some(after) = rest.trim_start().strip_prefix("super") {
            let Some(after) = after.trim_start().strip_prefix("::") else { break };
            climbed += 1;
            rest = after;
        }
        if climbed >= depth {
            let line = line_of(code, at);
            let modules = heads(rest).into_iter().filter(|module| known.contains(&module.as_str()));
            found.extend(modules.map(|module| Import { module, line }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{code_of, imports, lines_naming};

    fn modules(text: &str, file: &str) -> Vec<String> {
        let found = imports(&code_of(text), "crate", file, &["list", "model", "plan"]);
        found.into_iter().map(|import| import.module).collect()
    }

    #[test]
    fn paths_and_groups_are_found() {
        assert_eq!(modules("use crate::list::Lister;", "a.rs"), ["list"]);
        assert_eq!(
            modules("use crate::{list::{A, B}, model, plan::x::{C}};", "a.rs"),
            ["list", "model", "plan"]
        );
        assert_eq!(modules("fn f(x: crate :: model::Key) { crate::plan::go(x) }", "a.rs"), ["model", "plan"]);
        assert_eq!(
            modules("use crate::{\n    list,\n    model::{\n        Key,\n    },\n};", "a.rs"),
            ["list", "model"]
        );
    }

    #[test]
    fn super_is_followed_to_the_root() {
        assert_eq!(modules("use super::list::Lister;", "model/mod.rs"), ["list"]);
        assert_eq!(modules("use super::super::list::Lister;", "model/key.rs"), ["list"]);
        assert_eq!(modules("use super::super::super::{plan, list};", "model/key/odd.rs"), ["plan", "list"]);
        assert_eq!(modules("use super::list::Lister;", "model/key.rs"), [""; 0]);
    }

    #[test]
    fn comments_literals_and_tests_do_not_count() {
        let text = r##"
            //! [`crate::list`]
            /* crate::list /* crate::list */ crate::list */
            const A: &str = "crate::list \" crate::list"; const B: &str = r#"crate::list " "#;
            fn f<'a>(x: &'a str) -> char { '"' } // "
            use crate::model;
            #[cfg(test)]
            mod tests { use crate::list; fn g() {} }
            use crate::plan;
        "##;
        assert_eq!(modules(text, "a.rs"), ["model", "plan"]);
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(lines_naming("use clap::Parser;\nfn clapper() {}\nlet eclap = 1;", "clap"), [1]);
        assert_eq!(lines_naming("use aws_sdk_s3::Client;\nlet x = my_aws_y;", "aws_"), [1]);
        assert_eq!(lines_naming("let t = chrono::Utc::now();", "Utc::now"), [1]);
    }
}
