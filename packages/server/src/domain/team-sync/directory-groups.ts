/** A person as the directory knows one; `username` is the identifier of the link to the account here. */
export interface DirectoryMember {
  readonly username: string;
  readonly email: string | undefined;
}

/** The groups of the directory in use, as `AuthEngine.groups` gives them. */
export interface DirectoryGroups {
  /** Says why the group cannot be followed, or undefined when it can. Throws while the directory does not answer. */
  findGroupFault(group: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  /** All members, a page at a time. Throws at the first error of the directory. */
  listMembers(group: Readonly<Record<string, unknown>>): AsyncIterable<readonly DirectoryMember[]>;
}

/** Where the people of this registry come from. */
export interface Directory {
  /** Of the links: `ldap`, `keystone`. */
  readonly service: string;
  readonly groups: DirectoryGroups;
}
