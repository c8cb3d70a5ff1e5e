import type { RepositoryRole } from '#/db/schema.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import { insertAccessToken } from './queries.ts';

export const accessTokenNameLength = 32;
const codeLength = 32;

/** Makes a token for one repository (`$token`, 64 characters, in clear in the answer). */
export async function createAccessToken(
  services: Services,
  input: {
    readonly repository: {
      readonly id: number;
      readonly namespaceId: number;
      readonly namespace: string;
      readonly name: string;
    };
    readonly friendlyName: string;
    readonly role: RepositoryRole;
    readonly kind: 'build-worker' | 'pushpull-token';
    readonly temporary: boolean;
    readonly performer?: Performer;
  },
): Promise<{ readonly tokenName: string; readonly token: string }> {
  const { repository } = input;
  const tokenName = randomText(accessTokenNameLength);
  const code = randomText(codeLength);
  const codeEncrypted = services.secretBox.encrypt(code);
  await services.database.transaction(async (db) => {
    await insertAccessToken(db, {
      repository_id: repository.id,
      friendly_name: input.friendlyName,
      token_name: tokenName,
      code_encrypted: codeEncrypted,
      role: input.role,
      kind: input.kind,
      temporary: input.temporary ? 1 : 0,
      created_ms: services.clock.nowMs(),
    });
    await writeChangeLog(services, db, {
      kind: 'add_repo_accesstoken',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer: input.performer,
      metadata: { repo: repository.name, namespace: repository.namespace, token: input.friendlyName },
    });
  });
  return { tokenName, token: tokenName + code };
}
