import { findDockerVersion, matchesVersionSpec, parseVersionSpec } from '@wharf/oci';
import { z } from 'zod';
import { challengeHeader } from '#/auth/challenge.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { type Method, type RequestContext, type Route, route } from '#/http/route.ts';
import { publicRoute, verifyBearer } from '#/registry/access.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

function checkVersionAt(operationId: string, method: Method, url: string): Route<RegistryServices> {
  return route({
    operationId,
    method,
    url,
    status: 200,
    access: publicRoute,
    request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
    response: z.unknown(),
    async handle(_input, services: RegistryServices, request) {
      if (!services.settings.advertiseV2 || isRefusedEngine(services, request))
        return answer({ status: 404 });
      return versionAnswer(services, request, (await hasValidToken(services, request)) ? 200 : 401);
    },
  });
}

/**
 * The version check: 200 for a valid token, 401 with the challenge otherwise, also where anonymous pulls are allowed, because clients
 * read the challenge only here (registry reference A5, H-1).
 */
export const versionRoutes: readonly Route<RegistryServices>[] = [
  checkVersionAt('checkVersion', 'GET', '/v2/'),
  checkVersionAt('checkVersionHead', 'HEAD', '/v2/'),
  checkVersionAt('checkVersionWithoutSlash', 'GET', '/v2'),
  checkVersionAt('checkVersionWithoutSlashHead', 'HEAD', '/v2'),
];

/** Whether the caller has a token that is in force; a bad one counts as none, an outage of the database is an error of its own. */
async function hasValidToken(services: RegistryServices, request: RequestContext): Promise<boolean> {
  const bearer = await verifyBearer(services, request);
  if (bearer.kind !== 'valid') return false;
  try {
    await services.authority.authorize(bearer.claims, undefined);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** Docker versions that must fall back to the first protocol (`BLACKLIST_V2_SPEC`). */
function isRefusedEngine(services: RegistryServices, request: RequestContext): boolean {
  const version = findDockerVersion(request.headers['user-agent'] ?? '');
  return (
    version !== undefined && matchesVersionSpec(version, parseVersionSpec(services.settings.blacklistV2Spec))
  );
}

function versionAnswer(services: RegistryServices, request: RequestContext, status: number): Answer {
  return answer({
    status,
    headers: {
      'content-type': 'application/json',
      'docker-distribution-api-version': 'registry/2.0',
      'www-authenticate': challengeHeader({ baseUrl: request.baseUrl, service: request.host }),
      'x-sparse-manifest-support': String(services.settings.featureSparseIndex),
    },
    body: 'true',
  });
}
