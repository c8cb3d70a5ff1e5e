import { type Answer, answer } from '#/http/answer.ts';

/** Sends the browser to a checked redirect URI; undefined parameters are left out. */
export function redirectAnswer(
  redirectUri: string,
  query: Readonly<Record<string, string | undefined>>,
  fragment?: Readonly<Record<string, string>>,
): Answer {
  const joint = redirectUri.includes('?') ? '&' : '?';
  const hash = fragment === undefined ? '' : `#${new URLSearchParams(fragment)}`;
  return answer({
    status: 302,
    headers: {
      location: `${redirectUri}${joint}${new URLSearchParams(present(query))}${hash}`,
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'referrer-policy': 'no-referrer',
    },
  });
}

function present(query: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}
