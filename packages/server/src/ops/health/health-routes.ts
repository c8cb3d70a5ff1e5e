import { z } from 'zod';
import { jsonAnswer } from '#/http/answer.ts';
import { type AccessRule, type AnyRoute, route } from '#/http/route.ts';
import {
  createHealthChecker,
  endToEndChecks,
  type HealthChecker,
  instanceChecks,
  warningChecks,
} from '#/ops/health/checks.ts';
import type { OpsServices } from '#/ops/ops-services.ts';

/** Health says nothing that needs protection: names of checks and whether they pass. */
const anyone: AccessRule<OpsServices, unknown, undefined> = { name: 'public', check: async () => undefined };

const checkers = new WeakMap<OpsServices, HealthChecker>();

function checkerOf(services: OpsServices): HealthChecker {
  const found = checkers.get(services) ?? createHealthChecker(services);
  checkers.set(services, found);
  return found;
}

function healthRoute(operationId: string, url: string, checks: typeof instanceChecks): AnyRoute<OpsServices> {
  return route({
    operationId,
    method: 'GET',
    url,
    status: 200,
    access: anyone,
    request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
    response: z.object({
      data: z.object({ services: z.record(z.string(), z.boolean()), is_testing: z.boolean() }),
      status_code: z.number(),
    }),
    async handle(_input, services: OpsServices) {
      const results = await checkerOf(services).run(checks);
      const status = [...results.values()].every((result) => result.healthy) ? 200 : 503;
      const names = Object.fromEntries([...results].map(([name, { healthy }]) => [name, healthy]));
      return jsonAnswer(
        status,
        { data: { services: names, is_testing: services.health.testing }, status_code: status },
        { 'cache-control': 'no-store' },
      );
    },
  });
}

function pingRoute(operationId: string, url: string): AnyRoute<OpsServices> {
  return route({
    operationId,
    method: 'GET',
    url,
    status: 200,
    access: anyone,
    request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
    response: z.literal(true),
    handle: async () => jsonAnswer(200, true),
  });
}

/** Operations reference 2: instance for load balancers, end to end for monitoring, warning for alerts. */
export const healthRoutes: readonly AnyRoute<OpsServices>[] = [
  healthRoute('health', '/health', instanceChecks),
  healthRoute('healthInstance', '/health/instance', instanceChecks),
  healthRoute('healthEndToEnd', '/health/endtoend', endToEndChecks),
  healthRoute('status', '/status', endToEndChecks),
  healthRoute('healthWarning', '/health/warning', warningChecks),
  pingRoute('internalPing', '/_internal_ping'),
  pingRoute('internalPingV1', '/v1/_internal_ping'),
  pingRoute('internalPingC1', '/c1/_internal_ping'),
];
