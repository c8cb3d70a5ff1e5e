import type { OauthScope } from '#/domain/permissions/principal.ts';

export interface ScopeDetails {
  readonly title: string;
  readonly description: string;
  /** Name of an icon that clients know. */
  readonly icon: string;
  /** Whoever grants it should think twice. */
  readonly dangerous: boolean;
}

/** What each scope lets an application do, in words for whoever grants it (REST reference 4.1). */
export const scopeDetails: Readonly<Record<OauthScope, ScopeDetails>> = {
  'repo:read': {
    title: 'View all visible repositories',
    description: 'See and pull every repository that you can see.',
    icon: 'fa-hdd-o',
    dangerous: false,
  },
  'repo:write': {
    title: 'Read/write to any accessible repositories',
    description: 'See, pull and push to every repository to which you can push.',
    icon: 'fa-hdd-o',
    dangerous: false,
  },
  'repo:admin': {
    title: 'Administer repositories',
    description: 'Administer every repository that you administer.',
    icon: 'fa-hdd-o',
    dangerous: false,
  },
  'repo:create': {
    title: 'Create repositories',
    description: 'Create repositories in every namespace in which you may.',
    icon: 'fa-plus',
    dangerous: false,
  },
  'user:read': {
    title: 'Read user information',
    description: 'Read your user name, your e-mail address and your organizations.',
    icon: 'fa-user',
    dangerous: false,
  },
  'user:admin': {
    title: 'Administer user',
    description: 'Administer your account, its robots included.',
    icon: 'fa-gear',
    dangerous: true,
  },
  'org:admin': {
    title: 'Administer organization',
    description: 'Administer your organizations: teams, robots, members and settings.',
    icon: 'fa-gear',
    dangerous: true,
  },
  'super:user': {
    title: 'Super user access',
    description: 'Administer this whole registry.',
    icon: 'fa-street-view',
    dangerous: true,
  },
};
