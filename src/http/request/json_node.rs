//! A JSON document as it was sent: the fields of an object in their order, and those that come twice.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// 2⁵³ − 1: below, every whole number has a float of its own (RFC 7493, 2.2).
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// A JSON value.
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
    /// A value with an error that has been noted. It is skipped when the document is read again.
    Removed,
}

/// One step from a value to a value in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Step {
    Field(String),
    Index(usize),
}

impl Node {
    /// The value at a path.
    pub(super) fn at(&self, path: &[Step]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| match (node, step) {
            (Self::Object(fields), Step::Field(name)) => {
                fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
            }
            (Self::Array(items), Step::Index(index)) => items.get(*index),
            _ => None,
        })
    }

    /// Removes the value at a path.
    pub(super) fn remove(&mut self, path: &[Step]) {
        let found = path.iter().try_fold(self, |node, step| match (node, step) {
            (Self::Object(fields), Step::Field(name)) => {
                fields.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)
            }
            (Self::Array(items), Step::Index(index)) => items.get_mut(*index),
            _ => None,
        });
        if let Some(node) = found {
            *node = Self::Removed;
        }
    }

    /// The place of a path in the document: the number of the field or of the item, at each step. What is not in the
    /// document comes last.
    pub(super) fn place(&self, path: &[Step]) -> Vec<usize> {
        let step = |(depth, step): (usize, &Step)| match (self.at(&path[..depth]), step) {
            (_, Step::Index(index)) => *index,
            (Some(Self::Object(fields)), Step::Field(name)) => {
                fields.iter().position(|(known, _)| known == name).unwrap_or(usize::MAX)
            }
            _ => usize::MAX,
        };
        path.iter().enumerate().map(step).collect()
    }

    /// The paths of the fields that an object has twice, in the order of the document; at most `limit`.
    pub(super) fn duplicates(&self, limit: usize) -> Vec<Vec<Step>> {
        let (mut found, mut paths) = (Vec::new(), Vec::new());
        self.find_duplicates(limit, &mut found);
        for mut path in found {
            path.reverse();
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    /// Finds the paths, each from its last step to its first.
    fn find_duplicates(&self, limit: usize, found: &mut Vec<Vec<Step>>) {
        match self {
            Self::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let before = found.len();
                    item.find_duplicates(limit, found);
                    found[before..].iter_mut().for_each(|path| path.push(Step::Index(index)));
                }
            }
            Self::Object(fields) => {
                let mut names = HashSet::new();
                for (name, value) in fields {
                    let before = found.len();
                    if !names.insert(name) && before < limit {
                        found.push(Vec::new());
                    }
                    value.find_duplicates(limit, found);
                    found[before..].iter_mut().for_each(|path| path.push(Step::Field(name.clone())));
                }
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Removed => {}
        }
    }
}

/// The path as a JSON pointer (RFC 6901).
pub(super) fn pointer(path: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Field(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        Step::Index(index) => format!("/{index}"),
    };
    path.iter().map(step).collect()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        // 5900.0 and 59e2 are whole numbers, as JSON Schema has it, as far as a float tells whole numbers apart.
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and in the range")]
        if number.fract() == 0.0 && number.abs() <= MAX_SAFE {
            return Ok(Node::Number((number as i64).into()));
        }
        // JSON has neither infinities nor NaN.
        Ok(Number::from_f64(number).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = access.next_entry()? {
            fields.push(field);
        }
        Ok(Node::Object(fields))
    }
}
