use insta::assert_snapshot;

use super::*;
use crate::manual::TOPICS;

const PAGE: &str = "\
# A page

The summary of a page that is longer than the lines of the terminal on which it is shown, with `code words` and
[a link](restore.md#mass-deletes), [restore](restore.md), [AWS](https://aws.amazon.com) and [above](#a-page).

## Steps

1. The first step, which takes more than one line of a narrow terminal.
2. The second.
   - A **bold** item.

After the list:

    asof diff s3://prod-uploads --at 2h     # a long line of code stays as it is

| option | meaning | n |
|---|---|--:|
| `--yes` | Skip the prompt | 7 |
| `--only` | Restore changes of one kind only, which is a long story | 1,000 |
";

#[test]
fn of_a_narrow_terminal() {
    assert_snapshot!(render_markdown(PAGE, 50, false), @"
    # A page

    The summary of a page that is longer than the
    lines of the terminal on which it is shown, with
    `code words` and a link (asof manual restore),
    restore, AWS <https://aws.amazon.com> and above.

    ## Steps

    1. The first step, which takes more than one line
       of a narrow terminal.
    2. The second.
      - A bold item.

    After the list:

        asof diff s3://prod-uploads --at 2h     # a long line of code stays as it is

    option    meaning                                n

    `--yes`   Skip the prompt                        7

    `--only`  Restore changes of one kind only,  1,000
              which is a long story
    ");
}

#[test]
fn a_table_that_is_too_wide_has_a_paragraph_for_each_row() {
    let table = "| option | meaning | n |\n|---|---|--:|\n| `--yes` | Skip the prompt | 7 |\n| `--only` | One kind | 1 |\n";
    assert_snapshot!(render_markdown(table, 20, false), @"
    option: `--yes`
    meaning: Skip the
      prompt
    n: 7

    option: `--only`
    meaning: One kind
    n: 1
    ");
}

#[test]
fn colours_end_with_each_word() {
    let shown = render_markdown("## Two words\n\n`two words`\n", 50, true);
    let bold = |word: &str| format!("\u{1b}[1m{word}\u{1b}[0m");
    let code = |word: &str| format!("\u{1b}[36m{word}\u{1b}[0m");
    let heading = format!("{} {}", bold("Two"), bold("words"));
    assert_eq!(shown, format!("{heading}\n\n{} {}\n", code("two"), code("words")));
}

#[test]
fn every_page_keeps_its_words() {
    for topic in TOPICS {
        let shown = render_markdown(topic.text, 80, true);
        let plain = console::strip_ansi_codes(&shown);
        let words = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let mut words: Vec<_> = words.map(ToOwned::to_owned).collect();
            words.sort_unstable();
            words.dedup();
            words
        };
        let shown = words(&plain);
        let code: Vec<_> =
            topic.text.lines().filter(|line| line.starts_with("    ")).flat_map(words).collect();
        let missing: Vec<_> = code.iter().filter(|word| !shown.contains(word)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", topic.name);
    }
}
