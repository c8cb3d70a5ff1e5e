import { DomainError } from './errors.ts';
import type { Services } from './services.ts';

/**
 * How many of something one owner can have. Lists of these are whole in Quay's API, so that it is creation that keeps them small; where more
 * came from elsewhere, lists show so many.
 */
export interface ListLimits {
  /** Of one person. */
  readonly appTokens: number;
  /** Of one person or organization. */
  readonly robots: number;
  /** Of one organization. */
  readonly applications: number;
  readonly teams: number;
  readonly prototypes: number;
  /** Of one team. */
  readonly teamMembers: number;
  readonly teamInvites: number;
  /** On one repository, of people, robots and teams together. */
  readonly permissions: number;
  /** Lists of superusers without `limit`: a longer one is refused. Of what somebody may do in one namespace: so many are shown. */
  readonly wholeList: number;
}

export const listLimits: ListLimits = {
  appTokens: 1000,
  robots: 10_000,
  applications: 1000,
  teams: 5000,
  prototypes: 1000,
  teamMembers: 10_000,
  teamInvites: 1000,
  permissions: 10_000,
  wholeList: 20_000,
};

/** The limit that holds here. */
export function limitOf({ settings }: Pick<Services, 'settings'>, what: keyof ListLimits): number {
  return settings.listLimits?.[what] ?? listLimits[what];
}

const sentences = {
  appTokens: (most) => `A user has at most ${most} app-specific tokens: revoke some that are not in use.`,
  robots: (most) => `A namespace has at most ${most} robots: delete some that are not in use.`,
  applications: (most) =>
    `An organization has at most ${most} applications: delete some that are not in use.`,
  teams: (most) => `An organization has at most ${most} teams.`,
  prototypes: (most) => `An organization has at most ${most} default permissions.`,
  teamMembers: (most) => `A team has at most ${most} members.`,
  teamInvites: (most) => `A team has at most ${most} open invitations.`,
  permissions: (most) => `A repository has at most ${most} permissions: give them to teams.`,
} as const satisfies Readonly<Record<Exclude<keyof ListLimits, 'wholeList'>, (most: number) => string>>;

/** Throws DomainError `invalid_request` if that which was just stored is one too many; the caller's transaction undoes it. */
export function refuseTooMany(
  services: Pick<Services, 'settings'>,
  what: keyof typeof sentences,
  count: number,
): void {
  const most = limitOf(services, what);
  if (count > most) throw new DomainError('invalid_request', sentences[what](most));
}
