/** The rules forbid this URL; the message is safe to show. */
export class OutboundRefusedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'OutboundRefusedError';
  }
}

/** Nobody answered, or not within the limits; the message is safe to show. */
export class OutboundFailedError extends Error {
  constructor(reason: string, options: { readonly cause?: unknown } = {}) {
    super(reason, options);
    this.name = 'OutboundFailedError';
  }
}
