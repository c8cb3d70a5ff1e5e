import { z } from 'zod';
import type { GrantedOrganization } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { mayAdminister } from '#/api/organization/organization-access.ts';
import type { OauthApplication } from '#/domain/tokens/index.ts';

/** REST reference 9.5; the last three are null for those who may only read. */
export const applicationViewSchema = z.object({
  name: z.string(),
  description: z.string(),
  application_uri: z.string(),
  client_id: z.string(),
  client_secret: z.string().nullable(),
  redirect_uri: z.string().nullable(),
  avatar_email: z.string().nullable(),
});

/** What the caller sees of applications of the organization. */
export async function applicationViews(
  services: ApiServices,
  granted: GrantedOrganization,
  applications: readonly OauthApplication[],
): Promise<z.infer<typeof applicationViewSchema>[]> {
  const isAdmin = await mayAdminister(services, granted);
  return applications.map((application) => applicationView(application, isAdmin));
}

export function applicationView(application: OauthApplication, isAdmin: boolean) {
  return {
    name: application.name,
    description: application.description,
    application_uri: application.applicationUri,
    client_id: application.clientId,
    client_secret: isAdmin ? application.clientSecret : null,
    redirect_uri: isAdmin ? application.redirectUri : null,
    avatar_email: isAdmin ? application.avatarEmail : null,
  };
}
