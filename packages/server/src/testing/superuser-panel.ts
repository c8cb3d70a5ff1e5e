import assert from 'node:assert/strict';
import type { ServerProcess } from './server-process.ts';

/** What a superuser does in a browser. */
export interface Panel {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  call(method: string, path: string, body?: unknown): Promise<{ status: number; json: any; text: string }>;
  /** Status of the answer. */
  sendFile(name: string, content: string): Promise<number>;
}

/** Signs in by browser as the first user of a test, or as `username` with the password `password1`. */
export async function openPanel(server: Pick<ServerProcess, 'url'>, username = 'admin'): Promise<Panel> {
  const first = await fetch(`${server.url}/csrf_token`);
  let cookie = cookieOf(first);
  let { csrf_token: token } = (await first.json()) as { csrf_token: string };
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | FormData,
  ) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { cookie, 'x-csrf-token': token, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    cookie = cookieOf(answer) || cookie;
    token = answer.headers.get('x-next-csrf-token') ?? token;
    const text = await answer.text();
    return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  };
  const call = (method: string, path: string, body?: unknown) =>
    send(
      method,
      path,
      { 'content-type': 'application/json' },
      body === undefined ? undefined : JSON.stringify(body),
    );
  const signedIn = await call('POST', '/signin', { username, password: 'password1' });
  assert.equal(signedIn.status, 200, signedIn.text);
  return {
    call,
    async sendFile(name, content) {
      const form = new FormData();
      form.set('file', new Blob([content]), name);
      return (await send('POST', `/superuser/config/file/${name}`, {}, form)).status;
    },
  };
}

function cookieOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}
