import { OciParseError, type OciParseReason } from './parse-error.ts';

export type JsonObject = { readonly [key: string]: unknown };

const deepest = 100;
const mostContainers = 100_000;

/**
 * Reads one JSON object out of UTF-8 bytes or text, refusing what costs too much: more than 100 levels or
 * 100,000 objects and arrays. Throws OciParseError with the given reason.
 */
export function parseJsonObject(
  input: Uint8Array | string,
  reason: OciParseReason,
  what: string,
): JsonObject {
  const text = typeof input === 'string' ? input : decodeUtf8(input, reason, what);
  refuseBombs(text, reason, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new OciParseError(reason, `${what} is not valid JSON.`);
  }
  if (!isJsonObject(value)) throw new OciParseError(reason, `${what} must be a JSON object.`);
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property; never one that every object inherits, such as `constructor`. */
export function ownProperty(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function decodeUtf8(bytes: Uint8Array, reason: OciParseReason, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new OciParseError(reason, `${what} is not valid UTF-8.`);
  }
}

/** One pass over the text before JSON.parse builds anything. */
function refuseBombs(text: string, reason: OciParseReason, what: string): void {
  let depth = 0;
  let containers = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = endOfString(text, index);
    } else if (code === openBrace || code === openBracket) {
      depth += 1;
      containers += 1;
      if (depth > deepest || containers > mostContainers) {
        throw new OciParseError(reason, `${what} is nested too deeply or has too many parts.`);
      }
    } else if (code === closeBrace || code === closeBracket) {
      depth -= 1;
    }
    index += 1;
  }
}

/** Index of the quote that ends the string, or the end of the text. */
function endOfString(text: string, start: number): number {
  let index = text.indexOf('"', start + 1);
  while (index !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(index - 1 - backslashes) === backslash) backslashes += 1;
    if (backslashes % 2 === 0) return index;
    index = text.indexOf('"', index + 1);
  }
  return text.length;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
