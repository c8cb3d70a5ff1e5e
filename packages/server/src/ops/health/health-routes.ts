import { hostname } from 'node:os';
import { z } from 'zod';
import { jsonAnswer } from '#/http/answer.ts';
import { type AccessRule, type AnyRoute, route } from '#/http/route.ts';
import {
  type CheckResults,
  type Checks,
  createHealthChecker,
  endToEndChecks,
  type HealthChecker,
  instanceChecksOf,
  warningChecks,
} from '#/ops/health/checks.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { healthViewer } from './detail-viewer.ts';
import { enableDebug } from './enable-debug.ts';
import { judgeAll, judgeInstance, type Verdict } from './verdict.ts';

const anyone: AccessRule<OpsServices, unknown, undefined> = { name: 'public', check: async () => undefined };

const healthBody = z.object({
  data: z.object({
    services: z.record(z.string(), z.boolean()),
    is_testing: z.boolean(),
    services_expanded: z
      .record(
        z.string(),
        z.object({ status: z.boolean(), failure: z.string().optional(), message: z.string().optional() }),
      )
      .optional(),
    notes: z.array(z.string()).optional(),
    config_provider: z.string().optional(),
    local_service_key_id: z.string().optional(),
    hostname: z.string().optional(),
  }),
  status_code: z.number(),
});

const checkers = new WeakMap<OpsServices, HealthChecker>();

function checkerOf(services: OpsServices): HealthChecker {
  const found = checkers.get(services) ?? createHealthChecker(services);
  checkers.set(services, found);
  return found;
}

function healthRoute(
  operationId: string,
  url: string,
  checks: Checks | ((services: OpsServices) => Checks),
  judge: (services: OpsServices, results: CheckResults) => Promise<Verdict> = judgeAll,
): AnyRoute<OpsServices> {
  return route({
    operationId,
    method: 'GET',
    url,
    status: 200,
    access: healthViewer,
    request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
    response: healthBody,
    async handle({ granted }, services: OpsServices) {
      const results = await checkerOf(services).run(typeof checks === 'function' ? checks(services) : checks);
      const verdict = await judge(services, results);
      const status = verdict.healthy ? 200 : 503;
      const data = {
        services: Object.fromEntries([...results].map(([name, { healthy }]) => [name, healthy])),
        is_testing: services.health.testing,
        ...(granted.seesDetail ? detail(services, results, verdict) : {}),
      };
      return jsonAnswer(status, { data, status_code: status }, { 'cache-control': 'no-store' });
    },
  });
}

/** What superusers and debug sessions see beside the names of the checks (operations reference 2.2). */
function detail(services: OpsServices, results: CheckResults, { notes }: Verdict) {
  return {
    services_expanded: Object.fromEntries(
      [...results].map(([name, { healthy, ...reasons }]) => [name, { status: healthy, ...reasons }]),
    ),
    notes,
    config_provider: 'file',
    local_service_key_id: services.instanceKeyId(),
    hostname: hostname(),
  };
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
  healthRoute('health', '/health', instanceChecksOf, judgeInstance),
  healthRoute('healthInstance', '/health/instance', instanceChecksOf, judgeInstance),
  healthRoute('healthEndToEnd', '/health/endtoend', endToEndChecks),
  healthRoute('status', '/status', endToEndChecks),
  healthRoute('healthWarning', '/health/warning', warningChecks),
  enableDebug,
  pingRoute('internalPing', '/_internal_ping'),
  pingRoute('internalPingV1', '/v1/_internal_ping'),
  pingRoute('internalPingC1', '/c1/_internal_ping'),
];
