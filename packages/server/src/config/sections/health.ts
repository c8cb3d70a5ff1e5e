import { z } from 'zod';
import { key, section } from '#/config/key.ts';
import { boolean, decimal, httpUrl, nonEmptyText, type ValueType } from '#/config/value-types.ts';

const expected =
  'a list of a checker name (LocalHealthCheck, RDSAwareHealthCheck or ProductionHealthCheck) and an object';
const expectedParameters =
  'an object with access_key, secret_key, db_instance, region and endpoint_url at most';

const rdsParameters = z
  .strictObject(
    {
      access_key: nonEmptyText.schema.nullish(),
      secret_key: nonEmptyText.schema.nullish(),
      db_instance: nonEmptyText.schema.default('quay'),
      region: nonEmptyText.schema.default('us-east-1'),
      endpoint_url: httpUrl.schema.nullish(),
    },
    { error: expectedParameters },
  )
  .refine((given) => !given.access_key === !given.secret_key, {
    error: 'both access_key and secret_key, or neither to use the role of the machine',
  })
  .transform(({ access_key, secret_key, db_instance, region, endpoint_url }) => ({
    ...(access_key && secret_key
      ? { credentials: { accessKeyId: access_key, secretAccessKey: secret_key } }
      : {}),
    ...(endpoint_url ? { endpointUrl: endpoint_url } : {}),
    instance: db_instance,
    region,
  }));

/** `rds` is there for the checkers that ask Amazon RDS when the database fails. */
const checker: ValueType<{ name: string; rds?: z.output<typeof rdsParameters> }> = {
  schema: z
    .tuple(
      [
        z.enum(['LocalHealthCheck', 'RDSAwareHealthCheck', 'ProductionHealthCheck'], { error: expected }),
        z.record(z.string(), z.unknown(), { error: expected }),
      ],
      { error: expected },
    )
    .transform(([name, parameters], context) => {
      if (name === 'LocalHealthCheck') return { name };
      const parsed = rdsParameters.safeParse(parameters);
      if (parsed.success) return { name, rds: parsed.data };
      for (const { message, path } of parsed.error.issues) {
        context.addIssue({ code: 'custom', message, path: [1, ...path] });
      }
      return z.NEVER;
    }),
  label: 'list',
};

export const healthSection = section('Health', {
  checker: key('HEALTH_CHECKER', checker, {
    default: ['LocalHealthCheck', {}],
    since: '2.9',
    summary:
      'Which checks make the instance healthy. `RDSAwareHealthCheck` (or `ProductionHealthCheck`) leaves the database out while Amazon RDS says that it is not available.',
  }),
  debugSecret: key('ENABLE_HEALTH_DEBUG_SECRET', nonEmptyText, {
    nullable: true,
    since: '2.9',
    summary: 'Secret that opens the full detail of the health endpoints to one browser session.',
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
  instanceChecksStorage: key('HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE', boolean, {
    nullable: true,
    since: '3.15',
    summary: 'The instance check tests the preferred location too.',
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
