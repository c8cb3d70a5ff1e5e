import { z } from 'zod';
import { superuserSession } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import {
  authorOf,
  configurationField,
  savedShape,
  savedView,
} from '#/api/superuser/configuration/configuration-answers.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { DomainError } from '#/domain/errors.ts';

const number = z.coerce.number().int().min(1).max(2_000_000_000);
const pageSize = 50;
const isoDate = (ms: number): string => new Date(ms).toISOString();

function versionOf(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new DomainError('not_found', 'There is no such version.');
}

/** What is stored, with secrets masked, what waits for a restart, and how far each node is. */
export const getStoredConfiguration = apiRoute({
  operationId: 'getStoredConfiguration',
  method: 'GET',
  path: '/superuser/configuration',
  group: 'suconfig',
  resource: 'wharf.StoredConfiguration',
  summary: 'Shows the stored configuration with its secrets masked, and how far each node runs it.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({
    version: z.number().nullable(),
    config: configurationField,
    restart: z.array(z.string()),
    writable: z.boolean(),
    reason: z.string().nullable(),
    nodes: z.array(
      z.object({
        id: z.string(),
        hostname: z.string(),
        version: z.number().nullable(),
        state: z.enum(['running', 'restart_needed', 'refused']),
        detail: z.string(),
        reported: z.string(),
      }),
    ),
  }),
  async handle(_input, { configuration }) {
    const [stored, nodes] = await Promise.all([configuration.read(), configuration.nodes()]);
    return {
      version: stored.version,
      config: { ...stored.config },
      restart: [...stored.waiting],
      writable: stored.writeFault === undefined,
      reason: stored.writeFault ?? null,
      nodes: nodes.map(({ nodeId, hostname, version, state, detail, reportedMs }) => ({
        id: nodeId,
        hostname,
        version,
        state,
        detail,
        reported: isoDate(reportedMs),
      })),
    };
  },
});

/** Saved versions, newest first. */
export const listConfigurationVersions = apiRoute({
  operationId: 'listConfigurationVersions',
  method: 'GET',
  path: '/superuser/configuration/versions',
  group: 'suconfig',
  resource: 'wharf.ConfigurationVersions',
  summary: 'Lists the saved versions of the configuration, newest first.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.object({ before: number.optional() }), body: noBody },
  response: z.object({
    versions: z.array(
      z.object({
        version: z.number(),
        source: z.enum(['file', 'api', 'rollback']),
        author: z.string().nullable(),
        note: z.string(),
        created: z.string(),
      }),
    ),
    has_additional: z.boolean(),
  }),
  async handle({ query }, { configuration }) {
    const entries = await configuration.history({ before: query.before, limit: pageSize + 1 });
    return {
      versions: entries
        .slice(0, pageSize)
        .map(({ createdMs, ...entry }) => ({ ...entry, created: isoDate(createdMs) })),
      has_additional: entries.length > pageSize,
    };
  },
});

/** What a version changed, against the one before it unless another is named. */
export const diffConfigurationVersions = apiRoute({
  operationId: 'diffConfigurationVersions',
  method: 'GET',
  path: '/superuser/configuration/versions/:version/diff',
  group: 'suconfig',
  resource: 'wharf.ConfigurationDiff',
  summary: 'Shows what differs between two versions, with secrets masked.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.object({ version: z.string() }),
    query: z.object({ from: number.optional() }),
    body: noBody,
  },
  response: z.object({
    changes: z.array(
      z.object({ name: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
    ),
  }),
  async handle({ params, query }, { configuration }) {
    const to = versionOf(params.version);
    return { changes: [...(await configuration.diff(query.from ?? Math.max(to - 1, 1), to))] };
  },
});

/** Makes an old version the newest one. */
export const rollBackConfiguration = apiRoute({
  operationId: 'rollBackConfiguration',
  method: 'POST',
  path: '/superuser/configuration/versions/:version/rollback',
  group: 'suconfig',
  resource: 'wharf.ConfigurationRollback',
  summary: 'Saves an old version of the configuration as the newest one.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.object({ version: z.string() }), query: z.unknown(), body: noBody },
  response: z.object(savedShape),
  async handle({ params, granted }, { configuration }, request) {
    return savedView(await configuration.rollback(authorOf(granted, request), versionOf(params.version)));
  },
});
