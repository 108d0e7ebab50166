//! The records of a CSV file, each with the line on which it begins, and none above a maximum size.

use std::collections::VecDeque;
use std::io::{self, Chain, Cursor, Read};

use csv::ByteRecord;

use super::fault::Fault;

/// The largest size of one record, in bytes. A quote that is never closed makes the rest of the file one cell.
const MAX_RECORD: usize = 1 << 20;

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Reads the records of a file.
pub(super) struct Records<R> {
    reader: csv::Reader<RecordTracker<Chain<Cursor<Vec<u8>>, R>>>,
}

impl<R: Read> Records<R> {
    /// Skips the byte order mark, if the file begins with one.
    pub(super) fn new(mut input: R) -> Result<Self, Fault> {
        // The CSV reader would skip the mark only if its first read returned all three bytes.
        let mut start = Vec::new();
        input.by_ref().take(3).read_to_end(&mut start).map_err(|_| unreadable(1))?;
        if start == BOM {
            start.clear();
        }
        let tracker = RecordTracker::new(Cursor::new(start).chain(input));
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(tracker);
        Ok(Self { reader })
    }

    /// The next record and its line. Empty lines are skipped.
    pub(super) fn next(&mut self) -> Result<Option<(u64, ByteRecord)>, Fault> {
        let mut record = ByteRecord::new();
        match self.reader.read_byte_record(&mut record) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let tracker = self.reader.get_mut();
                let line = tracker.starts.pop_front().unwrap_or(tracker.line);
                Ok(Some((line, record)))
            }
            Err(error) => Err(self.fault(error)),
        }
    }

    fn fault(&self, error: csv::Error) -> Fault {
        let own = match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into_inner().and_then(|inner| inner.downcast::<Fault>().ok()),
            _ => None,
        };
        own.map_or_else(|| unreadable(self.reader.get_ref().line), |fault| *fault)
    }
}

fn unreadable(line: u64) -> Fault {
    Fault::of_row(line, "unreadable_file", "the file could not be read from here on")
}

/// A reader that passes bytes on unchanged and tracks where records begin and end. The CSV reader has no maximum size of a
/// record, accepts an unclosed quote at the end, and counts only LF as the end of a line: it does not count lines that end
/// in CR, and is one line off where they end in CRLF.
struct RecordTracker<R> {
    input: R,
    state: State,
    line: u64,
    after_return: bool,
    record_line: u64,
    size: usize,
    /// The first lines of records that the CSV reader has not returned yet.
    starts: VecDeque<u64>,
    fault: Option<Fault>,
}

/// Where in the CSV syntax the next byte is.
#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    BetweenRecords,
    CellStart,
    Bare,
    Quoted,
    /// After a quote in a quoted cell: the quote ends the cell, or is the first of a doubled one.
    QuoteSeen,
}

impl<R> RecordTracker<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            state: State::BetweenRecords,
            line: 1,
            after_return: false,
            record_line: 1,
            size: 0,
            starts: VecDeque::new(),
            fault: None,
        }
    }

    fn track(&mut self, byte: u8) -> Result<(), Fault> {
        let ends_line = matches!(byte, b'\r' | b'\n');
        if self.state == State::BetweenRecords && !ends_line {
            self.state = State::CellStart;
            self.record_line = self.line;
            self.size = 0;
            self.starts.push_back(self.line);
        }
        self.state = match (self.state, byte) {
            (State::Quoted, b'"') => State::QuoteSeen,
            (State::Quoted, _) | (State::CellStart | State::QuoteSeen, b'"') => State::Quoted,
            _ if ends_line => State::BetweenRecords,
            (_, b',') => State::CellStart,
            _ => State::Bare,
        };
        if ends_line && !(byte == b'\n' && self.after_return) {
            self.line += 1;
        }
        self.after_return = byte == b'\r';
        self.size += 1;
        if self.size > MAX_RECORD && self.state != State::BetweenRecords {
            let detail = format!("a row must not have more than {MAX_RECORD} bytes; is a quote not closed?");
            return Err(Fault::of_row(self.record_line, "too_large_record", detail));
        }
        Ok(())
    }

    fn at_end(&self) -> io::Result<usize> {
        if self.state == State::Quoted {
            let detail = "a quote in this row is never closed";
            return Err(io::Error::other(Fault::of_row(self.record_line, "unclosed_quote", detail)));
        }
        Ok(0)
    }
}

impl<R: Read> Read for RecordTracker<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = self.fault.take() {
            return Err(io::Error::other(fault));
        }
        let count = self.input.read(buffer)?;
        if count == 0 && !buffer.is_empty() {
            return self.at_end();
        }
        for (index, byte) in buffer.iter().take(count).enumerate() {
            match self.track(*byte) {
                Ok(()) => {}
                Err(fault) if index == 0 => return Err(io::Error::other(fault)),
                Err(fault) => {
                    // The records before this byte are good: return them first.
                    self.fault = Some(fault);
                    return Ok(index);
                }
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow connection may.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    /// Gives a few bytes, then fails.
    struct Broken<'a>(&'a [u8]);

    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::other("disk on fire")),
                count => Ok(count),
            }
        }
    }

    fn all(input: impl Read) -> Result<Vec<(u64, Vec<String>)>, Fault> {
        let mut records = Records::new(input)?;
        let mut read = Vec::new();
        while let Some((line, record)) = records.next()? {
            read.push((line, record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()));
        }
        Ok(read)
    }

    fn code(input: impl Read) -> (u64, &'static str) {
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
            let read = all(text.as_bytes()).unwrap();
            assert_eq!(read.iter().map(|(line, _)| *line).collect::<Vec<_>>(), lines, "{text:?}");
            assert_eq!(all(Drip(text.as_bytes())).unwrap(), read, "{text:?} byte by byte");
        }
    }

    #[test]
    fn cells_are_read_as_spreadsheets_write_them() {
        let read = all("\u{feff}a,\"b \"\"x\"\", c\"\r\n\"\",é".as_bytes()).unwrap();
        assert_eq!(read[0].1, ["a", "b \"x\", c"]);
        assert_eq!(read[1].1, ["", "é"]);
        assert_eq!(all("".as_bytes()).unwrap(), []);
        assert_eq!(all("\u{feff}\r\n".as_bytes()).unwrap(), []);
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        assert_eq!(code("a\nb,\"c\nd\n".as_bytes()), (2, "unclosed_quote"));
        assert_eq!(code(Broken(b"a,b\nc,d\n")), (3, "unreadable_file"));
        assert_eq!(code(Broken(b"a")), (1, "unreadable_file"));
    }

    #[test]
    fn a_record_has_a_largest_size() {
        let most = "x".repeat(MAX_RECORD);
        assert_eq!(all(format!("a\n{most}\nb\n{most}").as_bytes()).unwrap().len(), 4);
        assert_eq!(code(format!("a\n{most}x\nb\n").as_bytes()), (2, "too_large_record"));
        let mut endless = Records::new("a\n\"b".as_bytes().chain(io::repeat(b'\n'))).unwrap();
        assert!(endless.next().unwrap().is_some(), "what comes before is good");
        assert_eq!(endless.next().unwrap_err().code, "too_large_record");
    }
}
