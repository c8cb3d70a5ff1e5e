import { boolean, integer, listOf, pattern, text, textList } from '#/config/value-types.ts';
import { type KnownKeyGroup, known, unlisted } from './known-key.ts';

const contact = pattern(
  /^(?:mailto:|irc:\/\/|tel:|https?:\/\/)./,
  'an address that starts with mailto:, irc://, tel:, http:// or https://',
);

export const accountKeys: KnownKeyGroup = {
  title: 'Sign-in, accounts, sessions and mail',
  keys: [
    known(
      'FEATURE_USER_LOG_ACCESS',
      boolean,
      false,
      '2.9',
      'The pages show users the log of their own namespace; the API always does.',
    ),
    known(
      'ACCOUNT_RECOVERY_MODE',
      boolean,
      false,
      '3.6',
      'Start although accounts need repair; none ever do here.',
    ),
    known(
      'SIGNED_GRANT_EXPIRATION_SEC',
      integer(1),
      86_400,
      unlisted,
      'Life of a grant of the first protocol.',
    ),
    known(
      'JWTPROXY_SIGNER',
      text,
      'localhost:8081',
      unlisted,
      'Proxy that signs calls to the scanner; this server signs its own.',
    ),
    known('JWTPROXY_AUDIENCE', text, undefined, unlisted, 'Audience of calls from that proxy.'),
    known(
      'SERVICE_LOG_ACCOUNT_ID',
      integer(1),
      undefined,
      unlisted,
      'Account that owns log entries of services, which belong to nobody here.',
    ),
    known('TUF_SERVER', text, undefined, unlisted, 'Server of that metadata.'),
    known('TUF_HOST', text, undefined, unlisted, 'Host name that clients see for it.'),
    known('TUF_GUN_PREFIX', text, undefined, unlisted, 'Prefix of names there.'),
    known('TUF_API_TIMEOUT_SECONDS', integer(1), 2, unlisted, 'Seconds of one call to it.'),
    known('TUF_READONLY_FAILOVER_ENDPOINTS', textList, [], unlisted, 'Servers to read from when it is away.'),
    known('FEATURE_ACI_CONVERSION', boolean, false, '2.9', 'Serve images in the ACI form.'),
    known('SIGNING_ENGINE', text, undefined, unlisted, 'What signs them; only `gpg2`.'),
    known('GPG2_PRIVATE_KEY_NAME', text, undefined, unlisted, 'Name of the key that signs them.'),
    known('GPG2_PRIVATE_KEY_FILENAME', text, 'signing-private.gpg', unlisted, 'File with its private half.'),
    known('GPG2_PUBLIC_KEY_FILENAME', text, 'signing-public.gpg', unlisted, 'File with its public half.'),
    known('CONTACT_INFO', listOf(contact), [], '2.9', 'How to reach the operators.'),
  ],
};
