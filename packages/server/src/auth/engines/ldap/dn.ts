/** Of RFC 4514, section 3: one attribute and its value, joined with others by `+`. */
const type = String.raw`(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*)`;
const pair = String.raw`\\(?:[ "#+,;<=>\\]|[0-9A-Fa-f]{2})`;
const value = String.raw`(?:#(?:[0-9A-Fa-f]{2})+|(?:[^\\"+,;<>\u0000]|${pair})*)`;
const rdn = String.raw`\s*${type}\s*=\s*${value}(?:\+\s*${type}\s*=\s*${value})*`;
const dnPattern = new RegExp(`^${rdn}(?:,${rdn})*$`, 'u');
const longestDn = 4096;

/** Whether the text is a distinguished name (RFC 4514) that names something. */
export function isDn(text: string): boolean {
  return text.length <= longestDn && dnPattern.test(text);
}

/** The domain that the `dc` pieces at the end of a name spell, such as `example.com`; empty when there are none. */
export function domainOfDn(dn: string): string {
  const labels = dn
    .split(/(?<!\\),/)
    .map((piece) => /^\s*dc\s*=\s*([A-Za-z0-9-]+)\s*$/i.exec(piece)?.[1])
    .reverse();
  const end = labels.indexOf(undefined);
  return labels
    .slice(0, end === -1 ? labels.length : end)
    .reverse()
    .join('.')
    .toLowerCase();
}
