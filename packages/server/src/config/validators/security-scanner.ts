import { setTimeout as sleep } from 'node:timers/promises';
import { defineValidator, type ValidationContext } from './define-validator.ts';
import { explain } from './describe-connection-fault.ts';
import { signAsRegistry } from './sign-as-registry.ts';

const tries = 5;
const pauseMs = 1000;

/** The scanner answers a ping that is signed as every call to it. Nothing is asked unless the running registry has scans on: only then does it know our key. */
export const securityScannerValidator = defineValidator({
  service: 'security-scanner',
  timeLimitMs: 45_000,
  runsWhen: ({ interface: ui }) => ui.featureSecurityScanner,
  async check(context) {
    const { given, running } = context;
    if (running !== undefined && !running.interface.featureSecurityScanner) return undefined;
    const endpoint = given.SECURITY_SCANNER_ENDPOINT;
    if (typeof endpoint !== 'string' || endpoint === '')
      return 'SECURITY_SCANNER_ENDPOINT is missing: where the scanner listens.';
    if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
      return 'SECURITY_SCANNER_ENDPOINT must start with http:// or https://.';
    let reason: string | undefined;
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      if (attempt > 1) await sleep(pauseMs, undefined, { signal: context.signal });
      reason = await ping(context, endpoint);
      if (reason === undefined) return undefined;
    }
    return reason;
  },
});

async function ping(context: ValidationContext, endpoint: string): Promise<string | undefined> {
  const { protocol, hostname, port } = new URL(endpoint);
  const audience = `${protocol}//${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
  try {
    const { status, body } = await context.outbound.request({
      url: `${endpoint.replace(/\/+$/, '')}/v1/metrics`,
      method: 'GET',
      headers: { authorization: `Bearer ${await signAsRegistry(context, { aud: audience })}` },
      timeoutMs: 5000,
      trust: 'configuration',
      maximumResponseBytes: 1024 ** 2,
      cutLongResponse: true,
      followRedirects: false,
    });
    if (status === 200) return undefined;
    const said = body.toString('utf8').replaceAll(/\s+/g, ' ').slice(0, 200);
    return `The scanner cannot be pinged: it answered with status ${status}: ${said}`;
  } catch (error) {
    return `The scanner cannot be pinged: ${explain(error)}`;
  }
}
