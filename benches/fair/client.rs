//! HTTP/1.1 by hand, so that one thread can be a thousand clients, and can send and read as slowly as it likes.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rocket::tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use rocket::tokio::net::{TcpSocket, TcpStream};
use serde_json::Value;

/// A request.
#[derive(Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    token: Option<String>,
    from: String,
    content: &'static str,
    body: Arc<[u8]>,
    /// What the head says of the body, if it is not the truth.
    said_length: Option<usize>,
}

impl Request {
    /// A GET of a path of the API.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET",
            path: path.into(),
            token: None,
            from: "127.0.0.1".to_owned(),
            content: "",
            body: Arc::default(),
            said_length: None,
        }
    }

    /// A POST of JSON.
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        let body = body.to_string().into_bytes().into();
        Self { method: "POST", content: "application/json", body, ..Self::get(path) }
    }

    /// A POST without a body.
    pub fn post_nothing(path: impl Into<String>) -> Self {
        Self { method: "POST", ..Self::get(path) }
    }

    /// A POST of a CSV file.
    pub fn post_csv(path: impl Into<String>, file: Arc<[u8]>) -> Self {
        Self { method: "POST", content: "text/csv", body: file, ..Self::get(path) }
    }

    /// With an access token or an API key.
    pub fn by(self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// Of a client with this address.
    pub fn from(self, address: impl Into<String>) -> Self {
        Self { from: address.into(), ..self }
    }

    /// With a head that says that the body has this length.
    pub fn said_to_have(self, length: usize) -> Self {
        Self { said_length: Some(length), ..self }
    }

    /// Its head, with the empty line at the end.
    pub fn head(&self) -> String {
        let Self { method, path, from, .. } = self;
        let base = shophouse::http::BASE;
        let mut head =
            format!("{method} {base}{path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {from}\r\n");
        if let Some(token) = &self.token {
            let _ = write!(head, "Authorization: Bearer {token}\r\n");
        }
        if !self.content.is_empty() {
            let length = self.said_length.unwrap_or(self.body.len());
            let _ = write!(head, "Content-Type: {}\r\nContent-Length: {length}\r\n", self.content);
        }
        head + "\r\n"
    }
}

/// A connection to the binary.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// The head of an answer, as far as it matters here.
pub struct Head {
    pub status: u16,
    length: Option<usize>,
    is_chunked: bool,
    /// Whether the server closes the connection after it.
    pub closes: bool,
}

/// An answer.
pub struct Answer {
    pub head: Head,
    pub body: Vec<u8>,
}

impl Connection {
    pub async fn open(server: SocketAddr) -> io::Result<Self> {
        Self::of(TcpStream::connect(server).await?)
    }

    /// A connection for which the system keeps little that was not read yet.
    pub async fn open_small(server: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4_096)?;
        Self::of(socket.connect(server).await?)
    }

    fn of(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(2_048, stream) })
    }

    /// Sends a request and reads the answer.
    pub async fn ask(&mut self, request: &Request) -> io::Result<Answer> {
        let sent = self.send(request).await;
        // A server that refuses a body may answer before it has read all of it, and close.
        match self.answer().await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(sent.err().unwrap_or(error)),
        }
    }

    pub async fn send(&mut self, request: &Request) -> io::Result<()> {
        if request.body.len() > 16 << 10 {
            self.write(request.head().as_bytes()).await?;
            return self.write(&request.body).await;
        }
        self.write(&[request.head().as_bytes(), &request.body].concat()).await
    }

    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads at most as many bytes as fit; none at the end.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer).await
    }

    /// Waits until something can be read, or the connection ends.
    pub async fn wait(&mut self) -> io::Result<()> {
        self.stream.fill_buf().await.map(drop)
    }

    pub async fn head(&mut self) -> io::Result<Head> {
        let first = self.line().await?;
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("not an answer: {first:?}")))?;
        let mut head = Head { status, length: None, is_chunked: false, closes: false };
        loop {
            let line = self.line().await?.to_ascii_lowercase();
            match line.split_once(": ") {
                None => return Ok(head),
                Some(("content-length", length)) => head.length = length.parse().ok(),
                Some(("transfer-encoding", "chunked")) => head.is_chunked = true,
                Some(("connection", "close")) => head.closes = true,
                Some(_) => {}
            }
        }
    }

    async fn answer(&mut self) -> io::Result<Answer> {
        let head = self.head().await?;
        let mut body = Vec::new();
        if let Some(length) = head.length {
            body.resize(length, 0);
            self.stream.read_exact(&mut body).await?;
        } else if head.is_chunked {
            while self.read_chunk(&mut body).await? {}
        }
        Ok(Answer { head, body })
    }

    /// Reads a chunk; false when it was the last one.
    async fn read_chunk(&mut self, body: &mut Vec<u8>) -> io::Result<bool> {
        let size = usize::from_str_radix(&self.line().await?, 16).map_err(io::Error::other)?;
        let from = body.len();
        body.resize(from + size, 0);
        self.stream.read_exact(&mut body[from..]).await?;
        self.line().await?;
        Ok(size > 0)
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}
