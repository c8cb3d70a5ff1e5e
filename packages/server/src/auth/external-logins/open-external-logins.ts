import type { Services } from '#/domain/services.ts';
import type { ExternalLogin, ExternalLoginPlug } from './define-external-login.ts';
import { githubLogin } from './github.ts';
import { googleLogin } from './google.ts';
import { oidcLogin } from './oidc.ts';

const plugs: readonly ExternalLoginPlug[] = [githubLogin, googleLogin, oidcLogin];

/** One login of the configuration. */
export interface ExternalLoginSettings {
  readonly id: string;
  readonly kind: ExternalLogin['kind'];
  /** Its block, checked when the configuration was loaded. */
  readonly config: unknown;
}

/** The logins of the configuration, GitHub and Google first. Throws for two of one id, and a ZodError for a block that does not fit. */
export function openExternalLogins(
  services: Services,
  settings: readonly ExternalLoginSettings[],
): readonly ExternalLogin[] {
  const logins = settings.map(({ id, kind, config }) => {
    const plug = plugs.find((candidate) => candidate.kind === kind);
    if (plug === undefined) throw new Error(`external logins of kind "${kind}" are not known here`);
    return plug.open(services, id, config);
  });
  const twice = logins.find(({ id }, index) => logins.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) throw new Error(`two external logins have the id "${twice.id}"`);
  return logins;
}
