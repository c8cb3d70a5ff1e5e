import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { readInstanceKeyFiles } from '#/auth/instance-key-files.ts';
import { authSettings } from '#/compose/settings.ts';
import { explain } from '#/config/validators/describe-connection-fault.ts';
import type { OutboundResponse } from '#/platform/outbound-http.ts';
import { type DoctorCheck, type Finding, failed, ok, type Patient, warning } from './finding.ts';

const requestLimitMs = 5_000;
const harmfulDriftMs = 60_000;

/** Whether clients that use `SERVER_HOSTNAME` find a registry, and this one. */
export const addressCheck: DoctorCheck = {
  name: 'address',
  async run(patient) {
    const { serverHostname, preferredUrlScheme } = patient.configuration.server;
    if (serverHostname === undefined)
      return [
        warning(
          'address',
          'SERVER_HOSTNAME is not set: URLs follow the Host of each request.',
          'Set it before other machines use the registry.',
        ),
      ];
    const base = `${preferredUrlScheme}://${serverHostname}`;
    const resolved = await examineName(new URL(base).hostname);
    if (resolved.status === 'failed') return [resolved];
    return [resolved, ...(await examineAnswer(base, patient))];
  },
};

async function examineName(bracketed: string): Promise<Finding> {
  const host = bracketed.replaceAll(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return ok('address name', `${host} is an address.`);
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    return ok('address name', `${host} is ${addresses.join(', ')}.`);
  } catch {
    return failed(
      'address name',
      `The name ${host} cannot be resolved here.`,
      'Check SERVER_HOSTNAME; add the name to the DNS, which clients need too.',
    );
  }
}

async function examineAnswer(base: string, patient: Patient): Promise<readonly Finding[]> {
  let answer: OutboundResponse;
  try {
    answer = await ask(`${base}/v2/`, patient);
  } catch (error) {
    const reason = explain(error);
    const isTls = /certificate|TLS/.test(reason);
    return [
      isTls
        ? failed(
            'address answer',
            `${base}: ${reason}.`,
            'Clients refuse the registry for the same reason: see the certificates above, and PREFERRED_URL_SCHEME.',
          )
        : warning(
            'address answer',
            `${base}: ${reason}.`,
            'If the registry should be running: start it, and check that firewall, port forwarding or proxy lead to it.',
          ),
    ];
  }
  if (answer.headers['docker-distribution-api-version'] === undefined)
    return [
      failed(
        'address answer',
        `What answers at ${base}/v2/ (status ${answer.status}) is no registry.`,
        'Another service has this name and port, or the proxy in front does not pass /v2/ on.',
      ),
    ];
  return [judgeRealm(base, answer), await judgeIdentity(base, patient), ...judgeDate(answer, patient)];
}

/** Clients go to the realm for their tokens. */
function judgeRealm(base: string, { headers }: OutboundResponse): Finding {
  const realm = /realm="([^"]*)"/.exec(headers['www-authenticate'] ?? '')?.[1] ?? '';
  if (URL.canParse(realm) && new URL(realm).origin === new URL(base).origin)
    return ok('address answer', `A registry answers at ${base}, and sends clients there for tokens.`);
  return failed(
    'address answer',
    `The registry at ${base} sends clients to ${realm === '' ? 'no address' : realm} for tokens.`,
    'Set SERVER_HOSTNAME and PREFERRED_URL_SCHEME as clients see them (EXTERNAL_TLS_TERMINATION: true behind a proxy with TLS), and restart.',
  );
}

/** A registry publishes the key of this instance only when it has the same database. */
async function judgeIdentity(base: string, patient: Patient): Promise<Finding> {
  const { configuration, dataDirectory } = patient;
  const key = await readInstanceKeyFiles(authSettings(configuration, dataDirectory).instanceKey);
  if (key === undefined)
    return warning(
      'address identity',
      'This data directory has no instance key, so it cannot be told whether that is this registry.',
      'Run wharf doctor with the --data and --config of the server.',
    );
  const service = encodeURIComponent(configuration.secrets.instanceServiceKeyService);
  const { status } = await ask(
    `${base}/keys/services/${service}/keys/${encodeURIComponent(key.kid)}`,
    patient,
  );
  if (status === 200 || status === 403)
    return ok('address identity', 'It is this registry: it knows the key of this instance.');
  return failed(
    'address identity',
    `Another registry answers at ${base}: it does not know the key of this instance.`,
    'Check DNS, port forwarding and the proxy in front, and that all nodes use the same DB_URI.',
  );
}

function judgeDate({ headers }: OutboundResponse, { clock }: Patient): readonly Finding[] {
  const sentMs = Date.parse(headers.date ?? '');
  if (Number.isNaN(sentMs)) return [];
  const seconds = Math.round(Math.abs(clock.nowMs() - sentMs) / 1000);
  if (seconds * 1000 < harmfulDriftMs) return [];
  return [
    failed(
      'clock',
      `The clock of what answers there and that of this machine differ by ${seconds} s: tokens of one are not valid for the other.`,
      'Let an NTP client keep the clocks of all nodes.',
    ),
  ];
}

async function ask(url: string, { outbound }: Patient): Promise<OutboundResponse> {
  return await outbound.request({
    url,
    method: 'GET',
    timeoutMs: requestLimitMs,
    trust: 'configuration',
    maximumResponseBytes: 64 * 1024,
    cutLongResponse: true,
    followRedirects: false,
  });
}
