//! Warnings of stock that a file sets, although something was sold since it was last set: the file may be older than that.

use std::collections::HashMap;

use uuid::Uuid;

use crate::commerce::products::ProductError;
use crate::commerce::stock;
use crate::tenancy::TenantConn;

use super::columns::{Column, Header};
use super::fault::{Fault, Faults};
use super::plan::Plan;

/// Adds a warning for each variant whose stock the plans change, and of which some were sold.
pub(super) fn warn(
    conn: &mut TenantConn<'_>,
    header: &Header,
    plans: &[(Uuid, Plan)],
    warnings: &mut Faults,
) -> Result<(), ProductError> {
    let counted: Vec<Uuid> = plans.iter().flat_map(|(_, plan)| &plan.counted).map(|(id, _)| *id).collect();
    let sold: HashMap<Uuid, i64> = stock::sold_since_set(conn, &counted)?;
    for (_, plan) in plans {
        for (variant, start) in &plan.counted {
            let Some(sold) = sold.get(variant) else { continue };
            let detail = format!("{sold} were sold since the stock was last set; the file may be older");
            let fault = Fault::of_row(*start, "sold_since_set", detail).at(header.name(Column::Quantity), "");
            warnings.merge(Faults::from(fault).of_product(&plan.handle));
        }
    }
    Ok(())
}
