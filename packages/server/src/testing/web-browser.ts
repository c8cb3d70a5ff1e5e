import { callHttp } from '#/testing/push-http.ts';

export interface WebPage {
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Where it redirects to. */
  readonly location: URL | undefined;
}

/** A browser without script that visits several sites: cookies of each origin, forms, redirects one by one or until told to stop. */
export interface WebBrowser {
  get(url: string | URL): Promise<WebPage>;
  post(
    url: string | URL,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<WebPage>;
  /** Follows redirects, and submits forms without fields as somebody who agrees, until the next address is one where `isEnd` holds. */
  walk(from: string | URL, isEnd: (url: URL) => boolean): Promise<URL>;
  /** Cookies of an origin by name. */
  cookiesOf(url: string | URL): Map<string, string>;
}

const mostSteps = 30;

export function openWebBrowser(): WebBrowser {
  const jars = new Map<string, Map<string, string>>();

  function cookiesOf(url: string | URL): Map<string, string> {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  }

  async function send(
    method: string,
    target: string | URL,
    headers: Readonly<Record<string, string>>,
    body?: Buffer,
  ): Promise<WebPage> {
    const url = new URL(target);
    const jar = cookiesOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await callHttp(url.href, {
      method,
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of answer.headers['set-cookie'] ?? []) keep(jar, line);
    const { location } = answer.headers;
    return {
      url,
      status: answer.status,
      headers: answer.headers,
      text: answer.body.toString('utf8'),
      location: location === undefined ? undefined : new URL(location, url),
    };
  }

  const get = (url: string | URL) => send('GET', url, {});
  const post: WebBrowser['post'] = (url, fields, headers = {}) =>
    send(
      'POST',
      url,
      { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      Buffer.from(new URLSearchParams(fields).toString()),
    );
  return {
    get,
    post,
    cookiesOf,
    async walk(from, isEnd) {
      let next = new URL(from);
      let method: 'GET' | 'POST' = 'GET';
      for (let step = 0; step < mostSteps; step += 1) {
        if (isEnd(next)) return next;
        const page: WebPage = method === 'GET' ? await get(next) : await post(next, {});
        const action = /<form method="post" action="([^"]+)"/.exec(page.text)?.[1];
        if (page.location === undefined && action === undefined) {
          throw new Error(`${next.href} leads nowhere: ${page.status} ${page.text}`);
        }
        next = page.location ?? new URL(action ?? '', page.url);
        method = page.location === undefined ? 'POST' : 'GET';
      }
      throw new Error(`${from} leads in circles`);
    },
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, equals);
  const isEnded = attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute));
  if (isEnded || /expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
  else jar.set(name, pair.slice(equals + 1));
}
