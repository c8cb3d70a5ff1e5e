import { key, section } from '#/config/key.ts';
import { boolean, decimal, textList } from '#/config/value-types.ts';

export const outboundSection = section('Notifications and calls to other servers', {
  notificationSendTimeoutSeconds: key('NOTIFICATION_SEND_TIMEOUT', decimal(0.1, 600), {
    default: 10,
    since: '2.9 (not in its guide)',
    summary: 'Seconds that sending one notification may take.',
  }),
  blockedHosts: key('WEBHOOK_HOSTNAME_BLACKLIST', textList, {
    default: [],
    since: '3.5',
    summary:
      'Hosts and addresses that URLs from users may not reach, beside loopback, link-local and the like.',
  }),
  allowedHosts: key('SSRF_ALLOWED_HOSTS', textList, {
    default: [],
    since: '3.x',
    summary: 'Hosts, addresses and networks (CIDR) that they may reach all the same.',
  }),
  allowPrivateAddresses: key('OUTBOUND_PRIVATE_ADDRESSES', boolean, {
    default: true,
    since: 'Wharf',
    summary: 'URLs from users may reach private address ranges.',
  }),
});
