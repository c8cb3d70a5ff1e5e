/** Time for requests in flight to finish after a signal to stop; with all that follows less than the 30 s of Kubernetes. */
export const graceMs = 20_000;
/** Time within it in which new requests are still taken, so that balancers can turn away first. */
export const acceptMs = 5_000;
/** Time for handlers whose connection is gone to make durable what arrived. */
export const settleMs = 3_000;
/** A process that is not gone this long after the signal is ended. */
export const stopLimitMs = graceMs + settleMs + 2_000;
