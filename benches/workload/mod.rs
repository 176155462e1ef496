//! Generates listing pages as AWS sends them, by a fixed rule: the same bytes on every machine.

/// Returns a page of `entries` entries: keys of a date-like tree, each with two versions and occasionally a delete
/// marker.
pub(crate) fn page(entries: usize) -> Vec<u8> {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListVersionsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Name>prod-uploads</Name><Prefix></Prefix><KeyMarker></KeyMarker><VersionIdMarker></VersionIdMarker>\
         <EncodingType>url</EncodingType><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>",
    );
    for n in 0..entries {
        let (key, place) = (n / 3, n % 3);
        let marker = place == 0 && key % 2 == 0;
        let name = if marker { "DeleteMarker" } else { "Version" };
        let (day, hash) = (key % 28 + 1, (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let common = format!(
            "<{name}><Key>uploads/2026/11/{key:08}+photo.jpg</Key><VersionId>{hash:016x}{hash:016x}</VersionId>\
             <IsLatest>{}</IsLatest><LastModified>2026-11-{day:02}T0{}:30:05.000Z</LastModified>",
            place == 0,
            9 - place * 2,
        );
        let content = format!(
            "<ETag>&quot;{hash:016x}{:016x}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>\
             <ChecksumType>FULL_OBJECT</ChecksumType><Size>{}</Size>",
            !hash,
            hash % 1_000_000,
        );
        let owner =
            "<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner>";
        let class = if marker { "" } else { "<StorageClass>STANDARD</StorageClass>" };
        let content = if marker { "" } else { &content };
        xml.extend([&common, content, owner, class, "</", name, ">"]);
    }
    (xml + "</ListVersionsResult>").into_bytes()
}
