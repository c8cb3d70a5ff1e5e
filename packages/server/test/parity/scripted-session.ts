import { type Answered, type Expected, type Sent, stepsAt } from './drop-in.ts';

/** Base64 of 48 bytes. */
export const csrfToken = /^[A-Za-z0-9+/]{64}$/;

/** The answer to every sign-in. */
export const signedIn: Expected = {
  status: 200,
  body: { success: true },
  headers: { 'x-next-csrf-token': csrfToken },
};

/** A script that signs in as browsers do: it keeps the cookie, and sends the newest CSRF token that it was given. */
export function scriptedSession(url: () => string) {
  let cookie = '';
  let token = '';
  const step = stepsAt(url, () => ({
    ...(cookie === '' ? {} : { cookie }),
    ...(token === '' ? {} : { 'x-csrf-token': token }),
  }));
  return {
    async step(method: string, path: string, expected: Expected, sent?: Sent): Promise<Answered> {
      const answer = await step(method, path, expected, sent);
      for (const line of [answer.headers['set-cookie'] ?? []].flat())
        cookie = String(line).split(';', 1)[0] ?? '';
      const next = answer.headers['x-next-csrf-token'];
      if (typeof next === 'string') token = next;
      if (path === '/csrf_token') token = answer.json.csrf_token;
      return answer;
    },
    token: () => token,
    cookie: () => cookie,
    withToken(value: string): void {
      token = value;
    },
  };
}
