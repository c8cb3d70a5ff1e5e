import { type Answer, type AnswerHeaders, answer } from '#/http/answer.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

/** No script, no frame, nothing from elsewhere. */
export const pageHeaders: AnswerHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action *; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const style =
  'body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1.5rem;color:#151515;background:#fff}' +
  'h1{font-size:1.5rem}button{font:inherit;padding:.4rem 1rem;margin-right:.5rem}code{overflow-wrap:anywhere}' +
  '@media(prefers-color-scheme:dark){body{color:#f2f2f2;background:#151515}a{color:#92c5f9}}';

/** A small page of its own: `title` is text, `content` is HTML whose parts were escaped. */
export function htmlPage(
  status: number,
  page: { readonly title: string; readonly content: string },
  headers: AnswerHeaders = {},
): Answer {
  const title = escapeHtml(page.title);
  return answer({
    status,
    headers: { ...pageHeaders, ...headers },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width"><style>${style}</style></head><body><h1>${title}</h1>${page.content}</body></html>`,
  });
}

/** A page that says one thing and leads to the first page. */
export function messagePage(status: number, title: string, message: string): Answer {
  return htmlPage(status, { title, content: `<p>${escapeHtml(message)}</p><p><a href="/">Go on</a></p>` });
}
