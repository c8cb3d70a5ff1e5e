import { z } from 'zod';
import type { Subject } from './subject.ts';

/**
 * The `context` claim as Quay writes it (registry reference B4), with the older duplicates `kind`, `user`, `token`, `oauth`.
 * `subject` is our own: it ties the token to one account, not to whoever bears its name later, and to one state of its credential.
 */
export const contextSchema = z.object({
  version: z.literal(2),
  entity_kind: z.enum(['anonymous', 'user', 'robot', 'token', 'oauthtoken', 'appspecifictoken']),
  entity_reference: z.string().nullable(),
  kind: z.enum(['anonymous', 'user', 'token', 'oauth']),
  user: z.string().optional(),
  token: z.string().optional(),
  oauth: z.string().optional(),
  subject: z.object({ uuid: z.string(), stamp: z.string() }).optional(),
  'com.apostille.roots': z.record(z.string(), z.string()),
  'com.apostille.root': z.string(),
});

export type RegistryTokenContext = z.infer<typeof contextSchema>;

/** No repository has trust data here, so the roots, which would double the token's size, stay empty. */
const trust = { 'com.apostille.roots': {}, 'com.apostille.root': '$disabled' } as const;

export function contextOf(subject: Subject): RegistryTokenContext {
  switch (subject.kind) {
    case 'anonymous':
      return {
        version: 2,
        entity_kind: 'anonymous',
        entity_reference: null,
        kind: 'anonymous',
        ...trust,
      };
    case 'user':
    case 'robot':
      return {
        version: 2,
        entity_kind: subject.kind,
        entity_reference: subject.kind === 'user' ? subject.uuid : subject.name,
        kind: 'user',
        user: subject.name,
        subject: { uuid: subject.uuid, stamp: subject.stamp },
        ...trust,
      };
    case 'app-token':
      return {
        version: 2,
        entity_kind: 'appspecifictoken',
        entity_reference: subject.uuid,
        kind: 'user',
        user: subject.accountName,
        ...trust,
      };
    case 'oauth-token':
      return {
        version: 2,
        entity_kind: 'oauthtoken',
        entity_reference: subject.uuid,
        kind: 'oauth',
        user: subject.accountName,
        oauth: subject.uuid,
        ...trust,
      };
    case 'access-token':
      return {
        version: 2,
        entity_kind: 'token',
        entity_reference: subject.tokenName,
        kind: 'token',
        token: subject.tokenName,
        ...trust,
      };
  }
}

/** The `sub` claim: a name for people, null for tokens without an account. */
export function subjectNameOf(subject: Subject): string | null {
  switch (subject.kind) {
    case 'anonymous':
      return '(anonymous)';
    case 'user':
    case 'robot':
      return subject.name;
    case 'app-token':
    case 'oauth-token':
      return subject.accountName;
    case 'access-token':
      return null;
  }
}

/** The subject that `contextOf` was given; undefined when the parts do not belong together. */
export function findSubject(context: RegistryTokenContext): Subject | undefined {
  const { entity_kind: kind, entity_reference: reference, user, subject } = context;
  if (kind === 'anonymous') return { kind: 'anonymous' };
  if (reference === null) return undefined;
  if (kind === 'token') return { kind: 'access-token', tokenName: reference };
  if (user === undefined) return undefined;
  if (kind === 'appspecifictoken') return { kind: 'app-token', uuid: reference, accountName: user };
  if (kind === 'oauthtoken') return { kind: 'oauth-token', uuid: reference, accountName: user };
  return subject && { kind, uuid: subject.uuid, stamp: subject.stamp, name: user };
}
