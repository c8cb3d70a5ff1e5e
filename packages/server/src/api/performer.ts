import type { GrantedCaller } from '#/api/access.ts';
import { type Performer, performerOf } from '#/domain/logs/index.ts';
import { requestFacts } from '#/http/request-facts.ts';
import type { RequestContext } from '#/http/route.ts';

/** Who makes the change of this call, for its audit row. */
export function performerOfCall({ principal }: GrantedCaller, request: RequestContext): Performer {
  return performerOf(principal, request.ip, requestFacts(request));
}
