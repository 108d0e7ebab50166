//! Mail: what is in the outbox reaches a mail server once, whatever happens to the servers that send it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use rocket::http::Method;
use serde_json::json;
use shophouse::mail::{self, Message};
use shophouse::tenancy::TenancyError;

use crate::support::certificate::Certificate;
use crate::support::mail_server::{Mail, MailServer, Manner};
use crate::support::process::{self, Process, done, refused, refused_to_serve};
use crate::support::world::{PASSWORD, run};
use crate::support::{World, waiting};

/// A server that sends to this mail server.
fn serve(world: &World, url: &str) -> Process {
    let settings = [
        ("SHOPHOUSE_SMTP_URL", url),
        ("SHOPHOUSE_MAIL_FROM", "The Loft <loft@shop.example>"),
        ("SHOPHOUSE_PUBLIC_URL", "https://shop.example/"),
    ];
    Process::serve_with(&world.database, &settings)
}

/// Writes a message, as a request does.
fn write(world: &World, to: &str, message: Message) {
    let to = to.to_owned();
    run(world.tenancy.in_public(move |conn| Ok::<_, TenancyError>(mail::send(conn.pg(), &to, &message)?)))
        .unwrap();
}

const TOKEN: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

fn invitation(shop: &str) -> Message {
    let expires_at = chrono::Utc::now() + chrono::TimeDelta::days(1);
    Message::Invitation {
        token: TOKEN.to_owned(),
        expires_at,
        shop: shop.to_owned(),
        role: "staff".to_owned(),
    }
}

/// Waits until the rows of the outbox are in this state.
fn until_all_are(world: &World, state: &str) {
    let query = format!("outbox WHERE state <> '{state}'");
    waiting::until("the outbox", || (world.sql().count(&query) == 0).then_some(()));
}

#[test]
fn a_message_arrives_as_text_and_html_and_its_row_forgets_what_it_says() {
    let (world, server) = (World::new(), MailServer::start());
    write(&world, "bob@example.com", invitation("Ada's <Loft>"));
    assert!(world.sql().content("public").concat().contains(TOKEN));
    let _process = serve(&world, &server.url());
    let [mail]: [Mail; 1] = server.has(1).try_into().unwrap();
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("loft@shop.example", "bob@example.com"));
    assert_eq!(mail.header("From"), "\"The Loft\" <loft@shop.example>");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    let id = world.sql().one("SELECT id FROM outbox");
    assert_eq!(mail.header("Message-ID"), format!("<{id}@shop.example>"));
    let (text, html) = (mail.text(), mail.html());
    assert!(text.contains(&format!("https://shop.example/invitation#token={TOKEN}\n")), "{text}");
    assert!(text.contains("Ada's <Loft>") && html.contains("&lt;Loft&gt;"), "{text}{html}");
    assert_eq!(mail.code().as_deref(), Some(TOKEN));
    until_all_are(&world, "sent");
    assert!(!world.sql().content("public").concat().contains(TOKEN), "a sent token is kept");
}

#[test]
fn what_is_rolled_back_sends_nothing_and_requests_cannot_read_what_waits() {
    let world = World::new();
    let failed: Result<(), TenancyError> = run(world.tenancy.in_public(|conn| {
        mail::send(conn.pg(), "bob@example.com", &Message::PasswordChanged {})?;
        Err(diesel::result::Error::RollbackTransaction.into())
    }));
    assert!(failed.is_err());
    assert_eq!(world.sql().count("outbox"), 0);
    write(&world, "bob@example.com", invitation("Loft"));
    for statement in ["SELECT id FROM outbox", "DELETE FROM outbox", "UPDATE outbox SET recipient = ''"] {
        let asked: Result<(), TenancyError> = run(world.tenancy.in_public(move |conn| {
            Ok(diesel::connection::SimpleConnection::batch_execute(conn.pg(), statement)?)
        }));
        assert!(asked.unwrap_err().to_string().contains("permission denied"), "{statement}");
    }
}

#[test]
fn two_servers_send_each_message_once() {
    let (world, server) = (World::new(), MailServer::start());
    let addresses: BTreeSet<String> = (0..60).map(|number| format!("user-{number}@example.com")).collect();
    for address in &addresses {
        write(&world, address, Message::PasswordChanged {});
    }
    let _processes = [(); 2].map(|()| serve(&world, &server.url()));
    until_all_are(&world, "sent");
    let mails = server.mails();
    assert_eq!(mails.len(), 60);
    assert_eq!(mails.into_iter().map(|mail| mail.to).collect::<BTreeSet<_>>(), addresses);
    assert_eq!(world.sql().one("SELECT max(attempts) FROM outbox"), "1");
}

