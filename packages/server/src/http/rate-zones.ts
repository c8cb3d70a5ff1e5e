import type { RateZone } from '#/http/rate-limits.ts';

const heavy = { perSecond: 5 };
const light = { perSecond: 50 };
const byCredentials = { perSecond: 120 };

const zones = {
  catalog: { name: 'catalog', ...heavy, burst: 1 },
  tags: { name: 'tags', ...heavy, burst: 2 },
  manifests: { name: 'manifests', ...light, burst: 10 },
  blobs: { name: 'blobs', ...light, burst: 50 },
  token: { name: 'token', ...byCredentials, burst: 2 },
  registry: { name: 'registry', perSecond: 60, burst: 20 },
  api: { name: 'api', ...heavy, burst: 25 },
} as const satisfies Readonly<Record<string, RateZone>>;

/** What limits a request: its zone, and what is counted together beside the client. */
export interface LimitedRequest {
  readonly zone: RateZone;
  /** Namespace of a repository's route. */
  readonly namespace: string | undefined;
  /** Clients are told apart by their credentials instead of their address. */
  readonly byCredentials: boolean;
}

/** The zone of a path, by the table of operations reference 5; undefined: not limited. */
export function findRateZone(url: string): LimitedRequest | undefined {
  const path = url.split('?', 1)[0] ?? '';
  if (path.startsWith('/api/')) return { zone: zones.api, namespace: undefined, byCredentials: false };
  if (!path.startsWith('/v2/')) return undefined;
  if (path === '/v2/auth') return { zone: zones.token, namespace: undefined, byCredentials: true };
  if (path === '/v2/_catalog') return { zone: zones.catalog, namespace: undefined, byCredentials: false };
  const namespace = path.split('/', 3)[2];
  const kind = /\/(tags|manifests|blobs)\//.exec(path)?.[1] as 'tags' | 'manifests' | 'blobs' | undefined;
  const zone = kind === undefined ? zones.registry : zones[kind];
  return { zone, namespace: kind === undefined ? undefined : namespace, byCredentials: false };
}
