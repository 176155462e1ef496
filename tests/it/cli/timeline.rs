//! `asof timeline`.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn table() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("timeline s3://prod-uploads").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads from 2024-04-01 00:00:00 UTC to 2024-05-06 23:59:59 UTC
      a bar is 2 d: ░ put  ▒ overwrite  █ delete

                               puts   overwrites      deletes
      2024-04-01 00:00            2            0            0  ░░░░░░░░░
      2024-04-03 00:00            2            0            0  ░░░░░░░░░
      2024-04-05 00:00            2            0            0  ░░░░░░░░░
      2024-04-07 00:00            4            0            0  ░░░░░░░░░░░░░░░░░
      2024-04-09 00:00            0            0            0
      2024-04-11 00:00            0            0            0
      2024-04-13 00:00            0            0            0
      2024-04-15 00:00            0            0            0
      2024-04-17 00:00            0            0            0
      2024-04-19 00:00            0            0            0
      2024-04-21 00:00            0            0            0
      2024-04-23 00:00            0            0            0
      2024-04-25 00:00            0            0            0
      2024-04-27 00:00            0            0            0
      2024-04-29 00:00            0            0            0
      2024-05-01 00:00            0            0            0
      2024-05-03 00:00            0            0            0
      2024-05-05 00:00            1            2            6  ░░░░░▒▒▒▒▒▒▒▒▒██████████████████████████

      rank  activity burst
         1  2024-05-06 07:08:10 UTC: 6 deletes in 1 s under uploads/2024/04/

    the last second before the deletes: --at 2024-05-06T07:08:09Z
      preview the restore: asof diff s3://prod-uploads --at 2024-05-06T07:08:09Z
    ");
    assert_snapshot!(stage.asof("timeline s3://prod-uploads/uploads/ --from 2024-05-06T07:00:00Z --to 2024-05-06T07:59:59Z --step 10m").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/uploads/ from 2024-05-06 07:00:00 UTC to 2024-05-06 07:59:59 UTC
      a bar is 10 min: ░ put  ▒ overwrite  █ delete

                               puts   overwrites      deletes
      2024-05-06 07:00            1            0            6  ░░░░░░█████████████████████████████████
      2024-05-06 07:10            0            0            0
      2024-05-06 07:20            0            0            0
      2024-05-06 07:30            0            0            0
      2024-05-06 07:40            0            0            0
      2024-05-06 07:50            0            0            0

      rank  activity burst
         1  2024-05-06 07:08:10 UTC: 6 deletes in 1 s under uploads/2024/04/

    the last second before the deletes: --at 2024-05-06T07:08:09Z
      preview the restore: asof diff s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z
    ");
}

#[test]
fn nothing_there() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("timeline s3://prod-uploads/none").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/none: no activity in this period
    ");
    assert_snapshot!(stage.asof("timeline s3://prod-uploads/none --from 2024-05-06T07:00:00Z --to 2024-05-06T07:00:01Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/none from 2024-05-06 07:00:00 UTC to 2024-05-06 07:00:01 UTC
      a bar is 1 s: ░ put  ▒ overwrite  █ delete

                                  puts   overwrites      deletes
      2024-05-06 07:00:00            0            0            0
      2024-05-06 07:00:01            0            0            0


    no burst of deletes or overwrites is distinct enough to suggest a target time
    ");
}

#[test]
fn already_going_on() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("timeline s3://prod-uploads --from 2024-05-06T07:08:10Z --to 2024-05-06T07:08:40Z --step 10s").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads from 2024-05-06 07:08:10 UTC to 2024-05-06 07:08:40 UTC
      a bar is 10 s: ░ put  ▒ overwrite  █ delete

                                  puts   overwrites      deletes
      2024-05-06 07:08:10            1            2            6  ░░░░▒▒▒▒▒▒▒▒████████████████████████
      2024-05-06 07:08:20            0            0            0
      2024-05-06 07:08:30            0            0            0
      2024-05-06 07:08:40            0            0            0

      rank  activity burst
         1  2024-05-06 07:08:10 UTC: 6 deletes in 1 s under uploads/2024/04/ (already under way at the start of the period; use an earlier --from to see its start)

    no burst of deletes or overwrites is distinct enough to suggest a target time
    ");
}

