import { key, section } from '#/config/key.ts';
import { boolean, integer, nonEmptyText, text } from '#/config/value-types.ts';

export const mailSection = section('Mail', {
  server: key('MAIL_SERVER', text, {
    default: '',
    since: '2.9',
    summary: 'SMTP host; without one no mail is sent.',
  }),
  port: key('MAIL_PORT', integer(1, 65_535), {
    default: 587,
    since: '2.9',
    summary: 'SMTP port; 465 speaks TLS from the first byte.',
  }),
  useTls: key('MAIL_USE_TLS', boolean, {
    default: true,
    since: '2.9',
    summary: 'Ask for STARTTLS and send nothing without it.',
  }),
  useAuthentication: key('MAIL_USE_AUTH', boolean, {
    later: true,
    since: '2.9 (not in its guide)',
    summary: 'Set by forms that ask for user and password; these count by themselves.',
  }),
  username: key('MAIL_USERNAME', text, {
    since: '2.9',
    summary: 'SMTP user; without one there is no log-in.',
  }),
  password: key('MAIL_PASSWORD', text, {
    since: '2.9',
    summary: 'SMTP password.',
  }),
  sender: key('MAIL_DEFAULT_SENDER', nonEmptyText, {
    default: 'support@quay.io',
    since: '2.9',
    summary: 'Address in the From line.',
  }),
  failSilently: key('MAIL_FAIL_SILENTLY', boolean, {
    default: false,
    since: '2.9 (not in its guide)',
    summary: 'Failures of sending are only logged.',
  }),
});
