//! An order in a response, and the rows it is made of.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::commerce::money::Money;
use crate::commerce::rows::group_by;
use crate::schema::tenant::{order_events, order_lines, orders, people};
use crate::tenancy::{TenantConn, Transaction};

use super::body::Address;
use super::{OrderError, Status};

/// A row of `orders`.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = orders)]
pub struct OrderRow {
    pub id: Uuid,
    pub number: i64,
    pub status: String,
    pub customer_id: Uuid,
    pub email: String,
    pub note: String,
    pub shipping_address: Option<Value>,
    pub currency: String,
    pub total: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A row of `order_lines`.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = order_lines)]
pub struct LineRow {
    pub id: Uuid,
    pub order_id: Uuid,
    pub variant_id: Option<Uuid>,
    pub title: String,
    pub variant_title: String,
    pub options: Value,
    pub sku: Option<String>,
    pub quantity: i64,
    pub unit_price: i64,
    pub total: i64,
}

/// A state that an order entered, and when.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = order_events)]
#[schema(as = OrderEvent)]
pub struct Event {
    #[serde(skip)]
    pub order_id: Uuid,
    #[schema(value_type = Status)]
    pub status: String,
    pub actor_id: Uuid,
    pub created_at: DateTime<Utc>,
}

/// Who bought.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = people)]
#[schema(as = Customer)]
pub struct Person {
    pub id: Uuid,
    pub email: String,
    pub name: String,
}

/// An order with its lines and events.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    pub id: Uuid,
    /// Counts up within the shop.
    pub number: i64,
    #[schema(value_type = Status)]
    pub status: String,
    #[schema(required)]
    pub customer: Option<Person>,
    pub email: String,
    pub note: String,
    #[schema(required, value_type = Option<Address>)]
    pub shipping_address: Option<Value>,
    pub lines: Vec<LineView>,
    pub total: Money,
    pub events: Vec<Event>,
    /// When it expires if it is still pending then; null means never. Of an expired order, when its time was over.
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A line of an order: what was bought, as it was then.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderLine)]
pub struct LineView {
    pub id: Uuid,
    /// Null when the variant has been deleted since.
    #[schema(required)]
    pub variant_id: Option<Uuid>,
    pub title: String,
    pub variant_title: String,
    #[schema(value_type = BTreeMap<String, String>)]
    pub options: Value,
    #[schema(required)]
    pub sku: Option<String>,
    pub quantity: i64,
    pub unit_price: Money,
    pub total: Money,
}

/// Adds the lines, events and customers to orders, in three statements for all of them.
pub fn assemble(conn: &mut TenantConn<'_>, rows: Vec<OrderRow>) -> Result<Vec<OrderView>, OrderError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let customers: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
    let lines = order_lines::table
        .filter(order_lines::order_id.eq_any(&ids))
        .order((order_lines::order_id, order_lines::position))
        .select(LineRow::as_select());
    let lines: Vec<LineRow> = conn.prepared(lines).load(conn.pg())?;
    let events = order_events::table
        .filter(order_events::order_id.eq_any(&ids))
        .order((order_events::order_id, order_events::created_at, order_events::id))
        .select(Event::as_select());
    let events: Vec<Event> = conn.prepared(events).load(conn.pg())?;
    let people = people::table.filter(people::id.eq_any(customers)).select(Person::as_select());
    let people: Vec<Person> = conn.prepared(people).load(conn.pg())?;
    let people: HashMap<Uuid, Person> = people.into_iter().map(|person| (person.id, person)).collect();
    let mut lines = group_by(lines, |line| line.order_id);
    let mut events = group_by(events, |event| event.order_id);
    let view = |row: OrderRow| {
        let customer = people.get(&row.customer_id).cloned();
        let lines = lines.remove(&row.id).unwrap_or_default();
        let events = events.remove(&row.id).unwrap_or_default();
        OrderView::new(row, customer, lines, events)
    };
    Ok(rows.into_iter().map(view).collect())
}

impl OrderView {
    /// Makes the view of an order. The lines and events must be in order.
    pub fn new(row: OrderRow, customer: Option<Person>, lines: Vec<LineRow>, events: Vec<Event>) -> Self {
        let money = |amount| Money { amount, currency: row.currency.clone() };
        let line_view = |line: LineRow| LineView {
            id: line.id,
            variant_id: line.variant_id,
            title: line.title,
            variant_title: line.variant_title,
            options: line.options,
            sku: line.sku,
            quantity: line.quantity,
            unit_price: money(line.unit_price),
            total: money(line.total),
        };
        Self {
            id: row.id,
            number: row.number,
            status: row.status,
            customer,
            email: row.email,
            note: row.note,
            shipping_address: row.shipping_address,
            lines: lines.into_iter().map(line_view).collect(),
            total: money(row.total),
            events,
            expires_at: row.expires_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
