import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { ConfigurationContent, ConfigurationVersionEntry } from './configuration-version.ts';
import { findLatestEntry, insertVersion } from './queries.ts';

const mostNoteCharacters = 1000;
/** Certificates and keys; anything bigger is no configuration. */
const mostContentCharacters = 4 * 1024 ** 2;

/**
 * Stores the configuration as the next version, with its audit row, which names keys and files but no values. Throws DomainError `changed_meanwhile`
 * when `base`, the version that it was made from (0: none), is not the newest any more, and `too_large`.
 */
export async function saveConfigurationVersion(
  services: Services,
  input: {
    readonly content: ConfigurationContent;
    readonly digest: string;
    readonly source: ConfigurationVersionEntry['source'];
    readonly author: string | null;
    readonly note: string;
    readonly base: number;
    readonly audit: {
      readonly performer: Performer | undefined;
      readonly accountId: number | null;
      /** Names of what changed. */
      readonly changed: readonly string[];
    };
  },
): Promise<ConfigurationVersionEntry> {
  const { database, clock, secretBox } = services;
  const files = JSON.stringify(input.content.files);
  if (input.content.source.length + files.length > mostContentCharacters)
    throw new DomainError('too_large', 'The configuration and its files have more than 4 MB.');
  if (input.note.length > mostNoteCharacters)
    throw new DomainError('invalid_request', `The note has more than ${mostNoteCharacters} characters.`);
  const row = {
    number: input.base + 1,
    content_encrypted: secretBox.encrypt(input.content.source),
    files_encrypted: secretBox.encrypt(files),
    digest: input.digest,
    source: input.source,
    author: input.author,
    note: input.note,
    created_ms: clock.nowMs(),
  };
  await database.transaction(async (db) => {
    const latest = await findLatestEntry(db);
    if ((latest?.number ?? 0) !== input.base || !(await insertVersion(db, row)))
      throw changedMeanwhile(latest);
    await writeChangeLog(services, db, {
      kind: 'change_configuration',
      accountId: input.audit.accountId,
      performer: input.audit.performer,
      metadata: {
        version: row.number,
        source: input.source,
        changed: input.audit.changed,
        ...(input.author === null ? {} : { superuser: input.author }),
      },
    });
  });
  return {
    number: row.number,
    digest: row.digest,
    source: row.source,
    author: row.author,
    note: row.note,
    createdMs: row.created_ms,
  };
}

function changedMeanwhile(latest: ConfigurationVersionEntry | undefined): DomainError {
  const who = latest?.author === null || latest === undefined ? '' : ` by ${latest.author}`;
  return new DomainError(
    'changed_meanwhile',
    `The configuration was changed${who} meanwhile: read version ${latest?.number ?? 0} and make your change again.`,
    { detail: { version: latest?.number ?? 0 } },
  );
}
