import type { RepositoryRole } from '#/db/schema.ts';

export interface AccountReference {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
}

/** Whoever makes a request, after its credentials were checked against the present state of the database. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user';
      readonly account: AccountReference;
      readonly superuser: boolean;
      /** Set when an app-specific token was used. */
      readonly appToken?: { readonly uuid: string; readonly title: string };
    }
  | { readonly kind: 'robot'; readonly account: AccountReference; readonly ownerId: number }
  | {
      readonly kind: 'oauth-token';
      readonly account: AccountReference;
      readonly superuser: boolean;
      readonly scopes: readonly OauthScope[];
      readonly tokenUuid: string;
      readonly applicationName: string;
      readonly clientId: string;
    }
  | {
      readonly kind: 'access-token';
      readonly repositoryId: number;
      readonly role: RepositoryRole;
      readonly tokenName: string;
      readonly friendlyName: string;
    };

export type OauthScope =
  | 'repo:read'
  | 'repo:write'
  | 'repo:admin'
  | 'repo:create'
  | 'user:read'
  | 'user:admin'
  | 'org:admin'
  | 'super:user';

export const anonymous: Principal = { kind: 'anonymous' };
