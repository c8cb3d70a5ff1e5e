import type { AnyRoute } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { deletePublishedServiceKey } from './delete-published-service-key.ts';
import { getPublishedServiceKey, listPublishedServiceKeys } from './get-service-keys.ts';
import { putServiceKey } from './put-service-key.ts';

/** The key server: public keys of services, for verifying the tokens that they send each other. */
export const serviceKeyRoutes: readonly AnyRoute<OpsServices>[] = [
  listPublishedServiceKeys,
  getPublishedServiceKey,
  putServiceKey,
  deletePublishedServiceKey,
];
