import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { getProviderJson, providerFailed } from './call-provider.ts';
import { createCodeFlow } from './code-flow.ts';
import { defineExternalLogin, type ExternalIdentity } from './define-external-login.ts';

/** The sub-keys of `GITHUB_LOGIN_CONFIG`. */
const githubConfigSchema = z.object({
  CLIENT_ID: z.string().min(1),
  CLIENT_SECRET: z.string().min(1),
  GITHUB_ENDPOINT: z.string().nullish(),
  API_ENDPOINT: z.string().nullish(),
  ORG_RESTRICT: z.boolean().nullish(),
  ALLOWED_ORGANIZATIONS: z.array(z.string()).nullish(),
  LOGIN_BINDING_FIELD: z.enum(['sub', 'username', 'email']).nullish(),
});

type GithubConfig = z.infer<typeof githubConfigSchema>;

const access = { insecure: false };
const publicSite = 'https://github.com/';
const publicApi = 'https://api.github.com/';
const pageSize = 100;
const mostPages = 20;

const userSchema = z.object({ id: z.union([z.number().int(), z.string().min(1)]), login: z.string().min(1) });
const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));
const organizationsSchema = z.array(z.object({ login: z.string() }));

/** Where pages and API of a GitHub are, each with a slash at its end. */
export function githubEndpoints(config: Pick<GithubConfig, 'GITHUB_ENDPOINT' | 'API_ENDPOINT'>) {
  const site = withSlash(config.GITHUB_ENDPOINT || publicSite);
  // Only GitHub Enterprise has its API below its pages.
  const api = new URL(site).origin === new URL(publicSite).origin ? publicApi : `${site}api/v3/`;
  return { site, api: withSlash(config.API_ENDPOINT || api) };
}

/** GitHub and GitHub Enterprise. */
export const githubLogin = defineExternalLogin({
  kind: 'github',
  config: githubConfigSchema,
  create(services, id, config) {
    const { site, api } = githubEndpoints(config);
    const isEnterprise = !new URL(api).hostname.endsWith('.github.com');
    const title = isEnterprise ? 'GitHub Enterprise' : 'GitHub';
    const restricted = config.ORG_RESTRICT === true;
    const flow = createCodeFlow(services, {
      title,
      access: { insecure: !site.startsWith('https:') },
      metadata: {
        issuer: new URL(site).origin,
        authorization_endpoint: new URL('login/oauth/authorize', site).href,
        token_endpoint: new URL('login/oauth/access_token', site).href,
      },
      clientId: config.CLIENT_ID,
      clientSecret: config.CLIENT_SECRET,
      clientAuthentication: 'post',
      scopes: restricted ? ['user:email', 'read:org'] : ['user:email'],
      pkce: 'S256',
      openid: false,
    });
    return {
      id,
      kind: 'github',
      title,
      icon: 'fa-github',
      publicSettings: {
        CLIENT_ID: config.CLIENT_ID,
        AUTHORIZE_ENDPOINT: new URL('login/oauth/authorize', site).href,
        GITHUB_ENDPOINT: site,
        ORG_RESTRICT: restricted,
      },
      bindingField: config.LOGIN_BINDING_FIELD ?? undefined,
      authorizationUrl: flow.authorizationUrl,
      async identify(attempt, callback) {
        const { accessToken } = await flow.exchange(attempt, callback);
        const ask = askGithub(services, api, accessToken);
        try {
          if (restricted) await requireOrganization(ask, config.ALLOWED_ORGANIZATIONS ?? []);
          return await identityOf(ask);
        } catch (error) {
          throw error instanceof DomainError ? error : providerFailed(title, error);
        }
      },
    };
  },
});

type Ask = (path: string) => Promise<unknown>;

function askGithub(services: Services, api: string, token: string): Ask {
  return (path) =>
    getProviderJson(services, access, new URL(path, api).href, {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
    });
}

/** The number stays when the name changes, and the name may then be somebody else's. */
async function identityOf(ask: Ask): Promise<ExternalIdentity> {
  const user = userSchema.parse(await ask('user'));
  const emails = emailsSchema.parse(await ask(`user/emails?per_page=${pageSize}`));
  const verified = emails.filter(({ verified }) => verified);
  const email = (verified.find(({ primary }) => primary) ?? verified[0])?.email;
  return { identifier: String(user.id), username: user.login, email };
}

async function requireOrganization(ask: Ask, allowed: readonly string[]): Promise<void> {
  const wanted = new Set(allowed.map((name) => name.toLowerCase()));
  for (let page = 1; page <= mostPages; page += 1) {
    const found = organizationsSchema.parse(await ask(`user/orgs?per_page=${pageSize}&page=${page}`));
    if (found.some(({ login }) => wanted.has(login.toLowerCase()))) return;
    if (found.length < pageSize) break;
  }
  throw new DomainError(
    'denied',
    'You belong to none of the GitHub organizations that may sign in here, or this application may not see it.',
  );
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
