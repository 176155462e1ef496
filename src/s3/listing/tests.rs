//! Tests the decoder with real pages, with invalid ones, and with mutated ones.

use proptest::prelude::*;

use super::{Page, decode, is_error_document};
use crate::model::{ChecksumType, Entry, Kind, Version};

/// As sent by AWS: URL-encoded keys, ETags in entities, versions and delete markers interleaved.
const AWS: &str = include_str!("../../../fixtures/listing/aws.xml");
/// Versions first, then delete markers; no `EncodingType`; a carriage return in a key (moto).
const GROUPED: &str = include_str!("../../../fixtures/listing/versions-first.xml");
/// Milliseconds, `%20` and `%2F`, an owner with an empty name, different element order (Ceph RGW).
const RGW: &str = include_str!("../../../fixtures/listing/rgw.xml");

fn keys(page: &Page) -> Vec<&str> {
    page.entries().map(|e| e.key).collect()
}

fn ids(page: &Page) -> Vec<&str> {
    page.entries().map(|e| e.version_id).collect()
}

#[test]
fn an_aws_page_is_read_in_document_order() {
    let page = decode(AWS.as_bytes()).unwrap();
    assert_eq!(keys(&page), ["a b+c/ü.txt", "a b+c/ü.txt", "a b+c/ü.txt", "ctl\u{1}\r\n", "x&y<z>\"'"]);
    assert_eq!(ids(&page), ["3HL4kqtJlcpXroDTDmJ-rmSpXd3dIbrHY", "m1", "null", "v5", "v4"]);
    let first: Entry<'_> = page.entries().next().unwrap();
    assert!(first.is_latest);
    assert_eq!(first.last_modified.to_string(), "2026-11-17T14:30:05Z");
    assert_eq!(
        first.kind,
        Kind::Version {
            etag: "fba9dede5f27731c9771645a39863328",
            size: 434_234,
            storage_class: "STANDARD",
            checksum_algorithm: "CRC64NVME",
            checksum_type: ChecksumType::FullObject,
        }
    );
    assert!(page.entries().nth(1).unwrap().kind.is_marker());
    let multipart = page.entries().nth(2).unwrap().kind;
    assert!(matches!(
        multipart,
        Kind::Version { etag: "b34bb1b0b64d6bd6ae0d7b8bbd06b1a0-3", storage_class: "STANDARD_IA", .. }
    ));
    assert_eq!(page.prefixes().collect::<Vec<_>>(), ["photos/2026 11/"]);
    assert!(page.is_truncated() && !page.is_order_lost());
    assert_eq!(page.next_key_marker(), Some("x&y<z>\"'"));
    assert_eq!(page.next_version_id_marker(), Some("v4"));
}

#[test]
fn a_page_without_encoding_type_is_not_decoded_twice() {
    let page = decode(GROUPED.as_bytes()).unwrap();
    assert_eq!(keys(&page), ["a%20b+c", "a%20b+c", "a%20b+c", "k", "k", "k"]);
    assert!(page.is_order_lost());
    // The current entry comes first, then by time; the marker of the same second as v2 keeps its place.
    assert_eq!(ids(&page), ["m2", "v1", "m1", "v3", "m3", "v2"]);
}

#[test]
fn an_rgw_page_is_read() {
    let page = decode(RGW.as_bytes()).unwrap();
    assert_eq!(keys(&page), ["日/本 語", "日/本 語"]);
    let times: Vec<_> = page.entries().map(|e| e.last_modified.to_string()).collect();
    assert_eq!(times, ["2026-11-20T16:15:00.769Z", "2026-11-20T16:15:00.225Z"]);
    assert!(!page.is_truncated() && page.next_key_marker().is_none());
}

