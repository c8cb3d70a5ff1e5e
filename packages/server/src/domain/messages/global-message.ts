/** What the operators tell everybody. */
export interface GlobalMessage {
  readonly uuid: string;
  readonly content: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly mediaType: 'text/plain' | 'text/markdown';
}
