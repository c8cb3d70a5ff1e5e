/** Calls as the scripts of a page make them, with cookies and CSRF token; each gives the text of the answer. */
export async function openSession(
  url: string,
): Promise<(method: string, path: string, body?: unknown) => Promise<string>> {
  const cookies = new Map<string, string>();
  let token: string | undefined;
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-requested-with': 'XMLHttpRequest',
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        ...(token === undefined ? {} : { 'x-csrf-token': token }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      cookies.set(name, value);
    }
    token = answer.headers.get('x-next-csrf-token') ?? token;
    return answer;
  };
  const { csrf_token } = (await (await call('GET', '/csrf_token')).json()) as { csrf_token: string };
  token = csrf_token;
  return async (method, path, body) => (await call(method, path, body)).text();
}
