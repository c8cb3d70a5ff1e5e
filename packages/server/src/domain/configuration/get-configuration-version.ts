import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { ConfigurationVersion } from './configuration-version.ts';
import { findVersionRow, toEntry } from './queries.ts';

/** A version with all its secrets. Throws DomainError `not_found`, and when DATABASE_SECRET_KEY is another one than when it was saved. */
export async function getConfigurationVersion(
  { database, secretBox }: Pick<Services, 'database' | 'secretBox'>,
  number: number,
): Promise<ConfigurationVersion> {
  const row = await findVersionRow(database.read, number);
  if (row === undefined)
    throw new DomainError('not_found', `Version ${number} does not exist or is not kept any more.`);
  return {
    ...toEntry(row),
    content: {
      source: secretBox.decrypt(row.content_encrypted),
      files: JSON.parse(secretBox.decrypt(row.files_encrypted)),
    },
  };
}
