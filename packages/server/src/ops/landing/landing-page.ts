import { z } from 'zod';
import { answer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

const style = `
body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:4rem auto;padding:0 1.5rem;color:#151515;background:#fff}
h1{font-size:2rem;margin:0 0 .25rem}p.lead{margin-top:0;color:#4d4d4d}
pre{background:#f2f2f2;padding:1rem;border-radius:6px;overflow-x:auto}code{font:14px/1.6 ui-monospace,monospace}
@media(prefers-color-scheme:dark){body{color:#f2f2f2;background:#151515}p.lead{color:#c7c7c7}pre{background:#292929}}
`;

/** The first page: what this is and the commands that come next. Until the web interface is there, it is the only one. */
export const landingPage = route({
  operationId: 'landingPage',
  method: 'GET',
  url: '/',
  status: 200,
  access: { name: 'public', check: async () => undefined },
  request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
  response: z.unknown(),
  async handle(_input, services: OpsServices, request) {
    const host = escapeHtml(request.host);
    const title = escapeHtml(services.title);
    const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style></head><body><main>
<h1>${title}</h1><p class="lead">A container registry. It is running.</p>
<h2>First steps</h2>
<p>Create the first user; it becomes the superuser, and this works once only:</p>
<pre><code>curl -X POST ${escapeHtml(request.baseUrl)}/api/v1/user/initialize \\
  -H 'Content-Type: application/json' \\
  -d '{"username": "admin", "password": "choose-a-long-one", "email": "admin@example.com", "access_token": true}'</code></pre>
<p>Then log in and push an image:</p>
<pre><code>docker login ${host}
docker tag alpine ${host}/admin/alpine
docker push ${host}/admin/alpine</code></pre>
<p>On the machine itself <code>npx wharf --help</code> lists the commands for operators.
<a href="/health/endtoend">Health</a></p>
</main></body></html>
`;
    return answer({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      },
      body,
    });
  },
});
