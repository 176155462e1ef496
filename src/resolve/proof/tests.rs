use super::*;

const MD5: &str = "25f9e794323b453885f5181f1b624d0b";

fn stored(etag: &str, opaque_etag: bool, whole: bool, of_parts: bool) -> Stored {
    let one = |is: bool, algorithm| if is { vec![(algorithm, "c".to_owned())] } else { Vec::new() };
    Stored {
        size: 9,
        etag: etag.to_owned(),
        opaque_etag,
        whole: one(whole, Algorithm::Crc64Nvme),
        of_parts: one(of_parts, Algorithm::Sha256),
    }
}

#[test]
fn the_table_holds() {
    let whole = |algorithm, expected: &str| Proof::Whole { algorithm, expected: expected.to_owned() };
    let parts =
        |algorithm, expected: &str| Proof::Parts { algorithm, expected: expected.to_owned(), parts: 2 };
    let (multi, crc) = (format!("{MD5}-2"), whole(Algorithm::Crc64Nvme, "c"));
    for (etag, opaque, has_whole, has_parts, expected) in [
        (MD5, false, false, false, whole(Algorithm::Md5, MD5)),
        (MD5, false, true, false, whole(Algorithm::Md5, MD5)),
        (MD5, true, true, false, crc.clone()),
        (MD5, true, false, false, Proof::Size),
        (&multi, false, true, false, crc.clone()),
        (&multi, true, true, true, crc.clone()),
        (&multi, false, false, true, parts(Algorithm::Sha256, "c")),
        (&multi, true, false, true, parts(Algorithm::Sha256, "c")),
        (&multi, false, false, false, parts(Algorithm::Md5, MD5)),
        (&multi, true, false, false, Proof::Size),
        ("x-2", false, false, false, Proof::Size),
        ("opaque", false, true, false, crc),
        ("opaque", false, false, true, Proof::Size),
        ("", false, false, false, Proof::Size),
    ] {
        assert_eq!(Proof::of(&stored(etag, opaque, has_whole, has_parts)), expected, "{etag} {opaque}");
    }
}

fn check(bytes: &[u8], proof: &Proof, sizes: Option<&PartSizes>) -> Verdict {
    let verdicts: Vec<_> = [1, 2, 4, 100]
        .map(|piece| {
            let mut checker = Checker::new(9, proof.clone(), sizes.cloned());
            bytes.chunks(piece).for_each(|piece| checker.update(piece));
            checker.finish()
        })
        .to_vec();
    assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{verdicts:?}");
    verdicts[0]
}

#[test]
fn bytes_are_held_against_the_proof() {
    let whole = Proof::of_etag(MD5).unwrap();
    assert_eq!(check(b"123456789", &whole, None), Verdict::Proven);
    assert_eq!(check(b"123456780", &whole, None), Verdict::Wrong);
    assert_eq!(check(b"12345678", &whole, None), Verdict::Wrong);
    assert_eq!(check(b"987654321", &Proof::Size, None), Verdict::Unverifiable);
    assert_eq!(check(b"98765432", &Proof::Size, None), Verdict::Wrong);
    assert_eq!(Proof::of_etag("abc"), None);
}

#[test]
fn parts_are_held_against_the_proof() {
    for (cuts, sizes) in [
        (&[4usize, 4, 1][..], PartSizes::Even(4)),
        (&[3, 3, 3], PartSizes::Even(3)),
        (&[9], PartSizes::Even(9)),
        (&[2, 6, 1], PartSizes::Each(vec![2, 6, 1])),
    ] {
        let mut rest = &b"123456789"[..];
        let mut digests = Vec::new();
        for cut in cuts {
            let (part, tail) = rest.split_at(*cut);
            digests.extend(Digest::of(Algorithm::Crc32C, part));
            rest = tail;
        }
        let expected = Algorithm::Crc32C.written(&Digest::of(Algorithm::Crc32C, &digests));
        let proof = Proof::Parts { algorithm: Algorithm::Crc32C, expected, parts: cuts.len() as u64 };
        assert_eq!(check(b"123456789", &proof, Some(&sizes)), Verdict::Proven, "{cuts:?}");
        assert_eq!(check(b"123456788", &proof, Some(&sizes)), Verdict::Wrong, "{cuts:?}");
        assert_eq!(check(b"123456789", &proof, None), Verdict::Unverifiable, "{cuts:?}");
    }
}

#[test]
fn part_sizes_come_to_the_object() {
    assert_eq!(PartSizes::even(4, 3, 9), Some(PartSizes::Even(4)));
    assert_eq!(
        (PartSizes::even(4, 2, 9), PartSizes::even(0, 1, 9), PartSizes::even(9, 2, 9)),
        (None, None, None)
    );
    assert_eq!(PartSizes::each(vec![2, 7], 9), Some(PartSizes::Each(vec![2, 7])));
    assert_eq!((PartSizes::each(vec![2, 6], 9), PartSizes::each(vec![0, 9], 9)), (None, None));
}