#[test]
fn a_killed_server_loses_no_message_and_no_other_takes_it_too_early() {
    let (world, server) = (World::new(), MailServer::start());
    server.becomes(Manner::IsSilent);
    write(&world, "bob@example.com", Message::PasswordChanged {});
    let process = serve(&world, &server.url());
    let first = server.has(1).remove(0);
    process.kill();
    server.becomes(Manner::Takes);
    let _process = serve(&world, &server.url());
    // The new server works, and leaves alone what may still be on its way.
    write(&world, "cleo@example.com", Message::PasswordChanged {});
    server.next("cleo@example.com", "Your password was changed");
    assert_eq!(world.sql().one("SELECT attempts FROM outbox WHERE recipient LIKE 'bob%'"), "1");
    assert_eq!(server.mails().len(), 2);
    // When the time for an attempt is over, the message is sent, and can be recognised.
    world.sql().run("UPDATE outbox SET due_at = now() WHERE state = 'waiting'");
    let again = server.has(3).remove(2);
    assert_eq!(
        (again.to.as_str(), again.header("Message-ID")),
        ("bob@example.com", first.header("Message-ID"))
    );
    until_all_are(&world, "sent");
}

#[test]
fn a_refused_message_is_shown_without_its_token_and_tried_again_on_demand() {
    let (world, server) = (World::new(), MailServer::start());
    server.becomes(Manner::Refuses);
    let process = serve(&world, &server.url());
    write(&world, "bob@example.com", invitation("Loft"));
    until_all_are(&world, "failed");
    let listed = done(&world.database, &["mail", "list"]);
    assert!(listed.contains("bob@example.com") && listed.contains("invitation"), "{listed}");
    assert!(listed.contains("wants no [token]") && !listed.contains(TOKEN), "{listed}");
    server.becomes(Manner::IsBusy);
    let id = world.sql().one("SELECT id FROM outbox");
    let said = done(&world.database, &["mail", "retry", &id]);
    assert_eq!(said, "1 messages are tried again\n");
    let query = "outbox WHERE state = 'waiting' AND attempts = 2 AND error LIKE '%451%' AND due_at > now()";
    waiting::until("another failure", || (world.sql().count(query) == 1).then_some(()));
    let json = done(&world.database, &["mail", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&listed[0]["attempts"], &listed[0]["state"]), (&json!(2), &json!("waiting")));
    server.becomes(Manner::Takes);
    done(&world.database, &["mail", "retry", "--all"]);
    assert_eq!(server.has(1)[0].code().as_deref(), Some(TOKEN));
    until_all_are(&world, "sent");
    assert_eq!(done(&world.database, &["mail", "list"]), "");
    let said = refused(&world.database, &["mail", "retry", &id], 1);
    assert!(said.contains(&id), "{said}");
    let log = process.stopped();
    assert!(log.contains("the mail server answered 554"), "{log}");
}

#[test]
fn what_is_not_worth_sending_any_more_is_given_up() {
    let (world, server) = (World::new(), MailServer::start());
    write(&world, "bob@example.com", Message::PasswordChanged {});
    world.sql().run("UPDATE outbox SET give_up_at = now()");
    let _process = serve(&world, &server.url());
    until_all_are(&world, "failed");
    assert!(server.mails().is_empty());
}

#[test]
fn without_encryption_nothing_is_sent_unless_the_operator_says_so() {
    let (world, server) = (World::new(), MailServer::start());
    write(&world, "bob@example.com", invitation("Loft"));
    let process = serve(&world, &server.url_with_tls());
    waiting::until("a failure", || (world.sql().count("outbox WHERE error IS NOT NULL") == 1).then_some(()));
    assert!(server.connections() > 0 && server.mails().is_empty());
    let log = process.stopped();
    assert!(log.contains("could not be sent") && !log.contains("hunter2"), "{log}");
}

