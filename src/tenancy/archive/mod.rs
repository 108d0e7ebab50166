//! Archives: a shop exported to a file, and imported as a new shop, in this or in another installation.
//!
//! The file is a tar with a manifest in JSON, its checksum, the shop's members, and one file for each table, with the
//! rows in PostgreSQL's COPY format. No code here depends on which tables there are, except for `people`.
//!
//! | file | subject |
//! |---|---|
//! | `manifest` | the manifest, which describes an archive |
//! | `export` | writing a snapshot of a shop to an archive |
//! | `import` | making a new shop of an archive, in one transaction |
//! | `load` | copying an archive's rows into the new schema |
//! | `rows` | copying spooled rows into a table |
//! | `people` | matching the people of an archive with the users here |
//! | `tables` | the tables of a schema, and the order in which they can be filled |
//! | `progress` | reporting progress, and stopping |
//! | `copy` | COPY of tables that are known only at run time |
//! | `spool` | temporary files, with their sizes and checksums |
//! | `pack`, `unpack` | writing spooled files to a tar; reading a tar into spooled files, with all checks |

mod copy;
mod error;
mod export;
mod import;
mod load;
mod manifest;
mod pack;
mod people;
mod progress;
mod rows;
mod spool;
mod tables;
mod unpack;

pub use error::ArchiveError;
pub use export::Exported;
pub use import::{ImportOptions, Imported, ImportedTable};
pub use people::{Member, People, UnknownPerson};
pub use progress::OnProgress;
