//! A shop in a file: written from one shop, and made into another, here or in another installation.
//!
//! The file is a tar of a manifest that a person can read, its checksum, the shop's members and, table by table, the
//! rows as PostgreSQL's COPY writes them. Nothing here knows which tables those are.
//!
//! | file | subject |
//! |---|---|
//! | `manifest` | what an archive says of itself |
//! | `export` | a shop into an archive, of one consistent moment |
//! | `import` | an archive into a new shop, in one transaction |
//! | `load` | its rows into the fresh schema |
//! | `rows` | sending spooled rows into a table |
//! | `people` | who the people of an archive are here |
//! | `tables` | the tables of a schema, and the order in which they can be filled |
//! | `progress` | reporting progress, and being told to stop |
//! | `copy` | COPY of tables that are known only at run time |
//! | `spool` | temporary files, measured as they are written |
//! | `pack`, `unpack` | spooled files into a tar; a tar into spooled files, all of it checked |

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