#[test]
fn json() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("timeline s3://prod-uploads --from 2024-05-06T07:00:00Z --to 2024-05-06T07:19:59Z --step 10m --format json").changes_nothing(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"bar","from":"2024-05-06T07:00:00Z","to":"2024-05-06T07:09:59Z","puts":1,"overwrites":2,"deletes":6}
    {"type":"bar","from":"2024-05-06T07:10:00Z","to":"2024-05-06T07:19:59Z","puts":0,"overwrites":0,"deletes":0}
    {"type":"burst","rank":1,"event":"delete","from":"2024-05-06T07:08:10Z","to":"2024-05-06T07:08:10Z","count":6,"rise":6,"prefixes":[{"prefix":"uploads/2024/04/","count":6}],"before":"2024-05-06T07:08:09Z","origin":null,"runs":[],"remark":null}
    {"type":"summary","command":"timeline","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","step_seconds":600,"keys":11,"versions":19,"puts":1,"overwrites":2,"deletes":6,"idle_markers":0,"minor_bursts":0,"max_undercount_per_minute":0,"list_requests":1,"elapsed_ms":0}
    "#);
}

#[test]
fn csv() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("timeline s3://prod-uploads --from 2024-05-06T07:00:00Z --to 2024-05-06T07:19:59Z --step 10m --format csv").changes_nothing(), @"
    exit code 0
    --- stdout
    from,to,puts,overwrites,deletes
    2024-05-06T07:00:00Z,2024-05-06T07:09:59Z,1,2,6
    2024-05-06T07:10:00Z,2024-05-06T07:19:59Z,0,0,0
    ");
}

/// Returns the text of a page below its header, one line for each element.
fn text(page: &str) -> String {
    let (_, body) = page.split_once("</header>").unwrap();
    let (body, _) = body.split_once("<footer>").unwrap();
    let texts = body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

const WITH_PAGE: &str = "timeline s3://prod-uploads --from 2024-05-06T07:00:00Z --to 2024-05-06T07:59:59Z --step 10m --html page.html";

#[test]
fn a_page_asks_for_no_other_file_and_takes_no_names_for_its_own() {
    let stage = Stage::after_incident();
    let table = stage.asof(WITH_PAGE).changes_nothing();
    let without = WITH_PAGE.trim_end_matches(" --html page.html");
    assert_eq!(table, stage.asof(without).changes_nothing());
    let page = std::fs::read_to_string(stage.path("page.html")).unwrap();
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("href="), "{page}");

    stage.asof("timeline s3://prod-uploads/<b>&amp --html page.html").changes_nothing();
    let page = std::fs::read_to_string(stage.path("page.html")).unwrap();
    assert!(page.contains("<h1>prod-uploads/&lt;b&gt;&amp;amp <span"), "{page}");
    assert!(page.contains("No activity in this period"), "{page}");
}

