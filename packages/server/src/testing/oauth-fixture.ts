import type { TestContext } from 'node:test';
import { createOrganization } from '#/domain/namespaces/index.ts';
import { createOauthApplication, type OauthApplication } from '#/domain/tokens/index.ts';
import { type ApiFixture, openApi, personPassword } from '#/testing/api-fixture.ts';
import { type Browser, openBrowser, type PageAnswer } from '#/testing/browser.ts';

/** Where the application of the fixture is registered. */
export const registeredUri = 'https://app.example.com/callback';

export interface OauthFixture {
  readonly api: ApiFixture;
  /** Of the organization `acme`, which `ann` administers. */
  readonly application: OauthApplication;
  /** A browser in which the person is signed in. */
  browserOf(name: string): Promise<Browser>;
  /** Address of the authorization page; undefined leaves a parameter out. */
  authorizePath(changes?: Readonly<Record<string, string | undefined>>): string;
  /** What a client sends to exchange a code. */
  exchange(
    fields: Readonly<Record<string, string | undefined>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<PageAnswer>;
}

/** A registry with `ann`, who administers `acme` and its application, and `bob`, who does not. */
export async function openOauth(
  t: Pick<TestContext, 'after'>,
  options: {
    readonly configuration?: Readonly<Record<string, unknown>>;
    readonly redirectUri?: string;
    readonly clientId?: string;
  } = {},
): Promise<OauthFixture> {
  const api = await openApi(t, {
    configuration: { FEATURE_ASSIGN_OAUTH_TOKEN: true, ...options.configuration },
  });
  const { services } = api;
  const ann = await api.createPerson('ann', { superuser: true });
  await api.createPerson('bob');
  const acme = await createOrganization(services, { name: 'acme', ownerId: ann.id });
  const application = await createOauthApplication(services, {
    ownerId: acme.id,
    name: 'App <1>',
    description: 'Does "things"',
    applicationUri: 'https://app.example.com/',
    redirectUri: options.redirectUri ?? registeredUri,
    ...(options.clientId === undefined ? {} : { clientId: options.clientId }),
  });
  const client = openBrowser(api.url);
  return {
    api,
    application,
    async browserOf(name) {
      const browser = openBrowser(api.url);
      await browser.signIn(name, personPassword);
      return browser;
    },
    authorizePath(changes = {}) {
      const fields = {
        client_id: application.clientId,
        redirect_uri: registeredUri,
        scope: 'repo:read',
        ...changes,
      };
      return `/oauth/authorize?${new URLSearchParams(definedFields(fields))}`;
    },
    exchange: (fields, headers = {}) =>
      client.post(
        '/oauth/access_token',
        definedFields({
          grant_type: 'authorization_code',
          client_id: application.clientId,
          client_secret: application.clientSecret,
          redirect_uri: registeredUri,
          ...fields,
        }),
        headers,
      ),
  };
}

function definedFields(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
