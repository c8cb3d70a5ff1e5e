import type { ServerResponse } from 'node:http';

export type AnswerHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** What a handler returns when it decides on more than the body. */
export interface Answer {
  readonly status: number;
  readonly headers?: AnswerHeaders;
  /**
   * Bytes or text as they are; a function that writes to the response and ends it (it starts after the headers are set, and its
   * rejection destroys the connection, since the status line is out); absent for an empty body.
   */
  readonly body?: Buffer | string | ((response: ServerResponse) => Promise<void>);
  /** Gives back what the body holds open; called once in every case, also when the client is gone before the body starts. */
  readonly dispose?: () => Promise<void>;
}

const isAnswerMark: unique symbol = Symbol('answer');

/** Marks a value as a whole answer instead of a JSON body. */
export function answer(value: Answer): Answer {
  return Object.assign({ [isAnswerMark]: true }, value);
}

export function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && isAnswerMark in value;
}

/** An answer whose body is the JSON text of `value`. */
export function jsonAnswer(status: number, value: unknown, headers: AnswerHeaders = {}): Answer {
  return answer({
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  });
}
