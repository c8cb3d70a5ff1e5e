export { answerPrompts } from './answer-prompts.ts';
export { cleanEmailCodes } from './email-codes.ts';
export { cleanSessions, endAllSessions, endSession, refreshSession } from './end-sessions.ts';
export { findSession, listSessions } from './find-session.ts';
export { type ExternalPerson, linkExternalPerson } from './link-external-person.ts';
export {
  type MailContext,
  sendChangeMail,
  sendConfirmationMail,
  sendOrganizationRecoveryMails,
  sendRecoveryMail,
} from './mails.ts';
export { listPrompts, type PromptKind } from './queries-prompts.ts';
export { recordRefusedSignIn } from './record-refused-sign-in.ts';
export type { Session, SessionKey } from './session.ts';
export { refuseEmailDomain, type SignUpRules, signUp } from './sign-up.ts';
export { startSession } from './start-session.ts';
export { confirmEmail, useRecoveryCode } from './use-email-code.ts';
