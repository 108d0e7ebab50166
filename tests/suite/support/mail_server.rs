//! A mail server that takes messages over TCP, and shows what arrived.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::certificate::Certificate;
use super::waiting;

/// A message that arrived.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: String,
    /// Headers and body, as they came over the wire.
    pub data: String,
}

/// What the server does with messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Manner {
    /// It takes them.
    Takes,
    /// It takes them, and never says so.
    IsSilent,
    /// It refuses them for good, and quotes each.
    Refuses,
    /// It refuses them for now.
    IsBusy,
}

/// A mail server; it ends with the test's process.
pub struct MailServer {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    manner: Manner,
    connections: usize,
    mails: Vec<Mail>,
}

impl MailServer {
    /// Without TLS.
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// With STARTTLS, for the name `localhost`.
    pub fn start_with_tls(certificate: &Certificate) -> Self {
        Self::start_with(Some(certificate.clone()))
    }

    fn start_with(certificate: Option<Certificate>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Seen { manner: Manner::Takes, connections: 0, mails: Vec::new() };
        let seen = Arc::new(Mutex::new(seen));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, certificate) = (Arc::clone(&shared), certificate.clone());
                // A client that is killed breaks its connection off.
                thread::spawn(move || drop(serve(stream.unwrap(), certificate.as_ref(), &seen)));
            }
        });
        Self { port, seen }
    }

    /// The setting for a server that is to use it.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// The same with TLS.
    pub fn url_with_tls(&self) -> String {
        format!("smtp://user:hunter2-secret@localhost:{}", self.port)
    }

    pub fn becomes(&self, manner: Manner) {
        self.seen.lock().unwrap().manner = manner;
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// Everything that arrived, also what the server was silent about.
    pub fn mails(&self) -> Vec<Mail> {
        self.seen.lock().unwrap().mails.clone()
    }

    /// Waits until so many messages have arrived in all.
    pub fn has(&self, number: usize) -> Vec<Mail> {
        waiting::until("messages to arrive", || Some(self.mails()).filter(|mails| mails.len() >= number))
    }

    /// Waits for the next message to an address, of this subject.
    pub fn next(&self, to: &str, subject: &str) -> Mail {
        waiting::until("a message to arrive", || {
            let mails = self.mails();
            mails.into_iter().rev().find(|mail| mail.to == to && mail.header("Subject") == subject)
        })
    }
}

/// A connection, encrypted or not.
trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

fn serve(stream: TcpStream, certificate: Option<&Certificate>, seen: &Mutex<Seen>) -> std::io::Result<()> {
    seen.lock().unwrap().connections += 1;
    let mut plain = BufReader::new(stream);
    say(&mut plain, "220 localhost ESMTP")?;
    let Some(certificate) = certificate else { return talk(&mut plain, seen) };
    let mut line = String::new();
    plain.read_line(&mut line)?;
    say(&mut plain, "250-localhost\r\n250 STARTTLS")?;
    line.clear();
    plain.read_line(&mut line)?;
    assert_eq!(line, "STARTTLS\r\n");
    say(&mut plain, "220 go on")?;
    talk(&mut BufReader::new(certificate.accept(plain.into_inner())?), seen)
}

fn say(stream: &mut BufReader<impl Stream>, text: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes())
}

fn talk(stream: &mut BufReader<impl Stream>, seen: &Mutex<Seen>) -> std::io::Result<()> {
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let mut say = |text: &str| say(stream, text);
        let address = || line[line.find('<').unwrap() + 1..line.find('>').unwrap()].to_owned();
        match line.split([' ', ':']).next().unwrap() {
            "EHLO" => say("250-localhost\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SMTPUTF8")?,
            "AUTH" => say("235 welcome")?,
            "MAIL" => {
                from = address();
                say("250 ok")?;
            }
            "RCPT" => {
                to = address();
                say("250 ok")?;
            }
            "DATA" => {
                say("354 go on")?;
                let mut data = String::new();
                for line in stream.by_ref().lines() {
                    match line?.as_str() {
                        "." => break,
                        line => data = format!("{data}{}\r\n", line.strip_prefix('.').unwrap_or(line)),
                    }
                }
                let mut say = |text: &str| self::say(stream, text);
                let mail = Mail { from: from.clone(), to: to.clone(), data };
                let quoted = mail.code().unwrap_or_default();
                let mut seen = seen.lock().unwrap();
                match seen.manner {
                    Manner::Takes => {
                        seen.mails.push(mail);
                        say("250 taken")?;
                    }
                    // Until the client goes.
                    Manner::IsSilent => seen.mails.push(mail),
                    Manner::Refuses => say(&format!("554 {to} wants no {quoted}"))?,
                    Manner::IsBusy => say("451 later")?,
                }
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
}

impl Mail {
    /// A message in a file.
    pub fn read(data: &str) -> Self {
        let mail = Self { from: String::new(), to: String::new(), data: data.to_owned() };
        Self { from: mail.header("From"), to: mail.header("To"), ..mail }
    }

    /// A header of the message.
    pub fn header(&self, name: &str) -> String {
        let head = self.data.split("\r\n\r\n").next().unwrap();
        let value = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        value.unwrap_or_else(|| panic!("no {name}: {head}")).to_owned()
    }

    /// The plain text.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML.
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    fn part(&self, content_type: &str) -> String {
        let (_, part) = self.data.split_once(&format!("Content-Type: {content_type}")).unwrap();
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let body = body.split("\r\n--").next().unwrap();
        if !head.contains("quoted-printable") {
            return body.replace("\r\n", "\n");
        }
        let bytes = body.replace("=\r\n", "").replace("\r\n", "\n").into_bytes();
        let (mut decoded, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            if bytes[at] == b'=' {
                let digits = std::str::from_utf8(&bytes[at + 1..at + 3]).unwrap();
                decoded.push(u8::from_str_radix(digits, 16).unwrap());
                at += 3;
            } else {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
        String::from_utf8(decoded).unwrap()
    }

    /// The code in the text: a line of its own.
    pub fn code(&self) -> Option<String> {
        let text = self.text();
        text.lines().map(str::trim).find(|line| line.len() == 43 && !line.contains(' ')).map(str::to_owned)
    }
}
