export { cleanSessions, endAllSessions, endSession, refreshSession } from './end-sessions.ts';
export { findSession, listSessions } from './find-session.ts';
export type { Session, SessionKey } from './session.ts';
export { startSession } from './start-session.ts';
