use super::*;

const COPIED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CopyObjectResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                          <LastModified>2026-11-17T14:30:05.000Z</LastModified><ETag>&quot;0cc1&quot;</ETag></CopyObjectResult>";

#[test]
fn only_a_whole_result_is_one() {
    let copy = expected("CopyObject");
    assert_eq!(lack(COPIED.as_bytes(), copy), None);
    assert_eq!(lack(format!("  \n \n{COPIED}\n").as_bytes(), copy), None);
    for end in 0..COPIED.len() {
        assert!(lack(&COPIED.as_bytes()[..end], copy).is_some(), "{}", &COPIED[..end]);
    }
    for body in [
        "<CopyObjectResult/>",
        "<CopyObjectResult></CopyObjectResult>",
        "<CopyObjectResult><ETag/></CopyObjectResult>",
        "<CopyObjectResult><ETag></ETag></CopyObjectResult>",
        "<CopyObjectResult><Part><ETag>x</ETag></Part></CopyObjectResult>",
        "<CopyObjectResult><ETag>x</CopyObjectResult>",
    ] {
        assert!(lack(body.as_bytes(), copy).is_some(), "{body}");
    }
}

#[test]
fn a_setting_may_be_empty_and_must_be_whole() {
    let versioning = expected("GetBucketVersioning");
    for (body, whole) in [
        ("<VersioningConfiguration/>", true),
        ("<a:VersioningConfiguration xmlns:a=\"b\"></a:VersioningConfiguration>", true),
        ("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", true),
        ("<VersioningConfiguration><Status>Enabled</Status>", false),
        ("<?xml version=\"1.0\"?>", false),
        (" \n", false),
        ("no XML", false),
    ] {
        assert_eq!(lack(body.as_bytes(), versioning).is_none(), whole, "{body}");
    }
    assert_eq!(lack(b"", expected("HeadObject")), None);
}
