import { z } from 'zod';
import { contextSchema } from './registry-token-context.ts';
import type { Subject } from './subject.ts';

export const registryActions = ['push', 'pull', '*', 'delete'] as const;

export type RegistryAction = (typeof registryActions)[number];

/** What a token grants on one repository, whose path is written as the client asked for it. */
export interface AccessEntry {
  readonly type: 'repository';
  readonly name: string;
  readonly actions: readonly RegistryAction[];
}

/**
 * Characters of the longest token: headers of 32 KiB pass everywhere (H-70), and an answer that holds it twice stays under the 64 KiB that
 * clients read (H-7).
 */
export const longestRegistryToken = 31 * 1024;

/** Payload of a registry token on the wire; `access` in the order of the scopes. */
export const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string().nullable(),
  iat: z.int(),
  nbf: z.int(),
  exp: z.int(),
  access: z.array(
    z.object({ type: z.literal('repository'), name: z.string(), actions: z.array(z.enum(registryActions)) }),
  ),
  context: contextSchema,
});

/** What a verified token says: who, and at most what. `grants` has the actions by `namespace/name`, written in full. */
export interface RegistryTokenClaims {
  readonly audience: string;
  readonly expiresMs: number;
  readonly subject: Subject;
  readonly access: readonly AccessEntry[];
  readonly grants: ReadonlyMap<string, ReadonlySet<RegistryAction>>;
}