/// Builds a page of entries, each `(key, id, is_latest, time, marker)`.
fn page_of(entries: &[(&str, &str, bool, &str, bool)]) -> String {
    let mut xml = String::from("<ListVersionsResult><IsTruncated>false</IsTruncated>");
    for (key, id, latest, time, marker) in entries {
        let (name, rest) = if *marker {
            ("DeleteMarker", "")
        } else {
            ("Version", "<ETag>\"e\"</ETag><Size>1</Size><StorageClass/>")
        };
        let entry = format!(
            "<{name}><Key>{key}</Key><VersionId>{id}</VersionId><IsLatest>{latest}</IsLatest>\
             <LastModified>2026-01-01T00:00:{time}Z</LastModified>{rest}</{name}>"
        );
        xml.push_str(&entry);
    }
    xml + "</ListVersionsResult>"
}

#[test]
fn only_pages_that_list_the_kinds_apart_are_merged() {
    for (name, entries, expected, lost) in [
        (
            "interleaved: a marker and a version of one second stay as they are",
            vec![
                ("k", "m", true, "05", true),
                ("k", "v2", false, "05", false),
                ("k", "m0", false, "05", true),
                ("k", "v1", false, "05", false),
            ],
            vec!["m", "v2", "m0", "v1"],
            false,
        ),
        (
            "one key, versions first, deleted: the marker is the current entry",
            vec![
                ("k", "v2", false, "05", false),
                ("k", "v1", false, "03", false),
                ("k", "m", true, "05", true),
            ],
            vec!["m", "v2", "v1"],
            true,
        ),
        (
            "one key, markers first, put again since",
            vec![
                ("k", "m2", true, "09", true),
                ("k", "m1", false, "03", true),
                ("k", "v2", false, "05", false),
                ("k", "v1", false, "01", false),
            ],
            vec!["m2", "v2", "m1", "v1"],
            true,
        ),
        (
            "several keys, markers first",
            vec![
                ("a", "ma", true, "09", true),
                ("b", "mb", true, "09", true),
                ("a", "va", false, "01", false),
                ("b", "vb", false, "01", false),
            ],
            vec!["ma", "va", "mb", "vb"],
            true,
        ),
        (
            "clocks of two writers, some milliseconds apart",
            vec![("k", "m", true, "05.000", true), ("k", "v", false, "05.017", false)],
            vec!["m", "v"],
            false,
        ),
        (
            "two keys of one kind each",
            vec![("a", "v", true, "01", false), ("b", "m", true, "09", true)],
            vec!["v", "m"],
            false,
        ),
    ] {
        let page = decode(page_of(&entries).as_bytes()).unwrap();
        assert_eq!((ids(&page), page.is_order_lost()), (expected, lost), "{name}");
    }
}

#[test]
fn keys_out_of_order_are_an_error() {
    let disorder = [("b", "v", true, "01", false), ("a", "v", true, "01", false)];
    assert!(decode(page_of(&disorder).as_bytes()).is_err());
    let disorder =
        [("a", "m", true, "01", true), ("c", "v", true, "01", false), ("b", "m", true, "01", true)];
    assert!(decode(page_of(&disorder).as_bytes()).is_err());
}

#[test]
fn form_does_not_matter() {
    let plain = page_of(&[("k&amp;&#x41;&#66;", "v", true, "01", false)]);
    let spaced =
        plain.replace("><", ">\n\t <").replace("<Key>", "<Key a=\"1>2\" b='/'>").replace("</Key>", "</Key >");
    let odd = spaced
        .replacen(
            "<ListVersionsResult>",
            "<?xml version=\"1.0\"?><!-- <Version> --><ListVersionsResult xmlns=\"u\">",
            1,
        )
        .replacen("<IsTruncated>", "<New><Deep>text<x/>more</Deep></New><!--c--><IsTruncated>", 1)
        + "\n<!-- end -->\n";
    for xml in [plain, spaced, odd] {
        assert_eq!(keys(&decode(xml.as_bytes()).unwrap()), ["k&AB"], "{xml}");
    }
}

