import type { ApiServices } from '#/api/api-services.ts';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { TeamInvite } from '#/domain/namespaces/index.ts';
import { createUserNotification, removeUserNotifications } from '#/domain/user-notifications/index.ts';
import type { RequestContext } from '#/http/route.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

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

/** Mails the link that accepts; people without an address have their notification. Throws DomainError `external_service_failed`. */
export async function sendInviteMail(
  { domain, settings }: ApiServices,
  invite: TeamInvite,
  request: RequestContext,
): Promise<void> {
  const to = invite.email ?? invite.inviteeEmail;
  if (to === null || domain.mailer === undefined) return;
  const url = `${request.baseUrl}/confirminvite?code=${encodeURIComponent(invite.code)}`;
  const text = `${invite.inviter} invites you to the team "${invite.team}" of the organization "${invite.organization}". Follow the link to join.`;
  try {
    await domain.mailer.send({
      to,
      subject: `${settings.registryTitle}: invitation to ${invite.organization}`,
      text: `${text}\n\n${url}\n`,
      html: `<p>${escapeHtml(text)}</p><p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`,
    });
  } catch (error) {
    throw new DomainError('external_service_failed', 'The mail could not be sent. Try again later.', {
      cause: error,
    });
  }
}
