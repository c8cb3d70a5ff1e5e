import { hash } from 'node:crypto';
import { type Account, findRobot } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';

const stampLength = 22;

/** Changes whenever the person's password does, or all sessions are ended. */
export function userStamp(account: Account): string {
  return stamp(`${account.sessionsValidFromMs} ${account.passwordHash ?? ''}`);
}

/** Changes whenever the robot's token does; undefined when the robot is gone. */
export async function findRobotStamp(
  services: Services,
  robot: Account,
  owner: Account,
): Promise<string | undefined> {
  const found = await findRobot(services, owner, robot.name.slice(owner.name.length + 1));
  return found?.account.uuid === robot.uuid ? stamp(found.token) : undefined;
}

/** One-way, and what goes in cannot be guessed: it may be shown in a token. */
function stamp(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, stampLength);
}
