use super::*;

fn grant(grantee: aws_sdk_s3::types::builders::GranteeBuilder, permission: Permission) -> Grant {
    Grant::builder().grantee(grantee.build().unwrap()).permission(permission).build()
}

#[test]
fn a_private_list_needs_no_headers_and_another_names_everybody() {
    let user = |id: &str| Grantee::builder().r#type(Type::CanonicalUser).id(id);
    let all = Grantee::builder().r#type(Type::Group).uri("http://acs/AllUsers");
    let owner = grant(user("me"), Permission::FullControl);
    assert_eq!(headers("me", std::slice::from_ref(&owner)), Grants::default());
    let list = [owner, grant(all, Permission::Read), grant(user("you"), Permission::Read)];
    let expected = Grants {
        full_control: Some("id=\"me\"".to_owned()),
        read: Some("uri=\"http://acs/AllUsers\", id=\"you\"".to_owned()),
        ..Grants::default()
    };
    assert_eq!(headers("me", &list), expected);
    assert_ne!(headers("you", &[grant(user("me"), Permission::FullControl)]), Grants::default());
}
