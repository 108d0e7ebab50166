//! Bad import files: the response has the line of the error, and nothing is written.

use rocket::http::{ContentType, Method};
use serde_json::json;

use crate::bad_input_bench::{Bench, is_discreet};
use crate::support::World;

const HEADER: &str = "Handle,Title,Variant Price\n";

/// A file with the usual header.
fn rows(rows: &[u8]) -> Vec<u8> {
    [HEADER.as_bytes(), rows].concat()
}

#[test]
fn a_file_that_is_wrong_is_refused_with_its_line() {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    let long = |size: usize| "x".repeat(size).into_bytes();
    let cell = |text: &[u8]| rows(&[b"a,".as_slice(), text, b",1\n"].concat());
    for (file, line, code) in [
        (vec![], 1, "wrong_header"),
        (b"\xef\xbb\xbf".to_vec(), 1, "wrong_header"),
        (b"\r\n\r\n".to_vec(), 1, "wrong_header"),
        (b"Handle;Title;Variant Price\na;A;1\n".to_vec(), 1, "wrong_header"),
        (b"a,A,1\n".to_vec(), 1, "wrong_header"),
        (b"Handle,Title,Title,Variant Price\na,A,A,1\n".to_vec(), 1, "wrong_header"),
        (b"Handle,Ti\xfftle,Variant Price\na,A,1\n".to_vec(), 1, "not_utf8"),
        (b"\xff\xfeH\0a\0n\0d\0l\0e\0".to_vec(), 1, "not_utf8"),
        (rows(b"a,A,1,2\n"), 2, "ragged_row"),
        (cell(b"\xff"), 2, "not_utf8"),
        (cell(b"\xed\xa0\x80"), 2, "not_utf8"),
        (cell(b"\0"), 2, "nul_character"),
        (cell(b""), 2, "missing_title"),
        (cell(&long(256)), 2, "too_long"),
        (rows(b"b,B,1\na,\"A,1\nc,C,1\n"), 3, "unclosed_quote"),
        (rows(b"a,A,-1\n"), 2, "invalid_price"),
        (rows(b"a,A,1e400\n"), 2, "invalid_price"),
        (rows(b"a,A,90071992547409.92\n"), 2, "invalid_price"),
        (rows(b"a,A,1.005\n"), 2, "invalid_price"),
        (rows(b",,1\n"), 2, "missing_handle"),
        (rows(b"b,B,1\r\n\r\na\r\n"), 4, "missing_title"),
        (rows(b"a,A,1\nb,B,1\na,A,1\n"), 4, "duplicate_variant"),
        (rows(b"a,A,1\nb,B,1\na,C,1\n"), 4, "duplicate_handle"),
        (rows(b"a,A,\"1,50\"\n"), 2, "invalid_price"),
        (rows(&[b"b,B,1\na,".as_slice(), &long(3 << 20), b",1\n"].concat()), 3, "too_large_record"),
        (rows(&[b"b,B,1\na,\"".as_slice(), &b"x\n".repeat(1 << 20)].concat()), 3, "too_large_record"),
    ] {
        for query in ["", "?on_conflict=update"] {
            let answer = bench.owner.imports(query, file.clone());
            assert_eq!(
                answer.status,
                422,
                "{:?}: {answer}",
                file.get(..80).unwrap_or(&file).escape_ascii().to_string()
            );
            let problem = answer.expect_problem(422, "import_failed");
            is_discreet(&answer);
            let error = &problem["errors"][0];
            assert_eq!((&error["line"], &error["code"]), (&json!(line), &json!(code)), "{answer}");
            assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{answer}");
        }
    }
    assert_eq!(bench.content(), before, "something was written");
}

#[test]
fn a_file_of_100_mb_on_one_line_is_too_large() {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    let mut file = rows(b"a,");
    file.resize(100 << 20, b'x');
    bench.owner.imports("", file).expect_problem(413, "body_too_large");
    assert_eq!(bench.content(), before, "something was written");
}

#[test]
fn a_file_of_another_type_is_not_read() {
    let world = World::new();
    let bench = Bench::new(&world);
    let before = bench.content();
    let path = "/api/v1/products/import";
    for kind in [ContentType::JSON, ContentType::Plain, ContentType::Form, ContentType::new("text", "csvx")] {
        let answer = bench.owner.raw(Method::Post, path, &[], Some((kind, rows(b"a,A,1\n"))));
        answer.expect_problem(415, "unsupported_media_type");
    }
    bench.owner.raw(Method::Post, path, &[], None).expect_problem(415, "unsupported_media_type");
    for query in [
        "?dry_run",
        "?dry_run=",
        "?dry_run=1",
        "?dry_run=TRUE",
        "?dry_run=%00",
        "?on_conflict=",
        "?on_conflict=%ff",
        "?partial=true&partial=true",
        "?%00=1",
        "?limit=1",
    ] {
        let answer = bench.owner.imports(query, rows(b"a,A,1\n"));
        answer.expect_problem(422, "invalid_parameter");
        is_discreet(&answer);
    }
    assert_eq!(bench.content(), before, "something was written");
}

#[test]
fn odd_files_that_are_good_are_taken() {
    let world = World::new();
    let bench = Bench::new(&world);
    for (file, created) in [
        (HEADER.as_bytes().to_vec(), 0),
        (HEADER.trim_end().as_bytes().to_vec(), 0),
        (b"\xef\xbb\xbfHandle,Title,Variant Price\r\nbom,A,1\r\n".to_vec(), 1),
        (b"\r\n\"Handle\",\"Title\",\"Variant Price\"\r\n\r\ncrlf,\"A\r\nB\",1".to_vec(), 1),
        (b"Handle,Title,Variant Price\rcr,A,1\r".to_vec(), 1),
        (rows("é,\"A \"\"B\"\", C\",01.10\n".as_bytes()), 1),
        (rows(b"short,A\n"), 1),
        (rows(b"long,A,1,, \n"), 1),
        (rows(b"odd handle,A,1\n"), 1),
        (rows(b"priceless,A,\n"), 1),
    ] {
        let answer = bench.owner.imports("", file);
        assert_eq!(answer.expect(200)["created"], created, "{answer}");
    }
}
