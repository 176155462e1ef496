//! Suggests the `s3://BUCKET/PREFIX` form for locations typed in another form.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::access_point::Arn;
use super::location::Location;

/// Returns the location that was meant, in the form that asof reads:
///
/// | typed | meant |
/// |---|---|
/// | `BUCKET`, `BUCKET/KEY` | `s3://BUCKET/KEY` |
/// | `S3://BUCKET`, `s3:BUCKET`, `s3:/BUCKET`, `s3a://BUCKET` | `s3://BUCKET` |
/// | `arn:aws:s3:::BUCKET/KEY` | `s3://BUCKET/KEY` |
/// | `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME` | `s3://arn:…` |
/// | `https://BUCKET.s3.REGION.amazonaws.com/KEY` | `s3://BUCKET/KEY` |
/// | `https://s3.REGION.amazonaws.com/BUCKET/KEY` | `s3://BUCKET/KEY` |
/// | `https://REGION.console.aws.amazon.com/s3/buckets/BUCKET?prefix=KEY` | `s3://BUCKET/KEY` |
///
/// `None` if the meaning is unclear: in a URL of another server, the host may or may not begin with the bucket.
pub(super) fn corrected(text: &str) -> Option<Location> {
    let text = text.trim();
    let place = match text.split_once("://") {
        Some((scheme, rest)) if is_one_of(scheme, &["http", "https"]) => of_address(rest)?,
        Some((scheme, rest)) if is_one_of(scheme, &["s3", "s3a", "s3n"]) => rest.to_owned(),
        Some(_) => return None,
        None => match (Arn::parse(text), text.split_once(':')) {
            (Some(Arn::Bucket(rest)), _) => rest.to_owned(),
            (None, Some((scheme, rest))) if is_one_of(scheme, &["s3"]) => {
                rest.trim_start_matches('/').to_owned()
            }
            (Some(Arn::AccessPoint(..)), _) | (None, None) => text.to_owned(),
            (Some(Arn::Other(_)) | None, _) => return None,
        },
    };
    Location::parse(&format!("s3://{place}")).ok()
}

fn is_one_of(scheme: &str, of: &[&str]) -> bool {
    of.iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Returns the `BUCKET/KEY` in an AWS URL without its scheme.
fn of_address(address: &str) -> Option<String> {
    let (address, query) = address.split_once('?').unwrap_or((address, ""));
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let host = host.to_ascii_lowercase();
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned);
    if host.ends_with("console.aws.amazon.com") {
        let bucket = path.strip_prefix("s3/buckets/").or_else(|| path.strip_prefix("s3/object/"))?;
        let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default();
        return decoded(&format!("{}/{prefix}", bucket.trim_end_matches('/')));
    }
    let server = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
    // Bucket names may contain dots, and S3's host names start with its own: s3, s3-eu-west-1, s3.dualstack.eu-west-1.
    let labels: Vec<&str> = server.split('.').collect();
    let of_s3 = labels.iter().rposition(|label| *label == "s3" || label.starts_with("s3-"))?;
    match labels.get(..of_s3)? {
        [] => decoded(path),
        bucket => decoded(&format!("{}/{path}", bucket.join("."))),
    }
}

#[cfg(test)]
mod tests;
