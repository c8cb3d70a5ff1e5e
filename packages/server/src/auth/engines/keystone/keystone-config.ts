import { z } from 'zod';

/** Why version 2 of the API cannot be had, and what to do; for `check-config` and for the start. */
const keystoneVersionAdvice =
  'version 2 of the Keystone API is not supported: Keystone itself removed it in 2018; set KEYSTONE_AUTH_VERSION: 3 and let KEYSTONE_AUTH_URL end in /v3';

/** Where people are checked, and as whom they are sought; made from the section of the configuration. */
export const keystoneConfig = z
  .object({
    /** May arrive as text. */
    version: z.coerce.number().refine((version) => version === 3, { error: keystoneVersionAdvice }),
    url: z.url({ protocol: /^https?$/, error: 'KEYSTONE_AUTH_URL must start with http:// or https://' }),
    adminUsername: z.string().min(1),
    adminPassword: z.string().min(1),
    /** Project of that account. */
    adminTenant: z.string().min(1),
    timeoutSeconds: z.coerce.number(),
    /** `FEATURE_MAILING`: people without an address do not come in. */
    emailRequired: z.boolean(),
  })
  .transform(({ version: _, url, ...config }) => ({ ...config, baseUrl: apiUrl(url) }))
  .refine(({ baseUrl }) => !/\/v2(?:\.0)?\/v3$/.test(baseUrl), { error: keystoneVersionAdvice });

export type KeystoneConfig = z.infer<typeof keystoneConfig>;

/** With the version at its end and no slash behind, whether or not the operator wrote them. */
function apiUrl(url: string): string {
  const plain = url.replace(/\/+$/, '');
  return /\/v3$/.test(plain) ? plain : `${plain}/v3`;
}
