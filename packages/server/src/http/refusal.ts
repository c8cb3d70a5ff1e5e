import type { Answer } from '#/http/answer.ts';

/** Ends a request with this very answer, for refusals whose shape is no surface's usual one. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.name = 'Refusal';
    this.answer = answer;
  }
}
