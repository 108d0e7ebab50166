//! The records of a CSV file, each with the place at which it begins, and none above a maximum size.

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};

use csv::{ByteRecord, Position};
use memchr::memchr3;

use super::fault::Fault;
use super::place::{HEADER, Start};

/// The largest size of one record, in bytes. A quote that is never closed makes the rest of the file one cell.
const MAX_RECORD: usize = 1 << 20;
/// The bytes that are read from a file at a time.
const BUFFER: usize = 16 << 10;

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A record of the file.
#[derive(Debug)]
pub(super) struct Record {
    pub start: Start,
    pub cells: ByteRecord,
    /// Whether text follows the quote that ends a cell, as when quotes are not doubled.
    pub has_stray_quote: bool,
}

/// Reads the records of a file.
pub(super) struct Records<R> {
    reader: csv::Reader<RecordTracker<R>>,
}

impl<R: Read + Seek> Records<R> {
    /// Skips the byte order mark, if the file begins with one.
    pub(super) fn new(mut input: R) -> Result<Self, Fault> {
        // The CSV reader would skip the mark only if its first read returned all three bytes.
        let mut bytes = Vec::new();
        input.by_ref().take(3).read_to_end(&mut bytes).map_err(|_| unreadable(HEADER))?;
        let first = Start { at: if bytes == BOM { 3 } else { 0 }, ..HEADER };
        input.seek(SeekFrom::Start(first.at)).map_err(|_| unreadable(first))?;
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(RecordTracker::new(input, first));
        Ok(Self { reader })
    }

    /// Goes to a record, and reads until the byte `end` from there on.
    pub(super) fn seek(&mut self, start: Start, end: u64) -> Result<(), Fault> {
        // This also reads the first record, if nothing was read yet.
        self.reader.seek_raw(SeekFrom::Start(start.at), Position::new()).map_err(|_| unreadable(start))?;
        let tracker = self.reader.get_mut();
        (tracker.next, tracker.end) = (start, end);
        Ok(())
    }

    /// The next record. Empty lines are skipped.
    pub(super) fn next(&mut self) -> Result<Option<Record>, Fault> {
        let mut cells = ByteRecord::new();
        match self.reader.read_byte_record(&mut cells) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let tracker = self.reader.get_mut();
                let (start, has_stray_quote) = tracker.starts.pop_front().unwrap_or((tracker.next, false));
                Ok(Some(Record { start, cells, has_stray_quote }))
            }
            Err(error) => Err(self.fault(error)),
        }
    }

    /// Where the records that were read end: at the end of the file, or at the record that could not be read.
    pub(super) fn end(&self, is_broken: bool) -> u64 {
        let tracker = self.reader.get_ref();
        if is_broken { tracker.record.at } else { tracker.next.at }
    }

    fn fault(&self, error: csv::Error) -> Fault {
        let own = match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into_inner().and_then(|inner| inner.downcast::<Fault>().ok()),
            _ => None,
        };
        own.map_or_else(|| unreadable(self.reader.get_ref().next), |fault| *fault)
    }
}

fn unreadable(start: Start) -> Fault {
    Fault::of_row(start, "unreadable_file", "the file could not be read from here on")
}

/// A reader that passes bytes on unchanged and tracks where records begin and end. The CSV reader has no maximum size of a
/// record, accepts an unclosed quote at the end, and counts only LF as the end of a line: it does not count lines that end
/// in CR, and is one line off where they end in CRLF.
struct RecordTracker<R> {
    input: R,
    state: State,
    /// The place of the next byte.
    next: Start,
    /// The byte at which to end.
    end: u64,
    after_return: bool,
    record: Start,
    size: usize,
    /// The beginnings of records that the CSV reader has not returned yet, and whether they have stray quotes.
    starts: VecDeque<(Start, bool)>,
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
    fn new(input: R, next: Start) -> Self {
        Self {
            input,
            state: State::BetweenRecords,
            next,
            end: u64::MAX,
            after_return: false,
            record: next,
            size: 0,
            starts: VecDeque::new(),
            fault: None,
        }
    }

    fn track(&mut self, byte: u8) -> Result<(), Fault> {
        let ends_line = matches!(byte, b'\r' | b'\n');
        let was_quoted = self.state == State::Quoted;
        if self.state == State::BetweenRecords && !ends_line {
            self.state = State::CellStart;
            self.record = self.next;
            self.size = 0;
            self.starts.push_back((self.next, false));
        }
        self.state = match (self.state, byte) {
            (State::Quoted, b'"') => State::QuoteSeen,
            (State::Quoted, _) | (State::CellStart | State::QuoteSeen, b'"') => State::Quoted,
            _ if ends_line => State::BetweenRecords,
            (_, b',') => State::CellStart,
            (State::QuoteSeen, _) => {
                if let Some((_, has_stray_quote)) = self.starts.back_mut() {
                    *has_stray_quote = true;
                }
                State::Bare
            }
            _ => State::Bare,
        };
        if ends_line && !(byte == b'\n' && self.after_return) {
            self.next.line += 1;
            self.next.row += u32::from(!was_quoted);
        }
        self.next.at += 1;
        self.after_return = byte == b'\r';
        self.size += 1;
        if self.size > MAX_RECORD && self.state != State::BetweenRecords {
            let detail = format!("a row must not have more than {MAX_RECORD} bytes; is a quote not closed?");
            return Err(Fault::of_row(self.record, "too_large_record", detail));
        }
        Ok(())
    }

    /// How many of the next bytes are inside of a cell, and so change nothing but the place.
    fn within_cell(&self, bytes: &[u8]) -> usize {
        let next = match self.state {
            State::Quoted => memchr3(b'"', b'\r', b'\n', bytes),
            State::Bare => memchr3(b',', b'\r', b'\n', bytes),
            _ => Some(0),
        };
        next.unwrap_or(bytes.len()).min(MAX_RECORD.saturating_sub(self.size))
    }

    fn skip(&mut self, bytes: usize) {
        self.next.at += bytes as u64;
        self.size += bytes;
        self.after_return = false;
    }

    fn at_end(&self) -> io::Result<usize> {
        if self.state == State::Quoted {
            let detail = "a quote in this row is never closed";
            return Err(io::Error::other(Fault::of_row(self.record, "unclosed_quote", detail)));
        }
        Ok(0)
    }
}

impl<R: Read> Read for RecordTracker<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = self.fault.take() {
            return Err(io::Error::other(fault));
        }
        let left = usize::try_from(self.end - self.next.at).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let count = self.input.read(&mut buffer[..most])?;
        if count == 0 && !buffer.is_empty() {
            return self.at_end();
        }
        let mut index = 0;
        while let Some(rest @ [byte, ..]) = buffer.get(index..count) {
            // Most bytes of a file are in long texts, which are searched many bytes at a time.
            let within = self.within_cell(rest);
            if within > 0 {
                self.skip(within);
                index += within;
                continue;
            }
            match self.track(*byte) {
                Ok(()) => index += 1,
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

impl<R: Seek> Seek for RecordTracker<R> {
    /// Goes to the beginning of a record.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (self.state, self.after_return, self.fault) = (State::BetweenRecords, false, None);
        self.starts.clear();
        self.input.seek(to)
    }
}

#[cfg(test)]
mod tests;
