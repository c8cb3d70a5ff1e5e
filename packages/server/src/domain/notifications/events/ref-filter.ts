import { RE2JS } from 're2js';
import { DomainError } from '#/domain/errors.ts';

const longestExpression = 512;
/** Longer than any name that git accepts in practice. */
const longestRef = 1024;

/**
 * Whether the expression matches at the start of the ref (`refs/heads/main`). Expressions come from users: they are RE2, whose time is
 * linear in the ref, so look-around and back-references are unknown here. A wrong expression matches nothing.
 */
export function matchesRef(expression: string, ref: string): boolean {
  if (expression.length > longestExpression || ref.length > longestRef) return false;
  try {
    return RE2JS.compile(expression).matcher(ref).lookingAt();
  } catch {
    return false;
  }
}

/** Throws DomainError `invalid_request` for an expression that could match nothing. */
export function checkRefExpression(expression: unknown): void {
  if (expression === undefined || expression === null || expression === '') return;
  if (typeof expression !== 'string' || expression.length > longestExpression)
    throw new DomainError(
      'invalid_request',
      `ref-regex must be a text of at most ${longestExpression} characters.`,
    );
  try {
    RE2JS.compile(expression);
  } catch (cause) {
    throw new DomainError(
      'invalid_request',
      'ref-regex is not a regular expression (RE2 syntax, without look-around and back-references).',
      { cause },
    );
  }
}
