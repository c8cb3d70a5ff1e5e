/** What people type is at most so long; longer text finds nothing. */
const longestText = 255;

/** The text to look for in names, which are in lower case; undefined for what no name can contain. */
export function findSearchText(text: string): string | undefined {
  const trimmed = text.trim().toLowerCase();
  return trimmed.length > longestText || trimmed.includes('\0') ? undefined : trimmed;
}

/** For `like ... escape '!'`: the text itself, whatever it holds. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[!%_]/g, '!$&');
}

/** Behind every name that starts with the prefix, in the order of bytes: names are ASCII. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u007f`;
}
