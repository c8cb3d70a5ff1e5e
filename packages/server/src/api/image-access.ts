import { type ApiAccess, type GrantedRepository, repositoryRead, repositoryWrite } from '#/api/access.ts';
import { requireUnrestricted } from '#/api/restricted-users.ts';
import { DomainError } from '#/domain/errors.ts';
import { actingAccount } from '#/domain/permissions/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { Refusal } from '#/http/refusal.ts';

type RepositoryAccessRule = ApiAccess<{ readonly repository: string }, GrantedRepository>;

/** Reading what is in a repository of images; 501 for those of applications. */
export const imageRead: RepositoryAccessRule = {
  ...repositoryRead,
  name: 'image-read',
  async check(services, caller, request, params) {
    return requireImages(await repositoryRead.check(services, caller, request, params));
  },
};

/** Changing what is in a repository of images, while its state lets people do so (503), and unless they are restricted. */
export const imageWrite: RepositoryAccessRule = {
  ...repositoryWrite,
  name: 'image-write',
  async check(services, caller, request, params) {
    const granted = requireImages(await repositoryWrite.check(services, caller, request, params));
    if (isOwn(granted)) requireUnrestricted(services, caller);
    requireNormalState(granted);
    return granted;
  },
};

/** Restricted people may work in organizations only. */
function isOwn({ principal, repository }: GrantedRepository): boolean {
  return actingAccount(principal)?.id === repository.namespaceId;
}

function requireImages(granted: GrantedRepository): GrantedRepository {
  if (granted.repository.kind === 'image') return granted;
  throw new DomainError('repository_kind_unsupported', 'This cannot be done with application repositories.');
}

/** REST reference 2.2. */
function requireNormalState({ repository }: GrantedRepository): void {
  if (repository.state === 'NORMAL') return;
  const message =
    repository.state === 'READ_ONLY'
      ? 'This repository is read-only: its content cannot be changed.'
      : 'This repository is a mirror: only its synchronization changes its content.';
  throw new Refusal(jsonAnswer(503, { message }));
}
