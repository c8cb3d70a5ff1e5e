/**
 * Whom a registry token speaks for, in a form that can be looked up again. `stamp` names the state of the credential with which the
 * token was obtained: when the password or robot token changes, the stamp does too, and older tokens are void.
 */
export type Subject =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly uuid: string; readonly name: string; readonly stamp: string }
  | { readonly kind: 'robot'; readonly uuid: string; readonly name: string; readonly stamp: string }
  | { readonly kind: 'app-token'; readonly uuid: string; readonly accountName: string }
  | { readonly kind: 'oauth-token'; readonly uuid: string; readonly accountName: string }
  /** `tokenName` is the public half of an access token. */
  | { readonly kind: 'access-token'; readonly tokenName: string };

export const anonymousSubject: Subject = { kind: 'anonymous' };

/** Equal texts for equal subjects, for cache keys. */
export function subjectKey(subject: Subject): string {
  switch (subject.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'user':
    case 'robot':
      return `${subject.kind} ${subject.uuid} ${subject.stamp}`;
    case 'app-token':
    case 'oauth-token':
      return `${subject.kind} ${subject.uuid}`;
    case 'access-token':
      return `${subject.kind} ${subject.tokenName}`;
  }
}
