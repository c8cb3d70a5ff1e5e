import type { TestContext } from 'node:test';
import { addTeamMember, createOrganization, createTeam } from '#/domain/namespaces/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';

export interface OrganizationFixture {
  readonly api: ApiFixture;
  readonly organizationId: number;
  /** Makes a private repository of the organization `acme` that nobody created. */
  createRepository(name: string): Promise<number>;
  /** What the newest entries of the action log say, newest first. */
  lastLogs(
    count: number,
  ): Promise<{ readonly kind: string; readonly metadata: Readonly<Record<string, unknown>> }[]>;
}

/** `olga` administers the organization `acme`, `mia` is in its team `dev`, `hugo` is in neither, and `tess` administers another one, `rival`. */
export async function openOrganization(
  t: Pick<TestContext, 'after'>,
  configuration: Readonly<Record<string, unknown>> = {},
): Promise<OrganizationFixture> {
  const api = await openApi(t, { configuration });
  const people = new Map<string, number>();
  for (const name of ['olga', 'mia', 'hugo', 'tess']) {
    people.set(name, (await api.createPerson(name, { email: `${name}@example.com` })).id);
  }
  const { id: organizationId } = await createOrganization(api.services, {
    name: 'acme',
    email: 'office@acme.example',
    ownerId: people.get('olga') ?? 0,
  });
  await createOrganization(api.services, { name: 'rival', ownerId: people.get('tess') ?? 0 });
  await createTeam(api.services, { organizationId, name: 'dev', role: 'member' });
  await addTeamMember(api.services, { organizationId, team: 'dev', member: 'mia' });
  return {
    api,
    organizationId,
    async createRepository(name) {
      const { id } = await createRepository(api.services, {
        namespaceId: organizationId,
        name,
        visibility: 'private',
        creator: undefined,
      });
      return id;
    },
    async lastLogs(count) {
      const rows = await api.services.database.read
        .selectFrom('action_logs')
        .select(['kind', 'metadata_json'])
        .orderBy('id', 'desc')
        .limit(count)
        .execute();
      return rows.map((row) => ({
        kind: row.kind,
        metadata: JSON.parse(row.metadata_json) as Record<string, unknown>,
      }));
    },
  };
}

/** Whatever has a colour in it, without the colour: it is one of a list that is free to change. */
export function withoutColors(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'color' ? undefined : inner)));
}
