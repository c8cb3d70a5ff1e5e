import type { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { createPageTokens } from '#/http/page-token.ts';

/** `next_page` tokens of one list; a token that is old, foreign or made for another list counts as none, and gives the first page. */
export function pageTokensOf<Cursor>(services: ApiServices, list: string, schema: z.ZodType<Cursor>) {
  const tokens = createPageTokens(services.settings.pageTokenKey, list, services.domain.clock.nowMs);
  return {
    seal: (cursor: Cursor): string => tokens.seal(cursor),
    open(token: string | undefined): Cursor | undefined {
      if (token === undefined) return undefined;
      const parsed = schema.safeParse(tokens.open(token));
      return parsed.success ? parsed.data : undefined;
    },
  };
}
