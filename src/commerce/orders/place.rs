//! Placing an order: the prices are the shop's, stock is reserved, and the lines keep a copy of what was bought.
//!
//! Locks are always taken in the same order, the variants by id, the customer, and then the counter, so that orders for the
//! same variants wait for each other but never deadlock.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use serde_json::json;
use uuid::Uuid;

use crate::commerce::money::MAX_AMOUNT;
use crate::commerce::products::Status as ProductStatus;
use crate::commerce::products::view::{ProductRow, VariantRow, named_options, variant_title};
use crate::commerce::stock::{self, StockChange};
use crate::identity::Email;
use crate::schema::tenant::{counters, order_events, order_lines, orders, people, products, variants};
use crate::tenancy::deadlines::begin_hold;
use crate::tenancy::{Role, TenantConn, Transaction, current_setting};

use super::body::{LineBody, OrderBody};
use super::view::{Event, LineRow, OrderRow, OrderView, Person};
use super::{OrderError, Status, limit};

/// A variant that is for sale, and its product.
type Offer = (VariantRow, ProductRow);

/// Places an order for the caller; for staff, also for another of the shop's people.
pub(super) fn place(conn: &mut TenantConn<'_>, body: OrderBody) -> Result<OrderView, OrderError> {
    if body.customer_id.is_some() && conn.shop_context()?.role == Role::Customer {
        return Err(OrderError::CustomerChosenByStaffOnly);
    }
    let lines = body.lines.0.as_slice();
    let offers = lock_offers(conn, lines)?;
    let priced = price(lines, &offers)?;
    let (id, now) = (Uuid::now_v7(), Utc::now());
    let taken = take_stock(conn, lines, &offers, id)?;
    let customer = find_customer(conn, body.customer_id.map_or_else(|| conn.user(), |id| id.0))?;
    if body.customer_id.is_none() {
        limit::check_pending(conn, customer.id)?;
    }
    // The view is made from the rows that the inserts return, without another query.
    let order = insert_order(conn, id, &body, &customer, &priced, now)?;
    let lines = insert_lines(conn, id, lines, &priced)?;
    stock::record(conn, &taken, "order placed")?;
    let event = record_event(conn, id, Status::Pending, now)?;
    Ok(OrderView::new(order, Some(customer), lines, vec![event]))
}

/// The person whom an order is for. The row is locked against a change of the address: either the order has the new address,
/// or the change finds the order. And against another order for the same person: the second one counts the first.
fn find_customer(conn: &mut TenantConn<'_>, id: Uuid) -> Result<Person, OrderError> {
    let statement = conn.prepared(people::table.find(id).select(Person::as_select()).for_no_key_update());
    statement.get_result(conn.pg()).optional()?.ok_or(OrderError::UnknownCustomer)
}

/// Records that an order entered a state.
pub(super) fn record_event(
    conn: &mut TenantConn<'_>,
    order: Uuid,
    status: Status,
    now: DateTime<Utc>,
) -> Result<Event, OrderError> {
    let insert = diesel::insert_into(order_events::table).values((
        order_events::id.eq(Uuid::now_v7()),
        order_events::order_id.eq(order),
        order_events::status.eq(status.as_str()),
        order_events::actor_id.eq(conn.user()),
        order_events::created_at.eq(now),
    ));
    Ok(conn.prepared(insert.returning(Event::as_returning())).get_result(conn.pg())?)
}

fn lock_offers(conn: &mut TenantConn<'_>, lines: &[LineBody]) -> Result<HashMap<Uuid, Offer>, OrderError> {
    let wanted: Vec<Uuid> = lines.iter().map(|line| line.variant_id.0).collect();
    let variants = variants::table.filter(variants::id.eq_any(wanted)).order(variants::id);
    let statement = conn.prepared(variants.select(VariantRow::as_select()).for_no_key_update());
    let rows: Vec<VariantRow> = statement.load(conn.pg())?;
    let active = products::table
        .filter(products::id.eq_any(rows.iter().map(|row| row.product_id).collect::<Vec<_>>()))
        .filter(products::status.eq(ProductStatus::Active.as_str()));
    let active: Vec<ProductRow> = conn.prepared(active.select(ProductRow::as_select())).load(conn.pg())?;
    let active: HashMap<Uuid, ProductRow> = active.into_iter().map(|row| (row.id, row)).collect();
    let offer =
        |row: VariantRow| active.get(&row.product_id).cloned().map(|product| (row.id, (row, product)));
    Ok(rows.into_iter().filter_map(offer).collect())
}

/// The offer and the total of each line, and the total of the order.
struct Priced<'a> {
    offers: Vec<&'a Offer>,
    totals: Vec<i64>,
    total: i64,
}

fn price<'a>(lines: &[LineBody], offers: &'a HashMap<Uuid, Offer>) -> Result<Priced<'a>, OrderError> {
    let mut priced = Priced { offers: Vec::new(), totals: Vec::new(), total: 0 };
    for (index, line) in lines.iter().enumerate() {
        let offer = offers.get(&line.variant_id.0).ok_or(OrderError::UnknownVariant { line: index })?;
        let affordable = |amount: &i64| *amount <= MAX_AMOUNT;
        let too_expensive = || OrderError::TooExpensive { line: index };
        let total =
            offer.0.price.checked_mul(line.quantity.get()).filter(affordable).ok_or_else(too_expensive)?;
        priced.total = priced.total.checked_add(total).filter(affordable).ok_or_else(too_expensive)?;
        priced.totals.push(total);
        priced.offers.push(offer);
    }
    Ok(priced)
}

