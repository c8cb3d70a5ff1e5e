import { z } from 'zod';
import { key, section } from '#/config/key.ts';
import { secretKeyBytes } from '#/config/secret-keys.ts';
import { integer, nonEmptyText, type ValueType } from '#/config/value-types.ts';

const expected = 'a decimal number, a UUID or a text of Latin characters that is not empty';

const secretKey: ValueType<Buffer> = {
  schema: z
    .preprocess(
      (raw) => (typeof raw === 'number' || typeof raw === 'bigint' ? String(raw) : raw),
      z.string({ error: expected }),
    )
    .transform((value, context) => {
      const bytes = secretKeyBytes(value);
      if (bytes !== undefined) return bytes;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }),
  label: 'secret',
};

export const secretsSection = section('Secrets and keys', {
  secretKey: key('SECRET_KEY', secretKey, {
    defaultText: 'derived from `DATABASE_SECRET_KEY`',
    since: '2.9 (not in its guide)',
    summary: 'Signs session cookies and encrypts client passwords. The same on all nodes.',
  }),
  pageTokenKey: key('PAGE_TOKEN_KEY', nonEmptyText, {
    defaultText: 'derived from `SECRET_KEY`',
    nullable: true,
    since: '2.9 (not in its guide)',
    summary: 'Seals the tokens of further pages. The same on all nodes.',
  }),
  databaseSecretKey: key('DATABASE_SECRET_KEY', secretKey, {
    defaultText: 'derived from `SECRET_KEY`',
    since: '3.2',
    summary: 'Encrypts credentials in the database. Must never change once the database has rows.',
  }),
  registryTokenMaximumAgeSeconds: key('REGISTRY_JWT_AUTH_MAX_FRESH_S', integer(1), {
    default: 3660,
    since: '2.9 (not in its guide)',
    summary: 'Longest accepted age of a registry token.',
  }),
  pushTemporaryTagExpirationSeconds: key('PUSH_TEMP_TAG_EXPIRATION_SEC', integer(1), {
    default: 3600,
    since: '2.9 (not in its guide)',
    summary: 'How long a pushed blob that no manifest names yet is protected.',
  }),
  instanceServiceKeyService: key('INSTANCE_SERVICE_KEY_SERVICE', nonEmptyText, {
    default: 'quay',
    since: '2.9 (not in its guide)',
    summary: 'Service name of the key that signs registry tokens.',
  }),
  instanceServiceKeyKidLocation: key('INSTANCE_SERVICE_KEY_KID_LOCATION', nonEmptyText, {
    since: '2.9 (not in its guide)',
    summary: 'File with the id of an existing instance key.',
  }),
  instanceServiceKeyLocation: key('INSTANCE_SERVICE_KEY_LOCATION', nonEmptyText, {
    since: '2.9 (not in its guide)',
    summary: 'File with the private half of that key, PEM.',
  }),
  instanceServiceKeyExpirationMinutes: key('INSTANCE_SERVICE_KEY_EXPIRATION', integer(2), {
    default: 120,
    since: '2.9 (not in its guide)',
    summary: 'Minutes an instance key lives unless it is extended.',
  }),
  instanceServiceKeyRefreshMinutes: key('INSTANCE_SERVICE_KEY_REFRESH', integer(1), {
    default: 55,
    since: '2.9 (not in its guide)',
    summary: 'Minutes between two extensions; below half the life.',
  }),
  unapprovedServiceKeyLifeSeconds: key('UNAPPROVED_SERVICE_KEY_TTL_SEC', integer(1), {
    default: 86_400,
    since: '2.9 (not in its guide)',
    summary: 'A service key that nobody approves is deleted after this.',
  }),
  expiredServiceKeyLifeSeconds: key('EXPIRED_SERVICE_KEY_TTL_SEC', integer(1), {
    default: 604_800,
    since: '2.9 (not in its guide)',
    summary: 'An expired service key is deleted after this.',
  }),
});