#[test]
fn what_is_wrong_is_an_error() {
    let good = page_of(&[("k", "v", true, "01", false)]);
    let without = |piece: &str| good.replacen(piece, "", 1);
    for (name, xml) in [
        ("empty body", String::new()),
        ("another document", "<Error><Code>SlowDown</Code></Error>".to_owned()),
        ("html", "<html><body>Bad gateway</body></html>".to_owned()),
        ("no IsTruncated", without("<IsTruncated>false</IsTruncated>")),
        ("no key", without("<Key>k</Key>")),
        ("empty key", good.replacen("<Key>k</Key>", "<Key/>", 1)),
        ("no id", without("<VersionId>v</VersionId>")),
        ("no IsLatest", without("<IsLatest>true</IsLatest>")),
        ("no time", without("<LastModified>2026-01-01T00:00:01Z</LastModified>")),
        ("no size", without("<Size>1</Size>")),
        ("no etag", without("<ETag>\"e\"</ETag>")),
        ("bad time", good.replace("2026-01-01", "2026-99-01")),
        ("bad size", good.replace("<Size>1", "<Size>-1")),
        ("bad truth", good.replace("<IsLatest>true", "<IsLatest>maybe")),
        ("unknown entity", good.replace("<Key>k", "<Key>&nbsp;")),
        ("endless entity", good.replace("<Key>k", "<Key>&#65")),
        ("no character", good.replace("<Key>k", "<Key>&#xD800;")),
        ("signed reference", good.replace("<Key>k", "<Key>&#+65;")),
        ("cdata", good.replace("<Key>k", "<Key><![CDATA[k]]>")),
        ("wrong nesting", good.replace("</Key>", "</Kez>")),
        ("rubbish behind", good.clone() + "<more/>"),
    ] {
        assert!(decode(xml.as_bytes()).is_err(), "{name}");
    }
    let encoded = good.replacen("<IsTruncated>", "<EncodingType>url</EncodingType><IsTruncated>", 1);
    for key in ["%zz", "%4", "%", "%ff%fe"] {
        assert!(decode(encoded.replace("<Key>k", &format!("<Key>{key}")).as_bytes()).is_err(), "{key}");
    }
    assert!(
        decode(
            &good
                .replace("<Key>k", "<Key>\u{1}")
                .into_bytes()
                .iter()
                .map(|b| if *b == 1 { 0xff } else { *b })
                .collect::<Vec<_>>()
        )
        .is_err()
    );
}

/// The markup of the entry before was taken for that of an element without content.
#[test]
fn text_after_an_element_without_content_is_an_error() {
    let page = page_of(&[("a", "1", true, "01", false), ("b", "2", true, "01", false)]);
    // The first text of an entry may be empty.
    let page = page.replace("<Key>", "<StorageClass></StorageClass><Key>");
    assert!(decode(page.as_bytes()).is_ok());
    let (first, second) = page.split_at(page.rfind("<Version>").unwrap());
    for (old, new) in [("<Version>", "<Version/>"), ("<ETag>\"e\"</ETag>", "<ETag/>&quot;")] {
        let xml = format!("{first}{}", second.replacen(old, new, 1));
        assert!(decode(xml.as_bytes()).is_err(), "{new}");
    }
}

#[test]
fn quotes_around_an_etag_are_removed_in_pairs() {
    let page = page_of(&[("k", "1", true, "02", false), ("k", "2", false, "01", false)]);
    for (sent, read) in [
        ("\"e\"", "e"),
        ("&quot;e&quot;", "e"),
        ("e", "e"),
        ("", ""),
        ("\"", "\""),
        ("W/\"e\"", "W/\"e\""),
        ("W/&quot;e&quot;", "W/\"e\""),
    ] {
        let etags = |xml: &str| {
            let page = decode(xml.as_bytes()).unwrap();
            page.entries().map(|entry| Version::from(entry).etag).collect::<Vec<_>>()
        };
        let sent = format!("<ETag>{sent}</ETag>");
        assert_eq!(etags(&page.replace("<ETag>\"e\"</ETag>", &sent)), [read, read], "{sent}");
        // After an entry with other quotes.
        let quoted = page.replacen("<ETag>\"e\"</ETag>", "<ETag>&quot;e&quot;</ETag>", 1);
        assert_eq!(etags(&quoted.replacen("<ETag>\"e\"</ETag>", &sent, 1)), ["e", read], "{sent}");
    }
}

