import { z } from 'zod';
import { type GrantedCaller, holdsScope, isGlobalReader, isSuperuser } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { avatarOf, avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar } from '#/api/shapes/entities.ts';
import {
  type Account,
  findAccountsByNames,
  findDirectoryRights,
  isSuperuserNow,
  listFederatedLogins,
  listMemberships,
} from '#/domain/namespaces/index.ts';
import { listPrompts } from '#/domain/sign-in/index.ts';

const organizationSchema = z.object({
  name: z.string(),
  avatar: avatarSchema,
  can_create_repo: z.boolean(),
  public: z.boolean(),
  is_org_admin: z.boolean().optional(),
  preferred_namespace: z.boolean().optional(),
});

/** REST reference 9.1, user view: more of it for the person itself. */
export const userViewSchema = z.object({
  anonymous: z.boolean(),
  username: z.string(),
  avatar: avatarSchema,
  can_create_repo: z.boolean().optional(),
  is_me: z.boolean().optional(),
  verified: z.boolean().optional(),
  email: z.string().nullable().optional(),
  logins: z
    .array(z.object({ service: z.string(), service_identifier: z.string(), metadata: z.unknown() }))
    .optional(),
  invoice_email: z.boolean().optional(),
  invoice_email_address: z.string().nullable().optional(),
  preferred_namespace: z.boolean().optional(),
  tag_expiration_s: z.number().optional(),
  prompts: z.array(z.string()).optional(),
  company: z.string().nullable().optional(),
  family_name: z.string().nullable().optional(),
  given_name: z.string().nullable().optional(),
  location: z.string().nullable().optional(),
  is_free_account: z.boolean().optional(),
  has_password_set: z.boolean().optional(),
  organizations: z.array(organizationSchema).optional(),
  super_user: z.boolean().optional(),
  global_readonly_super_user: z.boolean().optional(),
});

/** How somebody looks at a person. */
interface Viewer {
  readonly isSelf: boolean;
  /** Of the own account. */
  readonly reads: boolean;
  readonly administers: boolean;
  readonly isSuperuser: boolean;
  readonly isGlobalReader: boolean;
}

/** What the caller sees of a person. */
export async function userView(services: ApiServices, { caller }: GrantedCaller, account: Account) {
  const isSelf = caller.kind !== 'anonymous' && caller.principal.account.id === account.id;
  return viewAs(services, account, {
    isSelf,
    reads: isSelf && holdsScope(caller, ['user:read', 'user:admin']),
    administers: isSelf && holdsScope(caller, ['user:admin']),
    isSuperuser: isSuperuser(caller),
    isGlobalReader: isGlobalReader(services, caller),
  });
}

/** What a person sees of itself once it is signed in. */
export async function ownView(services: ApiServices, account: Account) {
  const { globalReader } = await findDirectoryRights(services.domain, account.id);
  return viewAs(services, account, {
    isSelf: true,
    reads: true,
    administers: true,
    isSuperuser: await isSuperuserNow(services.domain, account),
    isGlobalReader: globalReader || services.settings.globalReadonlySuperUsers.includes(account.name),
  });
}

async function viewAs(services: ApiServices, account: Account, viewer: Viewer) {
  return {
    anonymous: false,
    username: account.name,
    avatar: accountAvatar(account),
    ...(viewer.administers ? await ownDetails(services, account) : {}),
    ...(viewer.reads
      ? { organizations: await organizationViews(services, account, viewer.administers) }
      : {}),
    ...(viewer.isSuperuser ? { super_user: viewer.isSelf } : {}),
    ...(viewer.isGlobalReader ? { global_readonly_super_user: viewer.isSelf } : {}),
  };
}

async function ownDetails({ domain }: ApiServices, account: Account) {
  const { read } = domain.database;
  return {
    can_create_repo: true,
    is_me: true,
    verified: account.verified,
    email: account.email,
    logins: (await listFederatedLogins(read, account.id)).map((login) => ({
      service: login.service,
      service_identifier: login.serviceIdentifier,
      metadata: login.metadata,
    })),
    invoice_email: account.invoiceEmail,
    invoice_email_address: account.invoiceEmailAddress,
    preferred_namespace: true,
    tag_expiration_s: account.tagExpirationSeconds,
    prompts: await listPrompts(read, account.id),
    company: account.company,
    family_name: account.familyName,
    given_name: account.givenName,
    location: account.location,
    is_free_account: true,
    has_password_set: account.passwordHash !== null,
  };
}

async function organizationViews({ domain, settings }: ApiServices, account: Account, administers: boolean) {
  const { read } = domain.database;
  const own = await listMemberships(read, account.id);
  const views = own.map((organization) => ({
    name: organization.name,
    avatar: avatarOf({ name: organization.name, email: organization.email, kind: 'org' }),
    can_create_repo: organization.isCreator,
    public: settings.publicNamespaces.includes(organization.name),
    ...(administers ? { is_org_admin: organization.isAdmin, preferred_namespace: true } : {}),
  }));
  const others = settings.publicNamespaces.filter((name) => !own.some((member) => member.name === name));
  const shared = await findAccountsByNames(read, others);
  return [
    ...views,
    ...shared.map((namespace) => ({
      name: namespace.name,
      avatar: accountAvatar(namespace),
      can_create_repo: false,
      public: true,
      ...(administers ? { is_org_admin: false, preferred_namespace: false } : {}),
    })),
  ];
}
