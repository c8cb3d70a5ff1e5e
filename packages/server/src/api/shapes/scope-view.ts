import { z } from 'zod';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import { scopeDetails } from '#/domain/tokens/index.ts';

export const scopeViewSchema = z.object({
  scope: z.string(),
  title: z.string(),
  description: z.string(),
  icon: z.string(),
  dangerous: z.boolean(),
});

/** A scope as consent and lists of authorizations show it (REST reference 4.1). */
export function scopeView(scope: OauthScope) {
  return { scope, ...scopeDetails[scope] };
}
