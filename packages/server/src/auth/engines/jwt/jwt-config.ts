import { z } from 'zod';

const endpoint = z.url({ protocol: /^https?$/, error: 'expected http:// or https://' });

/** The service that checks passwords for us, and how its answers are checked; made from the section of the configuration. */
export const jwtConfig = z.object({
  issuer: z.string().min(1),
  verifyEndpoint: endpoint,
  queryEndpoint: endpoint.optional(),
  getUserEndpoint: endpoint.optional(),
  maximumFreshSeconds: z.coerce.number(),
  /** File with the certificate or public key of the service, PEM; read anew for each answer, so that a new one counts at once. */
  keyFile: z.string(),
  /** `FEATURE_MAILING`: people without an address do not come in. */
  emailRequired: z.boolean(),
});

export type JwtConfig = z.infer<typeof jwtConfig>;
