import { insertRow } from '#/db/insert-row.ts';
import { DomainError } from '#/domain/errors.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { AccountReference } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import { robotName } from './account-names.ts';
import { asAlreadyExists } from './as-already-exists.ts';
import { isRobotAllowed } from './is-robot-allowed.ts';
import { newAccountRow } from './new-account-row.ts';
import { findAccountByName, getAccount, insertRobot } from './queries.ts';
import { countRobots } from './queries-counts.ts';
import { lockAccount } from './queries-deletion.ts';
import { type Robot, robotFromRow, robotTokenLength } from './robot.ts';

const longestDescription = 255;

/**
 * Creates a robot of a user or organization, with a new token. Throws DomainError `name_invalid`, `already_exists`,
 * `not_found` (owner), `invalid_request` (description, robots not allowed, too many).
 */
export async function createRobot(
  services: Services,
  input: {
    readonly owner: AccountReference;
    readonly shortName: string;
    readonly description?: string;
    readonly unstructuredMetadata?: Readonly<Record<string, unknown>>;
    readonly performer?: Performer;
  },
): Promise<Robot> {
  const name = robotName(input.owner.name, input.shortName);
  if (!isRobotAllowed(services.settings, name)) {
    throw new DomainError('invalid_request', 'Robot accounts are not in use on this registry.');
  }
  const description = input.description ?? '';
  if (description.length > longestDescription) {
    throw new DomainError('invalid_request', 'The description must have at most 255 characters.');
  }
  const unstructuredMetadata = input.unstructuredMetadata ?? {};
  const row = newAccountRow(services, { kind: 'robot', name, owner_id: input.owner.id });
  const robotRow = {
    description,
    unstructured_json: JSON.stringify(unstructuredMetadata),
    token_encrypted: services.secretBox.encrypt(randomText(robotTokenLength)),
  };
  const message = `The robot "${name}" already exists.`;
  const account = await asAlreadyExists(message, () =>
    services.database.transaction(async (db) => {
      // A rename gives the robots that it sees their new names; this one is made before or after it.
      const isThere = await lockAccount(db, input.owner.id);
      if (!isThere || (await getAccount(db, input.owner.id)).name !== input.owner.name) {
        throw new DomainError('not_found', `There is no account "${input.owner.name}" any more.`);
      }
      if ((await findAccountByName(db, name)) !== undefined) throw new DomainError('already_exists', message);
      const id = await insertRow(db, 'accounts', row);
      await insertRobot(db, { account_id: id, ...robotRow });
      refuseTooMany(services, 'robots', await countRobots(db, input.owner.id));
      await writeChangeLog(services, db, {
        kind: 'create_robot',
        accountId: input.owner.id,
        performer: input.performer,
        metadata: { robot: input.shortName, description, unstructured_metadata: unstructuredMetadata },
      });
      return getAccount(db, id);
    }),
  );
  return robotFromRow(services, {
    account,
    description,
    unstructuredJson: robotRow.unstructured_json,
    tokenEncrypted: robotRow.token_encrypted,
  });
}
