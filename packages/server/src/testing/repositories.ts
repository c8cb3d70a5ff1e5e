import { randomUUID } from 'node:crypto';
import type { Database } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';

/** Rows of an organization and a repository in it, for tests that need something to own their rows; returns the repository's id. */
export async function insertTestRepository(
  database: Database,
  name = `repository-${randomUUID()}`,
): Promise<number> {
  const nowMs = Date.now();
  return await database.transaction(async (db) => {
    const namespaceId = await insertRow(db, 'accounts', {
      uuid: randomUUID(),
      kind: 'organization',
      name: `organization-${randomUUID()}`,
      email: null,
      password_hash: null,
      owner_id: null,
      enabled: 1,
      verified: 1,
      superuser: 0,
      given_name: null,
      family_name: null,
      company: null,
      location: null,
      invoice_email: 0,
      invoice_email_address: null,
      invalid_login_attempts: 0,
      last_invalid_login_ms: null,
      tag_expiration_s: 1_209_600,
      maximum_queued_builds: null,
      created_ms: nowMs,
      last_accessed_ms: null,
      sessions_valid_from_ms: nowMs,
    });
    return await insertRow(db, 'repositories', {
      uuid: randomUUID(),
      namespace_id: namespaceId,
      name,
      visibility: 'private',
      kind: 'image',
      state: 'NORMAL',
      description: '',
      badge_token: randomUUID(),
      trust_enabled: 0,
      created_ms: nowMs,
      event_number: 0,
    });
  });
}
