//! Which server of Citus holds which shop: moving one, balancing all, and placing those that were there before Citus.

use std::thread;
use std::time::Duration;

use crate::tenancy::TenancyError;
use crate::tenancy::citus::{self, Move, Node, Undistributed};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::shop::ShopId;

use super::outcome::{LockWait, lock_entries};

/// How often the progress of a move is asked for.
const INTERVAL: Duration = Duration::from_millis(500);

/// Why a shop was not placed.
#[derive(Debug, thiserror::Error)]
pub enum PlacementError {
    /// There is only one server.
    #[error(
        "this database has no Citus, so all shops are on its one server; docs/scaling.md says how to have more"
    )]
    NoCitus,
    /// Citus knows no such server, or it may not hold shops.
    #[error("no server that takes shops is named {name}; there are: {}", nodes.join(", "))]
    NoSuchNode {
        /// What was asked for.
        name: String,
        /// Those that there are.
        nodes: Vec<String>,
    },
    /// It is there already.
    #[error("the shop is on {0} already")]
    AlreadyThere(String),
    /// Citus does not know the shop.
    #[error(
        "the shop is on the coordinator alone, as it was before Citus: `shophouse fleet distribute` places it"
    )]
    Undistributed,
    /// The database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl Tenancy {
    /// The servers of Citus, and the shops that are on the coordinator alone.
    ///
    /// # Errors
    /// Without Citus, or when the database fails.
    pub fn nodes(&self) -> Result<(Vec<Node>, Vec<Undistributed>), PlacementError> {
        self.need_citus()?;
        Ok(self.as_operator(|owner| {
            let found = (citus::nodes(owner.pg())?, citus::undistributed(owner.pg())?);
            Ok::<_, TenancyError>(found)
        })?)
    }

    /// Moves a shop to the server of this name. It serves meanwhile; at the end its changes wait for a moment. `progress` gets the
    /// bytes that were moved, and their total.
    ///
    /// # Errors
    /// As [`PlacementError`] says. The shop is then where it was.
    pub fn move_shop(
        &self,
        shop: ShopId,
        to: &str,
        progress: impl FnMut(usize, usize),
    ) -> Result<(), PlacementError> {
        let (nodes, _) = self.nodes()?;
        let takers = || nodes.iter().filter(|node| node.takes_shops);
        let Some(node) = takers().find(|node| node.name == to) else {
            let nodes = takers().map(|node| node.name.clone()).collect();
            return Err(PlacementError::NoSuchNode { name: to.to_owned(), nodes });
        };
        match self.as_operator(|owner| Ok::<_, TenancyError>(citus::place(owner.pg(), shop.0)?))? {
            None => Err(PlacementError::Undistributed),
            Some(place) if place == to => Err(PlacementError::AlreadyThere(place)),
            Some(_) => Ok(self.move_to(shop, node.id, progress)?),
        }
    }

    /// The moves after which the servers hold equally much, by Citus's default strategy.
    ///
    /// # Errors
    /// Without Citus, or when the database fails.
    pub fn balance_plan(&self) -> Result<Vec<Move>, PlacementError> {
        self.need_citus()?;
        Ok(self.as_operator(|owner| Ok::<_, TenancyError>(citus::plan(owner.pg())?))?)
    }

    /// Does one move of [`Tenancy::balance_plan`].
    ///
    /// # Errors
    /// When the database fails. The shop is then where it was.
    pub fn do_move(&self, planned: &Move) -> Result<(), PlacementError> {
        Ok(self.move_to(ShopId(planned.id), planned.node, |_, _| ())?)
    }

    /// Places a shop that is on the coordinator alone on one of the servers. Its requests wait meanwhile. False if the shop was in use for
    /// longer than the lock timeout.
    ///
    /// # Errors
    /// When the database fails. The shop is then where it was.
    pub fn distribute(&self, shop: ShopId) -> Result<bool, TenancyError> {
        let placed = self.owner_blocking(LockWait::Full, |owner| {
            // None if it was deleted meanwhile.
            if !lock_entries(owner, &[shop], LockWait::Full)?.is_empty() {
                owner.use_schema(shop)?;
                policies::renew(self.server, owner.pg(), shop)?;
                citus::distribute(owner.pg(), &shop.schema())?;
            }
            Ok(true)
        });
        match placed {
            Err(error) if error.is_passing() && !error.concerns_all_shops() => Ok(false),
            placed => placed,
        }
    }

    fn need_citus(&self) -> Result<(), PlacementError> {
        if self.server.has_nodes() { Ok(()) } else { Err(PlacementError::NoCitus) }
    }

    fn move_to(
        &self,
        shop: ShopId,
        node: i32,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<(), TenancyError> {
        let schema = shop.schema();
        // Citus works on connections of its own, which need none of our settings.
        let begin = format!(
            "BEGIN READ WRITE; {}",
            self.server
                .settings_of_coordinator("SET LOCAL statement_timeout TO 0; SET LOCAL lock_timeout TO 0")
        );
        let moving = || -> Result<(), TenancyError> {
            self.owner.run_once(&begin, |pg| Ok(citus::move_schema(pg, &schema, node).map(drop)?))?
        };
        thread::scope(|scope| {
            let moving = scope.spawn(moving);
            while !moving.is_finished() {
                thread::park_timeout(INTERVAL);
                let asked =
                    self.as_operator(|owner| Ok::<_, TenancyError>(citus::progress(owner.pg(), &schema)?));
                // That the progress is not known is no reason to stop.
                if let Ok((done, of)) = asked {
                    progress(done.try_into().unwrap_or(0), of.try_into().unwrap_or(0));
                }
            }
            moving.join().unwrap_or(Err(TenancyError::Database(crate::database::DatabaseError::Panicked)))
        })
    }
}
