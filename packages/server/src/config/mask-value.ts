const mask = '***';
const maximumLength = 120;

// Public halves of a pair and names of files look like secrets but are none.
const publicNames =
  /(SITE_KEY|PUBLISHABLE_KEY|PUBLIC_KEY|PUBLIC_DSN|FILENAME|_LOCATION|_LIFETIME|_EXPIRATION|_SEC|_S|_COUNT|PREFIXES|_GC)$|^FEATURE_/i;
const secretNames =
  /(SECRET|CONNECTION_STRING|PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIAL|PSK|PEPPER|DSN|PRIVATE|SIGNATURE|(^|_|\.)KEY$|_KEY_|ACCESS_KEY|ACCOUNT_KEY|CONSUMER_KEY)/i;

/** Whether the last name of a key path denotes something that must never be printed. */
export function isSecretName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('.') + 1).replace(/(\[\d+\])+$/, '');
  return secretNames.test(name) && !publicNames.test(name);
}

/** A value as short JSON for a report; secrets by name, passwords in URIs and query strings are replaced by `***`. */
export function maskValue(path: string, value: unknown): string {
  const text = JSON.stringify(maskDeep(path, value)) ?? 'null';
  return text.length > maximumLength ? `${text.slice(0, maximumLength - 1)}…` : text;
}

/** The value with everything secret in it replaced, by the names on the way to it. */
export function maskDeep(path: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (isSecretName(path)) return mask;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string')
    return /_URI(\[\d+\])*$/.test(path) ? maskDatabaseUri(value) : maskUri(value);
  if (Array.isArray(value)) return value.map((item, index) => maskDeep(`${path}[${index}]`, item));
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, maskDeep(`${path}.${name}`, item)]),
    );
  }
  return value;
}

/** A password may itself hold `@`, `/` or `?`, so everything between the user and the last `@` counts as one. */
function maskUri(text: string): string {
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/]*):.*@/is, `$1:${mask}@`)
    .replace(/([?&;][^=&;]*(?:pass|secret|token|key|sig)[^=&;]*=)[^&;]*/gi, `$1${mask}`);
}

/** Shows a database URI only where its shape leaves no doubt about which part is the password. */
function maskDatabaseUri(text: string): string {
  return /^[a-z][a-z0-9+]*:\/\//i.test(text) ? maskUri(text) : mask;
}
