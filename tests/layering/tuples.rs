//! Parameters that are tuples: what is in them has no name where the function is called.

/// A parameter of a function.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TupleParameter {
    pub(crate) function: String,
    pub(crate) line: usize,
}

/// The functions of the code, which has no comments and literals, that take a tuple, or a reference, option or list of some.
pub(crate) fn tuple_parameters(code: &str) -> Vec<TupleParameter> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let before = code.get(..at).unwrap_or("");
        if before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = code.get(at + "fn ".len()..).unwrap_or("");
        let function: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(list) = rest.get(function.len()..).and_then(parameters) else { continue };
        let line = before.matches('\n').count() + 1;
        let taken = split(list).into_iter().filter(|parameter| is_tuple(parameter));
        found.extend(taken.map(|_| TupleParameter { function: function.clone(), line }));
    }
    found
}

/// Returns the text between the parentheses after a function's name and its generics.
fn parameters(after_name: &str) -> Option<&str> {
    let mut list = after_name.trim_start();
    if list.starts_with('<') {
        list = list.get(closing(list)? + 1..)?.trim_start();
    }
    if !list.starts_with('(') {
        return None;
    }
    list.get(1..closing(list)?)
}

/// The position at which the bracket closes that the text begins with.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c, before) in steps(text) {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if before == '-' => {}
            ')' | ']' | '}' | '>' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The parts between the commas that are in no bracket.
fn split(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (at, c, before) in steps(list) {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if before == '-' => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(list.get(start..at).unwrap_or(""));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list.get(start..).unwrap_or(""));
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Each character with its place and the one before it.
fn steps(text: &str) -> impl Iterator<Item = (usize, char, char)> + '_ {
    let before = std::iter::once(' ').chain(text.chars());
    text.char_indices().zip(before).map(|((at, c), before)| (at, c, before))
}

/// Returns true if the type of a parameter, behind references, options and lists, is a tuple.
fn is_tuple(parameter: &str) -> bool {
    let parameter = parameter.trim_start();
    // A pattern may have brackets, and colons in them; its type follows.
    let pattern = if parameter.starts_with(['(', '[']) { closing(parameter).unwrap_or(0) } else { 0 };
    let Some((_, mut of)) = parameter.get(pattern..).and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    loop {
        of = of.trim_start();
        let inner = ["&", "mut ", "[", "Option<", "Vec<"].iter().find_map(|before| of.strip_prefix(before));
        let inner = inner.or_else(|| {
            let lifetime = of.strip_prefix('\'')?;
            Some(lifetime.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'))
        });
        match inner {
            Some(inner) => of = inner,
            None => break,
        }
    }
    let Some(fields) = of.strip_prefix('(').and_then(|_| of.get(1..closing(of)?)) else { return false };
    split(fields).len() > 1
}

#[cfg(test)]
mod tests {
    use super::tuple_parameters;

    fn of(code: &str) -> Vec<String> {
        tuple_parameters(code).into_iter().map(|found| found.function).collect()
    }

    #[test]
    fn tuples_are_found_behind_references_options_and_lists() {
        assert_eq!(of("fn f((a, b): (u8, u16)) {}"), ["f"]);
        assert_eq!(of("pub async fn f<'a, T: Fn(A) -> B>(x: &'a [(T, u16)], y: u8) {}"), ["f"]);
        assert_eq!(of("fn f(x: Option<(u8, &str)>, y: Vec<(u8, u8)>) -> u8 { }"), ["f", "f"]);
        assert_eq!(of("fn f(x: &mut [\n(A, B)]) {}\nfn g(\n    x: (A,\n B),\n) {}"), ["f", "g"]);
    }

    #[test]
    fn others_are_not() {
        assert_eq!(of("fn f(x: &mut (impl A + B), y: &(dyn Error + 'static), z: ()) {}"), [""; 0]);
        assert_eq!(
            of("fn f(&self, Pair { a, b }: Pair, g: impl Fn((A, B)) -> (C, D)) -> (A, B) {}"),
            [""; 0]
        );
        assert_eq!(of("let f = |(a, b): (A, B)| a; struct S { f: fn((A, B)) }"), [""; 0]);
    }
}
