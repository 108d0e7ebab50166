//! A certificate for `localhost` that nobody but its maker trusts, for servers of tests.

use std::io::{Error, Result};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::ssl::{SslAcceptor, SslMethod, SslStream};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use tempfile::TempDir;

/// A certificate with its key, and a file of the certificate.
#[derive(Clone)]
pub struct Certificate {
    acceptor: SslAcceptor,
    folder: Arc<TempDir>,
}

impl Certificate {
    pub fn new() -> Self {
        let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&curve).unwrap()).unwrap();
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_nid(Nid::COMMONNAME, "localhost").unwrap();
        let name = name.build();
        let mut x509 = X509::builder().unwrap();
        x509.set_version(2).unwrap();
        x509.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
        x509.set_subject_name(&name).unwrap();
        x509.set_issuer_name(&name).unwrap();
        x509.set_pubkey(&key).unwrap();
        x509.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        x509.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
        let names = SubjectAlternativeName::new().dns("localhost").build(&x509.x509v3_context(None, None));
        x509.append_extension(names.unwrap()).unwrap();
        x509.sign(&key, MessageDigest::sha256()).unwrap();
        let x509 = x509.build();
        let mut acceptor = SslAcceptor::mozilla_intermediate(SslMethod::tls_server()).unwrap();
        acceptor.set_certificate(&x509).unwrap();
        acceptor.set_private_key(&key).unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(file_in(folder.path()), x509.to_pem().unwrap()).unwrap();
        Self { acceptor: acceptor.build(), folder: Arc::new(folder) }
    }

    /// The file that tells a client to trust it.
    pub fn file(&self) -> PathBuf {
        file_in(self.folder.path())
    }

    /// A client's connection, from now on encrypted.
    pub fn accept(&self, stream: TcpStream) -> Result<SslStream<TcpStream>> {
        self.acceptor.accept(stream).map_err(Error::other)
    }
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("certificate.pem")
}
