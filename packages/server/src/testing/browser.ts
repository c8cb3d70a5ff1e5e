import { callHttp } from '#/testing/push-http.ts';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Where it redirects to, parsed; undefined when it does not. */
  readonly location: URL | undefined;
}

/** What a browser without script does: keeps cookies, sends forms, and shows where it is redirected without going there. */
export interface Browser {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<PageAnswer>;
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<PageAnswer>;
  /** Through the page and its form. */
  signIn(username: string, password: string): Promise<void>;
  /** `Cookie` header of now. */
  cookie(): string;
}

/** A browser that knows only the registry at `url`. */
export function openBrowser(url: string): Browser {
  const cookies = new Map<string, string>();

  async function send(method: string, path: string, headers: Record<string, string>, body?: Buffer) {
    const cookie = cookieHeader();
    const answer = await callHttp(new URL(path, url).href, {
      method,
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const pair = line.split(';', 1)[0] ?? '';
      const equals = pair.indexOf('=');
      cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
    const { location } = answer.headers;
    return {
      status: answer.status,
      headers: answer.headers,
      text: answer.body.toString('utf8'),
      location: location === undefined ? undefined : new URL(location, url),
    };
  }

  function cookieHeader(): string {
    return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  const browser: Browser = {
    get: (path, headers = {}) => send('GET', path, { ...headers }),
    post: (path, fields, headers = {}) =>
      send(
        'POST',
        path,
        { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        Buffer.from(new URLSearchParams(fields).toString()),
      ),
    async signIn(username, password) {
      const page = await browser.get('/signin');
      const fields = formFieldsOf(page.text, '/signin');
      const answer = await browser.post('/signin', { ...fields, username, password });
      if (answer.status !== 303) throw new Error(`sign-in of ${username}: ${answer.status} ${answer.text}`);
    },
    cookie: cookieHeader,
  };
  return browser;
}

/** The hidden fields of the form of a page that posts to `action`. */
export function formFieldsOf(html: string, action: string): Record<string, string> {
  const form = html.split('<form ').find((part) => part.includes(`action="${action}"`));
  if (form === undefined) throw new Error(`no form posts to ${action}: ${html}`);
  const fields: Record<string, string> = {};
  const inner = form.split('</form>', 1)[0] ?? '';
  for (const [, name = '', value = ''] of inner.matchAll(
    /<input type="hidden" name="([^"]*)" value="([^"]*)">/g,
  )) {
    fields[name] = unescapeHtml(value);
  }
  return fields;
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
