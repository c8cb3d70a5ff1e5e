import type { Services } from '#/domain/services.ts';
import { callProvider } from './call-provider.ts';
import { githubEndpoints } from './github.ts';

const access = { insecure: false, timeoutMs: 5000 };

type Block = Readonly<Record<string, unknown>>;

/**
 * Tries `GITHUB_LOGIN_CONFIG` or `GITHUB_TRIGGER_CONFIG` (configuration reference C.2): what must be set, that the API is one of GitHub, id and
 * secret, and each organization. Returns why it is not usable, without secrets, else undefined.
 */
export async function checkGithubLogin(
  services: Pick<Services, 'outbound'>,
  block: Block | null | undefined,
): Promise<string | undefined> {
  const missing = findMissing(block);
  if (missing !== undefined || !block) return missing;
  const { api } = githubEndpoints({
    GITHUB_ENDPOINT: text(block.GITHUB_ENDPOINT),
    API_ENDPOINT: text(block.API_ENDPOINT),
  });
  try {
    return (
      (await checkInstallation(services, api)) ??
      (await checkSecret(services, api, block)) ??
      (await checkOrganizations(services, api, block))
    );
  } catch (error) {
    return error instanceof Error ? error.message : 'GitHub could not be reached.';
  }
}

function findMissing(block: Block | null | undefined): string | undefined {
  if (block === null || block === undefined || Object.keys(block).length === 0) {
    return 'The block is empty: GITHUB_ENDPOINT, CLIENT_ID and CLIENT_SECRET are needed.';
  }
  if (text(block.GITHUB_ENDPOINT) === undefined) return 'GITHUB_ENDPOINT is missing.';
  for (const name of ['GITHUB_ENDPOINT', 'API_ENDPOINT']) {
    const url = text(block[name]);
    if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
      return `${name} must start with http:// or https://.`;
    }
  }
  if (text(block.CLIENT_ID) === undefined) return 'CLIENT_ID is missing.';
  if (text(block.CLIENT_SECRET) === undefined) return 'CLIENT_SECRET is missing.';
  if (block.ORG_RESTRICT === true && organizationsOf(block).length === 0) {
    return 'ORG_RESTRICT needs a name in ALLOWED_ORGANIZATIONS.';
  }
  return undefined;
}

async function checkInstallation(services: Pick<Services, 'outbound'>, api: string) {
  const { headers } = await callProvider(services, access, { url: api, method: 'GET', headers: accepting });
  return headers['x-github-request-id'] === undefined
    ? `${new URL(api).host} does not answer as a GitHub does.`
    : undefined;
}

/** A token that does not exist is unknown to who proves to be the application, and nothing to anybody else. */
async function checkSecret(services: Pick<Services, 'outbound'>, api: string, block: Block) {
  const id = text(block.CLIENT_ID) ?? '';
  const { status } = await callProvider(services, access, {
    url: new URL(`applications/${encodeURIComponent(id)}/tokens/foo`, api).href,
    method: 'GET',
    headers: {
      ...accepting,
      authorization: `Basic ${Buffer.from(`${id}:${text(block.CLIENT_SECRET) ?? ''}`).toString('base64')}`,
    },
  });
  return status === 404 ? undefined : 'GitHub does not know this CLIENT_ID with this CLIENT_SECRET.';
}

async function checkOrganizations(services: Pick<Services, 'outbound'>, api: string, block: Block) {
  if (block.ORG_RESTRICT !== true) return undefined;
  for (const name of organizationsOf(block)) {
    const { status } = await callProvider(services, access, {
      url: new URL(`orgs/${encodeURIComponent(name)}`, api).href,
      method: 'GET',
      headers: accepting,
    });
    if (status !== 200) return `GitHub knows no organization "${name}".`;
  }
  return undefined;
}

const accepting = { accept: 'application/vnd.github+json' };

function organizationsOf(block: Block): readonly string[] {
  const list = block.ALLOWED_ORGANIZATIONS;
  return Array.isArray(list) ? list.filter((name): name is string => typeof name === 'string') : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
