use super::*;

#[test]
fn lists_and_pairs_are_found() {
    let form = Form::parse(b"A=x+y%2Fz&L.m.1=a&L.m.2=b&Tags.Tag.1.Key=k&Tags.Tag.1.Value=v%3A1&B=true");
    assert_eq!(form.get("A"), Some("x y/z"));
    assert_eq!(form.list("L.m"), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(form.list("M.m"), None);
    assert_eq!(form.tags(), BTreeMap::from([("k".to_owned(), "v:1".to_owned())]));
    assert!(form.is("B") && !form.is("A"));
}
