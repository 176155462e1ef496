//! Writes a history into a bucket of the lab: most of it directly, copies and uploads through HTTP.

use asof::lab::{Lab, Put};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart, StorageClass,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::history::{Event, What};
use crate::support::Bucket;

/// Lets every event happen in its second.
pub(crate) async fn write(lab: &Lab, bucket: &Bucket, events: &[Event]) {
    let mut millis = 0;
    for event in events {
        // Somewhere in the second, and never before the event before.
        let start = event.second * 1000;
        millis = if millis < start { start } else { (millis + 1).min(start + 999) };
        lab.clock().set(millis);
        match &event.what {
            What::Put { key, object } => put(lab, bucket, key, object),
            What::Delete { key } => drop(lab.delete(&bucket.name, key)),
            What::Copy { from, to, class } => copy(lab, bucket, (from, to), class).await,
            What::Upload { key, object, takes, meanwhile } => {
                let writes_meanwhile = || {
                    lab.clock().set(millis + takes / 2 * 1000);
                    if let Some(object) = meanwhile {
                        put(lab, bucket, key, object);
                    }
                    lab.clock().set(millis + takes * 1000);
                };
                upload(lab, bucket, key, object, writes_meanwhile).await;
                millis += takes * 1000;
            }
        }
    }
}

fn put(lab: &Lab, bucket: &Bucket, key: &str, object: &Put) {
    lab.put(&bucket.name, key, object.clone()).unwrap();
}

/// The SDK treats a key of white space as missing.
fn is_blank(key: &str) -> bool {
    key.trim().is_empty()
}

async fn copy(lab: &Lab, bucket: &Bucket, (from, to): (&str, &str), class: &str) {
    let Some(source) = lab.live(&bucket.name).remove(from) else { return };
    if is_blank(to) {
        let content = source.content;
        let copy = Put {
            body: content.body,
            content_type: content.system.get("content-type").cloned(),
            system: content.system,
            metadata: content.metadata,
            raw: content.raw,
            tags: content.tags,
            storage_class: Some(class.to_owned()),
            redirect: None,
            customer_key: false,
        };
        return put(lab, bucket, to, &copy);
    }
    let source = format!("{}/{}", bucket.name, utf8_percent_encode(from, NON_ALPHANUMERIC));
    let copy = bucket.client.copy_object().bucket(&bucket.name).key(to).copy_source(source);
    copy.storage_class(StorageClass::from(class)).send().await.unwrap();
}

async fn upload(lab: &Lab, bucket: &Bucket, key: &str, object: &Put, meanwhile: impl FnOnce()) {
    if is_blank(key) {
        put(lab, bucket, key, object);
        return meanwhile();
    }
    let (client, name) = (&bucket.client, &bucket.name);
    let system = |name: &str| object.system.get(name).cloned();
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let tags: Vec<_> = object.tags.iter().map(|(n, v)| format!("{}={}", encoded(n), encoded(v))).collect();
    let create = client.create_multipart_upload().bucket(name).key(key).tagging(tags.join("&"));
    let create = create
        .set_content_type(object.content_type.clone())
        .set_cache_control(system("cache-control"))
        .set_content_disposition(system("content-disposition"))
        .set_content_encoding(system("content-encoding"))
        .set_content_language(system("content-language"))
        .set_metadata(Some(object.metadata.clone().into_iter().collect()))
        .set_storage_class(object.storage_class.as_deref().map(StorageClass::from))
        .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme)
        .checksum_type(ChecksumType::FullObject);
    // The SDK would want a time for it.
    let expires = system("expires");
    let create = create.customize().mutate_request(move |request| {
        if let Some(expires) = &expires {
            request.headers_mut().insert("expires", expires.clone());
        }
    });
    let id = create.send().await.unwrap().upload_id().unwrap().to_owned();
    let size = object.body.len().div_ceil(2).max(1);
    let bodies = if object.body.is_empty() { vec![&[][..]] } else { object.body.chunks(size).collect() };
    let mut parts = Vec::new();
    for (number, body) in (1..).zip(bodies) {
        let part = client.upload_part().bucket(name).key(key).upload_id(&id).part_number(number);
        let part =
            part.body(ByteStream::from(body.to_vec())).checksum_algorithm(ChecksumAlgorithm::Crc64Nvme);
        let sent = part.send().await.unwrap();
        parts.push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build());
    }
    meanwhile();
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let complete = client.complete_multipart_upload().bucket(name).key(key).upload_id(id);
    complete.multipart_upload(parts).send().await.unwrap();
}
