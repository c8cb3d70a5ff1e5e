import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ApiRoute } from '#/api/api-route.ts';
import { describeParameters, describeSchema } from '#/api/discovery/describe-schema.ts';
import { apiRoutes } from '#/api/routes.ts';
import { createOrganization } from '#/domain/namespaces/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { type ApiAnswer, type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { arbitraryOfSchema, arbitraryText } from './arbitrary-of-schema.ts';

/*
 * Calls made from the API's own description, with right and wrong values: no call may fail (5xx other than a service that is switched
 * off), and every answer must fit its description. WHARF_TEST_SEED repeats a run.
 */

const seed = Number(process.env.WHARF_TEST_SEED ?? 20_261_124);
const runs = process.env.WHARF_TEST_LONG === '1' ? 400 : 12;

/** Names that exist, so that calls reach beyond the first look-up. */
const knownNames: Readonly<Record<string, readonly string[]>> = {
  repository: ['olga/app', 'acme/app', 'olga/none', 'no-slash'],
  orgname: ['acme', 'olga', 'nobody'],
  namespace: ['acme', 'olga', 'nobody'],
  username: ['olga', 'hugo', 'nobody'],
  membername: ['olga', 'hugo', 'acme+ci'],
  teamname: ['owners', 'builders'],
  robot_shortname: ['ci', 'none'],
  tag: ['latest', 'v1'],
  prefix: ['o', 'ol', 'acme'],
};

/** These end what the others need: the person who calls, or the server. */
const excluded: ReadonlySet<string> = new Set([
  'deleteCurrentUser',
  'convertUserToOrganization',
  'logout',
  'changeUserDetails',
]);

interface Call {
  readonly path: string;
  readonly body: unknown;
}

function arbitraryCall({ facts }: ApiRoute): fc.Arbitrary<Call> {
  const names = [...facts.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
  const texts = names.map((name) => {
    const known = knownNames[name];
    const text = arbitraryText.map((value) => value || 'x');
    return known === undefined
      ? text
      : fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 4 }, { arbitrary: text, weight: 1 });
  });
  const query = describeParameters(facts.request.query).map(({ name, schema }) =>
    fc.option(
      fc.oneof(arbitraryText, arbitraryOfSchema(schema)).map((value) => [name, String(value)] as const),
    ),
  );
  const { body } = facts.request;
  const content =
    body.kind === 'json' ? arbitraryOfSchema(describeSchema(body.schema, 'input')) : fc.constant(undefined);
  return fc.tuple(fc.tuple(...texts), fc.tuple(...query), content).map(([values, pairs, sent]) => {
    let index = 0;
    const path = facts.path.replaceAll(/:(\w+)/g, (_match, name: string) => {
      const value = values[index++] ?? 'x';
      return name === 'repository' ? value.split('/').map(encode).join('/') : encode(value);
    });
    const given = new URLSearchParams();
    for (const pair of pairs) if (pair !== null) given.append(pair[0], pair[1]);
    return { path: given.size === 0 ? path : `${path}?${given}`, body: sent };
  });
}

/** Lone surrogates have no encoding; a client that sends them sends something else. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

async function openFuzzed(t: Parameters<typeof openApi>[0]): Promise<{ api: ApiFixture; token: string }> {
  const api = await openApi(t);
  const olga = await api.createPerson('olga', { superuser: true });
  await api.createPerson('hugo');
  const acme = await createOrganization(api.services, { name: 'acme', ownerId: olga.id });
  for (const namespaceId of [olga.id, acme.id]) {
    await createRepository(api.services, {
      namespaceId,
      name: 'app',
      visibility: 'private',
      creator: undefined,
    });
  }
  const token = await api.tokenOf('olga', [
    'repo:admin',
    'repo:create',
    'user:admin',
    'org:admin',
    'super:user',
  ]);
  return { api, token };
}

function byGroup(): ApiRoute[][] {
  const groups = new Map<string, ApiRoute[]>();
  for (const route of apiRoutes) {
    if (excluded.has(route.operationId)) continue;
    groups.set(route.facts.group, [...(groups.get(route.facts.group) ?? []), route]);
  }
  const isLast = ({ method }: ApiRoute): number => (method === 'DELETE' ? 1 : 0);
  return [...groups.values()].map((routes) => routes.toSorted((a, b) => isLast(a) - isLast(b)));
}

function check(route: ApiRoute, answer: ApiAnswer): void {
  assert.ok(answer.status < 500 || [501, 520].includes(answer.status), `${answer.status}: ${answer.text}`);
  if (answer.status >= 400) {
    const isText = String(answer.headers['content-type']).startsWith('text/plain');
    assert.ok(isText || (typeof answer.json === 'object' && answer.json !== null), answer.text);
    return;
  }
  if (answer.status === 204 || answer.text === '') return;
  const parsed = route.facts.response.safeParse(answer.json);
  assert.ok(parsed.success, `${answer.text.slice(0, 500)}\n${parsed.success ? '' : parsed.error.message}`);
}

test('no call fails, and every answer fits its description', async (t) => {
  const failures: string[] = [];
  let calls = 0;
  for (const routes of byGroup()) {
    // A world for each group, in which what deletes comes last: what it deletes is there for the others.
    const { api, token } = await openFuzzed(t);
    for (const route of routes) {
      const property = fc.asyncProperty(arbitraryCall(route), async ({ path, body }) => {
        calls += 1;
        const answer = await api.call(route.method, path, {
          bearer: token,
          ...(body === undefined ? {} : { body }),
        });
        check(route, answer);
      });
      const details = await fc.check(property, { seed, numRuns: runs });
      if (details.failed) {
        failures.push(
          `${route.operationId} ${JSON.stringify(details.counterexample)}: ${String(details.errorInstance)}`,
        );
      }
    }
    await api.close();
  }
  assert.ok(calls >= apiRoutes.length, `only ${calls} calls`);
  assert.deepEqual(failures, [], `seed ${seed}`);
});
