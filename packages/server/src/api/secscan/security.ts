import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { getHeldManifest } from '#/api/manifest/get-repo-manifest.ts';
import { findImageDigest } from '#/api/shapes/legacy-images.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { DomainError } from '#/domain/errors.ts';
import { imageReadOrBasic } from './basic-read.ts';

const query = z.object({ vulnerabilities: booleanQuery(false) });
const securitySchema = z.object({
  status: z.enum(['scanned', 'queued', 'failed', 'unsupported', 'manifest_layer_too_large']),
  data: z.object({ Layer: z.unknown() }).nullable(),
});

/** Nothing has been scanned yet. */
const waiting: z.infer<typeof securitySchema> = { status: 'queued', data: null };

/** What a scanner found in a manifest (REST reference 9.19). */
export const getRepoManifestSecurity = apiRoute({
  operationId: 'getRepoManifestSecurity',
  method: 'GET',
  path: '/repository/:repository/manifest/:manifestref/security',
  group: 'secscan',
  resource: 'endpoints.api.secscan.RepositoryManifestSecurity',
  summary: 'Shows features and vulnerabilities of a manifest.',
  status: 200,
  access: imageReadOrBasic,
  allowedAnonymously: true,
  gate: (settings) => settings.featureSecurityScanner,
  request: {
    params: z.object({ repository: z.string(), manifestref: z.string() }),
    query,
    body: noBody,
  },
  response: securitySchema,
  async handle({ params, granted: { repository } }, services) {
    await getHeldManifest(services, repository.id, params.manifestref);
    return waiting;
  },
});

/** As getRepoManifestSecurity, for old clients (REST reference 9.19). */
export const getRepoImageSecurity = apiRoute({
  operationId: 'getRepoImageSecurity',
  method: 'GET',
  path: '/repository/:repository/image/:imageid/security',
  group: 'secscan',
  resource: 'endpoints.api.secscan.RepositoryImageSecurity',
  summary: 'Shows features and vulnerabilities of an image.',
  status: 200,
  access: imageReadOrBasic,
  allowedAnonymously: true,
  gate: (settings) => settings.featureSecurityScanner,
  request: { params: z.object({ repository: z.string(), imageid: z.string() }), query, body: noBody },
  response: securitySchema,
  async handle({ params, granted: { repository } }, services) {
    const digest = findImageDigest(params.imageid);
    if (digest === undefined) throw new DomainError('not_found', 'Not Found');
    await getHeldManifest(services, repository.id, digest);
    return waiting;
  },
});
