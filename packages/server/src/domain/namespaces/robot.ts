import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import type { RobotRow } from './queries.ts';

export const robotTokenLength = 64;

export interface Robot {
  readonly account: Account;
  readonly description: string;
  readonly unstructuredMetadata: Readonly<Record<string, unknown>>;
  /** The password, in clear: only for the owner's administrators. */
  readonly token: string;
}

export function robotFromRow(services: Services, row: RobotRow): Robot {
  return {
    account: row.account,
    description: row.description,
    unstructuredMetadata: parseMetadata(row.unstructuredJson),
    token: services.secretBox.decrypt(row.tokenEncrypted),
  };
}

function parseMetadata(json: string): Record<string, unknown> {
  const parsed: unknown = json === '' ? {} : JSON.parse(json);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}
