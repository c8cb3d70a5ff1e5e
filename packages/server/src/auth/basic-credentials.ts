/** What a client sent with the Basic scheme. */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

const headerPattern = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;
// RFC 7617 forbids control characters in both parts; a NUL would also end a bcrypt password early and upset PostgreSQL.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlPattern = /[\u0000-\u001f\u007f]/;
/** No account or e-mail address is longer; what is kept per name stays bounded. */
const longestUsername = 255;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** User name and password of an `Authorization: Basic` header (RFC 7617, UTF-8), undefined when it is malformed in any way. */
export function parseBasicCredentials(header: string): BasicCredentials | undefined {
  const encoded = headerPattern.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = decodeUtf8(Buffer.from(encoded, 'base64'));
  if (text === undefined || controlPattern.test(text)) return undefined;
  const colon = text.indexOf(':');
  if (colon < 1 || colon > longestUsername) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
