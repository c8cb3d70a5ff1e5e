import type { ValidationContext } from './define-validator.ts';

/** Whom an external system must know; undefined when no password was given, so that nobody can be tried. */
export function findSuperuser(
  caller: ValidationContext['caller'],
): { readonly username: string; readonly password: string } | undefined {
  if (caller?.password === undefined) return undefined;
  return { username: caller.username, password: caller.password };
}