/// Takes the stock of the tracked variants for all lines together, in one statement, which takes no more than there is.
fn take_stock(
    conn: &mut TenantConn<'_>,
    lines: &[LineBody],
    offers: &HashMap<Uuid, Offer>,
    order: Uuid,
) -> Result<Vec<StockChange>, OrderError> {
    let mut wanted: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (line, variant) in tracked(lines, offers) {
        *wanted.entry(variant.id).or_default() += lines[line].quantity.get();
    }
    let taken = |(variant, pieces): (Uuid, i64)| StockChange { variant, delta: -pieces, order: Some(order) };
    let changes: Vec<StockChange> = wanted.into_iter().map(taken).collect();
    if stock::take(conn, &changes)? { Ok(changes) } else { Err(out_of_stock(lines, offers)) }
}

/// The first line for which there is not enough left after the lines before it.
fn out_of_stock(lines: &[LineBody], offers: &HashMap<Uuid, Offer>) -> OrderError {
    let mut taken: HashMap<Uuid, i64> = HashMap::new();
    for (line, variant) in tracked(lines, offers) {
        let taken = taken.entry(variant.id).or_default();
        *taken += lines[line].quantity.get();
        if variant.stock < *taken && !variant.allow_oversell {
            return OrderError::OutOfStock { line, available: variant.stock.max(0) };
        }
    }
    OrderError::OutOfStock { line: 0, available: 0 }
}

/// The lines whose variants have tracked stock, by index.
fn tracked<'a>(
    lines: &'a [LineBody],
    offers: &'a HashMap<Uuid, Offer>,
) -> impl Iterator<Item = (usize, &'a VariantRow)> {
    let variant = |line: &LineBody| offers.get(&line.variant_id.0).map(|(variant, _)| variant);
    lines
        .iter()
        .enumerate()
        .filter_map(move |(index, line)| Some((index, variant(line).filter(|row| row.track_stock)?)))
}

fn insert_order(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    body: &OrderBody,
    customer: &Person,
    priced: &Priced<'_>,
    now: DateTime<Utc>,
) -> Result<OrderRow, OrderError> {
    // An order that staff place waits for ever. The deadline is noted by the statement that stores the order. The function is called
    // either way on Citus, so without an item it does nothing.
    let is_customer = current_setting("shophouse.role").eq(Role::Customer.as_str());
    let expires_at = begin_hold(case_when(is_customer, id.into_sql::<SqlUuid>()), now);
    let email = body.email.as_ref().map_or(customer.email.as_str(), Email::as_str);
    let currency = priced.offers.first().map_or("", |(variant, _)| variant.currency.as_str());
    let next =
        diesel::update(counters::table.find("order_number")).set(counters::value.eq(counters::value + 1));
    let number: i64 = conn.prepared(next.returning(counters::value)).get_result(conn.pg())?;
    let insert = diesel::insert_into(orders::table).values((
        orders::id.eq(id),
        orders::number.eq(number),
        orders::status.eq(Status::Pending.as_str()),
        orders::customer_id.eq(customer.id),
        orders::email.eq(email),
        orders::note.eq(body.note.as_str()),
        orders::shipping_address.eq(body.shipping_address.as_ref().map(|address| json!(address))),
        orders::currency.eq(currency),
        orders::total.eq(priced.total),
        orders::created_at.eq(now),
        orders::updated_at.eq(now),
        orders::expires_at.eq(expires_at),
    ));
    Ok(conn.prepared(insert.returning(OrderRow::as_returning())).get_result(conn.pg())?)
}

fn insert_lines(
    conn: &mut TenantConn<'_>,
    order: Uuid,
    lines: &[LineBody],
    priced: &Priced<'_>,
) -> Result<Vec<LineRow>, OrderError> {
    let rows: Vec<_> = (1_i32..)
        .zip(lines)
        .zip(priced.offers.iter().zip(&priced.totals))
        .map(|((position, line), ((variant, product), total))| {
            (
                order_lines::id.eq(Uuid::now_v7()),
                order_lines::order_id.eq(order),
                order_lines::position.eq(position),
                order_lines::variant_id.eq(variant.id),
                order_lines::title.eq(&product.title),
                order_lines::variant_title.eq(variant_title(&variant.options)),
                order_lines::options.eq(json!(named_options(&product.options, &variant.options))),
                order_lines::sku.eq(&variant.sku),
                order_lines::quantity.eq(line.quantity.get()),
                order_lines::unit_price.eq(variant.price),
                order_lines::total.eq(total),
                order_lines::stock_taken.eq(variant.track_stock),
            )
        })
        .collect();
    let insert = diesel::insert_into(order_lines::table).values(rows);
    let statement = conn
        .prepared_for_rows(lines.len(), insert.returning((order_lines::position, LineRow::as_returning())));
    let mut inserted: Vec<(i32, LineRow)> = statement.get_results(conn.pg())?;
    inserted.sort_by_key(|(position, _)| *position);
    Ok(inserted.into_iter().map(|(_, line)| line).collect())
}
