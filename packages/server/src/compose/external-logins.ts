import { hkdfSync } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { BasicAuth } from '#/auth/authenticate-basic.ts';
import type { ExternalLogin } from '#/auth/external-logins/define-external-login.ts';
import type { ExternalSignIns } from '#/auth/external-logins/external-sign-ins.ts';
import {
  type ExternalLoginSettings,
  openExternalLogins,
} from '#/auth/external-logins/open-external-logins.ts';
import type { PendingSignInSettings } from '#/auth/external-logins/pending-sign-in.ts';
import type { Configuration } from '#/config/configuration.ts';
import { loginProviderId, loginProviders } from '#/config/login-provider.ts';
import type { Services } from '#/domain/services.ts';
import type { LiveConfiguration } from './live-configuration.ts';
import { sessionSettings } from './settings.ts';

/** The external logins that the configuration switches on. */
export function externalLoginSettings({
  externalLogins,
  values,
}: Pick<Configuration, 'externalLogins' | 'values'>): readonly ExternalLoginSettings[] {
  const { featureGithubLogin, featureGoogleLogin, githubLogin, googleLogin } = externalLogins;
  return [
    ...(featureGithubLogin && githubLogin !== undefined
      ? [{ id: 'github', kind: 'github' as const, config: githubLogin }]
      : []),
    ...(featureGoogleLogin && googleLogin !== undefined
      ? [{ id: 'google', kind: 'google' as const, config: googleLogin }]
      : []),
    ...loginProviders(values).map(({ name, config }) => ({
      id: loginProviderId(name),
      kind: 'oidc' as const,
      config,
    })),
  ];
}

/** With `AUTHENTICATION_TYPE: OIDC` the provider that `INTERNAL_OIDC_SERVICE_ID` names, or the only one. */
function directoryLoginId({ access, externalLogins, values }: Configuration): string | undefined {
  if (access.authenticationType !== 'OIDC') return undefined;
  const [first, ...others] = loginProviders(values).map(({ name }) => loginProviderId(name));
  return externalLogins.internalOidcServiceId?.toLowerCase() ?? (others.length === 0 ? first : undefined);
}

/** How sign-ins under way are kept in browsers. */
export function pendingSignInSettings(configuration: Configuration): PendingSignInSettings {
  const { secretKey } = configuration.secrets;
  return {
    key: Buffer.from(hkdfSync('sha256', secretKey, '', 'wharf external sign-ins', 32)),
    secure: sessionSettings(configuration).secure,
  };
}

/** The external logins, opened anew when their configuration changes. */
export function createLiveExternalSignIns(
  services: Services,
  live: LiveConfiguration,
  basic: BasicAuth,
): ExternalSignIns {
  const opened: { logins: readonly ExternalLogin[] } = {
    logins: openExternalLogins(services, externalLoginSettings(live.current)),
  };
  live.onChange((next, previous) => {
    const settings = externalLoginSettings(next);
    if (isDeepStrictEqual(settings, externalLoginSettings(previous))) return;
    opened.logins = openExternalLogins(services, settings);
  });
  return {
    get logins() {
      return opened.logins;
    },
    get needsHuman() {
      const { featureCaptcha, captchaSecretKey } = live.current.interface;
      return featureCaptcha && captchaSecretKey !== undefined;
    },
    get directoryId() {
      return directoryLoginId(live.current);
    },
    get syncsTeams() {
      return live.current.interface.featureTeamSyncing;
    },
    pending: live.derive(pendingSignInSettings),
    basic,
  };
}
