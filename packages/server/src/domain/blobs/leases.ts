/*
 * Who may touch an object of the store is decided by leases in the database, compared with each node's own clock.
 *
 * A push holds the blob's row and, until its object is linked, a row of `blob_deletions` in state `pending` whose lease lies
 * ahead: if the push dies, that row is what removes the object it may have left. A deleter holds the same row in state
 * `deleting`. So an object of the store always has a placement, or a row of `blob_deletions`, never both.
 */

/** How long a push may take from reserving its digest to linking it, unless it renews. */
export const reservationLeaseMs = 15 * 60_000;

/** How often a push renews its reservation while the store assembles the object. */
export const reservationRenewalMs = 5 * 60_000;

/** What a push must have left of its lease before it touches the store or links. */
export const reservationMarginMs = 60_000;

/** How long a deleter may take over one object. */
export const deletionLeaseMs = 120_000;

/** What a deleter must have left of its lease right before it removes the object. */
export const deletionMarginMs = 90_000;

/** How far the clocks of two nodes may differ: a lease of somebody else counts as run out only after this. */
export const clockSkewMs = 30_000;

/** How long a push waits for a deleter that is at work on its digest, before the client is asked to come back. */
export const deletionWaitMs = 20_000;
