import { createPageTokens, type PageTokens } from '#/http/page-token.ts';
import type { RequestContext } from '#/http/route.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** Page sizes above this are clamped; clients ask for 1,000 and follow the links. */
const largestPage = 1000;

/** The paging tokens of one kind of list. */
export function pageTokensOf(services: RegistryServices, list: string): PageTokens {
  return createPageTokens(services.settings.pageTokenKey, list, services.domain.clock.nowMs);
}

/** `n` of a list: absent or unreadable means the configured size, anything else is clamped (registry reference A14). */
export function pageSizeOf(n: string | undefined, paginationSize: number): number {
  if (n === undefined || !/^-?[0-9]{1,15}$/.test(n)) return paginationSize;
  return Math.min(Math.max(Number(n), 0), Math.max(largestPage, paginationSize));
}

/** `Link` to the page after `last`; absolute, on the path that was asked for. */
export function nextLink(request: RequestContext, query: Readonly<Record<string, string>>): string {
  const path = request.url.split('?', 1)[0] ?? '';
  return `<${request.baseUrl}${path}?${new URLSearchParams(query)}>; rel="next"`;
}
