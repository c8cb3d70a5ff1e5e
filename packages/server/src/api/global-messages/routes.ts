import { z } from 'zod';
import { anyCaller, superuser } from '#/api/access.ts';
import { type ApiRoute, apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import type { ApiSettings } from '#/api/api-services.ts';
import { plainText } from '#/api/shapes/plain-text.ts';
import {
  createGlobalMessage as createMessage,
  deleteGlobalMessage as deleteMessage,
  listGlobalMessages,
} from '#/domain/messages/index.ts';
import { answer } from '#/http/answer.ts';

const group = 'globalmessages';
const listPath = '/messages';
const listResource = 'endpoints.api.globalmessages.GlobalUserMessages';
const gate = (settings: ApiSettings): boolean => settings.featureSuperUsers;

const severity = z.enum(['info', 'warning', 'error']);
const mediaType = z.enum(['text/plain', 'text/markdown']);

const getGlobalMessages = apiRoute({
  operationId: 'getGlobalMessages',
  method: 'GET',
  path: listPath,
  group,
  resource: listResource,
  summary: 'Lists what the operators tell everybody.',
  status: 200,
  access: anyCaller,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({
    messages: z.array(z.object({ uuid: z.string(), content: z.string(), severity, media_type: mediaType })),
  }),
  async handle(_input, { domain }) {
    const messages = await listGlobalMessages(domain.database.read);
    return {
      messages: messages.map(({ uuid, content, severity, mediaType }) => ({
        uuid,
        content,
        severity,
        media_type: mediaType,
      })),
    };
  },
});

const createGlobalMessage = apiRoute({
  operationId: 'createGlobalMessage',
  method: 'POST',
  path: listPath,
  group,
  resource: listResource,
  summary: 'Tells everybody something.',
  status: 201,
  access: superuser,
  freshLogin: true,
  gate,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(z.object({ message: z.object({ content: plainText, media_type: mediaType, severity }) })),
  },
  response: z.null(),
  async handle({ body: { message } }, { domain }) {
    const { content, severity, media_type } = message;
    await createMessage(domain, { content, severity, mediaType: media_type });
    return answer({ status: 201 });
  },
});

const deleteGlobalMessage = apiRoute({
  operationId: 'deleteGlobalMessage',
  method: 'DELETE',
  path: '/message/:uuid',
  group,
  resource: 'endpoints.api.globalmessages.GlobalUserMessage',
  summary: 'Takes back what was told to everybody.',
  status: 204,
  access: superuser,
  freshLogin: true,
  gate,
  request: { params: z.object({ uuid: z.string() }), query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params: { uuid } }, { domain }) {
    await deleteMessage(domain, uuid);
    return null;
  },
});

/** Messages of the operators (REST reference 9.30). */
export const globalMessageRoutes: readonly ApiRoute[] = [
  getGlobalMessages,
  createGlobalMessage,
  deleteGlobalMessage,
];
