use super::*;

#[test]
fn a_result_is_known_by_what_is_in_it() {
    const STATUS: &str = "<Status>Enabled</Status>";
    for (root, document, expected) in [
        (VERSIONING, format!("<VersioningConfiguration>{STATUS}</VersioningConfiguration>"), None),
        (
            VERSIONING,
            format!("<?xml version='1.0'?>\n<VersioningConf xmlns=\"u\">{STATUS}</VersioningConf >\n"),
            Some(format!(
                "<?xml version='1.0'?>\n<VersioningConfiguration xmlns=\"u\">{STATUS}</VersioningConfiguration >\n"
            )),
        ),
        (VERSIONING, "<A/>".to_owned(), Some("<VersioningConfiguration/>".to_owned())),
        (
            VERSIONING,
            "<A></A>".to_owned(),
            Some("<VersioningConfiguration></VersioningConfiguration>".to_owned()),
        ),
        (VERSIONING, "<Error><Code>InternalError</Code></Error>".to_owned(), None),
        (VERSIONING, "<Error/>".to_owned(), None),
        (VERSIONING, "<ListBucketResult><Name>b</Name></ListBucketResult>".to_owned(), None),
        (VERSIONING, format!("<A>{STATUS}"), None),
        (VERSIONING, format!("<A>{STATUS}</A><B/>"), None),
        (VERSIONING, "<!DOCTYPE html><html></html>".to_owned(), None),
        (VERSIONING, String::new(), None),
        (PARTS, "<A></A>".to_owned(), None),
        (
            PARTS,
            "<A><UploadId>u</UploadId></A>".to_owned(),
            Some("<ListPartsResult><UploadId>u</UploadId></ListPartsResult>".to_owned()),
        ),
        (COMPLETED, "<A/>".to_owned(), None),
        (COMPLETED, "<A><Bucket>b</Bucket></A>".to_owned(), None),
        (
            COMPLETED,
            "<A><ETag>e</ETag></A>".to_owned(),
            Some("<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>".to_owned()),
        ),
    ] {
        let renamed = root.rename(document.as_bytes());
        let renamed = renamed.map(|renamed| String::from_utf8(renamed.to_vec()).unwrap());
        assert_eq!(renamed, expected, "{document}");
    }
}

#[test]
fn what_is_no_result_is_described() {
    let root = "encountered invalid XML root: expected VersioningConfiguration but got …";
    for (document, cause, expected) in [
        ("", "no root element", "it is empty"),
        (" \n", "no root element", "it is empty"),
        ("", "the header x could not be parsed", "the header x could not be parsed"),
        ("<?xml version=\"1.0\"?>\n<ListBucketResult/>", root, "its root element is ListBucketResult"),
        ("<VersioningConfiguration><Status>", "unexpected end", "unexpected end"),
        ("<!DOCTYPE html><html>", "no tag", "it is not valid S3 XML: <!DOCTYPE html><html>"),
        ("down\u{1b}[2J", "no tag", "it is not valid S3 XML: down\\u{1b}[2J"),
    ] {
        assert_eq!(describe(document.as_bytes(), cause), expected);
    }
}
