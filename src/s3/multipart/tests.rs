use super::*;

#[test]
fn checksums_of_the_whole_are_asked_for_where_they_can_be_made() {
    use ChecksumAlgorithm as Algorithm;
    for (algorithm, whole, expected) in [
        (Algorithm::Crc64Nvme, true, ChecksumType::FullObject),
        (Algorithm::Crc64Nvme, false, ChecksumType::FullObject),
        (Algorithm::Crc32, true, ChecksumType::FullObject),
        (Algorithm::Crc32, false, ChecksumType::Composite),
        (Algorithm::Crc32C, true, ChecksumType::FullObject),
        (Algorithm::Sha256, true, ChecksumType::Composite),
        (Algorithm::Sha1, false, ChecksumType::Composite),
    ] {
        let checksum = Checksum { algorithm, whole: whole.then(String::new) };
        assert_eq!(checksum_type(&checksum), expected, "{checksum:?}");
    }
}

#[test]
fn tags_are_a_form() {
    let tags = [("a b", "ü"), ("c", "d=e&f")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    assert_eq!(tagging(&tags).as_deref(), Some("a%20b=%C3%BC&c=d%3De%26f"));
    assert_eq!(tagging(&BTreeMap::new()), None);
}
