//! The table of prices over HTTP.

use axum::{Json, extract::State};
use kaname_identity::SignedIn;
use kaname_platform::http::Problem;
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{PriceEntry, Prices};
use crate::{
    Error, Gateway,
    http::{GatewayState, require_reader},
    model::Price,
};

pub(crate) fn router() -> OpenApiRouter<GatewayState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A price that can be taken over.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Offer {
    /// As the table has it.
    entry: PriceEntry,
    /// The same for an endpoint; absent where no rate is stated for the currency.
    price: Option<Price>,
}

/// The table of prices.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Offers {
    items: Vec<Offer>,
    /// There is never a further page.
    next_cursor: Option<String>,
    /// The day of the table.
    as_of: String,
    /// The name of the key that signed it; absent for the table that ships.
    signed_by: Option<String>,
}

impl From<&Prices> for Offers {
    fn from(prices: &Prices) -> Self {
        let offer =
            |entry: &PriceEntry| Offer { price: prices.in_yen(entry), entry: entry.clone() };
        Self {
            items: prices.table().entries.iter().map(offer).collect(),
            next_cursor: None,
            as_of: prices.table().as_of.clone(),
            signed_by: prices.signed_by().map(str::to_owned),
        }
    }
}

/// Prices that are known, with day and source. None is applied by itself.
#[utoipa::path(get, path = "/prices", tag = "gateway", operation_id = "list_prices",
    responses((status = 200, body = Offers), (status = 403, body = Problem)))]
async fn list(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
) -> Result<Json<Offers>, Error> {
    require_reader(&by)?;
    Ok(Json(gateway.prices.as_deref().map_or_else(nothing, Offers::from)))
}

fn nothing() -> Offers {
    Offers { items: Vec::new(), next_cursor: None, as_of: String::new(), signed_by: None }
}