#[test]
fn page() {
    let stage = Stage::after_incident();
    stage.asof(WITH_PAGE).changes_nothing();
    let page = std::fs::read_to_string(stage.path("page.html")).unwrap();
    assert!(page.contains(&format!("<code>asof {WITH_PAGE}</code>")), "{page}");
    assert_snapshot!(text(&page), @"
    Suggested target time
    the last second before the deletes: --at 2024-05-06T07:08:09Z
    preview the restore:
    asof diff s3://prod-uploads --at 2024-05-06T07:08:09Z
    Activity
    Puts
    1
    Overwrites
    2
    Deletes
    6
    Bursts
    1
    Events in each 10 min, in UTC; linear scale. Numbered bands are the bursts; the dashed line is T, the last second before the incident.
    T 07:08:09 UTC
    1 put
    4
    8
    2 overwrites
    4
    8
    6 deletes
    4
    8
    1
    07:00
    2024-05-06
    07:10
    07:20
    07:30
    07:40
    07:50
    08:00
    The same as a table
    Events in each 10 min with any, in UTC
    from
    puts
    overwrites
    deletes
    2024-05-06 07:00:00 UTC
    1
    2
    6
    Bursts, in UTC
    rank
    from
    for
    kind
    events
    1
    2024-05-06 07:08:10 UTC
    1 s
    deletes
    6
    Activity bursts
    Bursts in order of time; rank 1 has the most events
    rank
    start
    activity
    Possible incidents
    1
    2024-05-06 07:08:10 UTC
    6 deletes in 1 s under uploads/2024/04/
    ");
}

#[test]
fn lifecycle_at_midnight() {
    let stage = Stage::new();
    stage.time("2024-05-05T13:00:00Z");
    (0..6).for_each(|n| stage.put(&format!("logs/{n}"), "x"));
    stage.time("2024-05-06T00:00:00Z");
    (0..6).for_each(|n| stage.delete(&format!("logs/{n}")));
    stage.delete("never/there");
    stage.time("2024-05-06T10:00:00Z");
    assert_snapshot!(stage.asof("timeline s3://prod-uploads --from 2024-05-05T12:30:00Z --to 2024-05-06T02:00:00Z --step 6h").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads from 2024-05-05 12:30:00 UTC to 2024-05-06 02:00:00 UTC
      a bar is 6 h: ░ put  ▒ overwrite  █ delete

                               puts   overwrites      deletes
      2024-05-05 12:00            6            0            0  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      2024-05-05 18:00            0            0            0
      2024-05-06 00:00            0            0            6  ██████████████████████████████████████

      rank  activity burst
         1  2024-05-05 13:00:00 UTC: 6 puts in 1 s under logs/
         2  2024-05-06 00:00:00 UTC: 6 deletes in 1 s under logs/ (at midnight UTC: lifecycle expiry?)
      1 delete marker is above no version: not counted as deletes

    no burst of deletes or overwrites is distinct enough to suggest a target time
    ");
}

#[test]
fn what_cannot_be_used() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("timeline s3://prod-uploads --from 2024-05-06T08:00:00Z --to 2024-05-06T07:00:00Z").changes_nothing(), @"
    exit code 2
    --- stderr
    error: --to is earlier than --from
      hint: swap them: --from is the earlier time
    ");
    assert_snapshot!(stage.asof("timeline s3://prod-uploads --step 0s").changes_nothing(), @"
    exit code 2
    --- stderr
    error: --step must be greater than zero
      hint: write it as 30s, 15m, 6h or 1d
    ");
    assert_snapshot!(stage.asof("timeline s3://prod-uploads --html none/page.html").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot write none/page.html: No such file or directory (os error N)
    ");
    stage.lab.create_bucket("plain");
    stage.lab.set_versioning("plain", asof::lab::Versioning::Never);
    assert_snapshot!(stage.asof("timeline s3://plain").changes_nothing(), @"
    exit code 5
    --- stderr
    error: versioning was never enabled on plain, so it has no past states: overwritten and deleted objects are gone
      hint: enable it for the future: aws s3api put-bucket-versioning --bucket plain --versioning-configuration Status=Enabled
    ");
}

#[test]
fn the_demo_restores_to_the_suggested_second() {
    let stage = Stage::new();
    let output = stage.asof("demo").command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let after = |text: &str| said.split_once(text).unwrap().1.split_whitespace().next().unwrap().to_owned();
    let last_good = after("so the last good second is ");
    let last_good = last_good.trim_end_matches('.');
    assert_eq!(after("the last second before the deletes: --at "), last_good);
    for command in ["diff", "restore", "verify"] {
        let typed = format!("$ asof {command} s3://prod-uploads --at {last_good}");
        assert!(said.contains(&typed), "no {typed} in {said}");
    }
    let read = format!("/me.png --at {last_good}\nthird portrait, the beard is back\n");
    assert!(said.contains(&read), "no {read} in {said}");
}
