export { approveServiceKey } from './approve-service-key.ts';
export { createServiceKey } from './create-service-key.ts';
export { deleteServiceKey } from './delete-service-key.ts';
export { generateServiceKeyPair, rsaPublicJwk } from './generate-key-pair.ts';
export {
  findServiceKey,
  findServiceKeyById,
  listActiveServiceKeys,
  listServiceKeys,
} from './queries.ts';
export { cleanServiceKeys, type ServiceKeyRetention } from './remove-stale-service-keys.ts';
export { rotateServiceKey } from './rotate-service-key.ts';
export { isServiceKeyActive, type PublicJwk, type ServiceKey } from './service-key.ts';
export { type ServiceKeyAudit, unixSeconds } from './service-key-audit.ts';
export { setServiceKeyExpiration } from './set-service-key-expiration.ts';
export { updateServiceKey } from './update-service-key.ts';
