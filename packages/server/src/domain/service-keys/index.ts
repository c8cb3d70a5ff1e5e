export { approveServiceKey } from './approve-service-key.ts';
export { createServiceKey } from './create-service-key.ts';
export { deleteServiceKey } from './delete-service-key.ts';
export { findServiceKey, listActiveServiceKeys } from './queries.ts';
export type { PublicJwk, ServiceKey } from './service-key.ts';
export { setServiceKeyExpiration } from './set-service-key-expiration.ts';
