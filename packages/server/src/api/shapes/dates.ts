const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `Mon, 06 Jan 2020 10:00:00 -0000`, Quay's usual date (RFC 2822, always UTC); null stays null. */
export function formatDate(ms: number): string;
export function formatDate(ms: number | null): string | null;
export function formatDate(ms: number | null): string | null {
  return ms === null ? null : `${stem(ms)} -0000`;
}

/** `Mon, 06 Jan 2020 10:00:00 GMT`: dates of service keys. */
export function formatGmtDate(ms: number | null): string | null {
  return ms === null ? null : `${stem(ms)} GMT`;
}

/** `2020-01-06T10:00:00Z`, without fractions of a second. */
export function formatIsoDate(ms: number | null): string | null {
  return ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function stem(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${two(at.getUTCDate())} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${days[at.getUTCDay()]}, ${date} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}
