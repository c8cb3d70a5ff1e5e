import type { Services } from '#/domain/services.ts';
import { callProvider } from './call-provider.ts';

const tokenUrl = 'https://oauth2.googleapis.com/token';

/**
 * Tries `GOOGLE_LOGIN_CONFIG` (configuration reference C.2): id, secret, and that Google's token endpoint knows them, by a code that does not exist. Returns
 * why it is not usable, without secrets, else undefined.
 */
export async function checkGoogleLogin(
  services: Pick<Services, 'outbound'>,
  block: Readonly<Record<string, unknown>> | null | undefined,
  redirectUri: string,
): Promise<string | undefined> {
  const { CLIENT_ID: id, CLIENT_SECRET: secret } = block ?? {};
  if (typeof id !== 'string' || id === '') return 'CLIENT_ID is missing.';
  if (typeof secret !== 'string' || secret === '') return 'CLIENT_SECRET is missing.';
  const form = {
    grant_type: 'authorization_code',
    code: 'fakecode',
    client_id: id,
    client_secret: secret,
    redirect_uri: redirectUri,
  };
  try {
    const { status } = await callProvider(
      services,
      { insecure: false, timeoutMs: 5000 },
      {
        url: tokenUrl,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams(form).toString(),
      },
    );
    return status === 401 ? 'Google does not know this CLIENT_ID with this CLIENT_SECRET.' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'Google could not be reached.';
  }
}