#[test]
fn a_page_cut_off_anywhere_is_never_a_short_page() {
    for xml in [AWS, GROUPED, RGW] {
        let whole = xml.trim_end();
        for end in 0..whole.len() {
            assert!(decode(&whole.as_bytes()[..end]).is_err(), "cut at {end}");
        }
    }
}

#[test]
fn half_a_character_in_one_text_is_not_completed_by_the_next() {
    let xml = page_of(&[("kA", "Bv", true, "01", false)]).replacen(
        "<IsTruncated>",
        "<EncodingType>url</EncodingType><IsTruncated>",
        1,
    );
    let mut bytes = xml.replace("kA", "k%C3").into_bytes();
    let at = bytes.windows(2).position(|w| w == b"Bv").unwrap();
    bytes[at] = 0xa9;
    assert!(decode(&bytes).is_err());
}

#[test]
fn an_error_document_is_known() {
    assert!(is_error_document(b"<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code></Error>"));
    assert!(!is_error_document(AWS.as_bytes()) && !is_error_document(b"") && !is_error_document(b"Error"));
}

/// Generates keys without NUL.
fn key_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>().prop_filter("no NUL", |c| *c != '\0'), 1..12)
        .prop_map(|c| c.into_iter().collect())
}

fn url_encoded(key: &str) -> String {
    key.bytes()
        .map(|b| match b {
            b' ' => "+".to_owned(),
            b'/' | b'-' | b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

fn xml_escaped(key: &str) -> String {
    key.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#{};", u32::from(c)) })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_key_comes_back_however_it_is_encoded(mut keys in proptest::collection::vec(key_text(), 1..6), url in any::<bool>()) {
        keys.sort();
        keys.dedup();
        let encode = if url { url_encoded } else { xml_escaped };
        let encoded: Vec<_> = keys.iter().map(|k| encode(k)).collect();
        let entries: Vec<_> = encoded.iter().map(|k| (k.as_str(), "v", true, "01", false)).collect();
        let mut xml = page_of(&entries);
        if url {
            // After the entries: the order must not matter.
            xml = xml.replace("</ListVersionsResult>", "<EncodingType>url</EncodingType></ListVersionsResult>");
        }
        let page = decode(xml.as_bytes()).unwrap();
        prop_assert_eq!(page.entries().map(|e| e.key.to_owned()).collect::<Vec<_>>(), keys);
    }

    /// A mutated real page never panics, and if it decodes, it has no entry that is not in the text.
    #[test]
    fn a_mutated_page_is_an_error_or_true(
        source in prop_oneof![Just(AWS), Just(GROUPED), Just(RGW)],
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..6),
    ) {
        let mut bytes = source.as_bytes().to_vec();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 if bytes.len() > 1 => { bytes.remove(at); }
                _ => bytes.truncate(at.max(1)),
            }
        }
        if let Ok(page) = decode(&bytes) {
            let opened = |tag: &[u8]| memchr::memmem::find_iter(&bytes, tag).count();
            prop_assert!(page.entries().len() <= opened(b"<Version") + opened(b"<DeleteMarker"));
            for entry in page.entries() {
                prop_assert!(!entry.key.is_empty());
                let id = entry.version_id.as_bytes();
                prop_assert!(id.is_empty() || id.contains(&b'&') || memchr::memmem::find(&bytes, id).is_some() || memchr::memchr(b'&', &bytes).is_some());
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop(decode(&bytes));
    }
}
