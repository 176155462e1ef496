use super::*;

fn taken(text: &str) -> std::result::Result<Option<PasswordFrom>, String> {
    PasswordFrom::take(&mut text.parse().unwrap())
}

#[test]
fn a_password_is_read_by_a_command_or_from_a_variable_and_never_written_into_the_file() {
    let command = PasswordFrom::Command(Program::new(["pass", "show"]));
    let variable = PasswordFrom::Variable("NEW_PASSWORD".to_owned());
    for (text, from) in [
        ("", None),
        ("master-user-password-from = { command = [\"pass\", \"show\"] }", Some(command)),
        (
            "master-user-password-from = { env = \"NEW_PASSWORD\" }\nmanage-master-user-password = false",
            Some(variable),
        ),
    ] {
        assert_eq!(taken(text), Ok(from), "{text}");
    }
    for value in [
        "\"hunter2-hunter2\"",
        "{ env = \"hunter2-hunter2\" }",
        "{ env = \"\" }",
        "{ env = \"A\", command = [\"a\"] }",
        "{}",
        "{ enf = \"hunter2-hunter2\" }",
        "[\"hunter2-hunter2\"]",
    ] {
        let why = taken(&format!("master-user-password-from = {value}")).unwrap_err();
        assert!(why.contains("is a table") && !why.contains("hunter2"), "{value}: {why}");
    }
    let both = "manage-master-user-password = true\nmaster-user-password-from = { env = \"A\" }";
    assert!(taken(both).unwrap_err().contains("cannot be combined"));
}

#[test]
fn a_password_that_rds_does_not_take_is_known_before_rds_is_asked() {
    for (password, is_fine) in [
        ("", false),
        ("1234567", false),
        ("12345678", true),
        ("correct horse 'battery' $taple\\", true),
        ("with/slash", false),
        ("with\"quote", false),
        ("with@sign", false),
        ("with\nbreak", false),
        ("pässword", false),
    ] {
        assert_eq!(flaw(password).is_none(), is_fine, "{password}");
    }
    assert_eq!(format!("{:?}", Password("hunter2".to_owned())), "Password(…)");
}

#[test]
fn a_password_is_set_when_nothing_of_it_is_pending() {
    for (status, pending, expected) in [
        (Some("resetting-master-credentials"), false, true),
        (Some("resetting-master-credentials"), true, true),
        (Some("available"), true, true),
        (Some("available"), false, false),
        (Some("backing-up"), false, false),
        (Some("modifying"), false, false),
        (None, false, false),
    ] {
        assert_eq!(is_being_set(status, pending), expected, "{status:?} {pending}");
    }
}
