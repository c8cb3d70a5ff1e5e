import { avatarOf } from '#/api/shapes/avatar.ts';
import { teamMemberView } from '#/api/team/team-view.ts';
import type { TeamInvite } from '#/domain/namespaces/index.ts';

/** An invitation among the members of a team. */
export function teamInviteView(invite: TeamInvite) {
  if (invite.email === null) {
    const { invitee, inviteeEmail } = invite;
    return teamMemberView({ kind: 'user', name: invitee ?? '', email: inviteeEmail }, true);
  }
  const { email } = invite;
  return { email, kind: 'invite', avatar: avatarOf({ name: email, email, kind: 'user' }), invited: true };
}
