use super::*;

#[test]
fn escapes_as_aws_does() {
    let mut document = Document::bare("R");
    document.text("K", "<\"a\"&b> \u{1}\r\u{ffff}é\n&&c");
    let body = document.end();
    assert!(
        body.ends_with("<R><K>&lt;&quot;a&quot;&amp;b&gt; &#x1;&#xd;&#xffff;é\n&amp;&amp;c</K></R>"),
        "{body}"
    );
}

#[test]
fn reads_text_to_the_byte() {
    let body = b"<?xml version=\"1.0\"?><D xmlns=\"x\"><K> a&#13;&amp;b </K><K/><K><![CDATA[<]]></K></D>";
    let node = parse(body, "D").unwrap();
    let keys: Vec<&str> = node.all("K").map(|key| key.text.as_str()).collect();
    assert_eq!(keys, [" a\r&b ", "", "<"]);
}

#[test]
fn refuses_what_is_not_xml() {
    for body in
        [&b"<D><K>&#x1;</K></D>"[..], b"<D><K>\x01</K></D>", b"<D>", b"<D></E>", b"", b"<E/>", b"<D>&x;</D>"]
    {
        let error = parse(body, "D").unwrap_err();
        assert_eq!(error.code, Code::MalformedXML, "{}", String::from_utf8_lossy(body));
    }
}
