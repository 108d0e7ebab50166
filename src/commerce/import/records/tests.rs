//! Records, their places, and what cannot be read.

use std::io::Cursor;

use super::*;

/// Gives one byte at a time, as a slow connection may.
struct Drip<'a>(Cursor<&'a [u8]>);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(1);
        self.0.read(&mut buffer[..most])
    }
}

impl Seek for Drip<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Gives a few bytes, then fails.
struct Broken<'a>(Cursor<&'a [u8]>);

impl Read for Broken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("disk on fire")),
            count => Ok(count),
        }
    }
}

impl Seek for Broken<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// A file whose quote is never closed.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in buffer.iter_mut() {
            *byte = b"a\n\"b".get(usize::try_from(self.0).unwrap()).copied().unwrap_or(b'\n');
            self.0 += 1;
        }
        Ok(buffer.len())
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(at) = to else { panic!("{to:?}") };
        self.0 = at;
        Ok(at)
    }
}

fn broken(text: &[u8]) -> Broken<'_> {
    Broken(Cursor::new(text))
}

fn all(input: impl Read + Seek) -> Result<Vec<(u32, Vec<String>)>, Fault> {
    let mut records = Records::new(input)?;
    let mut read = Vec::new();
    while let Some(Record { start, cells, .. }) = records.next()? {
        let cells = cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        read.push((start.line, cells));
    }
    Ok(read)
}

fn code(input: impl Read + Seek) -> (u32, &'static str) {
    let fault = all(input).unwrap_err();
    (fault.line, fault.code)
}

#[test]
fn lines_are_those_of_the_file() {
    for (text, lines) in [
        ("a\nb\nc", vec![1, 2, 3]),
        ("a\r\nb\r\nc\r\n", vec![1, 2, 3]),
        ("a\rb\rc\r", vec![1, 2, 3]),
        ("\n\na\n\n\r\nb\n", vec![3, 6]),
        ("\"a\nb\",1\nc\n", vec![1, 3]),
        ("\"a\r\nb\"\r\nc\r\n", vec![1, 3]),
        ("\"a\rb\"\rc\r", vec![1, 3]),
        ("\u{feff}\"a\nb\"\nc", vec![1, 3]),
        ("\"a \"\" \n b\"\nc", vec![1, 3]),
        ("a \" b\nc", vec![1, 2]),
        ("\"a\" b\"\nc", vec![1, 2]),
        ("\"\"\nc", vec![1, 2]),
    ] {
        let read = all(Cursor::new(text)).unwrap();
        assert_eq!(read.iter().map(|(line, _)| *line).collect::<Vec<_>>(), lines, "{text:?}");
        assert_eq!(all(Drip(Cursor::new(text.as_bytes()))).unwrap(), read, "{text:?} byte by byte");
    }
}

#[test]
fn cells_are_read_as_spreadsheets_write_them() {
    let read = all(Cursor::new("\u{feff}a,\"b \"\"x\"\", c\"\r\n\"\",é")).unwrap();
    assert_eq!(read[0].1, ["a", "b \"x\", c"]);
    assert_eq!(read[1].1, ["", "é"]);
    assert_eq!(all(Cursor::new("")).unwrap(), []);
    assert_eq!(all(Cursor::new("\u{feff}\r\n")).unwrap(), []);
}

#[test]
fn what_cannot_be_read_says_where() {
    assert_eq!(code(Cursor::new("a\nb,\"c\nd\n")), (2, "unclosed_quote"));
    assert_eq!(code(broken(b"a,b\nc,d\n")), (3, "unreadable_file"));
    assert_eq!(code(broken(b"a")), (1, "unreadable_file"));
}

#[test]
fn a_record_has_a_largest_size() {
    let most = "x".repeat(MAX_RECORD);
    assert_eq!(all(Cursor::new(format!("a\n{most}\nb\n{most}"))).unwrap().len(), 4);
    assert_eq!(code(Cursor::new(format!("a\n{most}x\nb\n"))), (2, "too_large_record"));
    let mut endless = Records::new(Endless(0)).unwrap();
    assert!(endless.next().unwrap().is_some(), "what comes before is good");
    assert_eq!(endless.next().unwrap_err().code, "too_large_record");
}

#[test]
fn a_record_is_found_again_with_its_line_and_its_row() {
    let text = "\u{feff}a\r\n\"b\nb\",1\r\n\r\n\"c\" c\r\nd";
    let mut records = Records::new(Cursor::new(text)).unwrap();
    let mut read = Vec::new();
    while let Some(record) = records.next().unwrap() {
        read.push(record);
    }
    let places: Vec<_> =
        read.iter().map(|record| (record.start.line, record.start.row, record.has_stray_quote)).collect();
    assert_eq!(places, [(1, 1, false), (2, 2, false), (5, 4, true), (6, 5, false)]);
    let mut records = Records::new(Cursor::new(text)).unwrap();
    for (index, record) in read.iter().enumerate().rev() {
        let end = read.get(index + 1).map_or(text.len() as u64, |next| next.start.at);
        records.seek(record.start, end).unwrap();
        let again = records.next().unwrap().unwrap();
        assert_eq!((again.start, &again.cells), (record.start, &record.cells));
        assert!(records.next().unwrap().is_none(), "the file ends there");
    }
}
