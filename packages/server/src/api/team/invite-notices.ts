import type { ApiServices } from '#/api/api-services.ts';
import type { Db } from '#/db/database.ts';
import type { TeamInvite } from '#/domain/namespaces/index.ts';
import { putAccountMail } from '#/domain/sign-in/index.ts';
import { createUserNotification, removeUserNotifications } from '#/domain/user-notifications/index.ts';
import type { RequestContext } from '#/http/route.ts';

const lookupPath = (invite: TeamInvite): string => `teaminvite/${invite.code}`;

/** Puts an invitation on the list of the invited person, in its transaction. */
export function announceInvite({ domain }: ApiServices) {
  return async (db: Db, invite: TeamInvite): Promise<void> => {
    if (invite.inviteeId === null) return;
    await createUserNotification(domain, db, {
      accountIds: [invite.inviteeId],
      kind: 'org_team_invite',
      metadata: {
        code: invite.code,
        inviter: invite.inviter,
        org: invite.organization,
        team: invite.team,
      },
      lookupPath: lookupPath(invite),
    });
  };
}

/** Takes an invitation that ends off that list, in its transaction. */
export async function retractInvite(db: Db, invite: TeamInvite): Promise<void> {
  await removeUserNotifications(db, lookupPath(invite));
}

/** Lets the mail with the link that accepts go out, in the transaction of the invitation; people without an address have their notification. */
export function mailInvite({ domain, settings }: ApiServices, { baseUrl }: RequestContext) {
  return async (db: Db, invite: TeamInvite): Promise<void> => {
    const to = invite.email ?? invite.inviteeEmail;
    if (to === null || domain.mailer === undefined) return;
    const context = { baseUrl, registryTitle: settings.registryTitle };
    await putAccountMail(domain, db, context, {
      to,
      subject: `invitation to ${invite.organization}`,
      text: `${invite.inviter} invites you to the team "${invite.team}" of the organization "${invite.organization}". Follow the link to join.`,
      path: `/confirminvite?code=${encodeURIComponent(invite.code)}`,
    });
  };
}
