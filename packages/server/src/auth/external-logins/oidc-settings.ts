import { z } from 'zod';

const texts = z.array(z.string());

/** The sub-keys of `<ID>_LOGIN_CONFIG`. */
export const oidcConfigSchema = z.object({
  OIDC_SERVER: z.string(),
  CLIENT_ID: z.string().min(1),
  CLIENT_SECRET: z.string().nullish(),
  SERVICE_NAME: z.string().nullish(),
  SERVICE_ICON: z.string().nullish(),
  LOGIN_SCOPES: z.array(z.string()).nullish(),
  LOGIN_BINDING_FIELD: z.enum(['sub', 'username', 'email']).nullish(),
  OIDC_ENDPOINT_CUSTOM_PARAMS: z
    .record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
    .nullish(),
  OIDC_ISSUER: z.string().nullish(),
  VERIFIED_EMAIL_CLAIM_NAME: z.string().nullish(),
  PREFERRED_USERNAME_CLAIM_NAME: z.string().nullish(),
  DEBUGGING: z.boolean().nullish(),
  PREFERRED_GROUP_CLAIM_NAME: z.string().nullish(),
  OIDC_DISABLE_USER_ENDPOINT: z.boolean().nullish(),
  USE_PKCE: z.boolean().nullish(),
  PKCE_METHOD: z.enum(['S256', 'plain']).nullish(),
  PUBLIC_CLIENT: z.boolean().nullish(),
  OIDC_ISSUERS: texts.nullish(),
  OIDC_AUDIENCES: texts.nullish(),
  OIDC_ALLOWED_CLIENTS: texts.nullish(),
  SUPERUSER_GROUP: z.string().nullish(),
  GLOBAL_READONLY_SUPERUSER_GROUP: z.string().nullish(),
});

export type OidcConfig = z.infer<typeof oidcConfigSchema>;
