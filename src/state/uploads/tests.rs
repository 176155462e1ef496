use super::*;

fn upload(id: &str) -> Upload {
    Upload { bucket: "prod".into(), key: "a\nb".into(), id: id.into() }
}

#[test]
fn the_table_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("uploads");
    let line = |id: &str| to_line(&upload(id)).unwrap().into_bytes();
    let torn = || line("3")[..20].to_vec();
    let plain = serde_json::to_vec(&upload("2")).unwrap();
    for (lines, ids, damaged) in [
        (vec![line("1"), line("2")], vec!["1", "2"], vec![]),
        (vec![line("1"), torn()], vec!["1"], vec![]),
        (vec![line("1"), b"\xff\xfe".to_vec()], vec!["1"], vec![]),
        (vec![line("1"), b"\xff\xfe\n".to_vec(), line("2")], vec!["1", "2"], vec![2]),
        (vec![torn(), line("1"), line("2")], vec!["2"], vec![1]),
        (vec![vec![0; 5000], b"\n".to_vec(), line("2"), b"{}\n".to_vec()], vec!["2"], vec![1, 3]),
        // As asof wrote it before lines had a CRC.
        (vec![plain, b"\n".to_vec()], vec!["2"], vec![]),
    ] {
        fs::write(&path, lines.concat()).unwrap();
        let noted = NotedUploads::read(&path).unwrap();
        let uploads: Vec<_> = ids.into_iter().map(upload).collect();
        assert_eq!((noted.uploads(), &noted.damaged), (&uploads[..], &damaged));
        assert_eq!(noted.warning("prod").is_some(), !damaged.is_empty());
    }
}

#[tokio::test]
async fn what_is_torn_is_cut_off_before_the_next_upload() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("uploads");
    fs::write(&path, to_line(&upload("1")).unwrap() + "0123abcd {\"bucket\":\"pr").unwrap();
    let list = UploadList::open(&path, None).unwrap();
    let writable = list.file.lock().unwrap().redirect(fs::File::open(&path).unwrap());
    assert!(list.push(&upload("2")).await.is_err());
    list.file.lock().unwrap().redirect(writable);
    list.push(&upload("3")).await.unwrap();
    let noted = NotedUploads::read(&path).unwrap();
    assert_eq!((noted.uploads(), noted.damaged.len()), (&[upload("1"), upload("3")][..], 0));
    noted.remove().unwrap();
    assert!(NotedUploads::read(&path).unwrap().uploads().is_empty());
}
