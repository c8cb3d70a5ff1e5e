import { z } from 'zod';
import { key, section } from '#/config/key.ts';
import { boolean, decimal, nonEmptyText, type ValueType } from '#/config/value-types.ts';

const expected =
  'a list of a checker name (LocalHealthCheck, RDSAwareHealthCheck or ProductionHealthCheck) and an object';

const checker: ValueType<{ name: string; parameters: Record<string, unknown> }> = {
  schema: z
    .tuple(
      [
        z.enum(['LocalHealthCheck', 'RDSAwareHealthCheck', 'ProductionHealthCheck'], { error: expected }),
        z.record(z.string(), z.unknown(), { error: expected }),
      ],
      { error: expected },
    )
    .transform(([name, parameters]) => ({ name, parameters })),
  label: 'list',
};

export const healthSection = section('Health', {
  checker: key('HEALTH_CHECKER', checker, {
    default: ['LocalHealthCheck', {}],
    since: '2.9',
    summary: 'Which checks make the instance healthy. The RDS variants count as the local one so far.',
  }),
  debugSecret: key('ENABLE_HEALTH_DEBUG_SECRET', nonEmptyText, {
    nullable: true,
    since: '2.9',
    summary: 'Secret that opens the full detail of the health endpoints.',
  }),
  diskSpaceThreshold: key('DISKSPACE_HEALTH_THRESHOLD', decimal(0, 1), {
    default: 0.01,
    since: '3.2',
    summary: 'Share of free disk space below which the instance is unhealthy.',
  }),
  diskSpaceWarningThreshold: key('DISKSPACE_HEALTH_WARNING_THRESHOLD', decimal(0, 1), {
    default: 0.1,
    since: '3.2',
    summary: 'Share of free disk space below which the warning endpoint complains.',
  }),
  validateAllStorageEndToEnd: key('DISTRIBUTED_STORAGE_VALIDATE_ENDTOEND', boolean, {
    default: false,
    since: '3.9',
    summary: 'The end-to-end check tests every location.',
  }),
  requireAllStorage: key('DISTRIBUTED_STORAGE_REQUIRES_ALL_AVAILABLE', boolean, {
    default: false,
    since: '3.9',
    summary: 'That check fails when one location is down.',
  }),
});
