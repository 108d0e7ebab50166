//! Query parameters, read strictly: one that a route does not know is refused.

use rocket::Request;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::http::problem::{INVALID_PARAMETER, Problem, reject};

use super::parameter::Parameter;

/// A parameter that a route knows, as the API describes it.
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// What it can be.
    pub schema: RefOr<Schema>,
}

/// The parameters that a route knows. `parameters!` makes them; two sets in a tuple are known together.
pub trait Parameters: Sized + Send {
    /// Their names.
    fn names() -> Vec<&'static str>;

    /// Reads them.
    ///
    /// # Errors
    /// 422 `invalid_parameter`, which names the one that cannot be read.
    fn read(pairs: &Pairs) -> Result<Self, Problem>;

    /// What the API says of them.
    fn known() -> Vec<Known>;
}

/// Makes the parameters of a query, each of which may be left out: `name: T` becomes `name: Option<T>`. The comments
/// describe them to clients.
macro_rules! parameters {
    ($(#[$about:meta])* $visibility:vis struct $name:ident {
        $($(#[doc = $text:literal])+ $field:ident: $type:ty,)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default)]
        $visibility struct $name {
            $($(#[doc = $text])+ $visibility $field: Option<$type>,)*
        }

        impl $crate::http::request::query::Parameters for $name {
            fn names() -> Vec<&'static str> {
                vec![$(stringify!($field)),*]
            }

            fn read(pairs: &$crate::http::request::query::Pairs) -> Result<Self, $crate::http::Problem> {
                Ok(Self { $($field: pairs.read(stringify!($field))?,)* })
            }

            fn known() -> Vec<$crate::http::request::query::Known> {
                vec![$($crate::http::request::query::Known {
                    name: stringify!($field),
                    about: concat!($($text),+).trim_start(),
                    schema: <$type as $crate::http::request::parameter::Parameter>::schema(),
                }),*]
            }
        }
    };
}
pub(crate) use parameters;

impl Parameters for () {
    fn names() -> Vec<&'static str> {
        Vec::new()
    }

    fn read(_: &Pairs) -> Result<Self, Problem> {
        Ok(())
    }

    fn known() -> Vec<Known> {
        Vec::new()
    }
}

impl<A: Parameters, B: Parameters> Parameters for (A, B) {
    fn names() -> Vec<&'static str> {
        [A::names(), B::names()].concat()
    }

    fn read(pairs: &Pairs) -> Result<Self, Problem> {
        Ok((A::read(pairs)?, B::read(pairs)?))
    }

    fn known() -> Vec<Known> {
        A::known().into_iter().chain(B::known()).collect()
    }
}

/// The query parameters of a request, of a route that knows `P`.
pub struct Query<P>(pub P);

#[rocket::async_trait]
impl<'r, P: Parameters> FromRequest<'r> for Query<P> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match read(request) {
            Ok((parameters, _)) => Outcome::Success(Self(parameters)),
            Err(problem) => reject_query(request, problem),
        }
    }
}

/// Reads a request's parameters, and returns them as they came, too.
pub(in crate::http) fn read<P: Parameters>(request: &Request<'_>) -> Result<(P, Pairs), Problem> {
    let pairs = Pairs::of(request);
    pairs.only(&P::names())?;
    Ok((P::read(&pairs)?, pairs))
}

/// Rejects a request for its query. The fallback has its body to drain; when it has none, the request must not fall to
/// another route that fits, as `/products/export` fits `/products/<id>`.
pub(in crate::http) fn reject_query<T>(request: &Request<'_>, problem: Problem) -> request::Outcome<T, ()> {
    let status = reject(request, problem);
    if request.method().supports_payload() { Outcome::Forward(status) } else { Outcome::Error((status, ())) }
}

/// The query parameters of a request as they came, decoded.
pub struct Pairs {
    /// The path of the request, for links to further pages.
    pub(in crate::http) path: String,
    pairs: Vec<(String, String)>,
}

fn decode(text: &str) -> String {
    rocket::http::RawStr::new(text).url_decode_lossy().into_owned()
}

impl Pairs {
    fn of(request: &Request<'_>) -> Self {
        let uri = request.uri();
        let pairs = uri.query().map_or_else(Vec::new, |query| {
            let owned = |(name, value): (&str, &str)| (decode(name), decode(value));
            query
                .raw_segments()
                .filter(|raw| !raw.is_empty())
                .map(|raw| owned(raw.as_str().split_once('=').unwrap_or((raw.as_str(), ""))))
                .collect()
        });
        Self { path: uri.path().to_string(), pairs }
    }

    /// Refuses every parameter that is not in `known`, or comes twice, or holds NUL.
    fn only(&self, known: &[&str]) -> Result<(), Problem> {
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let others = match known {
                    [] => "this address takes none".to_owned(),
                    known => format!("known parameters are: {}", known.join(", ")),
                };
                return Err(refuse(name, &format!("is unknown; {others}")));
            }
            if self.pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(refuse(name, "comes twice"));
            }
            if value.contains('\0') {
                return Err(refuse(name, "holds the character NUL"));
            }
        }
        Ok(())
    }

    /// A parameter, if it is there.
    ///
    /// # Errors
    /// 422 `invalid_parameter` when it cannot be read.
    pub fn read<T: Parameter>(&self, name: &str) -> Result<Option<T>, Problem> {
        let Some((_, value)) = self.pairs.iter().find(|(known, _)| known == name) else { return Ok(None) };
        let unfit = || refuse(name, &format!("must be {}", T::expected()));
        T::read(value).map(Some).ok_or_else(unfit)
    }

    /// The parameters as they came, except one.
    pub(in crate::http) fn without(&self, left_out: &str) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .filter(move |(name, _)| name != left_out)
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The problem of a parameter.
pub fn refuse(name: &str, why: &str) -> Problem {
    let shown: String = name.chars().take(64).collect();
    INVALID_PARAMETER.because(format!("The parameter {shown:?} {why}."))
}
