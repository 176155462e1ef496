//! ACLs of versions: set by a write, read, or replaced without creating a new version. Refused if the bucket owner owns
//! every object, which is the default of new buckets.

use super::super::Shared;
use super::super::store::bucket::{Bucket, Configuration};
use super::super::store::version::Acl;
use super::bucket::OWNER;
use super::object::marker;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::xml::{Document, Node, parse};

const ALL_USERS: &str = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"";
const AUTHENTICATED: &str = "uri=\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\"";

const HEADERS: [(&str, &str); 4] = [
    ("x-amz-grant-full-control", "FULL_CONTROL"),
    ("x-amz-grant-read", "READ"),
    ("x-amz-grant-read-acp", "READ_ACP"),
    ("x-amz-grant-write-acp", "WRITE_ACP"),
];

/// Returns the ACL in a write's headers; empty for a private object.
pub(crate) fn of(request: &Request, bucket: &Bucket) -> Result<Acl> {
    let canned = request.header("x-amz-acl");
    let owner = || (format!("id=\"{OWNER}\""), "FULL_CONTROL".to_owned());
    let read = |grantee: &str| (grantee.to_owned(), "READ".to_owned());
    let mut acl = match canned {
        None | Some("private" | "bucket-owner-full-control" | "bucket-owner-read") => Acl::new(),
        Some("public-read" | "public-read-write") => vec![owner(), read(ALL_USERS)],
        Some("authenticated-read") => vec![owner(), read(AUTHENTICATED)],
        Some(_) => return Err(Code::InvalidArgument.into()),
    };
    for (header, permission) in HEADERS {
        let grantees = request.header(header).unwrap_or_default().split(',').map(str::trim);
        let grantees = grantees.filter(|grantee| !grantee.is_empty());
        acl.extend(grantees.map(|grantee| (grantee.to_owned(), permission.to_owned())));
    }
    allow(&acl, bucket)?;
    Ok(if acl == [owner()] { Acl::new() } else { acl })
}

fn allow(acl: &Acl, bucket: &Bucket) -> Result<()> {
    let controls = bucket.configurations.get(&Configuration::OwnershipControls);
    let enforced = controls.is_some_and(|document| {
        document.windows(b"BucketOwnerEnforced".len()).any(|word| word == b"BucketOwnerEnforced")
    });
    if enforced && !acl.is_empty() { Err(Code::AccessControlListNotSupported.into()) } else { Ok(()) }
}

pub(crate) fn get(shared: &Shared, request: &Request) -> Result<Reply> {
    let store = shared.store();
    let entry = store.bucket(request.bucket())?.named(request.key(), request.version())?;
    if entry.is_marker() {
        return Err(marker(request, entry));
    }
    let private = [(format!("id=\"{OWNER}\""), "FULL_CONTROL".to_owned())];
    let grants = if entry.acl.is_empty() { &private[..] } else { &entry.acl };
    let mut document = Document::new("AccessControlPolicy");
    document.open("Owner").plain("ID", OWNER).close("Owner").open("AccessControlList");
    for (grantee, permission) in grants {
        let (kind, name, value) = read_grantee(grantee)?;
        let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type";
        document.open("Grant").open(&format!("Grantee {xsi}=\"{kind}\"")).text(name, value);
        document.close("Grantee").plain("Permission", permission).close("Grant");
    }
    document.close("AccessControlList");
    Ok(Reply::xml(document))
}

/// Returns a grantee's type, the element that names it, and its name.
fn read_grantee(grantee: &str) -> Result<(&'static str, &'static str, &str)> {
    let (name, value) = grantee.split_once('=').ok_or(Code::InvalidArgument)?;
    let value = value.trim_matches('"');
    match name {
        "id" => Ok(("CanonicalUser", "ID", value)),
        "uri" => Ok(("Group", "URI", value)),
        _ => Err(Error::new(Code::InvalidArgument, "Argument format not recognized")),
    }
}

pub(crate) fn put(shared: &Shared, request: &Request) -> Result<Reply> {
    let given =
        if request.body.is_empty() { None } else { Some(parse(&request.body, "AccessControlPolicy")?) };
    let mut store = shared.store();
    let bucket = store.bucket_mut(request.bucket())?;
    let acl = match given {
        Some(policy) => listed(&policy)?,
        None => of(request, bucket)?,
    };
    allow(&acl, bucket)?;
    let entry = bucket.named_mut(request.key(), request.version())?;
    if entry.is_marker() {
        return Err(marker(request, entry));
    }
    entry.acl = acl;
    Ok(Reply::ok())
}

/// Returns the grants of a document.
fn listed(policy: &Node) -> Result<Acl> {
    let list = policy.child("AccessControlList").ok_or(Code::MalformedXML)?;
    let grants = list.all("Grant").map(|grant| {
        let grantee = grant.child("Grantee").ok_or(Code::MalformedXML)?;
        let id = grantee.text_of("ID").map(|id| format!("id=\"{id}\""));
        let name = id.or_else(|| grantee.text_of("URI").map(|uri| format!("uri=\"{uri}\"")));
        let permission = grant.text_of("Permission").ok_or(Code::MalformedXML)?;
        Ok((name.ok_or(Code::MalformedXML)?, permission.to_owned()))
    });
    grants.collect()
}
