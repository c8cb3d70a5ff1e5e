import type { ApiAnswer, ApiFixture } from '#/testing/api-fixture.ts';

/** Path and query of the link in a mail of `registry.example.com`. */
export function findMailLink(source: string): string {
  const text = source.replaceAll('=\r\n', '').replaceAll('=3D', '=');
  const link = /http:\/\/registry\.example\.com(\/\w+\?code=[\w-]+)/.exec(text)?.[1];
  if (link === undefined) throw new Error(`there is no link in: ${text}`);
  return link;
}

/** Opens the page of a link as a browser without script does, and presses its button; the page itself when it has none. */
export async function followMailLink(
  api: Pick<ApiFixture, 'call'>,
  link: string,
): Promise<{ readonly page: ApiAnswer; readonly followed: ApiAnswer }> {
  const page = await api.call('GET', `/${link}`);
  const action = /<form method="post" action="([^"]+)">/.exec(page.text)?.[1];
  if (action === undefined) return { page, followed: page };
  const fields = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  const form = new URLSearchParams(
    fields.map(([, name = '', value = '']): [string, string] => [name, value]),
  );
  return { page, followed: await postForm(api, action, form, page) };
}

/** Sends a form with the cookie that a page set. */
export async function postForm(
  api: Pick<ApiFixture, 'call'>,
  action: string,
  form: URLSearchParams,
  page: ApiAnswer,
): Promise<ApiAnswer> {
  const [cookie = ''] = String(page.headers['set-cookie'] ?? '').split(';', 1);
  return api.call('POST', `/${action}`, { form: form.toString(), headers: { cookie } });
}
