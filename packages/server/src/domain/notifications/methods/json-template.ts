import { DomainError } from '#/domain/errors.ts';

/** A parsed template of a webhook's body. */
export interface JsonTemplate {
  /** The JSON text of the template filled with the event's data. */
  fill(data: Readonly<Record<string, unknown>>): string;
}

const longestCharacters = 16 * 1024;
const deepest = 32;
const missing = '(none)';
const expression = /\$\{([^}]*)\}/g;
const wholeExpression = /^\$\{([^}]*)\}$/;
const pathPattern = /^(?:\$\.)?[\w-]+(?:\.[\w-]+|\[(?:[0-9]{1,6}|\*)\])*$/;

/**
 * JSON whose texts may hold `${path}` (`a.b`, `a[0].b`, `a[*]` for the first): alone in a text it stands for the value itself, else for its text; what the data does not have
 * reads `(none)`. Throws DomainError `invalid_request`.
 */
export function parseJsonTemplate(text: string): JsonTemplate {
  const template = parse(text);
  check(template, 0);
  return { fill: (data) => JSON.stringify(fill(template, data)) };
}

function parse(text: string): unknown {
  if (text.length > longestCharacters)
    throw new DomainError('invalid_request', `A template has at most ${longestCharacters} characters.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DomainError('invalid_request', 'The template is not JSON.', { cause });
  }
}

function check(value: unknown, depth: number): void {
  if (depth > deepest) throw new DomainError('invalid_request', 'The template is nested too deeply.');
  if (typeof value === 'string') {
    for (const [, path = ''] of value.matchAll(expression)) {
      if (!pathPattern.test(path.trim()))
        throw new DomainError('invalid_request', `The template has the unknown expression "\${${path}}".`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      check(key, depth + 1);
      check(item, depth + 1);
    }
  }
}

function fill(value: unknown, data: unknown): unknown {
  if (typeof value === 'string') return fillText(value, data);
  if (Array.isArray(value)) return value.map((item) => fill(item, data));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [asText(fillText(key, data)), fill(item, data)]),
  );
}

function fillText(text: string, data: unknown): unknown {
  const whole = wholeExpression.exec(text)?.[1];
  if (whole !== undefined) return look(whole, data);
  return text.replace(expression, (_, path: string) => asText(look(path, data)));
}

function look(path: string, data: unknown): unknown {
  const steps =
    path
      .trim()
      .replace(/^\$\./, '')
      .match(/[\w-]+|\*/g) ?? [];
  let found = data;
  for (const step of steps) {
    const isThere = typeof found === 'object' && found !== null;
    if (Array.isArray(found)) found = found[step === '*' ? 0 : Number(step)];
    else
      found =
        isThere && Object.hasOwn(found as object, step) ? Reflect.get(found as object, step) : undefined;
    if (found === undefined) return missing;
  }
  return found;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
