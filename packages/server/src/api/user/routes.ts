import type { ApiRoute } from '#/api/api-route.ts';
import { initializeFirstUser } from '#/api/user/initialize-first-user.ts';
import { logout } from '#/api/user/logout.ts';

/** The person who calls, sign-in and sign-out. */
export const userRoutes: readonly ApiRoute[] = [initializeFirstUser, logout];
