import type { FastifyInstance } from 'fastify';
import { notedOrigin } from '#/http/client-of.ts';
import { isEncrypted } from '#/http/connection.ts';
import { originForm } from '#/http/origin-form.ts';
import { hostPattern } from '#/http/request-origin.ts';

export interface RedirectTarget {
  /** `SERVER_HOSTNAME`, with its port; undefined: the host of each request. */
  readonly serverHostname: string | undefined;
  /** Port of the TLS listener, for hosts of requests. */
  readonly port: number;
}

/** Monitors, balancers and certificate authorities ask without TLS. */
const servedPlain =
  /^\/(?:health(?:\/.*)?|status|metrics|(?:v1\/|c1\/)?_internal_ping|\.well-known\/acme-challenge\/.*)$/;

/** Sends whoever comes without TLS to the same place with it; `target` gives undefined while nothing listens there. */
export function redirectToTls(app: FastifyInstance, target: () => RedirectTarget | undefined): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    const found = isEncrypted(raw) || notedOrigin(raw).scheme === 'https' ? undefined : target();
    const url = originForm(request.originalUrl);
    if (found === undefined || servedPlain.test(url.split('?', 1)[0] ?? '')) {
      done();
      return;
    }
    const host = found.serverHostname ?? hostOf(raw.headers.host, found.port);
    // Only GET and HEAD may become another method on the way, and keep to what every client knows.
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (host === undefined) reply.code(400).send('The request needs a valid Host header.\n');
    else
      reply
        .code(isRead ? 301 : 308)
        .header('location', `https://${host}${url}`)
        .header('content-type', 'text/plain')
        .send('This registry is reached with https.\n');
  });
}

function hostOf(header: string | undefined, port: number): string | undefined {
  if (header === undefined || !hostPattern.test(header)) return undefined;
  const name = header.replace(/:[0-9]+$/, '');
  return port === 443 ? name : `${name}:${port}`;
}
