import type { AccessRule } from '#/http/route.ts';

/** Anybody may call; what the visitor may do is decided by what is asked. */
export const publicRule: AccessRule<unknown, unknown, undefined> = {
  name: 'public',
  check: async () => undefined,
};

/** Largest form that pages around sign-in take. */
export const formLimitBytes = 64 * 1024;