#[test]
fn messages_go_encrypted_to_a_mail_server_whose_certificate_is_trusted_and_to_no_other() {
    let (world, certificate) = (World::new(), Certificate::new());
    let server = MailServer::start_with_tls(&certificate);
    write(&world, "bob@example.com", invitation("Loft"));
    let stranger = serve(&world, &server.url_with_tls());
    waiting::until("a failure", || (world.sql().count("outbox WHERE error IS NOT NULL") == 1).then_some(()));
    assert!(server.connections() > 0 && server.mails().is_empty());
    stranger.stopped();
    let file = certificate.file();
    let settings = [
        ("SHOPHOUSE_SMTP_URL", server.url_with_tls()),
        ("SHOPHOUSE_MAIL_FROM", "loft@shop.example".to_owned()),
        ("SSL_CERT_FILE", file.to_str().unwrap().to_owned()),
    ];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let _process = Process::serve_with(&world.database, &settings);
    done(&world.database, &["mail", "retry", "--all"]);
    assert_eq!(server.has(1)[0].to, "bob@example.com");
}

#[test]
fn without_a_mail_server_a_message_becomes_a_file_that_only_its_owner_reads() {
    let (world, dir) = (World::new(), tempfile::tempdir().unwrap());
    let process =
        Process::serve_with(&world.database, &[("SHOPHOUSE_DATA_DIR", dir.path().to_str().unwrap())]);
    write(&world, "bob@example.com", invitation("Loft"));
    until_all_are(&world, "sent");
    let id = world.sql().one("SELECT id FROM outbox");
    let path = dir.path().join("mail").join(format!("{id}.eml"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mail = Mail::read(&fs::read_to_string(&path).unwrap());
    assert_eq!((mail.to.as_str(), mail.code().as_deref()), ("bob@example.com", Some(TOKEN)));
    // No public URL is set, so there is no link.
    assert!(!mail.html().contains("href"), "{}", mail.html());
    let log = process.stopped();
    assert!(log.contains(path.to_str().unwrap()), "{log}");
}

#[test]
fn a_server_with_wrong_settings_of_mail_does_not_start() {
    let (world, dir) = (World::new(), tempfile::tempdir().unwrap());
    fs::write(dir.path().join("password_changed.txt"), "Changed\n\n{{ tokn }}").unwrap();
    let url = ("SHOPHOUSE_SMTP_URL", "smtps://user:hunter2-secret@mail.example.com");
    let from = ("SHOPHOUSE_MAIL_FROM", "loft@shop.example");
    for (settings, part) in [
        (vec![url], "SHOPHOUSE_MAIL_FROM"),
        (vec![("SHOPHOUSE_SMTP_URL", "user:hunter2-secret@mail.example.com"), from], "SHOPHOUSE_SMTP_URL"),
        (vec![url, ("SHOPHOUSE_MAIL_FROM", "loft")], "loft"),
        (vec![("SHOPHOUSE_PUBLIC_URL", "shop.example")], "public_url"),
        (vec![("SHOPHOUSE_MAIL_TEMPLATES", dir.path().to_str().unwrap())], "password_changed.txt"),
    ] {
        let ended = refused_to_serve(&world.database, &settings);
        assert_eq!(ended.code, Some(1), "{settings:?}");
        assert!(ended.stderr.contains(part) && !ended.stderr.contains("hunter2"), "{}", ended.stderr);
    }
}

#[test]
fn what_waits_for_an_erased_user_is_gone() {
    let world = World::new();
    let ada = world.user("ada");
    for to in ["ada@example.com", "bob@example.com"] {
        write(&world, to, Message::PasswordChanged {});
    }
    ada.send(Method::Delete, "/me", Some(&json!({ "password": PASSWORD }))).expect(204);
    assert_eq!(world.sql().column("SELECT recipient FROM outbox"), ["bob@example.com"]);
}

#[test]
fn the_metrics_say_what_waits_and_what_failed() {
    let (world, server) = (World::new(), MailServer::start());
    server.becomes(Manner::Refuses);
    write(&world, "bob@example.com", Message::PasswordChanged {});
    let process = serve(&world, &server.url());
    let metrics = || ureq::get(process.at("/metrics")).call().unwrap().body_mut().read_to_string().unwrap();
    waiting::until("a failure to be counted", || {
        metrics().contains("shophouse_mail_attempts_total{outcome=\"failed\"} 1").then_some(())
    });
    assert!(metrics().contains("shophouse_mail_waiting "), "{}", metrics());
    process::run(&world.database, &["mail", "list"]);
}
