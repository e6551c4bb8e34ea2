//! Settles what a call held: as spent when its outcome is known, given back when it never was sent.

use std::collections::BTreeMap;

use kaname_kernel::{ActId, Timestamp};
use kaname_platform::{DbError, Tx};

use super::{
    spending::Spent,
    standing::{self, Holding, Place},
    store,
};

/// Turns what the attempt `act` holds into what it `spent`.
pub(crate) async fn settle(
    tx: &mut Tx,
    act: ActId,
    spent: Spent,
    now: Timestamp,
) -> Result<(), DbError> {
    let holdings = standing::let_go(tx, act).await?;
    turn(tx, holdings, &spent, now).await
}

/// Gives back what the attempts `acts` hold: nobody knows what they used.
pub(crate) async fn release(tx: &mut Tx, acts: &[ActId], now: Timestamp) -> Result<(), DbError> {
    let mut holdings = Vec::new();
    for act in acts {
        holdings.extend(standing::let_go(tx, *act).await?);
    }
    turn(tx, holdings, &Spent::default(), now).await
}

async fn turn(
    tx: &mut Tx,
    holdings: Vec<Holding>,
    spent: &Spent,
    now: Timestamp,
) -> Result<(), DbError> {
    // In the order in which every other transaction locks them, each row once.
    let mut by_place: BTreeMap<Place, Vec<u64>> = BTreeMap::new();
    for holding in holdings {
        by_place.entry(holding.place).or_default().push(holding.amount);
    }
    let now_ms = now.as_millis();
    for (place, amounts) in by_place {
        let limit = store::limit_of(tx, place.institution, place.budget).await?;
        let before = standing::lock(tx, place, now_ms).await?;
        let after = amounts.into_iter().fold(before, |stands, amount| {
            limit.settle(stands, amount, spent.cost.as_ref(), now_ms)
        });
        standing::write(tx, place, after).await?;
    }
    Ok(())
}
