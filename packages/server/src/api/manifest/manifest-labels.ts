import { z } from 'zod';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import { imageRead, imageWrite } from '#/api/image-access.ts';
import { performerOfCall } from '#/api/performer.ts';
import { DomainError } from '#/domain/errors.ts';
import { findLabel, listLabels, type StoredLabel } from '#/domain/manifests/index.ts';
import { addManifestLabel as addLabel, deleteManifestLabel as deleteLabel } from '#/domain/tags/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { getHeldManifest } from './get-repo-manifest.ts';

const manifestParams = z.object({ repository: z.string(), manifestref: z.string() });
const labelParams = manifestParams.extend({ labelid: z.string() });
const listPath = '/repository/:repository/manifest/:manifestref/labels';
const labelPath = `${listPath}/:labelid`;
const listResource = 'endpoints.api.manifest.RepositoryManifestLabels';
const labelResource = 'endpoints.api.manifest.ManageRepositoryManifestLabel';

const labelSchema = z.object({
  id: z.string(),
  key: z.string(),
  value: z.string(),
  source_type: z.enum(['manifest', 'api', 'internal']),
  media_type: z.enum(['text/plain', 'application/json']),
});

function labelView(label: StoredLabel): z.infer<typeof labelSchema> {
  return {
    id: label.uuid,
    key: label.key,
    value: label.value,
    source_type: label.sourceType,
    media_type: label.mediaType,
  };
}

/** Labels of a manifest (REST reference 9.16). */
export const listManifestLabels = apiRoute({
  operationId: 'listManifestLabels',
  method: 'GET',
  path: listPath,
  group: 'manifest',
  resource: listResource,
  summary: 'Lists the labels of a manifest.',
  status: 200,
  access: imageRead,
  request: { params: manifestParams, query: z.object({ filter: z.string().optional() }), body: noBody },
  response: z.object({ labels: z.array(labelSchema) }),
  async handle({ params, query, granted: { repository } }, services) {
    const manifest = await getHeldManifest(services, repository.id, params.manifestref);
    const labels = await listLabels(services.domain.database.read, manifest.id, query.filter);
    return { labels: labels.map(labelView) };
  },
});

/** Puts a label on a manifest (REST reference 9.16). */
export const addManifestLabel = apiRoute({
  operationId: 'addManifestLabel',
  method: 'POST',
  path: listPath,
  group: 'manifest',
  resource: listResource,
  summary: 'Adds a label to a manifest.',
  status: 201,
  access: imageWrite,
  request: {
    params: manifestParams,
    query: z.unknown(),
    body: jsonBody(
      z.object({
        key: z.string(),
        value: z.string(),
        media_type: z.enum(['text/plain', 'application/json']).nullable(),
      }),
    ),
  },
  response: z.object({ label: labelSchema }),
  async handle({ params, body, granted }, services, request) {
    const { repository } = granted;
    const manifest = await getHeldManifest(services, repository.id, params.manifestref);
    const label = await addLabel(services.domain, {
      repository,
      digest: manifest.digest,
      key: body.key,
      value: body.value,
      mediaType: body.media_type ?? undefined,
      performer: performerOfCall(granted, request),
    });
    const path = `/api/v1/repository/${repository.namespace}/${repository.name}/manifest/${manifest.digest}/labels/${label.uuid}`;
    return jsonAnswer(201, { label: labelView(label) }, { location: `${request.baseUrl}${path}` });
  },
});

/** One label (REST reference 9.16). */
export const getManifestLabel = apiRoute({
  operationId: 'getManifestLabel',
  method: 'GET',
  path: labelPath,
  group: 'manifest',
  resource: labelResource,
  summary: 'Shows a label of a manifest.',
  status: 200,
  access: imageRead,
  request: { params: labelParams, query: z.unknown(), body: noBody },
  response: labelSchema,
  async handle({ params, granted: { repository } }, services) {
    const manifest = await getHeldManifest(services, repository.id, params.manifestref);
    const label = await findLabel(services.domain.database.read, manifest.id, params.labelid);
    if (label === undefined) throw new DomainError('not_found', 'Not Found');
    return labelView(label);
  },
});

/** Takes a label back that was added here (REST reference 9.16). */
export const deleteManifestLabel = apiRoute({
  operationId: 'deleteManifestLabel',
  method: 'DELETE',
  path: labelPath,
  group: 'manifest',
  resource: labelResource,
  summary: 'Deletes a label of a manifest.',
  status: 204,
  access: imageWrite,
  request: { params: labelParams, query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params, granted }, services, request) {
    const { repository } = granted;
    const manifest = await getHeldManifest(services, repository.id, params.manifestref);
    await deleteLabel(services.domain, {
      repository,
      digest: manifest.digest,
      uuid: params.labelid,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
