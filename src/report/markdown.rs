//! Renders Markdown for a terminal: bold headings, indented code, tables in columns that fit the width.

use console::{Alignment, Style, measure_text_width, pad_str};
use pulldown_cmark::{Alignment as Align, Event, Options, Parser, Tag, TagEnd};
use textwrap::{WordSplitter, wrap};

/// Minimum column width of a table; with narrower columns, each row is shown as a paragraph.
const LEAST_COLUMN: usize = 8;
const BETWEEN_COLUMNS: &str = "  ";

/// Renders a page with lines of at most `width` columns where words allow it. Without colours, headings and code keep
/// their marks, because nothing else distinguishes them from text.
pub(crate) fn render_markdown(text: &str, width: usize, colors: bool) -> String {
    let mut page = Page { width, colors, ..Page::default() };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        page.take(event);
    }
    page.out
}

#[derive(Debug, Default)]
struct Page {
    out: String,
    width: usize,
    colors: bool,
    /// The text of the open block, styled word by word: a pager loses a style at the end of a line.
    inline: String,
    bold: bool,
    in_code: bool,
    /// The next number of each open list; `None` for an unordered list.
    lists: Vec<Option<u64>>,
    /// The marker of the next line of an item.
    bullet: Option<String>,
    /// The target of the open link, and the start of its text.
    link: Option<(String, usize)>,
    table: Table,
}

#[derive(Debug, Default)]
struct Table {
    alignments: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.in_code => self.code_block(&text),
            Event::Text(text) => {
                let style = if self.bold { Style::new().bold() } else { Style::new() };
                self.words(&text, &style);
            }
            Event::Code(code) if self.colors => self.words(&code, &Style::new().cyan()),
            Event::Code(code) => self.words(&format!("`{code}`"), &Style::new()),
            Event::SoftBreak | Event::HardBreak => self.inline.push(' '),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.gap();
                self.bold = true;
                if !self.colors {
                    self.inline = "#".repeat(level as usize) + " ";
                }
            }
            Tag::Paragraph => self.gap(),
            Tag::CodeBlock(_) => {
                self.flush();
                self.gap();
                self.in_code = true;
            }
            Tag::List(first) => {
                self.flush();
                self.gap();
                self.lists.push(first);
            }
            Tag::Item => {
                let bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
                self.bullet = Some(bullet);
            }
            Tag::Strong => self.bold = true,
            Tag::Link { dest_url, .. } => self.link = Some((dest_url.into_string(), self.inline.len())),
            Tag::Table(alignments) => {
                self.gap();
                self.table = Table { alignments, rows: Vec::new() };
            }
            Tag::TableHead => {
                self.bold = true;
                self.table.rows.push(Vec::new());
            }
            Tag::TableRow => self.table.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.bold = false;
                self.flush();
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::Strong | TagEnd::TableHead => self.bold = false,
            TagEnd::Link => self.end_link(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                if let Some(row) = self.table.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let table = std::mem::take(&mut self.table);
                self.out += &table.render(self.width);
            }
            _ => {}
        }
    }

    /// Writes a blank line before a block outside a list.
    fn gap(&mut self) {
        if !self.out.is_empty() && self.lists.is_empty() {
            self.out.push('\n');
        }
    }

    fn words(&mut self, text: &str, style: &Style) {
        let style = style.clone().force_styling(self.colors);
        for word in text.split_inclusive(' ') {
            let bare = word.trim_end_matches(' ');
            if !bare.is_empty() {
                self.inline += &style.apply_to(bare).to_string();
            }
            self.inline += word.get(bare.len()..).unwrap_or_default();
        }
    }

    /// Writes the address or, if it is not the text, the name of the page.
    fn end_link(&mut self) {
        let Some((target, begin)) = self.link.take() else { return };
        let text = console::strip_ansi_codes(self.inline.get(begin..).unwrap_or_default()).into_owned();
        let page = target.split_once(".md").map(|(page, _)| page);
        match page {
            Some(page) if page != text => self.words(&format!(" (asof manual {page})"), &Style::new()),
            None if !target.starts_with('#') => self.words(&format!(" <{target}>"), &Style::new()),
            _ => {}
        }
    }

    fn code_block(&mut self, code: &str) {
        let indent = "  ".repeat(self.lists.len()) + "    ";
        for line in code.lines() {
            self.out += format!("{indent}{line}").trim_end();
            self.out.push('\n');
        }
    }

    /// Writes the open text, wrapped.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if text.is_empty() {
            return;
        }
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let bullet = self.bullet.take();
        let rest = if self.lists.is_empty() { 0 } else { bullet.as_ref().map_or(2, String::len) };
        let (first, rest) =
            (indent.clone() + &bullet.unwrap_or_else(|| " ".repeat(rest)), indent + &" ".repeat(rest));
        let options = options(self.width).initial_indent(&first).subsequent_indent(&rest);
        for line in wrap(&text, options) {
            self.out += &line;
            self.out.push('\n');
        }
    }
}

