import { type Digest, findDigest, findTagName, type TagName } from '@wharf/oci';
import { z } from 'zod';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import { imageWrite } from '#/api/image-access.ts';
import { performerOfCall } from '#/api/performer.ts';
import { findImageDigest } from '#/api/shapes/legacy-images.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  changeTagExpiration,
  deleteTag,
  moveTag,
  permanentlyDeleteTag,
  restoreTag as restore,
} from '#/domain/tags/index.ts';
import { jsonAnswer } from '#/http/answer.ts';

const params = z.object({ repository: z.string(), tag: z.string() });
const manifestFields = { manifest_digest: z.string().nullish(), image: z.string().nullish() };

/** Creates or moves a tag, or sets when it ends (REST reference 9.14). */
export const changeTag = apiRoute({
  operationId: 'changeTag',
  method: 'PUT',
  path: '/repository/:repository/tag/:tag',
  group: 'tag',
  resource: 'endpoints.api.tag.RepositoryTag',
  summary: 'Creates, moves or expires a tag.',
  status: 201,
  access: imageWrite,
  request: {
    params,
    query: z.unknown(),
    body: jsonBody(
      z.object({
        ...manifestFields,
        /** Seconds since the epoch. */
        expiration: z.number().min(0).max(253_402_300_799).nullish(),
      }),
    ),
  },
  response: z.literal('Updated'),
  async handle({ params, body, granted }, { domain }, request) {
    const target = {
      repository: granted.repository,
      tag: getTagName(params.tag),
      performer: performerOfCall(granted, request),
    };
    const { expiration } = body;
    if (expiration !== undefined) {
      const expiresMs = expiration === null ? null : Math.floor(expiration * 1000);
      await changeTagExpiration(domain, { ...target, expiresMs });
    }
    if (isNamed(body)) await moveTag(domain, { ...target, digest: getDigest(body) });
    return jsonAnswer(201, 'Updated');
  },
});

/** Deletes a tag; it stays in the time machine (REST reference 9.14). */
export const deleteFullTag = apiRoute({
  operationId: 'deleteFullTag',
  method: 'DELETE',
  path: '/repository/:repository/tag/:tag',
  group: 'tag',
  resource: 'endpoints.api.tag.RepositoryTag',
  summary: 'Deletes a tag.',
  status: 204,
  access: imageWrite,
  request: { params, query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    const tag = findTagName(params.tag);
    if (tag === undefined) throw new DomainError('not_found', 'Not Found');
    await deleteTag(domain, {
      repository: granted.repository,
      tag,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});

/** Gives a tag back what it, or another one, meant in the past (REST reference 9.14). */
export const restoreTag = apiRoute({
  operationId: 'restoreTag',
  method: 'POST',
  path: '/repository/:repository/tag/:tag/restore',
  group: 'tag',
  resource: 'endpoints.api.tag.RestoreTag',
  summary: 'Restores a tag from the time machine.',
  status: 200,
  access: imageWrite,
  request: { params, query: z.unknown(), body: jsonBody(z.object(manifestFields)) },
  response: z.object({}),
  async handle({ params, body, granted }, { domain }, request) {
    const tag = getTagName(params.tag);
    if (!isNamed(body)) throw new DomainError('invalid_request', 'Missing manifest_digest.');
    await restore(domain, {
      repository: granted.repository,
      tag,
      digest: getDigest(body),
      performer: performerOfCall(granted, request),
    });
    return {};
  },
});

/** Takes a tag out of the time machine (REST reference 9.14). */
export const removeTagFromTimemachine = apiRoute({
  operationId: 'removeTagFromTimemachine',
  method: 'POST',
  path: '/repository/:repository/tag/:tag/expire',
  group: 'tag',
  resource: 'endpoints.api.tag.TagTimeMachineDelete',
  summary: 'Removes a tag from the time machine.',
  status: 200,
  access: imageWrite,
  gate: (settings) => settings.permanentlyDeleteTags,
  request: {
    params,
    query: z.unknown(),
    body: jsonBody(
      z.object({
        manifest_digest: z.string().nullish(),
        is_alive: z.boolean().default(false),
        include_submanifests: z.boolean().default(false),
      }),
    ),
  },
  response: z.literal(''),
  async handle({ params, body, granted }, { domain }, request) {
    const tag = findTagName(params.tag);
    if (tag === undefined) throw new DomainError('not_found', 'Not Found');
    if (!body.is_alive && body.manifest_digest == null) {
      throw new DomainError('invalid_request', 'Missing manifest_digest: which of the past is meant?');
    }
    await permanentlyDeleteTag(domain, {
      repository: granted.repository,
      tag,
      which: body.is_alive ? 'alive' : getDigest(body),
      withChildren: body.include_submanifests,
      performer: performerOfCall(granted, request),
    });
    return jsonAnswer(200, '');
  },
});

interface Named {
  readonly manifest_digest?: string | null | undefined;
  readonly image?: string | null | undefined;
}

function isNamed({ manifest_digest, image }: Named): boolean {
  return manifest_digest != null || image != null;
}

function getDigest({ manifest_digest, image }: Named): Digest {
  const digest = manifest_digest == null ? findImageDigest(image ?? '') : findDigest(manifest_digest);
  if (digest === undefined) throw new DomainError('not_found', 'Not Found');
  return digest;
}

function getTagName(text: string): TagName {
  const tag = findTagName(text);
  if (tag !== undefined) return tag;
  throw new DomainError(
    'tag_invalid',
    'A tag must have 1 to 128 letters, digits, "_", "." or "-", and must not start with "." or "-".',
  );
}
