export { createGlobalMessage } from './create-global-message.ts';
export { deleteGlobalMessage } from './delete-global-message.ts';
export type { GlobalMessage } from './global-message.ts';
export { listGlobalMessages } from './queries.ts';