impl Table {
    fn render(&self, width: usize) -> String {
        let widths = self.widths(width);
        if widths.iter().sum::<usize>() > self.room(width) {
            return self.records(width);
        }
        let rows: Vec<Vec<Vec<String>>> = self.rows.iter().map(|row| wrap_cells(row, &widths)).collect();
        // Rows of several lines would run into each other.
        let is_open = rows.iter().flatten().any(|cell| cell.len() > 1);
        let mut out = String::new();
        for (n, row) in rows.iter().enumerate() {
            if n > 0 && is_open {
                out.push('\n');
            }
            let height = row.iter().map(Vec::len).max().unwrap_or_default();
            for line in 0..height {
                let cells: Vec<_> = row
                    .iter()
                    .zip(widths.iter().zip(&self.alignments))
                    .map(|(cell, (width, align))| {
                        let side = if *align == Align::Right { Alignment::Right } else { Alignment::Left };
                        pad_str(cell.get(line).map_or("", String::as_str), *width, side, None).into_owned()
                    })
                    .collect();
                out += cells.join(BETWEEN_COLUMNS).trim_end();
                out.push('\n');
            }
        }
        out
    }

    /// Returns the widths of the columns: as wide as the cells, with the widest columns narrowed until the table fits.
    fn widths(&self, width: usize) -> Vec<usize> {
        let mut widths = vec![0; self.alignments.len()];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = measure_text_width(cell).max(*width);
            }
        }
        let room = self.room(width);
        while widths.iter().sum::<usize>() > room {
            match widths.iter_mut().max() {
                Some(widest) if *widest > LEAST_COLUMN => *widest -= 1,
                _ => break,
            }
        }
        widths
    }

    /// The width without the space between columns.
    fn room(&self, width: usize) -> usize {
        width.saturating_sub(BETWEEN_COLUMNS.len() * self.alignments.len().saturating_sub(1))
    }

    /// One paragraph per row, for terminals on which columns would be too narrow.
    fn records(&self, width: usize) -> String {
        let Some((heading, rows)) = self.rows.split_first() else { return String::new() };
        let record = |row: &Vec<String>| {
            let cells = heading.iter().zip(row).map(|(name, cell)| {
                let text = format!("{name}: {cell}");
                wrap(&text, options(width).subsequent_indent(BETWEEN_COLUMNS)).join("\n") + "\n"
            });
            cells.collect::<String>()
        };
        rows.iter().map(record).collect::<Vec<_>>().join("\n")
    }
}

fn wrap_cells(row: &[String], widths: &[usize]) -> Vec<Vec<String>> {
    let cells = row.iter().zip(widths);
    cells.map(|(cell, width)| wrap(cell, options(*width)).into_iter().map(Into::into).collect()).collect()
}

/// Does not hyphenate: names, options and commands are copied from the page.
fn options<'a>(width: usize) -> textwrap::Options<'a> {
    textwrap::Options::new(width).word_splitter(WordSplitter::NoHyphenation)
}

#[cfg(test)]
mod tests;
